// Command able-import turns billing exports into Able CDP events.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"
	_ "time/tzdata" // zones are names in mappings, and not every machine knows them

	"github.com/spf13/cobra"
)

// version is set by the build.
var version = "dev"

func main() {
	if code, watched := watch(os.Args, os.Getenv); watched {
		os.Exit(code)
	}

	watcher := watchedBy(os.Getenv)
	// Buffers are reused and there is little to collect: collecting earlier costs next to nothing,
	// and keeps memory as flat for ten million rows as for a hundred thousand.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40)
	}

	// A closed pipe behind stdout must not end a run between a POST and the note of its outcome.
	signal.Ignore(syscall.SIGPIPE)
	// net/http quotes there what a receiver sends unasked, which may be anybody's data
	log.SetOutput(io.Discard)
	ctx, cancel := context.WithCancelCause(context.Background())
	direct, forwarded := make(chan os.Signal, 8), make(chan os.Signal, 8)
	signal.Notify(direct, endings()...)
	go watcher.forward(forwarded)
	patient := new(atomic.Bool)
	patient.Store(true)
	go func() {
		counter := signalCounter{map[os.Signal]int{}, map[os.Signal]int{}}
		first := interrupt{counter.next(direct, forwarded)}
		cancel(first)
		time.AfterFunc(interruptedFor, func() {
			if !patient.Load() {
				watcher.exit(first.code())
			}
		})
		// the second one leaves at once; the ledger survives it
		watcher.exit(interrupt{counter.next(direct, forwarded)}.code())
	}()

	cobra.MousetrapHelpText = "" // a double click opens the page
	streams := streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, patient: patient}
	args := os.Args[1:]
	if doubleClicked(os.Args, os.Getenv) {
		args = []string{"web"}
	}

	watcher.exit(run(ctx, args, streams, os.Getenv))
}

// interruptedFor is how long a command that only reads may take to hear of an interrupt.
const interruptedFor = 3 * time.Second

// A signalCounter counts a signal once, though it comes twice: a terminal and systemd send it to
// the watcher, which passes it on, and to this process.
type signalCounter struct{ direct, forwarded map[os.Signal]int }

func (c *signalCounter) next(direct, forwarded <-chan os.Signal) os.Signal {
	for {
		select {
		case s := <-direct:
			if c.direct[s]++; c.direct[s] > c.forwarded[s] {
				return s
			}
		case s := <-forwarded:
			if c.forwarded[s]++; c.forwarded[s] > c.direct[s] {
				return s
			}
		}
	}
}
