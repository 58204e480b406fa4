package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"ableimport/importer/table/grid"
)

// workbook is what an XLSX file says about all of its sheets.
type workbook struct {
	sheets   []workbookSheet
	from1904 bool           // dates count from 1904 instead of 1900
	formats  []numberFormat // by the cells' style number; nil: the file has no styles
	codes    []string       // the same, as they are written
	strings  *sharedStrings // nil: the file has no string table

	uncomputed bool // it says that its formulas must be computed when it is opened
	isPage     bool // a web page, with tables instead of sheets
}

type workbookSheet struct {
	name   string
	hidden bool
	slight bool   // it holds less than a table, such as a title
	kind   string // "worksheet"; "chartsheet" and others have no cells
	part   string // name of its part; "": the file does not say
}

// xlsx is the parts of an XLSX file.
type xlsx struct {
	archive *archive
	book    *workbook
	limits  Limits

	tableParts map[string]*excelTable // those read so far, by part
	spare      []byte                 // a buffer of a reader that has ended
}

// openXLSX opens a workbook, checks that it is complete, and chooses the sheet and its header.
func openXLSX(ctx context.Context, name string, options Options) (source, error) {
	options.Limits = options.Limits.orDefaults()
	file := &xlsx{limits: options.Limits}
	x := &spreadsheet{base: filepath.Base(name), file: file, options: options}
	if err := file.open(ctx, name, options.TempDir); err != nil {
		return nil, errors.Join(x.place(err), x.close())
	}
	x.book = file.book
	if err := x.choose(); err != nil {
		return nil, errors.Join(x.place(err), x.close())
	}
	return x, nil
}

func (x *xlsx) open(ctx context.Context, name, tempDir string) error {
	var err error
	if x.archive, err = openArchive(ctx, name, x.limits.Unpacked); err != nil {
		return err
	}
	x.book, err = readWorkbook(x.archive, x.limits, tempDir)
	return err
}

func (x *xlsx) verify() error { return x.archive.verify() }

func (x *xlsx) describe(info *Info) { info.Format, info.Typed = "xlsx", true }

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

func (x *xlsx) head(sheet workbookSheet, header int) (sheetHead, error) {
	tables, err := x.tablesOf(sheet)
	if err != nil {
		return sheetHead{}, err
	}

	reader, err := x.readPart(sheet, true)
	if err != nil {
		return sheetHead{}, err
	}
	defer reader.close()
	if header == 0 && len(tables) == 1 {
		header = tables[0].headerRow()
	}
	head, err := reader.head(headRows, header)
	head.tables = tables
	return head, err
}

func (x *xlsx) read(sheet workbookSheet) (*sheetReader, error) { return x.readPart(sheet, false) }

// readPart opens a sheet's rows. Glance: only to find out which sheet to read.
func (x *xlsx) readPart(sheet workbookSheet, glance bool) (*sheetReader, error) {
	if sheet.part == "" {
		return nil, errors.New("its part is missing; the file is damaged")
	}
	part, err := x.archive.open(sheet.part)
	if err != nil {
		return nil, err
	}

	part.glance = glance
	content := io.ReadCloser(part)
	if !glance {
		content = part.ahead()
	}
	reader := &sheetReader{
		part: content, book: x.book, limits: x.limits, uncomputed: x.book.uncomputed,
		ended: x.archive.ended,
	}
	reader.spare, reader.xml.buffer, x.spare = &x.spare, x.spare, nil
	text, err := partText(content)
	if err == nil {
		reader.xml.reset(text)
		err = reader.begin()
	}
	if err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return reader, nil
}

// close leaves its buffer to the next reader.
func (s *sheetReader) close() error {
	switch {
	case s.source != nil:
		return s.source.closer.Close()
	case s.kept != nil:
		s.kept.stop()
		return nil
	}
	if len(s.xml.buffer) == xmlBuffer {
		*s.spare = s.xml.buffer
	}
	return s.part.Close()
}

// readWorkbook reads everything but the cells.
func readWorkbook(a *archive, limits Limits, tempDir string) (*workbook, error) {
	name, err := workbookPart(a)
	if err != nil {
		return nil, err
	}

	relations, err := a.relationships(name)
	if err != nil {
		return nil, err
	}

	stringsPart, err := only(relations, "sharedStrings")
	if err != nil {
		return nil, err
	}
	stylesPart, err := only(relations, "styles")
	if err != nil {
		return nil, err
	}

	book := &workbook{}
	if err := book.readOutline(a, name, relations); err != nil {
		return nil, err
	}
	if stylesPart != "" { // without them a date would look like a number: they must not be missing
		if err := book.readStyles(a, stylesPart); err != nil {
			return nil, err
		}
	}
	if stringsPart == "" || !a.has(stringsPart) {
		return book, nil
	}
	return book, book.readStrings(a, stringsPart, limits, tempDir)
}

// workbookPart finds the part that lists the sheets. The relationships of the package decide: what
// is at the usual place may be an older version.
func workbookPart(a *archive) (string, error) {
	const missing = "the file is not a workbook, or a damaged one: %s is missing; " +
		"save it again as .xlsx"
	if !a.has("[Content_Types].xml") {
		return "", fmt.Errorf(missing, "[Content_Types].xml")
	}

	relations, err := a.relationships("")
	if err != nil {
		return "", err
	}

	part, err := only(relations, "officeDocument")
	switch {
	case err != nil:
		return "", err
	case part == "" && a.has("xl/workbook.xml"):
		return "xl/workbook.xml", nil
	case part == "":
		part = "xl/workbook.xml"
	}

	if !a.has(part) {
		return "", fmt.Errorf(missing, part)
	}
	return part, nil
}

// readOutline reads the part that lists the sheets.
func (b *workbook) readOutline(a *archive, part string, relations map[string]relationship) error {
	content, err := a.readSmall(part)
	if err != nil {
		return err
	}

	err = eachElement(content, func(x *xmlScanner) error {
		switch name := string(x.name); {
		case len(x.starts) == 1 && name != "workbook":
			return fmt.Errorf("its root element is <%.40s>", name)
		case string(x.parent()) == "workbook" && name == "workbookPr": // extensions have one, too
			b.from1904 = grid.IsTrue(x.attribute("date1904"))
		case string(x.parent()) == "workbook" && name == "calcPr":
			b.uncomputed = grid.IsTrue(x.attribute("fullCalcOnLoad"))
		case name == "sheet" && string(x.parent()) == "sheets":
			return b.addSheet(x, relations)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("its part %s is damaged: %w", path.Base(part), err)
	}

	if len(b.sheets) == 0 {
		return errors.New("the workbook has no sheets")
	}
	return nil
}

func (b *workbook) addSheet(x *xmlScanner, relations map[string]relationship) error {
	name, err := appendXMLText(nil, x.attribute("name"))
	if err != nil {
		return err
	}
	relation := relations[string(x.prefixedAttribute("id"))]
	state := string(x.attribute("state"))
	b.sheets = append(b.sheets, workbookSheet{
		name: string(name), hidden: state != "" && state != "visible",
		kind: relation.kind, part: relation.target,
	})
	return nil
}

func (b *workbook) readStrings(a *archive, name string, limits Limits, tempDir string) error {
	opened, err := a.open(name)
	if err != nil {
		return err
	}

	part := opened.ahead()
	text, err := partText(part)
	if err == nil {
		b.strings, err = readSharedStrings(text, limits.Cell, tempDir)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("its string table cannot be read: %w", err), part.Close())
	}
	return part.Close()
}

func (b *workbook) close() error {
	if b.strings == nil {
		return nil
	}
	return b.strings.close()
}

// readStyles takes the number format of each cell style.
func (b *workbook) readStyles(a *archive, part string) error {
	content, err := a.readSmall(part)
	if err != nil {
		return err
	}

	styles := styleReader{custom: map[int]numberFormat{}, written: map[int]string{}}
	if err := eachElement(content, styles.element); err != nil {
		return fmt.Errorf("its part %s is damaged: %w", path.Base(part), err)
	}

	b.formats, b.codes = []numberFormat{}, nil
	for _, id := range styles.cells {
		format, ok := styles.custom[id]
		code := styles.written[id]
		if !ok {
			format, code = builtinFormat(id), fmt.Sprintf("built-in %d", id)
		}
		b.formats, b.codes = append(b.formats, format), append(b.codes, code)
	}
	return nil
}

// styleReader takes the number formats from the elements of a styles part, one after the other.
type styleReader struct {
	custom  map[int]numberFormat // by number
	written map[int]string
	cells   []int // the number of the format that each cell style has

	section      string // the child of the root that contains the element
	alternatives alternatives
}

func (r *styleReader) element(x *xmlScanner) error {
	name := string(x.name)
	switch {
	case len(x.starts) == 1 && name != "styleSheet":
		return fmt.Errorf("its root element is <%.40s>", name)
	case len(x.starts) == 2:
		r.section = name
	}

	if skip := r.alternatives.element(x); skip || name == "extLst" {
		return x.skip()
	}

	switch {
	case r.section == "numFmts" && name == "numFmt":
		id, err := strconv.Atoi(string(x.attribute("numFmtId")))
		if err != nil {
			return fmt.Errorf("it has a number format with the number %.20q",
				x.attribute("numFmtId"))
		}
		code, err := appendXMLText(nil, x.attribute("formatCode"))
		if err != nil {
			return err
		}
		r.custom[id], r.written[id] = parseFormat(string(code)), string(code)
	case r.section == "cellXfs" && name == "xf":
		id, err := 0, error(nil)
		if number := x.attribute("numFmtId"); number != nil {
			id, err = strconv.Atoi(string(number))
		}
		if err != nil {
			return fmt.Errorf("it has a style with the number format %.20q",
				x.attribute("numFmtId"))
		}
		r.cells = append(r.cells, id)
	}
	return nil
}

// errAlternatives refuses what no known program writes in alternatives: rows, cells and texts.
var errAlternatives = errors.New("it holds values in several versions (AlternateContent), which " +
	"is not understood; save it again in Excel")

// alternatives takes one of the branches of mc:AlternateContent, as its reader must (ECMA-376 part
// 3): the first choice whose namespaces Excel knows, otherwise the fallback.
type alternatives struct {
	namespaces map[string]string // by prefix
	open       []openAlternative
}

type openAlternative struct {
	depth int
	taken bool
}

// element reports whether to skip the element that has just begun, with everything in it.
func (a *alternatives) element(x *xmlScanner) (skip bool) {
	for i := range x.attributes {
		if prefix, found := bytes.CutPrefix(x.attributes[i].name, []byte("xmlns:")); found {
			if a.namespaces == nil {
				a.namespaces = map[string]string{}
			}
			a.namespaces[string(prefix)] = string(x.attributes[i].value)
		}
	}

	for len(a.open) > 0 && len(x.starts) <= a.open[len(a.open)-1].depth {
		a.open = a.open[:len(a.open)-1]
	}
	if string(x.name) == "AlternateContent" {
		a.open = append(a.open, openAlternative{depth: len(x.starts)})
		return false
	}
	if len(a.open) == 0 || len(x.starts) != a.open[len(a.open)-1].depth+1 {
		return false
	}

	branch := &a.open[len(a.open)-1]
	take := !branch.taken
	if string(x.name) == "Choice" {
		take = take && a.known(x.attribute("Requires"))
	}
	branch.taken = branch.taken || take
	return !take
}

// known reports whether Excel knows all of some namespaces, which are given by their prefixes.
func (a *alternatives) known(prefixes []byte) bool {
	all := bytes.Fields(prefixes)
	for _, prefix := range all {
		namespace := a.namespaces[string(prefix)]
		if !strings.HasPrefix(namespace, "http://schemas.microsoft.com/office/") {
			return false
		}
	}
	return len(all) > 0
}
