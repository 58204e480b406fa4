package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
)

// xlsx is an open workbook of which one sheet is read.
type xlsx struct {
	base    string // the file's name, for messages
	archive *archive
	book    *workbook
	options Options
	limits  Limits
	sheet   workbookSheet
	choice  headerChoice
	table   *excelTable // that the rows are; nil: they are none
	width   int         // columns of the table
	notes   []string

	tableParts map[string]*excelTable // as far as they were read, by part
	spare      []byte                 // a buffer of a reader that has ended

	uncomputed bool // the survey found formulas of the sheet that nobody has computed
}

// openXLSX opens a workbook, checks that all of it is whole, and chooses the sheet and its header.
func openXLSX(ctx context.Context, name string, options Options) (source, error) {
	x := &xlsx{base: filepath.Base(name), options: options, limits: options.Limits.orDefaults()}
	if err := x.open(ctx, name); err != nil {
		return nil, errors.Join(x.place(err), x.close())
	}
	return x, nil
}

func (x *xlsx) open(ctx context.Context, name string) error {
	var err error
	if x.archive, err = openArchive(ctx, name, x.limits.Unpacked); err != nil {
		return err
	}
	if x.book, err = readWorkbook(x.archive, x.limits, x.options.TempDir); err != nil {
		return err
	}
	if err := x.chooseSheet(); err != nil {
		return err
	}
	if x.options.Glance {
		return nil
	}
	return x.archive.verify()
}

// place puts the file's name before an error.
func (x *xlsx) place(err error) error { return named(x.base, err) }

func (x *xlsx) header() []string { return x.choice.names }

func (x *xlsx) info() Info {
	info := Info{Format: "xlsx", Sheet: x.sheet.name, HeaderRow: x.choice.row, Warnings: x.notes}
	for _, sheet := range x.book.sheets {
		info.Sheets = append(info.Sheets, Sheet{Name: sheet.name, Hidden: sheet.hidden})
	}
	return info
}

func (x *xlsx) close() error {
	var err error
	if x.book != nil {
		err = x.book.close()
	}
	if x.archive != nil {
		err = errors.Join(err, x.archive.close())
	}
	return err
}

// read opens a sheet's rows. Glance: only to find out which sheet to read.
func (x *xlsx) read(sheet workbookSheet, glance bool) (*sheetReader, error) {
	if sheet.part == "" {
		return nil, errors.New("its part is missing; the file is damaged")
	}
	part, err := x.archive.open(sheet.part)
	if err != nil {
		return nil, err
	}

	part.glance = glance
	reader := &sheetReader{
		part: part, book: x.book, limits: x.limits, uncomputed: x.book.uncomputed || x.uncomputed,
	}
	reader.spare, reader.xml.buffer, x.spare = &x.spare, x.spare, nil
	text, err := partText(part)
	if err == nil {
		reader.xml.reset(text)
		err = reader.begin()
	}
	if err != nil {
		return nil, errors.Join(err, part.Close())
	}
	return reader, nil
}

// close leaves its buffer to the next reader.
func (s *sheetReader) close() error {
	if len(s.xml.buffer) == xmlBuffer {
		*s.spare = s.xml.buffer
	}
	return s.part.Close()
}

// rows reads the sheet below its header.
func (x *xlsx) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		reader, err := x.read(x.sheet, false)
		if err != nil {
			yield(Row{}, x.fault(x.sheet, 0, err))
			return
		}
		defer reader.close()

		reader.row.grow(x.width)
		for below := x.choice.row == 0 || x.options.Above; ; {
			err := reader.next()
			switch row := &reader.row; {
			case err == io.EOF:
				return
			case err != nil:
				yield(Row{}, x.fault(x.sheet, reader.last, err))
				return
			case !below:
				below = row.number == x.choice.row
			case row.number < x.choice.first && !x.options.Above:
			case row.problem == nil && row.blank():
			default:
				given, err := x.give(row)
				if !yield(given, err) {
					return
				}
				clear(given.Cells) // its taker may have written where the next row has nothing
				clear(given.Kinds)
				clear(given.Signs)
			}
		}
	}
}

// give turns a row that was read into one of the table.
func (x *xlsx) give(row *sheetRow) (Row, error) {
	if x.table != nil {
		x.table.markTotals(row)
	}
	given := Row{
		Number: row.number, Cells: row.cells[:x.width], Kinds: row.kinds[:x.width],
		Total: row.total, Hidden: row.hidden,
	}
	if row.signed {
		given.Signs = row.signs[:x.width]
	}
	if row.problem == nil {
		return given, nil
	}

	row.problem.Row = row.number
	if row.column >= 0 && row.column < len(x.choice.names) {
		row.problem.Column = x.choice.names[row.column]
	}
	return given, row.problem
}

// fault says where a sheet cannot be read on, behind the file's name.
func (x *xlsx) fault(sheet workbookSheet, row int, err error) error {
	return fmt.Errorf("%s: %w", x.base, sheetFault(sheet, row, err))
}

func sheetFault(sheet workbookSheet, row int, err error) error {
	if row == 0 {
		return fmt.Errorf("sheet %q cannot be read: %w", sheet.name, err)
	}
	return fmt.Errorf("sheet %q cannot be read beyond row %d: %w", sheet.name, row, err)
}
