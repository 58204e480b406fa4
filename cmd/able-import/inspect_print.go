package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// printInspection writes the inspection for people.
func printInspection(out io.Writer, f *prepare.Inspection) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	fmt.Fprintf(w, "%s   %s, %s\n\n", report.Visible(f.File),
		prepare.Reading(f.Format, f.Encoding, f.Delimiter, f.Sheet, f.HeaderRow), rowCount(f))
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  column\tfilled\tkind\texample")
	for _, column := range f.Columns {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", report.Visible(column.Name), share(f, column.Filled),
			kindsOf(f, column), shorten(report.Visible(column.Example), 40))
	}
	table.Flush()
	if f.BadRows > 0 {
		fmt.Fprintf(w, "\n%s cannot be used:\n", report.Plural(f.BadRows, "row"))
		for _, problem := range f.Problems {
			fmt.Fprintf(w, "  %s:%d: %s%s\n", report.Visible(f.File), problem.Row, report.Visible(problem.Message), lineOf(problem))
		}
	}
	if len(f.Footers) > 0 {
		fmt.Fprintf(w, "\nTotals below the rows, which are control totals and no data:\n")
		for _, footer := range f.Footers {
			fmt.Fprintf(w, "  row %d: %s\n", footer.Row, footerCells(footer))
		}
		if says := saysTotal(f.Footers[0]); says != "" {
			fmt.Fprintf(w, "If one is data after all, say so under source: in the mapping, by a condition such as:\n  data: %s\n", says)
		}
	}
	for _, warning := range f.Warnings {
		fmt.Fprintf(w, "\nNote: %s\n", report.Visible(warning))
	}
	fmt.Fprintf(w, "\nTo have it read otherwise, change one of these lines and put it under source: in the mapping\n"+
		"(inspect takes them as flags, such as --header 2):\n")
	for _, setting := range f.Settings {
		fmt.Fprintf(w, "  %s: %s\n", setting.Name, report.Visible(setting.Value))
	}
}

// kindsOf names the kinds of a column's cells, and says of texts what they look like. In a workbook, which has kinds, a number or
// date as text is worth a word.
func kindsOf(f *prepare.Inspection, column prepare.Column) string {
	kinds := slices.Sorted(maps.Keys(column.Kinds))
	if i := slices.Index(kinds, "text"); i >= 0 && column.Looks != "" {
		kinds[i] = column.Looks
		if f.Format == "xlsx" && column.Looks != "e-mail" {
			kinds[i] += " as text"
		}
	}
	return strings.Join(kinds, ", ")
}

// lineOf gives the line in a text file, where it is not the row's number.
func lineOf(problem prepare.Problem) string {
	if problem.Line == 0 || problem.Line == problem.Row {
		return ""
	}
	return fmt.Sprintf(" (line %d)", problem.Line)
}

func rowCount(f *prepare.Inspection) string {
	if f.BlankRows == 0 {
		return report.Plural(f.Rows, "row")
	}
	return fmt.Sprintf("%s, %d of them blank", report.Plural(f.Rows, "row"), f.BlankRows)
}

func footerCells(footer prepare.Footer) string {
	var cells []string
	for _, cell := range footer.Cells {
		cells = append(cells, report.Visible(cell.Column)+" "+shorten(report.Visible(cell.Value), 40))
	}
	return strings.Join(cells, ", ")
}

// saysTotal is a condition that holds for a row with the same label.
func saysTotal(footer prepare.Footer) string {
	for _, cell := range footer.Cells {
		if mapping.IsTotal([]byte(cell.Value)) {
			return fmt.Sprintf("col(%q) == %q", cell.Column, report.Visible(cell.Value))
		}
	}
	return ""
}

func share(f *prepare.Inspection, filled int64) string {
	switch good := f.Rows - f.BadRows - f.BlankRows; {
	case good == 0 || filled == 0:
		return "none"
	case filled == good:
		return "all"
	default:
		return fmt.Sprintf("%d %%", min(max(100*filled/good, 1), 99))
	}
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
