package secrets

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	if len(phones()) < 10 {
		t.Fatalf("the samples have the phones %v, want a dozen", phones())
	}
	for _, text := range []string{
		"order 7 of ann.archer@example.com", "Ann+x@Shop.Example.ORG", "+49 30 1234567",
		"(202) 555-0123", "0044 20 7946 0123", "020 7946 0123", "mark " + Mark,
	} {
		if Find(text) == "" {
			t.Errorf("%q: nothing is found", text)
		}
	}
	for _, text := range []string{
		"a•••@e•••.com", "+49•••67", "…5555", "2026-11-03 10:15:00", "1,234,567.89",
		"rogpeppe/go-internal@v1.16.0/testscript", "2025-12-07T0931Z-5f2c", "0123456789",
	} {
		if found := Find(text); found != "" {
			t.Errorf("%q: found %q", text, found)
		}
	}
}

// said is a test that only fails when it should.
type said struct {
	testing.TB
	errors []string
}

func (s *said) Helper() {}

func (s *said) Errorf(format string, args ...any) {
	s.errors = append(s.errors, fmt.Sprintf(format, args...))
}

func TestCheckFolder(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"summary.json": 0o600,
		"orders.failures.csv": 0o600, "open.failures.csv": 0o644} {
		path := filepath.Join(dir, name)
		err := os.WriteFile(path, []byte("ann@example.com"), mode)
		if err := errors.Join(err, os.Chmod(path, mode)); err != nil { // whatever the umask is
			t.Fatal(err)
		}
	}
	s := &said{TB: t}
	CheckFolder(s, dir)
	openToOthers := "open.failures.csv: others"
	if runtime.GOOS == "windows" { // where modes say nothing
		s.errors = append(s.errors, openToOthers)
	}
	if got := strings.Join(s.errors, "\n"); len(s.errors) != 2 ||
		!strings.Contains(got, openToOthers) || !strings.Contains(got, "summary.json: personal") {
		t.Errorf("found %q, want the open file and the summary", got)
	}
}

// leaky is a test suite in which somebody logs what he should not.
type leaky string

func (l leaky) Run() int { log.Print(string(l)); return 0 }

func TestWatch(t *testing.T) {
	for text, want := range map[string]int{"order 7 is done": 0,
		"order 7 of ann@example.com is done": 1} {
		if code := Watch(leaky(text)).Run(); code != want {
			t.Errorf("tests that log %q end with %d, want %d", text, code, want)
		}
	}
}
