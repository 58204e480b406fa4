//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"ableimport/cmd/able-import/prepare"
)

// A command that sends runs in a process of its own, and the one that was started watches it. Go
// ends a program that crashes (a panic, no memory left, SIGQUIT) with exit code 2, which says here
// that nothing was sent. The watcher makes it 1, and has next to nothing that could crash itself.
//
//	watcher ──signals──► worker      a byte for each; closed: the watcher was killed
//	        ◄───"done"──             a byte before an orderly end; none: it crashed

// watchedVariable tells the worker who watches it.
const watchedVariable = "ABLE_IMPORT_WATCHED_BY"

// Files of the worker behind stdin, stdout and stderr.
const (
	signalsFile = 3
	doneFile    = 4
)

// watch runs the command line in a worker, if it can send and nobody watches yet, and returns its
// exit code.
func watch(args []string, getenv func(string) string) (code int, watched bool) {
	if len(args) < 2 || args[1] != "run" && args[1] != "work" ||
		getenv(watchedVariable) == strconv.Itoa(os.Getppid()) {
		return 0, false
	}
	program, err := os.Executable()
	if err != nil {
		return 0, false
	}

	toldWorker, tell, err := os.Pipe()
	if err != nil {
		return 0, false
	}
	heard, worker, err := os.Pipe()
	if err != nil {
		return 0, false
	}

	signals := make(chan os.Signal, 8)
	signal.Notify(signals, endings(syscall.SIGQUIT)...)

	c := exec.Cmd{
		Path: program, Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Env:        append(os.Environ(), watchedVariable+"="+strconv.Itoa(os.Getpid())),
		ExtraFiles: []*os.File{toldWorker, worker},
	}
	if err := c.Start(); err != nil {
		signal.Stop(signals)
		return 0, false
	}

	toldWorker.Close()
	worker.Close()
	go func() {
		for s := range signals {
			if s == syscall.SIGQUIT {
				c.Process.Signal(s)
			} else {
				// the worker tells a signal to the whole group from two
				tell.Write([]byte{byte(s.(syscall.Signal))})
			}
		}
	}()

	_ = c.Wait() // says the same as the state
	if done, _ := io.ReadAll(heard); len(done) > 0 && c.ProcessState.Exited() {
		return c.ProcessState.ExitCode(), true
	}

	fmt.Fprintf(os.Stderr, "able-import crashed (%v). What it has sent is in the ledger, and "+
		"what was under way counts as unknown: it is not sent again without a decision.\nTo go on, run "+
		"the same command again:\n  %s\n", c.ProcessState, sameCommand(args))
	return exitFailed, true
}

// sameCommand is a command line as it is typed. What an address may hold beyond host and path is
// not repeated.
func sameCommand(args []string) string {
	words := []string{"able-import"}
	for _, arg := range args[1:] {
		if name, address, found := strings.Cut(arg, "="); found &&
			strings.Contains(address, "://") {
			arg = name + "=" + prepare.PlainAddress(address)
		} else if strings.Contains(arg, "://") {
			arg = prepare.PlainAddress(arg)
		}
		words = append(words, prepare.ShellWord(arg))
	}
	return strings.Join(words, " ")
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

// A watcher is the process that watches this one; nil: there is none.
type watcher struct {
	signals *os.File
	done    *os.File
}

// watchedBy returns the watcher of this process. Programs that this one starts do not see it.
func watchedBy(getenv func(string) string) *watcher {
	if getenv(watchedVariable) != strconv.Itoa(os.Getppid()) {
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
			// as if it had been killed itself; the ledger stands it
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
