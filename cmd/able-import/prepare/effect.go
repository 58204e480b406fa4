package prepare

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"strings"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// Effect words what a run would send with one answer to an open question, which a mapping has in
// place: "24 events, 671.20 EUR (12 events less, 336.30 EUR less)". base is what it comes to without
// that answer; nil where the files cannot be read so.
func Effect(ctx context.Context, job importer.Job, answered *mapping.Config,
	base *importer.Plan) string {
	job.Mapping = answered
	im, err := importer.Open(job)
	if err != nil {
		return "cannot be read: " + report.VisibleLines(cell.FirstLine(err.Error()))
	}
	defer im.Close()
	plan, err := im.Preflight(ctx)
	if err != nil {
		return "alone it does not make the file readable"
	}

	people := func(minor *big.Int, currency string) string {
		return report.Amount(string(number.AppendMoney(nil, minor, currency))) + " " + currency
	}
	ready := func(plan *importer.Plan, currency string) *big.Int {
		return plan.Tally.Money(report.NotSent).Minor(currency)
	}
	events := plan.Tally.Events(report.NotSent)
	words := []string{report.Plural(events, "event")}
	currencies := plan.Tally.Money(report.NotSent).Currencies()
	for _, currency := range currencies {
		words = append(words, people(ready(plan, currency), currency))
	}

	if invalid := plan.Tally.Events(report.Invalid); invalid > 0 {
		words = append(words, fmt.Sprintf("%d invalid", invalid))
	}
	if base == nil {
		return strings.Join(words, ", ")
	}

	change := []string{}
	compare := func(sign int, text string) {
		if sign != 0 {
			change = append(change, text+map[bool]string{true: " more", false: " less"}[sign > 0])
		}
	}

	before := base.Tally.Events(report.NotSent)
	compare(cmp.Compare(events, before),
		report.Plural(max(events, before)-min(events, before), "event"))

	for _, currency := range base.Tally.Money(report.NotSent).Currencies() {
		difference := new(big.Int).Sub(ready(plan, currency), ready(base, currency))
		compare(difference.Sign(), people(new(big.Int).Abs(difference), currency))
	}
	if len(change) == 0 {
		return strings.Join(words, ", ") + " (as the mapping says now)"
	}

	return strings.Join(words, ", ") + " (" + strings.Join(change, ", ") + ")"
}
