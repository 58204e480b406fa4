// Package biff reads the sheets of an old Excel workbook: .xls as Excel 97 to 2003 wrote it, and as
// many programs still export it (BIFF8, in an OLE compound file). The whole file is in memory: such
// a sheet has at most 65,536 rows.
package biff

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
)

// ErrDamaged is the error of a file that contains no workbook, or a damaged one.
var ErrDamaged = errors.New("is not a workbook, or a damaged one")

// endOfChain and larger numbers are not sectors.
const endOfChain = 0xFFFFFFFA

// compound is a compound file: a small file system whose files, called streams, are chains of
// sectors.
type compound struct {
	file   []byte
	sector int      // bytes
	fat    []uint32 // the sector behind each sector
	mini   []uint32 // the same for the small sectors
	small  []byte   // what the small sectors are in
}

const (
	headerSize  = 512
	entrySize   = 128
	smallSector = 64
	smallStream = 4096 // shorter streams are in small sectors
)

// workbookStream gives the stream of a compound file that holds a workbook.
func workbookStream(file []byte) ([]byte, error) {
	if len(file) < headerSize {
		return nil, ErrDamaged
	}
	shift := binary.LittleEndian.Uint16(file[30:])
	if shift != 9 && shift != 12 {
		return nil, ErrDamaged
	}
	c := &compound{file: file, sector: 1 << shift}
	if err := c.readTables(); err != nil {
		return nil, err
	}
	entries, err := c.chain(c.fat, binary.LittleEndian.Uint32(file[48:]), c.sectorAt)
	if err != nil || len(entries) < entrySize {
		return nil, ErrDamaged
	}

	// The root's own stream holds the small sectors.
	start, size := placeOf(entries)
	if c.small, err = c.chain(c.fat, start, c.sectorAt); err != nil {
		return nil, err
	}
	c.small = c.small[:min(size, uint64(len(c.small)))]

	found := childrenOf(entries)
	entry := found["workbook"]
	if entry == nil {
		entry = found["book"]
	}
	if entry == nil {
		return nil, ErrDamaged
	}
	start, size = placeOf(entry)
	var stream []byte
	if size < smallStream {
		stream, err = c.chain(c.mini, start, c.smallSectorAt)
	} else {
		stream, err = c.chain(c.fat, start, c.sectorAt)
	}
	if err != nil {
		return nil, err
	}
	return stream[:min(size, uint64(len(stream)))], nil
}

// readTables reads which sectors follow each other.
func (c *compound) readTables() error {
	sectors := (len(c.file) - headerSize) / c.sector
	listed := c.file[76:headerSize]
	next := binary.LittleEndian.Uint32(c.file[68:])
	for lists := 0; ; lists++ {
		for ; len(listed) >= 4; listed = listed[4:] {
			number := binary.LittleEndian.Uint32(listed)
			if number >= endOfChain || len(c.fat) > sectors {
				continue
			}
			part, ok := c.sectorAt(number)
			if !ok {
				return ErrDamaged
			}
			for ; len(part) >= 4; part = part[4:] {
				c.fat = append(c.fat, binary.LittleEndian.Uint32(part))
			}
		}
		if next >= endOfChain {
			break
		}
		list, ok := c.sectorAt(next)
		if !ok || len(list) != c.sector || lists > sectors {
			return ErrDamaged
		}
		listed, next = list[:c.sector-4], binary.LittleEndian.Uint32(list[c.sector-4:])
	}

	table, err := c.chain(c.fat, binary.LittleEndian.Uint32(c.file[60:]), c.sectorAt)
	for ; len(table) >= 4; table = table[4:] {
		c.mini = append(c.mini, binary.LittleEndian.Uint32(table))
	}
	return err
}

// sectorAt gives a sector. The last one of a file may be cut.
func (c *compound) sectorAt(number uint32) ([]byte, bool) {
	from := (int64(number) + 1) * int64(c.sector)
	if from >= int64(len(c.file)) {
		return nil, false
	}
	return c.file[from:min(from+int64(c.sector), int64(len(c.file)))], true
}

func (c *compound) smallSectorAt(number uint32) ([]byte, bool) {
	from := int64(number) * smallSector
	if from >= int64(len(c.small)) {
		return nil, false
	}
	return c.small[from:min(from+smallSector, int64(len(c.small)))], true
}

// chain joins the sectors from one on. A circular chain outgrows the file.
func (c *compound) chain(
	table []uint32, number uint32, at func(uint32) ([]byte, bool),
) (joined []byte, err error) {
	for number < endOfChain {
		part, ok := at(number)
		if !ok || int64(number) >= int64(len(table)) || len(joined) > len(c.file) {
			return nil, ErrDamaged
		}
		joined = append(joined, part...)
		number = table[number]
	}
	return joined, nil
}

// childrenOf gives the streams directly in the root, which are a tree by name. Embedded workbooks
// are deeper.
func childrenOf(entries []byte) map[string][]byte {
	found := map[string][]byte{}
	seen := map[uint32]bool{}
	pending := []uint32{binary.LittleEndian.Uint32(entries[76:])}
	for len(pending) > 0 {
		number := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		from := int64(number) * entrySize
		if from+entrySize > int64(len(entries)) || seen[number] {
			continue
		}
		seen[number] = true
		entry := entries[from : from+entrySize]
		pending = append(pending, binary.LittleEndian.Uint32(entry[68:]),
			binary.LittleEndian.Uint32(entry[72:]))

		const isStream = 2
		if size := binary.LittleEndian.Uint16(entry[64:]); entry[66] == isStream && size <= 64 {
			var name []uint16
			for i := 0; i+2 < int(size); i += 2 {
				name = append(name, binary.LittleEndian.Uint16(entry[i:]))
			}
			found[strings.ToLower(string(utf16.Decode(name)))] = entry
		}
	}
	return found
}

// placeOf gives the first sector of a stream and how long it is. Old programs leave rubbish in the
// upper half of the size.
func placeOf(entry []byte) (start uint32, size uint64) {
	return binary.LittleEndian.Uint32(entry[116:]),
		uint64(binary.LittleEndian.Uint32(entry[120:]))
}
