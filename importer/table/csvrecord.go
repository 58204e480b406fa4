package table

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// dialect is how a text file writes its rows.
type dialect struct {
	delimiter byte
	quote     byte // 0: quotes are text
	escape    byte // what makes a quote within quotes text: the quote itself or a backslash
	comment   []byte
}

// span is where one cell is in a record.
type span struct {
	start, end int
	escaped    bool // holds escaped quotes
}

// outcome is how the splitting of one record ended.
type outcome byte

const (
	recordEnded  outcome = iota // at a line end or at the end of the file
	recordOpen                  // the bytes ended before the record did
	recordBroken                // a closing quote is followed by text
)

// records splits text into records.
//
// It is our own reader, since encoding/csv cannot do what this package promises: it has one quote
// character and one way to escape it, does not count rows as a spreadsheet does, takes everything
// after an unclosed quote for one cell, and gives up at the first stray quote or, when lazy, hides
// it. Splitting in place is also faster: a record is only ever a set of spans over one buffer.
type records struct {
	dialect
	limits Limits
	input  io.Reader
	expect expectation

	buffer []byte
	begin  int64 // of the buffer in the text
	start  int   // of the next record
	end    int   // of what was read
	eof    bool

	// behind the first ones from some record on, see seek
	feed, carriage int

	plain bool // the last record was one line without a line break inside

	row  int // records up to and including the last one, and blank lines
	line int // lines before the next record

	spans  []span
	marks  []uint32 // of the last line, see findMarks
	judged []span   // of a record while its lines are examined
	open   int      // recordBroken, recordOpen: where the opening quote is; -1 if there is none
	at     int      // recordBroken: the quote that should close and does not
	stray  bool     // an unquoted cell of the last record may end with a quote

	short shortBlock

	// doubtful: lines before this offset of the buffer are bad rows: nobody can tell what they mean
	doubtful int

	cells [][]byte
	kinds []byte
	// The halves of numbers in the last record, as long as nothing is expected.
	halved, halvedWhole []int
	odd                 *oddities
}

// A mark is where a record begins.
type mark struct {
	offset int64 // in the text
	row    int   // before it, as in records
	line   int
}

// goTo goes on at a mark, with a text that begins there.
func (r *records) goTo(m mark, text io.Reader) {
	r.input, r.begin, r.row, r.line = text, m.offset, m.row, m.line
	r.start, r.end, r.eof, r.doubtful = 0, 0, false, 0
	r.short = shortBlock{}
	r.forget()
}

// marks are some records of a text: one every so many rows.
type marks struct {
	all   []mark
	every int
	next  int // row from which on the next is due
}

// There are so many marks at most: then every other one is dropped.
const (
	markedRows = 1 << 10
	mostMarks  = 1 << 12
)

// note marks the next record, if it is time and if it can be read without what comes before it.
func (m *marks) note(r *records) {
	if r.row < m.next || r.start < r.doubtful || r.row < r.short.last {
		return
	}
	m.all = append(m.all, mark{r.begin + int64(r.start), r.row, r.line})
	m.every = max(m.every, markedRows)
	if len(m.all) == mostMarks {
		kept := m.all[:0]
		for i := 1; i < mostMarks; i += 2 {
			kept = append(kept, m.all[i])
		}
		m.all, m.every = kept, 2*m.every
	}
	m.next = r.row + m.every
}

// before is the last mark before a row.
func (m *marks) before(row int) mark {
	at, _ := slices.BinarySearchFunc(m.all, row, func(m mark, row int) int { return m.row - row })
	if at == 0 {
		return mark{}
	}
	return m.all[at-1]
}

// errLongRow reports a row beyond the limits: it does not fit in memory, so reading ends.
var errLongRow = errors.New("the row is longer than allowed")

const bufferSize = 256 << 10

func newRecords(input io.Reader, d dialect, limits Limits) *records {
	return &records{
		dialect: d, limits: limits, input: input, buffer: make([]byte, bufferSize),
		odd: new(oddities),
	}
}

// seek finds the first line feed or carriage return in the rest of the buffer, and returns r.end if
// there is none. It remembers the place: most texts have no carriage returns, so a search for one
// reads the whole buffer.
func (r *records) seek(behind *int, what byte) int {
	if *behind <= r.start {
		*behind = r.end + 1
		if i := bytes.IndexByte(r.buffer[r.start:r.end], what); i >= 0 {
			*behind = r.start + i + 1
		}
	}
	return *behind - 1
}

// forget makes seek look again, in a buffer that has changed.
func (r *records) forget() { r.feed, r.carriage = 0, 0 }

// fill reads on, keeping what belongs to the current record. It reads as much as fits: decoders and
// unpackers give small pieces, and each piece would split the record again from its beginning.
func (r *records) fill() error {
	if r.start > 0 {
		copy(r.buffer, r.buffer[r.start:r.end])
		r.begin += int64(r.start)
		r.end -= r.start
		r.doubtful -= r.start
		r.start = 0
	}

	r.forget()
	if r.end == len(r.buffer) {
		if len(r.buffer) > r.limits.Row {
			return errLongRow
		}
		r.buffer = append(r.buffer, make([]byte, len(r.buffer))...)
	}

	n, ended, err := readFull(r.input, r.buffer[r.end:])
	r.end += n
	r.eof = ended
	for ended && r.end > 0 && (r.buffer[r.end-1] == 0 || r.buffer[r.end-1] == ctrlZ) {
		r.end--
	}
	return err
}

// ctrlZ ended text files on CP/M and still does in some exports; NUL bytes pad files of block
// devices.
const ctrlZ = 0x1a

// next splits the next record, blank ones and comments included, and gives its length with its line
// end. io.EOF ends.
func (r *records) next() (int, outcome, error) {
	for {
		data := r.buffer[r.start:r.end]
		if len(data) == 0 && r.eof {
			return 0, recordEnded, io.EOF
		}
		n, outcome := r.split(data)
		if outcome != recordOpen || r.eof {
			return n, outcome, nil
		}
		if r.open >= 0 && len(data)-r.open > r.limits.Cell {
			return n, outcome, nil // no cell is as long as that: the quote was never closed
		}
		if err := r.fill(); err != nil {
			return 0, outcome, err
		}
	}
}

// take moves past a record of n bytes and so many lines.
func (r *records) take(n, lines int) {
	r.start += n
	r.line += lines
	r.row++
}
