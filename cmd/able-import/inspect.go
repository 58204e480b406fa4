package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping/cell"
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

--rows prints every record, from the first one on, a JSON object a line: titles above
the header and the header itself, too. A record is {"row":N,"cells":[...]}, a bad one
{"row":N,"error":"...","line":L}. N is the row number that a spreadsheet shows; a text
file has line L besides, which counts line breaks within cells.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			options.Blank, options.Above = true, rows
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
	c.Flags().Var((*headerFlag)(&options.Header), "header", "row number of the headings, or none")
	c.Flags().StringVar(&options.Encoding, "encoding", "", "such as windows-1252")
	c.Flags().StringVar(&options.Delimiter, "delimiter", "", "one character, or tab")
	c.Flags().StringVar(&options.Quote, "quote", "", "one character, or none")
	c.Flags().StringVar(&options.Escape, "escape", "", "what stands before a quote within a cell")
	c.Flags().StringVar(&options.Comment, "comment", "", "lines that begin with it are no rows")
	c.MarkFlagsMutuallyExclusive("rows", "json", "explain")
	return c
}

// A headerFlag is the row number of the header; -1 says that there is none, as in [table.Options].
type headerFlag int

func (h *headerFlag) Type() string { return "row" }

func (h *headerFlag) String() string {
	switch *h {
	case 0:
		return ""
	case -1:
		return "none"
	}
	return strconv.Itoa(int(*h))
}

func (h *headerFlag) Set(text string) error {
	number, err := strconv.Atoi(text)
	switch {
	case text == "none":
		number = -1
	case err != nil || number < -1:
		return errors.New("say a row number, such as 4, or none")
	}
	*h = headerFlag(number)
	return nil
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
	for row, err := range t.Rows() {
		var bad *table.RowError
		switch {
		case errors.As(err, &bad):
			p.code = exitInvalid
			err = encoder.Encode(struct {
				Row   int    `json:"row"`
				Error string `json:"error"`
				Line  int    `json:"line,omitempty"`
			}{bad.Row, bad.Message, bad.Line})
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
	masked := func(text string) string { return shorten(report.Visible(cell.MaskPersonal(text)), 40) }
	fmt.Fprintln(w, "column\tshown\tstored\tformat\tkind\tread as")
	for _, value := range cells {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", report.Visible(first(value.Column, "(no heading)")), masked(value.Shown),
			masked(value.Stored), report.Visible(value.Format), prepare.KindNames[value.Kind], masked(value.Value))
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
