package webhook

import (
	"fmt"
	"strings"
	"testing"

	"ableimport/samples/secrets"
)

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// want is a verdict in short: again means NotSent that another attempt may fix.
type want struct {
	verdict Verdict
	stop    bool
	status  int
	cause   string // a part of it
}

func status(code int, headers ...string) string {
	return fmt.Sprintf("HTTP/1.1 %d Words\r\nContent-Length: 0\r\n%s\r\n", code,
		strings.Join(append(headers, ""), "\r\n"))
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
	var code int
	r := newReceiver(t, func(e *exchange) bool { e.says(status(code)); return false })
	for code = 200; code < 600; code++ {
		c := newClient(t, Options{Endpoint: r.url, Attempts: 1})
		check(t, fmt.Sprint(code), post(c), verdict(code))
		c.Close()
	}
}

func check(t *testing.T, name string, got Result, want want) {
	t.Helper()
	secrets.Check(t, name, got.Cause, got.Answer, got.RequestID)
	if got.Verdict != want.verdict || got.Stop != want.stop || got.Status != want.status ||
		!strings.Contains(got.Cause, want.cause) {
		t.Errorf("%s: got %v, stop %v, status %d, cause %q\n"+
			"want %v, stop %v, status %d, cause with %q",
			name, got.Verdict, got.Stop, got.Status, got.Cause, want.verdict, want.stop,
			want.status, want.cause)
	}
}
