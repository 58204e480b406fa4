package report

import (
	"testing"

	"pgregory.net/rapid"
)

// However events are spread over tallies, the merged tally is the same.
func TestMergedTalliesAreOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole Tally
		var parts [3]Tally
		for range rapid.IntRange(0, 50).Draw(t, "n") {
			part := &parts[rapid.IntRange(0, 2).Draw(t, "part")]
			state := State(rapid.IntRange(0, int(states)-1).Draw(t, "state"))
			currency := rapid.SampledFrom([]string{"EUR", "USD", ""}).Draw(t, "currency")
			minor := rapid.Int64().Draw(t, "minor")
			for _, tally := range []*Tally{&whole, part} {
				switch minor & 3 {
				case 0:
					tally.AddWithoutAmount(state)
				case 1:
					tally.AddUnreadable(currency)
				case 2:
					tally.AddResent()
				default:
					tally.Add(state, currency, minor)
				}
			}
		}
		merged := parts[0]
		merged.Merge(&parts[1])
		merged.Merge(&parts[2])
		if got, want := merged.counts(), whole.counts(); got != want {
			t.Fatalf("merged %v, want %v", got, want)
		}
		for _, currency := range whole.Currencies() {
			if got, want := merged.totals(currency, 2), whole.totals(currency, 2); got != want {
				t.Fatalf("%s: merged %v, want %v", currency, got, want)
			}
		}
	})
}
