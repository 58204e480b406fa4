package report

import (
	"maps"
	"math/big"
	"slices"
	"strings"
)

// More currencies than this do not fit beside each other on a screen: they get a table with one
// below the other.
const currenciesAcross = 3

// none is shown where a state has no money of a currency.
const none = "-"

// writeEvents writes the table of states: events, and money by currency.
// States without events are left out. Sums of different currencies are never
// added up.
func (s *Summary) writeEvents(out *strings.Builder, page Page) {
	currencies := s.shownCurrencies()
	across := currencies
	if len(currencies) > currenciesAcross {
		across = nil
	}

	table := columns{indent: "  ", right: slices.Repeat([]bool{true}, len(across)+2)}
	table.right[0] = false
	heading := []string{"", "events"}
	for _, currency := range across {
		heading = append(heading, Visible(currency))
	}
	table.add(heading...)

	for _, state := range s.shownStates() {
		row := []string{page.in(stateColours[state], s.word(state)), count(s.Events.Of(state))}
		for _, currency := range across {
			row = append(row, money(s.Totals[currency].Of(state)))
		}
		table.add(append(row, s.note(state, page))...)
	}

	row := []string{page.in(strong, "total"), count(s.Events.Total)}
	for _, currency := range across {
		row = append(row, commas(s.Totals[currency].Total))
	}
	table.add(append(row, s.comparison(page.Expected))...)
	table.write(out)
	out.WriteByte('\n')

	if len(currencies) > len(across) {
		s.writeCurrencies(out, currencies)
	}
}

// writeCurrencies writes the table of many currencies, a line each.
func (s *Summary) writeCurrencies(out *strings.Builder, currencies []string) {
	shown := s.shownStates()
	heading := []string{""}
	for _, state := range shown {
		heading = append(heading, s.word(state))
	}

	table := columns{indent: "  ", right: slices.Repeat([]bool{true}, len(shown)+2)}
	table.right[0] = false
	table.add(append(heading, "total")...)
	for _, currency := range currencies {
		row := []string{Visible(currency)}
		for _, state := range shown {
			row = append(row, money(s.Totals[currency].Of(state)))
		}
		table.add(append(row, commas(s.Totals[currency].Total))...)
	}
	table.write(out)
	out.WriteByte('\n')
}

// shownStates are the states that have events. The state that a preview is about comes first.
func (s *Summary) shownStates() []State {
	var shown []State
	for state := range states {
		if s.Events.Of(state) > 0 {
			shown = append(shown, state)
		}
	}
	if at := slices.Index(shown, NotSent); at > 0 && s.Mode == "preview" {
		shown = slices.Insert(slices.Delete(shown, at, at+1), 0, NotSent)
	}
	return shown
}

// shownCurrencies leaves out currencies that only have unreadable amounts.
func (s *Summary) shownCurrencies() []string {
	var shown []string
	for _, currency := range slices.Sorted(maps.Keys(s.Totals)) {
		totals := s.Totals[currency]
		if totals.AmountUnreadable == 0 || totals.hasMoney() {
			shown = append(shown, currency)
		}
	}
	return shown
}

func (t Totals) hasMoney() bool {
	for state := range states {
		if !IsZero(t.Of(state)) {
			return true
		}
	}
	return !IsZero(t.Total)
}

// IsZero reports whether a plain decimal number is zero: 0, 0.00, -0.0. So is "".
func IsZero(number string) bool { return strings.Trim(number, "-0.") == "" }

func money(number string) string {
	if IsZero(number) {
		return none
	}
	return commas(number)
}

// writeKeys says how many events can be matched by which visitor key.
func writeKeys(out *strings.Builder, keys []KeyCount) {
	if len(keys) == 0 {
		return
	}
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = Visible(key.Name) + " " + count(key.Events)
	}
	out.WriteString("  Keys: " + strings.Join(words, ", ") + "\n\n")
}

// note returns what follows a state's line.
func (s *Summary) note(state State, page Page) string {
	var notes []string
	if state == Delivered && s.Events.Resent > 0 {
		notes = append(notes, count(s.Events.Resent)+" of them sent again")
	}

	if state == Invalid {
		var unreadable int64
		for _, totals := range s.Totals {
			unreadable += totals.AmountUnreadable
		}
		if unreadable > 0 {
			notes = append(notes, Plural(unreadable, "amount")+" cannot be read")
		}
	}

	if said := page.Notes[state]; said != "" {
		notes = append(notes, Visible(said))
	}
	return strings.Join(notes, "; ")
}

// comparison says whether the totals are what was expected.
func (s *Summary) comparison(expected Expected) string {
	if expected.Events == nil && len(expected.Totals)+len(expected.OfRows) == 0 {
		return ""
	}
	if len(expected.OfRows) > 0 {
		ofRows := "with the skipped rows " + strings.Join(expected.OfRows, ", ") + " = expected"
		expected.OfRows = nil
		return strings.TrimPrefix(s.comparison(expected)+"; "+ofRows, "; ")
	}

	var differences []string
	if want := expected.Events; want != nil && *want != s.Events.Total {
		differences = append(differences,
			count(*want)+" events ("+countDifference(s.Events.Total-*want)+")")
	}

	for _, currency := range slices.Sorted(maps.Keys(expected.Totals)) {
		want := expected.Totals[currency]
		if difference := s.fromExpected(currency, want); difference != "" {
			differences = append(differences,
				Visible(currency)+" "+commas(want)+" ("+difference+")")
		}
	}

	if differences == nil {
		return "= expected"
	}
	return "expected " + strings.Join(differences, ", ")
}

// fromExpected puts into words how a currency's total differs from what was expected, "" if it does
// not. A currency without events has the total 0.
func (s *Summary) fromExpected(currency, expected string) string {
	got, want := new(big.Rat), new(big.Rat)
	if total := s.Totals[currency].Total; total != "" {
		got.SetString(total)
	}
	if _, ok := want.SetString(expected); !ok {
		return "not a number"
	}

	difference := got.Sub(got, want)
	if difference.Sign() == 0 {
		return ""
	}
	return moneyDifference(difference,
		max(decimalsOf(s.Totals[currency].Total), decimalsOf(expected)))
}
