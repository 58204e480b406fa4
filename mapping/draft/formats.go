package draft

import (
	"fmt"
	"slices"

	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/date"
)

// pins are the formats that the file proves, by column, and what it leaves open.
type pins struct {
	numbers map[int]pin
	dates   map[int]pin
}

type pin struct {
	// as written in a mapping; "": no layout reads all values, or there is a question
	format   string
	whole    bool // numbers without decimals fit any format
	typed    bool // there are number cells of a workbook
	values   int  // that are numbers, or dates
	question *cell.Question
}

// prove finds the formats with the same proofs as a run with a mapping that leaves them open: over
// the whole file, with the currencies of the rows.
func (d *draft) prove() error {
	config, err := mapping.Parse("draft.yaml", d.text(), nil)
	if err != nil {
		return fmt.Errorf("%s: no mapping can be drafted: %w", d.export.File, err)
	}
	survey, err := config.Survey(d.export.File, d.export.Header)
	if err != nil {
		return fmt.Errorf("%s: no mapping can be drafted: %w", d.export.File, err)
	}

	d.pins = pins{map[int]pin{}, map[int]pin{}}
	if survey == nil {
		return nil
	}

	survey.At(d.export.Now)
	for row, err := range d.export.Rows() {
		if err != nil {
			return err
		}
		survey.Observe(row)
	}

	for _, one := range survey.Numbers {
		format, question := one.Proof.Resolve()
		d.pins.numbers[one.Column] = pin{format: format.String(), question: question,
			whole: one.Proof.Whole(), typed: one.Proof.Typed(), values: one.Proof.Values()}
	}

	proved := map[int]date.Format{}
	for _, one := range survey.Dates {
		format, question := one.Proof.Resolve()
		d.pins.dates[one.Column] = pin{format: format.String(), question: question,
			values: one.Proof.Values()}
		if question == nil && format.Mode == date.Proved {
			proved[one.Column] = format
		}
	}

	return d.layouts(proved)
}

// layouts finds, for columns whose dates can be read though no layout is known, one that reads all
// of them.
func (d *draft) layouts(proved map[int]date.Format) error {
	if len(proved) == 0 {
		return nil
	}

	able := map[int][]date.Format{}
	for column, format := range proved {
		for _, layout := range candidates(format.Layout) {
			if candidate, err := date.ParseFormat(layout); err == nil {
				able[column] = append(able[column], candidate)
			}
		}
	}

	var c cell.Cell
	err := d.eachRow(func(row *cell.Row) {
		for column, format := range proved {
			if cell.Read(&c, row, column); !c.Empty() && reads(&format, &c) {
				able[column] = slices.DeleteFunc(able[column],
					func(f date.Format) bool { return !sameDay(&f, &format, &c) })
			}
		}
	})

	for column := range proved {
		found := pin{values: d.pins.dates[column].values}
		if len(able[column]) > 0 {
			found.format = able[column][0].Layout
		}
		d.pins.dates[column] = found
	}

	return err
}

func reads(f *date.Format, c *cell.Cell) bool {
	var when date.Civil
	return f.Scan(&when, c.Text, c.Kind) == nil
}

// sameDay reports whether a layout reads a value, and as the proof does.
func sameDay(layout, proved *date.Format, c *cell.Cell) bool {
	var a, b date.Civil
	if layout.Scan(&a, c.Text, c.Kind) != nil || proved.Scan(&b, c.Text, c.Kind) != nil {
		return false
	}
	return a.Year == b.Year && a.Month == b.Month && a.Day == b.Day && a.Clock == b.Clock
}

// candidates are the layouts in which a column may be written: the one of its first value, or those
// whose order of day, month and year is certain.
func candidates(layout string) []string {
	if layout != "" {
		return []string{layout}
	}

	var all []string
	for _, day := range [...]string{"YYYY/MM/DD", "YYYY.MM.DD", "YYYYMMDD", "YYYY年MM月DD日",
		"D MMM YYYY", "D. MMM YYYY", "D-MMM-YYYY", "D-MMM-YY",
		"MMM D, YYYY", "D [de] MMM [de] YYYY"} {
		for _, clock := range [...]string{"", " HH:mm", " HH:mm:ss", " hh:mm A", " hh:mm:ss A",
			", HH:mm", ", hh:mm A", ", hh:mm:ss A"} {
			all = append(all, day+clock)
			if clock != "" {
				all = append(all, day+clock+" Z", day+clock+"Z")
			}
		}
	}

	return all
}

// settle decides what only the groups show: whether the amount is there once or on every line, and
// whether rows with the same id are the lines of one order at all.
func (d *draft) settle() {
	if d.grouped && !d.hasLines() && d.lineID != nil {
		d.grouped, d.id = false, d.lineID
	} else if d.grouped && !d.hasLines() {
		d.grouped = false
		d.group = fmt.Sprintf("%s repeats in neighbouring rows (%d different in %d rows), and "+
			"nothing looks like lines of one order. If they are, this makes one event of them",
			comment(d.id.name), d.id.runs, d.id.filled)
	}

	if d.amount != nil {
		d.sum = d.grouped && (d.amount.varies || d.amount.repeated > 0 && d.ofLines)
		d.askRepeated = d.grouped && !d.sum && d.amount.repeated > 0 && !d.ofOrder &&
			!saysOrderTotal(d.amount.words)
	}

	d.sign = d.signs()
	d.chooseSkips()
}

// hasLines reports whether the rows of a group differ the way the lines of an order do.
func (d *draft) hasLines() bool {
	for _, r := range []role{roleItem, rolePrice, roleQuantity, roleSKU} {
		if p := d.items[r]; p != nil && p.varies {
			return true
		}
	}
	return false
}
