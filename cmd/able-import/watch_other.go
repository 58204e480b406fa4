//go:build !unix

package main

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

// orderly is added to the exit code of a worker that has ended in good order. A process that is
// ended from outside, or that crashes, has another code: only Unix needs a pipe for that.
const orderly = 0x41420000

// startWorker starts the worker, and returns what waits for its end. A console sends its signals to
// both processes: this one only waits.
func startWorker(c *exec.Cmd) (end func() (code int, orderly bool), err error) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, endings()...)
	if err := c.Start(); err != nil {
		signal.Stop(signals)
		return nil, err
	}

	return func() (int, bool) {
		_ = c.Wait() // says the same as the state
		code := c.ProcessState.ExitCode() - orderly
		return code, code >= 0 && code <= 0xff
	}, nil
}

func endings(also ...os.Signal) []os.Signal { return append(also, os.Interrupt, syscall.SIGTERM) }

// A watcher is the process that watches this one. A nil watcher means that nobody does.
type watcher struct{ process *os.Process }

// watchedBy returns the watcher of this process. Programs that this one starts do not see it.
func watchedBy(getenv func(string) string) *watcher {
	if !isWatched(getenv) {
		return nil
	}
	os.Unsetenv(watchedVariable)
	process, err := os.FindProcess(os.Getppid())
	if err != nil {
		os.Exit(128 + int(syscall.SIGKILL)) // it was killed already
	}
	return &watcher{process}
}

// forward ends this process where the watcher was killed, as if it had been killed itself: the
// ledger survives it. The console sends its signals to this process, too, so none are passed on.
func (w *watcher) forward(chan<- os.Signal) {
	if w != nil {
		if _, err := w.process.Wait(); err == nil {
			os.Exit(128 + int(syscall.SIGKILL))
		}
	}
}

// exit ends the process in good order.
func (w *watcher) exit(code int) {
	if w != nil {
		code += orderly
	}
	os.Exit(code)
}
