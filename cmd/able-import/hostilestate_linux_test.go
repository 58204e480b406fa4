package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ableimport/importer/sandbox"
)

// imposters are what may lie where this program keeps a file. Each is made at a path.
var imposters = []struct {
	name string
	make func(path string) error
}{
	{"a FIFO", func(path string) error { return syscall.Mkfifo(path, 0o600) }},
	{"a socket", func(path string) error {
		short := filepath.Join(os.TempDir(), "able-import-socket") // paths of sockets are short
		os.Remove(short)
		listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: short, Net: "unix"})
		if err != nil {
			return err
		}
		listener.SetUnlinkOnClose(false)
		return errors.Join(listener.Close(), exec.Command("mv", short, path).Run())
	}},
	{"a device without end", func(path string) error { return os.Symlink("/dev/zero", path) }},
	{"a link to nowhere", func(path string) error { return os.Symlink("nowhere", path) }},
	{"a folder", func(path string) error { return os.Mkdir(path, 0o700) }},
	{"a hole of 20 GB", func(path string) error {
		return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 20<<30))
	}},
	{"another user's file", func(path string) error {
		if os.Getuid() != 0 {
			return os.WriteFile(path, []byte("{}"), 0o600)
		}
		return errors.Join(os.WriteFile(path, []byte("{}"), 0o644), os.Chown(path, 65534, 65534))
	}},
}

// Whatever lies where a run has left its files, no command waits for it, reads it without end or
// takes it for ours.
func TestHostileState(t *testing.T) {
	if testing.Short() {
		t.Skip("measures memory, which the race detector multiplies")
	}
	faults, err := sandbox.ParseFaults("500=50%,seed=1,times=9") // some stay unknown
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(faults)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()

	h := &hostileFolder{t, t.TempDir()}
	h.must(os.MkdirAll(h.path("tmp"), 0o700))
	h.write("mapping.yaml", text(hostileMapping))
	h.write("a.csv", text(csvHead+"A-1,1.00,anna@example.com\nA-2,x,ben@example.com\n"+
		"A-3,3.00,cy@example.com\nA-4,4.00,di@example.com\n"))
	h.write("jobs.yaml", text("version: 1\njobs:\n  - {name: a, inbox: in, settle: 0s, "+
		"preset: shopify-orders, fail_on: new}\n"))
	h.must(os.Mkdir(h.path("in"), 0o700))
	run := func(t *testing.T, with string, limit time.Duration, args ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		c := h.command(ctx, server.URL(), args)
		c.Stdin = strings.NewReader("anna@example.com\n")
		said, err := c.CombinedOutput()
		memory := c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
		switch {
		case ctx.Err() != nil:
			t.Errorf("with %s: %s: has not ended in %v", with, strings.Join(args, " "), limit)
		case c.ProcessState.ExitCode() < 0:
			t.Errorf("with %s: %s: %v: %.300s", with, strings.Join(args, " "), err, said)
		case memory > hostileMemory:
			t.Errorf("with %s: %s: took %d MB", with, strings.Join(args, " "), memory>>10)
		}
	}

	run(t, "nothing", time.Minute, "run", "-m", "mapping.yaml", "a.csv")
	run(t, "nothing", time.Minute, "preview", "-m", "mapping.yaml", "a.csv")
	run(t, "nothing", time.Minute, "run", "--all-jobs", "--config", "jobs.yaml")
	folders, err := filepath.Glob(h.path("state/runs/2*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no run: %v", err)
	}
	failures, _ := filepath.Glob(filepath.Join(folders[0], "*.failures.csv"))
	if len(failures) != 1 {
		t.Fatalf("failures files: %q", failures)
	}
	h.must(os.Rename(failures[0], h.path("fixed.csv")))
	h.must(exec.Command("cp", h.path("fixed.csv"), failures[0]).Run())

	name := filepath.Base(folders[0])
	commands := [][]string{
		{"history"}, {"history", "--json", "--from", "2020-01-01"}, {"history", "find", "A-1"},
		{"history", "verify", name}, {"history", "prune", "--older-than", "1s"},
		{"history", "forget"}, {"history", "compare", "-m", "mapping.yaml", "a.csv"},
		{"resolve", name}, {"preview", "-m", "mapping.yaml", "a.csv"}, {"preview", "fixed.csv"},
		{"preview", "-m", "mapping.yaml", "--plan", "00", "a.csv"},
		{"status", "--config", "jobs.yaml"}, {"run", "--all-jobs", "--config", "jobs.yaml"},
	}

	var kept []string
	h.must(filepath.WalkDir(h.path("state"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			kept = append(kept, path)
		}
		return err
	}))
	for i, imposter := range imposters {
		t.Run(imposter.name, func(t *testing.T) {
			for k, path := range kept {
				name := strings.TrimPrefix(path, h.path("state")+"/")
				err := errors.Join(os.Rename(path, path+".aside"), imposter.make(path))
				for n, args := range commands {
					// what can hang is tried with all
					if i == 0 || n == (k+i)%len(commands) || args[len(args)-1] == "forget" {
						run(t, name, hostileTime, args...)
					}
				}
				err = errors.Join(err, os.RemoveAll(path), os.Rename(path+".aside", path))
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
