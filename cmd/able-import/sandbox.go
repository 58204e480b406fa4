package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"ableimport/importer/sandbox"
)

func (p *program) sandboxCommand() *cobra.Command {
	var address, faults, record, export string
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Start a local receiver that checks events as Able would, and misbehaves on demand",
		Long: `Listens on this machine only, answers 200 to valid events and 422 with the reason to
others, and prints a line for each, without personal data. Ctrl-C ends it.

--faults makes it misbehave, reproducibly: "429=2%,reset-after=1%,latency=20ms,seed=7".`,
		Example: `  able-import sandbox --address 127.0.0.1:8080
  able-import run -m mapping.yaml --endpoint http://127.0.0.1:8080/uip-events/event invoices.csv`,
		Args: wantNone,
		RunE: func(c *cobra.Command, _ []string) error {
			options, err := sandbox.ParseFaults(faults)
			if err != nil {
				return usageError{err}
			}

			options.Address, options.Log = address, p.err

			if record != "" {
				file, err := createPrivate(record)
				if err != nil {
					return err
				}
				defer file.Close()
				options.Bodies = file
			}

			if export != "" {
				file, err := createPrivate(export)
				if err != nil {
					return err
				}
				defer file.Close()
				options.Export = file
			}

			server, err := sandbox.Start(options)
			if err != nil {
				return err
			}
			defer server.Close()
			fmt.Fprintln(p.out, server.URL())
			<-c.Context().Done()
			return nil
		},
	}
	c.Flags().StringVar(&address, "address", "127.0.0.1:0",
		"host and port to listen on; port 0 takes a free one")

	c.Flags().StringVar(&faults, "faults", "", "how it misbehaves")
	c.Flags().StringVar(&record, "record",
		"", "write the processed events to this file, one a line, in order of arrival")
	c.Flags().StringVar(&export, "export", "",
		"write what was received to this CSV file, like a receiver's own export; GET /export "+
			"gives the same")
	return c
}
