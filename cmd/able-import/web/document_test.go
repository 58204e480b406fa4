package web

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer"
	"ableimport/mapping"
	"ableimport/samples"
)

func planOf(t *testing.T, file, dir string, text []byte) string {
	t.Helper()
	config, err := mapping.Parse("mapping.yaml", text, func(string) string { return "" })
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	im, err := importer.Open(importer.Job{Files: []string{file}, Mapping: config, MappingDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(plan.Hash[:])
}

// A mapping that was taken apart and written anew makes the same events.
func TestDocumentsKeepTheirMeaning(t *testing.T) {
	for _, sample := range samples.All() {
		t.Run(sample.Name, func(t *testing.T) {
			text, err := samples.Mapping(sample.Name)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := parseDocument(text)
			if err != nil {
				t.Fatal(err)
			}
			again, err := doc.text()
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join("../../../samples", sample.Name)
			if _, err := os.Stat(dir); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, sample.Export)
			if got, want := planOf(t, file, dir, again), planOf(t, file, dir, text); got != want {
				t.Errorf("plan %s, want %s, with\n%s", got, want, again)
			}
		})
	}
}

func TestSet(t *testing.T) {
	const text = "version: 1\nname: a # the name\nfields:\n  order_id: Nr # certain\n  keys: {email: Mail}\n  phone: {column: Tel, region: DE}\n"
	doc, err := parseDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	doc.set("Invoice", "fields", "order_id")
	doc.set(nil, "fields", "keys", "email")
	doc.set(withColumn(doc.get("fields", "phone"), "Mobile"), "fields", "phone")
	doc.set("UTC", "formats", "timezone")
	got, err := doc.text()
	if err != nil {
		t.Fatal(err)
	}
	want := "version: 1\nname: a # the name\nfields:\n  order_id: Invoice\n  phone:\n    column: Mobile\n    region: DE\nformats:\n  timezone: UTC\n"
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("after the changes (-want +got):\n%s", diff)
	}
}

func TestOpenQuestions(t *testing.T) {
	lines := []mapping.Suggestion{
		{Path: "formats.date", Line: `date: "DD/MM/YYYY"`, Reason: "Day, row 2: 03/04/2026 is 3 April 2026", Open: true},
		{Path: "formats.date", Line: `date: "MM/DD/YYYY"`, Reason: "Day, row 2: 03/04/2026 is 4 March 2026", Open: true},
		{Path: "formats.timezone", Line: "timezone: Europe/Berlin", Reason: "where did the clock stand?", Open: true},
		{Path: "fields.deal_value", Line: "deal_value: Total", Reason: "certain"},
		{Path: "skip.no. 1", Line: `no. 1: col("A") == "b"`, Reason: "are these sales?", Open: true},
	}
	got := openQuestions(lines)
	if len(got) != 3 {
		t.Fatalf("%d questions: %+v", len(got), got)
	}
	if q := got[0]; q.Why != "How is Day written?" || len(q.Answers) != 2 || !strings.Contains(q.Answers[0].Why, "3 April") {
		t.Errorf("the date is asked as %+v", q)
	}
	if value, err := got[0].value(got[0].Answers[1].Value); err != nil || value != "MM/DD/YYYY" {
		t.Errorf("the answer is %v, %v", value, err)
	}
	if got[1].Ask != "timezone" {
		t.Errorf("the zone is asked as %+v", got[1])
	}
	if diff := cmp.Diff([]string{"skip", "no. 1"}, got[2].Path); diff != "" {
		t.Error(diff)
	}
}
