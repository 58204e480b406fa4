package table

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
)

var errDamagedWorkbook = errors.New("is a damaged workbook: its name or its first letters are " +
	"those of one, the rest is not. Export or download it again, or, where a spreadsheet program " +
	"still opens it, save it there as .xlsx")

var errNoWorkbook = errors.New("is no workbook, though its name says so: it holds text. " +
	"Export it again, or, if a text is meant, give it a name that ends with .csv")

// hasWorkbookName says whether a file has the name of a workbook that we read.
func hasWorkbookName(path string) bool {
	return slices.Contains([]string{".xlsx", ".xlsm"}, strings.ToLower(filepath.Ext(path)))
}

// isLockFile recognises what Excel and LibreOffice lay beside a file while they have it open: some
// bytes that say who.
func isLockFile(name string, size int64) bool {
	isExcels := strings.HasPrefix(name, "~$")
	isLibreOffices := strings.HasPrefix(name, ".~lock.") && strings.HasSuffix(name, "#")
	return size <= 4096 && (isExcels || isLibreOffices)
}

// brokenWorkbook tells damaged workbooks from texts: what has a workbook's name or first letters,
// and is neither packed as one nor a text that can be read.
func brokenWorkbook(path string, head []byte, unreadable bool) bool {
	named := hasWorkbookName(path)
	packed := bytes.HasPrefix(head, []byte("PK"))
	return named && packed || (named || packed) && unreadable && looksPacked(head)
}

// looksPacked says whether one byte of fifty, or more, is a control character that texts do not
// have.
func looksPacked(head []byte) bool {
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			control++
		}
	}
	return control*50 > len(head)
}

// foreignFormats are files that people take for tables, by how they begin.
var foreignFormats = []struct{ begin, is string }{
	{"%PDF-", "a PDF document, not a table: export it as CSV or XLSX"},
	{`{\rtf`, "an RTF document, not a table: export it as CSV or XLSX"},
	{"BZh", "a bzip2 archive: unpack it first"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"},
	{"Rar!\x1a\x07", "a RAR archive: unpack it first"},
	{"\xfd7zXZ\x00", "an XZ archive: unpack it first"},
	{"PAR1", "a Parquet file: export it as CSV or XLSX"},
	{"SQLite format 3\x00", "a database: export the table as CSV or XLSX"},
	{"\x89PNG", "a picture, not a table"},
	{"\xff\xd8\xff", "a picture, not a table"},
	{"GIF8", "a picture, not a table"},
	{"\x7fELF", "a program, not a table"},
	{"MZ\x90\x00", "a program, not a table"},
}

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// foreign says what a file is if it is no text; "" if it may be.
func foreign(head []byte) string {
	for _, format := range foreignFormats {
		if bytes.HasPrefix(head, []byte(format.begin)) {
			return format.is
		}
	}
	return ""
}

// oleKind says what an OLE compound file holds, by the names of its streams: they are UTF-16 within
// its directory.
func oleKind(content []byte) string {
	holds := func(name string) bool {
		return bytes.Contains(content, []byte(strings.Join(strings.Split(name, ""), "\x00")+"\x00"))
	}
	switch {
	case holds("EncryptedPackage"):
		return "protected by a password: open it in Excel, remove the password and save it again"
	case holds("Workbook"), holds("Book"):
		return "an old Excel workbook (.xls): open it in Excel and save it as .xlsx, or export CSV"
	}
	return "an old Office document, not a table: export it as CSV or XLSX"
}

// markup are the beginnings, in lower case, of web pages and XML files.
var markup = []string{"<!doctype", "<html", "<head", "<body", "<meta", "<table", "<style",
	"<script", "<div", "<br", "<p>", "<b>"}

// foreignText says what a text is if it is no table; "" if it may be one.
func foreignText(text []byte, delimiter string) string {
	text = bytes.TrimLeft(text, " \t\r\n\ufeff")
	lower := bytes.ToLower(text[:min(len(text), 2048)])
	switch {
	case bytes.HasPrefix(lower, []byte("<?xml")) &&
		bytes.Contains(lower, []byte("urn:schemas-microsoft-com:office:spreadsheet")):
		return "an XML spreadsheet of 2003: open it in Excel and save it as .xlsx"
	case bytes.HasPrefix(lower, []byte("<?xml")):
		return "an XML file, not a table: export it as CSV or XLSX"
	case bytes.HasPrefix(lower, []byte("mime-version:")):
		return "a saved web page, whatever its name: open it in Excel and save it as .xlsx"
	case looksLikeJSON(lower):
		return "JSON, not a table: export it as CSV or XLSX"
	}

	for _, begin := range markup {
		if bytes.HasPrefix(lower, []byte(begin)) {
			return "a web page (HTML), whatever its name: open it in Excel and save it as .xlsx, " +
				"or export CSV"
		}
	}

	if looksBinary(lower, delimiter) {
		return "not text: it holds control characters as only other kinds of files do"
	}
	return ""
}

// looksLikeJSON wants to see an object or an array of something: headings may be in brackets, too.
func looksLikeJSON(text []byte) bool {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	next := bytes.TrimLeft(text[1:], " \t\r\n")
	if len(next) == 0 {
		return true
	}
	if text[0] == '{' {
		return next[0] == '"' || next[0] == '}'
	}
	return next[0] == '{' || next[0] == '[' || next[0] == '"' || next[0] == ']'
}

// looksBinary says whether a tenth of a text is control characters that do not separate anything.
func looksBinary(text []byte, delimiter string) bool {
	separators := "\x00\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f" + delimiter
	control := 0
	for _, c := range text {
		if c < ' ' && !strings.ContainsRune(separators, rune(c)) {
			control++
		}
	}
	return control*10 > len(text)
}
