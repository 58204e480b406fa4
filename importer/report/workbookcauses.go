package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// countCauses counts the row once for each of its causes. A cause without a code is identified by
// its words.
func (w *Workbook) countCauses(failure Failure) {
	for _, fault := range failure.Faults {
		detail := ""
		if fault.Code == "" {
			detail = fault.Reason
		}
		w.causes.Add(Incident{
			Code: fault.Code, Detail: detail, Column: fault.Column, Message: fault.Reason,
			Row: failure.Row, Value: w.layout.value(failure, fault), Event: int64(w.row + w.left),
		})
	}
}

// writeCauses fills the sheet of causes, the most frequent first.
func (w *Workbook) writeCauses() error {
	sheet, err := w.book.NewStreamWriter(causesSheet)
	if err != nil {
		return err
	}

	widths := []float64{8, 24, 24, 60, 8, 24}
	for column := len(widths); column > 0; column-- { // from the last, as in setColumns
		if err := sheet.SetColWidth(column, column, widths[column-1]); err != nil {
			return err
		}
	}

	var heading []any
	for _, name := range []string{"rows", "cause", "column", "first reason", "row", "value"} {
		heading = append(heading, excelize.Cell{StyleID: w.styles.heading, Value: name})
	}
	if err := sheet.SetRow("A1", heading); err != nil {
		return err
	}

	list := w.causes.List()
	for i, cause := range list {
		row := []any{
			cause.Count, w.plain(cause.Code), w.plain(cause.Example.Column),
			w.plain(cause.Message), cause.Example.Row, w.plain(cause.Example.Value),
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			return err
		}
	}

	if w.left > 0 {
		note := Plural(int64(w.left), "row") + " more than a sheet can hold; " +
			"the CSV has all of them"
		if err := sheet.SetRow(fmt.Sprintf("A%d", len(list)+3), []any{note}); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

func (w *Workbook) plain(text string) any {
	return excelize.Cell{StyleID: w.styles.of(KindText, false), Value: text}
}

// styles are the looks of cells: by kind, and whether they are to blame.
type styles struct {
	heading, ownHeading int
	usual, faulty       [KindNoValue + 1]int
}

func (s *styles) of(kind byte, faulty bool) int {
	if faulty {
		return s.faulty[kind]
	}
	return s.usual[kind]
}

// formats show each kind as what it is. "@" makes a text stay a text when somebody edits it: "=1"
// stays "=1", "0012" stays "0012".
var formats = [KindNoValue + 1]string{
	KindText: "@", KindNumber: "General", KindBool: "General",
	KindDate: "yyyy-mm-dd", KindDateTime: "yyyy-mm-dd hh:mm:ss",
	KindTime: "hh:mm:ss", KindDuration: "[h]:mm:ss",
	KindEmpty: "@", KindError: "@", KindNoValue: "@",
}

func newStyles(book *excelize.File) (s styles, err error) {
	red := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}}
	grey := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D9D9D9"}}
	bold := &excelize.Font{Bold: true}
	text := formats[KindText]

	heading := excelize.Style{Font: bold, CustomNumFmt: &text}
	if s.heading, err = book.NewStyle(&heading); err != nil {
		return s, err
	}
	own := excelize.Style{Font: bold, Fill: grey, CustomNumFmt: &text}
	if s.ownHeading, err = book.NewStyle(&own); err != nil {
		return s, err
	}

	for kind, format := range formats {
		usual := excelize.Style{CustomNumFmt: &format}
		if s.usual[kind], err = book.NewStyle(&usual); err != nil {
			return s, err
		}
		faulty := excelize.Style{CustomNumFmt: &format, Fill: red}
		if s.faulty[kind], err = book.NewStyle(&faulty); err != nil {
			return s, err
		}
	}
	return s, nil
}
