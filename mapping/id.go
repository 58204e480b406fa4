package mapping

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"ableimport/mapping/cell"
)

// idValues reads the values of the id. A value that a spreadsheet may have shortened does no harm
// beside an exact one.
func (m *Mapper) idValues() {
	e, exact := m.event, false
	var shortened, placeholder value
	var of, standing *field
	var how string
	for _, f := range m.id {
		var v value
		if !m.find(f, &v) {
			continue
		}
		if f.isUsualID(&v) {
			exact = true
			if e.Label == "" {
				e.Label = m.labels.add(v.text)
			}
			e.ID = AppendID(e.ID, v.text)
			continue
		}

		fault := f.fault(&v)
		switch {
		case v.empty():
			m.problem(f, v, "id_empty",
				"is empty; without an id the event cannot be told from others")
			continue
		case f.standsForNone(v.text),
			len(m.id) == 1 && isNoID(v.text) && f.spec.from == fromColumns && !f.hasWords(&v):
			if !isZero(v.text) || len(m.id) == 1 {
				m.problem(f, v, "id_empty", standsForNoID, m.shown(f, v.text))
				continue
			}
			placeholder, standing = v, f // beside another value it may be the first line
		case fault == idDecimal:
			m.problem(f, v, "id_decimal", "%s",
				decimalMessage(m.shown(f, v.text), m.columnOfValue(f, v)))
		case isMarkedID(v.text) && f.spec.from != fromExpr && f.spec.from != fromConst:
			m.problem(f, v, "id_marked", "%s begins with the apostrophe that spreadsheets put "+
				"before digits to keep them as text, so it would be sent again beside the same "+
				"id without it. Export the column as text, or use {expr: 'trimPrefix(col(%q), "+
				"\"''\")'} for the id in the mapping", m.shown(f, v.text), m.columnOfValue(f, v))
		case isQuotedID(v.text) && f.spec.from != fromExpr && f.spec.from != fromConst:
			m.problem(f, v, "id_quoted", "%s is in quotation marks, so it would be sent again "+
				"beside the same id without them. Export the column without them, or use {expr: "+
				"'trim(col(%q), \"\\\"“”„‘’«»‹›\")'} for the id in the mapping",
				m.shown(f, v.text), m.columnOfValue(f, v))
		case fault == idDay:
			m.problem(f, v, "id_lookalike", "%s is a date cell among ids that are not dates: a "+
				"spreadsheet has taken an id such as 3-4 for a date. Export the column as text",
				m.shown(f, v.text))
		case fault&idLooks != 0:
			m.problem(f, v, "id_lookalike", "%s", strangeID(fault, v.text,
				m.shown(f, v.text), m.columnOfValue(f, v), f.models[f.in.columns[v.slot]]))
		}

		lost := v.lost()
		if fault == idShortened {
			lost = shortenedMessage
		}
		if lost != "" {
			shortened, of, how = v, f, lost
		} else if standing != f {
			exact = true
		}

		text := cell.Unguard(v.text)
		if e.Label == "" {
			e.Label = cell.MaskLabel(m.labels.add(text))
		}

		e.ID = AppendID(e.ID, text)
	}

	if exact {
		return
	}

	if of != nil {
		m.problem(of, shortened, "id_shortened", "%s", how)
	}
	if standing != nil {
		m.problem(standing, placeholder, "id_empty", standsForNoID,
			m.shown(standing, placeholder.text))
	}
}

// isUsualID knows most ids by a quick look, which finds nothing wrong and nothing personal: a
// letter or a digit comes first, one digit is not 0, and no character is odd.
func (f *field) isUsualID(v *value) bool {
	if v.kind != cell.Text || len(f.faults) > 0 || !isUsualKey(v.text) {
		return false
	}
	if !cell.IsDigit(v.text[0]) {
		return cell.IsLetter(v.text[0])
	}
	return len(v.text) == 1 || v.text[1] != '.' && v.text[1] != ',' && v.text[1]|0x20 != 'e'
}

const standsForNoID = "%s is a placeholder, not an id; " +
	"without one the event cannot be told from others"

// AppendID adds an id value in the form of [Event.ID].
func AppendID(to, value []byte) []byte {
	return append(binary.AppendUvarint(to, uint64(len(value))), value...)
}

// appendOrderID adds what people call the event. A placeholder does not count: a receiver may take
// events with the same order id for one.
func (m *Mapper) appendOrderID(dst []byte) []byte {
	f := m.orderID
	if f == nil {
		return dst
	}
	// If it is the id itself, it was checked already.
	if len(m.id) != 1 || m.id[0].spec.Place != f.spec.Place {
		if text, ok := m.text(f); ok && f.standsForNone(text) {
			return dst
		}
	}
	return m.appendTextOf(dst, f)
}

// placeholders are what exporters and people write instead of an id, without brackets, signs and
// points at their ends, in small letters.
var placeholders = cell.WordSet(
	"null", "nil", "none", "na", "n/a", "n.a", "nan", "nat", "undefined", "unknown",
	"missing", "blank", "empty", "not set", "not available", "not applicable", "unavailable",
	"unassigned", "tbd", "tba", "n/d", "n.d", "s/n", "no id", "kein", "keine", "leer", "ohne",
	"k.a", "k. a", "unbekannt", "entfällt", "aucun", "aucune", "vide", "inconnu", "ninguno",
	"ninguna", "vacío", "sin número", "nessuno", "nessuna", "vuoto", "nenhum", "geen", "leeg",
	"onbekend", "brak", "ingen", "saknas", "true", "false", "pending", "draft", "entwurf",
	"brouillon", "borrador", "bozza", "rascunho", "concept", "szkic", "utkast", "kladde",
	"черновик",
	"object object", "see above", "s. o", "s.o", "siehe oben", "ditto", "dto", "idem", "нет",
	"не указано", "н/д", "なし", "無し", "未設定", "无", "暂无", "無", "空",
	"없음", "ไม่มี", "غير متوفر", `n\a`, "not assigned", "to be determined", "no number",
	"no order", "no reference", "ohne nummer", "keine nummer", "keine nr", "keine angabe",
	"sans numéro", "néant",
)

// noIDs are words that are no id of their own, though they may be a part of one: of a sale at the
// counter, of a test. All sales with the word would be one.
var noIDs = cell.WordSet("test", "dummy", "sample", "example", "manual", "manuell", "auto",
	"automatic", "new", "neu", "walk-in", "walk in", "cash", "cash sale", "barverkauf", "guest",
	"gast", "various", "diverse", "divers", "div", "misc", "multiple", "several", "yes", "no", "ja",
	"nein", "oui", "non", "sans", "sin", "xx", "xxx", "xxxx")

// noParts are the last part of an id whose number is missing: INV-null, and INV- without any.
var noParts = cell.WordSet("", "null", "none", "undefined", "nan", "unknown")

// longestPlaceholder is longer than any of them, in bytes.
const longestPlaceholder = 24

// standsForNone reports whether the value of an id is a placeholder. What the mapping itself says
// is an id, whatever it looks like: a default, a constant or an expression.
func (f *field) standsForNone(text []byte) bool {
	switch {
	case f.spec.from == fromExpr, f.spec.from == fromConst:
		return false
	case f.spec.fallback != nil && string(text) == *f.spec.fallback:
		return false
	}
	return isPlaceholder(text)
}

// isNoID reports whether a text without digits is no id beside ids with digits: a word such as
// "cash", a beginning without its number, or something in brackets.
func isNoID(text []byte) bool {
	for _, letter := range text {
		if cell.IsDigit(letter) { // as nearly all ids have
			return false
		}
	}
	if len(text) == 0 || len(text) > longestPlaceholder {
		return false
	}

	last := text[bytes.LastIndexAny(text, "-_/#")+1:]
	switch text[0] {
	case '(', '[', '<', '{':
		return len(text) > len("{A}")+1
	}
	return noIDs[strings.ToLower(string(text))] || noParts[strings.ToLower(string(last))]
}

// isPlaceholder reports whether a text is not an id but a word for nothing, only signs, only zeros
// (such as the nil UUID), a template's unfilled gap, or what a spreadsheet shows for an error, such
// as #REF! and #NV.
func isPlaceholder(text []byte) bool {
	if len(text) == 0 || len(text) > 2*longestPlaceholder {
		return false
	}

	for _, letter := range text {
		if '1' <= letter && letter <= '9' { // as most ids have
			return string(text) == "-1"
		}
	}

	if isGap(text) || string(text) == nilUUID {
		return true
	}
	if len(text) > longestPlaceholder {
		return false
	}

	switch last := text[len(text)-1]; {
	case text[0] == '0':
		return isZero(text)
	case text[0] == '#' && (last == '!' || last == '?'), string(text) == "#NV":
		return true
	}

	word := bytes.TrimFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
	return len(word) == 0 || placeholders[strings.ToLower(string(word))] || string(text) == `\N`
}

const nilUUID = "00000000-0000-0000-0000-000000000000"

// isGap reports whether a text is what a template should have filled: {{order.id}}, ${ORDER_ID},
// <%= id %>, %ORDER_ID%.
func isGap(text []byte) bool {
	for _, ends := range [...][2]string{{"{{", "}}"}, {"${", "}"}, {"<%", "%>"}, {"%", "%"}} {
		if len(text) > len(ends[0])+len(ends[1]) && bytes.HasPrefix(text, []byte(ends[0])) &&
			bytes.HasSuffix(text, []byte(ends[1])) {
			return true
		}
	}
	return false
}

// isZero reads 0, 000, 0.0, 0,00 and 0000-00-00.
func isZero(text []byte) bool {
	return len(bytes.Trim(text, "0.,-/: ")) == 0 && text[0] == '0'
}

// An idFault is what happened to a column of ids before it was exported.
type idFault uint16

const (
	idShortened idFault = 1 + iota // a spreadsheet has replaced all digits after the 15th
	idDecimal                      // a program took it for decimals, and wrote 1001.0
)

// fault is what happened to a value as to the others of its column.
func (f *field) fault(v *value) idFault {
	if len(f.faults) == 0 || v.slot == cell.None {
		return 0
	}
	column := f.in.columns[v.slot]
	fault := f.faults[column]
	if fault&idElsewhere != 0 && isLike(f.models[column], v.text) {
		fault &^= idElsewhere
	}
	if v.kind != cell.Text {
		if v.kind == cell.Date || v.kind == cell.DateTime {
			return fault & idDay
		}
		return fault & idElsewhere
	}
	switch {
	case fault&idShortened != 0 && roundedDigits(v.text) > 0:
		return idShortened
	case fault&idDecimal != 0 && isDecimalID(v.text):
		return idDecimal
	case fault&idLooks != 0:
		look := lookOf(v.text) | idElsewhere
		if fault&idSpellings != 0 {
			_, spelling := spellingOf(v.text)
			look |= spelling
		}
		return fault & look
	}
	return 0
}

// hasWords reports whether the ids of a value's column are words, so that any may be one of them.
func (f *field) hasWords(v *value) bool {
	return len(f.faults) > 0 && v.slot != cell.None && f.faults[f.in.columns[v.slot]]&idWords != 0
}

func decimalMessage(shown, column string) string {
	whole, zeros, _ := strings.Cut(strings.TrimSuffix(shown, `"`), ".")
	return fmt.Sprintf("%s is probably %s\", written by a program that took the column for "+
		"decimals, so it would be sent again beside the same id without .%[3]s. Export the column "+
		"as text, or use {expr: 'trimSuffix(col(%[4]q), \".%[3]s\")'} for the id in the mapping",
		shown, whole, zeros, column)
}

// roundedDigits counts the zeros after the digits that a spreadsheet keeps; 0: the text is not such
// a number.
func roundedDigits(text []byte) int {
	if len(text) <= exactDigits || !cell.AllDigits(text) {
		return 0
	}
	if len(bytes.TrimRight(text[exactDigits:], "0")) > 0 {
		return 0
	}
	return len(text) - exactDigits
}

// isDecimalID separates 1001.0 from other ids.
func isDecimalID(text []byte) bool {
	whole, zeros, found := bytes.Cut(text, []byte("."))
	return found && len(whole) > 0 && cell.AllDigits(whole) &&
		(string(zeros) == "0" || string(zeros) == "00")
}

// isMarkedID separates '0017 from other ids.
func isMarkedID(text []byte) bool {
	return len(text) > 1 && text[0] == '\'' && cell.AllDigits(text[1:])
}

// Compared are the columns whose text is compared in rows under one id: all but those that the
// event has as number or time, which may be written in several ways.
func (m *Mapper) Compared() (columns []int) {
	said := map[int]bool{}
	for _, f := range m.allFields() {
		if !f.spec.isNumber() && !f.spec.isTime() || f.spec.from == fromColumns &&
			len(f.slots) > 1 {
			continue
		}
		for _, slot := range slices.Concat(f.slots, f.netOf, []int{f.credit, f.debit}) {
			if slot != cell.None {
				said[f.in.columns[slot]] = true
			}
		}
	}

	for column := range m.header {
		if !said[column] {
			columns = append(columns, column)
		}
	}

	return columns
}

// An IDWatch learns from all rows of a file whether its ids were spoilt before they were exported:
// one id alone does not show it, since every tenth number of 16 digits ends in a zero.
type IDWatch struct {
	columns []idColumn
}

// idColumn counts the ids of one column.
type idColumn struct {
	column        int
	zeros         int  // digits that may be lost, in total
	exact         bool // a long number that has all its digits
	decimals      int  // ids such as 1001.0
	otherDecimals bool // ones such as 1001.1, next to which 1001.0 is normal
	days, others  bool // cells that are dates, and others
	digits        bool // an id with digits
	words         int  // ids without digits that are not words for none

	looks       idFault // what some ids have and others may lack
	plain       byte    // what ids in ASCII letters have
	seen        bool    // one in which everything is visible
	accents     bool    // one with accents on their letters
	otherCommas bool    // one with commas elsewhere
	letters     string  // of the first in ASCII
	twins       string  // of the first in letters that look like ASCII, in ASCII
	mixed       bool    // that one has letters of both

	series     map[string]*spellings
	spelled    int    // ids that were looked at letter by letter
	led        int    // ids that begin like the last of these and go on with digits
	lead       []byte // what that one begins with
	leadBits   byte   // ... and what it shows
	leadSeries string
	leadLook   idFault

	padded   int    // how long ids with leading zeros are behind the lead; -1: not all as long
	shortest int    // of the others, 0 if there are none
	sample   string // the first id in ASCII, or with leading zeros
	model    string // that of another file that writes ids in another way
}

// WatchIDs begins to watch the columns of the id; nil if it has none.
func (m *Mapper) WatchIDs() *IDWatch {
	w := new(IDWatch)
	seen := map[int]bool{}
	for _, f := range m.id {
		for _, slot := range f.slots {
			if column := f.in.columns[slot]; slot != cell.None && !seen[column] {
				seen[column] = true
				w.columns = append(w.columns, idColumn{column: column})
			}
		}
	}

	if len(w.columns) == 0 {
		return nil
	}

	return w
}

// Learn takes the next row of data.
func (w *IDWatch) Learn(row cell.Row) {
	for i := range w.columns {
		c := &w.columns[i]
		if c.column >= len(row.Cells) {
			continue
		}
		text := row.Cells[c.column]
		c.learnLook(text)
		if len(row.Kinds) > c.column && row.Kinds[c.column] != cell.Text {
			day := row.Kinds[c.column] == cell.Date || row.Kinds[c.column] == cell.DateTime
			c.days, c.others = c.days || day, c.others || !day && len(text) > 0
			continue
		}
		c.others = c.others || len(text) > 0
		if n := len(text); n <= exactDigits && (n < 3 || text[n-2] != '.' && text[n-3] != '.') {
			continue
		}

		text = cell.Trim(text)
		whole, fraction, found := bytes.Cut(text, []byte("."))
		switch {
		case isDecimalID(text):
			c.decimals++
		case found && len(fraction) > 0 && cell.AllDigits(whole) && cell.AllDigits(fraction):
			c.otherDecimals = true
		case len(text) > exactDigits && cell.AllDigits(text):
			zeros := roundedDigits(text)
			c.zeros += zeros
			c.exact = c.exact || zeros == 0
		}
	}
}

// Resolve adds what was learned to what a survey has proved, which may be nil.
func (w *IDWatch) Resolve(r *Resolution) *Resolution {
	for i := range w.columns {
		c := &w.columns[i]
		fault := c.strange()
		if c.days && c.others && len(w.columns) == 1 {
			fault |= idDay
		}
		if c.words > 1 && !c.digits {
			fault |= idWords
		}
		switch {
		case c.decimals > 0 && !c.otherDecimals:
			fault |= idDecimal
		case c.zeros > 1 && !c.exact: // a single zero proves too little
			fault |= idShortened
		case fault == 0:
			continue
		}

		if r == nil {
			r = new(Resolution)
		}
		if r.ids == nil {
			r.ids = map[int]idFault{}
		}

		r.ids[c.column] = fault
		if c.model != "" {
			r.models = map[int]string{c.column: c.model}
		}
	}

	return r
}
