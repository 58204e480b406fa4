package webhook

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestCausesByWindowsNumbers: whatever number Windows gives, people read our sentences, and a
// missing connection means sending again.
func TestCausesByWindowsNumbers(t *testing.T) {
	c := newClient(t, Options{Endpoint: "https://receiver.example/event"})
	for code, want := range map[syscall.Errno]string{
		10061: "receiver.example refuses connections",
		1225:  "receiver.example refuses connections",
		10050: "receiver.example cannot be reached",
		10051: "receiver.example cannot be reached",
		10060: "receiver.example cannot be reached",
		10064: "receiver.example cannot be reached",
		10065: "receiver.example cannot be reached",
		121:   "receiver.example cannot be reached",
		1231:  "receiver.example cannot be reached",
		1232:  "receiver.example cannot be reached",
		10024: "too many open files",
		10055: "too many open files",
		10052: "the connection broke before an answer",
		10053: "the connection broke before an answer",
		10054: "the connection broke before an answer",
		10057: "the connection broke before an answer",
		10058: "the connection broke before an answer",
		64:    "the connection broke before an answer",
		1236:  "the connection broke before an answer",
	} {
		err := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connectex", code)}
		if got := c.describe(err); got != want {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
		if ruling := c.rule(&answer{err: err}); ruling.verdict != NotSent || !ruling.again {
			t.Errorf("%d before the request: %+v, want another attempt", code, ruling)
		}
		ruling := c.rule(&answer{err: err, wrote: true})
		if ruling.verdict != Unknown || !strings.HasSuffix(ruling.cause, mayHaveArrived) {
			t.Errorf("%d behind the request: %+v, want unknown", code, ruling)
		}
	}

	// What the system's own resolver says of a name.
	lookup := &net.DNSError{
		Err: "getaddrinfow: This is usually a temporary error.", Name: "receiver.example",
	}
	if got, want := c.describe(lookup),
		"receiver.example cannot be found (This is"; !strings.HasPrefix(got, want) {
		t.Errorf("a name server that fails: %q, want %q", got, want)
	}
}
