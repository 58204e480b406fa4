package report

import (
	"maps"
	"slices"
	"time"
)

// Days counts events and their money by the day on which they happened. A nil Days counts nothing.
// It is for one goroutine.
type Days struct {
	zone   *time.Location
	months bool             // there were more days than [mostDays]
	sums   map[int64]*Tally // by the first second of the day or month
	none   *Tally           // events without a time

	recent [512]recentDay // by half days, since times come again
}

// A recentDay is a day that was used lately, with its first second and the first second after it.
type recentDay struct {
	from, to int64
	tally    *Tally
}

// halfDay is in seconds.
const halfDay = 12 * 60 * 60

// mostDays bounds the memory: beyond it months are counted.
const mostDays = 10_000

// NewDays returns an empty count of days by the clocks of a zone.
func NewDays(zone *time.Location) *Days {
	return &Days{zone: zone, sums: map[int64]*Tally{}}
}

// At returns the tally of the day of a time in Unix seconds; 0 is no time.
func (d *Days) At(seconds int64) *Tally {
	if seconds == 0 {
		if d.none == nil {
			d.none = new(Tally)
		}
		return d.none
	}

	recent := &d.recent[uint64(seconds/halfDay)%uint64(len(d.recent))]
	if recent.tally != nil && seconds >= recent.from && seconds < recent.to {
		return recent.tally
	}
	if len(d.sums) > mostDays && !d.months {
		d.toMonths()
	}

	start, end := d.span(seconds)
	if d.sums[start] == nil {
		d.sums[start] = new(Tally)
	}
	*recent = recentDay{start, end, d.sums[start]}
	return recent.tally
}

func (d *Days) span(seconds int64) (start, end int64) {
	year, month, day := time.Unix(seconds, 0).In(d.zone).Date()
	first := time.Date(year, month, day, 0, 0, 0, 0, d.zone)
	next := time.Date(year, month, day+1, 0, 0, 0, 0, d.zone)
	if d.months {
		first = time.Date(year, month, 1, 0, 0, 0, 0, d.zone)
		next = time.Date(year, month+1, 1, 0, 0, 0, 0, d.zone)
	}
	return first.Unix(), next.Unix()
}

func (d *Days) toMonths() {
	days := d.sums
	d.months, d.sums, d.recent = true, map[int64]*Tally{}, [512]recentDay{}
	for start, tally := range days {
		first, _ := d.span(start)
		if d.sums[first] == nil {
			d.sums[first] = new(Tally)
		}
		d.sums[first].Merge(tally)
	}
}

// Complete adds what a plan has decided before the run that d has counted, and counts the rest of
// the plan as not sent.
func (d *Days) Complete(plan *Days) {
	if plan.months && !d.months {
		d.toMonths()
	}

	// What the plan has decided counts; for what it would have sent, t has the outcomes so far.
	complete := func(t, of *Tally) {
		decided := *of
		decided.events[NotSent], decided.money[NotSent] = 0, Money{}
		t.Merge(&decided)
		t.Complete(of)
	}

	for start, of := range plan.sums {
		if start == 0 { // the first second of 1970, which is a time
			start = 1
		}
		complete(d.At(start), of)
	}
	if plan.none != nil {
		complete(d.At(0), plan.none)
	}
}

// A Period is a day, a month or a year, with what happened in it.
type Period struct {
	Name  string // 2026-11-03, 2026-11 or 2026
	Tally *Tally // empty where nothing happened
}

// Bounds of how many bars people can tell apart.
const (
	mostDayBars   = 62
	mostMonthBars = 120
	mostYearBars  = 120
)

// Periods are the days from the first to the last in order, including days on which nothing
// happened, or the months or years if there would be too many. Events without a time are left out.
func (d *Days) Periods() []Period {
	if d == nil || len(d.sums) == 0 {
		return nil
	}

	starts := slices.Sorted(maps.Keys(d.sums))
	first := time.Unix(starts[0], 0).In(d.zone)
	last := time.Unix(starts[len(starts)-1], 0).In(d.zone)
	layout, years, months, days := time.DateOnly, 0, 0, 1
	switch count := (last.Year()-first.Year())*12 + int(last.Month()) - int(first.Month()); {
	case count >= mostMonthBars:
		layout, years, days = "2006", 1, 0
		first = time.Date(first.Year(), 1, 1, 0, 0, 0, 0, d.zone)
	case d.months, last.Sub(first) >= mostDayBars*24*time.Hour:
		layout, months, days = "2006-01", 1, 0
		first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, d.zone)
	}

	var periods []Period
	place := map[string]int{}
	add := func(at time.Time) *Tally {
		name := at.Format(layout)
		if _, known := place[name]; !known {
			place[name] = len(periods)
			periods = append(periods, Period{name, new(Tally)})
		}
		return periods[place[name]].Tally
	}

	// Over more years, one is a typing mistake, and a row of gaps shows nothing.
	if years == 0 || last.Year()-first.Year() < mostYearBars {
		for at := first; !at.After(last); {
			add(at)
			year, month, day := at.Year()+years, at.Month()+time.Month(months), at.Day()+days
			at = time.Date(year, month, day, 0, 0, 0, 0, d.zone)
		}
	}

	for _, start := range starts {
		add(time.Unix(start, 0).In(d.zone)).Merge(d.sums[start])
	}
	return periods
}

// Undated are the events without a time; nil if there are none.
func (d *Days) Undated() *Tally {
	if d == nil {
		return nil
	}
	return d.none
}
