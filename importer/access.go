package importer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"ableimport/importer/report"
	"ableimport/mapping"
)

// Target is who receives.
func (im *Import) Target() *Target { return &im.job.Target }

// Doubts are sentences about optional columns that the first file seems to have under another name.
func (im *Import) Doubts() []error {
	mapper, err := im.bind(im.inputs[0])
	if err != nil {
		return nil // Open has bound it
	}
	return mapper.Doubts()
}

// markPlaceholder stands where the funnel mark goes, in what is written for people.
const markPlaceholder = "${ABLE_FUNNEL_MARK}"

// WriteEvents writes the bodies that a run would post, one a line, in sending order, with a placeholder for the funnel
// mark. It is the sending pass with a file instead of the receiver.
func (im *Import) WriteEvents(ctx context.Context, plan *Plan, w *bufio.Writer) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := newProducer(im, plan, markPlaceholder)
	done := make(chan error, 1)
	go func() { done <- p.run(ctx) }()
	var writeErr error
	for b := range p.full {
		for i := range b.deliveries {
			w.Write(b.deliveries[i].body) // the writer keeps its first error
			if err := w.WriteByte('\n'); err != nil && writeErr == nil {
				writeErr = fmt.Errorf("write events: %w", err)
				stop(writeErr)
			}
		}
		b.reset()
		p.free <- b
	}
	return errors.Join(writeErr, <-done)
}

// ShortID is the beginning of the plan's hash, enough to name it.
func (p *Plan) ShortID() string { return p.ID()[len("sha256:"):][:8] }

// Outcome tells in a few words what the example's rows become: "Purchase  1,398.00 INR   3 items".
func (e *Example) Outcome() string {
	switch e.Event.State {
	case mapping.Skipped:
		return "skipped: " + e.Event.Reason
	case mapping.Invalid:
		return "invalid"
	}
	out := e.Event.Type
	if e.Event.HasAmount {
		out += "  " + people(big.NewInt(e.Event.Minor), e.Event.Currency)
	}
	if e.Event.Items > 0 {
		out += fmt.Sprintf("   %d item", e.Event.Items)
		if e.Event.Items > 1 {
			out += "s"
		}
	}
	return out
}

// people writes an amount as people read it: "1,398.00 INR".
func people(minor *big.Int, currency string) string {
	return report.Amount(string(mapping.AppendMoney(nil, minor, currency))) + " " + currency
}

// Question says in one line what a run would do: "49 events, 588,104.29 INR, to app.ablecdp.com (funnel …a41c). 1 already
// delivered, 1 invalid."
func (im *Import) Question(plan *Plan) string {
	line := fmt.Sprintf("%d events", plan.ToSend)
	for _, currency := range plan.Tally.Money(report.NotSent).Currencies() {
		line += ", " + people(plan.Tally.Money(report.NotSent).Minor(currency), currency)
	}
	line += ", to " + im.job.Target.Host()
	if mark := im.job.Target.Mark; len(mark) >= 12 {
		line += " (funnel …" + mark[len(mark)-4:] + ")"
	}
	var rest []string
	for _, state := range []report.State{report.AlreadyDelivered, report.Changed, report.Unknown, report.Invalid} {
		if n := plan.Tally.Events(state); n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", n, strings.ReplaceAll(state.String(), "_", " ")))
		}
	}
	if plan.Alike > 0 {
		rest = append(rest, fmt.Sprintf("%d that look like others under another id", plan.Alike))
	}
	if len(rest) == 0 {
		return line + "."
	}
	return line + ". " + strings.Join(rest, ", ") + "."
}
