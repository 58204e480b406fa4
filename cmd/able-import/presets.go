package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/cmd/able-import/shape"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/samples"
)

func (p *program) presetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "presets [NAME]",
		Short: "List the ready mappings, or print one to start from",
		Example: `  able-import presets
  able-import presets shopify-orders > mapping.yaml`,
		Args: wantAtMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				source, err := samples.Mapping(args[0])
				if err != nil {
					return usageError{err}
				}
				_, err = p.out.Write(source)
				return err
			}

			w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0)
			for _, sample := range samples.All() {
				note := ""
				if sample.Unverified {
					note = "unverified: nobody has seen a real export"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", sample.Name, sample.Title, note)
			}

			return w.Flush()
		},
	}
}

// printedShapes are the JSON objects that the program prints, by the names that schema has for
// them.
var printedShapes = []struct {
	name, title string
	value       any
}{
	{"summary", "run, preview or adopt --json, and summary.json of a run", report.Summary{}},
	{"jobs", "run --job or --all-jobs --json", passesJSON{}},
	{"notice", "what notify posts: one job", passJSON{}},
	{"status", "status --json", statusJSON{}},
	{"history", "history --json: one run, one a line", pastRun{}},
	{"sent", "history --from or --to --json", sentEvents{}},
	{"find", "history find --json", foundEvents{}},
	{"compare", "history compare --json", comparisonJSON{}},
	{"received", "history compare --received --json without files", arrivalsJSON{}},
	{"inspect", "inspect --json", prepare.Inspection{}},
	{"rows", "inspect --rows: one row, one a line", printedRow{}},
	{"queue", "queue status --json", queueState{}},
	{"version", "version --json", build{}},
	{"failure", "--json of a command without a summary that failed", failureJSON{}},
}

func (p *program) schemaCommand() *cobra.Command {
	names := "  mapping    the mapping file; the same without NAME\n"
	for _, printed := range printedShapes {
		names += fmt.Sprintf("  %-10s %s\n", printed.name, printed.title)
	}

	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print the JSON Schema of the mapping file, or of what --json prints",
		Long: `Prints a JSON Schema (2020-12). An editor with a YAML language server uses it to
complete and check a mapping: save it beside your mapping, and begin the mapping with the
line below. init writes that line if it finds the schema.

  # yaml-language-server: $schema=able-import.schema.json

NAME is one of:
` + names + `
Later releases may add keys to what is printed: the schemas allow keys that they do not know.`,
		Example: "  able-import schema > " + schemaFile + "\n" +
			"  able-import schema summary > summary.schema.json",
		Args: wantAtMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := schemaOf(cmp.Or(append(args, "mapping")...))
			if err != nil {
				return err
			}
			_, err = p.out.Write(text)
			return err
		},
	}
}

func schemaOf(name string) ([]byte, error) {
	if name == "mapping" {
		return mapping.Schema(), nil
	}

	names := []string{"mapping"}
	for _, printed := range printedShapes {
		if printed.name == name {
			return shape.Schema(printed.value, "able-import "+printed.title)
		}
		names = append(names, printed.name)
	}

	return nil, usagef("there is no schema %q; choose one of: %s", name, strings.Join(names, ", "))
}
