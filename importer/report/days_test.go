package report

import (
	"testing"
	"time"
)

func at(t *testing.T, text string) int64 {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment.Unix()
}

func TestPeriods(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name        string
		times       []string
		first, last string
		count       int
		most        string // the period with two events
	}{
		{"a day is as long as the clocks of its place have it",
			[]string{"2026-11-02T23:00:00Z", "2026-11-03T22:59:59Z", "2026-11-03T23:00:00Z"},
			"2026-11-03", "2026-11-04", 2, "2026-11-03"},
		{"a gap is shown, over the end of summer time, too",
			[]string{"2026-10-24T10:00:00Z", "2026-10-27T10:00:00Z", "2026-10-27T11:00:00Z"},
			"2026-10-24", "2026-10-27", 4, "2026-10-27"},
		{"a quarter is shown by month", []string{"2026-01-31T10:00:00Z", "2026-02-01T10:00:00Z",
			"2026-02-28T10:00:00Z", "2026-05-31T10:00:00Z"}, "2026-01", "2026-05", 5, "2026-02"},
		{"a wrong year stands far off", []string{"2026-01-31T10:00:00Z", "2026-12-01T10:00:00Z",
			"2062-03-01T10:00:00Z"}, "2026", "2062", 37, "2026"},
		{"the year 1 has no gap of thousands of bars", []string{"0001-01-31T10:00:00Z",
			"2026-12-01T10:00:00Z", "2026-03-01T10:00:00Z"}, "0001", "2026", 2, "2026"},
	} {
		d := NewDays(berlin)
		for _, moment := range test.times {
			d.At(at(t, moment)).Add(NotSent, "EUR", 100)
		}
		d.At(0).Add(NotSent, "EUR", 1)
		periods := d.Periods()
		if len(periods) != test.count || periods[0].Name != test.first ||
			periods[len(periods)-1].Name != test.last {
			t.Errorf("%s: %v", test.name, periods)
			continue
		}
		var events int64
		for _, p := range periods {
			events += p.Tally.Total()
			if two := p.Tally.Events(NotSent) == 2; two != (p.Name == test.most) {
				t.Errorf("%s: %s has %d", test.name, p.Name, p.Tally.Total())
			}
		}
		if events != int64(len(test.times)) || d.Undated().Total() != 1 {
			t.Errorf("%s: %d of %d events, %d without a time", test.name, events, len(test.times),
				d.Undated().Total())
		}
	}
	if none := (*Days)(nil); none.Periods() != nil || none.Undated() != nil {
		t.Error("a count that nobody asked for has something")
	}
}

// Beyond the bound of the memory months are counted, and nothing is lost.
func TestDaysBecomeMonths(t *testing.T) {
	d := NewDays(time.UTC)
	const count = mostDays + 2000
	for day := range int64(count) {
		d.At(day*24*60*60+1).Add(Delivered, "EUR", day)
	}
	var events int64
	for _, p := range d.Periods() {
		events += p.Tally.Total()
	}
	if events != count || len(d.sums) > 12*40 {
		t.Errorf("%d events in %d months, want %d events", events, len(d.sums), count)
	}
}

// What a run has counted and what was decided before it add up to the plan, on each day.
func TestDaysAreCompletedByThePlan(t *testing.T) {
	plan, run := NewDays(time.UTC), NewDays(time.UTC)
	first, second := at(t, "2026-11-03T10:00:00Z"), at(t, "1970-01-01T10:00:00Z")
	plan.At(first).Add(NotSent, "EUR", 300)
	plan.At(first).Add(NotSent, "EUR", 50)
	plan.At(first).Add(AlreadyDelivered, "EUR", 20)
	plan.At(second).AddUnreadable("EUR")
	plan.At(0).Add(Invalid, "EUR", 7)
	run.At(first).Add(Delivered, "EUR", 300)
	run.Complete(plan)
	for _, want := range []struct {
		seconds int64
		state   State
		events  int64
		minor   int64
	}{{first, Delivered, 1, 300}, {first, NotSent, 1, 50}, {first, AlreadyDelivered, 1, 20},
		{second, Invalid, 1, 0}, {0, Invalid, 1, 7}, {second, NotSent, 0, 0}} {
		tally := run.At(want.seconds)
		if tally.Events(want.state) != want.events ||
			tally.Money(want.state).Minor("EUR").Int64() != want.minor {
			t.Errorf("at %d, %s: %d events, %v, want %d, %d", want.seconds, want.state,
				tally.Events(want.state), tally.Money(want.state).Minor("EUR"), want.events,
				want.minor)
		}
	}
}
