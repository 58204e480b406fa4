package table

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// prefixSize is how much of a file the detection of the dialect looks at.
const prefixSize = 256 << 10

// sniffRows is how many rows of the prefix it looks at.
const sniffRows = 200

var delimiters = []byte{',', ';', '\t', '|'}

// reading is what rows look like in one dialect.
type reading struct {
	dialect
	rows     int
	broken   int     // rows in which text follows a closing quote
	unclosed int     // rows in which a quote opens a cell and nothing in the line closes it
	width    int     // the most common one above 1
	share    float64 // of the rows that have it
	ragged   int     // rows of another width than most
	clean    float64 // share of cells that hold no other delimiter

	quoted    int // cells in quotes
	protected int // of them, where quotes keep a delimiter or a line break in the cell
	escaped   int // of them, where a quote is escaped
	wrapped   int // cells with quotes around them that are text in this dialect
	marks     int // cells with double quotes that are text, not at their beginning: 5" pipe

	header  int         // names that the mapping needs, at best in one row
	columns []columnUse // which of them have their cells in quotes
}

// columnUse counts the cells of one column that are neither empty nor numbers.
type columnUse struct{ quoted, plain int }

// faults counts the rows that do not fit the dialect.
func (s *reading) faults() int { return s.broken + s.unclosed + s.ragged }

// sniff finds out the dialect from the beginning of a text. It does not question the options; usual
// is the delimiter that such files have if nothing else shows it. Survey, which reads the whole
// text, settles a quote other than the double one.
func sniff(
	prefix []byte, whole bool, usual byte, options Options, survey func(dialect) (reading, error),
) (dialect, error) {
	candidates := append([]byte{usual}, delimiters...)
	if options.Delimiter != "" {
		delimiter, err := parseDelimiter(options.Delimiter)
		if err != nil {
			return dialect{}, err
		}
		candidates = []byte{delimiter}
	}

	given, err := givenQuotes(options)
	if err != nil {
		return dialect{}, err
	}
	needs := needed(options)
	var readings []reading
	for _, delimiter := range candidates {
		given.delimiter = delimiter
		readings = append(readings, read(prefix, whole, given, needs))
	}

	best, err := bestDelimiter(readings)
	if err != nil {
		return dialect{}, err
	}
	if options.Quote != "" {
		return best.dialect, nil
	}
	return bestQuotes(prefix, whole, best, survey)
}

// needed gives the headings that settings and mapping name.
func needed(options Options) [][]string {
	needs := slices.Clone(options.Needs)
	for _, name := range options.HeaderNames {
		needs = append(needs, []string{name})
	}
	return needs
}

// parseDelimiter reads the setting: one ASCII character or a name.
func parseDelimiter(setting string) (byte, error) {
	switch setting {
	case "tab", `\t`:
		return '\t', nil
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "pipe":
		return '|', nil
	}

	if len(setting) != 1 || setting[0] == '\n' || setting[0] == '\r' || setting[0] == '"' ||
		setting[0] >= 0x80 {
		return 0, fmt.Errorf("the delimiter %q is not one ASCII character: set `delimiter: "+
			"\";\"` or `delimiter: tab`", setting)
	}
	return setting[0], nil
}

// givenQuotes gives the dialect as far as the options say; the rest is as in RFC 4180.
func givenQuotes(options Options) (dialect, error) {
	d := dialect{quote: '"', comment: []byte(options.Comment)}
	switch {
	case options.Quote == "none":
		d.quote = 0
	case len(options.Quote) == 1:
		d.quote = options.Quote[0]
	case options.Quote != "":
		return d, fmt.Errorf("the quote %q is not one character: set `quote: \"'\"` or "+
			"`quote: none`", options.Quote)
	}

	d.escape = d.quote
	switch options.Escape {
	case "", options.Quote:
	case `\`:
		d.escape = '\\'
	default:
		return d, fmt.Errorf("the escape %q is neither the quote nor a backslash; give one of these",
			options.Escape)
	}
	return d, nil
}

// delimiterName names a delimiter for people.
func delimiterName(delimiter byte) string {
	switch delimiter {
	case '\t':
		return "tab"
	case ',':
		return "comma"
	case ';':
		return "semicolon"
	case '|':
		return "pipe"
	}
	return fmt.Sprintf("%q", string(rune(delimiter)))
}

// read splits the first rows in one dialect and measures how well it fits.
func read(prefix []byte, whole bool, d dialect, needs [][]string) reading {
	if whole {
		prefix = bytes.TrimRight(prefix, "\x00\x1a")
	}
	records := &records{
		dialect: d, limits: defaultLimits, buffer: prefix, end: len(prefix), eof: true,
	}
	result, _ := records.measure(sniffRows, whole, needs)
	return result
}

// measure splits up to so many rows and counts what they show about the dialect. If the text is not
// complete, its last row may go on after it, and does not count.
func (r *records) measure(most int, whole bool, needs [][]string) (reading, error) {
	result := reading{dialect: r.dialect}
	widths := map[int]int{}
	cells, foreign := 0, 0
	for result.rows < most {
		n, outcome, err := r.next()
		if err == io.EOF || err == nil && !whole && r.start+n == r.end && result.rows > 0 {
			break
		}
		if err != nil {
			return result, err
		}

		// A quote that is not closed properly only affects its line; what follows is read again.
		data := r.buffer[r.start:r.end]
		switch {
		case outcome == recordOpen, outcome == recordBroken && r.at >= lineEnd(data, r.open):
			result.unclosed++
			n = lineEnd(data, max(r.open, 0))
		case outcome == recordBroken:
			result.broken++
			n = lineEnd(data, n)
		}

		record := data[:n]
		if !r.isComment(record) && !isBlank(record) && !isRuler(record, r.delimiter) {
			result.rows++
			widths[len(r.spans)]++
			result.count(r, record, &cells, &foreign)
			result.header = max(result.header, namesIn(r, record, needs))
		}
		r.take(n, 1)
	}

	for width, rows := range widths {
		share := float64(rows) / float64(result.rows)
		if width > 1 && (share > result.share || share == result.share && width > result.width) {
			result.width, result.share, result.ragged = width, share, result.rows-rows
		}
	}
	if cells > 0 {
		result.clean = 1 - float64(foreign)/float64(cells)
	}
	return result, nil
}

// count counts what the cells of one record show about the dialect.
func (s *reading) count(r *records, record []byte, cells, foreign *int) {
	for i, at := range r.spans {
		cell := record[at.start:at.end]
		*cells++
		if i == len(s.columns) {
			s.columns = append(s.columns, columnUse{})
		}

		quoted := r.quote != 0 && at.start > 0 && record[at.start-1] == r.quote
		switch {
		case quoted:
			s.quoted++
			s.columns[i].quoted++
			if bytes.IndexByte(cell, r.delimiter) >= 0 || bytes.ContainsAny(cell, "\r\n") {
				s.protected++
			} else if at.escaped {
				s.escaped++
			}
		case holdsLetters(cell):
			s.columns[i].plain++
		}

		if !quoted && holdsDelimiter(cell, r.delimiter) && !valuePattern().Match(cell) {
			*foreign++
		}
		if wrappedIn(cell, '"') && !quoted {
			s.wrapped++
		} else if s.quote == 0 && bytes.IndexByte(cell, '"') > 0 {
			s.marks++
		}
	}
}

func holdsDelimiter(cell []byte, own byte) bool {
	for _, delimiter := range delimiters {
		if delimiter != own && bytes.IndexByte(cell, delimiter) >= 0 {
			return true
		}
	}
	return false
}

// holdsLetters reports whether a cell is more than digits, signs and blanks.
func holdsLetters(cell []byte) bool {
	for _, c := range cell {
		if c >= 'A' {
			return true
		}
	}
	return false
}

func wrappedIn(cell []byte, quote byte) bool {
	return len(cell) > 1 && cell[0] == quote && cell[len(cell)-1] == quote
}

// namesIn counts the needed columns whose name a record holds.
func namesIn(r *records, record []byte, needs [][]string) int {
	if len(needs) == 0 {
		return 0
	}
	names := map[string]bool{}
	for _, at := range r.spans {
		cell := append([]byte(nil), record[at.start:at.end]...)
		if at.escaped {
			cell = r.unescape(cell)
		}
		names[strings.TrimSpace(string(cell))] = true
	}

	found := 0
	for _, alternatives := range needs {
		for _, name := range alternatives {
			if names[name] {
				found++
				break
			}
		}
	}
	return found
}

// score says how well a reading fits, 0 to 1.
func (s reading) score() float64 {
	if s.rows == 0 || s.width < 2 {
		return 0
	}
	return s.share * s.clean * (1 - float64(s.broken+s.unclosed)/float64(s.rows))
}

// bestDelimiter chooses by the names that a mapping needs, otherwise by score. Without a sign of
// another one it is the first.
func bestDelimiter(readings []reading) (reading, error) {
	best, second := readings[0], reading{}
	for _, other := range readings[1:] {
		if other.delimiter == best.delimiter {
			continue
		}
		better := other.header > best.header ||
			other.header == best.header && other.score() > best.score()
		if better {
			best, second = other, best
		} else if other.score() > second.score() {
			second = other
		}
	}

	alike := best.header == second.header && best.share == 1 && second.share == 1
	if alike && second.score() > 0.95*best.score() {
		return best, &AmbiguousError{
			What: fmt.Sprintf("the first %d rows are a table with %s as delimiter, and with %s as "+
				"well", best.rows, delimiterName(best.delimiter), delimiterName(second.delimiter)),
			Readings: []Reading{best.delimiterReading(), second.delimiterReading()},
		}
	}
	return best, nil
}

func (s reading) delimiterReading() Reading {
	setting := string(rune(s.delimiter))
	if s.delimiter == '\t' {
		setting = "tab"
	}
	return Reading{
		Setting: fmt.Sprintf("delimiter: %q", setting),
		Shown:   []string{fmt.Sprintf("%d columns", s.width)},
	}
}
