package main

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// mostAnswers bounds how many answers are tried: each of them reads the files once more.
const mostAnswers = 40

// showAnswers shows what each answer to the open questions of the mapping would make of the same files. base is what its
// guesses come to; nil where the files cannot be read before a question is answered.
func (p *program) showAnswers(ctx context.Context, job importer.Job, base *importer.Plan) {
	job.Examples, job.KeepPlan, job.Plan = 0, false, ""
	tried := 0
	for _, q := range job.Mapping.Questions() {
		fmt.Fprintf(p.out, "Open question, %s:%d, %s\n", report.Visible(filepath.Base(job.Mapping.File())), q.Line, report.Visible(q.Name))
		for _, answer := range q.Answers {
			if tried++; tried > mostAnswers || ctx.Err() != nil {
				fmt.Fprintf(p.out, "  %s\n", report.Visible(answer.Text))
				continue
			}
			fmt.Fprintf(p.out, "  %s:  %s\n", report.Visible(answer.Text), answered(ctx, job, answer.Config, base))
		}
		fmt.Fprintln(p.out)
	}
}

// answered words what a run would send with one answer: "24 events, 671.20 EUR (12 events less, 336.30 EUR less)".
func answered(ctx context.Context, job importer.Job, config *mapping.Config, base *importer.Plan) string {
	job.Mapping = config
	im, err := importer.Open(job)
	if err != nil {
		return "cannot be read: " + report.Visible(firstLine(err))
	}
	defer im.Close()
	plan, err := im.Preflight(ctx)
	if err != nil {
		return "alone it does not make the file readable"
	}
	people := func(minor *big.Int, currency string) string {
		return report.Amount(money(minor, currency)) + " " + currency
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
	compare(cmp.Compare(events, before), report.Plural(max(events, before)-min(events, before), "event"))
	for _, currency := range base.Tally.Money(report.NotSent).Currencies() {
		difference := new(big.Int).Sub(ready(plan, currency), ready(base, currency))
		compare(difference.Sign(), people(new(big.Int).Abs(difference), currency))
	}
	if len(change) == 0 {
		return strings.Join(words, ", ") + " (as the mapping says now)"
	}
	return strings.Join(words, ", ") + " (" + strings.Join(change, ", ") + ")"
}
