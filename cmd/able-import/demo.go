package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ableimport/importer/sandbox"
	"ableimport/samples"
)

// demoPresets are the exports that the demo imports: a CSV and a workbook.
var demoPresets = []string{"shopify-orders", "xero-invoices"}

// demoMark stands for a funnel mark: the sandbox takes any.
const demoMark = "00000000-0000-0000-0000-00000000demo"

func (p *program) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Import sample exports into a receiver on this machine",
		Long: `Imports a CSV and an XLSX sample into a receiver on this machine: preview, sending,
some events that the receiver rejects, the report, the failures files, and a second
run that delivers nothing twice. Nothing leaves this machine.`,
		Example: "  able-import demo",
		Args:    wantNone,
		RunE:    func(c *cobra.Command, _ []string) error { return p.demo(c.Context()) },
	}
}

func (p *program) demo(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "able-import-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	server, err := sandbox.Start(sandbox.Options{Latency: 120 * time.Millisecond,
		Reject: rejectSome})
	if err != nil {
		return err
	}
	defer server.Close()
	fmt.Fprintf(p.out, "A receiver listens at %s. The files of this demo are in %s\n",
		server.URL(), dir)

	for _, preset := range demoPresets {
		if err := p.demoPreset(ctx, preset, dir, server.URL()); err != nil {
			return err
		}
	}

	fmt.Fprintf(p.out, "\nThe receiver got %d events, each exactly once. The failures files are "+
		"in %s\n",
		len(server.Events()), filepath.Join(dir, "state", "runs"))
	return nil
}

// rejectSome lets the receiver refuse every order whose number ends in 7, as a real one refuses
// what it does not like.
func rejectSome(e sandbox.Event) string {
	if strings.HasSuffix(e.OrderID, "7") {
		return "deal_currency not enabled"
	}
	return ""
}

// demoPreset previews one sample, imports it, and imports it again.
func (p *program) demoPreset(ctx context.Context, preset, dir, endpoint string) error {
	sample, content, err := samples.Export(preset)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, sample)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return fmt.Errorf("write the sample: %w", err)
	}

	getenv := func(name string) string {
		switch name {
		case "ABLE_FUNNEL_MARK":
			return demoMark
		case "ABLE_ENDPOINT":
			return endpoint
		case "ABLE_IMPORT_STATE_DIR":
			return filepath.Join(dir, "state")
		}
		return p.getenv(name)
	}

	importIt := []string{"run", "--preset", preset, "--concurrency", "4", file}
	for _, args := range [][]string{{"preview", "--preset", preset, "--limit", "1", file},
		importIt, importIt} {
		fmt.Fprintf(p.out, "\n$ able-import %s\n", strings.Join(args, " "))
		code := run(ctx, args, p.streams, getenv)
		if code != exitDone && code != exitInvalid {
			p.code = code
			return ctx.Err()
		}
	}

	return nil
}
