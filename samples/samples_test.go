package samples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ableimport/samples"
)

func TestAllTellsWhatASampleIs(t *testing.T) {
	unverified := []string{"chargebee-invoices", "lemonsqueezy-orders", "mollie-settlement",
		"paddle-transactions", "razorpay-payments", "recurly-invoices",
		"stripe-invoices", "wix-orders"}
	names := []string{}
	for _, s := range samples.All() {
		names = append(names, s.Name)
		if s.Title == "" || strings.HasPrefix(s.Title, "#") {
			t.Errorf("%s: Title = %q, want the first comment of its mapping", s.Name, s.Title)
		}
		if want := slices.Contains(unverified, s.Name); s.Unverified != want {
			t.Errorf("%s: Unverified = %t, want %t", s.Name, s.Unverified, want)
		}
		if file, content, err := samples.Export(s.Name); err != nil || file != s.Export ||
			len(content) == 0 {
			t.Errorf("Export(%q) = %q, %d bytes, %v; want %q with its content", s.Name, file,
				len(content), err, s.Export)
		}
	}
	if len(names) != 30 || !slices.IsSorted(names) {
		t.Errorf("All() has %d names, want 30 in order: %q", len(names), names)
	}
}

// A page of notes says what people have to know before they trust a preset.
func TestNotesSayWhatPeopleNeed(t *testing.T) {
	for _, s := range samples.All() {
		notes, err := os.ReadFile(filepath.Join(s.Name, "notes.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, topic := range []string{"Where it is", "How certain the headings are",
			"What becomes a purchase", "What is left out", "Visitor keys", "Able's own integration",
			"The sample"} {
			if !strings.Contains(string(notes), "**"+topic) {
				t.Errorf("%s: the notes do not say %q", s.Name, topic)
			}
		}
		for _, setting := range parse(t, s.Name).Settings() {
			if !strings.Contains(string(notes), "`"+setting.Name+"` (") {
				t.Errorf("%s: the notes do not tell of the setting %s", s.Name, setting.Name)
			}
		}
		if s.Unverified != strings.Contains(strings.Join(strings.Fields(string(notes)), " "),
			"marked unverified") {
			t.Errorf("%s: Unverified = %t, and the notes say otherwise", s.Name, s.Unverified)
		}
	}
}

// A source is a file in a public repository, or a page.
var source = regexp.MustCompile("^- (?:`([\\w.-]+)/[\\w.-]+:[^`]+`|<https://([\\w.-]+)/[^>]+>)$")

// What two people have seen who do not know each other is certain; the program must not say so of
// anything else. Sources of one owner, or on one site, count as one.
func TestCertainPresetsNameTwoSources(t *testing.T) {
	for _, s := range samples.All() {
		notes, err := os.ReadFile(filepath.Join(s.Name, "notes.md"))
		if err != nil {
			t.Fatal(err)
		}
		_, list, named := strings.Cut(string(notes), "\n**Sources.**\n\n")
		list, _, _ = strings.Cut(list, "\n\n")
		owners := map[string]bool{}
		for line := range strings.Lines(list) {
			match := source.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if match == nil {
				t.Errorf("%s: the source %q is neither `owner/name:path` nor <https://...>",
					s.Name, line)
				continue
			}
			owners[match[1]+match[2]] = true
		}
		if !s.Unverified && (!named || len(owners) < 2) {
			t.Errorf("%s: %d independent sources are named, want two or `unverified`", s.Name,
				len(owners))
		}
	}
}

func TestUnknownNamesGetTheNearestPreset(t *testing.T) {
	for name, want := range map[string]string{
		"stripe-payment":    "stripe-payments",
		"shopify":           "shopify-orders",
		"Shopify_Orders":    "shopify-orders",
		"woocommerce-order": "woocommerce-orders",
		"woocommerce":       "woocommerce-orders",
		"bigcommerce":       "bigcommerce-orders",
		"lemon-squeezy":     "lemonsqueezy-orders",
		"stripe-invoice":    "stripe-invoices",
		"quickbook":         "quickbooks-sales",
		"xero":              "xero-invoices",
		"datev":             "datev-buchungsstapel",
		"":                  "",
		"../stripe-balance": "",
	} {
		_, err := samples.Mapping(name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Mapping(%q): got error %v, want one that names %q", name, err, want)
		}
		if _, _, again := samples.Export(name); again == nil || again.Error() != err.Error() {
			t.Errorf("Export(%q): got error %v, want %v", name, again, err)
		}
	}
}
