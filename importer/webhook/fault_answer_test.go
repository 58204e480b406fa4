package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Answers that come late, broken, or in excess.

func TestFault04SlowAnswer(t *testing.T) {
	late := want{Unknown, false, 0, "no answer within 300ms; " + mayHaveArrived}
	meets(t,
		faultCase{name: "late", want: late, answer: func(e *exchange) bool {
			time.Sleep(patience * 3 / 2)
			e.says(ok)
			return false
		}},
		faultCase{name: "a status line that drips", want: late, answer: func(e *exchange) bool {
			return drips(e, ok)
		}},
		faultCase{name: "a body that drips", want: want{Delivered, false, 200, ""},
			options: Options{Timeout: patience}, answer: func(e *exchange) bool {
				e.says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
				return drips(e, strings.Repeat("x", 100))
			}},
	)
}

// A status that was heard in full counts, however slowly the rest of the header comes. Net/http
// does not report what it has heard before the end of the header, but the bytes do.
func TestFault04HeaderThatDrips(t *testing.T) {
	meets(t, faultCase{name: "header", want: want{Delivered, false, 200, ""},
		options: Options{Timeout: patience}, answer: func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\n")
			return drips(e, "X-Padding: "+strings.Repeat("x", 100))
		}})
}

// TestFault04LateAnswerIsNobodyElses: the answer to one event is never taken for the next event's.
func TestFault04LateAnswerIsNobodyElses(t *testing.T) {
	r := newReceiver(t, func(e *exchange) bool {
		if e.number == 1 {
			time.Sleep(patience * 3 / 2)
			e.says(ok)
			return true
		}
		e.says(status(422))
		return true
	})
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 1, Timeout: patience})
	check(t, "late", post(c), want{Unknown, false, 0, "no answer within"})
	for i := range 3 {
		check(t, fmt.Sprint("after it ", i), post(c), want{Rejected, false, 422, ""})
		time.Sleep(patience / 2)
	}
}

func TestFault05Hang(t *testing.T) {
	meets(t, faultCase{name: "hang",
		want:   want{Unknown, false, 0, "no answer within 300ms; " + mayHaveArrived},
		answer: func(e *exchange) bool { time.Sleep(2 * patience); return false }})
}

// TestFault05OthersGoOn: one event that hangs does not delay the others.
func TestFault05OthersGoOn(t *testing.T) {
	t.Parallel()
	release := make(chan bool)
	r := newReceiver(t, func(e *exchange) bool {
		if e.body == "hang" {
			<-release
		}
		e.says(ok)
		return true
	})
	c := newClient(t, Options{Endpoint: r.url, Concurrency: 2})
	hung := make(chan Result)
	go func() { hung <- c.Post(context.Background(), []byte("hang")) }()
	for range 50 {
		check(t, "beside it", post(c), want{Delivered, false, 200, ""})
	}
	close(release)
	check(t, "released", <-hung, want{Delivered, false, 200, ""})
}

// Once a 2xx is heard the event is delivered: sending it again would make twins.
func TestFault06AcceptedAndThenBroken(t *testing.T) {
	const cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
	var zipped bytes.Buffer
	zipper := gzip.NewWriter(&zipped)
	fmt.Fprint(zipper, `{"status":"ok"}`)
	zipper.Close()
	delivered := want{Delivered, false, 200, ""}
	meets(t,
		faultCase{name: "body cut", want: delivered, answer: saysAndEnds(cut)},
		faultCase{name: "body reset", want: delivered, answer: func(e *exchange) bool {
			e.says(cut)
			e.resets()
			return false
		}},
		faultCase{name: "body that hangs", want: want{Delivered, false, 202, ""},
			answer: func(e *exchange) bool {
				e.says("HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n")
				time.Sleep(2 * patience)
				return false
			}},
		faultCase{
			name: "header cut", want: delivered,
			answer: saysAndEnds("HTTP/1.1 200 OK\r\nContent-Le"),
		},
		faultCase{
			name: "chunks that are garbage", want: delivered,
			answer: answersWith("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
		},
		faultCase{
			name: "chunks that end early", want: delivered,
			answer: saysAndEnds("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhal"),
		},
		faultCase{
			name: "length that is too short", want: delivered,
			answer: answersWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay, and more"),
		},
		faultCase{name: "two lengths", want: delivered, answer: saysAndEnds("HTTP/1.1 200 OK\r\n" +
			"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok")},
		faultCase{
			name: "length that is no number", want: delivered,
			answer: saysAndEnds("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok"),
		},
		faultCase{
			name: "body that ends with the connection", want: delivered,
			answer: saysAndEnds("HTTP/1.0 200 OK\r\n\r\nfine"),
		},
		faultCase{
			name: "no body", want: want{Delivered, false, 204, ""},
			answer: answersWith("HTTP/1.1 204 No Content\r\n\r\n"),
		},
		faultCase{name: "not JSON, as of a captive portal", want: delivered,
			answer: answersWith("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" +
				"Content-Length: 6\r\n\r\n<html>")},
		faultCase{name: "zipped although nobody asked", want: delivered,
			answer: answersWith(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"+
				"Content-Length: %d\r\n\r\n%s", zipped.Len(), &zipped))},
		faultCase{name: "zipped, and it is not", want: delivered,
			answer: answersWith("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" +
				"Content-Length: 2\r\n\r\nok")},
		faultCase{
			name: "refused, and the header is cut", want: want{Rejected, false, 422, ""},
			answer: saysAndEnds("HTTP/1.1 422 No\r\n"),
		},
		faultCase{
			name: "busy, and the header is cut", want: want{NotSent, false, 503, ""},
			answer: saysAndEnds("HTTP/1.1 503 Busy\r\n"),
		},
	)
}

func TestFault22HugeAnswer(t *testing.T) {
	delivered := want{Delivered, false, 200, ""}
	var written atomic.Int64 // by endless bodies; the client leaves in time
	meets(t,
		faultCase{name: "endless body", want: delivered, answer: func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\n\r\n")
			for n := 0; n < 1<<30; n += 64 << 10 {
				if _, err := e.Write(make([]byte, 64<<10)); err != nil {
					return false
				}
				written.Store(int64(n))
			}
			t.Error("the client has read a gigabyte")
			return false
		}},
		faultCase{name: "endless chunks", want: delivered, answer: func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for e.alive("1000\r\n" + strings.Repeat("x", 0x1000) + "\r\n") {
			}
			return false
		}},
		faultCase{name: "huge header", want: delivered, answer: saysAndEnds("HTTP/1.1 200 OK\r\n" +
			"X-Padding: " + strings.Repeat("x", 1<<20) + "\r\n\r\n")},
		faultCase{name: "endless fields", want: delivered, answer: func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\n")
			for e.alive("X-Padding: " + strings.Repeat("x", 4000) + "\r\n") {
			}
			return false
		}},
		faultCase{name: "endless reason", want: want{Unknown, false, 0, mayHaveArrived},
			answer: func(e *exchange) bool {
				e.says("HTTP/1.1 200 ")
				for e.alive(strings.Repeat("O", 4000)) {
				}
				return false
			}},
		faultCase{
			name: "huge body of a refusal", want: want{Rejected, false, 422, ""},
			answer: saysAndEnds("HTTP/1.1 422 No\r\n\r\n" + strings.Repeat("no ", 1<<20)),
		},
	)
}

// alive writes, and reports whether somebody may still be reading.
func (e *exchange) alive(text string) bool {
	_, err := e.Write([]byte(text))
	return err == nil
}

func TestFault25NotHTTP(t *testing.T) {
	doubt := want{Unknown, false, 0, mayHaveArrived}
	delivered := want{Delivered, false, 200, ""}
	meets(t,
		faultCase{
			name: "another protocol", want: doubt, answer: saysAndEnds("SSH-2.0-OpenSSH_9.6\r\n"),
		},
		faultCase{
			name: "HTTP/2 without asking", want: doubt,
			answer: saysAndEnds("\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
		},
		faultCase{name: "TLS", want: doubt, answer: saysAndEnds("\x15\x03\x03\x00\x02\x02\x46")},
		faultCase{
			name: "a status that is none", want: doubt,
			answer: saysAndEnds("HTTP/1.1 2OO OK\r\n\r\n"),
		},
		faultCase{
			name: "a status of four digits", want: doubt,
			answer: saysAndEnds("HTTP/1.1 2000 OK\r\n\r\n"),
		},
		faultCase{
			name: "a body without a header", want: doubt,
			answer: saysAndEnds("<html>Welcome</html>"),
		},
		faultCase{
			name: "103 before", want: delivered,
			answer: answersWith("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok),
		},
		faultCase{
			name: "100 before", want: delivered,
			answer: answersWith("HTTP/1.1 100 Continue\r\n\r\n" + ok),
		},
		faultCase{
			name: "100, and the end", want: want{Unknown, false, 100, ""},
			answer: saysAndEnds("HTTP/1.1 100 Continue\r\n\r\n"),
		},
		faultCase{
			name: "101", want: want{Unknown, false, 101, ""},
			answer: saysAndEnds("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n" +
				"Connection: upgrade\r\n\r\n"),
		},
		faultCase{name: "nothing but 102", want: want{Unknown, false, 102, ""},
			answer: func(e *exchange) bool {
				for range 2000 {
					e.says("HTTP/1.1 102 Processing\r\nX-Padding: " + strings.Repeat("x", 100) +
						"\r\n\r\n")
				}
				return false
			}},
	)
}

// TestFault15AnswerBeforeTheBody: what a receiver says before it has read the body counts as well.
func TestFault15AnswerBeforeTheBody(t *testing.T) {
	early := func(text string, rest func(net.Conn)) func(net.Conn) {
		return func(conn net.Conn) {
			readHeader(conn)
			conn.Write([]byte(text))
			rest(conn)
		}
	}
	const long = 5 * patience // for a busy machine, too
	const tooLarge = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	rejected := want{Rejected, false, 413, "413"}
	meets(t,
		faultCase{name: "and reads on", body: large, want: rejected,
			talk: early(tooLarge, func(conn net.Conn) {
				for buffer := make([]byte, 1<<20); ; {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
				}
			})},
		faultCase{name: "and reads nothing", body: large, want: rejected,
			options: Options{Timeout: long},
			talk:    early(tooLarge, func(net.Conn) { time.Sleep(long) })},
		faultCase{name: "and closes its side for writing", body: large, want: rejected,
			options: Options{Timeout: long}, talk: early(tooLarge, func(conn net.Conn) {
				conn.(*net.TCPConn).CloseWrite()
				time.Sleep(long)
			})},
	)
}
