package table

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"os"
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
	ended    func() error // tells that nobody waits for the file any more
	warnings []string
}

// errTooLarge reports a file that unpacks to more than allowed.
var errTooLarge = errors.New("it unpacks to more than is allowed")

// open starts reading at the beginning.
func (c *content) open() (io.ReadCloser, error) {
	section := io.NewSectionReader(c.file, 0, c.size)
	switch c.wrapping {
	case "gz":
		unpacker, err := gzip.NewReader(section)
		return c.limit(unpacker, err)
	case "zst":
		unpacker, err := zstd.NewReader(section, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(128<<20))
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

// limited stops a reader that gives more than is allowed, or for which nobody waits.
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

// readFull reads until p is full or the input ends. io.ReadFull would not do: it makes the same error of an input that ends and of
// packed data that was cut off.
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

// changed says whether the file is another one than when it was opened.
func (c *content) changed() bool {
	now, err := c.file.Stat()
	return err != nil || now.Size() != c.size || !now.ModTime().Equal(c.modified)
}
