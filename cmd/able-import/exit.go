package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"ableimport/importer/approval"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/queue"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/document"
)

// Exit codes. Where several apply the highest claim counts, in this order: 1, 129/130/143, 2, 6 or
// 7, 5, 4, 3, 0.
const (
	exitDone       = 0 // everything that should be delivered is delivered
	exitFailed     = 1 // could not run
	exitUsage      = 2 // usage, mapping or configuration error; nothing was sent
	exitInvalid    = 3 // finished; some rows or events are invalid, rejected or held as changed
	exitUnknown    = 4 // finished; some outcomes are unknown
	exitIncomplete = 5 // some events were not sent: the same command goes on
	// refused, nothing sent: plan or totals differ, ambiguous input, an open question in the
	// mapping, new ledger, --strict
	exitRefused = 6
	exitWaiting = 7  // nothing sent: somebody else has to approve the plan first
	exitLocked  = 75 // another run holds this target's lock
)

// A usageError is a mistake in the command line, the mapping or the configuration: nothing was
// sent.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }

func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// An interrupt is the signal that ended a run.
type interrupt struct{ signal os.Signal }

func (i interrupt) Error() string {
	switch i.signal {
	case os.Interrupt:
		return "interrupted by Ctrl-C"
	case syscall.SIGTERM:
		if runtime.GOOS == "windows" { // which has no such signal: Go makes one of these
			return "the window was closed, or Windows shuts down"
		}
		return "terminated (SIGTERM)"
	case syscall.SIGHUP:
		return "the terminal was closed (SIGHUP)"
	}
	return "ended by a signal: " + i.signal.String()
}

func (i interrupt) code() int {
	if number, ok := i.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return exitFailed
}

// codeOf is the exit code of an error that ended a command.
func codeOf(ctx context.Context, err error) int {
	var (
		usage     usageError
		mapped    *document.Error
		refused   *history.RefusedError
		ambiguous *table.AmbiguousError
		open      *mapping.OpenQuestion
		asked     *mapping.UnansweredError
		locked    *ledger.LockedError
		ledgerErr *ledger.RefusedError
		setting   *queue.SettingsError
		other     *mapping.OtherExportError
		different *queue.DifferentError
		orphaned  *queue.OrphanedError
		waiting   *approval.WaitingError
		signal    interrupt
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &signal):
		return signal.code()
	case errors.Is(err, context.Canceled) && errors.As(context.Cause(ctx), &signal):
		return signal.code()
	case errors.As(err, &usage), errors.As(err, &mapped), errors.As(err, &other),
		errors.As(err, &setting), errors.As(err, &different), errors.Is(err, queue.ErrMissing):
		return exitUsage
	case errors.As(err, &refused), errors.As(err, &ambiguous), errors.As(err, &open),
		errors.As(err, &asked), errors.As(err, &ledgerErr), errors.As(err, &orphaned):
		return exitRefused
	case errors.As(err, &waiting):
		return exitWaiting
	case errors.As(err, &locked):
		return exitLocked
	}

	return exitFailed
}

// printObject prints what --json is for, as one line. Its type has to be in printedShapes.
func (p *program) printObject(object any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(object)
}

// printJSON prints the summary as the one object on stdout.
func (p *program) printJSON(summary *report.Summary, code int, mode string) {
	summary.ExitCode, summary.Mode = code, mode
	p.printFailed(p.printObject(summary))
}

// readerLeft tells that whoever read the output has left, which ends nothing. Windows has two
// numbers for it, ERROR_BROKEN_PIPE and ERROR_NO_DATA.
func readerLeft(err error) bool {
	const broken, noData = syscall.Errno(109), syscall.Errno(232)
	return errors.Is(err, syscall.EPIPE) ||
		runtime.GOOS == "windows" && (errors.Is(err, broken) || errors.Is(err, noData))
}

// printFailed tells that the summary could not be written, as text or for --json.
func (p *program) printFailed(err error) {
	if err != nil && !readerLeft(err) {
		fmt.Fprintln(p.err, "write the summary: "+table.Cause(err).Error())
		p.code = exitFailed
	}
}

// A failureJSON is what --json prints of a command that failed and has no summary.
type failureJSON struct {
	Version  int    `json:"version"` // 1
	ExitCode int    `json:"exit_code"`
	Error    string `json:"error"`
}

// printFailure prints the object of a command that failed: with --json there is always one on
// stdout. A wrong flag may end the reading of flags before --json is reached.
func (p *program) printFailure(c *cobra.Command, args []string, code int, err error) {
	flag := c.Flags().Lookup("json")
	if flag == nil || flag.Value.String() != "true" && !slices.Contains(args, "--json") {
		return
	}

	inbox := c.Flags().Changed("job") || c.Flags().Changed("all-jobs")
	switch name := c.Name(); {
	case name == "run" && inbox:
		p.printFailed(p.printObject(passesJSON{Version: 1, Mode: "jobs", ExitCode: code,
			Jobs: []passJSON{}, Error: err.Error()}))
	case name == "run", name == "preview", name == "adopt":
		summary := p.refused
		if summary == nil {
			summary = &report.Summary{}
		}
		summary.Problems = append([]report.Problem{{Code: problemCodes[code], Count: 1,
			Message: err.Error()}}, summary.Problems...)
		p.printJSON(summary, code, name)
	default:
		p.printFailed(p.printObject(failureJSON{1, code, err.Error()}))
	}
}

// problemCodes name what ended a command, in the summary's problems.
var problemCodes = map[int]string{
	exitFailed: "failed", exitUsage: "usage", exitRefused: "refused", exitLocked: "locked",
	exitWaiting: "approval",
	129:         "interrupted", 130: "interrupted", 143: "interrupted",
}
