package prepare

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/mapping/number"
)

// Expectations are what somebody knows about an import beforehand. They are checked before the
// first POST.
type Expectations struct {
	Plan   string   // the hash of a plan that was previewed, or its beginning; "": any
	Events int64    // below 0: any number
	Totals []string // USD=48112.20: of the events, or of all rows of data, skipped ones included

	ofRows map[string]bool // currencies whose total the rows have; Check fills it in
}

// Check compares the plan with what is expected. Its error is a [history.RefusedError], or tells
// that a total is written in no form that can be read.
func (e *Expectations) Check(plan *importer.Plan) error {
	if e.Plan != "" && !plan.Is(e.Plan) {
		return &history.RefusedError{Reason: fmt.Sprintf("the plan is now %s, not %s.\n%sNothing "+
			"was sent; preview again.",
			plan.ShortID(), report.Visible(strings.TrimPrefix(e.Plan, "sha256:")),
			plan.Differences)}
	}
	if total := plan.Tally.Total(); e.Events >= 0 && total != e.Events {
		return &history.RefusedError{
			Reason: fmt.Sprintf("expected %s, found %d. Nothing was sent.",
				report.Plural(e.Events, "event"), total)}
	}

	e.ofRows = map[string]bool{}

	for _, text := range e.Totals {
		currency, want, err := ParseTotal(text)
		if err != nil {
			return err
		}
		if err := e.checkTotal(plan, currency, want); err != nil {
			return err
		}
	}

	return nil
}

// checkTotal compares a total with what the events add up to, and then with what all rows do.
func (e *Expectations) checkTotal(plan *importer.Plan, currency string, want *big.Int) error {
	events, rows := plan.Tally.Minor(currency), plan.RowsMinor(currency)
	if events.Cmp(want) == 0 {
		return nil
	}
	if rows.Cmp(want) == 0 {
		e.ofRows[currency] = true
		return nil
	}

	shown := func(minor *big.Int) string { return report.Amount(Money(minor, currency)) }
	difference := func(got *big.Int) string { return shown(new(big.Int).Sub(got, want)) }
	reason := fmt.Sprintf("expected %s %s; the events add up to %s, a difference of %s",
		shown(want), currency, shown(events), difference(events))
	if rows.Cmp(events) != 0 {
		reason += fmt.Sprintf(", and with the skipped rows to %s, a difference of %s",
			shown(rows), difference(rows))
	}

	return &history.RefusedError{Reason: reason + ".\n" + plan.Bridge(currency) +
		"Nothing was sent."}
}

// Mark notes the expectations for the end-of-run text, which shows that they were met, and by what.
func (e *Expectations) Mark(page *report.Page) {
	if e.Events >= 0 {
		page.Expected.Events = &e.Events
	}

	for _, text := range e.Totals {
		currency, want, err := ParseTotal(text)
		switch {
		case err != nil:
		case e.ofRows[currency]:
			page.Expected.OfRows = append(page.Expected.OfRows,
				currency+" "+report.Amount(Money(want, currency)))
		default:
			if page.Expected.Totals == nil {
				page.Expected.Totals = map[string]string{}
			}
			page.Expected.Totals[currency] = Money(want, currency)
		}
	}
}

var totalForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([A-Za-z]{3})=(-?)(\d+)(?:\.(\d+))?$`)
})

// ParseTotal reads USD=48112.20. The amount has the currency's decimals or none: EUR=48.112 could
// be either of two sums.
func ParseTotal(text string) (currency string, minor *big.Int, err error) {
	match := totalForm().FindStringSubmatch(text)
	if match == nil {
		return "", nil, fmt.Errorf("--expect-total %q: say CURRENCY=AMOUNT without separators, "+
			"such as USD=48112.20", text)
	}

	currency = strings.ToUpper(match[1])
	decimals, ok := number.Exponent(currency)
	if !ok {
		return "", nil, fmt.Errorf("--expect-total %q: %s is not a currency of ISO 4217",
			text, currency)
	}
	if n := len(match[4]); n != 0 && n != decimals {
		return "", nil, fmt.Errorf("--expect-total %q can be read two ways: %s amounts have %d "+
			"decimals; write them all, and no separators",
			text, currency, decimals)
	}

	digits := match[2] + match[3] + match[4] +
		string(slices.Repeat([]byte("0"), decimals-len(match[4])))
	minor, _ = new(big.Int).SetString(digits, 10)
	return currency, minor, nil
}

// Money is an amount in digits, from minor units of the currency: 48112.20.
func Money(minor *big.Int, currency string) string {
	return string(number.AppendMoney(nil, minor, currency))
}
