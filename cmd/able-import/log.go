package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
)

// newLogger makes the log of a run. It says what happened in numbers, names of files and codes: what people are called stands in
// reports only, which belong to their owner.
func newLogger(format string, out io.Writer) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(newLineHandler(out)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{ReplaceAttr: utcTime})), nil
	}
	return nil, usagef("--log-format %q: say text or json", format)
}

// utcTime writes times as RFC 3339 in UTC.
func utcTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.String(a.Key, a.Value.Time().UTC().Format(time.RFC3339))
	}
	return a
}

// A lineHandler writes lines that people read and grep finds: 2025-12-07T02:00:00Z INFO start run=5f2c job=shop.
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
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
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
	_, err := fmt.Fprintf(l.out, "%s %s %s %s", r.Time.UTC().Format(time.RFC3339), r.Level, r.Message, l.rest.Bytes())
	return err
}

func (h *lineHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &lineHandler{h.line, h.rest.WithAttrs(attrs)}
}

func (h *lineHandler) WithGroup(name string) slog.Handler {
	return &lineHandler{h.line, h.rest.WithGroup(name)}
}
