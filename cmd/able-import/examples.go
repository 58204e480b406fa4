package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/report"
)

// showFiles prints how each file is read: "orders_nov.csv   CSV, utf-8, comma, header in row 1, 121 rows   shopify-orders".
func showFiles(out io.Writer, summary *report.Summary, mapping string) {
	for _, file := range summary.Files {
		reading := prepare.Reading(file.Format, file.Encoding, file.Delimiter, file.Sheet, file.HeaderRow)
		fmt.Fprintf(out, "%s   %s, %s   %s\n", report.Visible(file.Name), reading, plural(file.Rows, "row"), mapping)
	}
	fmt.Fprintln(out)
}

// showExamples prints the first events, and the first of each problem, beside the cells that they come from.
func showExamples(out io.Writer, plan *importer.Plan, zone *time.Location) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	for i := range plan.Examples {
		showExample(w, &plan.Examples[i], zone)
	}
}

// Widths of the columns beside an example; longer texts are cut.
const (
	headingWidth = 22
	cellWidth    = 28
	fieldWidth   = 18
	resultWidth  = 30
)

func showExample(w io.Writer, e *importer.Example, zone *time.Location) {
	rows := fmt.Sprintf("row %d", e.First)
	if e.Last != e.First {
		rows = fmt.Sprintf("row %d-%d", e.First, e.Last)
	}
	fmt.Fprintf(w, "  %s  %s  ->  %s\n", rows, report.Visible(e.Label), e.Outcome())
	for _, cell := range e.Cells {
		line := fmt.Sprintf("      %s  %s  ->  %s  %s", padded(cell.Column, headingWidth), padded(cell.Value, cellWidth),
			padded(cell.Field, fieldWidth), shorten(report.Visible(cell.Result), resultWidth))
		if when := prepare.When(cell, zone); when != "" {
			line += "   " + when
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
	for _, problem := range e.Problems {
		if problem.Warning {
			continue // the list below has them
		}
		place := ""
		if problem.Column != "" {
			place = report.Visible(problem.Column) + ": "
		}
		fmt.Fprintf(w, "      %s: %s%s\n", problem.Code, place, report.Visible(problem.Message()))
	}
	fmt.Fprintln(w)
}

func padded(text string, width int) string {
	return fmt.Sprintf("%-*s", width, shorten(report.Visible(text), width))
}
