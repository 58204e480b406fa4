package table

import (
	"fmt"
	"iter"
	"strings"
)

// Kinds of cells, the values of [Row.Kinds].
const (
	Empty byte = iota // no value
	Text              // text as written in the file
	// Number is plain decimal text: a '.' point, no exponent, no grouping, at most 15 significant
	// digits.
	Number
	Date     // "2025-12-01"
	DateTime // "2025-12-01T18:00:00", with a fraction only when it is not zero; no zone
	Time     // "18:00:00"
	Duration // "26:30:00"
	Bool     // "TRUE" or "FALSE"
	Error    // "#N/A", "#REF!", ...
	// NoValue is a formula whose result is not stored, or cannot be right. The text is empty.
	NoValue
)

// Row is one row below the header. Its slices are reused: they are valid until the iterator goes
// on.
type Row struct {
	// Number is the row number that a spreadsheet shows: blank lines count, line breaks within a
	// cell do not.
	Number int
	Cells  [][]byte // UTF-8; as many as the header has, except in a bad row
	Kinds  []byte   // the kind of each cell; text files only have Text and Empty
	// Signs are what the number format shows beside each number: "€", "CHF", "kg"; nil: nothing in
	// this row.
	Signs []string

	// Total says that the workbook itself marks the row as adding up others: it is the totals row
	// of an Excel table, or has a SUBTOTAL formula.
	Total  bool
	Hidden bool // the sheet does not show it, for example because of a filter
}

// Texts are the cells as texts, which stay valid.
func (r *Row) Texts() []string {
	texts := make([]string, len(r.Cells))
	for i, cell := range r.Cells {
		texts[i] = string(cell)
	}
	return texts
}

// RowError says why one row cannot be used. It is data for the report: reading goes on with the
// next row.
type RowError struct {
	Row     int    // as in [Row.Number]
	Line    int    // the line in a text file, counted from 1; 0 if the format has no lines
	Column  string // the heading, if one cell is to blame
	Excerpt string // the beginning of the row or cell, as written in the file
	Message string // what is wrong and what to do, without the place

	HeaderAgain bool // the cells are good: they are the headings
}

// Error gives the place and the message: `17: the row has 5 cells, the header has 4`.
func (e *RowError) Error() string { return fmt.Sprintf("%d: %s", e.Row, e.Message) }

// Options overrides what Open would detect. The zero value detects everything.
type Options struct {
	// Sheet is a sheet of a workbook or a file in a .zip. "" chooses by Needs (several that have
	// them are an [AmbiguousError]), otherwise the visible one that looks like a table of records,
	// and where several or none do, the first one.
	Sheet       string
	Records     bool     // several that look like tables of records are an [AmbiguousError]
	Table       int      // which table of a web page, counted from 1; 0 chooses as for sheets
	Header      int      // row number of the header; 0 detects, -1 says that there is none
	HeaderNames []string // the header is the first row that holds all of these names
	Encoding    string   // an IANA or WHATWG name, "windows-1252"; "" detects
	Delimiter   string   // one character, or "tab"; "" detects
	Quote       string   // one character, or "none"; "" detects
	Escape      string   // before a quote within quotes: the quote itself or `\`; "" detects
	Comment     string   // lines that begin with it are not rows; "": there are no comments
	// Needs are the columns that a mapping needs, each with its alternatives. They determine header
	// and sheet, and no row may lack them.
	Needs [][]string
	// Amounts are the columns that hold the amounts of events, likewise.
	Amounts [][]string
	// ShortRows makes cells empty if all rows lack the same columns at the end of the header, or
	// whole blocks that Excel wrote lack needed ones.
	ShortRows bool
	// Glance is for a look at the heading and the first rows only: what takes a full reading stays
	// open (encoding, damage, width).
	Glance  bool
	Blank   bool   // also yield records of a text file whose cells are all empty
	Above   bool   // also yield the header and what is above it, of any width
	TempDir string // private directory for spooled parts; "" makes one, which Close removes
	Limits  Limits // zero fields mean the defaults
}

// Limits bounds what one file may cost. A zero field means its default.
type Limits struct {
	Cell     int   // bytes of one cell; default 4 MiB
	Row      int   // bytes of one row; default 16 MiB
	Columns  int   // default 16384, as in a spreadsheet
	Unpacked int64 // bytes of an unpacked file or part; default 16 GiB
}

// Info says how a file is read, for people and for the report.
type Info struct {
	// Format is "csv", "xlsx", "xls", "ods", "xml" or "html"; with its wrapping: "csv.gz",
	// "html.zip".
	Format    string
	Encoding  string  // "utf-8", "utf-16le", "windows-1252", ...; "" for XLSX, .xls and .ods
	Delimiter string  // of delimited text, as written in the file
	Quote     string  // of delimited text: `"`, `'` or "none"; with backslash escapes `"\`
	Sheet     string  // "" for text, and for the only table of a web page
	Table     int     // of a web page that has several, counted from 1
	HeaderRow int     // row number of the header; 0: there is none
	Sheets    []Sheet // all sheets of a workbook
	Typed     bool    // its cells have kinds: a text that looks like a number is a text on purpose
	Warnings  []string
	Useless   []string // settings that change nothing in a file of this format, as sentences
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
}

// Table is an open file. Only one goroutine may use it.
type Table struct {
	source  source
	useless []string // see uselessSettings
}

// source is what the two kinds of files have in common. rows may be called again and then starts
// from the beginning.
type source interface {
	info() Info
	header() []string
	above() [][]string
	rows() iter.Seq2[Row, error]
	explain(row int) ([]Explained, error)
	close() error
}

// Info says how the file is read.
func (t *Table) Info() Info {
	info := t.source.info()
	info.Useless = t.useless
	return info
}

// Header gives the trimmed headings, as in the file: duplicates and empty ones are kept. In a file
// without a header they are "column A", "column B" and so on, with the letters of a spreadsheet.
func (t *Table) Header() []string { return t.source.header() }

// Above gives the first rows above the header, at most 20, without blank ones: titles, periods,
// currencies. They were read when the header was looked for.
func (t *Table) Above() [][]string { return t.source.above() }

// Rows iterates over the rows below the header; it does not yield blank ones, but counts them in
// [Row.Number]. A row that comes with a [*RowError] is bad, its cells are what could be read, and
// reading goes on. Any other error means that the file cannot be read on, and is the last item.
// Rows may be called again and then starts from the beginning.
func (t *Table) Rows() iter.Seq2[Row, error] { return t.source.rows() }

// RowsNear yields the wanted rows, whose numbers are in ascending order, and perhaps others, as
// Rows does. Where the file allows it, it leaves out most others: a pass with Rows notes where rows
// begin.
func (t *Table) RowsNear(wanted []int) iter.Seq2[Row, error] {
	if s, isText := t.source.(*textSource); isText && s.hasPlaces() {
		return s.rowsNear(wanted)
	}
	return t.Rows()
}

// Close closes the file and removes what was spooled.
func (t *Table) Close() error { return t.source.close() }

// AmbiguousError says that a file can be read in several ways that differ in something important.
// Nothing is guessed: people choose by one line of the mapping's `source:`.
type AmbiguousError struct {
	File     string // base name
	What     string // what is open, without the file's name
	Readings []Reading
}

// Reading is one way to read a file.
type Reading struct {
	Setting string   // the line to add: `encoding: windows-1252`
	Shown   []string // what some cells or headings then say, in the same order for all readings
	// Rows are some rows as they then read, the same for all readings. They are for the file's
	// owner, and appear in no message.
	Rows   []Row
	Likely bool // it is the likeliest, though nothing proves it
}

// Error lists the readings one below the other.
func (e *AmbiguousError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s%s. Add the right line to the mapping's `source:`",
		before(e.File, e.What), e.What)
	for _, reading := range e.Readings {
		fmt.Fprintf(&text, "\n  %s", reading.Setting)
		if len(reading.Shown) > 0 {
			fmt.Fprintf(&text, "  # %s", strings.Join(reading.Shown, ", "))
		}
	}
	return text.String()
}

// defaultLimits are far beyond what a billing export needs and far below what a machine has.
var defaultLimits = Limits{Cell: 4 << 20, Row: 16 << 20, Columns: 16384, Unpacked: 16 << 30}

// orDefaults fills in what the caller left open.
func (l Limits) orDefaults() Limits {
	if l.Cell <= 0 {
		l.Cell = defaultLimits.Cell
	}
	if l.Row <= 0 {
		l.Row = defaultLimits.Row
	}
	if l.Columns <= 0 {
		l.Columns = defaultLimits.Columns
	}
	if l.Unpacked <= 0 {
		l.Unpacked = defaultLimits.Unpacked
	}

	return l
}

// byteSize writes a limit for people: "4 MiB".
func byteSize(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	unit := 0
	for n >= 1024 && n%1024 == 0 && unit < len(units)-1 {
		n /= 1024
		unit++
	}
	return fmt.Sprintf("%d %s", n, units[unit])
}
