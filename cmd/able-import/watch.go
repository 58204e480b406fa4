package main

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"ableimport/cmd/able-import/prepare"
)

// A command that sends runs in a process of its own, and the one that was started watches it. Go
// ends a program that crashes (a panic, no memory left, SIGQUIT) with exit code 2, which says here
// that nothing was sent. The watcher turns it into 1, and has next to nothing in it that could
// crash.

// watchedVariable tells the worker who watches it.
const watchedVariable = "ABLE_IMPORT_WATCHED_BY"

// watch runs the command line in a worker, if it can send and nobody watches yet, and returns its
// exit code.
func watch(args []string, getenv func(string) string) (code int, watched bool) {
	if len(args) < 2 || args[1] != "run" && args[1] != "work" || isWatched(getenv) {
		return 0, false
	}
	program, err := os.Executable()
	if err != nil {
		return 0, false
	}

	c := exec.Cmd{
		Path: program, Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Env: append(os.Environ(), watchedVariable+"="+strconv.Itoa(os.Getpid())),
	}
	end, err := startWorker(&c)
	if err != nil {
		return 0, false
	}
	if code, orderly := end(); orderly {
		return code, true
	}

	fmt.Fprintf(os.Stderr, "able-import crashed (%v). What it has sent is in the ledger, and "+
		"what was under way counts as unknown: it is not sent again without a decision.\n"+
		"To go on, run the same command again:\n  %s\n", c.ProcessState, sameCommand(args))
	return exitFailed, true
}

// isWatched reports whether this process is a worker. Programs that it starts are not.
func isWatched(getenv func(string) string) bool {
	return getenv(watchedVariable) == strconv.Itoa(os.Getppid())
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
