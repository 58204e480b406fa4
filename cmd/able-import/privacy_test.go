package main

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ableimport/samples/secrets"
)

// dataCommands print cells because that is what they are asked for: their stdout is the user's own
// file, its events, or the tests of a mapping.
var dataCommands = regexp.MustCompile(
	`^> .*able-import ((inspect|init|schema|presets|check)\b|preview .*--events - )|^> (cat|grep|cmp|exec cat|exec sh)\b`)

// A watchedT runs scripts and reads everything that they print.
type watchedT struct{ *testing.T }

func (t watchedT) Verbose() bool { return true } // so that the whole session is logged

func (t watchedT) Run(name string, f func(testscript.T)) {
	t.T.Run(name, func(inner *testing.T) { f(watchedT{inner}) })
}

// Log gets the session of a script at its end.
func (t watchedT) Log(args ...any) {
	for _, arg := range args {
		if session, ok := arg.(string); ok {
			t.readSession(session)
		}
	}
	if testing.Verbose() || t.Failed() {
		t.T.Log(args...)
	}
}

func (t watchedT) FailNow() {
	t.T.Helper()
	t.T.FailNow()
}

// readSession looks at what the commands of a session printed.
func (t watchedT) readSession(session string) {
	command, stream := "", ""
	for line := range strings.Lines(session) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "> "), strings.HasPrefix(line, "# "):
			command, stream = line, ""
		case line == "[stdout]", line == "[stderr]", line == "[background] [stdout]",
			line == "[background] [stderr]":
			stream = line
		case strings.HasSuffix(stream, "[stdout]") && dataCommands.MatchString(command):
		case stream != "":
			secrets.Check(t, command+" "+stream, line)
		}
	}
}

// checkLeft looks at what the commands of a script left in the state folder, and told monitors,
// pagers and chats.
func (t watchedT) checkLeft(work string) {
	secrets.CheckFolder(t, filepath.Join(work, "state"))
	for _, pattern := range []string{"*.prom", "notices", "told"} {
		paths, _ := filepath.Glob(filepath.Join(work, pattern))
		for _, path := range paths {
			content, _ := os.ReadFile(path)
			secrets.Check(t, path, string(content))
		}
	}
}

// Nobody quotes a receiver that talks on unasked, not even with a proxy in between. Net/http would
// do so in the log of the process.
func TestWhatIsSentUnaskedIsNotShown(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SSL_CERT_FILE, by which the receiver is trusted, is not known here")
	}
	receiver := httptest.NewTLSServer(nil) // for its certificate, of example.com
	defer receiver.Close()
	dir := t.TempDir()
	roots := filepath.Join(dir, "roots.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: receiver.Certificate().Raw})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err := errors.Join(err, os.WriteFile(roots, block, 0o600)); err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go talkOn(conn, &tls.Config{Certificates: receiver.TLS.Certificates})
		}
	}()
	sample := filepath.Join("..", "..", "samples", "shopify-orders", "orders_export_1.csv")
	c := exec.Command("able-import", "run", "--preset", "shopify-orders", "--yes", "--new-ledger",
		"--concurrency", "1", "--rate", "20/s", sample)
	c.Env = append(os.Environ(), "HTTPS_PROXY=http://"+listener.Addr().String(),
		"ABLE_ENDPOINT=https://example.com/events", "SSL_CERT_FILE="+roots,
		"ABLE_FUNNEL_MARK="+secrets.Mark, "ABLE_IMPORT_STATE_DIR="+filepath.Join(dir, "state"))
	told, _ := c.CombinedOutput() // how the run ends is not tested here
	if !strings.Contains(string(told), " delivered") {
		t.Errorf("nothing was sent: %s", told)
	}
	secrets.Check(t, "the run", string(told))
}

// talkOn is proxy and receiver in one: it answers every request, and sends the mark back after each
// answer.
func talkOn(conn net.Conn, config *tls.Config) {
	defer conn.Close()
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		return
	}
	io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	secure := tls.Server(conn, config)
	reader := bufio.NewReader(secure)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		io.Copy(io.Discard, request.Body)
		io.WriteString(secure, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		time.Sleep(5 * time.Millisecond)
		io.WriteString(secure, "HTTP/1.1 200 OK\r\nX-Echo: "+secrets.Mark+"\r\n\r\n")
	}
}
