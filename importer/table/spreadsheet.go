package table

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"ableimport/importer/table/grid"
)

// spreadsheet is an open workbook, of any format, and the sheet that is read.
type spreadsheet struct {
	base    string // the file's name, for messages
	file    workbookFile
	book    *workbook
	options Options
	sheet   workbookSheet
	choice  headerChoice
	table   *excelTable // that the rows are; nil: they are not a table
	width   int         // columns of the table
	notes   []string

	tape       *sheetTape // of the chosen sheet; nil: its rows are read from the file
	uncomputed bool       // the survey found formulas of the sheet that nobody has computed
}

// workbookFile is where the sheets are: the parts of an XLSX, or a file of another format.
type workbookFile interface {
	// head gives the first rows of a sheet, and the row of the header if it is known.
	head(sheet workbookSheet, header int) (sheetHead, error)
	read(sheet workbookSheet) (*sheetReader, error)
	verify() error // finds damage in what is not read
	describe(info *Info)
	close() error
}

// choose chooses the sheet and its header, once the sheets are known, and checks that the whole
// file is good.
func (x *spreadsheet) choose() error {
	if err := x.chooseSheet(); err != nil || x.options.Glance {
		return err
	}
	return x.file.verify()
}

// place puts the file's name before an error.
func (x *spreadsheet) place(err error) error { return named(x.base, err) }

func (x *spreadsheet) header() []string { return x.choice.names }

func (x *spreadsheet) above() [][]string { return x.choice.above }

func (x *spreadsheet) info() Info {
	info := Info{Sheet: x.sheet.name, HeaderRow: x.choice.row, Warnings: x.notes}
	for _, sheet := range x.book.sheets {
		info.Sheets = append(info.Sheets, Sheet{Name: sheet.name, Hidden: sheet.hidden})
	}
	if x.book.isPage && len(x.book.sheets) == 1 {
		info.Sheet = ""
	} else if x.book.isPage {
		info.Table = x.sheet.number() + 1
	}
	x.file.describe(&info)
	return info
}

func (x *spreadsheet) close() error {
	return errors.Join(x.tape.close(), x.file.close())
}

// read opens the rows of the chosen sheet, as the file has them.
func (x *spreadsheet) read() (*sheetReader, error) {
	reader, err := x.file.read(x.sheet)
	if err == nil {
		reader.uncomputed = reader.uncomputed || x.uncomputed
	}
	return reader, err
}

// again opens the rows of the chosen sheet, as its survey kept them if it could.
func (x *spreadsheet) again() (*sheetReader, error) {
	if x.tape == nil {
		return x.read()
	}
	return &sheetReader{
		book: x.book, limits: x.options.Limits, uncomputed: x.book.uncomputed || x.uncomputed,
		kept: x.tape.read(),
	}, nil
}

// rows reads the sheet below its header.
func (x *spreadsheet) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		reader, err := x.again()
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

// give turns a row that was read into a row of the table.
func (x *spreadsheet) give(row *sheetRow) (Row, error) {
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

// fault says where a sheet cannot be read on, after the file's name.
func (x *spreadsheet) fault(sheet workbookSheet, row int, err error) error {
	return fmt.Errorf("%s: %w", x.base, x.sheetFault(sheet, row, err))
}

func (x *spreadsheet) sheetFault(sheet workbookSheet, row int, err error) error {
	if row == 0 {
		return fmt.Errorf("%s cannot be read: %w", x.book.called(sheet), err)
	}
	return fmt.Errorf("%s cannot be read beyond row %d: %w", x.book.called(sheet), row, err)
}

// surveySheet reads the sheet to its end once, for two reasons: a damaged sheet must be noticed
// before its first row is used, and only the end shows how wide the table is.
func (x *spreadsheet) surveySheet(head sheetHead) error {
	reader, err := x.read()
	if err != nil {
		return x.sheetFault(x.sheet, 0, err)
	}
	defer reader.close()

	if reader.source == nil {
		reader.tape = newSheetTape(x.options.TempDir, reader.ended)
	}
	reader.remarks.header = x.choice.row
	for reader.survey = true; err == nil; {
		err = reader.next()
	}
	if err != io.EOF {
		return errors.Join(x.sheetFault(x.sheet, reader.last, err), reader.tape.close())
	}
	x.tape = reader.tape.end()

	if x.book.strings != nil {
		x.book.strings.sort(x.options.TempDir)
	}
	x.width = max(reader.remarks.width, x.width)
	x.uncomputed = reader.remarks.constants > 0
	x.padHeader()
	x.notes = append(append(x.notes, x.choice.warnings...), reader.remarks.sentences()...)
	x.nameMerged(head, reader.remarks)
	return nil
}

// nameMerged gives columns the headings that are merged down to them from rows above the header,
// and reports headings that are merged over several columns with values: nobody can say which of
// these the name means.
func (x *spreadsheet) nameMerged(head sheetHead, remarks sheetRemarks) {
	for _, merged := range remarks.headings {
		if merged.firstColumn >= len(x.choice.names) {
			continue
		}
		name := &x.choice.names[merged.firstColumn]
		for _, row := range head.rows {
			if *name == "" && row.number == merged.firstRow && merged.firstColumn < len(row.cells) {
				*name = trimName(row.cells[merged.firstColumn])
			}
		}

		var unnamed []string
		last := min(merged.lastColumn, len(remarks.filled)-1)
		for column := merged.firstColumn + 1; column <= last; column++ {
			if remarks.filled[column] && x.choice.names[column] == "" {
				unnamed = append(unnamed, grid.Letters(column))
			}
		}

		if len(unnamed) > 0 {
			x.notes = append(x.notes, fmt.Sprintf("the heading %q is merged over columns %s to "+
				"%s: it names column %s only; values without a name are in column %s. Give "+
				"each column a heading of its own",
				*name, grid.Letters(merged.firstColumn), grid.Letters(merged.lastColumn),
				grid.Letters(merged.firstColumn), enumerate(unnamed)))
		}
	}
}

// padHeader names the columns after the header's last one.
func (x *spreadsheet) padHeader() {
	for column := len(x.choice.names); column < x.width; column++ {
		name := ""
		if x.choice.row == 0 {
			name = ColumnName(column)
		}
		x.choice.names = append(x.choice.names, name)
	}
}

// sentences tells people what they may not see in their spreadsheet program.
func (r sheetRemarks) sentences() []string {
	var told []string
	if r.hiddenRows > 0 {
		told = append(told, fmt.Sprintf("hidden rows (by a filter, say) are read like the "+
			"others: %d", r.hiddenRows))
	}
	if r.hiddenColumns > 0 {
		told = append(told, "hidden columns are read like the others")
	}
	if r.mergedDown > 0 {
		told = append(told, fmt.Sprintf("merged cells that span several rows hold their value in "+
			"the first row only: %d", r.mergedDown))
	}
	return append(told, r.formulaSentences()...)
}
