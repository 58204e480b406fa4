package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"ableimport/importer/table/grid"
	"ableimport/importer/table/opendocument"
)

// gridFile is a workbook of any format except XLSX: its reader gives all sheets in one pass, and
// their cells are interpreted like cells of XLSX.
type gridFile struct {
	format   string
	encoding string // "" if the format has only one
	typed    bool   // its cells have kinds
	isPage   bool   // it is a web page, whose tables have no names
	limits   Limits
	checks   checks // of the encoding
	book     *workbook
	heads    []headTaker // by sheet

	// begin starts a pass over the file. Glance: to find out which sheet to read.
	begin   func(options grid.Options, glance bool) (grid.Reader, io.Closer, error)
	whole   func() error // finds damage in what is not read
	changed func() bool  // reports whether the file differs from the one that was opened
	release func() error
	allowed int64 // bytes that repetitions may unfold to
	notes   []string
}

// headsText is how much text of the first rows is kept, for all sheets together.
const headsText = 64 << 20

// outline reads the whole file once, for the names of its sheets and their first rows.
func (f *gridFile) outline(header int) error {
	s, err := f.open(-1, true)
	if err != nil {
		return err
	}
	defer s.close()

	size, reader := 0, s.source.reader
	for {
		row, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return f.placed(reader, err)
		}

		for len(f.heads) <= row.Sheet {
			f.heads = append(f.heads, headTaker{wanted: headRows, header: header})
		}
		head := &f.heads[row.Sheet]
		before := head.size
		for i := 0; i < row.Repeat && !head.isFull(); i++ {
			if err := s.take(row, row.Number+i); err != nil {
				return f.placed(reader, err)
			}
			head.take(&s.row)
		}
		if size += head.size - before; size > headsText {
			return errors.New("the first rows of its sheets hold too much text: remove the " +
				"sheets that are not needed")
		}
	}

	f.book.from1904 = reader.From1904()
	for i, sheet := range reader.Sheets() {
		f.book.sheets = append(f.book.sheets, workbookSheet{
			name: sheet.Name, hidden: sheet.Hidden, slight: sheet.Slight,
			kind: "worksheet", part: strconv.Itoa(i + 1),
		})
	}
	isTable := func(head headTaker) bool {
		return slices.ContainsFunc(head.rows, func(row headRow) bool { return row.filled() > 1 })
	}
	switch {
	case f.isPage && !slices.ContainsFunc(f.heads, isTable):
		return errors.New("is a web page (HTML) without a table that has rows of several filled " +
			"cells: export it as CSV or XLSX")
	case len(f.book.sheets) == 0:
		return errors.New("the workbook has no sheets")
	}
	return nil
}

// placed says in which sheet reading ended.
func (f *gridFile) placed(reader grid.Reader, err error) error {
	if errors.Is(err, errXMLCut) {
		err = errors.New("it ends in the middle: export or download it again")
	}
	sheets := reader.Sheets()
	if len(sheets) == 0 {
		return err
	}
	sheet := workbookSheet{name: sheets[len(sheets)-1].Name}
	return fmt.Errorf("%s cannot be read: %w", f.book.called(sheet), err)
}

func (f *gridFile) head(sheet workbookSheet, _ int) (sheetHead, error) {
	number := sheet.number()
	if number >= len(f.heads) {
		return sheetHead{}, nil
	}
	return f.heads[number].sheetHead, nil
}

// number counts the sheets of a file whose sheets are no parts.
func (s workbookSheet) number() int {
	number, _ := strconv.Atoi(s.part)
	return number - 1
}

func (f *gridFile) read(sheet workbookSheet) (*sheetReader, error) {
	return f.open(sheet.number(), false)
}

func (f *gridFile) verify() error { return f.whole() }

func (f *gridFile) describe(info *Info) {
	info.Format, info.Encoding, info.Typed = f.format, f.encoding, f.typed
}

func (f *gridFile) close() error { return f.release() }

// open begins a pass over one sheet, or over all of them.
func (f *gridFile) open(sheet int, glance bool) (*sheetReader, error) {
	reader, closer, err := f.begin(grid.Options{
		Sheet: sheet, Cell: f.limits.Cell, Row: f.limits.Row,
	}, glance)
	if err != nil {
		return nil, err
	}
	return &sheetReader{
		limits: f.limits, book: &workbook{formats: []numberFormat{{}}, codes: []string{""}},
		source: &gridSource{file: f, reader: reader, closer: closer, sheet: sheet},
	}, nil
}

// gridSource is where a sheet reader has its rows from.
type gridSource struct {
	file     *gridFile
	reader   grid.Reader
	closer   io.Closer
	sheet    int
	row      *grid.Row
	given    int   // how often the row was given
	unfolded int64 // bytes that are not in the file, but repeated
	signs    map[[2]string]string
}

// nextOfGrid is next for all formats except XLSX.
func (s *sheetReader) nextOfGrid() error {
	g := s.source
	if g.row == nil || g.given == g.row.Repeat {
		row, err := g.reader.Next()
		switch {
		case err == io.EOF && g.file.changed():
			return errors.New("the file was changed while it was read: start again")
		case err == io.EOF:
			if sheets := g.reader.Sheets(); g.sheet < len(sheets) {
				s.remarks.hiddenColumns = sheets[g.sheet].HiddenColumns
			}
			return io.EOF
		case err != nil:
			return err
		}

		g.row, g.given = row, 0
		for _, merged := range row.Merged {
			s.remarks.note(mergedRange{
				merged.FirstColumn, merged.FirstRow, merged.LastColumn, merged.LastRow,
			})
		}
		if g.unfold(); g.unfolded > g.file.allowed {
			return errBomb
		}
	}

	g.given++
	return s.take(g.row, g.row.Number+g.given-1)
}

// unfold counts what the repetitions of a row and its cells unfold to.
func (g *gridSource) unfold() {
	const perCell = 16
	row := g.row
	size := int64(0)
	for i := range row.Cells {
		cell := &row.Cells[i]
		size += int64(cell.Repeat) * int64(len(row.Value(cell))+perCell)
	}
	g.unfolded += size*int64(row.Repeat) - int64(len(row.Text)+perCell*len(row.Cells))
}

// take interprets the cells of a row.
func (s *sheetReader) take(row *grid.Row, number int) error {
	s.row.clear()
	s.row.number, s.row.hidden = number, row.Hidden
	if row.Hidden {
		s.remarks.hiddenRows++
	}
	if row.Problem != "" {
		s.row.fail(row.Column, []byte(row.Excerpt), row.Problem)
	}

	s.book.from1904 = s.source.reader.From1904()
	if codes := s.source.reader.Formats(); len(codes) > len(s.book.codes) {
		for _, code := range codes[len(s.book.codes):] {
			s.book.formats = append(s.book.formats, parseFormat(code))
			s.book.codes = append(s.book.codes, code)
		}
	}

	for i := range row.Cells {
		cell := &row.Cells[i]
		if most := min(s.limits.Columns, sheetColumns); cell.Column+cell.Repeat > most {
			return fmt.Errorf("row %d has a cell beyond the %d columns that are allowed",
				number, most)
		}
		for column := cell.Column; column < cell.Column+cell.Repeat; column++ {
			s.takeCell(row, cell, column)
			if err := s.checkSize(); err != nil {
				return err
			}
		}
	}

	if fault := s.source.file.checks.fault(s.row.text); fault != "" {
		s.row.fail(-1, s.row.text, fault)
	}
	return s.endRow()
}

// takeCell interprets one cell.
func (s *sheetReader) takeCell(row *grid.Row, from *grid.Cell, column int) {
	value := row.Value(from)
	cell := sheetCell{
		column: column, kind: typeString, style: from.Format, formula: from.Computed, value: true,
	}
	if from.Kind == grid.Number {
		cell.kind = typeNumber
	}
	if from.Computed {
		s.formula = sheetFormula{text: append(s.formula.text[:0], row.Formula(from)...)}
	}

	if s.survey {
		if len(value) > 0 || from.Computed {
			s.row.width = max(s.row.width, column+1)
			s.remarks.noteFilled(column, s.row.number)
		}
		if from.Computed {
			s.surveyResult(&cell, value)
		}
		return
	}

	if s.explain != nil {
		s.explain(&cell, value)
	}
	if from.Kind != grid.Text {
		value = bytes.TrimSpace(value)
	}
	switch from.Kind {
	case grid.Number:
		s.setNumber(&cell, value)
		if column < len(s.row.kinds) && s.row.kinds[column] == Number && from.Sign != "" {
			s.row.sign(column, s.source.signOf(s.row.signs[column], from.Sign))
		}
	case grid.Moment:
		s.setMoment(&cell, value)
	case grid.Bool:
		s.setBool(&cell, value)
	case grid.NoValue:
		s.row.set(column, nil, NoValue)
	default:
		begin := len(s.row.text)
		s.row.text = append(s.row.text, value...)
		if value = s.row.text[begin:]; from.Kind == grid.Error {
			s.row.set(column, value, Error)
		} else {
			s.setText(column, value)
		}
	}
	if from.Computed {
		s.judgeResult(&cell, value)
	}
}

// signOf joins what a number format shows with the currency that the cell names: together they say
// more, like $ and CAD, or contradict each other.
func (g *gridSource) signOf(shown, named string) string {
	if shown == "" || shown == named {
		return named
	}
	key := [2]string{shown, named}
	if g.signs == nil {
		g.signs = map[[2]string]string{}
	}
	joined, known := g.signs[key]
	if !known {
		joined = shown + " " + named
		if len(g.signs) < 1000 {
			g.signs[key] = joined
		}
	}
	return joined
}

// setMoment reads a date, a time or a duration in ISO 8601 like the number that XLSX would have: by
// what the number format shows of it.
func (s *sheetReader) setMoment(cell *sheetCell, raw []byte) {
	var format numberFormat
	if cell.style < len(s.book.formats) {
		format = s.book.formats[cell.style]
	}

	from := len(s.row.text)
	duration, isDuration := parseISODuration(raw)
	clock, isClock := sinceEpoch(raw, s.book.from1904)
	if !isDuration && isClock && format.temporal() && !format.date {
		duration, isDuration = &clock, true
	}
	isTime := isDuration && duration != nil && !duration.negative &&
		(duration.days == 0 || format.temporal()) && !format.elapsed
	switch {
	case isTime:
		if !format.temporal() {
			format.time = true
		}
		text, kind := appendSerial(s.row.text, raw, *duration, true, format, s.book.from1904)
		s.row.text = text
		s.row.set(cell.column, text[from:], kind)
		return
	case isDuration && duration != nil && isClock:
		s.row.text = appendDuration(s.row.text, *duration)
		s.row.set(cell.column, s.row.text[from:], Duration)
		return
	case format.time && len(raw) == len("2006-01-02"):
		raw = append(append([]byte(nil), raw...), "T00:00:00"...)
	}
	s.setISO(cell, raw)
}

// sinceEpoch reads a moment of the first years that spreadsheets know, which is how a time of day
// or a duration is written as a date.
func sinceEpoch(raw []byte, from1904 bool) (since serial, ok bool) {
	if len(raw) < 4 || string(raw[:4]) < "1899" || string(raw[:4]) > "1904" {
		return serial{}, false
	}
	at, err := time.Parse("2006-01-02T15:04:05", string(raw))

	epoch := time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	if from1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if !at.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
		epoch = epoch.AddDate(0, 0, -1) // spreadsheets count a 29 February 1900
	}

	at = at.Round(time.Millisecond)
	if err != nil || at.Before(epoch) {
		return serial{}, false
	}
	millis := at.Sub(epoch).Milliseconds()
	return serial{days: millis / millisPerDay, millis: millis % millisPerDay}, true
}

// gridXML is the scanner of XLSX for the readers of other formats.
type gridXML struct{ xmlScanner }

func newGridXML(in io.Reader) *gridXML {
	x := &gridXML{}
	x.reset(in)
	return x
}

func (x *gridXML) Next() (grid.Token, error) {
	token, err := x.next()
	return grid.Token(token), err
}

func (x *gridXML) Name() []byte { return x.name }

func (x *gridXML) Parent() []byte { return x.parent() }

func (x *gridXML) Depth() int { return len(x.starts) }

func (x *gridXML) Skip() error { return x.skip() }

func (x *gridXML) Attribute(i int) (name, value []byte) {
	if i >= len(x.attributes) {
		return nil, nil
	}
	attribute := &x.attributes[i]
	return attribute.name, attribute.value
}

func (x *gridXML) AppendText(dst []byte) ([]byte, error) {
	if x.verbatim {
		return append(dst, x.text...), nil
	}
	return x.AppendDecoded(dst, x.text)
}

// controlReference is a control character as Excel writes it into an XML Spreadsheet, although XML
// does not allow it.
var controlReference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`&#(?:x0*1?[0-9A-Fa-f]|0*(?:[0-9]|[12][0-9]|3[01]));`)
})

func (x *gridXML) AppendDecoded(dst, raw []byte) ([]byte, error) {
	text, err := appendXMLText(dst, raw)
	if err != errEntity {
		return text, err
	}
	raw = controlReference().ReplaceAllFunc(raw, func(reference []byte) []byte {
		base, digits := 10, string(reference[2:len(reference)-1])
		if digits[0] == 'x' {
			base, digits = 16, digits[1:]
		}
		if code, err := strconv.ParseUint(digits, base, 8); err == nil && code > 0 {
			return []byte{byte(code)}
		}
		return reference
	})
	return appendXMLText(dst, raw)
}

// openOpenDocument opens an .ods.
func openOpenDocument(ctx context.Context, name string, options Options) (source, error) {
	base := filepath.Base(name)
	archive, err := openArchive(ctx, name, options.Limits.orDefaults().Unpacked)
	if err != nil {
		return nil, named(base, err)
	}

	const content, namedStyles = "content.xml", "styles.xml"
	manifest, err := archive.readSmall("META-INF/manifest.xml")
	switch {
	case err != nil:
	case bytes.Contains(manifest, []byte("encryption-data")):
		err = errors.New("is protected by a password: open it, remove the password and save it " +
			"again")
	case !archive.has(content):
		err = errors.New("is an OpenDocument file without content, so it is damaged: export or " +
			"download it again")
	}
	var styles []byte
	if err == nil && archive.has(namedStyles) {
		styles, err = archive.readSmall(namedStyles)
	}
	if err != nil {
		return nil, errors.Join(named(base, err), archive.close())
	}

	source, err := openGrid(base, options, &gridFile{
		format: "ods", typed: true, checks: checks{invalid: true}, allowed: archive.allowed(),
		begin: func(options grid.Options, glance bool) (grid.Reader, io.Closer, error) {
			part, err := archive.open(content)
			if err != nil {
				return nil, nil, err
			}
			part.glance = glance
			text, err := partText(part)
			if err != nil {
				return nil, nil, errors.Join(fmt.Errorf("its part %s %w", content, err),
					part.Close())
			}

			var reader *opendocument.Reader
			if styles == nil {
				reader, err = opendocument.New(newGridXML(text), nil, options)
			} else {
				reader, err = opendocument.New(newGridXML(text),
					newGridXML(bytes.NewReader(styles)), options)
			}
			if err != nil {
				return nil, nil, errors.Join(err, part.Close())
			}
			return reader, part, nil
		},
		whole: archive.verify, changed: func() bool { return false }, release: archive.close,
	})
	if err != nil {
		return nil, named(base, err)
	}
	return source, nil
}

// openGrid chooses the sheet and header of a workbook that is not XLSX. Its error does not name the
// file.
func openGrid(base string, options Options, file *gridFile) (source, error) {
	file.limits, file.book = options.Limits.orDefaults(), &workbook{isPage: file.isPage}
	x := &spreadsheet{
		base: base, file: file, book: file.book, options: options, notes: file.notes,
	}
	err := file.outline(options.Header)
	if err == nil {
		err = x.choose()
	}
	if err != nil {
		return nil, errors.Join(err, file.close())
	}
	return x, nil
}
