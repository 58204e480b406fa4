package main

import (
	"errors"
	"math/big"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/mapping"
)

// expectations are what the caller knows about the import beforehand, as flags.
type expectations struct{ prepare.Expectations }

func (e *expectations) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&e.Plan, "plan", "", "send exactly the plan that preview showed, by its hash")
	flags.Int64Var(&e.Events, "expect-events", -1, "refuse unless there are so many events")
	flags.StringArrayVar(&e.Totals, "expect-total", nil, "refuse unless the events of a currency, or all rows, add up to this: USD=48112.20; repeat for several")
}

// check compares the plan with what was expected.
func (e *expectations) check(plan *importer.Plan) error {
	err := e.Check(plan)
	if refused := new(importer.RefusedError); err == nil || errors.As(err, &refused) {
		return err
	}
	return usageError{err}
}

func money(minor *big.Int, currency string) string {
	return string(mapping.AppendMoney(nil, minor, currency))
}
