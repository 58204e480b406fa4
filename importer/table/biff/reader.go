package biff

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"ableimport/importer/table/grid"
)

// mostText bounds the text in the cells of one pass: a file can refer to one long text in each of
// its cells.
const mostText = 2 << 30

var (
	errRecords = errors.New("it was cut off or is damaged: export or download it again, or, " +
		"where Excel still opens it, save it there as .xlsx")
	errText = fmt.Errorf("its cells hold more than %d GiB of text, which no export does: export "+
		"fewer rows", mostText>>30)
)

// Reader reads the sheets of a workbook row by row. It is a [grid.Reader].
type Reader struct {
	book     *Workbook
	options  grid.Options
	sheets   []grid.Sheet // seen so far
	surveyed int          // bytes of the sheets seen so far
	given    int          // bytes of text

	// Of the sheet being read:
	places []place // records with cells that are not read yet
	hidden map[int]bool
	merged []grid.Range // not given yet
	shared map[int][]byte
	// computed says that a formula that should be computed on opening has a result, so the others
	// have one too.
	computed bool

	row   grid.Row
	cells []cell // of the row, in the order of the file
	text  []byte // of these cells
}

// place is where a record with cells of a row is in the stream.
type place struct{ row, at int }

// cell is a cell whose value is a piece of the text.
type cell struct {
	grid.Cell
	from, to int
	formula  string
}

// New begins a pass over the sheets of a workbook.
func New(book *Workbook, options grid.Options) *Reader {
	return &Reader{book: book, options: options}
}

// Sheets are those seen so far.
func (r *Reader) Sheets() []grid.Sheet { return r.sheets }

// Formats are the number formats of the workbook.
func (r *Reader) Formats() []string { return r.book.formats.Codes() }

// From1904 reports what dates count from.
func (r *Reader) From1904() bool { return r.book.from1904 }

// Next gives the next row that is not empty.
func (r *Reader) Next() (*grid.Row, error) {
	for len(r.places) == 0 {
		number := len(r.sheets)
		if number == len(r.book.sheets) || r.options.Sheet >= 0 && number > r.options.Sheet {
			return nil, io.EOF
		}
		r.sheets = append(r.sheets, r.book.sheets[number])
		if r.options.Sheet >= 0 && r.options.Sheet != number {
			continue
		}
		if err := r.survey(r.book.begins[number]); err != nil {
			return nil, err
		}
	}

	row := r.places[0].row
	r.row.Begin(len(r.sheets)-1, row+1)
	r.row.Hidden = r.hidden[row]
	for len(r.merged) > 0 && r.merged[0].FirstRow <= row+1 {
		r.row.Merged, r.merged = append(r.row.Merged, r.merged[0]), r.merged[1:]
	}
	r.cells, r.text = r.cells[:0], r.text[:0]
	for ; len(r.places) > 0 && r.places[0].row == row; r.places = r.places[1:] {
		if err := r.readCells(r.places[0]); err != nil {
			return nil, err
		}
		if len(r.text) > r.options.Row {
			return nil, r.options.RowTooLarge(row + 1)
		}
	}
	if r.given += len(r.text); r.given > mostText {
		return nil, errText
	}
	r.arrange()
	return &r.row, nil
}

// survey finds the records with cells of a sheet, and its settings of rows and columns, which may
// come after them. Most programs write rows in order, but not all.
func (r *Reader) survey(at int) error {
	r.places, r.merged = nil, nil
	r.computed, r.hidden, r.shared = false, map[int]bool{}, map[int][]byte{}
	begin, ok := recordAt(r.book.stream, at)
	if !ok || begin.kind != typeBOF {
		return errRecords
	}

	holder := 0 // the cell of the last formula
	here := at
	for depth := 1; depth > 0; { // charts are sheets within the sheet
		here = begin.next
		if begin, ok = recordAt(r.book.stream, here); !ok {
			return errRecords
		}
		switch begin.kind {
		case typeBOF:
			depth++
		case typeEOF:
			depth--
		}
		if depth != 1 {
			continue
		}

		data := begin.data
		word := func(i int) int { return int(binary.LittleEndian.Uint16(data[2*i:])) }
		if size, known := smallest[begin.kind]; known {
			if len(data) < size {
				return errRecords
			}
			r.places = append(r.places, place{word(0), here})
		}
		switch begin.kind {
		case typeFormula:
			holder = word(0)<<16 | word(1)
			isZero := binary.LittleEndian.Uint64(data[6:]) == 0
			r.computed = r.computed || isPending(begin) && !isZero
		case typeShared:
			if len(data) >= 10 && len(data) >= 10+word(4) {
				r.shared[holder] = data[10 : 10+word(4)]
			}
		case typeRow:
			const isHidden = 0x20
			if len(data) >= 16 && data[12]&isHidden != 0 {
				r.hidden[word(0)] = true
			}
		case typeColumnInfo:
			const isHidden = 1
			if len(data) >= 10 && data[8]&isHidden != 0 {
				r.sheets[len(r.sheets)-1].HiddenColumns += max(0, min(word(1), 255)-word(0)+1)
			}
		case typeMergedCells:
			for i := 1; 2*i+8 <= len(data); i += 4 {
				r.merged = append(r.merged, grid.Range{
					FirstRow: word(i) + 1, LastRow: word(i+1) + 1,
					FirstColumn: word(i + 2), LastColumn: word(i + 3),
				})
			}
		}
	}

	// Nested sheets would be read again and again.
	if r.surveyed += here - at; r.surveyed > len(r.book.stream) {
		return errRecords
	}
	slices.SortStableFunc(r.places, func(a, b place) int { return cmp.Compare(a.row, b.row) })
	slices.SortStableFunc(r.merged, func(a, b grid.Range) int {
		return cmp.Compare(a.FirstRow, b.FirstRow)
	})
	return nil
}

// smallest are the records with cells, and the least number of bytes that each has.
var smallest = map[int]int{
	typeNumber: 14, typeRK: 10, typeMultipleRK: 12, typeLabel: 8, typeRichString: 8,
	typeLabelSST: 10, typeBoolErr: 8, typeFormula: 14,
}

// readCells reads the cells of one record.
func (r *Reader) readCells(at place) error {
	record, _ := recordAt(r.book.stream, at.at)
	data := record.data
	found := cell{Cell: grid.Cell{Column: int(binary.LittleEndian.Uint16(data[2:]))}}
	found.Format = r.formatOf(data[4:])
	value := data[6:]

	switch record.kind {
	case typeNumber:
		r.addNumber(found, math.Float64frombits(binary.LittleEndian.Uint64(value)))
	case typeRK:
		r.addNumber(found, rkNumber(binary.LittleEndian.Uint32(value)))
	case typeMultipleRK:
		for rest := data[4:]; len(rest) >= 8; rest = rest[6:] { // the last column follows
			found.Format = r.formatOf(rest)
			r.addNumber(found, rkNumber(binary.LittleEndian.Uint32(rest[2:])))
			found.Column++
		}
	case typeLabelSST:
		text, ok := r.book.text(int(binary.LittleEndian.Uint32(value)))
		if !ok {
			r.fail(found, nil, "names a text that the workbook's table of texts does not have")
			return nil
		}
		r.text = append(r.text, text...)
		return r.add(found, grid.Text, len(text))
	case typeLabel, typeRichString:
		t := record.texts(r.book.stream)
		t.skip(6)
		return r.addText(found, t)
	case typeBoolErr:
		return r.addBoolOrError(found, value[0], value[1] != 0)
	case typeFormula:
		found.Computed = true
		found.formula = r.formulaOf(record, at.row, found.Column)
		return r.addResult(found, record)
	}
	return nil
}

// formatOf gives the number format of a cell's style.
func (r *Reader) formatOf(style []byte) int {
	number := int(binary.LittleEndian.Uint16(style))
	if number >= len(r.book.styles) {
		return 0
	}
	return r.book.styles[number]
}

// formulaOf gives the formula of a cell, which may be stored with another cell.
func (r *Reader) formulaOf(formula record, row, column int) string {
	const elsewhere = 0x01
	data := formula.data
	if len(data) < 22 {
		return ""
	}
	size := int(binary.LittleEndian.Uint16(data[20:]))
	if size > len(data)-22 {
		return ""
	}
	tokens := data[22 : 22+size]
	if len(tokens) >= 5 && tokens[0] == elsewhere {
		tokens = r.shared[int(binary.LittleEndian.Uint16(tokens[1:]))<<16|
			int(binary.LittleEndian.Uint16(tokens[3:]))]
	}
	return formulaText(tokens, row, column)
}

// isPending says that a formula should be computed when the file is opened. Libraries store 0 for
// it until then; some programs say so even when there is a result.
func isPending(formula record) bool { return len(formula.data) >= 16 && formula.data[14]&2 != 0 }

// addResult adds the stored result of a formula.
func (r *Reader) addResult(found cell, formula record) error {
	result := formula.data[6:14]
	if result[6] != 0xFF || result[7] != 0xFF {
		number := math.Float64frombits(binary.LittleEndian.Uint64(result))
		isConstant := found.formula != "" && strings.Trim(found.formula, "0123456789.+-") == ""
		if number == 0 && isPending(formula) && !r.computed && !isConstant {
			return r.add(found, grid.NoValue, 0)
		}
		r.addNumber(found, number)
		return nil
	}

	const isText, isBool, isError = 0, 1, 2
	switch result[0] {
	case isBool, isError:
		return r.addBoolOrError(found, result[2], result[0] == isError)
	case isText:
		return r.addTextResult(found, formula.next)
	}
	return r.add(found, grid.Text, 0)
}

// addTextResult adds the text that follows a formula.
func (r *Reader) addTextResult(found cell, at int) error {
	for {
		record, ok := recordAt(r.book.stream, at)
		switch {
		case !ok:
			return errRecords
		case record.kind == typeString:
			return r.addText(found, record.texts(r.book.stream))
		case record.kind != typeShared && record.kind != typeArray && record.kind != typeTable &&
			record.kind != typeContinue:
			return r.add(found, grid.NoValue, 0)
		}
		at = record.next
	}
}

func (r *Reader) addText(found cell, t *texts) error {
	from := len(r.text)
	if len(t.data) < 2 {
		return errRecords
	}
	if units := t.uint16(); units > 0 {
		r.text = t.appendText(r.text, units)
	}
	if t.cut {
		return errRecords
	}
	return r.add(found, grid.Text, len(r.text)-from)
}

// addNumber adds a number with the fewest digits that distinguish it from its neighbours, as XLSX
// has it.
func (r *Reader) addNumber(found cell, number float64) {
	from, form := len(r.text), byte('f')
	if size := math.Abs(number); size != 0 && (size < 1e-6 || size >= 1e21) {
		form = 'E'
	}
	r.text = strconv.AppendFloat(r.text, number, form, -1, 64)
	if math.IsNaN(number) || math.IsInf(number, 0) {
		r.fail(found, r.text[from:], "should be a number, but holds none")
		return
	}
	r.add(found, grid.Number, len(r.text)-from)
}

var errorTexts = map[byte]string{
	0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
	0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}

func (r *Reader) addBoolOrError(found cell, value byte, isError bool) error {
	text, kind := "0", grid.Bool
	if value != 0 {
		text = "1"
	}
	if isError {
		known := false
		kind = grid.Error
		if text, known = errorTexts[value]; !known {
			text = "#N/A"
		}
	}
	r.text = append(r.text, text...)
	return r.add(found, kind, len(text))
}

// add adds a cell, whose value is the end of the text.
func (r *Reader) add(found cell, kind grid.Kind, size int) error {
	if size > r.options.Cell {
		return r.options.CellTooLarge()
	}
	found.Repeat, found.Kind = 1, kind
	found.from, found.to = len(r.text)-size, len(r.text)
	r.cells = append(r.cells, found)
	return nil
}

func (r *Reader) fail(found cell, excerpt []byte, problem string) {
	r.row.Fail(found.Column, excerpt, fmt.Sprintf(
		"cell %s %s, so the file is damaged; save it again",
		grid.Address(found.Column, r.row.Number), problem))
}

// arrange puts the cells into the row by column. Of two in the same place, Excel shows the later
// one.
func (r *Reader) arrange() {
	slices.SortStableFunc(r.cells, func(a, b cell) int { return cmp.Compare(a.Column, b.Column) })
	for i, found := range r.cells {
		if i+1 < len(r.cells) && r.cells[i+1].Column == found.Column {
			continue
		}
		from := len(r.row.Text)
		r.row.Text = append(r.row.Text, r.text[found.from:found.to]...)
		r.row.Add(found.Cell, from)
		if found.Computed {
			r.row.AddFormula([]byte(found.formula))
		}
	}
}
