package webhook

import (
	"bytes"
	"crypto/tls"
	"net"
	"sync"
)

// witness is a connection that notes what net/http's errors do not tell: whether any byte of a request left,
// and the status line of an answer whose header broke off.
type witness struct {
	net.Conn
	mu    sync.Mutex
	wrote bool
	heard []byte // the beginning of what was read
}

// witnessOf finds the witness under conn. A nil one knows nothing.
func witnessOf(conn net.Conn) *witness {
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	w, _ := conn.(*witness)
	return w
}

// forget begins a new exchange.
func (w *witness) forget() {
	w.mu.Lock()
	w.wrote, w.heard = false, w.heard[:0]
	w.mu.Unlock()
}

// seen tells of the exchange since forget. Over TLS there is no status to see.
func (w *witness) seen() (wrote bool, status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if line, _, ok := bytes.Cut(w.heard, []byte("\n")); ok {
		_, status, _ = parseStatusLine(bytes.TrimSuffix(line, []byte("\r")))
	}
	return w.wrote, status
}

// Write counts as done while it lasts: a deadline may end an exchange in the middle of it.
func (w *witness) Write(p []byte) (int, error) {
	w.mu.Lock()
	before := w.wrote
	w.wrote = true
	w.mu.Unlock()
	n, err := w.Conn.Write(p)
	if n == 0 && err != nil {
		w.mu.Lock()
		w.wrote = before
		w.mu.Unlock()
	}
	return n, err
}

func (w *witness) Read(p []byte) (int, error) {
	const enough = 256 // for a status line
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	if room := enough - len(w.heard); room > 0 {
		w.heard = append(w.heard, p[:min(n, room)]...)
	}
	w.mu.Unlock()
	return n, err
}
