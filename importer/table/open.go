package table

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"ableimport/importer/own"
)

// Open finds out what the file is and how to read it. Its error is one sentence that begins with
// the file's base name; where a reading would be a guess it is an [*AmbiguousError].
func Open(path string, options Options) (*Table, error) {
	return OpenContext(context.Background(), path, options)
}

// OpenContext is Open, but ends with the context; so do the [Table.Rows] of a workbook.
func OpenContext(ctx context.Context, path string, options Options) (*Table, error) {
	options.Limits = options.Limits.orDefaults()
	source, err := openAny(ctx, path, options)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx) // and nothing about the file
	}
	if err != nil {
		return nil, err
	}
	return &Table{source, uselessSettings(source.info(), options)}, nil
}

// uselessSettings tells of settings that change nothing in a file of this format: whoever gave them
// may have meant another file. One mapping serves files of several formats, so this is no warning.
func uselessSettings(info Info, options Options) (told []string) {
	kind, _, _ := strings.Cut(info.Format, ".")
	isText := kind == "csv"
	if isText && options.Sheet != "" && info.Sheet == "" {
		told = append(told,
			"the file has no sheets: all of it is read, whatever `sheet:` says")
	}

	var useless []string
	for _, setting := range []struct{ name, value, used string }{
		{"encoding", options.Encoding, info.Encoding}, {"delimiter", options.Delimiter, ""},
		{"quote", options.Quote, ""}, {"escape", options.Escape, ""},
		{"comment", options.Comment, ""},
	} {
		if !isText && setting.value != "" && setting.used == "" {
			useless = append(useless, "`"+setting.name+":`")
		}
	}
	switch last := len(useless) - 1; {
	case last == 0:
		told = append(told, useless[0]+" is for text files, and changes nothing here")
	case last > 0:
		told = append(told, strings.Join(useless[:last], ", ")+" and "+useless[last]+
			" are for text files, and change nothing here")
	}
	return told
}

// headSize is enough of a file to tell what it is.
const headSize = 64 << 10

func openAny(ctx context.Context, path string, options Options) (source, error) {
	name := filepath.Base(path)
	file, err := openFile(path)
	if err != nil {
		return nil, named(name, err)
	}

	found, byPath, err := openContent(ctx, path, file, options)
	if err == nil && found != nil {
		return found, nil // found has the file now
	}

	file.Close()
	if err != nil {
		return nil, named(name, err)
	}
	return byPath(ctx, path, options)
}

// opener opens a file by its path.
type opener func(ctx context.Context, path string, options Options) (source, error)

// named puts the file's name before an error.
func named(name string, err error) error {
	var ambiguous *AmbiguousError
	if errors.As(err, &ambiguous) {
		ambiguous.File = name
		return ambiguous
	}
	return fmt.Errorf("%s%w", before(name, err.Error()), err)
}

// before joins a file's name and what is wrong with it: "june.csv: it is empty", "june.csv: no such
// file".
func before(name, said string) string {
	switch verb, _, _ := strings.Cut(said, " "); verb {
	case "is", "has", "holds", "says", "does", "unpacks":
		return name + ": it "
	}
	return name + ": "
}

// openFile opens a regular file. A pipe cannot be read twice, and every file is: to find out what
// it is, to read its rows, and once more for what was not delivered.
func openFile(path string) (*os.File, error) {
	if status, err := os.Stat(path); err == nil && status.IsDir() {
		return nil, errors.New("is a directory; name the files in it")
	}
	file, err := own.OpenPlain(path)
	if errors.Is(err, own.ErrNotPlain) {
		return nil, errors.New("is not a regular file")
	} else if err != nil {
		return nil, fmt.Errorf("cannot be opened: %w", Cause(err))
	}

	status, err := file.Stat()
	switch {
	case err != nil:
	case status.Size() == 0:
		err = errors.New("is empty: it has no bytes at all")
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// openContent opens everything except packed workbooks; for these it gives a function that opens
// them by path.
func openContent(
	ctx context.Context, path string, file *os.File, options Options,
) (source, opener, error) {
	status, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if isLockFile(filepath.Base(path), status.Size()) {
		return nil, nil, errors.New("is not the file itself, but a temporary file that a " +
			"spreadsheet program keeps beside it while it is open: close it there, and name the " +
			"file without these characters")
	}

	found := &content{
		file: file, size: status.Size(), modified: status.ModTime(),
		unpacked: options.Limits.Unpacked,
		ended:    func() error { return context.Cause(ctx) },
	}
	head, err := found.head()
	if err != nil {
		return nil, nil, err
	}

	switch {
	case bytes.HasPrefix(head, []byte(oleMagic)):
		book, err := openOldExcel(filepath.Base(path), found, options)
		return book, nil, err
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		if byPath, err := found.unzip(options.Sheet); err != nil || byPath != nil {
			return nil, byPath, err
		}
		if isNamed(found.member, options.Sheet) {
			options.Sheet = "" // it chose the file, and no sheet in it
		}
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		found.wrapping = "gz"
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		found.wrapping = "zst"
	}

	if found.wrapping != "" {
		if head, err = found.head(); err != nil {
			return nil, nil, unpackError(err)
		}
		if packed := packedFormat(head); packed != "" {
			return nil, nil, fmt.Errorf("there is %s inside this .%s: unpack it first",
				packed, found.wrapping)
		}
	}

	if is := foreign(head); is != "" {
		return nil, nil, errors.New("is " + is)
	}

	if format := markupIn(head); format != "" {
		page, err := openMarkup(filepath.Base(path), format, found, head, options)
		return page, nil, err
	}

	if options.Table > 1 {
		return nil, nil, fmt.Errorf("has no table %d: `table:` chooses among the tables of a web "+
			"page (HTML)", options.Table)
	}
	text, err := openText(filepath.Base(path), found, head, options)
	if found.wrapping == "" && brokenWorkbook(path, head, err != nil) {
		return nil, nil, errDamagedWorkbook
	}
	if err == nil && hasWorkbookName(path) {
		return nil, nil, errNoWorkbook
	}
	return text, nil, err
}

// head reads the beginning of the content.
func (c *content) head() ([]byte, error) {
	input, err := c.open()
	if err != nil {
		return nil, err
	}
	defer input.Close()
	head, err := io.ReadAll(io.LimitReader(input, headSize))
	if errors.Is(err, io.ErrUnexpectedEOF) && len(head) > 0 {
		return head, nil // a cut file is reported after a full pass
	}
	return head, err
}

// unzip distinguishes workbooks, for which it gives a function that opens them, from other zip
// files and chooses the table in these.
func (c *content) unzip(member string) (workbook opener, err error) {
	archive, err := zip.NewReader(c.file, c.size)
	if err != nil {
		return nil, errors.New("is a .zip or .xlsx file that was cut off or damaged: export or " +
			"download it again")
	}

	holds := func(name string) bool {
		return slices.ContainsFunc(archive.File, func(file *zip.File) bool {
			return strings.EqualFold(strings.ReplaceAll(file.Name, `\`, "/"), name)
		})
	}

	for _, format := range []struct{ part, is string }{
		{"xl/workbook.bin", "a binary workbook (.xlsb): open it in Excel and save it as .xlsx"},
		{"word/document.xml", "a Word document, not a table: export it as CSV or XLSX"},
		{"ppt/presentation.xml", "a presentation, not a table: export it as CSV or XLSX"},
		{"Index/Document.iwa", "a Numbers or Pages document: export it as CSV or XLSX"},
	} {
		if holds(format.part) {
			return nil, errors.New("is " + format.is)
		}
	}

	switch {
	case holds("[Content_Types].xml"), holds("xl/workbook.xml"):
		return openXLSX, nil
	case holds("META-INF/manifest.xml"):
		return openOpenDocument, nil
	}
	c.wrapping = "zip"
	var passed []string
	if c.member, passed, err = chooseMember(archive, member); len(passed) > 0 {
		c.warnings = append(c.warnings, "only "+c.member.Name+
			" in this .zip is read; no tables, and ignored: "+shorten(passed))
	}
	return nil, err
}

// packedFormat names what is packed twice; "" is none.
func packedFormat(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "a workbook or another .zip"
	case bytes.HasPrefix(head, []byte(oleMagic)):
		return "an old Office document"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")),
		bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return "another packed file"
	}
	return ""
}

// unpackError turns an unpacker's error into a sentence.
func unpackError(err error) error {
	if errors.Is(err, errTooLarge) {
		return errors.New("unpacks to more than is allowed: unpack it first, or raise `max_unpacked`")
	}
	if errors.Is(err, errHole) {
		return errHole
	}
	return fmt.Errorf("cannot be unpacked, it was cut off or damaged (%w): export or "+
		"download it again", err)
}

// Cause is what is wrong with a file, without the operation and the path, which messages have
// already. What Windows says in its own words and language reads as it does elsewhere.
func Cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}

	// They are ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION.
	const sharing, lock = syscall.Errno(32), syscall.Errno(33)
	switch {
	case runtime.GOOS != "windows":
		return err
	case errors.Is(err, fs.ErrNotExist):
		return missing{}
	case errors.Is(err, sharing), errors.Is(err, lock):
		return errors.New("another program, such as Excel, has it open and lets nobody else read " +
			"it; close it there and run the same command again")
	}
	return err
}

// missing is [fs.ErrNotExist] in the words of other systems.
type missing struct{}

func (missing) Error() string { return "no such file or directory" }

func (missing) Is(target error) bool { return target == fs.ErrNotExist }
