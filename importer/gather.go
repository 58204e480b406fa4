package importer

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"

	"ableimport/importer/spill"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// gathered holds the rows of an input whose groups are not in one piece: the rows in a private
// file, and records that put them in order, by the first row of their group and then by their own
// place. Memory stays bounded: both sorts spill.
type gathered struct {
	rows  *os.File
	order *spill.Sorter
}

const (
	gatherKeySize   = 16 + 8 + 8 + 4 // key hash, number of the row, place and length in the file
	gatherOrderSize = 8 + 8 + 8 + 4  // number of the group's first row, and the same
)

// gather puts the rows of scattered groups together.
func (im *Import) gather(ctx context.Context, in *input) error {
	file, err := os.CreateTemp(im.temp, "rows-*")
	if err != nil {
		return fmt.Errorf("gather rows: %w", err)
	}

	in.gathered = &gathered{rows: file, order: spill.NewSorter(im.temp, gatherOrderSize)}
	mapper, err := im.bind(in)
	if err != nil {
		return err
	}

	g := &gatherer{mapper: mapper, out: bufio.NewWriterSize(file, 256<<10),
		keys: spill.NewSorter(im.temp, gatherKeySize)}
	defer g.keys.Close()

	if err := g.read(ctx, in); err != nil {
		return err
	}

	return g.sort(in.gathered.order)
}

// A gatherer writes the rows of one input. Each row waits for the next, since a damaged row after
// it holds it, and so does one that does not say whose it is.
type gatherer struct {
	mapper  *mapping.Mapper
	out     *bufio.Writer
	offset  uint64
	count   uint64
	keys    *spill.Sorter
	waiting rowBuffer
	ended   bool            // a row that is not data ends the group of the waiting one
	held    *table.RowError // what holds the waiting row; nil: nothing
	next    *table.RowError // ... the next row
	row     []byte
	buffer  []byte
}

func (g *gatherer) read(ctx context.Context, in *input) error {
	for row, err := range in.tableRows() {
		switch {
		case damageOf(err) != nil && in.corrected[row.Number] != nil:
			continue
		case damageOf(err) != nil && g.passedOver(cell.Row(row), damageOf(err)):
			continue // the walk through the file yields it
		case damageOf(err) != nil:
			g.held = &table.RowError{Row: row.Number}
			g.next = g.held
			if err := g.hold(cell.Row(row), g.held); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		case row.Number&0xfff == 0 && ctx.Err() != nil:
			return context.Cause(ctx)
		}

		skip := g.mapper.Admit(cell.Row(row))
		if skip == nil {
			skip = in.corrected[row.Number]
		}
		if skip != nil {
			g.ended = g.ended || !skip.Within()
			continue // the walk through the file yields it
		}

		if g.held == nil && g.goesOn(cell.Row(row)) {
			g.held = &table.RowError{Row: row.Number, Message: keyless}
		}
		if err := g.write(); err != nil {
			return err
		}

		g.waiting.add(cell.Row(row), nil)
		g.ended, g.held, g.next = false, g.next, nil
	}

	if err := g.write(); err != nil {
		return err
	}

	return g.out.Flush()
}

// goesOn reports whether only its place says that a row belongs to the group of the waiting one.
func (g *gatherer) goesOn(row cell.Row) bool {
	return !g.waiting.empty() && !g.ended && len(g.mapper.Key(row)) == 0 &&
		len(g.mapper.Key(g.waiting.rows[0])) > 0 && g.mapper.Continues(row)
}

// passedOver reports whether a damaged row is not data.
func (g *gatherer) passedOver(row cell.Row, bad *table.RowError) bool {
	if bad.HeaderAgain {
		return g.mapper.Admit(row) != nil
	}
	return g.mapper.AdmitDamaged(row) != nil
}

// hold notes a damaged row, without its cells, in the group whose key it shows: the group may be
// incomplete.
func (g *gatherer) hold(row cell.Row, bad *table.RowError) error {
	key := g.mapper.Key(row)
	if len(key) == 0 {
		return nil
	}
	return g.put(key, cell.Row{Number: row.Number}, bad)
}

// write puts the waiting row into the file.
func (g *gatherer) write() error {
	if g.waiting.empty() {
		return nil
	}

	row := g.waiting.rows[0]
	key := g.mapper.Key(row)
	if len(key) == 0 { // a group of its own
		key = binary.BigEndian.AppendUint64([]byte("row "), g.count)
	}
	if err := g.put(key, row, g.held); err != nil {
		return err
	}

	g.waiting.reset()
	return nil
}

// put writes a row of the group with this key.
func (g *gatherer) put(key []byte, row cell.Row, held *table.RowError) error {
	g.row = appendRow(g.row[:0], row, held)
	if _, err := g.out.Write(g.row); err != nil {
		return fmt.Errorf("gather rows: %w", err)
	}

	hash := sha256.Sum256(key)
	g.buffer = append(g.buffer[:0], hash[:16]...)
	g.buffer = binary.BigEndian.AppendUint64(g.buffer, g.count)
	g.buffer = binary.BigEndian.AppendUint64(g.buffer, g.offset)
	g.buffer = binary.BigEndian.AppendUint32(g.buffer, uint32(len(g.row)))
	g.offset += uint64(len(g.row))
	g.count++
	return g.keys.Add(g.buffer)
}

// sort turns the order by key into the order by the groups' first rows.
func (g *gatherer) sort(order *spill.Sorter) error {
	var key [16]byte
	var first []byte
	for raw, err := range g.keys.Records() {
		if err != nil {
			return err
		}
		if first == nil || key != [16]byte(raw) {
			key, first = [16]byte(raw), append(first[:0], raw[16:24]...)
		}
		g.buffer = append(append(g.buffer[:0], first...), raw[16:]...)
		if err := order.Add(g.buffer); err != nil {
			return err
		}
	}

	return nil
}

func (g *gathered) close() error {
	return errors.Join(g.order.Close(), g.rows.Close(), os.Remove(g.rows.Name()))
}

// A gatheredRow is one row in the order of the groups.
type gatheredRow struct {
	group uint64 // number of the group's first row
	raw   []byte // for readRow
}

// all yields the rows, all rows of a group together. The raw row is only good until the next.
func (g *gathered) all() iter.Seq2[gatheredRow, error] {
	return func(yield func(gatheredRow, error) bool) {
		var raw []byte
		for record, err := range g.order.Records() {
			if err != nil {
				yield(gatheredRow{}, err)
				return
			}

			length := int(binary.BigEndian.Uint32(record[24:]))
			raw = append(raw[:0], make([]byte, length)...)
			if _, err := g.rows.ReadAt(raw,
				int64(binary.BigEndian.Uint64(record[16:]))); err != nil {
				yield(gatheredRow{}, fmt.Errorf("read gathered rows: %w", err))
				return
			}
			if !yield(gatheredRow{binary.BigEndian.Uint64(record), raw}, nil) {
				return
			}
		}
	}
}

// withSign marks the kind of a cell whose text is followed by what its number format shows beside
// it.
const withSign = 0x80

// appendRow writes a row: the number of the row that holds it, its own number, and each cell as
// kind, length and text.
func appendRow(dst []byte, row cell.Row, held *table.RowError) []byte {
	if held == nil {
		held = new(table.RowError)
	}
	isKeyless := byte(0)
	if held.Message == keyless {
		isKeyless = 1
	}
	dst = append(binary.BigEndian.AppendUint32(dst, uint32(held.Row)), isKeyless)
	dst = binary.AppendUvarint(dst, uint64(row.Number))
	for i, value := range row.Cells {
		kind := cell.Text
		if i < len(row.Kinds) {
			kind = row.Kinds[i]
		}

		sign := ""
		if i < len(row.Signs) {
			sign = row.Signs[i]
		}
		if sign != "" {
			kind |= withSign
		}

		dst = append(dst, kind)
		dst = binary.AppendUvarint(dst, uint64(len(value)))
		dst = append(dst, value...)
		if sign != "" {
			dst = binary.AppendUvarint(dst, uint64(len(sign)))
			dst = append(dst, sign...)
		}
	}

	return dst
}

// readRow is the inverse of appendRow. The row's cells point into raw.
func readRow(raw []byte, row *cell.Row) (held *table.RowError) {
	if number := binary.BigEndian.Uint32(raw); number > 0 {
		held = &table.RowError{Row: int(number)}
		if raw[4] != 0 {
			held.Message = keyless
		}
	}

	raw = raw[5:]
	number, n := binary.Uvarint(raw)
	row.Number, row.Cells, row.Kinds, row.Signs = int(number), row.Cells[:0], row.Kinds[:0],
		row.Signs[:0]
	for raw = raw[n:]; len(raw) > 0; {
		length, n := binary.Uvarint(raw[1:])
		kind := raw[0]
		row.Kinds = append(row.Kinds, kind&^withSign)
		raw = raw[1+n:]
		row.Cells = append(row.Cells, raw[:length])
		raw = raw[length:]
		if kind&withSign != 0 {
			length, n := binary.Uvarint(raw)
			for len(row.Signs) < len(row.Cells)-1 {
				row.Signs = append(row.Signs, "")
			}
			row.Signs = append(row.Signs, string(raw[n:n+int(length)]))
			raw = raw[n+int(length):]
		}
	}

	return held
}
