package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer"
	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/mapping"
)

// mixed has an amount and an address that cannot be read, in rows of a group and alone.
const mixed = `Order,Day,Total,Email,Item
1,2026-11-03,10.00,ann@example.com,cup
2,2026-11-04,12.x0,bo@example.com,cup
2,2026-11-04,,,lid
3,2026-11-05,14.00,nobody,cup
`

func mixedJob(t *testing.T, endpoint, path, state string, fixes ...correction.Fix) importer.Job {
	t.Helper()
	config, err := mapping.Parse("t.yaml",
		[]byte("version: 1\nname: t\nevent: Purchase\ngroup_by: Order\n"+
			"formats: {date: YYYY-MM-DD, timezone: Europe/Berlin, time_of_day: \"00:00\"}\n"+
			"fields: {order_id: Order, event_time: Day, deal_value: Total, deal_currency: "+
			"{const: EUR}, keys: {email: Email}}\nitems: {name: Item}\n"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	target := history.Target{Endpoint: endpoint, Mark: "11111111-2222-3333-4444-555555555555",
		StateDir: state}
	return importer.Job{Files: []string{path}, Mapping: config, Target: target,
		Fixes: fixes, Days: true}
}

func runMixed(t *testing.T, job importer.Job) *report.Summary {
	t.Helper()
	result, err := importJob(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return result.Summary
}

// A corrected cell goes through all checks, the file is not touched, and what was delivered this
// way does not come back: neither with the file itself, nor with the same fixes.
func TestFixes(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	path, state := filepath.Join(t.TempDir(), "june.csv"), t.TempDir()
	if err := os.WriteFile(path, []byte(mixed), 0o600); err != nil {
		t.Fatal(err)
	}
	amount := correction.Fix{Row: 3, Column: "Total", Is: "12.50"}
	for _, step := range []struct {
		name                        string
		fixes                       []correction.Fix
		delivered, already, invalid int64
		skipped                     int64
	}{
		{name: "a value that is none either is still invalid", fixes: []correction.Fix{{Row: 3,
			Column: "Total", Is: "12,5,0"}}, delivered: 1, invalid: 2},
		{name: "corrected", fixes: []correction.Fix{amount}, delivered: 1, already: 1, invalid: 1},
		{name: "the file itself", already: 1, invalid: 1, skipped: 2},
		{name: "the same once more", fixes: []correction.Fix{amount}, already: 1,
			invalid: 1, skipped: 2},
		{name: "the other, too", fixes: []correction.Fix{amount,
			{Row: 5, Column: "Email", Is: "cy@example.com"}}, delivered: 1, already: 1, skipped: 2},
		{name: "nothing is left", already: 1, skipped: 3},
	} {
		s := runMixed(t, mixedJob(t, server.URL(), path, state, step.fixes...))
		got := []int64{s.Events.Delivered, s.Events.AlreadyDelivered, s.Events.Invalid,
			s.Rows.Skipped}
		if diff := cmp.Diff([]int64{step.delivered, step.already, step.invalid, step.skipped},
			got); diff != "" {
			t.Errorf("%s: delivered, already delivered, invalid, rows left out (-want +got):\n%s",
				step.name, diff)
		}
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		manifest, err := report.ReadManifest(filepath.Join(state, "runs", s.RunID))
		if err != nil {
			t.Fatal(err)
		}
		if noted := len(manifest.Inputs) == 2 &&
			manifest.Inputs[1].Name == "fixes.csv"; noted != (step.fixes != nil) {
			t.Errorf("%s: the manifest names %v", step.name, manifest.Inputs)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != mixed {
		t.Errorf("the file was changed: %v", err)
	}
	sum := runMixed(t, mixedJob(t, server.URL(), path, state)).Files[0].SHA256
	if runs := correction.By(state, sum); len(runs) != 2 {
		t.Errorf("corrected by %v, want two runs", runs)
	}
	values := map[string]string{}
	for _, event := range server.Events() {
		values[event.OrderID] = event.Value
	}
	if diff := cmp.Diff(map[string]string{"1": "10.00", "2": "12.50", "3": "14.00"},
		values); diff != "" {
		t.Errorf("what arrived (-want +got):\n%s", diff)
	}
}

func TestFixesOfColumnsThatAreNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.csv")
	if err := os.WriteFile(path, []byte(mixed), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := importer.Open(mixedJob(t, "http://127.0.0.1:1", path, t.TempDir(),
		correction.Fix{Row: 3, Column: "Sum", Is: "1"}))
	if refused := new(history.RefusedError); err == nil ||
		!strings.Contains(err.Error(), `no longer a column "Sum"`) {
		t.Errorf("%v, want %T", err, refused)
	}
}

// The days are in the mapping's zone, and add up to the tally.
func TestDaysOfAPlan(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.csv")
	if err := os.WriteFile(path, []byte(mixed), 0o600); err != nil {
		t.Fatal(err)
	}
	im, err := importer.Open(mixedJob(t, "http://127.0.0.1:1", path, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, period := range plan.Days.Periods() {
		got = append(got, period.Name+" "+period.Tally.Minor("EUR").String())
	}
	if diff := cmp.Diff([]string{"2026-11-03 1000", "2026-11-04 0", "2026-11-05 1400"},
		got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
