package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/mapping"
)

// previewFlags are the flags of preview alone.
type previewFlags struct {
	jobFlags
	events string
	limit  int
}

func (p *program) previewCommand() *cobra.Command {
	var f previewFlags
	c := &cobra.Command{
		Use:   "preview [-m MAPPING | --preset NAME] FILE...",
		Short: "The dry run: the whole import but the sending",
		Long: `Does what run would do, but for the sending: the same reading, mapping, checks,
totals and exit code, and the first events beside the cells that they come from.
It needs no funnel mark; with one it also knows what this target has received.`,
		Example: `  able-import preview -m mapping.yaml invoices.csv
  able-import preview --preset stripe-payments --events events.jsonl unified_payments.csv`,
		Args: wantFiles,
		RunE: func(c *cobra.Command, args []string) error {
			return p.reported(c.Context(), &f.jobFlags, "preview", p.preview(c.Context(), &f, args))
		},
	}
	f.add(c)
	c.Flags().StringVar(&f.events, "events", "", "write the events' bodies to this file, one a line, in sending order")
	c.Flags().IntVar(&f.limit, "limit", 3, "how many events are shown beside their cells")
	return c
}

func (p *program) preview(ctx context.Context, f *previewFlags, files []string) error {
	job, err := p.job(ctx, &f.jobFlags, files)
	if err != nil {
		return err
	}
	job.Examples, job.KeepPlan = max(f.limit, 0), true
	im, plan, err := p.plan(ctx, job, false)
	asked := job.Mapping.Unanswered()
	if open := new(mapping.OpenQuestion); asked != nil && errors.As(err, &open) {
		if !f.json {
			p.showAnswers(ctx, job, nil)
		}
		return fmt.Errorf("%w\n%w", asked, err)
	}
	if err != nil {
		return err
	}
	defer im.Close()
	if f.events != "" {
		if err := writeEvents(ctx, im, plan, f.events); err != nil {
			return err
		}
	}
	result := im.Preview(plan)
	events := result.Summary.Events
	events.NotSent = 0 // the best possible run sends them
	p.code = prepare.ExitCode(events, result.Summary.Rows)
	result.Summary.ExitCode = p.code
	refusal := cmp.Or(asked, refusedAsItIs(plan))
	if f.json && refusal != nil {
		p.refused = result.Summary
		return refusal
	}
	if f.json {
		p.printJSON(result.Summary, p.code, "preview")
		return nil
	}
	showFiles(p.out, result.Summary, first(f.preset, filepath.Base(f.mapping)))
	showExamples(p.out, plan)
	result.Page.Colour = isTerminal(p.out) && p.getenv("NO_COLOR") == ""
	if plan.ToSend > 0 && asked == nil {
		result.Page.Command = p.runLine(f, plan, files)
	}
	fmt.Fprint(p.out, result.Summary.PreviewText(result.Page))
	if asked != nil {
		p.showAnswers(ctx, job, plan)
	}
	return refusal
}

// refusedAsItIs tells why a run would send nothing of a plan that nobody has confirmed by its hash.
func refusedAsItIs(plan *importer.Plan) error {
	return cmp.Or(plan.CheckNamespaces(), plan.CheckControls())
}

// runLine is the command that sends what the preview showed.
func (p *program) runLine(f *previewFlags, plan *importer.Plan, files []string) string {
	words := []string{"able-import", "run"}
	if f.preset != "" {
		words = append(words, "--preset", f.preset)
	} else if f.mapping != "" { // a failures file brings its own
		words = append(words, "-m", prepare.ShellWord(f.mapping))
	}
	if f.acceptEdits {
		words = append(words, "--accept-edits")
	}
	if target := f.sameTarget(); target != "" {
		words = append(words, target)
	}
	words = append(words, "--plan", plan.ShortID())
	for _, file := range files {
		words = append(words, prepare.FileWord(file))
	}
	return strings.Join(words, " ")
}

// writeEvents writes what would be posted, byte for byte but for the funnel mark. The file holds people's data.
func writeEvents(ctx context.Context, im *importer.Import, plan *importer.Plan, path string) error {
	file, err := createPrivate(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 256<<10)
	if err := im.WriteEvents(ctx, plan, w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("%s: %w", path, pathCause(err))
	}
	return file.Close()
}

// createPrivate creates a file that only its owner can read, also when an older one was open to others.
func createPrivate(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err == nil {
		err = file.Chmod(0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, pathCause(err))
	}
	return file, nil
}
