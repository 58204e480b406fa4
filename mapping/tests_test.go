package mapping

import (
	"strings"
	"testing"
)

const tested = minimal + `where: col("Status", "paid") == "paid"
tests:
  - name: a paid order
    rows: [{Order: "#1001", Total: "10.00", Currency: eur, Email: A@example.com}]
    event: {event_type: Purchase, resource: {deal_value: 10, deal_currency: EUR, keys: {email: a@example.com}, lead: }}
  - rows: [{Order: 1, Total: 5, Currency: EUR, Status: draft}]
    skipped: where
  - rows: [{Order: 1, Total: 5, Currency: EUR}]
    invalid: no_visitor_key
`

func TestRunTests(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"all as expected", tested, ""},
		{"another value", strings.Replace(tested, "deal_value: 10,", "deal_value: 11,", 1),
			`mapping.yaml:13:58: the test expects "11" for event.resource.deal_value, but it is 10.00`},
		{"a member that the event lacks",
			strings.Replace(tested, "lead: }", "lead: {company: x}}", 1),
			`the test expects event.resource.lead, which the event does not have; it has "deal_currency", "deal_value", "keys" and "order_id"`},
		{"an event where none is expected",
			strings.Replace(tested, "Status: draft", "Status: paid, Email: a@example.com", 1),
			`mapping.yaml:15:14: the test expects the rows to be skipped (where), but they become this event: {"event_type"`},
		{"another problem", strings.Replace(tested, "invalid: no_visitor_key",
			"invalid: amount_invalid", 1),
			`mapping.yaml:17:14: the test expects the problem amount_invalid, but the event is invalid: no_visitor_key, row 1: Email: is empty`},
		{"an invalid event where one is expected",
			strings.Replace(tested, "A@example.com", "nobody", 1),
			`the test expects an event, but the event is invalid: key_invalid`},
	} {
		t.Run(test.name, func(t *testing.T) {
			failed := parse(t, test.source).RunTests()
			switch {
			case test.want == "" && len(failed) > 0:
				t.Errorf("RunTests: %v, want none", failed)
			case test.want != "" && (len(failed) != 1 ||
				!strings.Contains(failed[0].Error(), test.want)):
				t.Errorf("RunTests: %v\nwant one that says %s", failed, test.want)
			}
		})
	}
}
