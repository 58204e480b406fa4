package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"

	"ableimport/importer/report"
	"ableimport/importer/table"
)

// printJSON prints the summary as the one object on stdout.
func (p *program) printJSON(summary *report.Summary, code int, mode string) {
	summary.ExitCode, summary.Mode = code, mode
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	p.printFailed(encoder.Encode(summary))
	p.printed = true
}

// printFailed tells that a summary could not be written. A reader that has left ends nothing.
func (p *program) printFailed(err error) {
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		fmt.Fprintln(p.err, "write the summary: "+table.Cause(err).Error())
		p.code = exitFailed
	}
}

// reported prints the summary of a command that came to nothing: with --json there is always one object on stdout.
func (p *program) reported(ctx context.Context, f *importFlags, mode string, err error) error {
	if err == nil || !f.json || p.printed {
		return err
	}
	summary := p.refused
	if summary == nil {
		summary = &report.Summary{}
	}
	code := codeOf(ctx, err)
	summary.Problems = append([]report.Problem{{Code: problemCodes[code], Count: 1, Message: err.Error()}}, summary.Problems...)
	p.printJSON(summary, code, mode)
	return err
}

// problemCodes name what ended a command, in the summary's problems.
var problemCodes = map[int]string{
	exitFailed: "failed", exitUsage: "usage", exitRefused: "refused", exitLocked: "locked", 129: "interrupted", 130: "interrupted", 143: "interrupted",
}
