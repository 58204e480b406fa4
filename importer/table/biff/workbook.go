package biff

import (
	"encoding/binary"
	"errors"
	"math"

	"ableimport/importer/table/grid"
)

var (
	errProtected = errors.New("is protected by a password: open it in Excel, remove the password " +
		"and save it again")
	errOlder = errors.New("is a workbook of Excel 95 or older: open it in Excel and save it as " +
		".xlsx, or export CSV")
)

// Workbook is an old Excel workbook in memory.
type Workbook struct {
	stream   []byte
	sheets   []grid.Sheet
	begins   []int // where in the stream each of the sheets begins
	formats  grid.Formats
	styles   []int // the number format of each cell style
	strings  []byte
	ends     []int // of each of the strings
	from1904 bool
}

// Open reads a workbook, but not its sheets.
func Open(file []byte) (*Workbook, error) {
	stream, err := workbookStream(file)
	if err != nil {
		return nil, err
	}
	w := &Workbook{stream: stream}
	first, ok := recordAt(stream, 0)
	switch {
	case !ok:
		return nil, ErrDamaged
	case first.kind != typeBOF || len(first.data) < 2 ||
		binary.LittleEndian.Uint16(first.data) != 0x0600:
		return nil, errOlder
	}
	return w, w.readGlobals(first.next)
}

// readGlobals reads what comes before the sheets.
func (w *Workbook) readGlobals(at int) error {
	codes := map[int]string{}
	var numbers []int // of the format of each style
	for {
		r, ok := recordAt(w.stream, at)
		if !ok {
			return ErrDamaged
		}
		at = r.next

		switch data := r.data; r.kind {
		case typeEOF:
			for _, number := range numbers {
				code, known := codes[number]
				if !known {
					code = builtin[number]
				}
				w.styles = append(w.styles, w.formats.Number(code))
			}
			return nil
		case typeFilePass:
			return errProtected
		case typeDateMode:
			w.from1904 = len(data) > 0 && data[0] == 1
		case typeFormat:
			if len(data) >= 5 {
				t := r.texts(w.stream)
				number := t.uint16()
				codes[number] = string(t.appendText(nil, t.uint16()))
			}
		case typeXF:
			if len(data) >= 4 {
				numbers = append(numbers, int(binary.LittleEndian.Uint16(data[2:])))
			}
		case typeBoundSheet:
			if err := w.addSheet(r); err != nil {
				return err
			}
		case typeSST:
			if err := w.readStrings(r); err != nil {
				return err
			}
		}
	}
}

func (w *Workbook) addSheet(r record) error {
	if len(r.data) < 8 {
		return ErrDamaged
	}
	const worksheet = 0
	if r.data[5] != worksheet {
		return nil
	}

	t := record{data: r.data[6:], next: r.next}.texts(w.stream)
	name := string(t.appendText(nil, int(t.byte())))
	var err error
	if w.sheets, err = grid.Add(w.sheets, name); err != nil {
		return err
	}
	w.sheets[len(w.sheets)-1].Hidden = r.data[4]&3 != 0
	w.begins = append(w.begins, int(binary.LittleEndian.Uint32(r.data)))
	return nil
}

// readStrings reads the table of texts.
func (w *Workbook) readStrings(r record) error {
	if len(r.data) < 8 {
		return nil
	}
	t := r.texts(w.stream)
	t.skip(4)
	count := uint32(t.uint16()) | uint32(t.uint16())<<16

	for ; count > 0; count-- {
		if len(t.data) == 0 && !t.proceed() {
			break
		}
		w.strings = t.appendText(w.strings, t.uint16())
		if t.cut {
			return ErrDamaged
		}
		w.ends = append(w.ends, len(w.strings))
	}
	return nil
}

func (w *Workbook) text(index int) (text []byte, ok bool) {
	if index < 0 || index >= len(w.ends) {
		return nil, false
	}
	from := 0
	if index > 0 {
		from = w.ends[index-1]
	}
	return w.strings[from:w.ends[index]], true
}

// builtin are the formats that files need not explain. Formats that adapt to the reader's currency
// or order of days and months do not do so here. Some numbers of the Far East mean a date in one
// language and a time in another: they are both, and the value decides.
var builtin = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0", 6: "#,##0", 7: "#,##0.00",
	8: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
	14: localDate, 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
	19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: localMoment,
	27: localDate, 28: localDate, 29: localDate, 30: localDate, 31: localDate, 32: localTime,
	33: localTime, 34: localMoment, 35: localMoment, 36: localDate, 37: "#,##0", 38: "#,##0",
	39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00", 44: "#,##0.00",
	45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@", 50: localDate,
	51: localDate, 52: localDate, 53: localDate, 54: localDate, 55: localMoment, 56: localMoment,
	57: localDate, 58: localDate,
}

const (
	localDate   = "m/d/yyyy"
	localTime   = "h:mm:ss"
	localMoment = "m/d/yyyy h:mm"
)

// rkNumber is a number in 30 bits: an integer or the upper half of a float, or a hundredth of it.
func rkNumber(raw uint32) float64 {
	const isHundredth, isInteger = 1, 2
	value := math.Float64frombits(uint64(raw&^3) << 32)
	if raw&isInteger != 0 {
		value = float64(int32(raw) >> 2)
	}
	if raw&isHundredth != 0 {
		value /= 100
	}
	return value
}
