package identity

import (
	"testing"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// The same amounts are the same content, however many of their zeros a file has; other amounts are
// not.
func TestContentOfAmounts(t *testing.T) {
	body := func(value, price, rest string) string {
		return `{"event_type":"Purchase","resource":{"order_id":"\"price\":1","deal_value":` +
			value + `,"deal_currency":"X","deal_items":[{"name":"a","price":` +
			price + `,"qty":1},{"name":"b","price":` + price + `}]` + rest + `}}`
	}
	for _, test := range []struct {
		name, currency, a, b string
		same                 bool
	}{
		{"12 and 12.00", "EUR", body("12", "3.5", ""), body("12.00", "3.50", ""), true},
		{"12.0 and 12.00", "EUR", body("12.0", "3.50", ""), body("12.00", "3.50", ""), true},
		{"a negative one", "EUR", body("-12.5", "-3", ""), body("-12.50", "-3.00", ""), true},
		{"three decimals", "KWD", body("12", "3.5", ""), body("12.000", "3.500", ""), true},
		{"no decimals", "JPY", body("12", "3", ""), body("12", "3", ""), true},
		{"other amounts", "EUR", body("12", "3.5", ""), body("12.01", "3.5", ""), false},
		{"ten times as much", "EUR", body("12", "3.5", ""), body("120", "3.5", ""), false},
		{"another price", "EUR", body("12", "3.5", ""), body("12", "3.05", ""), false},
		{"another field", "EUR", body("12", "3.5", `,"custom_data":{"price":"5"}`),
			body("12.00", "3.50", `,"custom_data":{"price":"5.0"}`), false},
	} {
		var n Identifier
		a := n.Identify(&mapping.Event{
			HasAmount: true, Currency: test.currency, Body: []byte(test.a),
		})
		b := n.Identify(&mapping.Event{
			HasAmount: true, Currency: test.currency, Body: []byte(test.b),
		})
		if same := a.Content == b.Content; same != test.same {
			t.Errorf("%s: the same content: %v, want %v", test.name, same, test.same)
		}
		if test.a != test.b && a.Body == b.Body {
			t.Errorf("%s: the bodies have one hash", test.name)
		}
		if !a.Has(a.Body) || !a.Has(a.Content) {
			t.Errorf("%s: an event is not known by its own hashes", test.name)
		}
		if full, short := n.fullAmounts([]byte(test.b), test.currency); test.same && short {
			t.Errorf("%s: there is nothing to add, and it became %s", test.name, full)
		}
	}
}

// The same moment is the same content in any zone, and equals what was kept when all times were in
// UTC.
func TestContentOfTimes(t *testing.T) {
	body := func(time, value string) []byte {
		return []byte(
			`{"event_type":"Purchase","resource":{"order_id":"\"event_time\":\"2026-01-01T00:00:00+05:00\"","deal_value":` +
				value + `,"deal_currency":"EUR","event_time":"` + time + `"}}`)
	}
	var n Identifier
	kept := n.Identify(&mapping.Event{
		HasAmount: true, Currency: "EUR", AllDecimals: true,
		Body: body("2026-11-05T13:03:00Z", "12.50"),
	})
	for _, test := range []struct {
		name, time, value string
		same              bool
	}{
		{"in Berlin", "2026-11-05T14:03:00+01:00", "12.50", true},
		{"in Kolkata", "2026-11-05T18:33:00+05:30", "12.50", true},
		{"with less decimals", "2026-11-05T14:03:00+01:00", "12.5", true},
		{"an hour later", "2026-11-05T15:03:00+01:00", "12.50", false},
		{"another amount", "2026-11-05T14:03:00+01:00", "12.51", false},
	} {
		e := n.Identify(&mapping.Event{
			HasAmount: true, Currency: "EUR", LocalTime: true, Body: body(test.time, test.value),
		})
		if same := e.Has(kept.Content); same != test.same {
			t.Errorf("%s: the same content: %v, want %v", test.name, same, test.same)
		}
		if e.Body == kept.Body {
			t.Errorf("%s: the bodies have one hash", test.name)
		}
	}
}

// What the mapper knows of the decimals saves a look at most bodies. It must never skip one that
// matters.
func TestDecimalsAreToldTruly(t *testing.T) {
	config, err := mapping.Parse("m.yaml", []byte(`
version: 1
name: decimals
event: Purchase
fields:
  order_id: Id
  deal_value: Total
  deal_currency: Currency
  keys: {client_id: Id}
  custom_data: {price: {column: Fee, number: "1234.56"}}
  lead: {price: {column: Day, date: YYYY-MM-DD, timezone: UTC, time_of_day: "12:00", as: unix, required: false}}
items: {name: Name, price: Price, qty: Qty}
`), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	mapper, err := config.Bind("f.csv",
		[]string{"Id", "Total", "Currency", "Name", "Price", "Qty", "Fee", "Day"})
	if err != nil {
		t.Fatal(err)
	}
	amounts := []string{"12", "12.0", "12.00", "12.5", "12.50", "12.500", "-3", ""}
	var event mapping.Event
	var n Identifier
	told := 0
	for _, currency := range []string{"EUR", "JPY", "KWD", "CLF"} {
		for _, total := range amounts {
			for _, price := range amounts {
				for _, fee := range amounts {
					var cells [][]byte
					day := "" // a number that is called price, but is not one
					if fee == "12.50" {
						day = "2026-11-03"
					}
					for _, value := range []string{"A-1", total, currency, "Tea", price, "2",
						fee, day} {
						cells = append(cells, []byte(value))
					}
					mapper.Map([]cell.Row{{Number: 2, Cells: cells}}, &event)
					if event.State != mapping.Mapped {
						continue
					}
					if full, short := n.fullAmounts(event.Body, currency); short &&
						event.AllDecimals {
						t.Errorf("%s: all decimals are said to be there, and they are %s",
							event.Body, full)
					}
					if event.AllDecimals {
						told++
					}
				}
			}
		}
	}
	if told == 0 {
		t.Error("no body was said to have all decimals")
	}
}

// A fleeting likeness joins the same events as a lasting one, and everything else is the same.
func TestFleetingLikeness(t *testing.T) {
	event := func(visitor, currency string, minor int64) *mapping.Event {
		return &mapping.Event{Type: "Purchase", ID: []byte("1"), Body: []byte("{}"),
			HasAmount: true, Minor: minor, Currency: currency, Visitor: []byte(visitor)}
	}
	events := []*mapping.Event{
		event("\x01ann@example.com", "EUR", 1250), event("\x01bob@example.com", "EUR", 1250),
		event("\x02ann@example.com", "EUR", 1250), event("\x01ann@example.com", "USD", 1250),
		event("\x01ann@example.com", "EUR", 1251), event("\x01ann@example.com", "EUR", 1250),
		event("", "EUR", 1250),
	}
	kept, fleeting := Identifier{Namespace: "n"}, Identifier{Namespace: "n", Fleeting: true}
	for i, a := range events {
		for j, b := range events {
			keptA, keptB := kept.Identify(a), kept.Identify(b)
			brief, briefB := fleeting.Identify(a), fleeting.Identify(b)
			if alike := brief.Alike == briefB.Alike; alike != (keptA.Alike == keptB.Alike) {
				t.Errorf("events %d and %d are alike: %v", i, j, alike)
			}
			if brief.Alike = keptA.Alike; brief != keptA {
				t.Errorf("event %d has another identity", i)
			}
		}
	}
}
