package prepare

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// An Effect is what a run would send with one answer to an open question of a mapping.
type Effect struct {
	Events  int64
	Money   []Sum
	Invalid int64

	// how it differs from what the mapping comes to without the answer, where that can be told
	Compared   bool
	MoreEvents int64
	MoreMoney  []Sum
}

// A Sum is money of one currency.
type Sum struct {
	Minor    *big.Int
	Currency string
}

var errAloneNotEnough = errors.New("this alone does not make the file readable")

// EffectOf tells what becomes of a job with an answer, which a mapping has in place. base is what
// the job comes to without it; nil where its files cannot be read so.
func EffectOf(ctx context.Context, job importer.Job, answered *mapping.Config,
	base *importer.Plan) (*Effect, error) {
	job.Mapping = answered
	im, err := importer.Open(job)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %s",
			report.VisibleLines(cell.FirstLine(err.Error())))
	}
	defer im.Close()
	plan, err := im.Preflight(ctx)
	if err != nil {
		return nil, errAloneNotEnough
	}

	ready := plan.Tally.Money(report.NotSent)
	e := &Effect{Events: plan.Tally.Events(report.NotSent),
		Invalid: plan.Tally.Events(report.Invalid), Compared: base != nil}
	for _, currency := range ready.Currencies() {
		e.Money = append(e.Money, Sum{ready.Minor(currency), currency})
	}
	if base == nil {
		return e, nil
	}

	before := base.Tally.Money(report.NotSent)
	e.MoreEvents = e.Events - base.Tally.Events(report.NotSent)
	for _, currency := range before.Currencies() {
		more := new(big.Int).Sub(ready.Minor(currency), before.Minor(currency))
		if more.Sign() != 0 {
			e.MoreMoney = append(e.MoreMoney, Sum{more, currency})
		}
	}

	return e, nil
}

// Same reports whether the answer changes nothing.
func (e *Effect) Same() bool {
	return e.Compared && e.MoreEvents == 0 && len(e.MoreMoney) == 0
}

// NoneValid reports whether every event is invalid, with the answer and without: something else has
// to be answered or fixed first, and the figures say nothing.
func (e *Effect) NoneValid() bool { return e.Events == 0 && e.Invalid > 0 && e.MoreEvents == 0 }

// String words an effect: "24 events, 671.20 EUR (12 fewer events, 336.30 EUR less)".
func (e *Effect) String() string {
	if e.NoneValid() {
		return "this alone makes no event valid"
	}

	words := []string{"nothing would be sent"}
	if e.Events > 0 {
		words[0] = report.Plural(e.Events, "event")
	}
	for _, sum := range e.Money {
		words = append(words, sum.String())
	}
	if e.Invalid > 0 {
		words = append(words, fmt.Sprintf("%d invalid", e.Invalid))
	}
	text := strings.Join(words, ", ")

	var change []string
	switch {
	case e.MoreEvents > 0:
		change = append(change, report.Plural(e.MoreEvents, "more event"))
	case e.MoreEvents < 0:
		change = append(change, report.Plural(-e.MoreEvents, "fewer event"))
	}
	for _, sum := range e.MoreMoney {
		moreOrLess := " more"
		if sum.Minor.Sign() < 0 {
			moreOrLess = " less"
		}
		change = append(change, sum.Abs().String()+moreOrLess)
	}

	switch {
	case !e.Compared:
		return text
	case e.Same():
		return text + " (as the mapping says now)"
	}
	return text + " (" + strings.Join(change, ", ") + ")"
}

// Decimal is the sum in digits: 671.20.
func (s Sum) Decimal() string { return string(number.AppendMoney(nil, s.Minor, s.Currency)) }

// Abs is the sum without its sign.
func (s Sum) Abs() Sum { return Sum{new(big.Int).Abs(s.Minor), s.Currency} }

// String is the sum as people read it: "1,671.20 EUR".
func (s Sum) String() string { return report.Amount(s.Decimal()) + " " + s.Currency }
