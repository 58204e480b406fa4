package table

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// split cuts the first record of data into spans and gives its length with its line end.
func (r *records) split(data []byte) (int, outcome) {
	n, left := r.splitPlain(data)
	if r.plain = left < 0; r.plain {
		return n, recordEnded
	}
	return r.splitRest(data, left)
}

// splitPlain handles most records: one line with a line feed. All others it leaves to splitRest,
// from the cell at left on.
func (r *records) splitPlain(data []byte) (n, left int) {
	r.spans = r.spans[:0]
	feed := r.seek(&r.feed, '\n')
	if feed == r.end {
		return 0, 0
	}

	n = feed - r.start + 1
	line := data[:n-1]
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	if r.seek(&r.carriage, '\r') < r.start+len(line) {
		return 0, 0
	}

	switch {
	case r.escape != r.quote || r.quote == r.delimiter:
		return n, 0
	case r.quote == 0:
		r.splitLiteral(line)
		return n, -1
	}
	return n, r.splitLine(line)
}

// splitLine cuts a line into cells and returns -1. If a cell goes on in the next line, or needs a
// closer look, it stops there and returns where that cell begins.
func (r *records) splitLine(line []byte) int {
	if len(line) > longestLine {
		return 0
	}
	r.findMarks(line)
	spans, marks, size := r.spans, r.marks, len(line)
	r.stray = false

	at := 0 // the next mark
	for begin := 0; ; begin++ {
		start, end, escaped := begin, int(marks[at]), false
		switch {
		case end == size || line[end] != r.quote:
		case end == begin: // the cell is quoted: delimiters in it are text
			start++
			for closed := false; !closed; {
				at++
				if end = int(marks[at]); end == size {
					r.spans = spans
					return begin
				}
				if line[end] != r.quote {
					continue
				}
				next := int(marks[at+1])
				if closed = next != end+1 || next == size || line[next] != r.quote; !closed {
					escaped = true
					at++
				}
			}
			at++
			if int(marks[at]) != end+1 {
				r.spans = spans
				return begin
			}
		case line[begin] == ' ' || line[begin] == '\t':
			r.spans = spans
			return begin
		default: // quotes within a cell are text
			for end < size && line[end] == r.quote {
				at++
				end = int(marks[at])
			}
			r.stray = r.stray || line[end-1] == r.quote
		}

		if len(spans) <= r.limits.Columns { // as in add
			spans = append(spans, span{start, end, escaped})
		}
		if begin = int(marks[at]); begin == size {
			r.spans = spans
			return -1
		}
		at++
	}
}

// longestLine bounds what is kept of the marks of a line.
const longestLine = 1 << 20

// findMarks finds the delimiters and quotes of a line; its end is the last mark, twice. A processor
// that guesses where a cell ends often guesses wrong, and then loses more time than it takes to
// look at every byte: this looks at 64 of them without a branch, and takes four marks at a time.
func (r *records) findMarks(line []byte) {
	marks, delimiters, quotes := r.marks[:0], ones*uint64(r.delimiter), ones*uint64(r.quote)
	for begin := 0; begin < len(line); begin += 64 {
		chunk := line[begin:cap(line)] // may include bytes after the line; masked below
		if len(chunk) < 64 {
			chunk = append(make([]byte, 0, 64), chunk...)[:64]
		}
		found := marksIn((*[64]byte)(chunk), delimiters, quotes)
		if rest := len(line) - begin; rest < 64 {
			found &= 1<<rest - 1
		}

		marks = appendMarks(marks, begin, found)
	}
	r.marks = append(marks, uint32(len(line)), uint32(len(line)))
}

// appendMarks adds the places of the bits that were found in the 64 bytes from begin on.
func appendMarks(marks []uint32, begin int, found uint64) []uint32 {
	known, count := len(marks), bits.OnesCount64(found)
	marks = slices.Grow(marks, 64)
	added := marks[known : known+64]
	for k := 0; k < count; k += 4 {
		four := (*[4]uint32)(added[k:])
		four[0] = uint32(begin + bits.TrailingZeros64(found))
		found &= found - 1
		four[1] = uint32(begin + bits.TrailingZeros64(found))
		found &= found - 1
		four[2] = uint32(begin + bits.TrailingZeros64(found))
		found &= found - 1
		four[3] = uint32(begin + bits.TrailingZeros64(found))
		found &= found - 1
	}
	return marks[:known+count]
}

// marksIn has a bit for each byte that is a delimiter or a quote, of which it takes eight copies. A
// byte that is equal to one becomes 0, the only one that neither has its high bit set nor gets it
// when 0x7f is added to the others. The product moves the eight high bits side by side.
// Inlined, it would have too few registers.
//
//go:noinline
func marksIn(chunk *[64]byte, delimiters, quotes uint64) (found uint64) {
	for i := 0; i < 64; i += 8 {
		word := binary.LittleEndian.Uint64(chunk[i : i+8])
		a, b := word^delimiters, word^quotes
		none := (a&^highs + ^highs | a) & (b&^highs + ^highs | b)
		found = found>>8 | (^none&highs)*0x0002040810204081&(0xff<<56)
	}
	return found
}

// In eight bytes at once: the lowest and the highest bit of each.
const ones, highs = uint64(0x0101010101010101), uint64(0x8080808080808080)

// plainEnd gives the place of the next delimiter or line break from begin on, or the end of data.
// Most cells are so short that bytes.IndexByte takes longer to begin than to look: this compares
// eight bytes at once. A byte equal to what is looked for becomes 0, which a subtraction finds:
// only the lowest of the bits that it sets is right.
func plainEnd(data []byte, begin int, delimiter byte) int {
	marks, i := ones*uint64(delimiter), begin
	for ; i+8 <= len(data); i += 8 {
		word := binary.LittleEndian.Uint64(data[i : i+8])
		mark, feed, carriage := word^marks, word^ones*'\n', word^ones*'\r'
		found := (mark-ones)&^mark | (feed-ones)&^feed | (carriage-ones)&^carriage
		if found &= highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}

	for i < len(data) && data[i] != delimiter && data[i] != '\n' && data[i] != '\r' {
		i++
	}
	return i
}

// splitLiteral cuts a line without its line break at every delimiter.
func (r *records) splitLiteral(line []byte) {
	r.spans = r.spans[:0]
	begin := 0
	for {
		i := bytes.IndexByte(line[begin:], r.delimiter)
		if i < 0 {
			break
		}
		r.add(span{start: begin, end: begin + i})
		begin += i + 1
	}
	r.add(span{start: begin, end: len(line)})
}

// add keeps one cell more than allowed, which is enough to notice that there are too many.
func (r *records) add(cell span) {
	if len(r.spans) <= r.limits.Columns {
		r.spans = append(r.spans, cell)
	}
}

// splitQuoted cuts a record of any kind, from its cell at begin on.
func (r *records) splitQuoted(data []byte, begin int) (int, outcome) {
	r.spans = r.spans[:0]
	return r.splitRest(data, begin)
}

// splitRest cuts the cells from begin on, after those that are cut.
func (r *records) splitRest(data []byte, begin int) (int, outcome) {
	r.open, r.stray = -1, true
	if r.isComment(data) {
		n := lineEnd(data, 0)
		return n, endedIf(r.eof || n < len(data))
	}

	for i := begin; ; i++ {
		cell, next, outcome := r.cell(data, i)
		if outcome != recordEnded {
			return next, outcome
		}
		r.add(cell)
		i = next

		if i == len(data) {
			return i, endedIf(r.eof)
		}
		if data[i] == r.delimiter {
			continue
		}
		if data[i] == '\r' && i+1 == len(data) && !r.eof {
			return i, recordOpen // the line feed may be the next byte
		}
		return i + lineBreak(data[i:]), recordEnded
	}
}

func endedIf(ended bool) outcome {
	if ended {
		return recordEnded
	}
	return recordOpen
}

func (r *records) isComment(data []byte) bool {
	return len(r.comment) > 0 && bytes.HasPrefix(data, r.comment)
}

// cell reads the cell at data[i:] and returns the place after it: a delimiter, a line break or the
// end of data.
func (r *records) cell(data []byte, i int) (span, int, outcome) {
	if r.quote != 0 {
		// Blanks before an opening quote are not part of the cell, if the quotes are good.
		open := skipBlanks(data, i, r.delimiter)
		if open < len(data) && data[open] == r.quote {
			cell, next, outcome := r.quoted(data, open)
			holds := outcome == recordEnded || outcome == recordOpen && !r.eof
			if holds || open == i {
				return cell, next, outcome
			}
			r.open = -1
		}
	}

	if r.escape != '\\' {
		end := plainEnd(data, i, r.delimiter)
		return span{start: i, end: end}, end, recordEnded
	}

	plain := span{start: i}
	for i < len(data) && data[i] != r.delimiter && data[i] != '\n' && data[i] != '\r' {
		if data[i] == '\\' && i+1 < len(data) && r.isEscapable(data[i+1]) {
			plain.escaped = true
			i++
		}
		i++
	}
	plain.end = i
	return plain, i, recordEnded
}

// isEscapable reports whether a backslash before this byte is not part of the text. Before any
// other byte it is: paths are full of them.
func (d dialect) isEscapable(c byte) bool {
	return c == d.delimiter || c == d.quote && c != 0 || c == '\\'
}

// quoted reads the quoted cell that opens at data[open].
func (r *records) quoted(data []byte, open int) (span, int, outcome) {
	cell := span{start: open + 1}
	for i := open + 1; ; {
		end := r.closing(data, i, &cell)
		if end < 0 {
			r.open = open
			return cell, len(data), recordOpen
		}

		if r.escape == r.quote && end+1 < len(data) && data[end+1] == r.quote {
			cell.escaped = true
			i = end + 2
			continue
		}

		cell.end = end
		next := skipBlanks(data, end+1, r.delimiter)
		switch {
		case next == len(data):
			if !r.eof {
				return cell, next, recordOpen
			}
			return cell, next, recordEnded
		case data[next] == r.delimiter || data[next] == '\n' || data[next] == '\r':
			return cell, next, recordEnded
		}

		r.at, r.open = end, open
		return cell, end, recordBroken
	}
}

// closing finds the next quote from i on that is not escaped by a backslash; -1: none.
func (r *records) closing(data []byte, i int, cell *span) int {
	for i < len(data) {
		n := bytes.IndexByte(data[i:], r.quote)
		if n < 0 {
			return -1
		}
		if r.escape != '\\' {
			return i + n
		}
		backslash := bytes.IndexByte(data[i:i+n], '\\')
		if backslash < 0 {
			return i + n
		}
		cell.escaped = true
		i += backslash + 2
	}
	return -1
}

// skipBlanks gives the first place from i on that is not a blank; a tab that delimits is none.
func skipBlanks(data []byte, i int, delimiter byte) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t') && data[i] != delimiter {
		i++
	}
	return i
}

// lineBreak gives the length of the line break that data begins with: LF, CRLF or CR.
func lineBreak(data []byte) int {
	if len(data) > 1 && data[0] == '\r' && data[1] == '\n' {
		return 2
	}
	return 1
}

// lineEnd gives the place after the line break that ends the line at from, or the end of data.
func lineEnd(data []byte, from int) int {
	i := plainEnd(data, from, '\n')
	if i == len(data) {
		return i
	}
	return i + lineBreak(data[i:])
}

// countLines counts the line breaks of data; a last line without one counts too.
func countLines(data []byte) int {
	lines := bytes.Count(data, []byte{'\n'})
	for i := 0; i < len(data); i++ {
		n := bytes.IndexByte(data[i:], '\r')
		if n < 0 {
			break
		}
		i += n
		if i+1 == len(data) || data[i+1] != '\n' {
			lines++
		}
	}

	if last := len(data) - 1; last >= 0 && data[last] != '\n' && data[last] != '\r' {
		lines++
	}
	return lines
}

// unescape removes what escapes quotes from a cell, in place.
func (d dialect) unescape(cell []byte) []byte {
	kept, rest := cell[:0], cell
	for {
		i := bytes.IndexByte(rest, d.escape)
		if i < 0 || i+1 == len(rest) {
			return append(kept, rest...)
		}
		if c := rest[i+1]; c == d.quote || d.escape == '\\' && d.isEscapable(c) {
			kept, rest = append(append(kept, rest[:i]...), c), rest[i+2:]
		} else {
			kept, rest = append(kept, rest[:i+1]...), rest[i+1:]
		}
	}
}
