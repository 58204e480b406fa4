package draft

import (
	"bytes"
	"hash/fnv"
	"slices"

	"ableimport/mapping/cell"
	"ableimport/mapping/contact"
	"ableimport/mapping/date"
	"ableimport/mapping/number"
)

// profile is what a column of an export holds.
type profile struct {
	index int
	name  string   // as a mapping calls it; "": it cannot be called
	words []string // of its heading
	score [roles]int

	filled int
	looked int // filled cells whose content was examined
	emails int
	// cells with several e-mail addresses, by what is between them
	several   [len(separators)]int
	abroad    int // phone numbers with a country code
	phones    int // and without
	currency  int // ISO 4217 codes
	numbers   int
	decimals  int // numbers that are not whole
	marked    int // numbers written with a decimal mark or thousands' marks
	dates     int
	clocks    int      // times of day alone
	timed     int      // dates with a time
	zoned     int      // dates with an offset or zone
	zoneWords []string // the different ones, as they follow times
	typed     int      // date cells of a workbook
	unix      [2]int
	ids       int // short texts with a digit and no blank
	nonzero   int
	below     int            // numbers below zero
	marks     map[string]int // numbers with a currency beside them, by the codes that it can mean

	values   []valueCount // the first different values, when they are few
	many     bool         // values is not all of them
	runs     int          // stretches of equal neighbours
	last     []byte
	seen     map[uint64]struct{}
	room     int  // for values in seen
	returns  int  // how often a value comes back after another
	varies   bool // between the rows of one group
	repeated int  // rows of a group with the value of the one before
	inGroup  []byte
}

// valueCount is a value with the number of rows that have it.
type valueCount struct {
	text string
	rows int
}

// Bounds of what is remembered of a column, and examined.
const (
	limitValues = 24
	// in all columns; beyond this only the run itself notices a value that comes back
	limitSeen   = 4 << 20
	limitLooked = 5000
)

// unique reports whether no two filled cells are equal.
func (p *profile) unique() bool { return p.returns == 0 && p.filled > 1 && p.runs == p.filled }

// distinct counts the different values.
func (p *profile) distinct() int { return p.runs - p.returns }

// grouping reports whether equal cells are neighbours, with few exceptions.
func (p *profile) grouping() bool {
	return p.runs > 1 && p.runs < p.filled && 3*p.returns <= p.filled-p.runs
}

// mostly reports whether nearly all examined cells are of a kind, so that the heading need not say
// it.
func (p *profile) mostly(n int) bool { return n > 0 && 20*n >= 19*p.looked }

// largely is enough if the heading says it: a few values are wrong in many files.
func (p *profile) largely(n int) bool { return n > 0 && 3*n >= 2*p.looked }

// observe takes the next cell of the column.
func (p *profile) observe(row *cell.Row, c *cell.Cell) {
	p.filled++
	p.noteRepeat(c.Text)

	at := slices.IndexFunc(p.values, func(v valueCount) bool { return v.text == string(c.Text) })
	switch {
	case at >= 0:
		p.values[at].rows++
	case len(p.values) < limitValues:
		p.values = append(p.values, valueCount{string(c.Text), 1})
	default:
		p.many = true
	}

	if p.looked < limitLooked {
		p.looked++
		p.look(row, c)
	}
}

// noteRepeat distinguishes equal neighbours from values that come back.
func (p *profile) noteRepeat(text []byte) {
	if p.runs > 0 && bytes.Equal(p.last, text) {
		return
	}

	p.runs++
	p.last = append(p.last[:0], text...)
	if len(p.seen) >= p.room {
		return
	}

	hash := fnv.New64a()
	hash.Write(text)

	sum := hash.Sum64()
	if _, known := p.seen[sum]; known {
		p.returns++
		return
	}

	if p.seen == nil {
		p.seen = map[uint64]struct{}{}
	}

	p.seen[sum] = struct{}{}
}

// look finds out what a cell can be read as.
func (p *profile) look(row *cell.Row, c *cell.Cell) {
	var buffer [320]byte
	text := c.Text

	switch c.Kind {
	case cell.Date, cell.DateTime:
		p.dates, p.typed = p.dates+1, p.typed+1
		if c.Kind == cell.DateTime {
			p.timed++
		}
		return
	case cell.Time:
		p.clocks++
		return
	case cell.Text, cell.Number:
	default:
		return
	}

	p.lookAtNumber(text, c.Kind, c.Sign)
	if len(text) > len(buffer)-20 {
		return
	}

	if c.Kind == cell.Text {
		p.lookAtText(text, buffer[:0])
	}
	if bytes.ContainsAny(text, "0123456789") && !bytes.ContainsAny(text, " \t@") &&
		len(text) <= 64 {
		p.ids++
	}
}

func (p *profile) lookAtText(text, buffer []byte) {
	if _, err := contact.ReadEmail(buffer, text); err == nil {
		p.emails++
		return
	}

	for i, separator := range separators {
		if severalEmails(buffer, text, separator) {
			p.emails++
			p.several[i]++
			return
		}
	}

	if _, err := number.CellCurrency(text); err == nil {
		p.currency++
	}

	if cell.LooksLikePhone(string(text)) || p.score[rolePhone] > 0 && dialable(text) {
		if _, err := contact.ReadPhone(buffer, text, ""); err == nil {
			p.abroad++
		} else {
			p.phones++
		}
	}

	if _, err := date.ReadClock(text, cell.Text); err == nil {
		p.clocks++
	}

	p.lookAtDate(text)
}

// dialable reports whether a text can be dialled: 03-1234-5678.
func dialable(text []byte) bool {
	digits := 0
	for _, letter := range text {
		if '0' <= letter && letter <= '9' {
			digits++
		}
	}
	return 7 <= digits && digits <= 15 && len(bytes.Trim(text, "0123456789+()-/. ")) == 0
}

// separators are between several values in one cell.
var separators = [...]string{",", ";", "/", " "}

func severalEmails(buffer, text []byte, separator string) bool {
	if bytes.Count(text, []byte("@")) < 2 || !bytes.Contains(text, []byte(separator)) {
		return false
	}
	for part := range bytes.SplitSeq(text, []byte(separator)) {
		if _, err := contact.ReadEmail(buffer, bytes.TrimSpace(part)); err != nil {
			return false
		}
	}
	return true
}

func (p *profile) lookAtDate(text []byte) {
	var when date.Civil
	if when.ScanISO(text) != nil {
		var w date.Written
		if len(text) == 10 && cell.AllDigits(text) || len(text) == 13 && cell.AllDigits(text) ||
			w.Scan(text) != nil {
			return
		}
		when = w.Civil
	}

	p.dates++
	if when.Clock.Set {
		p.timed++
	}
	if when.HasOffset || len(when.ZoneWord) > 0 {
		p.zoned++
	}
	if word := string(when.ZoneWord); word != "" && len(p.zoneWords) < limitValues &&
		!slices.Contains(p.zoneWords, word) {
		p.zoneWords = append(p.zoneWords, word)
	}
}

// unclearWords are the zones after its times that alone mean nothing.
func (p *profile) unclearWords() (words []string) {
	var reader date.ZoneReader
	for _, word := range p.zoneWords {
		if _, err := reader.Read([]byte(word)); err != nil {
			words = append(words, word)
		}
	}
	return words
}

func (p *profile) lookAtNumber(text []byte, kind byte, sign string) {
	var s number.Scanned
	if s.Scan(text) == nil {
		point, comma := s.Readings()
		if !point.Ok && !comma.Ok {
			return
		}

		p.numbers++
		if bytes.ContainsAny(text, ".,'€$£¥₹") {
			p.marked++
		}

		shown, _ := number.SignsIn(sign)
		if codes, _ := number.BothSigns(s.Currency, shown); codes != "" {
			if p.marks == nil {
				p.marks = map[string]int{}
			}
			p.marks[codes]++
		}

		if point.Ok && point.Value.Trimmed().Scale > 0 || !point.Ok {
			p.decimals++
		}
		if point.Ok && point.Value.Coef != 0 || !point.Ok && comma.Value.Coef != 0 {
			p.nonzero++
			if s.Negative() {
				p.below++
			}
		}
	}

	if cell.AllDigits(text) {
		for i, length := range [2]int{10, 13} {
			if len(text) == length && text[0] == '1' {
				p.unix[i]++
			}
		}
	}
}

// zones reports whether its values name time zones, and which of them alone mean nothing: CST is a
// zone in America and one in China.
func (p *profile) zones() (unclear []string, ok bool) {
	var reader date.ZoneReader
	for _, v := range p.values {
		if _, err := reader.Read([]byte(v.text)); err != nil {
			unclear = append(unclear, v.text)
		}
	}
	return unclear, !p.many && len(p.values) > len(unclear)
}

// study compares the rows of one group: it separates columns about the order from columns about its
// lines.
func (p *profile) study(c *cell.Cell, first bool) {
	if first {
		p.inGroup = append(p.inGroup[:0], c.Text...)
		return
	}
	if c.Empty() {
		return
	}

	if len(p.inGroup) == 0 {
		p.inGroup = append(p.inGroup[:0], c.Text...)
	} else if !bytes.Equal(p.inGroup, c.Text) {
		p.varies = true
	} else {
		p.repeated++
	}
}

// LooksLike says what a text can be read as: "e-mail", "date", "number", or "" for other text. It
// is for people who look at a file: no event depends on it.
func LooksLike(text []byte) string {
	var p profile
	p.look(nil, &cell.Cell{Text: text, Kind: cell.Text})
	switch {
	case p.emails > 0:
		return "e-mail"
	case p.dates > 0:
		return "date"
	case p.numbers > 0:
		return "number"
	}
	return ""
}
