package main

import (
	"github.com/spf13/cobra"

	"ableimport/mapping"
)

func (p *program) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the mapping file, for editors",
		Long: `Prints the JSON Schema (2020-12) of the mapping file. An editor with a YAML language
server completes and checks a mapping by it: write it beside your mapping, and begin
the mapping with the line below; init writes that line where it finds the schema.

  # yaml-language-server: $schema=able-import.schema.json`,
		Example: "  able-import schema > " + schemaFile,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := p.out.Write(mapping.Schema())
			return err
		},
	}
}
