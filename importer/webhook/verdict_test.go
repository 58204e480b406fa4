package webhook

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// want is a verdict in short: again stands for NotSent that another attempt may mend.
type want struct {
	verdict Verdict
	stop    bool
	status  int
	cause   string // a part of it
}

func status(code int, headers ...string) string {
	return fmt.Sprintf("HTTP/1.1 %d Words\r\nContent-Length: 0\r\n%s\r\n", code, strings.Join(append(headers, ""), "\r\n"))
}

// TestVerdictOfStatus goes through every status there is.
func TestVerdictOfStatus(t *testing.T) {
	verdict := func(code int) want {
		switch code {
		case 408, 425, 429, 503:
			return want{NotSent, false, code, "in 1 attempts"}
		case 401, 403, 407, 501, 505:
			return want{NotSent, true, code, "check"}
		case 409:
			return want{Rejected, false, code, "already"}
		}
		switch code / 100 {
		case 2:
			return want{Delivered, false, code, ""}
		case 3:
			return want{NotSent, true, code, "redirects are not followed"}
		case 4:
			return want{Rejected, false, code, ""}
		}
		return want{Unknown, false, code, "may have been processed"}
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			var code int
			r := newReceiver(t, func(e *exchange) bool { e.says(status(code)); return false })
			for code = 200; code < 600; code++ {
				c := newClient(t, Options{Endpoint: r.url, Attempts: 1})
				way.take(c)
				check(t, fmt.Sprint(code), post(c), verdict(code))
				c.Close()
			}
		})
	}
}

// TestVerdictOfFault has every fault that a connection can show.
func TestVerdictOfFault(t *testing.T) {
	const mayHaveArrived = "it may have arrived"
	faults := []struct {
		name   string
		answer func(e *exchange) bool
		want   want
	}{
		{"2xx without a body", answersWith("HTTP/1.1 204 No Content\r\n\r\n"), want{Delivered, false, 204, ""}},
		{"2xx that ends with the connection", func(e *exchange) bool { e.says("HTTP/1.0 200 OK\r\n\r\nfine"); return false }, want{Delivered, false, 200, ""}},
		{"2xx whose body is cut", func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			return false
		}, want{Delivered, false, 200, ""}},
		{"2xx whose body is reset", func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
			e.resets()
			return false
		}, want{Delivered, false, 200, ""}},
		{"2xx whose chunks are garbage", answersWith("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), want{Delivered, false, 200, ""}},
		{"2xx whose body hangs", func(e *exchange) bool {
			e.says("HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n")
			time.Sleep(2 * patience)
			return false
		}, want{Delivered, false, 202, ""}},
		{"2xx with an endless body", func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\n\r\n")
			for {
				if _, err := e.Write(make([]byte, 64<<10)); err != nil {
					return false
				}
			}
		}, want{Delivered, false, 200, ""}},
		{"2xx whose header is cut", func(e *exchange) bool { e.says("HTTP/1.1 200 OK\r\nContent-Le"); return false }, want{Delivered, false, 200, ""}},
		{"2xx with a huge header", func(e *exchange) bool {
			e.says("HTTP/1.1 200 OK\r\nX-Padding: " + strings.Repeat("x", 1<<20) + "\r\n\r\n")
			return false
		}, want{Delivered, false, 200, ""}},
		{"2xx that is not JSON", answersWith("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"), want{Delivered, false, 200, ""}},
		{"2xx after 103", answersWith("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok), want{Delivered, false, 200, ""}},
		{"2xx after 100", answersWith("HTTP/1.1 100 Continue\r\n\r\n" + ok), want{Delivered, false, 200, ""}},
		{"nothing but 102", func(e *exchange) bool {
			for range 2000 {
				e.says("HTTP/1.1 102 Processing\r\nX-Padding: " + strings.Repeat("x", 100) + "\r\n\r\n")
			}
			return false
		}, want{Unknown, false, 102, ""}},
		{"422 whose header is cut", func(e *exchange) bool { e.says("HTTP/1.1 422 No\r\n"); return false }, want{Rejected, false, 422, ""}},
		{"503 whose header is cut", func(e *exchange) bool { e.says("HTTP/1.1 503 Busy\r\n"); return false }, want{NotSent, false, 503, ""}},
		{"a status line that is cut", func(e *exchange) bool { e.says("HTTP/1.1 200 OK"); return false }, want{Unknown, false, 0, mayHaveArrived}},
		{"a status line that is not one", func(e *exchange) bool { e.says("HTTP/1.1 2OO OK\r\n\r\n"); return false }, want{Unknown, false, 0, mayHaveArrived}},
		{"an answer that is not HTTP", func(e *exchange) bool { e.says("SSH-2.0-OpenSSH_9.6\r\n"); return false }, want{Unknown, false, 0, mayHaveArrived}},
		{"the end after the request", func(e *exchange) bool { return false }, want{Unknown, false, 0, "the connection broke before an answer; " + mayHaveArrived}},
		{"a reset after the request", func(e *exchange) bool { e.resets(); return false }, want{Unknown, false, 0, "the connection broke before an answer; " + mayHaveArrived}},
		{"a hang", func(e *exchange) bool { time.Sleep(2 * patience); return false }, want{Unknown, false, 0, "no answer within 300ms; " + mayHaveArrived}},
		{"a status line that drips", func(e *exchange) bool {
			for _, b := range []byte(ok) {
				if _, err := e.Write([]byte{b}); err != nil {
					return false
				}
				time.Sleep(patience / 10)
			}
			return false
		}, want{Unknown, false, 0, "no answer within 300ms; " + mayHaveArrived}},
		{"a redirect", answersWith(status(302, "Location: https://login.example.com/in?token=geheim")), want{NotSent, true, 302, "302 Found to https://login.example.com/in: redirects are not followed"}},
	}
	for _, way := range ways {
		for _, fault := range faults {
			t.Run(way.name+"/"+fault.name, func(t *testing.T) {
				t.Parallel()
				r := newReceiver(t, fault.answer)
				options := Options{Endpoint: r.url, Attempts: 1}
				if strings.Contains(fault.want.cause, "no answer within") {
					options.Timeout = patience
				}
				c := newClient(t, options)
				way.take(c)
				check(t, fault.name, post(c), fault.want)
				if n := r.requests.Load(); n != 1 {
					t.Errorf("%s: the receiver saw %d requests, want 1", fault.name, n)
				}
			})
		}
	}
}

// TestVerdictWithoutConnection has what goes wrong before a request can leave.
func TestVerdictWithoutConnection(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	silent := newSilentListener(t)
	foreign := httptest.NewUnstartedServer(http.NotFoundHandler())
	foreign.Config.ErrorLog = log.New(io.Discard, "", 0)
	foreign.StartTLS()
	defer foreign.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	faults := []struct {
		name, endpoint string
		want           want
	}{
		{"connection refused", "http://" + closed.Addr().String(), want{NotSent, false, 0, "refuses connections"}},
		{"no such host", "https://no-such-host.invalid/", want{NotSent, false, 0, "no-such-host.invalid"}},
		{"a certificate of an unknown authority", foreign.URL, want{NotSent, true, 0, "certificate"}},
		{"no TLS", strings.Replace(plain.URL, "http:", "https:", 1), want{NotSent, false, 0, "does not speak TLS"}},
		{"a TLS handshake that hangs", "https://" + silent, want{NotSent, false, 0, "no answer within"}},
	}
	for _, way := range ways {
		for _, fault := range faults {
			t.Run(way.name+"/"+fault.name, func(t *testing.T) {
				options := Options{Endpoint: fault.endpoint, Attempts: 1}
				if strings.Contains(fault.want.cause, "no answer within") {
					options.Timeout = patience
				}
				c := newClient(t, options)
				way.take(c)
				check(t, fault.name, post(c), fault.want)
			})
		}
	}
}

// newSilentListener is an address that accepts connections and says nothing.
func newSilentListener(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

func TestRetryOnMovesStatuses(t *testing.T) {
	for _, way := range ways {
		for code, want := range map[int]want{
			500: {NotSent, false, 500, "500 Internal Server Error"},
			409: {NotSent, false, 409, "409 Conflict"},
			502: {Unknown, false, 502, "may have been processed"},
		} {
			r := newReceiver(t, answersWith(status(code)))
			c := newClient(t, Options{Endpoint: r.url, Attempts: 1, RetryOn: []int{500, 409}})
			way.take(c)
			check(t, way.name+fmt.Sprint(code), post(c), want)
		}
	}
}

// TestEndpointThatIsGone: some events are rejected until it is sure that the address is wrong for all.
func TestEndpointThatIsGone(t *testing.T) {
	for _, way := range ways {
		r := newReceiver(t, answersWith(status(404)))
		c := newClient(t, Options{Endpoint: r.url})
		way.take(c)
		for i := range goneAtStart - 1 {
			check(t, fmt.Sprint(i), post(c), want{Rejected, false, 404, "404 Not Found"})
		}
		check(t, "last", post(c), want{NotSent, true, 404, "check the address"})
		check(t, "after the stop", post(c), want{NotSent, true, 0, "check the address"})
		if n := r.requests.Load(); n != goneAtStart {
			t.Errorf("the receiver saw %d requests, want %d", n, goneAtStart)
		}
	}
}

func TestEventsThatAreGone(t *testing.T) {
	for _, way := range ways {
		r := newReceiver(t, func(e *exchange) bool {
			if e.number%4 == 1 {
				e.says(ok)
			} else {
				e.says(status(410))
			}
			return true
		})
		c := newClient(t, Options{Endpoint: r.url})
		way.take(c)
		for i := range 40 { // among them more than goneLater, but never in a row
			if i%4 == 0 {
				check(t, fmt.Sprint(i), post(c), want{Delivered, false, 200, ""})
			} else {
				check(t, fmt.Sprint(i), post(c), want{Rejected, false, 410, "410 Gone"})
			}
		}
	}
}

// TestOneAttemptIsOnePost: a receiver that processes and then breaks a connection in use gets nothing twice.
// With Idempotency-Key Go's Transport would repeat the request, and nobody would know.
func TestOneAttemptIsOnePost(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			r := newReceiver(t, func(e *exchange) bool {
				if e.number%5 == 0 {
					e.resets()
					return false
				}
				e.says(ok)
				return true
			})
			c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
			way.take(c)
			for i := range 60 {
				result := c.Resend(context.Background(), [16]byte{0: 0xab, 15: 1}, []byte(event))
				if i%5 == 4 {
					check(t, fmt.Sprint(i), result, want{Unknown, false, 0, "may have arrived"})
				} else {
					check(t, fmt.Sprint(i), result, want{Delivered, false, 200, ""})
				}
				if result.Attempts != 1 {
					t.Errorf("event %d: %d attempts, want 1", i, result.Attempts)
				}
			}
			if n := r.requests.Load(); n != 60 {
				t.Errorf("the receiver processed %d requests, want 60", n)
			}
			if got := r.headers[0].Get("Idempotency-Key"); got != "ab000000000000000000000000000001" {
				t.Errorf("Idempotency-Key %q, want the id", got)
			}
		})
	}
}

// TestIdleConnectionThatWasClosed: what is known to have gone nowhere is sent again, at once and only once.
func TestIdleConnectionThatWasClosed(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			r := newReceiver(t, func(e *exchange) bool { e.says(ok); return false })
			c := newClient(t, Options{Endpoint: r.url, Concurrency: 1})
			way.take(c)
			for i := range 5 {
				check(t, fmt.Sprint(i), post(c), want{Delivered, false, 200, ""})
				time.Sleep(20 * time.Millisecond) // for the end of the connection to arrive
			}
			if n := r.requests.Load(); n != 5 {
				t.Errorf("the receiver saw %d requests, want 5", n)
			}
		})
	}
}

func check(t *testing.T, name string, got Result, want want) {
	t.Helper()
	if got.Verdict != want.verdict || got.Stop != want.stop || got.Status != want.status || !strings.Contains(got.Cause, want.cause) {
		t.Errorf("%s: got %v, stop %v, status %d, cause %q\nwant %v, stop %v, status %d, cause with %q",
			name, got.Verdict, got.Stop, got.Status, got.Cause, want.verdict, want.stop, want.status, want.cause)
	}
}
