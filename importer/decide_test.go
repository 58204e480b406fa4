package importer

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
)

const singlesMapping = `version: 1
name: singles
event: Purchase
formats: {number: "1234.56", date: iso, timezone: UTC}
fields:
  order_id: id
  deal_value: {column: total, required: false}
  deal_currency: currency
  event_time: {column: day, required: false, time_of_day: "12:00"}
  keys: {client_id: client}
`

// askedOutlet knows nothing, like a machine without a ledger, but wants to be asked in order.
type askedOutlet struct{ *machine }

type askedFinder struct{ nowhere }

func (askedOutlet) lookup(context.Context, *spill.Sorter) (finder, error) {
	return askedFinder{}, nil
}

// Where nothing is known of earlier runs, most events are decided about without an order. The plan
// is the same as if all were decided about in the order of their ids.
func TestSinglesAreDecidedAsInOrder(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		files := make([]string, rapid.IntRange(1, 2).Draw(t, "files"))
		for i := range files {
			files[i] = filepath.Join(dir, fmt.Sprintf("%d.csv", i))
			text := "id,total,currency,day,client,note\n"
			for range rapid.IntRange(1, 40).Draw(t, "rows") {
				pick := func(name string, of ...string) string {
					return rapid.SampledFrom(of).Draw(t, name)
				}
				text += fmt.Sprintf("A-%d,%s,%s,%s,c%d,%s\n", rapid.IntRange(1, 60).Draw(t, "id"),
					pick("total", "1.00", "1.00", "2.50", "", "x"),
					pick("currency", "EUR", "EUR", "USD", "JPY", "GBP"),
					pick("day", "2026-11-03", "2026-11-03", "2026-11-04", "", "never"),
					rapid.IntRange(1, 9).Draw(t, "client"), pick("note", "", "", "n"))
			}
			writeText(t, files[i], text)
		}

		canary := rapid.IntRange(0, 3).Draw(t, "canary")
		got, want := decidedPlan(t, files, canary, false), decidedPlan(t, files, canary, true)
		if got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// The same for more events than a sorter holds in memory.
func TestManySinglesAreDecidedAsInOrder(t *testing.T) {
	var text strings.Builder
	text.WriteString("id,total,currency,day,client,note\n")
	for i := range 90_000 {
		fmt.Fprintf(&text, "A-%d,%d.50,%s,2026-11-%02d,c%d,\n", i, i/2%7,
			[]string{"EUR", "USD", "GBP"}[i/2%3], 1+i%28, i/2)
		if i%10_000 == 0 {
			fmt.Fprintf(&text, "A-%d,9.50,EUR,2026-11-03,c%d,\n", i/2, i)
		}
	}
	file := filepath.Join(t.TempDir(), "many.csv")
	writeText(t, file, text.String())
	got, want := decidedPlan(t, []string{file}, 0, false), decidedPlan(t, []string{file}, 0, true)
	if got != want || !strings.Contains(got, "id_conflict") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

type fataler interface {
	Helper()
	Fatal(...any)
	Context() context.Context
}

func writeText(t fataler, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// decidedPlan is all that a plan says, with the fates of its events.
func decidedPlan(t fataler, files []string, canary int, inOrder bool) string {
	t.Helper()
	config, err := mapping.Parse("singles.yaml", []byte(singlesMapping),
		func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	im, err := Open(Job{Files: files, Mapping: config, Days: true, Canary: canary})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	if inOrder {
		im.outlet = askedOutlet{&machine{im: im}}
	}

	plan, err := im.Preflight(t.Context())
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintln(&b, plan.ID(), plan.Events, plan.ToSend, plan.Rows, plan.Alike, plan.Alikes,
		slices.Sorted(maps.Keys(plan.canary)), plan.failing)
	tally := func(name string, t *report.Tally) {
		fmt.Fprintln(&b, name, t.Total())
		for _, state := range report.States() {
			fmt.Fprintln(&b, state, t.Events(state), t.Money(state).Decimals(exponent))
		}
	}
	tally("all", &plan.Tally)
	for _, period := range plan.Days.Periods() {
		tally(period.Name, period.Tally)
	}
	tally("without a time", plan.Days.At(0))
	for _, s := range plan.Skipped {
		fmt.Fprintln(&b, s.Reason, s.Rows, s.Money.Decimals(exponent))
	}
	for _, problem := range plan.Problems.List() {
		fmt.Fprintf(&b, "%+v\n", problem)
	}
	for raw, err := range plan.fates.Records() {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, readFateNote(raw))
	}
	return b.String()
}
