// Package prepare holds what the command line and the local page both do around a run: finding the
// preset that fits, telling how a file is read, comparing a plan with what is expected of it, and
// the exit code that an outcome has.
package prepare

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"ableimport/importer"
	"ableimport/importer/report"
)

// ExitCode is the exit code of a run that has ended: 5 where events were not sent, 4 where some are
// unknown, 3 where rows, events or a whole file need a person, otherwise 0.
func ExitCode(e report.Events, s *report.Summary) int {
	leftOut := func(p report.Problem) bool { return p.Code == report.AllLeftOut }
	switch rows := s.Rows; {
	case e.NotSent > 0:
		return 5
	case e.Unknown > 0:
		return 4
	case e.Invalid+e.Rejected+e.Changed+rows.Invalid+rows.Held > 0:
		return 3
	case slices.ContainsFunc(s.Problems, leftOut):
		return 3
	}

	return 0
}

// PlainAddress is an address without what may be secret in it: a password, and what follows a
// question mark.
func PlainAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil && u.RawQuery == "" && u.Fragment == "" {
		return address
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String() + "?…"
}

// Settle ends a run: it proves the figures, gives the summary its exit code and seals the run's
// folder. runErr is what the run itself came to; interrupted is the exit code of an interrupt, 0
// where there was none.
func Settle(
	ctx context.Context, im *importer.Import, result *importer.Result, runErr error,
	interrupted int,
) error {
	if err := result.Summary.Check(); err != nil && runErr == nil && ctx.Err() == nil {
		runErr = err
	}

	summary := result.Summary
	summary.Stopped = report.Visible(stopReason(ctx, result, runErr))

	switch {
	case runErr != nil:
		summary.ExitCode = 1
	case summary.Events.NotSent > 0 && interrupted != 0:
		summary.ExitCode = interrupted
	default:
		summary.ExitCode = ExitCode(summary.Events, summary)
	}

	errs := []error{runErr, im.Seal(result)}
	if runErr == nil && summary.Events.Delivered+summary.Events.AlreadyDelivered > 0 {
		errs = append(errs, im.Remember())
	}

	return errors.Join(errs...)
}

// stopReason says in one line why a run ended early; "": it did not.
func stopReason(ctx context.Context, result *importer.Result, runErr error) string {
	switch {
	case result.Stopped != "":
		return result.Stopped
	case runErr != nil:
		line, _, _ := strings.Cut(runErr.Error(), "\n")
		return line
	case ctx.Err() != nil && result.Summary.Events.NotSent > 0:
		return context.Cause(ctx).Error()
	}
	return ""
}
