package table

import (
	"archive/zip"
	"bytes"
	"os"
	"testing"
)

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

const mainNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

// writePackage writes a workbook with one sheet; the given parts replace those in a plain one.
func writePackage(tb testing.TB, path string, parts map[string]string) {
	tb.Helper()
	var out bytes.Buffer
	check(tb, packageTo(&out, parts))
	check(tb, os.WriteFile(path, out.Bytes(), 0o600))
}

func packageTo(out *bytes.Buffer, parts map[string]string) error {
	writer := zip.NewWriter(out)
	if err := writeParts(writer, parts); err != nil {
		return err
	}
	return writer.Close()
}

func writeParts(writer *zip.Writer, parts map[string]string) error {
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	all := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="a" Type="` + office +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook xmlns="` + mainNamespace + `" xmlns:r="` + office +
			`"><sheets><sheet name="Bills" sheetId="1" r:id="s"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="s" Type="` + office +
			`/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="f" Type="` + office + `/styles" Target="styles.xml"/>` +
			`<Relationship Id="t" Type="` + office +
			`/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	}
	for name, content := range parts {
		all[name] = content
	}
	for name, content := range all {
		entry, err := writer.Create(name)
		if err != nil {
			return err
		}
		if _, err := entry.Write([]byte(content)); err != nil {
			return err
		}
	}
	return nil
}
