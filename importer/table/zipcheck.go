package table

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"

	"ableimport/importer/own"
	"ableimport/importer/spill"
)

// archive is a workbook's zip file. It does not trust its directory: it counts sizes while
// unpacking, and reads every part to its end, where it compares the checksum, before rows are
// believed.
type archive struct {
	file     *os.File
	packed   int64
	parts    map[string]*zip.File // by lower-case name: part names differ in case between writers
	twice    map[string]bool      // names that two entries bear
	limit    int64                // bytes that all parts together may unpack to
	unpacked int64                // bytes of the parts that were read to their end
	glanced  int64                // bytes that were read of parts to find out which to read
	verified map[*zip.File]bool
	ended    func() error // reports that nobody waits for the file any more
}

const (
	// Beyond unpackedFreely a file may not unpack to more than unpackedRatio times its size, unless
	// the caller set a limit: sheets of bills stay below 20, bombs are near 1000.
	unpackedFreely = 256 << 20
	unpackedRatio  = 200
	maximumParts   = 1 << 16
)

// openArchive opens a zip that may unpack to so many bytes. Reading it ends with the context.
func openArchive(ctx context.Context, name string, limit int64) (*archive, error) {
	file, err := own.OpenPlain(name)
	if err != nil {
		return nil, err
	}

	a := &archive{
		file: file, limit: limit, parts: map[string]*zip.File{}, twice: map[string]bool{},
		verified: map[*zip.File]bool{}, ended: func() error { return context.Cause(ctx) },
	}
	if err := a.readDirectory(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return a, nil
}

func (a *archive) readDirectory() error {
	stat, err := a.file.Stat()
	if err != nil {
		return err
	}

	a.packed = stat.Size()
	reader, err := zip.NewReader(a.file, a.packed)
	// Insecure paths do no harm: nothing is ever written by the names of parts.
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("the file is cut or damaged (%s); export or download it again",
			strings.TrimPrefix(err.Error(), "zip: "))
	}
	if len(reader.File) > maximumParts {
		return fmt.Errorf("the file has %d parts, which no workbook has", len(reader.File))
	}
	reader.RegisterDecompressor(zip.Deflate, flate.NewReader)
	for _, part := range reader.File {
		key := partKey(part.Name)
		a.twice[key] = a.parts[key] != nil
		a.parts[key] = part
	}
	return nil
}

// partKey normalises the name of a part.
func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (a *archive) has(name string) bool { return a.parts[partKey(name)] != nil }

// open gives a part's content. Its reader ends with an error if the part is damaged or exceeds the
// limit.
func (a *archive) open(name string) (*partReader, error) {
	key := partKey(name)
	part := a.parts[key]
	switch {
	case part == nil:
		return nil, fmt.Errorf("its part %s is missing", name)
	case a.twice[key]:
		return nil, fmt.Errorf("it has two parts named %s", name)
	}
	return a.openPart(part)
}

func (a *archive) openPart(part *zip.File) (*partReader, error) {
	if part.Flags&1 != 0 {
		return nil, errors.New("its parts are locked with a password; save it without one")
	}
	in, err := part.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, fmt.Errorf("its part %s is packed in a way (method %d) that workbooks do not "+
			"use; save it again", part.Name, part.Method)
	}
	if err != nil {
		return nil, damaged(part, err)
	}
	return &partReader{archive: a, part: part, in: in}, nil
}

// partReader reads one part, counts its bytes and notes when it was read to its verified end.
type partReader struct {
	archive *archive
	part    *zip.File
	in      io.ReadCloser
	counted int64
	glance  bool // everything read this way counts together: there may be very many parts
}

func (p *partReader) Read(into []byte) (int, error) {
	if err := p.archive.ended(); err != nil {
		return 0, err
	}
	n, err := p.in.Read(into)
	p.counted += int64(n)
	if p.glance {
		p.archive.glanced += int64(n)
	}

	switch {
	case p.archive.glanced > p.archive.allowed():
		return n, errBomb
	case p.counted+p.archive.unpacked > p.archive.allowed():
		return n, errBomb
	case err == io.EOF:
		p.archive.verified[p.part] = true
	case err != nil:
		return n, damaged(p.part, err)
	}
	return n, err
}

// Close has nothing to add: Read has reported what it could not unpack.
func (p *partReader) Close() error {
	p.in.Close()
	return nil
}

const (
	aheadFrom   = 1 << 20 // smaller parts are not unpacked ahead
	aheadBuffer = 128 << 10
)

// ahead gives the same content, unpacked ahead of its reader by a goroutine of its own: two cores
// share the work.
func (p *partReader) ahead() io.ReadCloser {
	if p.part.UncompressedSize64 < aheadFrom {
		return p
	}
	a := &aheadReader{part: p}
	a.next, a.stop = iter.Pull(spill.Ahead(
		func() *unpacked { return &unpacked{bytes: make([]byte, aheadBuffer)} }, p.unpack))
	return a
}

// unpacked is a piece of a part.
type unpacked struct {
	bytes  []byte
	length int
	err    error // why nothing follows
}

// unpack fills buffers until the part ends or nobody wants more.
func (p *partReader) unpack(next spill.Relay[*unpacked]) {
	for piece, wanted := next.First(), true; wanted; {
		piece.length, piece.err = 0, nil
		for piece.length < len(piece.bytes) && piece.err == nil {
			var n int
			n, piece.err = p.Read(piece.bytes[piece.length:])
			piece.length += n
		}
		if piece.err != nil {
			next.Last(piece)
			return
		}
		piece, wanted = next.After(piece)
	}
}

// aheadReader reads a part that is unpacked ahead.
type aheadReader struct {
	part *partReader
	next func() (*unpacked, bool)
	stop func()
	rest []byte
	err  error // what comes after rest
}

func (a *aheadReader) Read(into []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		piece, _ := a.next()
		a.rest, a.err = piece.bytes[:piece.length], piece.err
	}
	n := copy(into, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close also ends the goroutine.
func (a *aheadReader) Close() error {
	a.stop()
	return a.part.Close()
}

var errBomb = errors.New("it unpacks to far more than its size allows, as only files made to do " +
	"harm do; raise `max_unpacked` if you trust it")

func (a *archive) allowed() int64 {
	if a.limit != defaultLimits.Unpacked {
		return a.limit
	}
	return min(a.limit, max(unpackedFreely, a.packed*unpackedRatio))
}

func damaged(part *zip.File, err error) error {
	return fmt.Errorf("the file is damaged in %s (%s); export or download it again",
		part.Name, strings.TrimPrefix(err.Error(), "zip: "))
}

// verify reads all parts that were not read to their end yet, and counts their unpacked size.
func (a *archive) verify() error {
	buffer := make([]byte, 64<<10)
	for _, part := range a.sorted() {
		if a.verified[part] {
			continue
		}
		in, err := a.openPart(part)
		if err != nil {
			return err
		}
		_, err = io.CopyBuffer(io.Discard, struct{ io.Reader }{in}, buffer)
		if err := errors.Join(err, in.Close()); err != nil {
			return err
		}
		a.unpacked += in.counted
	}

	return nil
}

// sorted gives the parts in the order of their names, so that the same file always gives the same
// error.
func (a *archive) sorted() []*zip.File {
	keys := make([]string, 0, len(a.parts))
	for key := range a.parts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	parts := make([]*zip.File, len(keys))
	for i, key := range keys {
		parts[i] = a.parts[key]
	}
	return parts
}

func (a *archive) close() error { return a.file.Close() }
