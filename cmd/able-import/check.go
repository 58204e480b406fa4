package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/mapping"
)

func (p *program) checkCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "check -m MAPPING [FILE...]",
		Short: "Check a mapping: its keys, its tests, and whether it fits a file",
		Long: `Reads the mapping and runs the tests in it. With a file it also reads all rows, and shows
values that cannot be read, formats that the rows contradict, and open questions.`,
		Example: `  able-import check -m mapping.yaml
  able-import check -m mapping.yaml invoices.csv`,
		RunE: func(c *cobra.Command, files []string) error {
			config, err := p.loadMapping(&f)
			if err != nil {
				return err
			}
			return p.check(c.Context(), config, &f, files)
		},
	}
	c.Flags().StringVarP(&f.mapping, "mapping", "m", "", "mapping file")

	c.Flags().StringVar(&f.preset, "preset", "", "ready mapping of a billing system")
	f.addSet(c)
	return c
}

func (p *program) check(ctx context.Context, config *mapping.Config, f *importFlags,
	files []string) error {
	for _, doubt := range append(config.Unpinned(), config.Doubtful()...) {
		fmt.Fprintln(p.err, "warning:", visibleLines(doubt.Error()))
	}

	failures := config.RunTests()
	for _, failure := range failures {
		fmt.Fprintln(p.out, failure)
	}
	if len(failures) > 0 {
		return usagef("%s in %s", report.Plural(int64(len(failures)), "difference"),
			report.Plural(int64(config.Tests()), "test"))
	}

	asked := config.Unanswered()
	fits := ""
	if len(files) > 0 {
		var err error
		fits, err = p.checkFiles(ctx, config, f, files)
		if open := new(mapping.OpenQuestion); asked != nil && errors.As(err, &open) {
			return fmt.Errorf("%w\n%w", asked, err) // the same question, from both sides
		}
		if err != nil {
			return err
		}
	}

	if asked != nil {
		return asked
	}

	tests := "no tests in it"
	if config.Tests() > 0 {
		tests = report.Plural(int64(config.Tests()), "test") + " passed"
	}

	fmt.Fprintf(p.out, "%s has no errors: %s%s\n", cmp.Or(f.mapping, f.preset), tests, fits)
	return nil
}

// checkFiles reads the files through the mapping, as a preview does, and reports whether they fit:
// only rows that were read prove it.
func (p *program) checkFiles(ctx context.Context, config *mapping.Config, f *importFlags,
	files []string) (string, error) {
	im, err := importer.OpenContext(ctx, importer.Job{Files: files, Stdin: p.in, Mapping: config,
		MappingDir: filepath.Dir(f.mapping)})
	if err != nil {
		return "", usageError{err}
	}
	defer im.Close()
	for _, doubt := range im.Doubts() {
		fmt.Fprintln(p.out, doubt)
	}

	plan, err := im.Preflight(ctx)
	if err != nil {
		return "", err
	}

	shown := fmt.Sprintf("%d files", len(files))
	if len(files) == 1 {
		shown = files[0]
	}

	for _, problem := range plan.Problems.List() {
		if problem.Warning {
			continue
		}
		about := report.About(problem.Example.Column, report.Visible(problem.Message))
		fmt.Fprintf(p.out, "%s:%d: %s (%s, %s)\n", report.Visible(problem.Example.File),
			problem.Example.Row, about, problem.Code, report.Plural(problem.Count, "event"))
	}

	invalid, skipped := plan.Tally.Events(report.Invalid), plan.Rows.Skipped
	switch {
	case plan.Rows.Read == 0:
		return ", but no row was read of " + shown + ", so nothing is known about it", nil
	case plan.Events == 0 && invalid > 0:
		return ", but it does not fit " + shown + ": all of its events are invalid", nil
	case plan.Events == 0 && skipped > 0:
		return ", but it leaves out all rows of " + shown, nil
	case invalid > 0:
		return fmt.Sprintf(", and it fits %s except for %s", shown,
			report.Plural(invalid, "invalid event")), nil
	}

	return ", and it fits " + shown, nil
}
