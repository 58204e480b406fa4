package table

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// content is the unpacked content of a file, which can be read any number of times.
type content struct {
	file     *os.File
	size     int64
	modified time.Time
	wrapping string // "", "gz", "zst" or "zip"
	member   *zip.File
	unpacked int64        // the limit
	ended    func() error // reports that nobody waits for the file any more
	warnings []string
}

// errTooLarge reports a file that unpacks to more than allowed.
var errTooLarge = errors.New("it unpacks to more than is allowed")

// open starts reading at the beginning.
func (c *content) open() (io.ReadCloser, error) { return c.openAt(0) }

// openAt starts reading at a byte of the file.
func (c *content) openAt(offset int64) (io.ReadCloser, error) {
	section := io.NewSectionReader(c.file, offset, c.size-offset)
	switch c.wrapping {
	case "gz":
		unpacker, err := gzip.NewReader(section)
		return c.limit(unpacker, err)
	case "zst":
		unpacker, err := zstd.NewReader(section, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		return c.limit(unpacker.IOReadCloser(), nil)
	case "zip":
		unpacker, err := c.member.Open()
		return c.limit(unpacker, err)
	}
	return &limited{io.NopCloser(section), math.MaxInt64, c.ended}, nil
}

func (c *content) limit(unpacker io.ReadCloser, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	return &limited{unpacker, c.unpacked, c.ended}, nil
}

// limited stops a reader that gives more than is allowed, or that nobody waits for.
type limited struct {
	io.ReadCloser
	left  int64
	ended func() error
}

func (l *limited) Read(p []byte) (int, error) {
	if err := l.ended(); err != nil {
		return 0, err
	}
	n, err := l.ReadCloser.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// readFull reads until p is full or the input ends. io.ReadFull would not do: it gives the same
// error for an input that ends and for packed data that was cut off.
func readFull(input io.Reader, p []byte) (n int, ended bool, err error) {
	for n < len(p) && err == nil {
		var read int
		read, err = input.Read(p[n:])
		n += read
	}
	if err == io.EOF {
		return n, true, nil
	}
	return n, false, err
}

// changed reports whether the file differs from the one that was opened.
func (c *content) changed() bool {
	now, err := c.file.Stat()
	return err != nil || now.Size() != c.size || !now.ModTime().Equal(c.modified)
}

// chooseMember finds the one table in a zip file, or the one with that name. It says which other
// files it skips: people would miss a table among them.
func chooseMember(archive *zip.Reader, name string) (member *zip.File, passed []string, err error) {
	var tables, pages []*zip.File
	var names []string
	for _, file := range archive.File {
		base := path.Base(file.Name)
		if file.FileInfo().IsDir() || isLitter(file.Name) {
			continue
		}
		if isNamed(file, name) {
			return usable(file, nil)
		}
		if isBeside(base) {
			passed = append(passed, file.Name)
			if slices.Contains(pageEndings, strings.ToLower(path.Ext(base))) {
				pages = append(pages, file)
			}
			continue
		}
		tables = append(tables, file)
		names = append(names, file.Name)
	}

	switch {
	case name != "" && len(names) > 0:
		return nil, nil, fmt.Errorf("there is no %q in this .zip, but %s", name,
			strings.Join(names, ", "))
	case len(names) > 1:
		return nil, nil, fmt.Errorf("there are %d files in this .zip: %s. Choose one with "+
			"`sheet: %s`, or unpack it", len(names), shorten(names), names[0])
	case len(names) == 1:
		return usable(tables[0], passed)
	case len(pages) == 1:
		passed = slices.DeleteFunc(passed, func(name string) bool { return name == pages[0].Name })
		return usable(pages[0], passed)
	case len(passed) > 0:
		return nil, nil, fmt.Errorf("there is no table in this .zip, but %s", shorten(passed))
	}
	return nil, nil, errors.New("there is no file in this .zip")
}

// isNamed reports whether people mean this file of a .zip.
func isNamed(file *zip.File, name string) bool {
	return name == file.Name || name == path.Base(file.Name)
}

// isLitter reports files that systems leave behind, and that nobody has put there.
func isLitter(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, ".") ||
		strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini")
}

var (
	// besideEndings belong to files that people put beside an export and that are not tables.
	besideEndings = []string{
		".md", ".pdf", ".html", ".htm", ".xml", ".json", ".doc", ".docx", ".rtf", ".odt",
		".png", ".jpg", ".jpeg", ".gif", ".svg", ".log", ".asc", ".sig",
		".md5", ".sha1", ".sha256", ".url", ".ini", ".css", ".xsd", ".dtd",
	}
	// pageEndings are the endings among them that are tables if nothing else is there.
	pageEndings = []string{".html", ".htm", ".xml"}

	// besideNames belong to texts about an export, in the languages of our users.
	besideNames = []string{
		"readme", "read me", "read_me", "liesmich", "lisezmoi", "leeme", "leame", "leggimi",
		"license", "licence", "lizenz", "licencia", "copying", "notice", "changelog",
		"manifest", "checksums", "sha256sums", "md5sums",
	}
)

// isBeside reports files that are not tables, as their names say.
func isBeside(base string) bool {
	base = strings.ToLower(base)
	ending := path.Ext(base)
	if slices.Contains(besideEndings, ending) {
		return true
	}
	return (ending == ".txt" || ending == "") &&
		slices.Contains(besideNames, strings.TrimSuffix(base, ending))
}

func usable(file *zip.File, passed []string) (*zip.File, []string, error) {
	if file.Flags&1 != 0 {
		return nil, nil, fmt.Errorf("%s in this .zip is protected by a password: unpack it first",
			file.Name)
	}
	return file, passed, nil
}

func shorten(names []string) string {
	if len(names) > 6 {
		return strings.Join(names[:6], ", ") + fmt.Sprintf(" and %d more", len(names)-6)
	}
	return strings.Join(names, ", ")
}
