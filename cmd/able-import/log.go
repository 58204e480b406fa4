package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"ableimport/importer"
	"ableimport/importer/report"
)

// newLogger makes the log of a run. It says what happened in numbers, names of files and codes:
// people's names are in reports only, which belong to their owner.
func newLogger(format string, out io.Writer) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(newLineHandler(out)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{ReplaceAttr: utcTime})), nil
	}
	return nil, usagef("--log-format %q: use text or json", format)
}

// utcTime writes times as RFC 3339 in UTC.
func utcTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.String(a.Key, a.Value.Time().UTC().Format(time.RFC3339))
	}
	return a
}

// A lineHandler writes lines that people read and grep finds: 2025-12-07T02:00:00Z INFO start
// run=5f2c job=shop.
type lineHandler struct {
	line *line
	rest slog.Handler // writes what follows the message into line
}

// A line is the one that is being made.
type line struct {
	mu   sync.Mutex
	out  io.Writer
	rest bytes.Buffer
}

func newLineHandler(out io.Writer) *lineHandler {
	l := &line{out: out}
	bare := func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey ||
			a.Key == slog.MessageKey) {
			return slog.Attr{}
		}
		return a
	}
	return &lineHandler{l, slog.NewTextHandler(&l.rest, &slog.HandlerOptions{ReplaceAttr: bare})}
}

func (h *lineHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.rest.Enabled(ctx, level)
}

func (h *lineHandler) Handle(ctx context.Context, r slog.Record) error {
	l := h.line
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest.Reset()
	if err := h.rest.Handle(ctx, r); err != nil {
		return err
	}
	_, err := fmt.Fprintf(l.out, "%s %s %s %s", r.Time.UTC().Format(time.RFC3339), r.Level,
		r.Message, l.rest.Bytes())
	return err
}

func (h *lineHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &lineHandler{h.line, h.rest.WithAttrs(attrs)}
}

func (h *lineHandler) WithGroup(name string) slog.Handler {
	return &lineHandler{h.line, h.rest.WithGroup(name)}
}

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
	p.log.Info("start", append(attributes,
		moneyOf(summary, func(t report.Totals) string { return t.Total }, "total")...)...)
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

	attributes = append(attributes,
		moneyOf(s, func(t report.Totals) string { return t.Delivered }, "delivered")...)
	attributes = append(attributes, "exit", p.code)
	if result.Stopped != "" {
		attributes = append(attributes, "stopped", report.Visible(result.Stopped))
	}

	p.log.Log(context.Background(), levelOf(p.code), "done",
		append(attributes, "report", filepath.Dir(s.Reports.Summary))...)
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
