// Package bifftest writes old Excel workbooks (.xls) for tests, record by record.
package bifftest

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf16"
)

// Book is a workbook.
type Book struct {
	Formats []string // style 1 has the first one; style 0 has none
	Texts   []string // of cells that name one by its number
	Sheets  []Sheet
	Globals []byte // records in addition
}

// Sheet is a sheet of a workbook.
type Sheet struct {
	Name    string
	State   byte // 1: hidden
	Kind    byte // 0: a worksheet
	Records []byte
}

// Record is a record of numbers, each as wide as its type, and bytes.
func Record(kind uint16, parts ...any) []byte {
	var data []byte
	for _, part := range parts {
		switch part := part.(type) {
		case byte:
			data = append(data, part)
		case uint16:
			data = binary.LittleEndian.AppendUint16(data, part)
		case uint32:
			data = binary.LittleEndian.AppendUint32(data, part)
		case []byte:
			data = append(data, part...)
		}
	}

	out := binary.LittleEndian.AppendUint16(nil, kind)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(data)))
	return append(out, data...)
}

// Join joins records.
func Join(records ...[]byte) (joined []byte) {
	for _, record := range records {
		joined = append(joined, record...)
	}
	return joined
}

// Double is a number as the format has it.
func Double(number string) []byte {
	value, _ := strconv.ParseFloat(number, 64)
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(value))
}

// Wide is a text of 16 bits a letter, without its length.
func Wide(text string) []byte {
	out := []byte{1}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

func wideWithLength(text string) []byte {
	units := len(utf16.Encode([]rune(text)))
	return append(binary.LittleEndian.AppendUint16(nil, uint16(units)), Wide(text)...)
}

// Text is a cell that names a text of the workbook.
func Text(row, column uint16, number int) []byte {
	return Record(0x00FD, row, column, uint16(0), uint32(number))
}

// Label is a cell with a text of its own.
func Label(row, column uint16, text string) []byte {
	return Record(0x0204, row, column, uint16(0), wideWithLength(text))
}

// Number is a cell with a number and a style.
func Number(row, column, style uint16, number string) []byte {
	return Record(0x0203, row, column, style, Double(number))
}

// Formula is a cell with the result and the tokens of a formula.
func Formula(row, column, style uint16, result []byte, flags uint16, tokens ...byte) []byte {
	return Record(0x0006, row, column, style, result, flags, uint32(0), uint16(len(tokens)), tokens)
}

// TextResult is the text that a formula results in.
func TextResult(text string) []byte { return Record(0x0207, wideWithLength(text)) }

// HiddenRow hides a row.
func HiddenRow(row uint16) []byte {
	return Record(0x0208, row, uint16(0), uint16(0), uint16(0), uint16(0), uint16(0), byte(0x20),
		byte(0), uint16(0))
}

// Stream is the workbook without the file system around it.
func (b Book) Stream() []byte {
	begin := Record(0x0809, uint16(0x0600), uint16(5), uint32(0), uint32(0), uint32(0))
	end := Record(0x000A)

	styles := Record(0x00E0, uint16(0), uint16(0), make([]byte, 16))
	for i, format := range b.Formats {
		number := uint16(164 + i)
		styles = Join(Record(0x041E, number, wideWithLength(format)), styles,
			Record(0x00E0, uint16(0), number, make([]byte, 16)))
	}
	texts := [][]byte{{}}
	for _, text := range b.Texts {
		last := &texts[len(texts)-1]
		if len(*last)+2*len(text) > 8000 {
			texts = append(texts, nil)
			last = &texts[len(texts)-1]
		}
		*last = append(*last, wideWithLength(text)...)
	}
	table := Record(0x00FC, uint32(len(b.Texts)), uint32(len(b.Texts)), texts[0])
	for _, more := range texts[1:] {
		table = append(table, Record(0x003C, more)...)
	}

	names := func(at int) (records []byte) {
		for _, sheet := range b.Sheets {
			units := len(utf16.Encode([]rune(sheet.Name)))
			records = append(records, Record(0x0085, uint32(at), sheet.State, sheet.Kind,
				byte(units), Wide(sheet.Name))...)
			at += len(begin) + len(sheet.Records) + len(end)
		}
		return records
	}
	before := Join(begin, b.Globals, styles, table)
	stream := Join(before, names(len(before)+len(names(0))+len(end)), end)
	for _, sheet := range b.Sheets {
		stream = Join(stream, begin, sheet.Records, end)
	}
	return stream
}

// File is the workbook as a file.
func (b Book) File() []byte { return Compound("Workbook", b.Stream()) }

// Compound is a file with one stream, whose sectors follow each other.
func Compound(name string, stream []byte) []byte {
	const (
		sector, small     = 512, 64
		isFree, isEnd     = 0xFFFFFFFF, 0xFFFFFFFE
		isTable, perTable = 0xFFFFFFFD, sector / 4
	)
	padded := func(data []byte, to int) []byte {
		return append(data[:len(data):len(data)], make([]byte, (to-len(data)%to)%to)...)
	}
	isSmall := len(stream) < 4096
	data := padded(stream, sector)
	var smallTable []byte
	if isSmall {
		for i := range (len(stream) + small - 1) / small {
			next := uint32(i + 1)
			if (i+1)*small >= len(stream) {
				next = isEnd
			}
			smallTable = binary.LittleEndian.AppendUint32(smallTable, next)
		}
		smallTable = padded(smallTable, sector)
	}

	// The file is the directory, the table of small sectors, the data, and the table of sectors.
	chains := []int{1, len(smallTable) / sector, len(data) / sector}
	used := chains[0] + chains[1] + chains[2]
	tables := 1
	for tables*perTable < used+tables {
		tables++
	}
	var table []byte
	for _, length := range chains {
		for i := range length {
			next := uint32(len(table)/4 + 1)
			if i == length-1 {
				next = isEnd
			}
			table = binary.LittleEndian.AppendUint32(table, next)
		}
	}
	for range tables {
		table = binary.LittleEndian.AppendUint32(table, isTable)
	}
	for len(table)%sector != 0 {
		table = binary.LittleEndian.AppendUint32(table, isFree)
	}

	entry := func(name string, kind byte, child, start, size uint32) []byte {
		out := make([]byte, 128)
		letters := Wide(name)[1:]
		copy(out, letters)
		binary.LittleEndian.PutUint16(out[64:], uint16(len(letters)+2))
		out[66] = kind
		for i, number := range []uint32{isFree, isFree, child} {
			binary.LittleEndian.PutUint32(out[68+4*i:], number)
		}
		binary.LittleEndian.PutUint32(out[116:], start)
		binary.LittleEndian.PutUint32(out[120:], size)
		return out
	}
	first := uint32(chains[0] + chains[1])
	root := entry("Root Entry", 5, 1, isEnd, 0)
	file := entry(name, 2, isFree, first, uint32(len(stream)))
	if isSmall {
		root = entry("Root Entry", 5, 1, first, uint32(len(data)))
		file = entry(name, 2, isFree, 0, uint32(len(stream)))
	}

	head := make([]byte, sector)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	put := func(at int, number uint32) { binary.LittleEndian.PutUint32(head[at:], number) }
	put(24, 0x0003003E)
	put(28, 0x0009FFFE)
	put(32, 6)
	put(44, uint32(tables))
	put(48, 0)
	put(56, 4096)
	put(60, isEnd)
	if len(smallTable) > 0 {
		put(60, 1)
		put(64, uint32(chains[1]))
	}
	put(68, isEnd)
	for i := range 109 {
		number := uint32(isFree)
		if i < tables {
			number = uint32(used + i)
		}
		put(76+4*i, number)
	}
	return Join(head, padded(Join(root, file), sector), smallTable, data, table)
}
