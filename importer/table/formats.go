package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"ableimport/importer/table/biff"
	"ableimport/importer/table/grid"
	"ableimport/importer/table/opendocument"
	"ableimport/importer/table/spreadsheetml"
	"ableimport/importer/table/webpage"
)

var errDamagedWorkbook = errors.New("is a damaged workbook: its name or its first bytes are " +
	"right, the rest is not. Export or download it again, or, where a spreadsheet program " +
	"still opens it, save it there as .xlsx")

var errNoWorkbook = errors.New("is not a workbook, although its name says so: it holds text. " +
	"Export it again, or, if text is meant, give it a name that ends with .csv")

// hasWorkbookName reports whether a file has the name of an XLSX workbook.
func hasWorkbookName(path string) bool {
	return slices.Contains([]string{".xlsx", ".xlsm"}, strings.ToLower(filepath.Ext(path)))
}

// isLockFile recognises what Excel and LibreOffice put beside a file while they have it open: some
// bytes that say who.
func isLockFile(name string, size int64) bool {
	isExcels := strings.HasPrefix(name, "~$")
	isLibreOffices := strings.HasPrefix(name, ".~lock.") && strings.HasSuffix(name, "#")
	return size <= 4096 && (isExcels || isLibreOffices)
}

// brokenWorkbook distinguishes damaged workbooks from texts: the file has a workbook's name or
// first letters, and is neither packed as one nor a readable text.
func brokenWorkbook(path string, head []byte, unreadable bool) bool {
	named := hasWorkbookName(path)
	packed := bytes.HasPrefix(head, []byte("PK"))
	return named && packed || (named || packed) && unreadable && looksPacked(head)
}

// looksPacked reports whether at least one byte of fifty is a control character that texts do not
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

// foreign says what a file is if it is not a text; "" if it may be one.
func foreign(head []byte) string {
	for _, format := range foreignFormats {
		if bytes.HasPrefix(head, []byte(format.begin)) {
			return format.is
		}
	}
	return ""
}

// oleKind says what an OLE compound file without a workbook is, by the names of its streams: they
// are UTF-16 within its directory.
func oleKind(content []byte) string {
	holds := func(name string) bool {
		return bytes.Contains(content, []byte(strings.Join(strings.Split(name, ""), "\x00")+"\x00"))
	}
	switch {
	case holds("EncryptedPackage"):
		return "protected by a password: open it in Excel, remove the password and save it again"
	case holds("Workbook"), holds("Book"):
		return "an old Excel workbook (.xls) that was cut off or damaged: export or download it " +
			"again, or, where Excel still opens it, save it there as .xlsx"
	}
	return "an old Office document, not a table: export it as CSV or XLSX"
}

// largestOld is how large an old Excel workbook may be, since all of it is kept in memory. 65,536
// rows with 20 columns are 20 MB.
const largestOld = 256 << 20

// openOldExcel opens an OLE compound file, if it contains a workbook.
func openOldExcel(base string, found *content, options Options) (source, error) {
	if found.size > largestOld {
		return nil, fmt.Errorf("is an old Office document of more than %d MB: save it as .xlsx",
			largestOld>>20)
	}
	file, err := io.ReadAll(io.NewSectionReader(found.file, 0, found.size))
	if err != nil {
		return nil, err
	}
	book, err := biff.Open(file)
	switch {
	case errors.Is(err, biff.ErrDamaged):
		return nil, errors.New("is " + oleKind(file))
	case err != nil:
		return nil, err
	}

	return openGrid(base, options, &gridFile{
		format: "xls", typed: true, allowed: unpackedFreely,
		begin: func(options grid.Options, _ bool) (grid.Reader, io.Closer, error) {
			return biff.New(book, options), io.NopCloser(nil), nil
		},
		whole: func() error { return nil }, changed: found.changed, release: found.file.Close,
	})
}

// foreignText says what a text is if it is not a table; "" if it may be one.
func foreignText(text []byte, delimiter string) string {
	text = bytes.TrimLeft(text, " \t\r\n\ufeff")
	lower := bytes.ToLower(text[:min(len(text), 2048)])
	switch {
	case bytes.HasPrefix(lower, []byte("<?xml")):
		return "an XML file, not a table: export it as CSV or XLSX"
	case bytes.HasPrefix(lower, []byte("mime-version:")):
		return "a saved web page, whatever its name: open it in Excel and save it as .xlsx"
	case looksLikeJSON(lower):
		return "JSON, not a table: export it as CSV or XLSX"
	}

	if looksBinary(lower, delimiter) {
		return "not text: it holds control characters that only other kinds of files have"
	}
	return ""
}

// looksLikeJSON wants to see an object or an array of something: headings may be in brackets too.
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

// looksBinary reports whether a tenth of a text is control characters that do not separate
// anything.
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

// pageBegins are the beginnings, in lower case, of web pages.
var pageBegins = []string{"<!doctype html", "<!--", "<html", "<head", "<body", "<meta", "<table",
	"<tr", "<thead", "<title", "<link", "<style", "<script", "<div", "<center", "<font", "<br",
	"<p>", "<b>", "<h1", "<h2", "<h3"}

// markupIn says which format of text with tags a file has, by its beginning: "html", "xml" for an
// XML Spreadsheet 2003, "fods" for an OpenDocument spreadsheet in one file; "" if it has none.
func markupIn(head []byte) string {
	wide, isWide := byMark(head)
	if !isWide {
		wide, isWide = byZeros(head)
	}
	if isWide && wide.decoder != nil {
		head, _ = io.ReadAll(wide.decoder.NewDecoder().Reader(bytes.NewReader(head)))
	}
	head = bytes.ToLower(bytes.TrimLeft(head, " \t\r\n\ufeff"))
	beginning := head[:min(len(head), 8192)]
	holds := func(text string) bool { return bytes.Contains(beginning, []byte(text)) }
	begins := func(text string) bool { return bytes.HasPrefix(head, []byte(text)) }

	isXML := begins("<?xml") || begins("<?mso-application") || begins("<workbook") ||
		begins("<ss:workbook") || begins("<office:document")
	switch {
	case isXML && holds("urn:schemas-microsoft-com:office:spreadsheet") && holds("workbook"):
		return "xml"
	case isXML && holds("<office:document") && holds("opendocument.spreadsheet"):
		return "fods"
	case isXML && holds("<html"), slices.ContainsFunc(pageBegins, begins):
		return "html"
	}
	return ""
}

// openMarkup opens a file of one of these formats.
func openMarkup(base, format string, found *content, head []byte, options Options) (source, error) {
	encoding, checks, err := found.markupEncoding(head, options)
	if err != nil {
		return nil, err
	}

	info := format
	if found.wrapping != "" {
		info += "." + found.wrapping
	}
	file := &gridFile{
		format: info, encoding: encoding.name, typed: format != "html", isPage: format == "html",
		checks: checks, allowed: unpackedFreely, notes: found.warnings,
		whole: func() error { return nil }, changed: found.changed,
		release: found.file.Close,
	}
	file.begin = func(options grid.Options, _ bool) (grid.Reader, io.Closer, error) {
		input, err := found.open()
		if err != nil {
			return nil, nil, unpackError(err)
		}
		text, err := encoding.reader(input)
		if err != nil {
			return nil, nil, errors.Join(err, input.Close())
		}

		switch format {
		case "html":
			return webpage.New(text, options), input, nil
		case "xml":
			return spreadsheetml.New(newGridXML(text), options), input, nil
		}
		reader, err := opendocument.New(newGridXML(text), nil, options)
		return reader, input, err
	}
	return openGrid(base, options, file)
}

// declared finds the encoding that a page or an XML file claims to have.
var declared = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)|` +
		`<meta[^>]*charset\s*=\s*["']?\s*([\w.:-]+)`)
})

// markupEncoding decides how bytes become text: by the setting, otherwise by a byte order mark,
// otherwise by what the file says, if that is true.
func (c *content) markupEncoding(head []byte, options Options) (textEncoding, checks, error) {
	input, err := c.open()
	if err != nil {
		return textEncoding{}, checks{}, unpackError(err)
	}
	proof, err := prove(input)
	if err := errors.Join(err, input.Close()); err != nil {
		return textEncoding{}, checks{}, unpackError(err)
	}

	said := ""
	if match := declared().FindSubmatch(head); match != nil {
		said = string(match[1]) + string(match[2])
	}
	marked, isMarked := byMark(head)
	wide, isWide := byZeros(head)
	chosen := textEncoding{name: utf8Name}
	switch {
	case options.Encoding != "":
		chosen, err = encodingByName(options.Encoding)
		if isMarked && strings.HasPrefix(marked.name, chosen.name) {
			chosen = marked
		}
	case isMarked:
		chosen = marked
	case proof.nul && isWide:
		chosen = wide
	case said != "":
		chosen, err = c.asSaid(said, proof)
	case !proof.utf8:
		err = c.askEncoding(proof)
	}

	return chosen, checks{
		nul: proof.nul, invalid: chosen.decoder == nil && !proof.utf8,
		decoded: chosen.decoder != nil, c1: strings.HasPrefix(chosen.name, "windows-"),
	}, err
}

// asSaid takes the encoding that a file names, unless its bytes disprove it: many programs write
// UTF-8 and the name of another encoding above it.
func (c *content) asSaid(said string, proof proof) (textEncoding, error) {
	chosen, err := encodingByName(said)
	switch {
	case err != nil:
		return chosen, fmt.Errorf("says that its encoding is %q, which is not known: set "+
			"`encoding:` with the right one", said)
	case chosen.isWide(): // the name was read as single bytes
		return textEncoding{name: utf8Name}, nil
	case chosen.decoder == nil && !proof.utf8:
		return chosen, fmt.Errorf("says that it is UTF-8, and is not from line %d on: export it "+
			"again, or set `encoding:` with the right one, such as windows-1252", proof.invalid)
	case chosen.decoder == nil || !proof.utf8:
		return chosen, nil
	}

	input, err := c.open()
	if err != nil {
		return chosen, unpackError(err)
	}
	defer input.Close()
	isPlain, err := allBelow(input, utf8.RuneSelf)
	if isPlain || err != nil {
		return chosen, err
	}
	return chosen, &AmbiguousError{
		What: fmt.Sprintf("says that its encoding is %s, but all of it is UTF-8, which can "+
			"hardly be chance", said),
		Readings: []Reading{
			{Setting: "encoding: utf-8", Likely: true}, {Setting: "encoding: " + chosen.name},
		},
	}
}

// allBelow reports whether all bytes are below a limit.
func allBelow(input io.Reader, limit byte) (bool, error) {
	buffer := make([]byte, bufferSize)
	for {
		n, ended, err := readFull(input, buffer)
		if err != nil || slices.ContainsFunc(buffer[:n], func(c byte) bool { return c >= limit }) {
			return false, err
		}
		if ended {
			return true, nil
		}
	}
}

// askEncoding asks for the encoding of a file that does not name it.
func (c *content) askEncoding(proof proof) error {
	open := &AmbiguousError{What: fmt.Sprintf("does not say its encoding, is not UTF-8 from line "+
		"%d on, and can be read in several encodings", proof.invalid)}

	for _, name := range legacyEncodings {
		encoding, err := encodingByName(name)
		if err != nil {
			return err
		}
		input, err := c.open()
		if err != nil {
			return unpackError(err)
		}

		ok, err := decodes(encoding.decoder.NewDecoder().Reader(input))
		if err := errors.Join(err, input.Close()); err != nil {
			return err
		}
		if ok {
			open.Readings = append(open.Readings, Reading{Setting: "encoding: " + name})
		}
	}

	return open
}
