//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
)

//	watcher ──signals──► worker      a byte for each; closed: the watcher was killed
//	        ◄───"done"──             a byte before an orderly end; none: it crashed

// Files of the worker behind stdin, stdout and stderr.
const (
	signalsFile = 3
	doneFile    = 4
)

// crashSignals end a Go program as a crash does, with exit code 2. systemd sends one to what is
// overdue.
var crashSignals = []os.Signal{
	syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL,
	syscall.SIGSEGV, syscall.SIGSYS, syscall.SIGTRAP,
}

// startWorker starts the worker, and returns what waits for its end.
func startWorker(c *exec.Cmd) (end func() (code int, orderly bool), err error) {
	toldWorker, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	heard, worker, err := os.Pipe()
	if err != nil {
		return nil, err
	}

	signals := make(chan os.Signal, 8)
	signal.Notify(signals, endings(crashSignals...)...)

	c.ExtraFiles = []*os.File{toldWorker, worker}
	if err := c.Start(); err != nil {
		signal.Stop(signals)
		return nil, err
	}

	toldWorker.Close()
	worker.Close()
	go func() {
		for s := range signals {
			if slices.Contains(crashSignals, s) {
				c.Process.Signal(s)
			} else {
				// the worker can tell one signal to the whole group from two
				tell.Write([]byte{byte(s.(syscall.Signal))})
			}
		}
	}()

	return func() (int, bool) {
		_ = c.Wait() // says the same as the state
		done, _ := io.ReadAll(heard)
		return c.ProcessState.ExitCode(), len(done) > 0 && c.ProcessState.Exited()
	}, nil
}

// endings are the signals that end a run. One that is ignored, as nohup does with SIGHUP so that a
// run outlives its terminal, stays ignored.
func endings(also ...os.Signal) []os.Signal {
	signals := append(also, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// A watcher is the process that watches this one. A nil watcher means that nobody does.
type watcher struct {
	signals *os.File
	done    *os.File
}

// watchedBy returns the watcher of this process. Programs that this one starts do not see it.
func watchedBy(getenv func(string) string) *watcher {
	if !isWatched(getenv) {
		return nil
	}
	os.Unsetenv(watchedVariable)
	syscall.CloseOnExec(signalsFile)
	syscall.CloseOnExec(doneFile)
	return &watcher{os.NewFile(signalsFile, "signals"), os.NewFile(doneFile, "done")}
}

// forward passes on the signals that the watcher got. It ends this process where the watcher was
// killed.
func (w *watcher) forward(to chan<- os.Signal) {
	if w == nil {
		return
	}
	var s [1]byte
	for {
		if _, err := w.signals.Read(s[:]); err != nil {
			// as if it had been killed itself; the ledger survives it
			os.Exit(128 + int(syscall.SIGKILL))
		}
		to <- syscall.Signal(s[0])
	}
}

// exit ends the process in good order.
func (w *watcher) exit(code int) {
	if w != nil {
		w.done.Write([]byte{1})
	}
	os.Exit(code)
}
