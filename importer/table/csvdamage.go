package table

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// expectation is what the records of a file are known to look like. It distinguishes a cell with
// line breaks from a quote that swallowed the next rows. The zero value expects nothing.
type expectation struct {
	width   int      // cells of a record
	numeric []int    // the columns that held numbers or dates in all of the first rows
	mostly  []int    // the columns that held them in at least half of these
	endings []ending // of each column
}

// verdict says what became of a record that is broken, never closed, or goes over several lines.
type verdict struct {
	length  int    // bytes of the record, with its line end
	message string // why it is bad; "" it is not
	byLine  bool   // each of its lines is a row, and all of them are bad
}

// cutError says that it is not certain how the file goes on to its end.
type cutError struct{ line int }

func (e cutError) Error() string {
	return fmt.Sprintf("line %d: a quoted cell begins here and does not end: the file was cut "+
		"off, or a quote is missing. Export it again, or set `quote: none` if quotes are plain "+
		"text in this file", e.line)
}

const (
	messageBroken = "a closing quote is followed by text: write quotes within a quoted cell twice"
	messageOpen   = "a quote opens a cell here and does not close it: remove it, or write it " +
		"twice within a quoted cell"
	messageClose = "a quote closes a cell here that no quote opens: the row before may have " +
		"lost its opening quote"
	messageLines = "an opening quote makes one row of these lines, but each of them is a row of " +
		"its own: correct the quotes, or set `quote: none` if quotes are plain text in this file"
)

// endsLongCell reports whether a record looks like the last line of a multi-line cell that lost its
// opening quote: an unquoted cell ends with a quote, and columns that should hold numbers do not.
// An inch mark alone is text.
func (r *records) endsLongCell(record []byte) bool {
	if r.quote == 0 || !r.stray || len(r.spans) != r.expect.width {
		return false
	}
	for _, cell := range r.spans {
		text := record[cell.start:cell.end]
		if len(text) == 0 || text[len(text)-1] != r.quote ||
			bytes.Count(text, []byte{r.quote})%2 == 0 {
			continue // a quoted word at the end of a cell is closed where it was opened
		}
		if quoted := cell.start > 0 && record[cell.start-1] == r.quote; !quoted {
			return !r.numbersFit(record, r.expect.mostly)
		}
	}
	return false
}

// numbersFit reports whether these columns of a record may hold numbers.
func (r *records) numbersFit(record []byte, columns []int) bool {
	for _, column := range columns {
		if !looksNumeric(record[r.spans[column].start:r.spans[column].end]) {
			return false
		}
	}
	return true
}

// lookahead bounds how far ahead a stray quote is followed.
const lookahead = 64 << 10

// judge decides about a record that is broken, never closed, or goes over several lines. If two
// readings differ, the longer stretch is bad: a part of a cell is never taken for a row, and a row
// is never lost in a cell.
func (r *records) judge(n int, outcome outcome) (verdict, error) {
	if outcome == recordEnded {
		if record := r.buffer[r.start : r.start+n]; r.linesAreRows(record, r.longCell(record)) {
			return verdict{length: n, message: messageLines, byLine: true}, nil
		}
		return verdict{length: n}, nil
	}

	if r.end-r.start < lookahead && !r.eof { // what follows shows what a broken record means
		if err := r.fill(); err != nil {
			return verdict{}, err
		}
		var err error
		if n, outcome, err = r.next(); err != nil {
			return verdict{}, err
		}
		if outcome == recordEnded {
			return r.judge(n, outcome)
		}
	}

	if outcome == recordBroken {
		return r.judgeBroken(r.buffer[r.start:r.end]), nil
	}
	return r.judgeOpen(r.buffer[r.start:r.end])
}

// judgeBroken decides about a record with text after a closing quote: either that quote belongs to
// the cell, which goes on to a later quote, or the opening quote is a stray one.
func (r *records) judgeBroken(data []byte) verdict {
	open, at, read := r.open, r.at, append([]span(nil), r.spans...)
	bad := verdict{message: messageBroken}
	from := at
	if at >= lineEnd(data, open) {
		bad.message, from = messageOpen, open
	}
	bad.length = r.endAsText(data, from, len(read))
	if end := r.endBehindStray(data, at); end > bad.length {
		bad = verdict{length: end, message: messageBroken, byLine: r.linesAreRows(data[:end], open)}
	}

	r.spans = read // looking ahead has split other records
	return bad
}

// judgeOpen decides about a quote that nothing closes. It is a stray one if proper rows follow;
// otherwise the file was cut off within a cell.
func (r *records) judgeOpen(data []byte) (verdict, error) {
	open, read := r.open, append([]span(nil), r.spans...)
	end := lineEnd(data, open)
	if r.expect.width < 2 || !r.rowsFollow(data[end:]) {
		return verdict{}, cutError{r.line + countLines(data[:end])}
	}
	r.spans = read
	return verdict{length: end, message: messageOpen}, nil
}

// endAsText gives the end of the record if its cell at data[from:], with before others in front of
// it, is plain text up to the next delimiter; if the rest does not make a row of it, the end of the
// line.
func (r *records) endAsText(data []byte, from, before int) int {
	end := lineEnd(data, from)
	i := bytes.IndexByte(data[from:end], r.delimiter)
	if i < 0 {
		return end
	}
	n, outcome := r.splitQuoted(data, from+i+1)
	if outcome == recordEnded && before+1+len(r.spans) == r.expect.width {
		return n
	}
	return end
}

// endBehindStray gives the end of the record if the quote at data[at] belongs to its cell, which a
// later quote closes; 0 if no quote comes before one that opens another cell.
func (r *records) endBehindStray(data []byte, at int) int {
	window := data[:min(len(data), at+lookahead)]
	for i := at; !r.opens(data, i); {
		if r.closes(data, i) {
			next := skipBlanks(data, i+1, r.delimiter)
			if next < len(data) && data[next] == r.delimiter {
				if n, outcome := r.splitQuoted(data, next+1); outcome == recordEnded {
					return n
				}
			}
			return lineEnd(data, i)
		}
		n := bytes.IndexByte(window[i+1:], r.quote)
		if n < 0 {
			return 0
		}
		i += 1 + n
	}
	return 0
}

// opens reports whether a cell begins with the quote at data[i].
func (r *records) opens(data []byte, i int) bool {
	for i--; i >= 0 && (data[i] == ' ' || data[i] == '\t') && data[i] != r.delimiter; {
		i--
	}
	return i < 0 || data[i] == r.delimiter || data[i] == '\n' || data[i] == '\r'
}

// closes reports whether a cell ends with the quote at data[i].
func (r *records) closes(data []byte, i int) bool {
	i = skipBlanks(data, i+1, r.delimiter)
	return i == len(data) || data[i] == r.delimiter || data[i] == '\n' || data[i] == '\r'
}

// longCell gives the quote that opens the first cell with a line break.
func (r *records) longCell(record []byte) int {
	for _, cell := range r.spans {
		text := record[cell.start:cell.end]
		if bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') >= 0 {
			return cell.start - 1
		}
	}
	return 0
}

// beginsWithRow reports whether the first line of data alone may be a row, which nearly no line in
// a record of several is.
func (r *records) beginsWithRow(data []byte) bool {
	if r.expect.width < 2 || r.expect.width == 2 && len(r.expect.numeric) == 0 {
		return false
	}
	return bytes.Count(data[:lineEnd(data, 0)], []byte{r.delimiter}) >= r.expect.width-1
}

// linesAreRows reports whether every line of data would be a row if the quote at data[open] were
// plain text. Two columns of free text prove nothing: "Berlin, Germany" in an address looks like
// such a row.
func (r *records) linesAreRows(data []byte, open int) bool {
	n := lineEnd(data, 0)
	if !r.beginsWithRow(data) || n <= open ||
		r.widthAsText(withoutBreak(data[:n]), open) != r.expect.width {
		return false
	}

	for data = data[n:]; len(data) > 0; data = data[n:] {
		n = lineEnd(data, 0)
		line := withoutBreak(data[:n])
		isRow := r.splitAlone(line) && len(r.spans) == r.expect.width &&
			r.numbersFit(line, r.expect.numeric)
		if !isRow {
			return false
		}
	}
	return true
}

// widthAsText counts the cells of a line in which the quote at line[open] is plain text.
func (r *records) widthAsText(line []byte, open int) int {
	before := 0
	if open > 0 {
		r.splitAlone(line[:open])
		before = len(r.spans) - 1
	}

	next := bytes.IndexByte(line[open:], r.delimiter)
	if next < 0 {
		return before + 1
	}
	if !r.splitAlone(line[open+next+1:]) {
		return 0
	}
	return before + 1 + len(r.spans)
}

// splitAlone splits a line as if nothing followed it; false: the line alone is not a record.
func (r *records) splitAlone(line []byte) bool {
	eof := r.eof
	r.eof = true
	n, outcome := r.splitQuoted(line, 0)
	r.eof = eof
	return outcome == recordEnded && n == len(line)
}

// rowsFollow reports whether data, which ends where the file or the lookahead ends, begins with
// lines that are rows.
func (r *records) rowsFollow(data []byte) bool {
	for seen := 0; seen < 50; seen++ {
		n := lineEnd(data, 0)
		last := n == len(data)
		isRow := r.splitAlone(withoutBreak(data[:n])) && len(r.spans) == r.expect.width
		if !isRow && !(last && seen > 0) {
			return false
		}
		if last {
			break
		}
		data = data[n:]
	}
	return true
}

func withoutBreak(line []byte) []byte { return bytes.TrimRight(line, "\r\n") }

// looksNumeric reports whether a cell could be a number, an amount or a date: it is empty, or most
// of it is digits.
func looksNumeric(cell []byte) bool {
	digits := 0
	for _, c := range cell {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return len(cell) == 0 || 2*digits >= len(cell) && len(cell) <= 40
}

const messageCut = "the file may have been cut off: its last line has no line end, " +
	"and less in its last cell than all others. Export it again, or end the line"

// An ending is how the cells of one column end, as far as the first rows agree.
type ending struct {
	decimals int    // of their numbers; 0: none, or not the same in all
	unit     bool   // each of these numbers has a currency after it
	shape    string // of dates, times and ids, such as 9999-99-99; "": others, or several shapes
	shortest int    // of whole numbers and ids that the mapping uses, in bytes; 0: others
}

var (
	decimalsPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\d[.,](\d+)( ?[A-Z]+| ?\p{Sc})?$`)
	})
	numberPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^` + signAndCurrency + `\d[\d.,' ]*(?:[A-Z]+|\p{Sc})?$`)
	})
	shapePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\d+[-./:]\d`)
	})
	wholePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:[A-Za-z]+[-_#]?|#|\p{Sc})?\d+$`)
	})
)

func endingOf(cell string) (e ending) {
	found := decimalsPattern().FindStringSubmatch(cell)
	if found != nil && numberPattern().MatchString(cell) {
		e.decimals, e.unit = len(found[1]), found[2] != ""
	}
	if shapePattern().MatchString(cell) {
		e.shape = shapeOf(cell)
	}
	if wholePattern().MatchString(cell) {
		e.shortest = len(cell)
	}
	return e
}

// shapeOf writes 9 for each digit.
func shapeOf(cell string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '9'
		}
		return r
	}, cell)
}

// learnEndings finds out how the columns end in the first rows, except in the last row, which may
// be the one that is cut.
func (s *textSource) learnEndings(below []headRow) {
	if len(below) < 3 {
		return
	}
	for column := range s.layout.names {
		var common ending
		seen, ids := 0, false
		for _, row := range below[:len(below)-1] {
			if column >= len(row.cells) || row.cells[column] == "" {
				continue
			}
			found := endingOf(row.cells[column])
			if found.shortest > 3 && s.needs(column) && !s.isAmount(column) {
				found.shape = shapeOf(row.cells[column])
				ids = true
			}
			if seen++; seen == 1 {
				common = found
			}
			if found.decimals != common.decimals {
				common.decimals = 0
			}
			common.unit = common.unit && found.unit
			if found.shape != common.shape {
				common.shape = ""
			}
			common.shortest = min(common.shortest, found.shortest)
		}

		if seen < 2 {
			common = ending{}
		}
		if seen < fewestWhole || !s.needs(column) {
			common.shortest = 0
		}
		if ids && seen < fewestWhole {
			common.shape = ""
		}
		s.expect.endings = append(s.expect.endings, common)
	}
}

// fewestWhole is how many whole numbers make it unlikely that the last one happens to be the
// shortest.
const fewestWhole = 3

// isCut reports whether the last record of a file, which has no line end, stops within a number or
// a date. A whole number shorter than all others is only noted: it may be right.
func (r *records) isCut(record []byte) bool {
	last := len(r.spans) - 1
	if last >= len(r.expect.endings) {
		return false
	}
	if at := r.spans[last]; at.end < len(record) || at.start == len(record) {
		return false // a quote closes it, or it is empty
	}

	common, cell := r.expect.endings[last], string(record[r.spans[last].start:])
	if common.decimals > 0 && numberPattern().MatchString(cell) {
		found := endingOf(cell)
		thousands := found.decimals == 3 && common.decimals < 3 // 1.850 of 1.850,50
		return found.decimals < common.decimals || thousands || common.unit && !found.unit
	}
	shape := shapeOf(cell)
	if len(shape) < len(common.shape) && strings.HasPrefix(common.shape, shape) {
		return true
	}
	if len(cell) < common.shortest && wholePattern().MatchString(cell) {
		r.odd.cut = r.row
	}
	return false
}

// Excel writes a sheet as text in blocks of so many rows, and in each block leaves out the last
// cells, with their delimiters, if they are empty in all of its rows.
const excelBlock = 16

// shortBlock is the latest such block with cells left out.
type shortBlock struct {
	last   int  // its last row
	width  int  // cells of each of its rows
	needed bool // one of the cells that are left out is needed
}

// endsEarly reports whether a record lacks cells that Excel has left out and that nobody needs. It
// looks ahead to the end of the block, which makes the bytes of the record invalid, so it returns
// them as a copy.
func (r *records) endsEarly(record []byte, l *layout) ([]byte, bool) {
	n := len(r.spans)
	if n >= len(l.names) || n < 2 || l.surplus > 0 || l.missing > 0 {
		return record, false
	}

	if r.row > r.short.last {
		if (r.row-1)%excelBlock != 0 {
			return record, false
		}
		record = append([]byte(nil), record...)
		spans := append([]span(nil), r.spans...)
		isBlock := r.isShortBlock(record)
		r.spans = append(r.spans[:0], spans...)
		if !isBlock {
			return record, false
		}
		r.short = shortBlock{last: r.row + excelBlock - 1, width: n, needed: n < l.needed}
	}

	if n != r.short.width || r.short.needed {
		return record, false
	}
	if r.odd.short++; r.odd.short == 1 {
		r.odd.shortRow = r.row
	}
	return record, true
}

// isShortBlock reports whether the record, the first of a block, and all that follow in the block
// are equally wide, and fill their last column at least once: otherwise Excel would have left it
// out too. At least half of them have numbers where numbers belong: a cell left out further in
// front would shift every row.
func (r *records) isShortBlock(record []byte) bool {
	n, filled, unlike := len(r.spans), false, 0
	fits := func(record []byte) bool {
		if len(r.spans) != n {
			return false
		}
		for _, column := range r.expect.numeric {
			if column < n && !looksNumeric(record[r.spans[column].start:r.spans[column].end]) {
				unlike++
				break
			}
		}
		filled = filled || r.spans[n-1].end > r.spans[n-1].start
		return true
	}
	if !fits(record) {
		return false
	}

	// The rows that follow are examined in place, without moving on.
	offset := 0
	for rows := 1; rows < excelBlock; {
		data := r.buffer[r.start+offset : r.end]
		if len(data) == 0 && r.eof {
			whole := rows > 1 || len(withoutBreak(record)) < len(record)
			return filled && whole && 2*unlike <= rows
		}

		length, outcome := r.splitQuoted(data, 0)
		switch {
		case outcome == recordOpen && !r.eof && len(data) < r.limits.Row:
			if r.fill() != nil {
				return false
			}
		case outcome != recordEnded || !fits(data):
			return false
		default:
			offset += length
			rows++
		}
	}
	return filled && 2*unlike <= excelBlock
}
