package mapping

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// FuzzParseConfig: whatever a mapping file contains, it is read or refused with a place; nothing
// panics.
func FuzzParseConfig(f *testing.F) {
	for _, source := range []string{minimal, grouped, everything, "", "a: {b: [", "fields:\n\tx: 1",
		"where: '1 +'\n",
		minimal + "where: num(\"Total\") * 1.5 > len(col(\"x\"))\n", minimal + "id: content\n",
		"? a\n: b\n", minimal + "where: col(\"\") == \"\"\n"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		c, err := Parse("mapping.yaml", []byte(source), noEnvironment)
		if err != nil {
			var place *document.Error
			if errors.As(err, &place) && (place.Line < 1 || place.Column < 1) {
				t.Errorf("the error has no place: %v", err)
			}
			return
		}
		var header []string
		for _, names := range c.Columns() {
			header = append(header, names[0])
		}
		if _, err := c.Bind("x.csv", header); err != nil && !mayRefuse(err) {
			t.Errorf("a file with all columns is refused: %v", err)
		}
	})
}

// mayRefuse reports errors that a file with all named columns can still have: columns without
// heading, and lookups that need their own file.
func mayRefuse(err error) bool {
	return strings.Contains(err.Error(), `no column "column `) ||
		strings.Contains(err.Error(), "stands twice")
}

// everything uses all that a mapping can say.
const everything = `version: 1
name: all
event: {column: Kind, map: {sale: Purchase, "*": Lead}}
formats: {timezone: Europe/Berlin, time_of_day: "12:00"}
columns: {Total: [Amount]}
group_by: Order
skip: {test: col("Mode") == "test"}
where: num("Total") >= 0 and not (col("Kind") startsWith "x")
id: [Order, Kind]
fields:
  order_id: Order
  event_time: {first: [Paid, Created], as: rfc3339}
  deal_value: {column: Total, net_of: [Refund]}
  deal_currency: {column: Currency, default: EUR}
  description: {column: [Kind, Notes], join: " - "}
  message: {column: Notes, join: "; "}
  keys:
    email: {first: [Email, Other], split: ","}
    phone: {column: Phone, region: DE, required: false}
    client_id: Customer
    gclid: {column: Landing, take: {query: gclid}}
  lead: {firstName: {column: Name, take: first_word}, lastName: {column: Name, take: rest_words}}
  custom_data: {score: {column: Score, number: "1.0"}, twice: {expr: 'text(num("Score") * 2)'}}
  client: {ip: IP}
items:
  name: Item
  price: Price
  qty: Quantity
  where: col("Item") != "Shipping"
`

// FuzzMapRow: whatever the cells contain, the body is valid JSON or the event is not mapped, a
// problem says why, and nothing panics.
func FuzzMapRow(f *testing.F) {
	f.Add("1001|paid|12.50|EUR|a@example.com|2025-12-06 10:37:33 -0500", byte(cell.Text))
	f.Add("1001|sale|-1|usd|x|1765035453", byte(cell.Number))
	f.Add("Total||12.50|||\n#N/A|'+1|\xff|€|\"\\|\u2028", byte(cell.Error))
	f.Add("1|sale|999999999999999999|JPY|a@b.c,d@e.f|0001-01-01\n1|||||", byte(cell.Date))
	c, err := Parse("mapping.yaml", []byte(everything), noEnvironment)
	if err != nil {
		f.Fatal(err)
	}
	header := []string{"Order", "Kind", "Total", "Currency", "Email", "Created", "Paid", "Refund",
		"Mode", "Notes", "Other", "Phone", "Customer",
		"Landing", "Name", "Score", "IP", "Item", "Price", "Quantity"}
	f.Fuzz(func(t *testing.T, text string, kind byte) {
		m, err := c.Bind("x.csv", header)
		if err != nil {
			t.Fatal(err)
		}
		var rows []cell.Row
		for i, line := range strings.Split(text, "\n") {
			row := cell.Row{Number: i + 2}
			for _, value := range strings.Split(line, "|") {
				row.Cells = append(row.Cells, []byte(value))
				row.Kinds = append(row.Kinds, kind%(cell.NoValue+1))
			}
			m.Admit(row)
			m.Key(row)
			rows = append(rows, row)
		}
		var e Event
		m.Map(rows, &e)
		checkEvent(t, &e)
		m.Cells(rows)
	})
}

// checkEvent compares an event with what it promises.
func checkEvent(t *testing.T, e *Event) {
	t.Helper()
	switch e.State {
	case Mapped:
		if !json.Valid(e.Body) {
			t.Errorf("body is not valid JSON: %q", e.Body)
		}
		if len(e.ID) == 0 || e.Keys == 0 || e.Type == "" {
			t.Errorf("a mapped event lacks id, keys or type: %+v", e)
		}
	case Skipped:
		if e.Reason == "" {
			t.Errorf("a skipped event has no reason: %+v", e)
		}
	case Invalid:
		if !e.invalid() || len(e.Body) > 0 {
			t.Errorf("an invalid event has no problem, or a body: %+v", e)
		}
	}
}
