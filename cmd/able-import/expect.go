package main

import (
	"errors"
	"math/big"
	"regexp"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/mapping/number"
)

// expectations are what the caller knows about the import beforehand, as flags.
type expectations struct{ prepare.Expectations }

func (e *expectations) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&e.Plan, "plan", "", "send exactly the plan that preview showed, by its hash")
	flags.Int64Var(&e.Events, "expect-events", -1, "refuse unless there are exactly this many events")
	flags.StringArrayVar(&e.Totals, "expect-total", nil, "refuse unless the events of a currency, or all rows, add up to this: USD=48112.20; repeat for several")
}

var planForm = regexp.MustCompile(`^(sha256:)?[0-9A-Fa-f]{8,64}$`)

// checkPlan refuses what cannot be a plan's hash, before anything is read.
func (e *expectations) checkPlan() error {
	if e.Plan == "" || planForm.MatchString(e.Plan) {
		return nil
	}
	return usagef("--plan %q: say at least the first eight digits of the hash that preview prints, such as --plan 7c1f09ab. Nothing was sent.", e.Plan)
}

// check compares the plan with what was expected.
func (e *expectations) check(plan *importer.Plan) error {
	err := e.Check(plan)
	if refused := new(history.RefusedError); err == nil || errors.As(err, &refused) {
		return err
	}
	return usageError{err}
}

func money(minor *big.Int, currency string) string {
	return string(number.AppendMoney(nil, minor, currency))
}
