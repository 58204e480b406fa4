package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
)

// previewFlags are the flags of preview alone.
type previewFlags struct {
	importFlags
	events string
	limit  int
	keep   bool // for somebody else's approval
}

func (p *program) previewCommand() *cobra.Command {
	var f previewFlags
	c := &cobra.Command{
		Use:   "preview [-m MAPPING | --preset NAME] FILE...",
		Short: "The dry run: the whole import, but nothing is sent",
		Long: `Does what run would do, but sends nothing: the same reading, mapping, checks, totals
and exit code. Shows the first events beside the cells that they come from.
It needs no funnel mark. With one, it also knows what this target has received.`,
		Example: `  able-import preview -m mapping.yaml invoices.csv
  able-import preview --preset stripe-payments --events events.jsonl unified_payments.csv`,
		Args: wantFiles,
		RunE: func(c *cobra.Command, args []string) error {
			return p.preview(c.Context(), &f, args)
		},
	}
	f.add(c)

	c.Flags().StringVar(&f.events, "events", "",
		"write the events' bodies to this file, or to stdout with -: one per line, in sending "+
			"order")
	c.Flags().BoolVar(&f.keep, "keep", false,
		"keep the plan until somebody else approves it (able-import approve); run --plan sends it")
	f.addApprovals(c)
	c.Flags().IntVar(&f.limit, "limit", 3, "how many events to show beside their cells")
	return c
}

func (p *program) preview(ctx context.Context, f *previewFlags, files []string) error {
	if f.events == "-" && f.json {
		return usagef("--events - and --json both print on stdout; write the events to a file")
	}
	if err := f.spareInput(files); err != nil {
		return err
	}
	job, err := p.job(ctx, &f.importFlags, files)
	if err != nil {
		return err
	}

	job.Examples, job.KeepPlan, job.Days = max(f.limit, 0), true, true
	if f.keep {
		if job.Approvals, err = p.keptIn(&f.importFlags, &job.Target); err != nil {
			return err
		}
	}
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
		if err := p.writeEvents(ctx, im, plan, f.events); err != nil {
			return err
		}
	}

	result := im.Preview(plan)
	events := result.Summary.Events
	events.NotSent = 0 // the best possible run sends them
	p.code = prepare.ExitCode(events, result.Summary)
	result.Summary.ExitCode = p.code

	refusal := cmp.Or(asked, refusedAsItIs(plan))
	if f.keep && refusal == nil {
		if refusal = p.keepForApproval(f, im, plan); refusal != nil {
			return refusal
		}
	}
	if f.json && refusal != nil {
		p.refused = result.Summary
		return refusal
	}
	if f.json {
		p.printJSON(result.Summary, p.code, "preview")
		return nil
	}
	if f.quiet && p.code == exitDone && refusal == nil {
		return nil
	}

	if plan.ToSend > 0 && asked == nil {
		result.Page.Command = p.runLine(f, plan, files)
	}
	p.showPreview(f, plan, result, job.Mapping.Location())
	if asked != nil {
		p.showAnswers(ctx, job, plan)
	}

	return refusal
}

// showPreview prints the files, the examples and the totals of a preview.
func (p *program) showPreview(f *previewFlags, plan *importer.Plan, result *importer.Result,
	zone *time.Location) {
	out := p.out
	if f.events == "-" {
		out = p.err // the events are on stdout
	}

	showFiles(out, result.Summary, cmp.Or(f.preset, filepath.Base(f.mapping)))
	showExamples(out, plan, zone)
	result.Page.Colour = p.colours(out)
	result.Page.Picture = prepare.Blocks(plan.Days, plan.Tally.Currencies())
	fmt.Fprint(out, result.Summary.PreviewText(result.Page))
}

// refusedAsItIs tells why a run would send nothing of a plan that nobody has confirmed by its hash.
func refusedAsItIs(plan *importer.Plan) error {
	return cmp.Or(plan.CheckSettings(), plan.CheckTables(), plan.CheckNamespaces(),
		plan.CheckControls())
}

// runLine is the command that sends what the preview showed.
func (p *program) runLine(f *previewFlags, plan *importer.Plan, files []string) string {
	words := []string{"able-import", "run"}
	if f.preset != "" {
		words = append(words, "--preset", f.preset)
	} else if f.mapping != "" { // a failures file brings its own
		words = append(words, "-m", prepare.ShellWord(f.mapping))
	}

	for _, said := range f.set {
		words = append(words, "--set", prepare.ShellWord(said))
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

// writeEvents writes what would be posted, byte for byte except for the funnel mark. A file holds
// people's data.
func (p *program) writeEvents(ctx context.Context, im *importer.Import, plan *importer.Plan,
	path string) error {
	if path == "-" {
		w := bufio.NewWriterSize(p.out, 256<<10)
		return errors.Join(im.WriteEvents(ctx, plan, w), w.Flush())
	}
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
		return fmt.Errorf("%s: %w", path, table.Cause(err))
	}

	return file.Close()
}

// spareInput refuses to write the events over what they are made of.
func (f *previewFlags) spareInput(files []string) error {
	written, err := os.Stat(f.events)
	if f.events == "" || err != nil {
		return nil // there is nothing to spare
	}

	read, _ := existing(files)
	for _, path := range append(read, f.mapping) {
		if input, err := os.Stat(path); err == nil && os.SameFile(written, input) {
			return usagef("--events %s: the file is read here, and would be overwritten; name "+
				"another", f.events)
		}
	}

	return nil
}

// createPrivate creates a file that only its owner can read, even when an older one was open to
// others.
func createPrivate(path string) (*os.File, error) {
	if err := checkNewName(path); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err == nil {
		err = file.Chmod(0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, table.Cause(err))
	}
	return file, nil
}

// showFiles prints how each file is read: "orders_nov.csv CSV, utf-8, comma, header in row 1, 121
// rows shopify-orders".
func showFiles(out io.Writer, summary *report.Summary, mapping string) {
	for _, file := range summary.Files {
		reading := prepare.Reading(file.Format, file.Encoding, file.Delimiter, file.Sheet,
			file.HeaderRow)
		fmt.Fprintf(out, "%s   %s, %s   %s\n", report.Visible(file.Name), reading,
			report.Plural(file.Rows, "row"), mapping)
	}
	fmt.Fprintln(out)
}

// showExamples prints the first events, and the first of each problem, beside the cells that they
// come from.
func showExamples(out io.Writer, plan *importer.Plan, zone *time.Location) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	for i := range plan.Examples {
		showExample(w, &plan.Examples[i], zone)
	}
}

// Widths of the columns beside an example; longer texts are cut.
const (
	headingWidth = 22
	cellWidth    = 28
	fieldWidth   = 18
	resultWidth  = 30
)

func showExample(w io.Writer, e *importer.Example, zone *time.Location) {
	rows := fmt.Sprintf("row %d", e.First)
	if e.Last != e.First {
		rows = fmt.Sprintf("rows %d-%d", e.First, e.Last)
	}

	fmt.Fprintf(w, "  %s  %s  ->  %s\n", rows, report.Visible(e.Label), e.Outcome())

	for _, cell := range e.Cells {
		line := fmt.Sprintf("      %s  %s  ->  %s  %s", padded(cell.Column, headingWidth),
			padded(cell.Value, cellWidth),
			padded(cell.Field, fieldWidth), shorten(report.Visible(cell.Result), resultWidth))
		if when := prepare.When(cell, zone); when != "" {
			line += "   " + when
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}

	for _, problem := range e.Problems {
		if problem.Warning {
			continue // the list below has them
		}
		fmt.Fprintf(w, "      %s: %s\n", problem.Code,
			report.About(problem.Column, report.Visible(problem.Message())))
	}

	fmt.Fprintln(w)
}

func padded(text string, width int) string {
	return fmt.Sprintf("%-*s", width, shorten(report.Visible(text), width))
}

// mostAnswers bounds how many answers are tried: each of them reads the files once more.
const mostAnswers = 40

// showAnswers shows what each answer to the open questions of the mapping would make of the same
// files. base is what its guesses come to; nil where the files cannot be read before a question is
// answered.
func (p *program) showAnswers(ctx context.Context, job importer.Job, base *importer.Plan) {
	job.Examples, job.KeepPlan, job.Plan = 0, false, ""
	tried := 0

	for _, q := range job.Mapping.Questions() {
		if len(q.Answers) == 0 {
			continue // nothing to choose from: the message at the end has the question
		}

		fmt.Fprintf(p.out, "Open question, %s:%d, %s\n",
			report.Visible(filepath.Base(job.Mapping.File())), q.Line, report.Visible(q.Name))

		for _, answer := range q.Answers {
			if tried++; tried > mostAnswers || ctx.Err() != nil {
				fmt.Fprintf(p.out, "  %s\n", report.Visible(answer.Text))
				continue
			}
			effect, err := prepare.EffectOf(ctx, job, answer.Config, base)
			if err != nil {
				fmt.Fprintf(p.out, "  %s:  %v\n", report.Visible(answer.Text), err)
				continue
			}
			fmt.Fprintf(p.out, "  %s:  %s\n", report.Visible(answer.Text), effect)
		}

		fmt.Fprintln(p.out)
	}
}
