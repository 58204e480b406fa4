package samples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/draft"
	"ableimport/samples"
)

// TestDraftsReachTheFacts drafts a mapping for every sample and every export of CORPUS, answers the
// draft's questions like a person who knows the system, and must get the same events as the preset.
// With -v it prints how many lines that person had to change.
func TestDraftsReachTheFacts(t *testing.T) {
	for _, s := range samples.All() {
		t.Run(s.Name, func(t *testing.T) {
			got := previewDraft(t, filepath.Join(s.Name, s.Export), draftAnswers[s.Name])
			_, want, _ := strings.Cut(samplesGive[s.Name], "\nevents ")
			want, _, _ = strings.Cut(want, ", invalid")
			if events := fmt.Sprint(got.summary.Events.Total); events != want {
				t.Errorf("got %s events, want %s", events, want)
			}
			if got, want := strings.TrimSpace(money(got.summary)),
				moneyOf(samplesGive[s.Name]); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			golden, err := os.ReadFile(filepath.Join(s.Name, "events.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(problems(samplesGive[s.Name]),
				problems(inWords(got.summary))); diff != "" {
				t.Errorf("problems differ (-preset +draft):\n%s", diff)
			}
			if diff := cmp.Diff(sales(t, golden), sales(t, got.events)); diff != "" {
				t.Errorf("events differ (-preset +draft):\n%s", diff)
			}
		})
	}
	files, _ := filepath.Glob(filepath.Join(os.Getenv("CORPUS"), "exports", "*.facts.json"))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".facts.json")
		t.Run(name, func(t *testing.T) {
			want := readFacts(t, file)
			name := strings.TrimSuffix(name, ".xlsx")
			got := previewDraft(t, exportOf(file), draftAnswers[name])
			if diff := cmp.Diff(want, factsOf(got.summary)); diff != "" {
				t.Errorf("the draft differs from the facts (-want +got):\n%s", diff)
			}
			preset := preview(t, presetOf(t, file), exportOf(file))
			if diff := cmp.Diff(problems(inWords(preset.summary)),
				problems(inWords(got.summary))); diff != "" {
				t.Errorf("problems differ (-preset +draft):\n%s", diff)
			}
		})
	}
}

// problems are a summary's problems in words. Days that are read although the preset cannot read
// them (DATEV's, which lack the year) do not count as a difference.
func problems(gives string) []string {
	_, list, _ := strings.Cut(gives, "\nproblems: ")
	return slices.DeleteFunc(strings.Split(list, ", "), func(one string) bool {
		return strings.HasPrefix(one, "date_invalid") && strings.Contains(gives, "no revenue")
	})
}

// moneyOf is the money in what a sample gives.
func moneyOf(gives string) string {
	_, rest, _ := strings.Cut(gives, "\nevents ")
	line, _, _ := strings.Cut(rest, "\n")
	_, money, _ := strings.Cut(line, ":")
	return strings.TrimSpace(money)
}

// sales are the values, currencies and times of events, in order.
func sales(t *testing.T, events []byte) []string {
	t.Helper()
	all := []string{}
	for line := range bytes.Lines(events) {
		var event struct {
			Resource struct {
				Value    json.Number `json:"deal_value"`
				Currency string      `json:"deal_currency"`
				Time     json.Number `json:"event_time"`
			} `json:"resource"`
		}
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatal(err)
		}
		r := event.Resource
		all = append(all, fmt.Sprintf("%s %s at %s", r.Value, r.Currency, r.Time))
	}
	slices.Sort(all)
	return all
}

// previewDraft drafts a mapping for a file, has it answered, and reads the file with it.
func previewDraft(t *testing.T, file string, a answers) previewed {
	t.Helper()
	options := table.Options{Encoding: a.encoding}
	opened, err := table.Open(file, options)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	export := prepare.Export(file, opened, options)
	lines, err := draft.Suggest(export)
	if err != nil {
		t.Fatal(err)
	}
	open := "no open questions"
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(line.String() + "\n")
		if before, _, found := strings.Cut(line.Reason, ": look for OPEN"); found {
			open = before
		}
	}
	source := a.apply(t, text.String())
	config, err := mapping.Parse("mapping.yaml", []byte(source), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := config.Unanswered(); err != nil {
		t.Errorf("a question is left: %v", err)
	}
	t.Logf("%s: %s, %d changed lines: %s", filepath.Base(file), open, len(a.lines),
		orElse(a.why, "nothing to say"))
	return previewOf(t, importer.Job{Files: []string{file}, Mapping: config})
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// answers are what a person changes in a draft.
type answers struct {
	encoding string
	// how a line begins, and what replaces it; "" for the beginning: a line at the end
	lines [][2]string
	why   string // in the person's words
}

// apply changes the lines; each of them must be there.
func (a answers) apply(t *testing.T, text string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for _, answer := range a.lines {
		if answer[0] == "" {
			lines = append(lines, answer[1])
			continue
		}
		at := slices.IndexFunc(lines,
			func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), answer[0]) })
		if at < 0 {
			t.Fatalf("no line begins with %q in\n%s", answer[0], text)
		}
		indent := lines[at][:len(lines[at])-len(strings.TrimLeft(lines[at], " "))]
		lines[at] = indent + answer[1]
	}
	return answered(lines)
}

// answered is the mapping once every question is: the guesses about the sales are right if no line
// was changed, and the questions are removed.
func answered(lines []string) string {
	var kept []string
	asked := false
	for _, line := range lines {
		if asked = strings.HasPrefix(line, "questions:") ||
			asked && strings.HasPrefix(line, " "); asked {
			continue
		}
		line = strings.NewReplacer(": yes?", ": yes", ": no?", ": no").Replace(line)
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n") + "\n"
}

var draftAnswers = map[string]answers{
	"adyen-settlement": {lines: [][2]string{
		{`# number: "1234.56"`, `number: "1234.56"`},
		{"event_time:",
			"event_time: {column: Creation Date, timezone_column: TimeZone, timezones: {BST: " +
				"Europe/London}}"},
	}, why: "the decimal point is right, and 19,9S is a mistake; BST is in London"},
	"mollie-settlement":         {lines: [][2]string{{"# timezone:", "timezone: UTC"}}, why: "UTC"},
	"stripe_payments_snakecase": {lines: [][2]string{{"# timezone:", "timezone: UTC"}}, why: "UTC"},
	"braintree-transactions": {lines: [][2]string{
		{"# client_id:", "client_id: {column: Customer ID, required: false}"},
	}, why: "what settles counts; Able knows customers by this number"},
	"datev-buchungsstapel": {encoding: "windows-1252", lines: [][2]string{
		{"deal_value:", "deal_value: Umsatz (ohne Soll/Haben-Kz)"},
		{"deal_currency:", "deal_currency: {column: WKZ Umsatz, default: EUR}"},
		{"", "id: [{column: Belegfeld 1, default: '-'}, Belegdatum, Konto]"},
		{"order_id:", "order_id: {column: Belegfeld 1, required: false}"},
		{"", `skip: {no revenue: 'not hasPrefix(col("Gegenkonto (ohne BU-Schlüssel)"), "84") or len(col("Gegenkonto (ohne BU-Schlüssel)")) > 4 or col("Soll/Haben-Kennzeichen") == "H"', reversal: 'col("Generalumkehr") == "1"'}`},
	}, why: "amounts have no sign; euros; accounts 84.. are sales, debit only, and no reversals; " +
		"some have no number"},
	"gocardless-payments": {lines: [][2]string{
		{"submitted: yes?", "submitted: no"},
		{"# client_id:", "client_id: {column: customers.id, required: false}"},
	}, why: "confirmed counts; Able knows customers by this number"},
	"gumroad-sales": {lines: [][2]string{
		{"'1': no?", "'1': yes"},
		{"'1': no?", "'1': yes"},
		{"deal_currency:", "deal_currency: {const: USD}"},
		{"email:", "email: {first: [Purchase Email, Buyer Email]}"},
	}, why: "partly refunded and disputed sales count; US dollars; the buyer's other address " +
		"will do"},
	"gumroad_sales": {lines: [][2]string{
		{"'1': no?", "'1': yes"},
		{"'1': no?", "'1': yes"},
		{"deal_currency:", "deal_currency: {const: USD}"},
	}, why: "partly refunded and disputed sales count; US dollars"},
	"paddle-transactions": {lines: [][2]string{{"billed: yes?", "billed: no"}},
		why: "what is billed is not paid"},
	"quickbooks-sales": {lines: [][2]string{{"deal_currency:",
		"deal_currency: {const: USD}"}}, why: "US dollars"},
	"quickbooks_sales_by_customer_detail": {lines: [][2]string{{"deal_currency:",
		"deal_currency: {const: USD}"}}, why: "US dollars"},
	"recurly-invoices": {lines: [][2]string{
		{"processing: yes?", "processing: no"},
		{"event_time:", "event_time: {first: [closed_at, billed_date]}"},
		{"# client_id:", "client_id: {column: account_code, required: false}"},
	}, why: "what is in process is not paid; the time at which it was paid; Able knows customers " +
		"by their account"},
	"shopify-orders": {lines: [][2]string{
		{"partially_refunded: no?", "partially_refunded: yes"},
		{"phone:",
			"phone: {first: [Phone, Billing Phone, Shipping Phone], region_column: Billing " +
				"Country, required: false}"},
	}, why: "a partial refund leaves the sale; any phone will do"},
	"bigcommerce-orders": {lines: [][2]string{
		{"Partially Refunded:", "Partially Refunded: yes"},
		{"deal_value:", "deal_value: Order Total (inc tax)"},
		{"email:", "email: {first: [Customer Email, Billing Email]}"},
	}, why: "what is shipped or will be is paid; with taxes; the buyer's other address will do"},
	"chargebee-invoices": {lines: [][2]string{
		{"# timezone:", "timezone: UTC"},
		{"# client_id:", "client_id: {column: Customer Id, required: false}"},
	}, why: "UTC; Able knows customers by this number"},
	"eventbrite-attendees": {lines: [][2]string{
		{"# timezone:", "timezone: UTC"},
		{"", "group_by: 'Order #'"},
		{"Refunded:", "Refunded: yes"},
		{"Not Attending:", "Not Attending: yes"},
		{"Manual:", "Manual: yes"},
		{"Free Order:", "Free Order: yes"},
		{"deal_value:",
			`deal_value: {expr: 'col("Attendee Status") in ["Attending", "Checked In"] ? num("Total Paid") : number("0")', sum: true}`},
		{"email:", `email: {expr: 'col("Email")'}`},
		{"firstName:", `firstName: {expr: 'col("First Name")'}`},
		{"lastName:", `lastName: {expr: 'col("Last Name")'}`},
	}, why: "one purchase for each order, without those that were refunded; the first attendee's " +
		"address; all orders; UTC"},
	"lemonsqueezy-orders": {lines: [][2]string{
		{"partial_refund:", "partial_refund: yes"},
		{"Partially refunded:", "Partially refunded: yes"},
		{"deal_value:", "deal_value: {column: total, minor_units: true}"},
	}, why: "a partial refund leaves the sale; no tests; cents"},
	"razorpay-payments": {lines: [][2]string{
		{"# timezone:", "timezone: Asia/Kolkata"},
		{"email:", `email: {expr: 'col("email") == "void@razorpay.com" ? "" : col("email")'}` +
			"\n    phone: {column: contact, region: IN, required: false}"},
	}, why: "India; an address of Razorpay's own is nobody's"},
	"squarespace-orders": {lines: [][2]string{
		{"PARTIALLY_REFUNDED:", "PARTIALLY_REFUNDED: yes"},
	}, why: "a partial refund leaves the sale"},
	"stripe-invoices": {lines: [][2]string{
		{"deal_value:", "deal_value: Amount Paid"},
		{"email:", "email: Customer Email\n    client_id: {column: Customer, required: false}"},
	}, why: "what was paid, not what was settled from a balance; Able knows customers by " +
		"Stripe's number"},
	"wix-orders": {lines: [][2]string{
		{"# timezone:", "timezone: UTC"},
		{"Partially refunded:", "Partially refunded: yes"},
	}, why: "a partial refund leaves the sale; UTC"},
	"woocommerce-order-export": {lines: [][2]string{
		{"# timezone:", "timezone: UTC"},
		{"email:", "email: {first: [billing_email, customer_email]}"},
	}, why: "orders in process are paid; UTC"},
	"square-items": {lines: [][2]string{
		{"deal_value:", `deal_value: {expr: 'num("Net Sales") + num("Tax")', sum: true}`},
		{"deal_currency:", "deal_currency: {const: USD}"},
		{"# client_id:", "client_id: {column: Customer Reference ID, required: false}"},
	}, why: "net sales and tax; US dollars; Able knows customers by the number that the shop " +
		"gave them"},
	"square-transactions": {lines: [][2]string{
		{"deal_currency:", "deal_currency: {const: USD}"},
		{"# client_id:", "client_id: {column: Customer Reference ID, required: false}"},
	}, why: "US dollars; Able knows customers by the number that the shop gave them"},
	"stripe-payments": {lines: [][2]string{{"'*': no?", "'*': yes"},
		{"# client_id:", "client_id: {column: Customer ID, required: false}"}},
		why: "a dispute is no refund; Able knows customers by Stripe's number"},
	"woocommerce-analytics": {lines: [][2]string{
		{"# timezone:", "timezone: UTC"},
	}, why: "orders in process are paid; UTC"},
	"woocommerce-orders": {lines: [][2]string{
		{"# timezone:", "timezone: UTC"},
	}, why: "orders in process are paid; UTC"},
	"datev_buchungsstapel": {encoding: "windows-1252", lines: [][2]string{
		{"deal_value:", "deal_value: Umsatz (ohne Soll/Haben-Kz)"},
		{"deal_currency:", "deal_currency: {column: WKZ Umsatz, default: EUR}"},
		{"", `skip: {no revenue: 'not hasPrefix(col("Gegenkonto (ohne BU-Schlüssel)"), "84")'}`},
	}, why: "amounts have no sign; euros; accounts 84.. are sales"},
}
