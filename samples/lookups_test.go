package samples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ableimport/importer"
	"ableimport/mapping"
	"ableimport/samples"
)

// suggestedKey is the comment after a key that the export does not have: it says how a second file
// gives it.
var suggestedKey = regexp.MustCompile(`email: \{.*# not in this .*: (\{lookup: .*\})`)

// withLookup does what the comments of a mapping and its notes say.
func withLookup(source string) string {
	source = strings.Replace(source, "\n# lookups:", "\nlookups:", 1)
	return suggestedKey.ReplaceAllString(source, "email: $1")
}

func TestLookupsInCommentsAreSound(t *testing.T) {
	found := 0
	for _, s := range samples.All() {
		source, err := samples.Mapping(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), "\n# lookups:") {
			continue
		}
		found++
		config, err := mapping.Parse(s.Name, []byte(withLookup(string(source))), nil)
		if err != nil {
			t.Errorf("%s with the lookup of its comments: %v", s.Name, err)
		} else if len(config.Lookups()) != 1 {
			t.Errorf("%s: got %d lookups, want 1", s.Name, len(config.Lookups()))
		}
	}
	if found != 9 {
		t.Errorf("%d mappings suggest a lookup, want 9", found)
	}
}

func TestALookupFileIdentifiesVisitors(t *testing.T) {
	source, err := samples.Mapping("mollie-settlement")
	if err != nil {
		t.Fatal(err)
	}
	config, err := mapping.Parse("mapping.yaml",
		mapping.WithSettings([]byte(withLookup(string(source))), said["mollie-settlement"]), nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	orders := "Mollie ID,Email\ntr_Example01,ann@example.com\ntr_Example05,cleo@example.com\n"
	if err := os.WriteFile(filepath.Join(dir, "orders.csv"), []byte(orders), 0o600); err != nil {
		t.Fatal(err)
	}
	im, err := importer.Open(importer.Job{Files: []string{"mollie-settlement/settlement.csv"},
		Mapping: config, MappingDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if plan.Events != 2 {
		t.Errorf("got %d events with a visitor key, want the 2 whose payments stand in orders.csv",
			plan.Events)
	}
}
