package biff

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// The records that are read.
const (
	typeFormula     = 0x0006
	typeEOF         = 0x000A
	typeDateMode    = 0x0022
	typeFilePass    = 0x002F
	typeContinue    = 0x003C
	typeColumnInfo  = 0x007D
	typeBoundSheet  = 0x0085
	typeMultipleRK  = 0x00BD
	typeRichString  = 0x00D6
	typeXF          = 0x00E0
	typeMergedCells = 0x00E5
	typeSST         = 0x00FC
	typeLabelSST    = 0x00FD
	typeNumber      = 0x0203
	typeLabel       = 0x0204
	typeBoolErr     = 0x0205
	typeString      = 0x0207
	typeRow         = 0x0208
	typeArray       = 0x0221
	typeTable       = 0x0236
	typeRK          = 0x027E
	typeFormat      = 0x041E
	typeShared      = 0x04BC
	typeBOF         = 0x0809
)

// record is one record. A record that is too long continues in the following records.
type record struct {
	kind int
	data []byte
	next int // where the next record begins
}

// recordAt reads the record at a place; there is none where the stream ends.
func recordAt(stream []byte, at int) (r record, ok bool) {
	if at < 0 || at+4 > len(stream) {
		return record{}, false
	}
	size := int(binary.LittleEndian.Uint16(stream[at+2:]))
	if at+4+size > len(stream) {
		return record{}, false
	}
	kind := int(binary.LittleEndian.Uint16(stream[at:]))
	if kind == 0x0206 || kind == 0x0406 { // older numbers of the same; Numbers of Apple uses them
		kind = typeFormula
	}
	return record{kind: kind, data: stream[at+4 : at+4+size], next: at + 4 + size}, true
}

// texts reads what continues over several records.
type texts struct {
	stream []byte
	data   []byte
	next   int
	cut    bool // there is less than was asked for
}

func (r record) texts(stream []byte) *texts {
	return &texts{stream: stream, data: r.data, next: r.next}
}

// proceed goes to the record that continues this one.
func (t *texts) proceed() bool {
	more, ok := recordAt(t.stream, t.next)
	if !ok || more.kind != typeContinue {
		t.cut = true
		return false
	}
	t.data, t.next = more.data, more.next
	return true
}

func (t *texts) byte() byte {
	for len(t.data) == 0 {
		if !t.proceed() {
			return 0
		}
	}
	b := t.data[0]
	t.data = t.data[1:]
	return b
}

func (t *texts) uint16() int { low := int(t.byte()); return low | int(t.byte())<<8 }

func (t *texts) skip(count int) {
	for count > len(t.data) {
		count -= len(t.data)
		if !t.proceed() {
			return
		}
	}
	t.data = t.data[count:]
}

// appendText appends a text of so many UTF-16 units. Its options come before it.
func (t *texts) appendText(dst []byte, units int) []byte {
	const isWide, hasExtra, isRich = 1, 4, 8
	options := t.byte()
	runs, extra := 0, 0
	if options&isRich != 0 {
		runs = t.uint16()
	}
	if options&hasExtra != 0 {
		extra = t.uint16() | t.uint16()<<16
	}

	high := rune(0)
	for ; units > 0 && !t.cut; units-- {
		if len(t.data) == 0 {
			options = t.byte() // of the next record: whether it goes on wide
			units++
			continue
		}
		unit := rune(t.data[0])
		if options&isWide == 0 {
			t.data = t.data[1:]
		} else if len(t.data) > 1 {
			unit = rune(t.uint16())
		} else { // a letter is never split over two records
			t.cut = true
			break
		}

		if high != 0 {
			if r := utf16.DecodeRune(high, unit); r != utf8.RuneError {
				dst, high = utf8.AppendRune(dst, r), 0
				continue
			}
			dst, high = utf8.AppendRune(dst, utf8.RuneError), 0
		}
		if utf16.IsSurrogate(unit) {
			high = unit
			continue
		}
		dst = utf8.AppendRune(dst, unit)
	}
	if high != 0 {
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	t.skip(4 * runs)
	t.skip(extra)
	return dst
}
