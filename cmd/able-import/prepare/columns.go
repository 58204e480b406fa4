package prepare

import (
	"fmt"
	"strconv"
	"strings"

	"ableimport/importer/table"
)

// columnNames makes headings distinct: one that is empty becomes "column C", one that another
// column has "Total (column C)".
func columnNames(header []string) []string {
	count := countNames(header)
	names := make([]string, len(header))
	for i, heading := range header {
		switch letters := table.ColumnName(i); {
		case heading == "":
			names[i] = letters
		case count[heading] > 1:
			names[i] = fmt.Sprintf("%s (%s)", heading, letters)
		default:
			names[i] = heading
		}
	}

	return names
}

func countNames(header []string) map[string]int {
	count := map[string]int{}
	for _, heading := range header {
		count[heading]++
	}
	return count
}

// twins warns of headings that no mapping can use.
func twins(header []string) []string {
	var warnings []string
	count := countNames(header)
	delete(count, "")

	for i, heading := range header {
		if count[heading] < 2 {
			continue
		}
		warnings = append(warnings, fmt.Sprintf("%d columns have the heading %q, the first is "+
			"%s: a mapping that needs it is refused, because it could be any of them",
			count[heading], heading, table.ColumnName(i)))
		delete(count, heading)
	}

	const most = 5
	if len(warnings) > most {
		warnings = append(warnings[:most],
			fmt.Sprintf("%d more headings are above several columns", len(warnings)-most))
	}

	return warnings
}

// settings gives what was detected as the lines that would say so.
func settings(info table.Info) []Setting {
	var all []Setting
	add := func(name, value string) { all = append(all, Setting{name, value}) }
	if info.Encoding != "" {
		add("encoding", info.Encoding)
	}

	switch info.Delimiter {
	case "":
	case "\t":
		add("delimiter", "tab")
	default:
		add("delimiter", strconv.Quote(info.Delimiter))
	}

	switch info.Quote {
	case "":
	case "none":
		add("quote", "none")
	default: // a backslash behind the quote is the escape
		quote, escaped := strings.CutSuffix(info.Quote, `\`)
		add("quote", "'"+strings.ReplaceAll(quote, "'", "''")+"'")
		if escaped {
			add("escape", `'\'`)
		}
	}

	if info.Table > 0 {
		add("table", strconv.Itoa(info.Table))
	} else if info.Sheet != "" {
		add("sheet", strconv.Quote(info.Sheet))
	}
	if info.HeaderRow == 0 {
		add("header", "none")
	} else {
		add("header", strconv.Itoa(info.HeaderRow))
	}

	return all
}
