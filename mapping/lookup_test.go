package mapping

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const looking = `version: 1
name: xero
event: Purchase
lookups: {contacts: {file: contacts.csv, on: {Customer: Name}}}
columns: {Name: [Contact name]}
fields:
  order_id: Order
  deal_value: Total
  deal_currency: {const: EUR}
  keys: {email: {lookup: contacts, column: Email}, phone: {lookup: contacts, column: Phone}}
`

func TestLookups(t *testing.T) {
	want := []Lookup{{"contacts", "contacts.csv",
		[][]string{{"Name", "Contact name"}, {"Phone"}, {"Email"}}}}
	if diff := cmp.Diff(want, parse(t, looking).Lookups()); diff != "" {
		t.Errorf("Lookups (-want +got):\n%s", diff)
	}
	if got := parse(t, looking).Columns(); slices.ContainsFunc(got,
		func(names []string) bool { return names[0] == "Email" }) {
		t.Errorf("Columns: %v, want none of the other file", got)
	}
}

func lookupTable(t *testing.T, c *Config) *LookupTable {
	t.Helper()
	header, rows := table("Contact name|Email|Phone", "Acme|acme@example.com|+14155550123",
		"Acme|acme@example.com|+14155550123",
		"Beta|one@example.com|", "Beta|two@example.com|", "Gamma||")
	contacts, err := c.NewLookupTable("contacts", "contacts.csv", header)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		contacts.Add(row)
	}
	return contacts
}

func TestMapLooksUp(t *testing.T) {
	c := parse(t, looking)
	contacts := lookupTable(t, c)
	for _, test := range []struct {
		name, customer string
		state          State
		want           []string
	}{
		{"a customer who is there, twice with the same values", "Acme", Mapped, nil},
		{"one who is there with different values", "Beta", Invalid,
			[]string{"lookup_ambiguous@2:Customer (warning)", "no_visitor_key@2:"}},
		{"one without e-mail", "Gamma", Invalid, []string{"no_visitor_key@2:"}},
		{"one who is not there", "Delta", Invalid,
			[]string{"lookup_unmatched@2:Customer (warning)", "no_visitor_key@2:"}},
		{"no customer", "", Invalid, []string{"no_visitor_key@2:"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table("Order|Total|Customer", "1|5|"+test.customer)
			m, err := c.Bind("x.csv", header)
			if err != nil {
				t.Fatal(err)
			}
			m.Use(contacts)
			var e Event
			m.Map(rows, &e)
			if diff := cmp.Diff(test.want, problems(e)); diff != "" || e.State != test.state {
				t.Errorf("state %d, problems (-want +got):\n%s", e.State, diff)
			}
			if test.state == Mapped && !strings.Contains(string(e.Body),
				`"keys":{"phone":"+14155550123","email":"acme@example.com"}`) {
				t.Errorf("body %s", e.Body)
			}
			for _, p := range e.Problems {
				if test.customer != "" && strings.Contains(p.Message()+p.Value, test.customer) {
					t.Errorf("problem shows a personal value: %+v", p)
				}
			}
		})
	}
}

func TestLookupMistakes(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"a lookup that is not declared", strings.Replace(looking,
			"{lookup: contacts, column: Email}", "{lookup: contatcs, column: Email}", 1),
			`mapping.yaml:10:17: keys.email: no lookup "contatcs" under lookups:; nearest: "contacts"`},
		{"a lookup without a file", strings.Replace(looking, "file: contacts.csv, ", "", 1),
			`mapping.yaml:4:11: lookup "contacts" needs file: and on:`},
		{"a lookup without a column", strings.Replace(looking, "{lookup: contacts, column: Email}",
			"{lookup: contacts}", 1),
			`keys.email does not say where the value comes from`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("mapping.yaml", []byte(test.source), noEnvironment)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Parse error:\n%v\nwant it to say:\n%s", err, test.want)
			}
		})
	}
	_, err := parse(t, looking).NewLookupTable("contacts", "contacts.csv",
		[]string{"Name", "E-Mail", "Phone"})
	if want := `mapping.yaml:10:44: no column "Email" in contacts.csv; nearest: "E-Mail"`; err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("NewLookupTable: %v, want %s", err, want)
	}
}
