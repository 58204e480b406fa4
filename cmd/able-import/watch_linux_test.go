package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
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

// both sends a signal to both processes.
func both(s syscall.Signal) func(started, worker int) error {
	return func(started, worker int) error {
		return errors.Join(syscall.Kill(started, s), syscall.Kill(worker, s))
	}
}

var endsOfRuns = []endOfRun{
	{"SIGQUIT to the one that was started", func(started, _ int) error {
		return syscall.Kill(started, syscall.SIGQUIT)
	}, 1, "run the same command again"},
	{"SIGABRT to the one that was started, as systemd's watchdog does", func(started, _ int) error {
		return syscall.Kill(started, syscall.SIGABRT)
	}, 1, "run the same command again"},
	{"SIGSEGV to the one that was started", func(started, _ int) error {
		return syscall.Kill(started, syscall.SIGSEGV)
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
		both(syscall.SIGINT)(started, worker) // unless the first one has ended them by now
		return err
	}, 130, ""},
}
