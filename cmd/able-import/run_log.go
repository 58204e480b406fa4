package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ableimport/importer"
	"ableimport/importer/report"
)

// tellDoubt tells of something that does not stop a run.
func (p *program) tellDoubt(doubt error) {
	if p.log != nil {
		p.log.Info("note", "text", visibleLines(doubt.Error()))
		return
	}
	fmt.Fprintln(p.err, "Note: "+visibleLines(doubt.Error()))
}

func (p *program) logStart(im *importer.Import, plan *importer.Plan) {
	if p.log == nil {
		return
	}
	attributes := []any{"run", im.RunID(), "events", plan.Tally.Total(), "to_send", plan.ToSend}
	summary := im.Preview(plan).Summary
	p.log.Info("start", append(attributes, moneyOf(summary, func(t report.Totals) string { return t.Total }, "total")...)...)
}

func (p *program) logProgress(s importer.Snapshot, paused string) {
	attributes := []any{"delivered", s.Delivered, "failed", s.Failed, "of", s.Total}
	if paused != "" {
		attributes = append(attributes, "paused", paused)
	}
	p.log.Info("progress", attributes...)
}

// logDone writes the one line that sums a run up.
func (p *program) logDone(result *importer.Result) {
	if p.log == nil {
		return
	}
	s := result.Summary
	attributes := []any{"run", s.RunID}
	for _, state := range report.States() {
		if n := s.Events.Of(state); n > 0 {
			attributes = append(attributes, strings.ReplaceAll(state.String(), " ", "_"), n)
		}
	}
	if rows := s.Rows.Invalid + s.Rows.Held; rows > 0 {
		attributes = append(attributes, "bad_rows", rows)
	}
	attributes = append(attributes, moneyOf(s, func(t report.Totals) string { return t.Delivered }, "delivered")...)
	attributes = append(attributes, "exit", p.code)
	if result.Stopped != "" {
		attributes = append(attributes, "stopped", report.Visible(result.Stopped))
	}
	p.log.Log(context.Background(), levelOf(p.code), "done", append(attributes, "report", filepath.Dir(s.Reports.Summary))...)
}

// moneyOf lists the sums of a state as attributes: total_INR=588104.29.
func moneyOf(s *report.Summary, of func(report.Totals) string, name string) []any {
	var all []any
	for _, currency := range slices.Sorted(maps.Keys(s.Totals)) {
		all = append(all, name+"_"+report.Visible(currency), of(s.Totals[currency]))
	}
	return all
}

func levelOf(code int) slog.Level {
	switch code {
	case exitDone:
		return slog.LevelInfo
	case exitInvalid, exitUnknown:
		return slog.LevelWarn
	}
	return slog.LevelError
}

// baseNames are the names of files as a log says them.
func baseNames(files []string) string {
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = filepath.Base(file)
	}
	return strings.Join(names, ", ")
}
