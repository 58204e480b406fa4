package webhook

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

var (
	errNotHTTP    = errors.New("the answer is not HTTP")
	errTooLarge   = errors.New("the answer is too large")
	errBadFraming = errors.New("the answer does not say how long it is")
)

// informationals is how many 1xx may come before an answer: as many as net/http takes.
const informationals = 5

// readAnswer reads an HTTP/1 answer (RFC 9112) into a, as far as it can be read. It calls slow
// before waiting for a body. It says whether the connection may carry another request.
func readAnswer(r *bufio.Reader, a *answer, slow func()) (keep bool) {
	left := answerLimit
	for range informationals + 1 {
		var f framing
		if f, a.err = readHead(r, a, &left); a.err != nil {
			return false
		}
		if a.status >= 200 || a.status == 101 {
			if f.length < 0 || f.length > int64(r.Buffered()) {
				slow()
			}
			a.err = f.readBody(r, a)
			a.whole = a.err == nil
			return a.whole && !f.close && f.length != untilClose
		}
	}
	a.err = errNotHTTP
	return false
}

// framing says where an answer's body ends.
type framing struct {
	length int64 // bytes, or one of the values below
	close  bool  // the connection ends after it
}

const (
	untilClose = -1 - iota
	chunked
	unclear
)

// readHead reads a status line and the header below it. The status counts from its complete line
// on, whatever happens to the rest.
func readHead(r *bufio.Reader, a *answer, left *int) (framing, error) {
	f := framing{length: untilClose}
	line, err := readLine(r, left)
	if err != nil {
		return f, err
	}

	minor, status, ok := parseStatusLine(line)
	if !ok {
		return f, errNotHTTP
	}
	a.status = status
	f.close = minor == 0 || status == 101

	for {
		line, err := readLine(r, left)
		if err != nil {
			return f, err
		}
		if len(line) == 0 {
			break
		}
		f.field(line, a)
	}

	if status == 204 || status == 304 || status < 200 {
		f.length = 0
	}
	return f, nil
}

// field notes one line of the header. A line that is not a field costs the connection, not the
// verdict.
func (f *framing) field(line []byte, a *answer) {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 {
		f.close = true
		return
	}

	for i, b := range name {
		if b >= 'A' && b <= 'Z' {
			name[i] = b + 'a' - 'A'
		}
	}
	value = bytes.Trim(value, " \t")

	switch string(name) {
	case "content-length":
		f.setLength(value)
	case "transfer-encoding":
		if f.length >= 0 {
			f.close = true // both: someone on the way may read it the other way
		}
		if f.length = unclear; bytes.EqualFold(value, []byte("chunked")) {
			f.length = chunked
		}
	case "connection":
		if containsFold(value, "close") {
			f.close = true
		}
	case "proxy-authenticate":
		a.logins = addSchemes(a.logins, string(value))
	case "date":
		if a.status >= 300 { // only a wait needs it
			a.fields.set(name, value)
		}
	default:
		a.fields.set(name, value)
	}
}

func (f *framing) setLength(value []byte) {
	length, err := strconv.ParseUint(string(value), 10, 63)
	switch {
	case f.length == chunked:
		f.close = true
	case err != nil, f.length >= 0 && f.length != int64(length):
		f.length = unclear
	case f.length == untilClose:
		f.length = int64(length)
	}
}

func containsFold(list []byte, token string) bool {
	for part := range bytes.SplitSeq(list, []byte(",")) {
		if bytes.EqualFold(bytes.TrimSpace(part), []byte(token)) {
			return true
		}
	}
	return false
}

// readBody appends the body to a.body. An error means that it is not complete.
func (f *framing) readBody(r *bufio.Reader, a *answer) error {
	switch f.length {
	case unclear:
		return errBadFraming
	case untilClose:
		return a.appendBody(r, answerLimit+1, io.EOF)
	case chunked:
		return readChunks(r, a)
	}
	return a.appendBody(r, f.length, nil)
}

// appendBody reads n bytes, or up to the end where end is io.EOF.
func (a *answer) appendBody(r *bufio.Reader, n int64, end error) error {
	for n > 0 {
		if len(a.body) >= answerLimit {
			return errTooLarge
		}
		if r.Buffered() == 0 {
			if _, err := r.Peek(1); err != nil {
				return unexpected(err, end)
			}
		}
		part, _ := r.Peek(int(min(n, int64(r.Buffered()), int64(answerLimit-len(a.body)))))
		a.body = append(a.body, part...)
		r.Discard(len(part))
		n -= int64(len(part))
	}
	return nil
}

// unexpected makes an end of the connection an error, unless it is the expected end.
func unexpected(err, end error) error {
	switch {
	case err == end:
		return nil
	case err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

// readChunks reads the chunked coding, including its trailer.
func readChunks(r *bufio.Reader, a *answer) error {
	left := answerLimit // for what is not data
	for {
		line, err := readLine(r, &left)
		if err != nil {
			return err
		}

		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimRight(digits, " \t")), 16, 63)
		if err != nil {
			return errBadFraming
		}
		if size == 0 {
			break
		}
		if err := a.appendBody(r, int64(size), nil); err != nil {
			return err
		}
		if line, err := readLine(r, &left); err != nil || len(line) > 0 {
			return errBadFraming
		}
	}

	for {
		if line, err := readLine(r, &left); err != nil || len(line) == 0 {
			return err
		}
	}
}

// readLine gives one line without its break, valid until the next read. Of a line longer than the
// buffer it gives the beginning. Left counts down the bytes that may still be read.
func readLine(r *bufio.Reader, left *int) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	*left -= len(line)
	if err == bufio.ErrBufferFull {
		line = bytes.Clone(line)
		for err == bufio.ErrBufferFull && *left > 0 {
			var rest []byte
			rest, err = r.ReadSlice('\n')
			*left -= len(rest)
		}
	}

	switch {
	case *left < 0:
		return nil, errTooLarge
	case err != nil:
		return nil, unexpected(err, nil)
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
}
