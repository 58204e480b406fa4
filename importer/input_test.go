package importer

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ableimport/mapping"
)

// The hash of a file is begun when the file is opened. It is the hash of what the preflight reads,
// or the preflight says that the file has changed.
func TestHashOfInput(t *testing.T) {
	text := "id,total\nA-1,1.00\nA-2,2.00\n"
	for _, test := range []struct {
		name   string
		meddle func(path string) error // between opening and preflight
		want   string                  // at the end of the error: there are several ways to notice
	}{
		{"left alone", func(string) error { return nil }, ""},
		{"longer", func(path string) error {
			return os.WriteFile(path, []byte(text+"A-3,3.00\n"), 0o600)
		}, "again"},
		{"replaced by an equal file", func(path string) error {
			return errors.Join(os.WriteFile(path+".new", []byte(text), 0o600),
				os.Rename(path+".new", path))
		}, "again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			im, path := openOrders(t, text)
			if err := test.meddle(path); err != nil {
				t.Skip(err) // Windows lets nobody replace an open file
			}

			for range 2 { // the second time nothing was begun
				_, err := im.Preflight(t.Context())
				if test.want != "" {
					if err == nil || !strings.Contains(err.Error(), test.want) {
						t.Fatalf("error %v, want %q", err, test.want)
					}
					continue
				}
				if err != nil || im.inputs[0].hash != sha256.Sum256([]byte(text)) {
					t.Fatalf("hash %x, error %v", im.inputs[0].hash, err)
				}
				im.inputs[0].hash = [32]byte{}
			}
		})
	}
}

// A hash that nobody waits for any more is stopped, and has ended when its file is closed.
func TestHashEnds(t *testing.T) {
	im, _ := openOrders(t, "id,total\nA-1,1.00\n")
	in := im.inputs[0]
	if err := in.awaitHash(t.Context()); err != nil {
		t.Fatal(err)
	}

	interrupted := errors.New("somebody has interrupted it")
	ended, end := context.WithCancelCause(t.Context())
	end(interrupted)
	for name, how := range map[string]func() error{
		"with the context": func() error { return in.awaitHash(ended) },
		"with the import":  im.Close,
	} {
		begun := &begunHash{done: make(chan struct{}), err: context.Canceled}
		stops := sync.OnceFunc(func() {
			time.AfterFunc(10*time.Millisecond, func() { close(begun.done) })
		})
		begun.stop, in.begun = stops, begun
		if err := how(); err != nil && err != interrupted {
			t.Errorf("%s: %v", name, err)
		}
		select {
		case <-begun.done:
		default:
			t.Errorf("%s: it goes on", name)
		}
	}
}

// Nobody may have to close standard input before an interrupt counts.
func TestInterruptEndsReadingOfStandardInput(t *testing.T) {
	config, err := mapping.Parse("orders.yaml", []byte(ordersText), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	silent, writer := io.Pipe()
	defer writer.Close()
	interrupted := errors.New("somebody has interrupted it")
	ctx, stop := context.WithCancelCause(t.Context())
	time.AfterFunc(10*time.Millisecond, func() { stop(interrupted) })
	opened := make(chan error, 1)
	go func() {
		_, err := OpenContext(ctx, Job{Files: []string{"-"}, Stdin: silent, Mapping: config})
		opened <- err
	}()
	select {
	case err := <-opened:
		if err != interrupted {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on after an interrupt")
	}
}

const ordersText = "version: 1\nname: orders\nevent: Purchase\nfields:\n  order_id: id\n" +
	"  deal_value: total\n  deal_currency: {const: EUR}\n  keys: {client_id: id}\n"

func openOrders(t *testing.T, text string) (*Import, string) {
	t.Helper()
	config, err := mapping.Parse("orders.yaml", []byte(ordersText), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	im, err := Open(Job{Files: []string{path}, Mapping: config})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { im.Close() })
	return im, path
}
