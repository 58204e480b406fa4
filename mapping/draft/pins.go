package draft

import (
	"fmt"
	"slices"
	"strings"

	"ableimport/mapping/cell"
)

// formats writes the formats that the file proves, and the questions that it leaves.
func (d *draft) formats(s *scribe) {
	f := scribe{path: []string{"formats"}}
	d.numberFormat(&f)
	d.dateFormat(&f)
	d.timezone(&f)

	if len(f.all) == 0 {
		return
	}

	heading := "formats:"
	if !f.decides() {
		heading = "# formats:"
	}

	s.line(0, heading, "")
	s.take(&f)
}

// amounts are the columns that are read as money.
func (d *draft) amounts() []*profile {
	if d.amount != nil {
		return []*profile{d.amount}
	}
	if d.credit != nil {
		return []*profile{d.credit, d.debit}
	}
	return nil
}

// numberFormat fixes the format of the amounts; if other columns have another format, their fields
// say so.
func (d *draft) numberFormat(s *scribe) {
	var columns []*profile
	columns = append(columns, d.amounts()...)
	if d.grouped {
		for _, r := range []role{rolePrice, roleQuantity} {
			if p := d.items[r]; p != nil {
				columns = append(columns, p)
			}
		}
	}

	asked := map[string]bool{} // one answer holds for all columns
	for _, p := range columns {
		pin, known := d.pins.numbers[p.index]
		if known && pin.question != nil && !asked[pin.question.Formats()] {
			asked[pin.question.Formats()] = true
			d.askFormat(s, p, pin.question)
		}
	}

	if format, of := d.mainNumber(); format != "" {
		pin := d.pins.numbers[of.index]
		why := d.provedBy(pin, of)
		if pin.whole && !pin.typed {
			why = comment(of.name) + " has only whole numbers, which any format reads"
		}
		s.line(1, "number: "+quoted(format), "by example; "+why, columns...)
	}
}

// provedBy says how many rows prove the format of a column.
func (d *draft) provedBy(pin pin, p *profile) string {
	rows := "all rows"
	if pin.values < d.rows {
		rows = fmt.Sprintf("%d of %d rows", pin.values, d.rows)
	}
	return "proved by " + rows + " of " + comment(p.name)
}

// mainNumber is the format for the whole file: the format of the amounts, and the column that shows
// it.
func (d *draft) mainNumber() (format string, of *profile) {
	for _, p := range d.amounts() {
		pin, known := d.pins.numbers[p.index]
		switch {
		case !known || pin.question != nil:
			return "", nil
		case format == "" || !pin.whole && len(pin.format) >= len(format):
			// A format with thousands' marks counts before one without.
			format, of = pin.format, p
		}
	}

	return format, of
}

// askFormat shows a value in each of its readings, with the line that chooses it.
func (d *draft) askFormat(s *scribe, p *profile, q *cell.Question) {
	for _, example := range q.Examples {
		s.ask(1, q.Setting+": "+quoted(example.Format),
			fmt.Sprintf("%s, row %d: %s is %s", comment(p.name), example.Row,
				comment(example.Value), comment(example.Result)), p)
	}
	s.open -= len(q.Examples) - 1 // one question
}

// number is the format option of a field, if the column is written differently from the amounts.
func (d *draft) number(p *profile) string {
	pin, known := d.pins.numbers[p.index]
	main, _ := d.mainNumber()
	if !known || pin.question != nil || pin.whole || pin.format == main ||
		pin.format == "1234.56" && !strings.Contains(main, ",56") {
		return ""
	}
	return ", number: " + quoted(pin.format)
}

// written are the dates that are not Unix times.
func (d *draft) written() []*profile {
	return slices.DeleteFunc(slices.Clone(d.dates),
		func(p *profile) bool { return p.unixUnit() != "" })
}

func (d *draft) dateFormat(s *scribe) {
	format := ""
	for i, p := range d.written() {
		pin, known := d.pins.dates[p.index]
		switch {
		case !known:
			return
		case pin.question != nil:
			d.askFormat(s, p, pin.question)
			return
		case pin.format == "":
			s.remark(1, "date: is not said, since dates are written in more than one way: each "+
				"file has to prove how")
			return
		case i > 0 && pin.format != format:
			s.offer(1, "date: "+quoted(pin.format), fmt.Sprintf("that is how %s is written, but "+
				"%s is %s; left out, each file must prove it alone",
				comment(p.name), comment(d.dates[0].name), quoted(format)))
			return
		}

		format = pin.format
	}

	if format != "" {
		first := d.written()[0]
		s.line(1, "date: "+quoted(format), d.provedBy(d.pins.dates[first.index], first)+
			"; the first is "+first.example(), d.written()...)
	}
}

// timezone says where the clock of the dates was, if the file does; and which time days without one
// get.
func (d *draft) timezone(s *scribe) {
	local, untimed := d.yearless != nil, d.yearless != nil
	utc := len(d.dates) > 0 && d.yearless == nil
	for _, p := range d.written() {
		local = local || p.zoned < p.dates
		untimed = untimed || p.timed < p.dates && d.clock == nil
		utc = utc && (slices.Contains(p.words, "utc") || slices.Contains(p.words, "gmt"))
	}

	timed := slices.ContainsFunc(d.dates, func(p *profile) bool { return p.timed > 0 }) ||
		d.clock != nil
	switch {
	case !local, d.zone != nil && d.zone.filled >= d.rows:
	case utc:
		s.line(1, "timezone: UTC", "certain: the heading says so")
	case !timed:
		s.line(1, "timezone: UTC", "the dates are days without a time: noon UTC is the same day "+
			"almost everywhere; say your own zone if you like")
	default:
		place := "Europe/Berlin"
		if d.japanese() {
			place = "Asia/Tokyo"
		}
		s.ask(1, "timezone: "+place, "the times have no zone, such as "+d.written()[0].example()+
			": which zone did the clock show? A place, or UTC")
	}

	if untimed {
		s.line(1, `time_of_day: "12:00"`, "for days without a time")
	}
}
