package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"ableimport/mapping/cell"
)

// CellUse says, for the preview, what became of one cell.
type CellUse struct {
	Row    int
	Column string
	Value  string // masked when personal
	Field  string // keys.email
	Result string // what the event has there; masked when personal
}

// Cells says what became of the cells of one event, for people to check: one entry for each field
// that has a value, items for each row. It maps the rows again and is not meant for every row.
func (m *Mapper) Cells(rows []cell.Row) []CellUse {
	var event Event
	m.Map(rows, &event)
	if event.State != Mapped {
		return m.plainCells(rows)
	}
	var body struct{ Resource map[string]json.RawMessage }
	if err := json.Unmarshal(event.Body, &body); err != nil {
		return nil
	}

	var uses []CellUse
	for _, f := range m.orderFields() {
		if use, ok := m.use(f, resultOf(body.Resource, f.spec.name)); ok {
			uses = append(uses, use)
		}
	}

	return append(uses, m.itemCells(body.Resource["deal_items"])...)
}

// orderFields are the fields of the event without its items.
func (m *Mapper) orderFields() []*field {
	var all []*field
	for _, f := range []*field{m.time, m.value, m.currency, m.orderID} {
		if f != nil {
			all = append(all, f)
		}
	}
	all = append(all, m.texts...)
	for i := range m.keys {
		all = append(all, m.keys[i].fields...)
	}
	return append(append(append(all, m.lead...), m.custom...), m.client...)
}

// use says what one field took.
func (m *Mapper) use(f *field, result json.RawMessage) (CellUse, bool) {
	var v value
	if !m.find(f, &v) || v.empty() || v.slot == cell.None && f.spec.from != fromExpr &&
		f.spec.from != fromLookup {
		return CellUse{}, false
	}

	use := CellUse{Row: v.row, Column: m.columnOfValue(f, v), Field: f.spec.name,
		Value: m.shownValue(f, v)}
	var text string
	switch {
	case json.Unmarshal(result, &text) == nil && f.spec.personal:
		use.Result = cell.Mask(text)
	case f.spec.personal:
		use.Result = "•••"
	default:
		use.Result = cell.Visible(cell.MaskStray(strings.Trim(string(bytes.TrimSpace(result)),
			`"`)))
	}

	return use, true
}

// resultOf finds a field in the resource: keys.email, deal_value.
func resultOf(resource map[string]json.RawMessage, field string) json.RawMessage {
	object, member, nested := strings.Cut(field, ".")
	if !nested {
		return resource[field]
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(resource[object], &members) != nil {
		return nil
	}
	return members[member]
}

// itemCells says what became of the items' cells.
func (m *Mapper) itemCells(list json.RawMessage) []CellUse {
	var items []map[string]json.RawMessage
	if len(list) == 0 || json.Unmarshal(list, &items) != nil {
		return nil
	}

	var uses []CellUse
	next := 0
	for i := range m.rows {
		m.line.fill(&m.rows[i])
		before := len(uses)

		for _, f := range m.items {
			if next == len(items) {
				return uses
			}
			if use, ok := m.use(f, items[next][f.spec.name[len("items."):]]); ok {
				uses = append(uses, use)
			}
		}

		if len(uses) > before {
			next++
		}
	}

	return uses
}

// plainCells shows the cells that the mapping reads, of rows that became no event.
func (m *Mapper) plainCells(rows []cell.Row) []CellUse {
	var uses []CellUse
	if len(rows) == 0 {
		return nil
	}

	seen := map[int]bool{}
	for _, f := range append(m.orderFields(), m.id...) {
		var v value
		if m.find(f, &v) && !v.empty() && v.slot != cell.None && !(seen[v.slot] && f.spec.name == "id") {
			seen[v.slot] = true
			uses = append(uses, CellUse{v.row, m.columnOfValue(f, v), m.shownValue(f, v),
				f.spec.name, ""})
		}
	}

	return uses
}

// equality is the commonest condition: col("Status") == "paid".
var equality = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^col\("([^"]+)"(?:, *"[^"]*")?\) *(==|!=) *"([^"]*)"$`)
})

// ReasonText puts the reason of a skip into words for people: where becomes
// `Status is not "paid"` when the mapping's condition is as simple as that.
func (c *Config) ReasonText(reason string) string {
	if reason != "where" || len(c.where) != 1 {
		return strings.ReplaceAll(reason, "_", " ")
	}
	parts := equality().FindStringSubmatch(strings.TrimSpace(c.where[0].text))
	if parts == nil {
		return "where"
	}
	return fmt.Sprintf("%s is %s%q", parts[1], map[string]string{"==": "not ", "!=": ""}[parts[2]],
		parts[3])
}
