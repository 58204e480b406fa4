package cell

import (
	"bytes"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"
)

var (
	// ErrEmpty is the error of an empty cell where a value is needed.
	ErrEmpty    = errors.New("is empty")
	errNoResult = errors.New("is a formula whose result is not stored in the file; open it in " +
		"Excel and save it again")
)

// WrongKind says why a cell that is neither text nor a number of a workbook cannot be read as what
// is wanted ("a number", "a date").
func WrongKind(cell []byte, kind byte, wanted string) error {
	switch kind {
	case Empty:
		return ErrEmpty
	case NoValue:
		return errNoResult
	case Error:
		return fmt.Errorf("%s is a spreadsheet error, not %s",
			InQuotes(cell), wanted)
	}

	names := map[byte]string{
		Text: "a text", Number: "a number", Bool: "a yes or no", Time: "a time of day",
		Duration: "a duration", Date: "a date", DateTime: "a date",
	}
	return fmt.Errorf("%s is %s, not %s", InQuotes(cell), names[kind], wanted)
}

// InQuotes shows a value in a message: cut when it is long, control
// characters visible.
func InQuotes(value []byte) string {
	const most = 40
	shown, rest := value, value
	for range most {
		_, size := utf8.DecodeRune(rest)
		rest = rest[size:]
	}
	if len(rest) > 0 {
		shown = value[:len(value)-len(rest)]
		return Quote(Visible(string(shown)) + "…")
	}
	return Quote(Visible(string(shown)))
}

// Problem says what is wrong with a value: `"12,5x" is not a number`.
func Problem(cell []byte, err error) error {
	if err == ErrEmpty {
		return err
	}
	return fmt.Errorf("%s %w", InQuotes(cell), err)
}

// Kinds of cells. They are plain bytes with the same values as in the package that reads tables, so
// that neither has to know the other.
const (
	Empty    byte = iota // no value
	Text                 // text as written in the file
	Number               // a number of a workbook, in plain decimal text
	Date                 // "2025-12-01"
	DateTime             // "2025-12-01T18:00:00", no zone
	Time                 // "18:00:00"
	Duration             // "26:30:00"
	Bool                 // "TRUE" or "FALSE"
	Error                // "#N/A", "#REF!", ...
	NoValue              // a formula whose result is not stored
)

// Row is one row of a file. Its slices belong to the reader of the file and are reused for the next
// row.
type Row struct {
	Number int      // as a spreadsheet shows it
	Cells  [][]byte // one for each column of the header
	Kinds  []byte   // one for each cell; nil stands for text
	// what a workbook's number format shows beside each number: "€", "CHF", "kg"; nil: nothing in
	// this row
	Signs []string

	Total  bool // a workbook says that the row adds up others
	Hidden bool // a workbook does not show it, for example because of a filter
}

// None is a column that a field does not have.
const None = -1

// Cell is one value that the mapping reads, trimmed.
type Cell struct {
	Text     []byte
	Kind     byte
	Row      int // the row that it is in
	Conflict int // a row of the same group that has another value; 0: none

	Sign string // what the number format of a workbook shows beside a number; "": nothing
}

// Empty reports whether there is no value.
func (c *Cell) Empty() bool { return c.Kind == Empty }

// Read takes one cell of a row; a cell with only white space is empty.
func Read(c *Cell, row *Row, column int) {
	c.Row, c.Conflict, c.Kind, c.Text, c.Sign = row.Number, 0, Empty, nil, ""
	if column >= len(row.Cells) {
		return
	}

	kind := Text
	if column < len(row.Kinds) {
		kind = row.Kinds[column]
	}

	text := row.Cells[column]
	if !IsVisible(text) {
		text = Trim(text)
	}
	if len(text) > 2 && text[0] == '=' && (kind == Text || kind == Empty) {
		text = unwrap(text)
	}
	if len(text) == 0 && kind != Error && kind != NoValue {
		return
	}

	c.Text, c.Kind = text, kind
	if kind == Number && column < len(row.Signs) {
		c.Sign = row.Signs[column]
	}
	if kind == Empty {
		c.Kind = Text
	}
}

// ReadAll takes the cells of some columns. Most are empty, or text without white space around it,
// for which it does not call Read.
func ReadAll(cells []Cell, row *Row, columns []int) {
	for i, column := range columns[:len(cells)] {
		c := &cells[i]
		var text []byte
		if column < len(row.Cells) {
			text = row.Cells[column]
		}

		if column < len(row.Kinds) && row.Kinds[column] > Text || !IsVisible(text) ||
			len(text) > 0 && text[0] == '=' {
			Read(c, row, column)
			continue
		}
		c.Text, c.Kind, c.Row, c.Conflict, c.Sign = text, KindOfText(text), row.Number, 0, ""
	}
}

// unwrap reads ="01234", with which exporters keep Excel from making a number of a text, as Excel
// shows it. Any other formula does not change.
func unwrap(text []byte) []byte {
	if text[1] != '"' || text[len(text)-1] != '"' || len(text) < 3 {
		return text
	}
	inner := text[2 : len(text)-1]
	if bytes.IndexByte(inner, '"') < 0 {
		return Trim(inner)
	}

	pairs := bytes.ReplaceAll(inner, []byte(`""`), nil)
	if bytes.IndexByte(pairs, '"') >= 0 { // ="a"&"b"
		return text
	}

	return Trim(bytes.ReplaceAll(inner, []byte(`""`), []byte(`"`)))
}

// Trim cuts white space off both ends, including kinds that cannot be seen.
func Trim(text []byte) []byte {
	if IsVisible(text) || isLatin(text) {
		return text
	}
	return bytes.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b'
	})
}

// IsVisible says quickly of most texts that there is nothing to trim: they begin and end with an
// ASCII letter, digit or mark, or are empty.
func IsVisible(text []byte) bool {
	return len(text) == 0 || text[0]-'!' < '~'-'!' && text[len(text)-1]-'!' < '~'-'!'
}

// isLatin says the same of texts that begin and end with an ASCII letter, digit or mark, or with a
// letter of two bytes: of Latin with accents, Greek, Cyrillic, Hebrew or Arabic. None of these bytes
// begins white space.
func isLatin(text []byte) bool {
	isLead := func(letter byte) bool { return 0xc3 <= letter && letter < 0xe0 }
	first, last := text[0], text[len(text)-1]
	return (first-'!' < '~'-'!' || isLead(first)) && (last-'!' < '~'-'!' ||
		last-0x80 < 0x40 && len(text) > 1 && isLead(text[len(text)-2]))
}
