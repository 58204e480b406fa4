package web

import (
	"errors"
	"math/big"
	"path/filepath"
	"slices"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/mapping/number"
)

// A picture shows the money of one currency by the time of its events: a bar for each day, month or
// year.
type picture struct {
	Currency string
	Kind     string // day, month or year
	Bars     []bar
	States   []string // that it shows, from below
	Width    int
	Most     amount // of the highest bar
	Undated  int64  // events that are in no bar, since they have no day
}

// A bar is one period. Lengths are of a picture that is [barHeight] high.
type bar struct {
	Name  string // 2026-11-03
	X     int
	Parts []part
	Total amount
	Count int64
}

// A part is one state's share of a bar.
type part struct {
	State     string
	Y, Height int
	Money     amount
}

const (
	barHeight = 120
	barWidth  = 12
	barStep   = 16
	fewBars   = 16 // are not drawn wider than so many
	// mostPictures bounds for how many currencies pictures are drawn.
	mostPictures = 3
)

// picturesOf draws what was counted by day. Of one period alone there is nothing to see.
func picturesOf(days *report.Days, preview bool) (all []picture) {
	periods := days.Periods()
	if len(periods) < 2 {
		return nil
	}

	var total report.Tally
	for _, p := range periods {
		total.Merge(p.Tally)
	}

	for _, currency := range total.Currencies() {
		if total.Minor(currency).Sign() != 0 && len(all) < mostPictures {
			p := pictureOf(periods, currency, preview)
			if none := days.Undated(); none != nil {
				p.Undated = none.Total()
			}
			all = append(all, p)
		}
	}

	return all
}

func pictureOf(periods []report.Period, currency string, preview bool) picture {
	p := picture{Currency: currency, Kind: prepare.PeriodKind(periods[0].Name),
		Width: barStep * max(len(periods), fewBars)}

	most := new(big.Int)
	for _, period := range periods {
		if sum := heightOf(period.Tally, currency); sum.Cmp(most) > 0 {
			most = sum
		}
	}

	p.Most = bigOf(most, currency)

	for i, period := range periods {
		total := bigOf(period.Tally.Minor(currency), currency)
		b := bar{Name: period.Name, X: i * barStep, Total: total, Count: period.Tally.Total()}
		y := barHeight
		for state := report.Delivered; state <= report.Invalid; state++ {
			minor := period.Tally.Money(state).Minor(currency)
			if minor.Sign() == 0 {
				continue
			}

			name := state.String()
			if state == report.NotSent && preview {
				name = "ready"
			}

			height := new(big.Int).Abs(minor)
			height.Mul(height, big.NewInt(barHeight-4)).Quo(height, most)
			h := max(1, int(height.Int64())) // what is there is seen
			y -= h
			b.Parts = append(b.Parts, part{name, y, h, bigOf(minor, currency)})

			if !slices.Contains(p.States, name) {
				p.States = append(p.States, name)
			}
		}

		p.Bars = append(p.Bars, b)
	}

	return p
}

// heightOf is what the parts of a bar come to, one on top of the other; money out counts as well.
func heightOf(t *report.Tally, currency string) *big.Int {
	sum := new(big.Int)
	for state := report.Delivered; state <= report.Invalid; state++ {
		sum.Add(sum, new(big.Int).Abs(t.Money(state).Minor(currency)))
	}
	return sum
}

func bigOf(minor *big.Int, currency string) amount {
	return amountOf(string(number.AppendMoney(nil, minor, currency)), currency)
}

// Of is the money that a state has; nil if it has none.
func (b bar) Of(state string) *amount {
	for _, p := range b.Parts {
		if p.State == state {
			return &p.Money
		}
	}
	return nil
}

// Few reports whether the bars end before the picture does.
func (p picture) Few() bool { return len(p.Bars) < fewBars }

// First and Last are the names of the bars at the ends.
func (p picture) First() string { return p.Bars[0].Name }
func (p picture) Last() string  { return p.Bars[len(p.Bars)-1].Name }

// countReceipts adds what the receipts of a run say of each day.
func countReceipts(days *report.Days, folder string) error {
	return report.ReadReceipts(filepath.Join(folder, "receipts.csv"), func(r report.Receipt) error {
		state, known := stateOf(r.State)
		if !known {
			return errors.New("a receipt with an unknown state")
		}
		tally := days.At(unixOf(r.EventTime))
		if r.Amount == "" {
			tally.AddWithoutAmount(state)
			return nil
		}

		_, minor, err := prepare.ParseTotal(r.Currency + "=" + r.Amount)
		if err == nil {
			tally.Add(state, r.Currency, minor.Int64()) // as it was counted
		}

		return err
	})
}

func stateOf(name string) (report.State, bool) {
	for state := report.Delivered; state <= report.Invalid; state++ {
		if state.String() == name {
			return state, true
		}
	}
	return 0, false
}
