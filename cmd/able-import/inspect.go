package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// errNoStdin is for commands that read a file more than once.
var errNoStdin = usagef(
	"- (standard input) can be read only once: save it to a file, and name that")

// inspectFlags are the flags of inspect.
type inspectFlags struct {
	rows, json bool
	explain    int
	options    table.Options
}

func (p *program) inspectCommand() *cobra.Command {
	var f inspectFlags
	c := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show how a file is read: header, columns, kinds, what is odd about it",
		Long: `Reads the whole file and shows what was detected, and the columns with their kinds.
It reads delimited text (CSV), XLSX, old Excel workbooks (.xls), OpenDocument (.ods), XML
Spreadsheet 2003 and the tables of web pages (HTML); the content decides, not
the file's name.
Nothing leaves this machine. If detection is wrong, correct it with a flag here, and
with the same word under source: in the mapping.

--rows prints every record as one JSON object per line, including the header row and the
titles above it. A record is {"row":N,"cells":[...]}, a damaged one
{"row":N,"error":"...","line":L}. N is the row number that a spreadsheet shows. L is the
line of a text file, which also counts line breaks within cells.`,
		Example: `  able-import inspect invoices.csv
  able-import inspect --rows invoices.xlsx`,
		Args: wantOne,
		RunE: func(c *cobra.Command, args []string) error {
			return p.inspect(c.Context(), &f, args[0])
		},
	}

	options := &f.options
	c.Flags().BoolVar(&f.rows, "rows", false, "print every row as JSON")
	c.Flags().BoolVar(&f.json, "json", false, "print what was found as one JSON object")
	c.Flags().IntVar(&f.explain, "explain", 0, "show how the cells of this row got their values")
	c.Flags().StringVar(&options.Sheet, "sheet", "", "sheet of a workbook, or file in a .zip")
	c.Flags().IntVar(&options.Table, "table", 0, "which table of a web page (HTML), counted from 1")
	c.Flags().Var((*headerFlag)(&options.Header), "header", "row number of the header row, or none")
	c.Flags().StringVar(&options.Encoding, "encoding", "", "such as windows-1252")
	c.Flags().StringVar(&options.Delimiter, "delimiter", "", "one character, or tab")
	c.Flags().StringVar(&options.Quote, "quote", "", "one character, or none")
	c.Flags().StringVar(&options.Escape, "escape", "", "character before a quote within a cell")
	c.Flags().StringVar(&options.Comment, "comment", "", "lines that begin with it are comments")
	c.MarkFlagsMutuallyExclusive("rows", "json", "explain")
	return c
}

func (p *program) inspect(ctx context.Context, f *inspectFlags, file string) error {
	if file == "-" {
		return errNoStdin
	}

	f.options.Blank, f.options.Above = true, f.rows
	t, err := table.OpenContext(ctx, file, f.options)
	if err != nil {
		return err
	}
	defer t.Close()

	switch {
	case f.rows:
		return p.printRows(t)
	case f.explain > 0:
		return p.printExplained(t, f.explain)
	}

	found, err := prepare.Inspect(filepath.Base(file), t)
	if err != nil {
		return err
	}
	if found.BadRows > 0 {
		p.code = exitInvalid
	}

	if f.json {
		return p.printObject(found)
	}
	printInspection(p.out, found)
	return nil
}

// A headerFlag is the row number of the header row, or -1 for "none", as in [table.Options].
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
		return errors.New("give a row number, such as 4, or none")
	}
	*h = headerFlag(number)
	return nil
}

// A printedRow is a record as --rows prints it: with its cells, or what is wrong with it.
type printedRow struct {
	Row   int      `json:"row"`
	Cells []string `json:"cells,omitzero"` // a blank row has none, but is not without them
	Error string   `json:"error,omitempty"`
	Line  int      `json:"line,omitempty"` // in a text file
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
			err = encoder.Encode(printedRow{Row: bad.Row, Error: bad.Message, Line: bad.Line})
		case err != nil:
			return err
		default:
			err = encoder.Encode(printedRow{Row: row.Number, Cells: row.Texts()})
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
	masked := func(text string) string {
		return shorten(report.Visible(cell.MaskPersonal(text)), 40)
	}
	fmt.Fprintln(w, "column\tshown\tstored\tformat\tkind\tread as")

	for _, value := range cells {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n",
			report.Visible(cmp.Or(value.Column, "(no heading)")), masked(value.Shown),
			masked(value.Stored), report.Visible(value.Format), prepare.KindNames[value.Kind],
			masked(value.Value))
	}

	return w.Flush()
}

// printInspection writes the inspection for people.
func printInspection(out io.Writer, f *prepare.Inspection) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	fmt.Fprintf(w, "%s   %s, %s\n\n", report.Visible(f.File),
		prepare.Reading(f.Format, f.Encoding, f.Delimiter, f.Sheet, f.HeaderRow), rowCount(f))
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "  column\tfilled\tkind\texample")

	for _, column := range f.Columns {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", report.Visible(column.Name),
			share(f, column.Filled),
			kindsOf(f, column), shorten(report.Visible(column.Example), 40))
	}

	table.Flush()

	if f.BadRows > 0 {
		fmt.Fprintf(w, "\n%s cannot be used:\n", report.Plural(f.BadRows, "row"))
		for _, problem := range f.Problems {
			fmt.Fprintf(w, "  %s:%d: %s%s\n", report.Visible(f.File), problem.Row,
				report.Visible(problem.Message), lineOf(problem))
		}
	}

	if len(f.Footers) > 0 {
		fmt.Fprintf(w, "\nTotals below the rows (control totals, not data):\n")
		for _, footer := range f.Footers {
			fmt.Fprintf(w, "  row %d: %s\n", footer.Row, footerCells(footer))
		}
		if says := saysTotal(f.Footers[0]); says != "" {
			fmt.Fprintf(w, "If one is data after all, add a condition under source: in "+
				"the mapping, such as:\n  data: %s\n", says)
		}
	}

	for _, warning := range f.Warnings {
		fmt.Fprintf(w, "\nNote: %s\n", report.Visible(warning))
	}

	fmt.Fprintf(w, "\nTo read it differently, change one of these lines and put it under source: "+
		"in the mapping\n(inspect takes them as flags, such as --header 2):\n")
	for _, setting := range f.Settings {
		fmt.Fprintf(w, "  %s: %s\n", setting.Name, report.Visible(setting.Value))
	}
}

// kindsOf names the kinds of a column's cells, and says of texts what they look like. In a
// workbook, which has kinds, a number or date as text is worth a word.
func kindsOf(f *prepare.Inspection, column prepare.Column) string {
	kinds := slices.Sorted(maps.Keys(column.Kinds))
	if i := slices.Index(kinds, "text"); i >= 0 && column.Looks != "" {
		kinds[i] = column.Looks
		if f.Typed && column.Looks != "e-mail" {
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
		cells = append(cells, report.Visible(cell.Column)+" "+
			shorten(report.Visible(cell.Value), 40))
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
		return fmt.Sprintf("%d%%", min(max(100*filled/good, 1), 99))
	}
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
