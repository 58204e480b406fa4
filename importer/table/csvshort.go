package table

// Excel writes a sheet as text in blocks of so many rows, and in each of them leaves out the last
// cells that are empty in all of its rows, with their delimiters.
const excelBlock = 16

// shortBlock is the latest such block in which cells are left out.
type shortBlock struct {
	last   int  // its last row
	width  int  // cells of each of its rows
	needed bool // one of the cells that are left out is needed
}

// endsEarly says whether a record lacks cells that Excel has left out and that nobody needs. It
// looks ahead to the end of the block, which makes the bytes of the record invalid: they are given
// as a copy then.
func (r *records) endsEarly(record []byte, l *layout) ([]byte, bool) {
	n := len(r.spans)
	if n >= len(l.names) || n < 2 || l.surplus || l.missing > 0 {
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

// isShortBlock says whether the record, the first of a block, and all that follow in the block are
// equally wide, and fill their last column at least once: otherwise Excel would have left it out,
// too. Half of them at least hold numbers where numbers belong: a cell that were left out further
// in front would shift every one of them.
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

	// The rows that follow are looked at where they are, without moving on.
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
