package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"ableimport/importer/sandbox"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"able-import": main})
}

// Every script is a folder of files and a session at a prompt: see testdata/script.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("ABLE_IMPORT_STATE_DIR", filepath.Join(env.WorkDir, "state"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"receiver": receiver,
			"received": received,
			"bytes":    writeBytes,
		},
	})
}

// exits CODE COMMAND...: the command ends with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want, _ := strconv.Atoi(args[0]); code != want {
		ts.Fatalf("%s exits %d, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

type server struct{ *sandbox.Server }

// receiver [FAULTS] starts a receiver on loopback and points ABLE_ENDPOINT to it.
func receiver(ts *testscript.TestScript, neg bool, args []string) {
	options, err := sandbox.ParseFaults(strings.Join(args, ","))
	ts.Check(err)
	options.Reject = rejectSome
	started, err := sandbox.Start(options)
	ts.Check(err)
	ts.Defer(func() { started.Close() })
	ts.Setenv("ABLE_ENDPOINT", started.URL())
	ts.Setenv("ABLE_FUNNEL_MARK", "11111111-2222-3333-4444-555555555555")
	running[ts] = started
}

// running has the receiver of each script.
var running = map[*testscript.TestScript]*sandbox.Server{}

// received N [FILE]: the receiver has accepted N events; FILE gets their bodies, in order of arrival, with a placeholder for the mark.
func received(ts *testscript.TestScript, neg bool, args []string) {
	events := running[ts].Events()
	if want, _ := strconv.Atoi(args[0]); len(events) != want {
		ts.Fatalf("the receiver has %d events, want %s", len(events), args[0])
	}
	if len(args) < 2 {
		return
	}
	var all bytes.Buffer
	for _, event := range events {
		all.Write(bytes.ReplaceAll(event.Body, []byte(ts.Getenv("ABLE_FUNNEL_MARK")), []byte("${ABLE_FUNNEL_MARK}")))
		all.WriteByte('\n')
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), all.Bytes(), 0o600))
}

// bytes FILE TEXT writes TEXT, a Go string without its quotes, to FILE: for bytes that a script cannot hold.
func writeBytes(ts *testscript.TestScript, neg bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
