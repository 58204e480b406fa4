package webhook

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// read returns what readAnswer makes of text, and how many bytes it left.
func read(text string) (a answer, keep bool, left int) {
	r := bufio.NewReader(strings.NewReader(text))
	keep = readAnswer(r, &a, func() {})
	rest, _ := io.ReadAll(r)
	return a, keep, len(rest)
}

func TestReadAnswer(t *testing.T) {
	for _, test := range []struct {
		name, text string
		status     int
		body       string
		whole      bool
		keep       bool
	}{
		{"length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true, true},
		{"no body", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true, true},
		{"no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true, true},
		{"bare line feeds", "HTTP/1.1 200 OK\ncontent-length:2\n\nok", 200, "ok", true, true},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n1\r\n" +
			"!\r\n0\r\nTrailer: x\r\n\r\n", 200, "ok!", true, true},
		{"until the end", "HTTP/1.1 200 OK\r\n\r\nok", 200, "ok", true, false},
		{"close", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nok", 200,
			"ok", true, false},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true, false},
		{"same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
			200, "ok", true, true},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", 200,
			"", false, false},
		{"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok", 200, "",
			false, false},
		{"length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" +
			"Transfer-Encoding: chunked\r\n\r\n1\r\n!\r\n0\r\n\r\n", 200, "!", true, false},
		{"coding that we do not know", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n" +
			"\r\n0\r\n\r\n", 200, "", false, false},
		{"line that is no field", "HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\nok", 200,
			"ok", true, false},
		{"1xx before", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 422 No\r\nContent-Length: 1\r\n\r\nx",
			422, "x", true, true},
		{"body cut", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", 200, "ok", false, false},
		{"chunk cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok", 200, "ok",
			false, false},
		{"chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"2\r\nok\r\n", 200, "ok", false, false},
		{"header cut", "HTTP/1.1 503 Busy\r\nRetry-After: 5\r\nConte", 503, "", false, false},
		{"huge line", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 10_000) +
			"\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true, true},
		{"huge header", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", answerLimit) +
			"\r\nContent-Length: 2\r\n\r\nok", 200, "", false, false},
		{"huge body", "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" +
			strings.Repeat("x", 70000), 200, strings.Repeat("x", answerLimit), false, false},
		{"status line cut", "HTTP/1.1 200 OK", 0, "", false, false},
		{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", 0, "", false, false},
		{"four digits", "HTTP/1.1 2000 OK\r\n\r\n", 0, "", false, false},
		{"status below 100", "HTTP/1.1 099 OK\r\n\r\n", 0, "", false, false},
		{"nothing", "", 0, "", false, false},
	} {
		a, keep, _ := read(test.text)
		if a.status != test.status || string(a.body) != test.body || a.whole != test.whole ||
			keep != test.keep {
			t.Errorf("%s: status %d, body %.20q (%d), whole %v, keep %v; want %d, %.20q "+
				"(%d), %v, %v", test.name,
				a.status, a.body, len(a.body), a.whole, keep, test.status, test.body,
				len(test.body), test.whole, test.keep)
		}
	}
}

func TestReadFields(t *testing.T) {
	a, _, _ := read("HTTP/1.1 503 Busy\r\nRETRY-AFTER:  7 \r\n" +
		"Date: Mon, 23 Nov 2026 12:00:00 GMT\r\nx-request-id: r1\r\nCF-Ray: r2\r\n" +
		"RateLimit: \"a\";r=0;t=3\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 9\r\n" +
		"Location: /x\r\nContent-Length: 0\r\n\r\n")
	want := fields{"7", "Mon, 23 Nov 2026 12:00:00 GMT", "/x", "r1", `"a";r=0;t=3`, "0", "9"}
	if a.fields != want {
		t.Errorf("fields %+v, want %+v", a.fields, want)
	}
}

// FuzzReadAnswer compares with net/http: where that reads an answer, status and body are the same,
// and a connection is only kept where that would be in step too.
func FuzzReadAnswer(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"HTTP/1.0 301 x\r\nLocation: y\r\n\r\n", "HTTP/1.1 204\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n" +
			"Connection: close\r\n\r\n0\r\n\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		a, keep, left := read(string(text))
		if a.status != 0 && (a.status < 100 || a.status > 999) {
			t.Errorf("status %d", a.status)
		}
		if keep && !a.whole || a.whole && a.err != nil {
			t.Errorf("keep %v, whole %v, error %v do not go together", keep, a.whole, a.err)
		}
		r := bufio.NewReader(bytes.NewReader(text))
		response, err := http.ReadResponse(r, &http.Request{Method: http.MethodPost})
		if err != nil || response.StatusCode < 200 || len(text) > answerLimit {
			return
		}
		if a.status != response.StatusCode && a.status != 0 {
			t.Errorf("status %d, net/http reads %d", a.status, response.StatusCode)
		}
		body, err := io.ReadAll(response.Body)
		if a.whole && (err != nil || !bytes.Equal(a.body, body)) {
			t.Errorf("body %q, net/http reads %q, %v", a.body, body, err)
		}
		rest, _ := io.ReadAll(r)
		if keep && (response.Close || len(rest) != left) {
			t.Errorf("kept with %d bytes left; net/http closes: %v, and leaves %d", left,
				response.Close, len(rest))
		}
	})
}
