package web

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"ableimport/importer"
	"ableimport/mapping"
	"ableimport/mapping/draft"
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
			again, err := yaml.Marshal(doc.root)
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

// A change leaves all other lines as they are, and answers the question that was asked in its
// place.
func TestSet(t *testing.T) {
	const text = `# Drafted from a.csv
version: 1
name: a # the name
formats:   # how it is written
  # date: "DD/MM/YYYY"   # OPEN: is it the day first?
  # date: "MM/DD/YYYY"   # OPEN: or the month?
  # timezone: UTC   # OPEN: where?

# The buyer
fields:
  order_id: Nr   # certain
  deal_value: {column: Total, sum: true}   # added up
    # other amounts: Net
  keys: {email: Mail, "client_id": "No, 1"}   # who
  # phone: Tel
  phone: {column: Tel, region: DE}
  # phone: {column: Tel, region: US}   # OPEN: whose numbers?
id:
- Nr
skip:
  test: >-
    col("A")
    == "x"
    # a remark of the last one
`
	doc, err := parseDocument([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		doc.set("Invoice #", "fields", "order_id"), doc.set(nil, "fields", "keys", "email"),
		doc.set("Fax", "fields", "keys", "fax"),
		doc.set(withColumn(doc.get("fields", "phone"), "Mobile"), "fields", "phone"),
		doc.set("DD/MM/YYYY", "formats", "date"),
		doc.set("UTC", "formats", "timezone"), doc.set("x.csv", "lookups", "list", "on"),
		doc.set(nil, "skip", "test"), doc.set(nil, "formats", "none"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	want := `# Drafted from a.csv
version: 1
name: a # the name
formats:   # how it is written
  date: DD/MM/YYYY
  timezone: UTC

# The buyer
fields:
  order_id: "Invoice #"
  deal_value: {column: Total, sum: true}   # added up
    # other amounts: Net
  keys: {"client_id": "No, 1", fax: Fax}   # who
  # phone: Tel
  phone: {column: Mobile, region: DE}
id:
- Nr
lookups: {list: {on: x.csv}}
`
	if diff := cmp.Diff(want, string(doc.text)); diff != "" {
		t.Errorf("after the changes (-want +got):\n%s", diff)
	}
}

// pathsOf are the paths of the values of an object and of its objects, as far down as the page
// goes.
func pathsOf(object yaml.MapSlice, above []string) (all [][]string) {
	for _, item := range object {
		path := append(slices.Clone(above), item.Key.(string))
		all = append(all, path)
		if inner, ok := item.Value.(yaml.MapSlice); ok && len(path) < 3 {
			all = append(all, pathsOf(inner, path)...)
		}
	}
	return all
}

// Whatever is changed in a ready mapping, its comments stay, but for the one beside the change.
func TestChangesKeepComments(t *testing.T) {
	for _, sample := range samples.All() {
		text, err := samples.Mapping(sample.Name)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := parseDocument(text)
		if err != nil {
			t.Fatal(err)
		}
		changes := []any{"a: b, {c}",
			yaml.MapSlice{{Key: "first", Value: []any{"A", "true", "é #"}}}, nil}
		paths := pathsOf(whole.root, nil)
		for i := 0; i < len(paths); i += 2 {
			path := paths[i]
			doc, _ := parseDocument(text)
			if err := doc.set(changes[i%len(changes)], path...); err != nil {
				t.Errorf("%s: %v: %v", sample.Name, path, err)
			}
			if lost := lostComment(string(text), string(doc.text)); lost != "" {
				t.Errorf("%s: with %v at %v the text is written anew, and %s is lost", sample.Name,
					changes[i%len(changes)], path, lost)
			}
		}
	}
}

// lostComment finds a comment at the beginning of a line that is gone.
func lostComment(before, after string) string {
	for line := range strings.Lines(before) {
		if strings.HasPrefix(line, "#") && !strings.Contains(after, line) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func TestOpenQuestions(t *testing.T) {
	lines := []draft.Suggestion{
		{Path: "formats.date", Line: `date: "DD/MM/YYYY"`,
			Reason: "Day, row 2: 03/04/2026 is 3 April 2026", Open: true},
		{Path: "formats.date", Line: `date: "MM/DD/YYYY"`,
			Reason: "Day, row 2: 03/04/2026 is 4 March 2026", Open: true},
		{Path: "formats.timezone", Line: "timezone: Europe/Berlin",
			Reason: "where did the clock stand?", Open: true},
		{Path: "fields.deal_value", Line: "deal_value: Total", Reason: "certain"},
		{Path: "skip.no. 1", Line: `no. 1: col("A") == "b"`, Reason: "are these sales?",
			Open: true},
	}
	got := openQuestions(lines)
	if len(got) != 3 {
		t.Fatalf("%d questions: %+v", len(got), got)
	}
	if q := got[0]; q.Why != "How is Day written?" || len(q.Answers) != 2 ||
		!strings.Contains(q.Answers[0].Why, "3 April") {
		t.Errorf("the date is asked as %+v", q)
	}
	if value, err := got[0].value(got[0].Answers[1].Value, nil); err != nil ||
		value != "MM/DD/YYYY" {
		t.Errorf("the answer is %v, %v", value, err)
	}
	if got[1].Ask != "timezone" {
		t.Errorf("the zone is asked as %+v", got[1])
	}
	sales := openQuestions([]draft.Suggestion{
		{Path: "skip.other Status",
			Line:   `other Status: not (col("Status") in ["paid", "part, \"paid\""])`,
			Reason: "which are sales?", Open: true},
	})[0]
	if value, err := sales.value("paid", []string{"paid"}); sales.Ask != "sales" ||
		len(sales.Answers) != 2 || err != nil || value != `not (col("Status") in ["paid"])` {
		t.Errorf("%+v gives %v, %v", sales, value, err)
	}
	if diff := cmp.Diff([]string{"skip", "no. 1"}, got[2].Path); diff != "" {
		t.Error(diff)
	}
}
