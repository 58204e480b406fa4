package samples_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/samples"
	"ableimport/samples/secrets"
)

var update = flag.Bool("update", false, "write what the samples give to their events.jsonl")

func TestSamples(t *testing.T) {
	for _, s := range samples.All() {
		t.Run(s.Name, func(t *testing.T) {
			got := preview(t, s.Name, filepath.Join(s.Name, s.Export))
			golden := filepath.Join(s.Name, "events.jsonl")
			if *update {
				if err := os.WriteFile(golden, got.events, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"),
				strings.Split(string(got.events), "\n")); diff != "" {
				t.Errorf(
					"events differ from %s (-want +got); go test ./samples -update writes "+
						"them:\n%s",
					golden, diff)
			}
			if diff := cmp.Diff(samplesGive[s.Name], inWords(got.summary)); diff != "" {
				t.Errorf("summary differs (-want +got):\n%s", diff)
			}
		})
	}
}

// previewed is what a preview of one file gives.
type previewed struct {
	summary *report.Summary
	events  []byte // the bodies, one a line
}

// preview reads a file with a preset as able-import preview --events does.
func preview(t *testing.T, preset, file string) previewed {
	t.Helper()
	return previewOf(t, importer.Job{Files: []string{file}, Mapping: parse(t, preset)})
}

func previewOf(t *testing.T, job importer.Job) previewed {
	t.Helper()
	im, err := importer.Open(job)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var events bytes.Buffer
	w := bufio.NewWriter(&events)
	if err := im.WriteEvents(t.Context(), plan, w); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	result := im.Preview(plan)
	secrets.Check(t, "the preview of "+job.Files[0], result.Summary.PreviewText(result.Page),
		fmt.Sprint(result.Summary.Problems))
	return previewed{result.Summary, events.Bytes()}
}

// said are the settings that the exports of the samples do not say.
var said = map[string]map[string]string{
	"chargebee-invoices": {"timezone": "UTC"}, "eventbrite-attendees": {"timezone": "UTC"},
	"lemonsqueezy-orders": {"minor_units": "yes"}, "mollie-settlement": {"timezone": "UTC"},
	"wix-orders": {"timezone": "UTC"}, "woocommerce-analytics": {"timezone": "UTC"},
	"woocommerce-order-export": {"timezone": "UTC"}, "woocommerce-orders": {"timezone": "UTC"},
}

// parse reads the mapping of a preset and runs the tests in it.
func parse(t *testing.T, preset string) *mapping.Config {
	t.Helper()
	source, err := samples.Mapping(preset)
	if err != nil {
		t.Fatal(err)
	}
	config, err := mapping.Parse(preset+"/mapping.yaml",
		mapping.WithSettings(source, said[preset]), nil)
	if err != nil {
		t.Fatal(err)
	}
	if config.Tests() < 2 {
		t.Errorf("the mapping has %d tests, want 2 or more", config.Tests())
	}
	for _, failed := range config.RunTests() {
		t.Error(failed)
	}
	return config
}

// inWords is a summary in a few lines.
func inWords(s *report.Summary) string {
	var b strings.Builder
	fmt.Fprintf(&b, "rows %d = mapped %d, skipped %d, invalid %d, held %d\n", s.Rows.Read,
		s.Rows.Mapped, s.Rows.Skipped, s.Rows.Invalid, s.Rows.Held)
	skipped := []string{}
	for _, reason := range s.Skipped {
		skipped = append(skipped, fmt.Sprintf("%s %d", reason.Reason, reason.Rows))
	}
	slices.Sort(skipped)
	fmt.Fprintf(&b, "skipped: %s\n", strings.Join(skipped, ", "))
	fmt.Fprintf(&b, "events %d, invalid %d:%s\n", s.Events.Total, s.Events.Invalid, money(s))
	problems := []string{}
	for _, problem := range s.Problems {
		if problem.Warning {
			continue
		}
		problems = append(problems, fmt.Sprintf("%s %d", problem.Code, problem.Count))
	}
	slices.Sort(problems)
	fmt.Fprintf(&b, "problems: %s", strings.Join(problems, ", "))
	return b.String()
}

// money lists the totals of all events that have an amount.
func money(s *report.Summary) string {
	var b strings.Builder
	for _, currency := range slices.Sorted(maps.Keys(s.Totals)) {
		fmt.Fprintf(&b, " %s %s", s.Totals[currency].Total, currency)
		if unreadable := s.Totals[currency].AmountUnreadable; unreadable > 0 {
			fmt.Fprintf(&b, " (%d unreadable)", unreadable)
		}
	}
	return b.String()
}

// A preset that binds to another system's export would be suggested for it.
func TestEveryExportFitsItsOwnPresetOnly(t *testing.T) {
	all := samples.All()
	for _, preset := range all {
		config := parse(t, preset.Name)
		for _, export := range all {
			im, err := importer.Open(importer.Job{Files: []string{filepath.Join(export.Name,
				export.Export)}, Mapping: config})
			if err == nil {
				im.Close()
			}
			if fits := err == nil; fits != (preset.Name == export.Name) {
				t.Errorf("the export of %s fits preset %s: %t (%v)", export.Name,
					preset.Name, fits, err)
			}
		}
	}
}
