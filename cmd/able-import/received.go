package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gocarina/gocsv"
	"github.com/spf13/cobra"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
)

// receivedFlags say what the receiver has: its own export, and how that is read.
type receivedFlags struct{ file, mapping string }

func (f *receivedFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "received", "", "the receiver's own export of what it has")
	c.Flags().StringVar(&f.mapping, "received-mapping", "", "mapping of that export: order_id, "+
		"deal_value, deal_currency, event_time; or -m, where no other file needs one")
}

// A receivedFile is the receiver's export, and the import that has it open.
type receivedFile struct {
	*importer.ReceivedFile
	im *importer.Import
}

// Close gives both back.
func (f *receivedFile) Close() error { return errors.Join(f.ReceivedFile.Close(), f.im.Close()) }

// readReceived reads the receiver's export.
func (p *program) readReceived(ctx context.Context, f *receivedFlags) (*receivedFile, error) {
	if f.mapping == "" {
		return nil, usagef("--received: say with -m which columns of %s are order_id, "+
			"deal_value, deal_currency and event_time", f.file)
	}
	source, err := os.ReadFile(f.mapping)
	if err != nil {
		return nil, usagef("%s: %w", f.mapping, table.Cause(err))
	}

	config, err := mapping.ParseReceived(f.mapping, source, p.getenv)
	if err != nil {
		return nil, usageError{err}
	}
	im, err := importer.OpenContext(ctx, importer.Job{Files: []string{f.file}, Stdin: p.in,
		Mapping: config, MappingDir: filepath.Dir(f.mapping), Version: version})
	if err != nil {
		return nil, err
	}

	file, err := im.ReadReceived(ctx)
	if err != nil {
		im.Close()
		return nil, err
	}
	return &receivedFile{file, im}, nil
}

// compareReceived leads from what was delivered to what the receiver has.
func (p *program) compareReceived(ctx context.Context, f *historyFlags) error {
	period, err := f.period()
	if err != nil {
		return err
	}
	received, err := p.readReceived(ctx, &f.received)
	if err != nil {
		return err
	}
	defer received.Close()

	target, err := p.knownTarget(&f.importFlags)
	if err != nil {
		return err
	}
	keeper, done, err := p.keeper(ctx, &f.importFlags, &f.queueFlags, target)
	if err != nil {
		return err
	}
	defer done()
	entries, err := keeper.entries(received.ReceivedFile)
	if err != nil {
		return err
	}
	a, err := importer.CompareReceived(ctx, entries, period, received.ReceivedFile)
	if err != nil {
		return err
	}

	if !a.Equal() {
		p.code = exitInvalid
	}

	switch {
	case f.json:
		bridge := map[string]sentJSON{}
		for _, s := range arrivalSteps(a) {
			bridge[s.key] = sentJSON{s.Events, decimals(&s.Money)}
		}
		return json.NewEncoder(p.out).Encode(map[string]any{
			"version": 1, "received": f.received.file, "steps": bridge,
			"unknown":     sentJSON{a.Unknown.Events, decimals(&a.Unknown.Money)},
			"nameless":    sentJSON{a.Nameless.Events, decimals(&a.Nameless.Money)},
			"differences": append([]importer.Arrival{}, a.Found...), "not_listed": a.NotListed,
		})
	case f.csv:
		found := slices.Clone(a.Found)
		for i := range found {
			found[i].Order = report.Guard(found[i].Order)
		}
		return gocsv.Marshal(found, p.out)
	}

	writeArrivals(p.out, a)
	return nil
}

func arrivalSteps(a *importer.Arrivals) []step {
	return []step{
		{"", "delivered", "delivered, by the ledger", &a.Delivered},
		{"-", "missing", "missing at the receiver", &a.Missing},
		{"+", "differs", "there with another amount", &a.Differs},
		{"+", "doubled", "there more than once", &a.Doubled},
		{"+", "arrived", "unknown here, and there", &a.Arrived},
		{"+", "extra", "there, and not sent by us", &a.Extra},
		{"=", "received", "received", &a.Received},
	}
}

func writeArrivals(out io.Writer, a *importer.Arrivals) {
	fmt.Fprintf(out, "What was delivered, and what the receiver has\n\n")
	writeSteps(out, arrivalSteps(a), a.Currencies())

	if a.Unknown.Events > 0 {
		fmt.Fprintf(out, "Unknown here, and not there: %s; able-import resolve RUN --received "+
			"settles them.\n", report.Plural(a.Unknown.Events, "event"))
	}
	if a.Nameless.Events > 0 {
		fmt.Fprintf(out, "Not compared, since their order numbers are not known any more: %s.\n",
			report.Plural(a.Nameless.Events, "event"))
	}
	if a.Equal() {
		fmt.Fprintln(out, "Nothing differs.")
		return
	}

	var list [][]string
	for i := range a.Found[:min(len(a.Found), shownFound)] {
		f := &a.Found[i]
		there := ""
		if f.Received != "" {
			there = fmt.Sprintf("there %s, row %d", f.Received, f.Row)
		}
		here := ""
		if f.Delivered != "" {
			here = "here " + f.Delivered
		}
		list = append(list, []string{f.Kind, report.Visible(f.Order), here, there})
	}

	fmt.Fprintln(out, report.Table(list))
	if more := int64(len(a.Found)-len(list)) + a.NotListed; more > 0 {
		fmt.Fprintf(out, "  and %d more; --csv lists them\n", more)
	}
}

// settle decides about the unknown events of a run as the receiver's export has it. That an event
// is not there says something only of times up to which the export is complete.
func (p *program) settle(ctx context.Context, f *resolveFlags, keeper *keeper, run string, open []history.Held) error {
	var until time.Time
	if f.completeUntil != "" {
		var err error
		if until, err = time.Parse(time.RFC3339, f.completeUntil); err != nil {
			return usagef("--complete-until %q: say a time with its zone, such as "+
				"2026-11-30T06:00:00Z", f.completeUntil)
		}
	}

	received, err := p.readReceived(ctx, &f.received)
	if err != nil {
		return err
	}
	defer received.Close()

	unknown := slices.DeleteFunc(open, func(h history.Held) bool {
		return h.State != "unknown" || len(f.orders) > 0 && !slices.Contains(f.orders, h.Label)
	})
	entries, err := keeper.entries(received.ReceivedFile)
	if err != nil {
		return err
	}
	arrived, absent, left, err := importer.Settle(entries, unknown, received.ReceivedFile)
	if err != nil {
		return err
	}

	late := slices.Clone(absent)
	absent = slices.DeleteFunc(absent,
		func(h history.Held) bool { return h.Tried == 0 || time.Unix(h.Tried, 0).After(until) })
	late = late[:len(late)-len(absent)]

	by := fmt.Sprintf("%s, by %s sha256:%s", history.Who(), filepath.Base(f.received.file),
		received.Hash)
	for _, decided := range []struct {
		held  []history.Held
		state ledger.State
	}{{arrived, ledger.Delivered}, {absent, ledger.NotDelivered}} {
		if len(decided.held) == 0 {
			continue
		}
		if err := keeper.decide(run, by, time.Now().Unix(), decided.held,
			decided.state); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "%s noted as: %s\n", report.Plural(int64(len(decided.held)), "event"),
			decided.state)
	}

	if len(absent) > 0 {
		fmt.Fprintln(p.out, "Run the same file again to send them.")
	}
	for _, why := range left {
		fmt.Fprintln(p.out, "Left open: "+why)
	}
	if len(late) > 0 {
		fmt.Fprintf(p.out, "Left open: %s that the file does not have; --complete-until TIME "+
			"says up to which time of sending it has everything.\n",
			report.Plural(int64(len(late)), "event"))
	}

	if len(unknown) == 0 {
		fmt.Fprintln(p.out, "Nothing of this run is unknown.")
	}
	if len(left)+len(late) > 0 {
		p.code = exitUnknown
	}

	return nil
}
