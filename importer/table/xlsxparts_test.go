package table

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const officeNamespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

// relationsTo writes a part of relationships: pairs of a kind and a target.
func relationsTo(pairs ...string) string {
	text := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	for i := 0; i < len(pairs); i += 2 {
		text += `<Relationship Id="r` + string(rune('1'+i/2)) + `" Type="` + officeNamespace + "/" +
			pairs[i] + `" Target="` + pairs[i+1] + `"/>`
	}
	return text + `</Relationships>`
}

// bookOf writes a workbook part with one sheet, which relationship r1 leads to.
func bookOf(prefix string) string {
	return `<workbook xmlns="` + mainNamespace + `" xmlns:` + prefix + `="` + officeNamespace +
		`"><sheets><sheet name="Bills &amp; more" sheetId="1" ` +
		prefix + `:id="r1"/></sheets></workbook>`
}

func TestExtensionsOfTheWorkbookSayNothingOfItsDates(t *testing.T) {
	book := strings.Replace(bookOf("r"), "<sheets>",
		`<workbookPr date1904="1"/><calcPr fullCalcOnLoad="1"/><sheets>`, 1)
	table := openParts(t, map[string]string{
		"xl/workbook.xml": strings.Replace(book, "</workbook>",
			`<extLst><ext xmlns:x15="x"><x15:workbookPr chartTrackingRefBase="1"/><x15:calcPr/></ext></extLst></workbook>`,
			1),
		"xl/_rels/workbook.xml.rels": relationsTo("worksheet", "worksheets/sheet1.xml", "styles",
			"styles.xml"), "xl/styles.xml": testStyles,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" s="1"><v>44530</v></c><c r="B1"><f>Other!A1</f><v>0</v></c></row></sheetData></worksheet>`,
	}, Options{Header: -1})
	if diff := cmp.Diff([]string{`1: date "2025-12-01", novalue`}, rowsOf(table)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func sheetOf(text string) string {
	return `<worksheet xmlns="` + mainNamespace +
		`"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>` + text +
		`</t></is></c></row></sheetData></worksheet>`
}

func TestRelationshipsDecideWhichWorkbookIsRead(t *testing.T) {
	usual := map[string]string{
		"xl/workbook.xml":            bookOf("r"),
		"xl/_rels/workbook.xml.rels": relationsTo("worksheet", "worksheets/sheet1.xml"),
		"xl/worksheets/sheet1.xml":   sheetOf("usual place"),
	}
	for _, test := range []struct {
		name  string
		parts map[string]string
		want  string // the cell, or what the error says
	}{
		{"at the root", map[string]string{
			"_rels/.rels":             relationsTo("officeDocument", "workbook.xml"),
			"workbook.xml":            bookOf("r"),
			"_rels/workbook.xml.rels": relationsTo("worksheet", "sheet1.xml"),
			"sheet1.xml":              sheetOf("root"),
		}, "root"},
		{"at another place, and a stale one beside it", map[string]string{
			"_rels/.rels":                 relationsTo("officeDocument", "/office/book2.xml"),
			"office/book2.xml":            bookOf("rel"),
			"office/_rels/book2.xml.rels": relationsTo("worksheet", "/office/s.xml"),
			"office/s.xml":                sheetOf("another place"),
		}, "another place"},
		{"a name with a blank", map[string]string{
			"_rels/.rels":               relationsTo("officeDocument", "xl/my%20book.xml"),
			"xl/my book.xml":            bookOf("r"),
			"xl/_rels/my book.xml.rels": relationsTo("worksheet", "s.xml"),
			"xl/s.xml":                  sheetOf("blank"),
		}, "blank"},
		{"no relationships of the package",
			map[string]string{"_rels/.rels": relationsTo("extended-properties",
				"docProps/app.xml")}, "usual place"},
		{"the same one twice", map[string]string{"_rels/.rels": relationsTo("officeDocument",
			"xl/workbook.xml", "officeDocument", "/xl/Workbook.xml")}, "usual place"},
		{"the one that is named is missing",
			map[string]string{"_rels/.rels": relationsTo("officeDocument", "xl/workbook2.xml")},
			"the file is not a workbook, or a damaged one: xl/workbook2.xml is missing"},
		{"two of them", map[string]string{
			"_rels/.rels": relationsTo("officeDocument", "xl/workbook.xml", "officeDocument",
				"xl/book2.xml"), "xl/book2.xml": bookOf("r"),
		}, `two parts of the kind "officeDocument"`},
		{"two string tables", map[string]string{
			"xl/_rels/workbook.xml.rels": relationsTo("worksheet", "worksheets/sheet1.xml",
				"sharedStrings", "a.xml", "sharedStrings", "b.xml"),
		}, `two parts of the kind "sharedStrings"`},
		{"a document", map[string]string{
			"_rels/.rels": relationsTo("officeDocument", "a.xml"), "a.xml": `<document/>`,
		}, "its root element is <document>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			parts := map[string]string{}
			for _, all := range []map[string]string{usual, test.parts} {
				for name, content := range all {
					parts[name] = content
				}
			}
			path := t.TempDir() + "/bills.xlsx"
			writePackage(t, path, parts)
			table, err := Open(path, Options{Header: -1})
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("Open = %v, want %q", err, test.want)
				}
				return
			}
			defer table.Close()
			if diff := cmp.Diff([]string{`1: text "` + test.want + `"`},
				rowsOf(table)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if table.Info().Sheet != "Bills & more" {
				t.Errorf("the sheet is %q", table.Info().Sheet)
			}
		})
	}
}

// TestStylesOfAlternativesCount: a style that is left out gives all styles after it the format of
// another one, so dates become numbers and amounts become dates.
func TestStylesOfAlternativesCount(t *testing.T) {
	const (
		compatible = `xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"`
		foreign    = `<mc:Choice xmlns:hs="http://example.com/office" Requires="hs">`
		known      = `<mc:Choice xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" Requires="x14ac">`
	)
	for _, test := range []struct{ name, cellStyles, want string }{
		{"none", `<xf/><xf numFmtId="14"/><xf numFmtId="2"/>`,
			`number "45000", date "2023-03-15", number "45000"`},
		{"a fallback", `<xf/><mc:AlternateContent>` + foreign +
			`<xf numFmtId="2"/><xf numFmtId="2"/></mc:Choice><mc:Fallback><xf numFmtId="14"/></mc:Fallback></mc:AlternateContent><xf numFmtId="22"/>`,
			`number "45000", date "2023-03-15", datetime "2023-03-15T00:00:00"`},
		{"a choice that Excel knows", `<xf/><mc:AlternateContent>` + known +
			`<xf numFmtId="14"/></mc:Choice><mc:Fallback><xf numFmtId="2"/><xf numFmtId="2"/></mc:Fallback></mc:AlternateContent><xf numFmtId="22"/>`,
			`number "45000", date "2023-03-15", datetime "2023-03-15T00:00:00"`},
		{"several choices", `<xf/><mc:AlternateContent>` + foreign + `<xf/></mc:Choice>` + known +
			`<xf numFmtId="14"/></mc:Choice>` + known +
			`<xf/></mc:Choice><mc:Fallback><xf/></mc:Fallback></mc:AlternateContent><xf numFmtId="22"/>`,
			`number "45000", date "2023-03-15", datetime "2023-03-15T00:00:00"`},
		{"one within another", `<xf/><mc:AlternateContent>` + foreign +
			`<xf/></mc:Choice><mc:Fallback><mc:AlternateContent>` + foreign +
			`<xf/></mc:Choice><mc:Fallback><xf numFmtId="14"/></mc:Fallback></mc:AlternateContent></mc:Fallback></mc:AlternateContent><xf numFmtId="22"/>`,
			`number "45000", date "2023-03-15", datetime "2023-03-15T00:00:00"`},
		{"all of them", `<mc:AlternateContent>` + foreign +
			`<xf/></mc:Choice><mc:Fallback><xf/><xf numFmtId="14"/><xf/></mc:Fallback></mc:AlternateContent>`,
			`number "45000", date "2023-03-15", number "45000"`},
		{"styles of an extension",
			`<xf/><xf numFmtId="14"><extLst><ext><xf numFmtId="14"/></ext></extLst></xf><xf/>`,
			`number "45000", date "2023-03-15", number "45000"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := openParts(t, map[string]string{
				"xl/styles.xml": `<styleSheet xmlns="` + mainNamespace + `" ` + compatible +
					`><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>` + test.cellStyles +
					`</cellXfs></styleSheet>`,
				"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1"><v>45000</v></c><c r="B1" s="1"><v>45000</v></c>` +
					`<c r="C1" s="2"><v>45000</v></c></row></sheetData></worksheet>`,
				"xl/sharedStrings.xml": testStrings,
			}, Options{Header: -1})
			if diff := cmp.Diff([]string{"1: " + test.want}, rowsOf(table)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAlternativesOfRowsAreRefused: rows and texts in them cannot be left out silently.
func TestAlternativesOfRowsAreRefused(t *testing.T) {
	const begin, end = `<mc:AlternateContent><mc:Fallback>`, `</mc:Fallback></mc:AlternateContent>`
	const cell = `<c r="A1" t="s"><v>0</v></c>`
	for name, parts := range map[string]map[string]string{
		"rows": {"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + begin + `<row r="1">` +
			cell + `</row>` + end + `</sheetData></worksheet>`},
		"cells": {"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1">` + begin + cell +
			end + `</row></sheetData></worksheet>`},
		"texts": {"xl/worksheets/sheet1.xml": sheetOf("x"), "xl/sharedStrings.xml": `<sst>` +
			begin + `<si><t>a</t></si>` + end + `<si><t>b</t></si></sst>`},
	} {
		all := map[string]string{"xl/styles.xml": testStyles, "xl/sharedStrings.xml": testStrings}
		for part, content := range parts {
			all[part] = content
		}
		path := t.TempDir() + "/bills.xlsx"
		writePackage(t, path, all)
		if _, err := Open(path, Options{Header: -1}); err == nil ||
			!strings.Contains(err.Error(), "in several versions (AlternateContent)") {
			t.Errorf("%s in alternatives: Open = %v", name, err)
		}
	}
}
