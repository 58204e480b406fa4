package prepare

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping/cell"
	"ableimport/mapping/draft"
)

// Export is what a draft needs to know of an open table.
func Export(path string, t *table.Table, options table.Options) draft.Export {
	info := t.Info()
	e := draft.Export{
		Now:  time.Now().Unix(),
		File: filepath.Base(path), Header: t.Header(), Above: t.Above(),
		Read: Reading(info.Format, info.Encoding, DelimiterName(info.Delimiter), info.Sheet,
			info.HeaderRow),
	}
	e.Rows = func() iter.Seq2[cell.Row, error] {
		return func(yield func(cell.Row, error) bool) {
			for row, err := range t.Rows() {
				var bad *table.RowError
				if errors.As(err, &bad) {
					continue // a damaged row tells nothing about the others
				}
				if !yield(cell.Row(row), err) || err != nil {
					return
				}
			}
		}
	}

	if len(info.Sheets) > 1 && options.Sheet == info.Sheet {
		e.Source = append(e.Source, "# "+sheets(e.File, info),
			"# One sheet is read at a time: for another one with the same columns, change the "+
				"name.")
	}
	if options.Sheet != "" {
		e.Source = append(e.Source, "sheet: "+strconv.Quote(options.Sheet))
	}
	if options.Table > 0 {
		e.Source = append(e.Source, fmt.Sprintf("table: %d", options.Table))
	}

	if info.HeaderRow == 0 {
		e.Source = append(e.Source, "header: none")
	} else if options.Header > 0 {
		e.Source = append(e.Source, fmt.Sprintf("header: %d", options.Header))
	}

	if options.Encoding != "" {
		e.Source = append(e.Source, "encoding: "+strconv.Quote(options.Encoding))
	}
	if options.Delimiter != "" {
		e.Source = append(e.Source, "delimiter: "+strconv.Quote(options.Delimiter))
	}

	return e
}

// WithSheet are options that name the sheet which was chosen, where a workbook has several: a
// mapping that is drafted of it means no other. The tables of a web page have no names.
func WithSheet(t *table.Table, options table.Options) table.Options {
	info := t.Info()
	if len(info.Sheets) > 1 && !strings.HasPrefix(info.Format, "html") {
		options.Sheet = info.Sheet
	}
	return options
}

// sheets tells which sheet of a workbook is read, and which others there are.
func sheets(file string, info table.Info) string {
	var others []string
	for _, sheet := range info.Sheets {
		name := strconv.Quote(report.Visible(sheet.Name))
		if sheet.Hidden {
			name += " (hidden)"
		}
		if sheet.Name != info.Sheet {
			others = append(others, name)
		}
	}

	if more := len(others) - shownSheets; more > 0 {
		others = append(others[:shownSheets], fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%s has %d sheets; this mapping reads %q. Others: %s.",
		report.Visible(file), len(info.Sheets), report.Visible(info.Sheet),
		strings.Join(others, ", "))
}

// shownSheets is how many other sheets a sentence names.
const shownSheets = 12
