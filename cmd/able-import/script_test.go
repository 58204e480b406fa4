package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(secrets.WatchProcesses(m), map[string]func(){"able-import": main})
}

// Every script is a folder of files and a session at a prompt: see testdata/script.
func TestScripts(t *testing.T) {
	// If nohup started the tests, whatever they start ignores a hang-up, too, unless they listen
	// for it.
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(hangUp) })
	testscript.RunT(watchedT{t}, testscript.Params{
		Files:         scripts(t),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Defer(func() { env.T().(watchedT).checkLeft(env.WorkDir) })
			env.Setenv("ABLE_IMPORT_STATE_DIR", filepath.Join(env.WorkDir, "state"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"receiver": receiver,
			"received": received,
			"exports":  exports,
			"awaits":   awaits,
			"bytes":    writeBytes,
			"fix":      fix,
			"pack":     pack,
			"oldexcel": oldExcel,
			"age":      age,
			"isin":     isin,
			"hook":     hook,
			"old":      old,
			"answers":  answers,
			"nats":     nats,
			"queued":   queued,
			"purges":   purges,
			"resolves": resolves,
			"workers":  workers,
		},
	})
}

// needsUnix finds what a script can have only on Unix: its tools, its links, and Ctrl-C from
// elsewhere.
var needsUnix = regexp.MustCompile(
	`(?m)^[!? ]*(exec (sh|sed|grep|tail|mkfifo)|symlink|kill -|chmod)\b|exec: sh\b|\[sh\b`)

// scripts are all scripts. Windows has those that need nothing of Unix; the others are named.
func scripts(t *testing.T) []string {
	all, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	if runtime.GOOS != "windows" {
		return all
	}
	return slices.DeleteFunc(all, func(path string) bool {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := needsUnix.Find(text)
		if found != nil {
			t.Logf("%s is not for Windows: %s", filepath.Base(path), found)
		}
		return found != nil
	})
}

// exits CODE COMMAND...: the command ends with this exit code, and JSON has its published shape.
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
	if args[1] == "able-import" {
		ts.Check(checkShape(args[2:], code, ts.ReadFile("stdout")))
	}
}

// A gathering is a receiver and what it has processed.
type gathering struct {
	*sandbox.Server
	bodies lockedBuffer
}

// A lockedBuffer is written by the receiver while the script reads.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) clone() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.Bytes())
}

// gatherings are the receivers of the scripts, by the folders that they work in.
var gatherings sync.Map

// receiver [FAULTS] starts a receiver on loopback and points ABLE_ENDPOINT to it.
func receiver(ts *testscript.TestScript, neg bool, args []string) {
	options, err := sandbox.ParseFaults(strings.Join(args, ","))
	ts.Check(err)
	got := &gathering{}
	options.Reject, options.Bodies = rejectSome, &got.bodies
	started, err := sandbox.Start(options)
	ts.Check(err)
	ts.Defer(func() { started.Close() })
	ts.Setenv("ABLE_ENDPOINT", started.URL())
	ts.Setenv("ABLE_FUNNEL_MARK", secrets.Mark)
	got.Server = started
	gatherings.Store(ts.Getenv("WORK"), got)
}

// received N [FILE]: the receiver has accepted N events; FILE gets their bodies, in order of
// arrival, with a placeholder for the mark.
func received(ts *testscript.TestScript, neg bool, args []string) {
	value, _ := gatherings.Load(ts.Getenv("WORK"))
	got := value.(*gathering)
	events := got.Events()
	if want, _ := strconv.Atoi(args[0]); len(events) != want {
		ts.Fatalf("the receiver has %d events, want %s", len(events), args[0])
	}
	if len(args) > 1 {
		mark := []byte(ts.Getenv("ABLE_FUNNEL_MARK"))
		ts.Check(os.WriteFile(ts.MkAbs(args[1]),
			bytes.ReplaceAll(got.bodies.clone(), mark, []byte("${ABLE_FUNNEL_MARK}")), 0o600))
	}
}

// exports FILE: the receiver's own export of what it has.
func exports(ts *testscript.TestScript, neg bool, args []string) {
	value, _ := gatherings.Load(ts.Getenv("WORK"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), value.(*gathering).Export(), 0o600))
}

// awaits N waits until the receiver has accepted N events.
func awaits(ts *testscript.TestScript, neg bool, args []string) {
	value, _ := gatherings.Load(ts.Getenv("WORK"))
	want, _ := strconv.Atoi(args[0])
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(
		5 * time.Millisecond) {
		if len(value.(*gathering).Events()) >= want {
			return
		}
	}
	ts.Fatalf("the receiver has not got %d events within a minute", want)
}

// bytes FILE TEXT writes TEXT, a Go string without its quotes, to FILE: for bytes that a script
// cannot hold.
func writeBytes(ts *testscript.TestScript, neg bool, args []string) {
	text, err := strconv.Unquote(`"` + args[1] + `"`)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
