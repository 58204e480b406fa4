//go:build !unix

package main

import (
	"os"
	"syscall"
)

// watch watches nothing here: a console's signals go to all its processes, and a crash ends with 2.
func watch([]string, func(string) string) (code int, watched bool) { return 0, false }

func endings(also ...os.Signal) []os.Signal { return append(also, os.Interrupt, syscall.SIGTERM) }

type watcher struct{}

func watchedBy(func(string) string) *watcher { return nil }

func (w *watcher) forward(chan<- os.Signal) {}

func (w *watcher) exit(code int) { os.Exit(code) }
