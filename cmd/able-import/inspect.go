package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
)

func (p *program) inspectCommand() *cobra.Command {
	var rows, asJSON bool
	var explain int
	var options table.Options
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show how a file is read: header, columns, kinds, what is odd about it",
		Long: `Reads the whole file and shows what was detected, and the columns with their kinds.
Nothing leaves this machine. What detection gets wrong is said with a flag here, and
with the same words under source: in the mapping.

--rows prints the records themselves, the header first, a JSON object a line:
{"row":N,"cells":[...]}, a bad one as {"row":N,"error":"..."}. N is the row number
that a spreadsheet shows.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			options.Blank = rows // every record is wanted then
			t, err := table.Open(args[0], options)
			if err != nil {
				return err
			}
			defer t.Close()
			name := filepath.Base(args[0])
			switch {
			case rows:
				return p.printRows(t)
			case explain > 0:
				return p.printExplained(t, explain)
			}
			found, err := prepare.Inspect(name, t)
			if err != nil {
				return err
			}
			if found.BadRows > 0 {
				p.code = exitInvalid
			}
			if asJSON {
				encoder := json.NewEncoder(p.out)
				encoder.SetEscapeHTML(false)
				return encoder.Encode(found)
			}
			printInspection(p.out, found)
			return nil
		},
	}
	c.Flags().BoolVar(&rows, "rows", false, "print every row as JSON")
	c.Flags().BoolVar(&asJSON, "json", false, "print what was found as one JSON object")
	c.Flags().IntVar(&explain, "explain", 0, "print how the cells of this row came to their values")
	c.Flags().StringVar(&options.Sheet, "sheet", "", "sheet of a workbook, or file in a .zip")
	c.Flags().IntVar(&options.Header, "header", 0, "row number of the headings; -1: there are none")
	c.Flags().StringVar(&options.Encoding, "encoding", "", "such as windows-1252")
	c.Flags().StringVar(&options.Delimiter, "delimiter", "", "one character, or tab")
	c.Flags().StringVar(&options.Quote, "quote", "", "one character, or none")
	c.Flags().StringVar(&options.Escape, "escape", "", "what stands before a quote within a cell")
	c.Flags().StringVar(&options.Comment, "comment", "", "lines that begin with it are no rows")
	c.MarkFlagsMutuallyExclusive("rows", "json", "explain")
	return c
}

// A printedRow is a record as --rows prints it.
type printedRow struct {
	Row   int      `json:"row"`
	Cells []string `json:"cells"`
}

// printRows prints every record. It is the same reading that run and preview do.
func (p *program) printRows(t *table.Table) error {
	w := bufio.NewWriterSize(p.out, 64<<10)
	defer w.Flush()
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if info := t.Info(); info.HeaderRow > 0 {
		encoder.Encode(printedRow{info.HeaderRow, t.Header()})
	}
	for row, err := range t.Rows() {
		var bad *table.RowError
		switch {
		case errors.As(err, &bad):
			p.code = exitInvalid
			err = encoder.Encode(struct {
				Row   int    `json:"row"`
				Error string `json:"error"`
			}{bad.Row, bad.Message})
		case err != nil:
			return err
		default:
			err = encoder.Encode(printedRow{row.Number, texts(row.Cells)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// printExplained prints what the cells of a row hold, and what is read from it.
func (p *program) printExplained(t *table.Table, row int) error {
	cells, err := t.Explain(row)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "column\tstored\tformat\tkind\tread as")
	for _, cell := range cells {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", report.Visible(first(cell.Column, "(no heading)")),
			shorten(report.Visible(mapping.MaskPersonal(cell.Stored)), 40), report.Visible(cell.Format),
			prepare.KindNames[cell.Kind], shorten(report.Visible(mapping.MaskPersonal(cell.Value)), 40))
	}
	return w.Flush()
}

func texts(cells [][]byte) []string {
	out := make([]string, len(cells))
	for i, cell := range cells {
		out[i] = string(cell)
	}
	return out
}

// printInspection writes the inspection for people.
func printInspection(out io.Writer, f *prepare.Inspection) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	fmt.Fprintf(w, "%s   %s, %s\n\n", report.Visible(f.File),
		prepare.Reading(f.Format, f.Encoding, f.Delimiter, f.Sheet, f.HeaderRow), plural(f.Rows, "row"))
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  column\tfilled\tkind\texample")
	for _, column := range f.Columns {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", report.Visible(first(column.Name, "(no heading)")), share(f, column.Filled),
			strings.Join(slices.Sorted(maps.Keys(column.Kinds)), ", "), shorten(report.Visible(column.Example), 40))
	}
	table.Flush()
	if f.BadRows > 0 {
		fmt.Fprintf(w, "\n%s cannot be used:\n", plural(f.BadRows, "row"))
		for _, problem := range f.Problems {
			fmt.Fprintf(w, "  %s:%d: %s\n", report.Visible(f.File), problem.Row, report.Visible(problem.Message))
		}
	}
	for _, warning := range f.Warnings {
		fmt.Fprintf(w, "\nNote: %s\n", report.Visible(warning))
	}
}

func share(f *prepare.Inspection, filled int64) string {
	switch good := f.Rows - f.BadRows; {
	case good == 0 || filled == 0:
		return "none"
	case filled == good:
		return "all"
	default:
		return fmt.Sprintf("%d %%", min(max(100*filled/good, 1), 99))
	}
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
