package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// workerOf is the process that a run does its work in; 0: it has not begun.
func workerOf(pid int) int {
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, each := range strings.Fields(string(children)) {
		if n, err := strconv.Atoi(each); err == nil {
			return n
		}
	}
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		text, _ := os.ReadFile(path)
		_, rest, _ := strings.Cut(string(text), ") ")
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			worker, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			return worker
		}
	}
	return 0
}

// A run that crashes while it sends must not end with 2, which promises that nothing was sent.
// Signals to the one that was started, to the worker, or to both end the run once, in good order.
func TestCrashWhileSending(t *testing.T) {
	both := func(s syscall.Signal) func(started, worker int) error {
		return func(started, worker int) error {
			return errors.Join(syscall.Kill(started, s), syscall.Kill(worker, s))
		}
	}
	tests := []struct {
		name string
		does func(started, worker int) error
		code int
		says string
	}{
		{"SIGQUIT to the one that was started", func(started, _ int) error {
			return syscall.Kill(started, syscall.SIGQUIT)
		}, 1, "run the same command again"},
		{"SIGQUIT to both, as from a terminal", both(syscall.SIGQUIT), 1,
			"run the same command again"},
		{"a fault in memory", func(_, worker int) error {
			return syscall.Kill(worker, syscall.SIGSEGV)
		}, 1, "run the same command again"},
		{"killed for want of memory", func(_, worker int) error {
			return syscall.Kill(worker, syscall.SIGKILL)
		}, 1, "run the same command again"},
		{"SIGTERM to the one that was started", func(started,
			_ int) error {
			return syscall.Kill(started, syscall.SIGTERM)
		}, 143, "SIGTERM"},
		{"SIGTERM to both, as from systemd", both(syscall.SIGTERM), 143, "SIGTERM"},
		{"SIGTERM to the worker", func(_, worker int) error {
			return syscall.Kill(worker, syscall.SIGTERM)
		}, 143, "SIGTERM"},
		{"Ctrl-C, which both get", both(syscall.SIGINT), 130, "Ctrl-C"},
		{"Ctrl-C twice", func(started, worker int) error {
			err := both(syscall.SIGINT)(started, worker)
			time.Sleep(50 * time.Millisecond)
			return errors.Join(err, both(syscall.SIGINT)(started, worker))
		}, 130, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, err := sandbox.Start(sandbox.Options{Latency: 500 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			dir := t.TempDir()
			var rows strings.Builder
			rows.WriteString("Number,Total,Email\n")
			for i := range 400 {
				fmt.Fprintf(&rows, "%d,1.00,a%d@example.com\n", i, i)
			}
			mapping :=
				"version: 1\nname: crash\nevent: Purchase\nfields:\n  order_id: Number\n  deal_value: Total\n" +
					"  deal_currency: {const: EUR}\n  keys: {email: Email}\n"
			for name, text := range map[string]string{"my export.csv": rows.String(),
				"mapping.yaml": mapping} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c := exec.Command("able-import", "run", "-m", "mapping.yaml", "--endpoint",
				server.URL()+"/?token=geheim", "my export.csv")
			var said strings.Builder
			c.Dir, c.Stdout, c.Stderr = dir, &said, &said
			c.Env = append(os.Environ(), "ABLE_FUNNEL_MARK="+secrets.Mark,
				"ABLE_IMPORT_STATE_DIR="+filepath.Join(dir, "state"))
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(30 * time.Second); len(server.Events()) < 8 &&
				time.Now().Before(deadline); {
				time.Sleep(5 * time.Millisecond)
			}
			worker := workerOf(c.Process.Pid)
			if worker == 0 {
				t.Fatal("the run has no worker")
			}
			if err := test.does(c.Process.Pid, worker); err != nil {
				t.Fatal(err)
			}
			c.Wait() // the code says it
			if code := c.ProcessState.ExitCode(); code != test.code ||
				!strings.Contains(said.String(), test.says) {
				t.Errorf("exit %d, saying\n%s\nwant exit %d and %q", code, said.String(),
					test.code, test.says)
			}
			if test.code == 1 && !strings.Contains(said.String(),
				"able-import run -m mapping.yaml --endpoint") ||
				strings.Contains(said.String(), "geheim") {
				t.Errorf("it says\n%s\nwant the line to run again, without the token",
					said.String())
			}
		})
	}
}
