package mapping

import (
	"fmt"
	"slices"
)

// pins are the formats that the file proves, by column, and what it leaves open.
type pins struct {
	numbers map[int]pin
	dates   map[int]pin
}

type pin struct {
	format   string // as it stands in a mapping; "": no layout reads all values, or there is a question
	whole    bool   // numbers without decimals fit any format
	question *question
}

// prove finds the formats with the proofs that a run makes for what its mapping leaves open: over the whole file, with the
// currencies of the rows.
func (d *draft) prove() error {
	config, err := Parse("draft.yaml", d.text(), nil)
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
	for row, err := range d.export.Rows() {
		if err != nil {
			return err
		}
		survey.Observe(row)
	}
	for _, one := range survey.numbers {
		format, question := one.proof.resolve()
		d.pins.numbers[one.column] = pin{format: format.String(), question: question, whole: one.proof.whole()}
	}
	proved := map[int]dateFormat{}
	for _, one := range survey.dates {
		format, question := one.proof.resolve()
		d.pins.dates[one.column] = pin{format: format.String(), question: question}
		if question == nil && format.mode == dateProved {
			proved[one.column] = format
		}
	}
	return d.layouts(proved)
}

// whole tells that nothing was seen that only some formats read.
func (p *numberProof) whole() bool {
	return p.only[0].row == 0 && p.only[1].row == 0 && p.open == 0 && !p.notPlain
}

// layouts finds, for columns whose dates are read though no layout is known, one that reads all of them.
func (d *draft) layouts(proved map[int]dateFormat) error {
	if len(proved) == 0 {
		return nil
	}
	able := map[int][]dateFormat{}
	for column, format := range proved {
		for _, layout := range candidates(format.layout) {
			if candidate, err := parseDateFormat(layout); err == nil {
				able[column] = append(able[column], candidate)
			}
		}
	}
	var c cell
	err := d.eachRow(func(row *Row) {
		for column, format := range proved {
			if readCell(&c, row, column); !c.empty() && reads(&format, &c) {
				able[column] = slices.DeleteFunc(able[column], func(f dateFormat) bool { return !sameDay(&f, &format, &c) })
			}
		}
	})
	for column := range proved {
		found := pin{}
		if len(able[column]) > 0 {
			found = pin{format: able[column][0].layout}
		}
		d.pins.dates[column] = found
	}
	return err
}

func reads(f *dateFormat, c *cell) bool {
	var when civil
	return f.scan(&when, c.text, c.kind) == nil
}

// sameDay tells whether a layout reads a value, and as the proof does.
func sameDay(layout, proved *dateFormat, c *cell) bool {
	var a, b civil
	if layout.scan(&a, c.text, c.kind) != nil || proved.scan(&b, c.text, c.kind) != nil {
		return false
	}
	return a.year == b.year && a.month == b.month && a.day == b.day && a.clock == b.clock
}

// candidates are the layouts in which a column may be written: the one of its first value, or those whose order of day,
// month and year cannot be in doubt.
func candidates(layout string) []string {
	if layout != "" {
		return []string{layout}
	}
	var all []string
	for _, day := range [...]string{"YYYY/MM/DD", "YYYY.MM.DD", "YYYYMMDD", "YYYY年MM月DD日", "D MMM YYYY", "D. MMM YYYY", "D-MMM-YYYY", "D-MMM-YY",
		"MMM D, YYYY", "D [de] MMM [de] YYYY"} {
		for _, clock := range [...]string{"", " HH:mm", " HH:mm:ss", " hh:mm A", " hh:mm:ss A", ", HH:mm", ", hh:mm A", ", hh:mm:ss A"} {
			all = append(all, day+clock)
			if clock != "" {
				all = append(all, day+clock+" Z", day+clock+"Z")
			}
		}
	}
	return all
}

// settle decides what only the groups tell: whether the amount stands once or on every line, and whether rows with
// the same id are the lines of one order at all.
func (d *draft) settle() {
	if d.grouped && !d.hasLines() {
		d.grouped = false
		d.group = fmt.Sprintf("%s repeats in neighbouring rows (%d different in %d rows), and nothing looks like lines of one order. "+
			"If they are, this makes one event of them", comment(d.id.name), d.id.runs, d.id.filled)
	}
	if d.amount != nil {
		d.sum = d.grouped && d.amount.varies
	}
	d.chooseSkips()
}

// hasLines tells whether the rows of a group differ in what the lines of an order differ in.
func (d *draft) hasLines() bool {
	for _, r := range []role{roleItem, rolePrice, roleQuantity, roleSKU} {
		if p := d.items[r]; p != nil && p.varies {
			return true
		}
	}
	return false
}
