package table

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// split cuts the first record of data into spans and gives its length with its line end.
func (r *records) split(data []byte) (int, outcome) {
	n, ok := r.splitPlain(data)
	if r.plain = ok; ok {
		return n, recordEnded
	}
	return r.splitQuoted(data, 0)
}

// splitPlain handles most records: one line with a line feed. It leaves all others to splitQuoted.
func (r *records) splitPlain(data []byte) (int, bool) {
	if r.newline == -2 || r.newline >= 0 && r.newline < r.start {
		r.newline = -1
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			r.newline = r.start + i
		}
	}
	if r.newline < 0 {
		return 0, false
	}

	n := r.newline - r.start + 1
	line := data[:n-1]
	if len(line) > 0 && line[len(line)-1] == '\r' {
		line = line[:len(line)-1]
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		return 0, false
	}

	switch {
	case r.escape != r.quote:
		return n, false
	case r.quote == 0:
		r.splitLiteral(line)
		return n, true
	}
	return n, r.splitLine(line)
}

// splitLine cuts a line if all its quoted cells end in it; false: splitQuoted has to do it.
func (r *records) splitLine(line []byte) bool {
	r.spans, r.stray = r.spans[:0], false
	for begin := 0; ; begin++ {
		cell := span{start: begin, end: len(line)}
		switch {
		case begin < len(line) && line[begin] == r.quote:
			cell.start++
			for i := begin + 1; ; i++ {
				n := bytes.IndexByte(line[i:], r.quote)
				if n < 0 {
					return false
				}
				cell.end = i + n
				i = cell.end + 1
				if i == len(line) || line[i] != r.quote {
					break
				}
				cell.escaped = true
			}
			begin = cell.end + 1
			if begin < len(line) && line[begin] != r.delimiter {
				return false
			}
		default:
			cell.end = indexShort(line, begin, r.delimiter)
			if cell.end > begin && (line[begin] == ' ' || line[begin] == '\t') &&
				bytes.IndexByte(line[begin:cell.end], r.quote) >= 0 {
				return false
			}
			r.stray = r.stray || cell.end > begin && line[cell.end-1] == r.quote
			begin = cell.end
		}

		r.add(cell)
		if begin == len(line) {
			return true
		}
	}
}

// indexShort gives the place of the next mark from begin on, or the end of line. Most cells are so
// short that bytes.IndexByte takes longer to begin than to look: this compares eight bytes at once.
// A byte equal to the mark becomes 0, which a subtraction finds: only the lowest of the bits that
// it sets is right.
func indexShort(line []byte, begin int, mark byte) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := begin
	for ; i+8 <= len(line); i += 8 {
		word := binary.LittleEndian.Uint64(line[i:]) ^ ones*uint64(mark)
		if found := (word - ones) &^ word & high; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}

	for i < len(line) && line[i] != mark {
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

// splitQuoted cuts a record byte by byte, from its cell at begin on.
func (r *records) splitQuoted(data []byte, begin int) (int, outcome) {
	r.spans, r.open, r.stray = r.spans[:0], -1, true
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

	plain := span{start: i}
	for i < len(data) && data[i] != r.delimiter && data[i] != '\n' && data[i] != '\r' {
		if r.escape == '\\' && data[i] == '\\' && i+1 < len(data) && r.isEscapable(data[i+1]) {
			plain.escaped = true
			i++
		}
		i++
	}
	plain.end = i
	return plain, i, recordEnded
}

// isEscapable says whether a backslash before this byte is not part of the text. Before any other
// byte it is: paths are full of them.
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
	i := bytes.IndexAny(data[from:], "\r\n")
	if i < 0 {
		return len(data)
	}
	return from + i + lineBreak(data[from+i:])
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
	kept := cell[:0]
	for i := 0; i < len(cell); i++ {
		if cell[i] == d.escape && i+1 < len(cell) &&
			(cell[i+1] == d.quote || d.escape == '\\' && d.isEscapable(cell[i+1])) {
			i++
		}
		kept = append(kept, cell[i])
	}
	return kept
}
