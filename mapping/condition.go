package mapping

import (
	"bytes"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"ableimport/mapping/cell"
)

// comparedColumn is a column whose text where: or skip: compares with others.
type comparedColumn struct {
	slot  int
	texts [][]byte
	parts []textPart
}

// comparedText is a text with which a condition compares a column's text, or a part of it.
type comparedText struct {
	text  string
	place textPlace
}

// textPlace says where in a column's text a condition looks for another text.
type textPlace byte

const (
	wholeText textPlace = iota
	partOfText
	startOfText
	endOfText
)

// textPart is a text that a condition looks for in a column's text.
type textPart struct {
	text  []byte
	place textPlace
}

// nearlyIn is where a text has the part, but in different upper or lower case; -1 if nowhere, or if
// it also has the part itself.
func (p *textPart) nearlyIn(text []byte) int {
	first, last := 0, len(text)-len(p.text)
	switch p.place {
	case startOfText:
		last = min(0, last)
	case endOfText:
		first = max(0, last)
	}

	near := -1
	for i := first; i <= last; i++ {
		part := text[i : i+len(p.text)]
		if bytes.Equal(part, p.text) {
			return -1
		}
		if near < 0 && bytes.EqualFold(part, p.text) {
			near = i
		}
	}
	return near
}

// compared collects the columns that the conditions compare.
func (b *binder) compared() {
	m := b.mapper
	add := func(e *expression, p *program) {
		for i, texts := range e.compared {
			slot := p.slots[i]
			if slot == cell.None || len(texts) == 0 {
				continue
			}

			at := slices.IndexFunc(m.compared,
				func(c comparedColumn) bool { return c.slot == slot })
			if at < 0 {
				at = len(m.compared)
				m.compared = append(m.compared, comparedColumn{slot: slot})
			}
			column := &m.compared[at]
			for _, one := range texts {
				if one.place == wholeText {
					column.texts = append(column.texts, []byte(one.text))
				} else {
					column.parts = append(column.parts, textPart{[]byte(one.text), one.place})
				}
			}
		}
	}
	for i, e := range m.config.where {
		add(e, m.where[i])
	}

	for i, rule := range m.config.skip {
		add(rule.when, m.skips[i])
	}
}

// leftOut computes the conditions. One that cannot be computed makes the event invalid, and so
// does a value that differs only by case, blanks or spelling from the one in a condition: leaving
// the event out, or keeping it, would be a guess.
func (m *Mapper) leftOut() bool {
	reason, err := m.reasonToLeaveOut()
	if err != nil {
		m.add(Problem{Code: "expression_failed", Row: m.rows[0].Number, message: err.Error()})
		return false
	}
	m.event.Reason = reason
	if m.unclear(reason) {
		m.event.Reason = ""
	}
	return m.event.Reason != "" || m.noSaleBy()
}

// reasonToLeaveOut is why the conditions leave the event out, "" if they do not.
func (m *Mapper) reasonToLeaveOut() (string, error) {
	for i, p := range m.skips {
		hit, err := p.holds()
		if err != nil {
			return "", fmt.Errorf("skip: %w", err)
		}
		if hit {
			return m.config.skip[i].reason, nil
		}
	}

	for _, p := range m.where {
		hit, err := p.holds()
		if err != nil {
			return "", fmt.Errorf("where: %w", err)
		}
		if !hit {
			return "where", nil
		}
	}

	return "", nil
}

// unclear reports whether the conditions would decide otherwise if values were written as they
// write them, and notes the problem with each of these values.
func (m *Mapper) unclear(reason string) bool {
	near := m.near[:0]
	for i := range m.compared {
		c := &m.order.cells[m.compared[i].slot]
		if meant, part := m.compared[i].nearly(c); meant != nil {
			near = append(near, nearValue{c, m.compared[i].slot, meant, part})
		}
	}

	m.near = near
	if len(near) == 0 {
		return false
	}

	matters := m.decidesOtherwise(reason, near)
	for i := range near { // together they may give the same result again
		matters = matters || m.decidesOtherwise(reason, near[i:i+1])
	}
	if !matters {
		return false
	}

	for _, n := range near {
		column := m.columnOf(&m.order, n.slot)
		shown := cell.Visible(cell.ExcerptLine(cell.MaskStray(string(n.cell.Text))))
		message := fmt.Sprintf("%q differs only in %s from %q, with which the mapping compares "+
			"it; say in the condition what it means, as in col(%q) in [%q, %q]",
			shown, differsIn(n.cell.Text, n.meant), n.meant, column, n.meant, shown)
		if n.part != nil {
			message = fmt.Sprintf("%q has %q, which the mapping looks for, but in different upper "+
				"or lower case; say in the condition what it means, as with lower(col(%q))",
				shown, n.part, column)
		}
		m.add(Problem{Code: "condition_unclear", Row: n.cell.Row, Column: column, Value: shown,
			message: message})
	}

	return true
}

// A nearValue is a cell that the conditions nearly name, and what it would hold if they did.
type nearValue struct {
	cell  *cell.Cell
	slot  int
	meant []byte
	part  []byte // what the conditions look for in it; nil: for all of it
}

// decidesOtherwise computes the conditions with other values.
func (m *Mapper) decidesOtherwise(reason string, values []nearValue) bool {
	exchange := func() {
		for i := range values {
			values[i].cell.Text, values[i].meant = values[i].meant, values[i].cell.Text
		}
	}
	exchange()
	otherwise, err := m.reasonToLeaveOut()
	exchange()
	return err == nil && (otherwise == "") != (reason == "")
}

// nearly is what the cell would hold if it were written as the conditions write it, and the last of
// the parts that differ; nil if nothing differs only by case, blanks or spelling, or if the
// conditions also name what the cell has.
func (c *comparedColumn) nearly(value *cell.Cell) (meant, part []byte) {
	isAll := func(text []byte) bool { return bytes.Equal(text, value.Text) }
	if slices.ContainsFunc(c.texts, isAll) ||
		slices.ContainsFunc(c.parts, func(p textPart) bool { return isAll(p.text) }) {
		return nil, nil
	}
	for _, text := range c.texts {
		if sameLetters(value.Text, text) || sameSpelling(value.Text, text) ||
			sameWhole(value.Text, text) {
			return text, nil
		}
	}

	text := value.Text
	for i := range c.parts {
		p := &c.parts[i]
		at := p.nearlyIn(text)
		if at < 0 {
			continue
		}
		end := at + len(p.text)
		isNamed := func(p textPart) bool { return bytes.Equal(p.text, text[at:end]) }
		if !slices.ContainsFunc(c.parts, isNamed) {
			text = slices.Concat(text[:at], p.text, text[end:])
			meant, part = text, p.text
		}
	}
	return meant, part
}

// sameWhole reports whether two texts are one whole number: 1 and 1.0.
func sameWhole(a, b []byte) bool {
	if len(a) == 0 || len(b) == 0 || a[0] != b[0] || !cell.IsDigit(a[0]) || len(a) == len(b) {
		return false
	}
	return bytes.Equal(withoutZeros(a), withoutZeros(b))
}

// withoutZeros removes decimals that are all zeros.
func withoutZeros(text []byte) []byte {
	whole := bytes.TrimRight(text, "0")
	if n := len(whole); n > 0 && n < len(text) && (whole[n-1] == '.' || whole[n-1] == ',') &&
		cell.AllDigits(whole[:n-1]) {
		return whole[:n-1]
	}
	return text
}

// fewestLetters is how long words have to be that are compared by their spelling: AA is not A.
const fewestLetters = 5

// sameSpelling reports whether two texts are one word in two spellings: canceled and Cancelled,
// partially_paid and Partially paid.
func sameSpelling(a, b []byte) bool {
	letters, previous := 0, rune(0)
	next := func(text *[]byte) rune {
		for len(*text) > 0 {
			r, size := utf8.DecodeRune(*text)
			*text = (*text)[size:]
			r = unicode.ToLower(r)
			if r != '_' && !unicode.Is(unicode.Pd, r) && !isUnprinted(r) &&
				(r != previous || !unicode.IsLetter(r)) {
				return r
			}
		}
		return -1
	}

	for {
		first, second := next(&a), next(&b)
		switch {
		case first != second:
			return false
		case first < 0:
			return letters >= fewestLetters
		case unicode.IsLetter(first):
			letters++
		}
		previous = first
	}
}

// differsIn says how a value differs from one that is nearly the same.
func differsIn(value, meant []byte) string {
	switch {
	case norm.NFC.IsNormal(value) != norm.NFC.IsNormal(meant):
		return "how its accents are written"
	case bytes.ContainsFunc(value, isTwin) != bytes.ContainsFunc(meant, isTwin):
		return "letters of another alphabet that look the same"
	case norm.NFKC.IsNormal(value) != norm.NFKC.IsNormal(meant):
		return "the width or form of its letters"
	case bytes.ContainsFunc(value, isFormat) != bytes.ContainsFunc(meant, isFormat):
		return "letters that cannot be seen"
	case sameWhole(value, meant):
		return "its decimals"
	case !sameLetters(value, meant):
		return "its spelling"
	}
	return "case or blanks"
}

// isUnprinted reports whether nobody sees a letter: blanks, and what joins or parts others.
func isUnprinted(r rune) bool {
	return unicode.IsSpace(r) || isFormat(r)
}

func isFormat(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r) }

// sameLetters compares two texts without their blanks, whatever the case and width of their
// letters, and whether an accent is part of its letter or follows it.
func sameLetters(a, b []byte) bool {
	for {
		a, b = bytes.TrimLeftFunc(a, isUnprinted), bytes.TrimLeftFunc(b, isUnprinted)
		if len(a) == 0 || len(b) == 0 {
			return len(a) == len(b)
		}
		first, size := utf8.DecodeRune(a)
		second, length := utf8.DecodeRune(b)
		if first != second && unicode.ToLower(first) != unicode.ToLower(second) &&
			unicode.ToUpper(first) != unicode.ToUpper(second) {
			if first|second >= utf8.RuneSelf &&
				unicode.ToLower(latinTwin(first)) == unicode.ToLower(latinTwin(second)) {
				a, b = a[size:], b[length:]
				continue
			}
			if first|second < utf8.RuneSelf || norm.NFKC.IsNormal(a) && norm.NFKC.IsNormal(b) {
				return false
			}
			a, b = norm.NFKC.Bytes(a), norm.NFKC.Bytes(b)
			continue
		}
		a, b = a[size:], b[length:]
	}
}
