package main

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

// resolveFlags are what somebody decides, and about which events.
type resolveFlags struct {
	importFlags
	queueFlags
	delivered, notDelivered, sendAgain, keep bool
	orders                                   []string
	received                                 receivedFlags
	completeUntil                            string
}

func (p *program) resolveCommand() *cobra.Command {
	var f resolveFlags
	c := &cobra.Command{
		Use:   "resolve RUN",
		Short: "Decide about events that a run left unknown or changed",
		Long: `Lists the events of a run that are held, and notes what you decide. Look them up at
the receiver first. The ledger remembers who decided what, and when.

  unknown   it may have arrived       --delivered, --not-delivered or --send-again
  changed   delivered with different  --keep (keep what was delivered) or
            content before            --send-again

Events that were not delivered, or that you want to send again, go out with the next run of
their file.`,
		Example: `  able-import resolve 5f2c
  able-import resolve 5f2c --delivered --order 1080 --order 1081`,
		Args: wantOne,
		RunE: func(c *cobra.Command, args []string) error {
			return p.resolve(c.Context(), &f, args[0])
		},
	}
	f.addTarget(c)

	f.addJob(c)
	f.queueFlags.add(c, "the run's events went over this queue")
	flags := c.Flags()
	flags.BoolVar(&f.delivered, "delivered", false, "the unknown events have arrived")
	flags.BoolVar(&f.notDelivered, "not-delivered", false,
		"the unknown events have not arrived: send them with the next run of their file")
	flags.BoolVar(&f.sendAgain, "send-again", false, "send the events, even if they arrived")
	flags.BoolVar(&f.keep, "keep", false, "do not send changed events: keep what was delivered")
	flags.StringArrayVar(&f.orders, "order", nil, "only this order; repeat for several")
	f.received.add(c)
	flags.StringVarP(&f.received.mapping, "mapping", "m", "", "the same as --received-mapping")
	flags.StringVar(&f.completeUntil, "complete-until", "", "the receiver's export has "+
		"everything sent until then: events that it lacks were not delivered")

	c.MarkFlagsMutuallyExclusive("delivered", "not-delivered", "send-again", "keep", "received")
	return c
}

// decision is the decision that was asked for; 0 if none.
func (f *resolveFlags) decision() (state ledger.State, forStates []string) {
	switch {
	case f.delivered:
		return ledger.Delivered, []string{"unknown"}
	case f.notDelivered:
		return ledger.NotDelivered, []string{"unknown"}
	case f.sendAgain:
		return ledger.SendAgain, []string{"unknown", "changed"}
	case f.keep:
		return ledger.Keep, []string{"changed"}
	}
	return 0, nil
}

func (p *program) resolve(ctx context.Context, f *resolveFlags, name string) error {
	target, err := p.knownTarget(&f.importFlags)
	if err != nil {
		return err
	}
	folder, err := target.FindRun(name)
	if err != nil {
		return usageError{err}
	}

	all, err := history.ReadHeld(folder)
	if err != nil {
		return err
	}
	keeper, done, err := p.keeper(ctx, &f.importFlags, &f.queueFlags, target)
	if err != nil {
		return err
	}
	defer done()
	open, err := keeper.open(all)
	if err != nil {
		return err
	}
	if f.received.file != "" {
		return p.settle(ctx, f, &keeper, filepath.Base(folder), open)
	}

	state, applies := f.decision()
	if state == 0 {
		printHeld(p.out, open)
		return nil
	}
	chosen := slices.DeleteFunc(open, func(h history.Held) bool {
		return !slices.Contains(applies, h.State) || len(f.orders) > 0 &&
			!slices.Contains(f.orders, h.Label)
	})
	if len(chosen) == 0 {
		return usagef("no event of run %s waits for this decision; able-import resolve %s lists "+
			"the events that wait", name, name)
	}

	if err := keeper.decide(filepath.Base(folder), history.Who(), time.Now().Unix(), chosen,
		state); err != nil {
		return err
	}

	fmt.Fprintf(p.out, "%s noted as: %s\n", report.Plural(int64(len(chosen)), "event"), state)
	if state == ledger.SendAgain || state == ledger.NotDelivered {
		fmt.Fprintln(p.out, "Run the same file again to send them.")
	}

	return nil
}

// A keeper knows the past and notes decisions: in the target's ledger on this machine, or in the
// queue's.
type keeper struct {
	entries func(file *importer.ReceivedFile) (importer.Entries, error)
	open    func(held []history.Held) ([]history.Held, error)
	decide  func(run, by string, at int64, held []history.Held, state ledger.State) error
}

func (p *program) keeper(ctx context.Context, f *importFlags, queued *queueFlags,
	target *history.Target) (kept keeper, done func(), err error) {
	if queued.servers == "" {
		closeLedger := func() {}
		entries := func(*importer.ReceivedFile) (importer.Entries, error) {
			opened, err := target.Ledger()
			if err != nil {
				return nil, err
			}
			closeLedger = func() { opened.Close() }
			return target.Entries(opened), nil
		}
		return keeper{entries, target.Open, target.Decide}, func() { closeLedger() }, nil
	}

	q, err := p.openQueue(ctx, &workFlags{importFlags: *f, queueFlags: *queued})
	if err != nil {
		return keeper{}, nil, err
	}

	decisions := importer.QueueDecisions{Queue: q}
	return keeper{
		entries: func(file *importer.ReceivedFile) (importer.Entries, error) {
			return decisions.Entries(ctx, target, file)
		},
		open: func(held []history.Held) ([]history.Held, error) {
			return decisions.Open(ctx, held)
		},
		decide: func(_, by string, _ int64, held []history.Held, state ledger.State) error {
			return decisions.Decide(ctx, by, held, state)
		},
	}, q.Close, nil
}

// knownTarget is a target whose ledger can be found: that takes the funnel mark.
func (p *program) knownTarget(f *importFlags) (*history.Target, error) {
	target, err := p.target(f)
	if err != nil {
		return nil, err
	}
	if target.Mark == "" {
		return nil, usageError{errNoMark}
	}
	return &target, nil
}

func printHeld(out io.Writer, held []history.Held) {
	if len(held) == 0 {
		fmt.Fprintln(out, "Nothing of this run waits for a decision.")
		return
	}

	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	states := map[string]bool{}
	for _, h := range held {
		states[h.State] = true
		amount := ""
		if h.Currency != "" {
			amount = prepare.Sum{Minor: big.NewInt(h.Minor), Currency: h.Currency}.String()
		}
		if d := h.Delivered; d != nil {
			delivered := prepare.Sum{Minor: big.NewInt(d.Minor), Currency: d.Currency}
			amount = "delivered " + delivered.String() + ", now " + amount
		}
		fmt.Fprintf(w, "%s\t%s:%d\t%s\t%s\n", h.State, report.Visible(h.File), h.Row,
			report.Visible(h.Label), amount)
	}

	w.Flush()
	var choices []string
	if states["unknown"] {
		choices = append(choices, "--delivered", "--not-delivered")
	}
	if choices = append(choices, "--send-again"); states["changed"] {
		choices = append(choices, "--keep")
	}

	fmt.Fprintln(out, "\nDecide with "+strings.Join(choices, ", ")+"; --order picks single events.")
}

// settle decides about the unknown events of a run as the receiver's export has it. That an event
// is not there says something only of times up to which the export is complete.
func (p *program) settle(ctx context.Context, f *resolveFlags, keeper *keeper, run string,
	open []history.Held,
) error {
	var until time.Time
	if f.completeUntil != "" {
		var err error
		if until, err = time.Parse(time.RFC3339, f.completeUntil); err != nil {
			return usagef("--complete-until %q: give a time with its zone, such as "+
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
	arrived, absent, left, err := importer.Settle(ctx, entries, unknown, received.ReceivedFile)
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

	p.tellSettled(absent, late, left)
	if len(unknown) == 0 {
		fmt.Fprintln(p.out, "Nothing of this run is unknown.")
	}
	if len(left)+len(late) > 0 {
		p.code = exitUnknown
	}

	return nil
}

// tellSettled tells what to do about the events that did not arrive, and which stay unknown: left
// says why, and late are those that may have come after the receiver's export.
func (p *program) tellSettled(absent, late []history.Held, left []string) {
	if len(absent) > 0 {
		fmt.Fprintln(p.out, "Run the same file again to send them.")
	}
	for _, why := range left {
		fmt.Fprintln(p.out, "Left open: "+why)
	}
	if len(late) > 0 {
		fmt.Fprintf(p.out, "Left open: %s that the file does not have. If it has everything sent "+
			"until some time, give that time with --complete-until.\n",
			report.Plural(int64(len(late)), "event"))
	}
}
