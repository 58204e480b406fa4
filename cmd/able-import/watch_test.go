//go:build linux || windows

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// An endOfRun is what ends a run that is sending, and how it ends then.
type endOfRun struct {
	name string
	does func(started, worker int) error
	code int
	says string
}

// A run that crashes while it sends must not end with 2, which promises that nothing was sent.
// Signals to the one that was started, to the worker, or to both end the run once, in good order.
func TestCrashWhileSending(t *testing.T) {
	for _, test := range endsOfRuns {
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
				"version: 1\nname: crash\nevent: Purchase\nfields:\n  order_id: Number\n" +
					"  deal_value: Total\n" +
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
			if test.code == 1 && test.says != "" && !strings.Contains(said.String(),
				"able-import run -m mapping.yaml --endpoint") ||
				strings.Contains(said.String(), "geheim") {
				t.Errorf("it says\n%s\nwant the line to run again, without the token",
					said.String())
			}
		})
	}
}
