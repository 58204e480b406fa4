// Command able-import turns billing exports into Able CDP events.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones are names in mappings, and not every machine knows them
)

// version is set by the build.
var version = "dev"

func main() {
	// Buffers are used again and there is little to collect: doing so earlier costs nothing to speak of, and keeps memory as flat
	// for ten million rows as for a hundred thousand.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40)
	}
	// A closed pipe behind stdout must not end a run between a POST and the note of its outcome.
	signal.Ignore(syscall.SIGPIPE)
	log.SetOutput(io.Discard) // net/http quotes there what a receiver sends unasked, which may be anybody's data
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup does, so that a run outlives its terminal
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		cancel(interrupt{<-signals})
		os.Exit(interrupt{<-signals}.code()) // the second one leaves at once; the ledger stands it
	}()
	streams := streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	args := os.Args[1:]
	if doubleClicked(os.Args, os.Getenv) {
		args = []string{"web"}
	}
	os.Exit(run(ctx, args, streams, os.Getenv))
}
