package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

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
					note = "unverified: nobody saw a real export"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\n", sample.Name, sample.Title, note)
			}

			return w.Flush()
		},
	}
}

func (p *program) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the mapping file, for editors",
		Long: `Prints the JSON Schema (2020-12) of the mapping file. An editor with a YAML language
server completes and checks a mapping by it: write it beside your mapping, and begin
the mapping with the line below; init writes that line where it finds the schema.

  # yaml-language-server: $schema=able-import.schema.json`,
		Example: "  able-import schema > " + schemaFile,
		Args:    wantNone,
		RunE: func(*cobra.Command, []string) error {
			_, err := p.out.Write(mapping.Schema())
			return err
		},
	}
}
