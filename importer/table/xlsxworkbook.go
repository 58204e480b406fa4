package table

import (
	"errors"
	"fmt"
	"path"
)

// workbook is what an XLSX file says about all of its sheets.
type workbook struct {
	sheets   []workbookSheet
	from1904 bool           // dates count from 1904 instead of 1900
	formats  []numberFormat // by the cells' style number; nil: the file has no styles
	codes    []string       // the same, as they are written
	strings  *sharedStrings // nil: the file has no string table

	uncomputed bool // it says that its formulas are to be computed when it is opened
}

type workbookSheet struct {
	name   string
	hidden bool
	kind   string // "worksheet"; "chartsheet" and others have no cells
	part   string // name of its part; "": the file does not say
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
// stands at the usual place beside it may be of an earlier day.
func workbookPart(a *archive) (string, error) {
	const missing = "the file is no workbook or a damaged one: %s is missing; save it again as .xlsx"
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
			b.from1904 = isTrue(x.attribute("date1904"))
		case string(x.parent()) == "workbook" && name == "calcPr":
			b.uncomputed = isTrue(x.attribute("fullCalcOnLoad"))
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
