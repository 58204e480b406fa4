package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"

	"github.com/xuri/excelize/v2"
)

// workbook is what an XLSX file says about all of its sheets.
type workbook struct {
	sheets   []workbookSheet
	from1904 bool           // dates count from 1904 instead of 1900
	formats  []numberFormat // by the cells' style number; nil: the file has no styles
	codes    []string       // the same, as they are written
	strings  *sharedStrings // nil: the file has no string table
}

type workbookSheet struct {
	name   string
	hidden bool
	kind   string // "worksheet"; "chartsheet" and others have no cells
	part   string // name of its part; "": the file does not say
}

// readWorkbook reads everything but the cells. Excelize reads the workbook and the styles, from a package that holds
// nothing else: given the whole file it would unpack every other part into memory, unchecked.
func readWorkbook(a *archive, limits Limits, tempDir string) (*workbook, error) {
	name, err := workbookPart(a)
	if err != nil {
		return nil, err
	}
	relations, err := a.relationships(name)
	if err != nil {
		return nil, err
	}
	book, stringsPart, stylesPart := &workbook{}, "", ""
	for _, relation := range relations {
		switch relation.kind {
		case "sharedStrings":
			stringsPart = relation.target
		case "styles":
			stylesPart = relation.target
		}
	}
	if err := book.readOutline(a, name, stylesPart, relations); err != nil {
		return nil, err
	}
	if stringsPart == "" || !a.has(stringsPart) {
		return book, nil
	}
	return book, book.readStrings(a, stringsPart, limits, tempDir)
}

// workbookPart finds the part that lists the sheets.
func workbookPart(a *archive) (string, error) {
	if !a.has("[Content_Types].xml") {
		return "", errors.New("the file is no workbook or a damaged one: [Content_Types].xml is missing; save it again as .xlsx")
	}
	relations, err := a.relationships("")
	if err != nil {
		return "", err
	}
	for _, relation := range relations {
		if relation.kind == "officeDocument" && a.has(relation.target) {
			return relation.target, nil
		}
	}
	if a.has("xl/workbook.xml") {
		return "xl/workbook.xml", nil
	}
	return "", errors.New("the file is no workbook or a damaged one: xl/workbook.xml is missing; save it again as .xlsx")
}

func (b *workbook) readOutline(a *archive, workbookPart, stylesPart string, relations map[string]relationship) error {
	book, err := readChecked(a, workbookPart)
	if err != nil {
		return err
	}
	var styles []byte
	if stylesPart != "" { // without them a date would look like a number: they must not be missing
		if styles, err = readChecked(a, stylesPart); err != nil {
			return err
		}
	}
	if err := b.interpret(book, styles, relations); err != nil {
		return fmt.Errorf("its workbook or styles cannot be understood (%w); open it in a spreadsheet program and save it again", err)
	}
	if len(b.sheets) == 0 {
		return errors.New("the workbook has no sheets")
	}
	return nil
}

// readChecked reads a part for excelize, which knows neither UTF-16 nor attacks.
func readChecked(a *archive, name string) ([]byte, error) {
	content, err := a.readSmall(name)
	if err != nil {
		return nil, err
	}
	if err := eachElement(content, func(*xmlScanner) error { return nil }); err != nil {
		return nil, fmt.Errorf("its part %s is damaged: %w", path.Base(name), err)
	}
	return xmlDeclaration.ReplaceAll(content, nil), nil
}

var xmlDeclaration = regexp.MustCompile(`^(\x{feff})?<\?xml[^>]*\?>`)

// interpret takes sheets, date system and number formats from what excelize read.
func (b *workbook) interpret(book, styles []byte, relations map[string]relationship) (err error) {
	defer func() {
		if fault := recover(); fault != nil { // it reads foreign files with few guards
			err = fmt.Errorf("%v", fault)
		}
	}()
	file, err := excelize.OpenReader(bytes.NewReader(outlinePackage(book, styles)))
	if err != nil {
		return err
	}
	for _, sheet := range file.WorkBook.Sheets.Sheet {
		relation := relations[sheet.ID]
		b.sheets = append(b.sheets, workbookSheet{
			name: sheet.Name, hidden: sheet.State != "" && sheet.State != "visible",
			kind: relation.kind, part: relation.target,
		})
	}
	properties, err := file.GetWorkbookProps()
	b.from1904 = properties.Date1904 != nil && *properties.Date1904
	if styles != nil {
		b.formats, b.codes = cellFormats(file)
	}
	return errors.Join(err, file.Close())
}

// outlinePackage is the smallest package that excelize opens.
func outlinePackage(book, styles []byte) []byte {
	const relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	var out bytes.Buffer
	writer := zip.NewWriter(&out)
	for _, part := range []struct {
		name    string
		content []byte
	}{{"_rels/.rels", []byte(relations)}, {"xl/workbook.xml", book}, {"xl/styles.xml", styles}} {
		if part.content == nil {
			continue
		}
		// A buffer takes whatever is written.
		entry, _ := writer.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Store})
		_, _ = entry.Write(part.content)
	}
	_ = writer.Close()
	return out.Bytes()
}

// cellFormats gives the number format of each cell style, and how it is written.
func cellFormats(file *excelize.File) (formats []numberFormat, codes []string) {
	custom, written := map[int]numberFormat{}, map[int]string{}
	if file.Styles.NumFmts != nil {
		for _, format := range file.Styles.NumFmts.NumFmt {
			custom[format.NumFmtID] = parseFormat(format.FormatCode)
			written[format.NumFmtID] = format.FormatCode
		}
	}
	formats = []numberFormat{}
	if file.Styles.CellXfs == nil {
		return formats, nil
	}
	for _, style := range file.Styles.CellXfs.Xf {
		id := 0
		if style.NumFmtID != nil {
			id = *style.NumFmtID
		}
		format, ok := custom[id]
		if !ok {
			format = builtinFormat(id)
			written[id] = fmt.Sprintf("built-in %d", id)
		}
		formats, codes = append(formats, format), append(codes, written[id])
	}
	return formats, codes
}

func (b *workbook) readStrings(a *archive, name string, limits Limits, tempDir string) error {
	part, err := a.open(name)
	if err != nil {
		return err
	}
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
