package table

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
	"golang.org/x/text/encoding/unicode"
)

func TestRefuses(t *testing.T) {
	streams := func(names ...string) string {
		text := oleMagic
		for _, name := range names {
			text += strings.Join(strings.Split(name, ""), "\x00") + "\x00\x00\x00"
		}
		return text
	}
	tests := []struct {
		name, file, content, want string
	}{
		{"empty", "june.csv", "", "is empty: it has no bytes at all"},
		{"blank lines", "june.csv", "\r\n \n\n",
			"is empty: it has only blank lines"},
		{"a mark only", "june.csv", "\xef\xbb\xbf",
			"is empty: it has only blank lines"},
		{"a hole", "june.csv", "a,b\n1,2\n" + strings.Repeat("\x00", 17<<20),
			"has more than 16 MB of NUL bytes in a row, where nothing was written: " +
				"export or download it again"},
		{"NUL bytes only", "june.csv", strings.Repeat("\x00", 4096),
			"is empty: it has only blank lines"},
		{"old Excel", "june.xls", streams("Root Entry", "Workbook"),
			"is an old Excel workbook (.xls) that was cut off or damaged: export or download it " +
				"again, or, where Excel still opens it, save it there as .xlsx"},
		{"old Excel named .xlsx", "june.xlsx", streams("Root Entry", "Book"),
			"is an old Excel workbook (.xls) that was cut off or damaged: export or download it " +
				"again, or, where Excel still opens it, save it there as .xlsx"},
		{"password", "june.xlsx", streams("EncryptionInfo", "EncryptedPackage"),
			"is protected by a password: open it in Excel, remove the password and save it again"},
		{"old Word", "june.csv", streams("WordDocument"),
			"is an old Office document, not a table: export it as CSV or XLSX"},
		{"web page named .xls", "june.xls", "\r\n<html><body><table><tr><td>1",
			"table 1 cannot be read: it ends in the middle of a table: export or download it " +
				"again"},
		{"web page in UTF-16", "june.xls", "\xff\xfe<\x00t\x00a\x00b\x00l\x00e\x00>\x00",
			"table 1 cannot be read: it ends in the middle of a table: export or download it " +
				"again"},
		{"XML spreadsheet", "june.xls", "<?xml version=\"1.0\"?>\n" +
			"<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
			"it ends in the middle: export or download it again"},
		{"XML", "june.csv", "<?xml version=\"1.0\"?><orders/>",
			"is an XML file, not a table: export it as CSV or XLSX"},
		{"PDF", "june.csv", "%PDF-1.4\n%âã",
			"is a PDF document, not a table: export it as CSV or XLSX"},
		{"RTF", "june.csv", `{\rtf1\ansi}`,
			"is an RTF document, not a table: export it as CSV or XLSX"},
		{"JSON", "june.csv", "[\n {\"id\": 1}]", "is JSON, not a table: export it as CSV or XLSX"},
		{"JSON lines", "june.csv", "{\"id\": 1}\n{\"id\": 2}\n",
			"is JSON, not a table: export it as CSV or XLSX"},
		{"bytes of a program", "june.csv", "a\x01\x02\x03\x04\x05\x06\x07",
			"is not text: it holds control characters that only other kinds of files have"},
		{"a zip cut off", "june.xlsx", "PK\x03\x04\x14\x00\x00\x00",
			"is a .zip or .xlsx file that was cut off or damaged: export or download it again"},
		{"a workbook without its beginning", "june.xlsx",
			"\x00\x00\x08\x00\x00\xff\x01\x02xl/workbook.xml\x9c\xed\x5d", damagedWorkbook},
		{"NUL bytes named .xlsx", "june.XLSX", strings.Repeat("\x00", 4096), damagedWorkbook},
		{"the first letters of a workbook", "june.xlsx", "PK", damagedWorkbook},
		{"a damaged workbook by another name", "june.csv", "PK\x03\x05\x14\x00\x00\xff\xfe\x9d\x00",
			damagedWorkbook},
		{"a text named .xlsx", "june.xlsx", "Invoice,Total\nA,1\n", noWorkbook},
		{"a text in UTF-16 named .XLSM", "june.XLSM",
			"\xff\xfeA\x00,\x00B\x00\n\x001\x00,\x002\x00\n\x00", noWorkbook},
		{"a packed text named .xlsx", "june.xlsx", gzipped("Invoice,Total\nA,1\n"), noWorkbook},
		{"a zip with a text, named .xlsx", "june.xlsx",
			zipped(map[string]string{"june.csv": "Invoice,Total\nA,1\n"}), noWorkbook},
		{"Excel's lock file", "~$june.xlsx", "\x03Ann" + strings.Repeat(" ", 161), lockFile},
		{"Excel's lock file of a text", "~$june.csv", "\x03Ann" + strings.Repeat(" ", 161),
			lockFile},
		{"LibreOffice's lock file", ".~lock.june.xlsx#",
			",ann,desk,30.11.2026 08:00,file:///home/ann/.config;", lockFile},
		{"ods", "june.ods",
			zipped(map[string]string{
				"mimetype":              "application/vnd.oasis.opendocument.spreadsheet",
				"META-INF/manifest.xml": "<x/>",
			}), "is an OpenDocument file without content, so it is damaged: export or download " +
				"it again"},
		{"xlsb", "june.xlsb", zipped(map[string]string{
			"[Content_Types].xml": "<x/>", "xl/workbook.bin": "x",
		}), "is a binary workbook (.xlsb): open it in Excel and save it as .xlsx"},
		{"docx", "june.xlsx", zipped(map[string]string{
			"[Content_Types].xml": "<x/>", "word/document.xml": "x",
		}), "is a Word document, not a table: export it as CSV or XLSX"},
		{"an empty zip", "june.zip", zipped(nil), "there is no file in this .zip"},
		{"several tables in a zip", "june.zip",
			zipped(map[string]string{"a.csv": "x", "b.csv": "y", "__MACOSX/._a.csv": "z"}),
			"there are 2 files in this .zip: a.csv, b.csv. Choose one with `sheet: a.csv`, " +
				"or unpack it"},
		{"no table in a zip", "june.zip", zipped(map[string]string{
			"Readme.TXT": "x", "b.pdf": "y",
		}), "there is no table in this .zip, but Readme.TXT, b.pdf"},
		{"a text that may be a table", "june.zip",
			zipped(map[string]string{"a.csv": "x", "data.txt": "y", "notes.md": "z"}),
			"there are 2 files in this .zip: a.csv, data.txt. Choose one with `sheet: a.csv`, " +
				"or unpack it"},
		{"a workbook within a zip", "june.zip",
			zipped(map[string]string{"june.xlsx": "PK\x03\x04..."}),
			"there is a workbook or another .zip inside this .zip: unpack it first"},
		{"gzip cut off", "june.csv.gz", gzipped(strings.Repeat("a,b\n1,2\n", 1000))[:40],
			"cannot be unpacked, it was cut off or damaged (unexpected EOF): export or " +
				"download it again"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(writeFile(t, test.file, test.content), Options{})
			if err == nil || err.Error() != before(test.file, test.want)+test.want {
				t.Errorf("got error %v, want %s and %s", err, test.file, test.want)
			}
		})
	}
}

const damagedWorkbook = "is a damaged workbook: its name or its first bytes are right, the rest " +
	"is not. Export or download it again, " +
	"or, where a spreadsheet program still opens it, save it there as .xlsx"

const noWorkbook = "is not a workbook, although its name says so: it holds text. Export it " +
	"again, or, if text is meant, give it a name that ends with .csv"

const lockFile = "is not the file itself, but a temporary file that a spreadsheet program keeps " +
	"beside it while it is open: close it there, and name the file without these characters"

// A text can be read whatever it begins with, and whatever program its name belongs to, except a
// workbook's name.
func TestTextsThatLookLikeWorkbooks(t *testing.T) {
	for file, content := range map[string]string{
		"june.csv": "PK,Total\n1,2\n", "june.xls": "Invoice,Total\nA,1\n",
		"~$june.csv": "Invoice,Total\n" + strings.Repeat("A,1\n", 2000),
	} {
		table, err := Open(writeFile(t, file, content), Options{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		table.Close()
	}
}

func TestRefusesPlaces(t *testing.T) {
	directory := t.TempDir()
	missing := filepath.Join(directory, "none.csv")
	for path, want := range map[string]string{
		directory: filepath.Base(directory) + ": it is a directory; name the files in it",
		missing:   "none.csv: cannot be opened: no such file or directory",
	} {
		if _, err := Open(path, Options{}); err == nil || err.Error() != want {
			t.Errorf("Open(%s): got error %v, want %s", path, err, want)
		}
	}
	if _, err := Open(missing, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, which is not os.ErrNotExist", err)
	}
}

func TestRefusesSettings(t *testing.T) {
	path := writeFile(t, "june.csv", "a,b\n1,2\n")
	tests := []struct {
		options Options
		want    string
	}{
		{Options{Encoding: "klingon"},
			`june.csv: there is no encoding "klingon": use one such as windows-1252, iso-8859-2, utf-16le, shift_jis, gb18030`},
		{Options{Delimiter: "::"}, "june.csv: the delimiter \"::\" is not one ASCII character: " +
			"set `delimiter: \";\"` or `delimiter: tab`"},
		{Options{Quote: "<>"}, "june.csv: the quote \"<>\" is not one character: set `quote: " +
			"\"'\"` or `quote: none`"},
		{Options{Escape: "^"},
			`june.csv: the escape "^" is neither the quote nor a backslash; give one of these`},
		{Options{Header: 7}, "june.csv: row 7, which `header` names, is blank or missing; give the " +
			"number of the row with the headings"},
		{Options{HeaderNames: []string{"a", "c"}},
			"june.csv: none of the first 2 rows holds all the headings that `header` names: a, c"},
	}
	for _, test := range tests {
		if _, err := Open(path, test.options); err == nil || err.Error() != test.want {
			t.Errorf("got error %v, want %s", err, test.want)
		}
	}
}

func zipped(files map[string]string) string {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		part, _ := archive.Create(name)
		part.Write([]byte(files[name]))
	}
	archive.Close()
	return out.String()
}

func gzipped(text string) string {
	var out bytes.Buffer
	packer := gzip.NewWriter(&out)
	packer.Write([]byte(text))
	packer.Close()
	return out.String()
}

func zstandard(text string) string {
	packer, _ := zstd.NewWriter(nil)
	defer packer.Close()
	return string(packer.EncodeAll([]byte(text), nil))
}

// encoded writes a text in UTF-16, with or without a mark.
func encoded(text string, order unicode.Endianness, mark unicode.BOMPolicy) string {
	out, err := unicode.UTF16(order, mark).NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

// TestWrappings reads the same rows from every wrapping and encoding.
func TestWrappings(t *testing.T) {
	defer goleak.VerifyNone(t)
	const text = "Kunde;Betrag\r\nJürgen ʤ;1,50\r\n\"Łódź\";2\r\n"
	want := []string{"1 [Kunde][Betrag]", "2 [Jürgen ʤ][1,50]", "3 [Łódź][2]"}
	tests := []struct{ name, content, format, encoding string }{
		{"june.csv", text, "csv", "utf-8"},
		{"june.csv.gz", gzipped(text), "csv.gz", "utf-8"},
		{"gzip.csv", gzipped("\xef\xbb\xbf" + text), "csv.gz", "utf-8"},
		{"two.gz", gzipped(text[:20]) + gzipped(text[20:]), "csv.gz", "utf-8"},
		{"june.csv.zst", zstandard(text), "csv.zst", "utf-8"},
		{"june.zip", zipped(map[string]string{"june.csv": text, "__MACOSX/._a.csv": "x"}),
			"csv.zip", "utf-8"},
		{"folder.zip", zipped(map[string]string{"folder/": "", "june.csv": text}), "csv.zip",
			"utf-8"},
		{"le.csv", encoded(text, unicode.LittleEndian, unicode.UseBOM), "csv", "utf-16le"},
		{"be.csv", encoded(text, unicode.BigEndian, unicode.UseBOM), "csv", "utf-16be"},
		{"le-nomark.csv", encoded(text, unicode.LittleEndian, unicode.IgnoreBOM), "csv",
			"utf-16le"},
		{"be-nomark.csv", encoded(text, unicode.BigEndian, unicode.IgnoreBOM), "csv", "utf-16be"},
		{"le.csv.gz", gzipped(encoded(text, unicode.LittleEndian, unicode.UseBOM)), "csv.gz",
			"utf-16le"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := writeFile(t, test.name, test.content)
			if diff := cmp.Diff(want, readLines(t, path, Options{})); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			table, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			if info := table.Info(); info.Format != test.format || info.Encoding != test.encoding ||
				info.Delimiter != ";" || len(info.Warnings) > 0 {
				t.Errorf("got %+v, want %s, %s, a semicolon and no warning", info, test.format,
					test.encoding)
			}
		})
	}
}

func TestChoosesFileInZip(t *testing.T) {
	path := writeFile(t, "june.zip",
		zipped(map[string]string{"a.csv": "x,y\n1,2\n", "b.csv": "z,w\n3,4\n"}))
	want := []string{"1 [z][w]", "2 [3][4]"}
	if diff := cmp.Diff(want, readLines(t, path, Options{Sheet: "b.csv"})); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestUnpackedLimit(t *testing.T) {
	bomb := gzipped("a,b\n" + strings.Repeat("1,2\n", 1<<20))
	path := writeFile(t, "june.csv.gz", bomb)
	_, err := Open(path, Options{Limits: Limits{Unpacked: 1 << 20}})
	want := "june.csv.gz: it unpacks to more than is allowed: unpack it first, or raise `max_unpacked`"
	if err == nil || err.Error() != want {
		t.Errorf("got error %v for %d bytes, want %s", err, len(bomb), want)
	}
}

// What is reported of a file's oddities is about the whole file, once all of it was read.
func TestTellsOfOddities(t *testing.T) {
	readme := zipped(map[string]string{
		"june/": "", "june/june.csv": "a,b\n1,2\n", "june/README.md": "x", ".DS_Store": "y",
		"Thumbs.db": "z",
	})
	for name, test := range map[string]struct {
		file, content string
		want          []string
	}{
		"a zip": {"june.zip", readme, []string{"only june/june.csv in this .zip is read; no " +
			"tables, and ignored: june/README.md"}},
		"rulers": {"list.csv", "a|b\n---|---\n" + strings.Repeat("1|2\n", 100) + "---|---\n",
			[]string{"lines of nothing but dashes and bars are ignored (2, the " +
				"first in row 2)"}},
		"wrapped cells": {"june.csv", "a,b\n" + strings.Repeat("1,2\n", 100) + `"=""01""",` +
			"\"=SUM(1)\"\n3,=\"02\"\n", []string{
			`cells such as ="01234" (2, the first in row 102) are Excel's way to keep text as it is: what is between the quotes is taken`}},
	} {
		table, err := Open(writeFile(t, test.file, test.content), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for range 2 { // a second pass counts again
			rowLines(table)
		}
		if diff := cmp.Diff(test.want, table.Info().Warnings); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		table.Close()
	}
}

func TestSettingsThatChangeNothing(t *testing.T) {
	const csv, page = "a,b\n1,2\n", "<table><tr><th>a<th>b<tr><td>1<td>2</table>"
	const workbook = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:` +
		`spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ` +
		`ss:Name="May"><Table><Row><Cell><Data ss:Type="String">a</Data></Cell></Row><Row><Cell>` +
		`<Data ss:Type="String">1</Data></Cell></Row></Table></Worksheet></Workbook>`
	const noSheets = "the file has no sheets: all of it is read, whatever `sheet:` says"
	all := Options{Encoding: "utf-8", Delimiter: ",", Quote: `"`, Escape: `\`, Comment: "#"}
	for _, test := range []struct {
		name    string
		content string
		options Options
		want    []string
	}{
		{"nothing is said", csv, Options{}, nil},
		{"a sheet of a CSV", csv, Options{Sheet: "May"}, []string{noSheets}},
		{"of a packed one", gzipped(csv), Options{Sheet: "May"}, []string{noSheets}},
		{"a file of a .zip", zipped(map[string]string{"in/a.csv": csv, "b.csv": csv}),
			Options{Sheet: "a.csv"}, nil},
		{"which is a page", zipped(map[string]string{"a.html": page, "b.html": page}),
			Options{Sheet: "a.html"}, nil},
		{"how a text is written", csv,
			Options{Encoding: "utf-8", Delimiter: ",", Quote: `"`, Comment: "#"}, nil},
		{"how a page is written", page, Options{Encoding: "utf-8"}, nil},
		{"a delimiter of a page", page, Options{Encoding: "utf-8", Delimiter: ","},
			[]string{"`delimiter:` is for text files, and changes nothing here"}},
		{"all of a page", page, all, []string{"`delimiter:`, `quote:`, `escape:` and `comment:` " +
			"are for text files, and change nothing here"}},
		{"a sheet of a workbook", workbook, Options{Sheet: "May", Encoding: "utf-8"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeFile(t, "june", test.content), test.options)
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			if diff := cmp.Diff(test.want, table.Info().Useless); diff != "" {
				t.Error(diff)
			}
		})
	}
}
