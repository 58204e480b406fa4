package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"ableimport/importer"
	"ableimport/importer/report"
)

func (p *program) checkCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "check -m MAPPING [FILE...]",
		Short: "Check a mapping: its words, its tests, and whether it fits a file",
		RunE: func(c *cobra.Command, files []string) error {
			config, err := p.loadMapping(&f)
			if err != nil {
				return err
			}
			for _, open := range config.Unpinned() {
				fmt.Fprintln(p.err, "warning:", visibleLines(open.Error()))
			}
			failures := config.RunTests()
			for _, failure := range failures {
				fmt.Fprintln(p.out, failure)
			}
			if len(failures) > 0 {
				return usagef("%d differences in %d tests", len(failures), config.Tests())
			}
			if len(files) > 0 {
				im, err := importer.OpenContext(c.Context(), importer.Job{Files: files, Stdin: p.in, Mapping: config, MappingDir: filepath.Dir(f.mapping)})
				if err != nil {
					return usageError{err}
				}
				defer im.Close()
				for _, doubt := range im.Doubts() {
					fmt.Fprintln(p.out, doubt)
				}
			}
			tests := "no tests in it"
			if config.Tests() > 0 {
				tests = report.Plural(int64(config.Tests()), "test") + " passed"
			}
			fmt.Fprintf(p.out, "%s is sound: %s%s\n", first(f.mapping, f.preset), tests, fits(files))
			return nil
		},
	}
	c.Flags().StringVarP(&f.mapping, "mapping", "m", "", "mapping file")
	c.Flags().StringVar(&f.preset, "preset", "", "ready mapping of a billing system")
	f.addSet(c)
	return c
}

func fits(files []string) string {
	switch len(files) {
	case 0:
		return ""
	case 1:
		return ", and it fits " + files[0]
	}
	return fmt.Sprintf(", and it fits %d files", len(files))
}
