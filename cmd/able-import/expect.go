package main

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// expectations are what the caller knows about the import beforehand. They are checked before the first POST.
type expectations struct {
	planHash string
	events   int64
	totals   []string
}

func (e *expectations) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&e.planHash, "plan", "", "send exactly the plan that preview showed, by its hash")
	flags.Int64Var(&e.events, "expect-events", -1, "refuse unless there are so many events")
	flags.StringArrayVar(&e.totals, "expect-total", nil, "refuse unless the events of a currency add up to this: USD=48112.20; repeat for several")
}

// check compares the plan with what was expected.
func (e *expectations) check(plan *importer.Plan) error {
	if hash := strings.TrimPrefix(e.planHash, "sha256:"); hash != "" {
		if len(hash) < 8 || !strings.HasPrefix(hex.EncodeToString(plan.Hash[:]), strings.ToLower(hash)) {
			return &importer.RefusedError{Reason: fmt.Sprintf(
				"the plan is %s now, not %s: the file or the mapping has changed since the preview. Nothing was sent; preview again.",
				plan.ID()[len("sha256:"):][:8], hash)}
		}
	}
	if total := plan.Tally.Total(); e.events >= 0 && total != e.events {
		return &importer.RefusedError{Reason: fmt.Sprintf("expected %d events, found %d. Nothing was sent.", e.events, total)}
	}
	for _, text := range e.totals {
		currency, want, err := parseTotal(text)
		if err != nil {
			return err
		}
		if got := plan.Tally.Minor(currency); got.Cmp(want) != 0 {
			return &importer.RefusedError{Reason: fmt.Sprintf("expected %s %s, the events add up to %s, a difference of %s. Nothing was sent.",
				currency, money(want, currency), money(got, currency), money(new(big.Int).Sub(got, want), currency))}
		}
	}
	return nil
}

// mark notes the expectations for the end-of-run text, which shows that they were met.
func (e *expectations) mark(page *report.Page) {
	if e.events >= 0 {
		page.Expected.Events = &e.events
	}
	for _, text := range e.totals {
		if currency, want, err := parseTotal(text); err == nil {
			if page.Expected.Totals == nil {
				page.Expected.Totals = map[string]string{}
			}
			page.Expected.Totals[currency] = money(want, currency)
		}
	}
}

var totalForm = regexp.MustCompile(`^([A-Za-z]{3})=(-?)(\d+)(?:\.(\d+))?$`)

// parseTotal reads USD=48112.20. Decimals are those of the currency or none: EUR=48.112 could be either of two sums.
func parseTotal(text string) (currency string, minor *big.Int, err error) {
	match := totalForm.FindStringSubmatch(text)
	if match == nil {
		return "", nil, usagef("--expect-total %q: say CURRENCY=AMOUNT without separators, such as USD=48112.20", text)
	}
	currency = strings.ToUpper(match[1])
	decimals, ok := mapping.Exponent(currency)
	if !ok {
		return "", nil, usagef("--expect-total %q: %s is not a currency of ISO 4217", text, currency)
	}
	if n := len(match[4]); n != 0 && n != decimals {
		return "", nil, usagef("--expect-total %q can be read two ways: %s amounts have %d decimals; write them all, and no separators",
			text, currency, decimals)
	}
	digits := match[2] + match[3] + match[4] + string(slices.Repeat([]byte("0"), decimals-len(match[4])))
	minor, _ = new(big.Int).SetString(digits, 10)
	return currency, minor, nil
}

func money(minor *big.Int, currency string) string {
	return string(mapping.AppendMoney(nil, minor, currency))
}
