package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"ableimport/importer"
)

// progressMode is how a run shows how far it is.
type progressMode byte

const (
	progressNone  progressMode = iota
	progressPlain              // a line every ten seconds
	progressBar                // a moving bar, on a terminal only
	progressLog                // a line of the log every ten seconds
)

const (
	plainEvery = 10 * time.Second
	barEvery   = 200 * time.Millisecond
)

func (p *program) progressMode(flag string, quiet bool) (progressMode, error) {
	switch {
	case flag != "auto" && flag != "plain" && flag != "none":
		return 0, usagef("--progress %q: say auto, plain or none", flag)
	case quiet || flag == "none":
		return progressNone, nil
	case p.log != nil:
		return progressLog, nil
	case flag == "auto" && isTerminal(p.err) && p.getenv("TERM") != "dumb" &&
		columns(p.err) >= barLeast:
		return progressBar, nil
	}

	return progressPlain, nil
}

// barLeast is how many columns a bar takes, the text before it aside.
const barLeast = 50

// columns is the width of a terminal; as wide as any if it is not known.
func columns(stream any) int {
	if file := fileOf(stream); file != nil {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 1000
}

// cut shortens a line to so many characters: a line that wraps is not wiped by the next one.
func cut(line string, width int) string {
	runes := []rune(line)
	switch {
	case len(runes) <= width:
		return line
	case width < 1:
		return ""
	}
	return string(runes[:width-1]) + "…"
}

// watch shows the progress until stop is called. The importer counts; this only looks.
func (p *program) watch(progress *importer.Progress, plan *importer.Plan,
	mode progressMode) (stop func()) {
	if mode == progressNone || plan.ToSend == 0 {
		return func() {}
	}

	every, show, end := plainEvery, p.plainLine, func() {}
	if mode == progressLog {
		show = p.logProgress
	}

	if mode == progressBar {
		bar := progressbar.NewOptions64(plan.ToSend,
			progressbar.OptionSetWriter(p.err), progressbar.OptionUseANSICodes(true),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(34),
			progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(barEvery/2),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("events"),
			progressbar.OptionSetDescription("sending"))

		every = barEvery
		show = func(s importer.Snapshot, paused string) {
			bar.Describe(cut(describe(s, paused), columns(p.err)-barLeast))
			bar.Set64(s.Delivered + s.Failed + s.NotSent)
		}
		end = func() { bar.Clear() }
	}

	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		ticker := time.NewTicker(every)
		defer ticker.Stop()

		for {
			select {
			case <-done:
				end()
				return
			case <-ticker.C:
				if s, ok := progress.Latest(); ok && p.screen.TryLock() {
					show(s, pausedText(progress))
					p.screen.Unlock()
				}
			}
		}
	}()

	return func() { close(done); <-gone }
}

func pausedText(progress *importer.Progress) string {
	reason, until := progress.Paused()
	if reason == "" {
		return ""
	}
	if until.IsZero() {
		return "paused: " + reason
	}
	return fmt.Sprintf("paused: %s, %s left", reason, time.Until(until).Round(time.Second))
}

// describe is the text before the bar.
func describe(s importer.Snapshot, paused string) string {
	if paused != "" {
		return paused
	}
	return fmt.Sprintf("sending  %d failed  %s", s.Failed, moneyLine(s.Money))
}

func (p *program) plainLine(s importer.Snapshot, paused string) {
	line := fmt.Sprintf("%s progress delivered=%d failed=%d of=%d",
		time.Now().UTC().Format(time.RFC3339), s.Delivered, s.Failed, s.Total)
	if paused != "" {
		line += " " + paused
	}
	fmt.Fprintln(p.err, line)
}

// moneyLine joins the sums of a few currencies.
func moneyLine(sums map[string]string) string {
	var parts []string
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		parts = append(parts, sums[currency]+" "+currency)
	}
	if len(parts) > 3 {
		parts = append(parts[:3], "...")
	}
	return strings.Join(parts, ", ")
}
