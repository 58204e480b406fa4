package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
)

func (p *program) adoptCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "adopt [-m MAPPING | --preset NAME] FILE...",
		Short: "Note events as delivered by another program, without sending them",
		Long: `Notes in the target's ledger that the receiver got the events of these files in another
way: from an earlier program, an integration, or with a ledger that was lost. Later runs
do not send them. Nothing leaves this machine.`,
		Example: `  able-import adopt -m mapping.yaml delivered-by-our-script.csv
  able-import adopt --preset shopify-orders orders_2025.csv`,
		Args: wantFiles,
		RunE: func(c *cobra.Command, args []string) error { return p.adopt(c.Context(), &f, args) },
	}
	f.add(c)

	f.addJob(c)
	return c
}

func (p *program) adopt(ctx context.Context, f *importFlags, files []string) error {
	job, err := p.job(ctx, f, files)
	if err != nil {
		return err
	}
	if job.Target.Mark == "" {
		return usageError{errNoMark}
	}

	im, plan, err := p.plan(ctx, job, true)
	if err != nil {
		return err
	}
	defer im.Close()
	if err := plan.CheckSettings(); err != nil {
		return err
	}
	adopted, err := im.Adopt(ctx, plan)
	if err != nil {
		return err
	}

	result := im.Preview(plan)
	result.Summary.Mode = "adopt"
	events := result.Summary.Events
	events.NotSent = 0 // they are adopted

	p.code = prepare.ExitCode(events, result.Summary)
	if f.json {
		p.printJSON(result.Summary, p.code, "adopt")
		return nil
	}

	fmt.Fprintf(p.out, "%s noted as delivered elsewhere; nothing was sent.\n",
		report.Plural(adopted, "event"))

	if left := events.Total - events.AlreadyDelivered - adopted; left > 0 {
		fmt.Fprintf(p.out, "%s of these files could not be noted; able-import preview shows why.\n",
			report.Plural(left, "event"))
	}

	return nil
}
