package draft

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// studyMinor finds out whether the amounts are in cents: another column has the same digits with a
// decimal mark. If none has, whole numbers make it a question; they need three or more digits,
// unless a program wrote them for other programs.
func (d *draft) studyMinor() error {
	if d.amount == nil || d.sum || !d.hasCents() {
		return nil
	}

	twins := slices.DeleteFunc(slices.Clone(d.profiles),
		func(p *profile) bool { return p.name == "" || p == d.amount || p.dates > 0 })
	marked := make([]int, len(d.profiles)) // rows in which a twin has the mark
	rows, odd, bare, long := 0, false, true, true
	var c, other cell.Cell
	err := d.eachRow(func(row *cell.Row) {
		if cell.Read(&c, row, d.amount.index); c.Empty() {
			return
		}

		bare = bare && c.Kind == cell.Text && cell.AllDigits(c.Text)
		rows, odd = rows+1, odd || !bytes.HasSuffix(c.Text, []byte("00"))
		long = long && len(c.Text) >= 3
		twins = slices.DeleteFunc(twins, func(p *profile) bool {
			cell.Read(&other, row, p.index)
			with, same := withoutMark(other.Text, c.Text)
			if with {
				marked[p.index]++
			}
			return !bare || other.Empty() || !same
		})
	})

	bare = bare && (long || d.isForPrograms())
	if i := slices.IndexFunc(twins, func(p *profile) bool { return marked[p.index] > 0 }); bare &&
		i >= 0 {
		d.cents = twins[i]
	}

	d.askMinor = bare && odd && rows > 1 && d.cents == nil
	return err
}

// isForPrograms reports whether the file looks like what the interface of a payment system gives:
// times in seconds since 1970, or all currencies in small letters.
func (d *draft) isForPrograms() bool {
	unix := slices.ContainsFunc(d.dates, func(p *profile) bool { return p.unixUnit() != "" })
	return unix || d.currency != nil && d.currency.filled > 0 &&
		!slices.ContainsFunc(d.currency.values, func(v valueCount) bool {
			return strings.ToLower(v.text) != v.text || strings.ToUpper(v.text) == v.text
		})
}

// hasCents reports whether one of the currencies has a smaller unit.
func (d *draft) hasCents() bool {
	if d.currency == nil {
		decimals, known := number.Exponent(d.constant)
		return !known || decimals > 0
	}
	return slices.ContainsFunc(d.currency.values, func(v valueCount) bool {
		code, err := number.CellCurrency([]byte(v.text))
		decimals, _ := number.Exponent(code)
		return err == nil && decimals > 0
	})
}

// withoutMark reports whether a text has exactly the digits of another one, and whether with a mark
// before the last two.
func withoutMark(text, digits []byte) (marked, same bool) {
	var kept []byte
	after := -1 // digits since the last mark
	for _, letter := range text {
		switch {
		case cell.IsDigit(letter):
			kept = append(kept, letter)
			if after >= 0 {
				after++
			}
		case letter == '.' || letter == ',':
			after = 0
		}
	}

	same = bytes.Equal(bytes.TrimLeft(kept, "0"), bytes.TrimLeft(digits, "0"))
	return same && after == 2, same
}

// minor writes an amount that is in cents.
func (d *draft) minor(s *scribe) {
	s.line(1, "deal_value: {column: "+scalar(d.amount.name)+", minor_units: true}",
		fmt.Sprintf("certain: in cents, for %s says %s where this says %s", comment(d.cents.name),
			d.cents.example(), d.amount.example()), d.amount, d.cents)
}

// askCents asks whether whole amounts are in cents; until somebody says so there is no amount.
func (d *draft) askCents(s *scribe) {
	s.line(1, "deal_value: "+missing(d.missingName("Total")), "")
	amount := scalar(d.amount.name)
	s.ask(1, "deal_value: "+amount, "all amounts are whole numbers, such as "+d.amount.example()+
		": if they mean just that, use the first line marked OPEN instead; if they are in "+
		"cents, the second", d.amount)
	s.ask(1, "deal_value: {column: "+amount+", minor_units: true}",
		"or this one, if they are in cents", d.amount)
	s.open--
}
