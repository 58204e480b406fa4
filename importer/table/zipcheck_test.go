package table

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const plainSheet = `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`

// TestPackagesThatAreNotHonest: they are refused with a sentence.
func TestPackagesThatAreNotHonest(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*zip.Writer)
		want   string
	}{
		{"a part twice", func(w *zip.Writer) {
			writePart(t, w, &zip.FileHeader{Name: "XL/worksheets/sheet1.xml"},
				strings.Replace(plainSheet, "1", "2", 1))
		}, "it has two parts named xl/worksheets/sheet1.xml"},
		{"a locked part", func(w *zip.Writer) {
			writePart(t, w, &zip.FileHeader{Name: "docProps/app.xml", Flags: 1}, "x")
		}, "its parts are locked with a password"},
		{"a part packed in an unknown way", func(w *zip.Writer) {
			part, err := w.CreateRaw(&zip.FileHeader{Name: "docProps/app.xml", Method: 98})
			check(t, err)
			_, err = part.Write([]byte("x"))
			check(t, err)
		}, "packed in a way (method 98)"},
		{"a bomb beside the sheets", func(w *zip.Writer) {
			writePart(t, w, &zip.FileHeader{Name: "media/x.bmp", Method: zip.Deflate},
				strings.Repeat(" ", unpackedFreely+1))
		}, "unpacks to far more than its size allows"},
		{"names that lead elsewhere", func(w *zip.Writer) {
			writePart(t, w, &zip.FileHeader{Name: "../../../evil"}, "x")
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if testing.Short() && strings.HasPrefix(test.name, "a bomb") {
				t.Skip("a great deal of work for one goroutine")
			}
			var out bytes.Buffer
			writer := zip.NewWriter(&out)
			check(t, writeParts(writer, map[string]string{
				"xl/worksheets/sheet1.xml": plainSheet, "xl/styles.xml": testStyles,
			}))
			test.change(writer)
			check(t, writer.Close())
			path := filepath.Join(t.TempDir(), "book.xlsx")
			check(t, os.WriteFile(path, out.Bytes(), 0o600))
			table, err := Open(path, Options{})
			if err == nil {
				table.Close()
			}
			if (err == nil) != (test.want == "") ||
				err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("Open = %v, want %q", err, test.want)
			}
		})
	}
}

func writePart(t *testing.T, writer *zip.Writer, header *zip.FileHeader, content string) {
	t.Helper()
	part, err := writer.CreateHeader(header)
	check(t, err)
	_, err = part.Write([]byte(content))
	check(t, err)
}

// TestDamageInAnyPart: it counts, even in parts that hold nothing of the table.
func TestDamageInAnyPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.xlsx")
	var out bytes.Buffer
	check(t, packageTo(&out, map[string]string{
		"xl/worksheets/sheet1.xml": plainSheet, "xl/styles.xml": testStyles,
		"docProps/app.xml": "unused unused unused",
	}))
	at := bytes.Index(out.Bytes(), []byte("docProps/app.xml")) + len("docProps/app.xml") + 3
	out.Bytes()[at] ^= 4
	check(t, os.WriteFile(path, out.Bytes(), 0o600))
	if _, err := Open(path, Options{}); err == nil ||
		!strings.Contains(err.Error(), "damaged in docProps/app.xml") {
		t.Errorf("Open = %v", err)
	}
}
