package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"ableimport/cmd/able-import/prepare"
	"ableimport/mapping"
)

// A valueColumn is a column with few values, by which rows can be left out, or events told apart.
type valueColumn struct {
	Name   string
	Values []columnValue
	Out    int // how many of its values are left out
}

// A columnValue is one of them.
type columnValue struct {
	Text  string
	Rows  int64
	Out   bool   // its rows are left out
	Event string // what its rows become, where events are told apart by the column
}

// leaving are conditions that leave rows out by the values of a column, as this page writes them.
var leaving = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^col\(("(?:[^"\\]|\\.)*")\) in (\[[^\[\]]*\])$`)
})

// leftOutBy reads such a condition.
func leftOutBy(condition string) (column string, values []string) {
	parts := leaving().FindStringSubmatch(condition)
	if parts == nil || json.Unmarshal([]byte(parts[1]), &column) != nil ||
		json.Unmarshal([]byte(parts[2]), &values) != nil {
		return "", nil
	}
	return column, values
}

// leavingName is the reason that people see for rows that are left out.
func leavingName(column string, values []string) string {
	if len(values) > 3 {
		return fmt.Sprintf("%s is one of %d values", column, len(values))
	}
	shown := make([]string, len(values))
	for i, value := range values {
		if shown[i] = value; value == "" {
			shown[i] = "empty"
		}
	}
	return column + " is " + strings.Join(shown, " or ")
}

// ours reports whether a line under skip: was written by this page.
func (c *choice) ours(name string) bool {
	column, values := leftOutBy(words(c.doc.get("skip", name)))
	return column != "" && leavingName(column, values) == name
}

// valueColumns are the columns of the files with few values, which are not personal data.
func (o *openImport) valueColumns() (all []valueColumn) {
	out := map[string][]string{}
	other := map[string]bool{}
	for _, name := range keysOf(o.choice.doc.get("skip")) {
		if column, values := leftOutBy(words(o.choice.doc.get("skip", name))); o.choice.ours(name) {
			out[column] = values
		} else {
			for _, h := range o.headings() {
				quoted, _ := json.Marshal(h.Name) // texts have a JSON form
				if strings.Contains(words(o.choice.doc.get("skip", name)), "col("+string(quoted)) {
					other[h.Name] = true // the mapping has a reason of its own
				}
			}
		}
	}

	for _, h := range o.headings() {
		values := o.ofData(h.Name, o.valuesOf(h.Name))
		var rows int64
		for _, v := range values {
			rows += v.Rows
		}

		filled, once := 0, 0
		for _, v := range values {
			if v.Text != "" {
				filled++
			}
			if v.Rows == 1 {
				once++
			}
		}

		switch {
		case o.choice.isOf(h.Name, "order_id", "event_time", "deal_value"):
			continue // each row has its own
		case len(values) < 2, rows <= int64(len(values)), other[h.Name]:
			continue
		case len(values) > mostKinds && 2*once > len(values):
			continue // names, not kinds
		case filled < 2 && o.choice.reads(h.Name):
			continue // its empty cells belong to totals, or are reported elsewhere
		}

		one := valueColumn{Name: h.Name}
		for _, v := range values {
			left := slices.Contains(out[h.Name], v.Text)
			if left {
				one.Out++
			}
			one.Values = append(one.Values,
				columnValue{v.Text, v.Rows, left, o.choice.eventOf(h.Name, v.Text)})
		}

		all = append(all, one)
	}

	return all
}

// mostKinds is how many values a column may have although most of them occur once.
const mostKinds = 5

// ofData takes the rows that are no data, such as totals, out of the count of empty cells.
func (o *openImport) ofData(column string, values []prepare.Value) (all []prepare.Value) {
	empty := int64(0)
	if o.aside != nil {
		for _, row := range o.aside.Rows {
			if row.Reason != "" && !slices.ContainsFunc(row.Cells,
				func(c mapping.CellUse) bool { return c.Column == column }) {
				empty++
			}
		}
	}

	for _, v := range values {
		if v.Text == "" {
			v.Rows -= empty
		}
		if v.Rows > 0 {
			all = append(all, v)
		}
	}
	return all
}

// identifies reports whether people are known by a column.
func (c *choice) identifies(name string) bool {
	if c == nil {
		return false
	}
	for _, key := range []string{"email", "phone"} {
		value := c.doc.get("fields", "keys", key)
		if strings.Contains(words(value), name) { // also as one of several
			return true
		}
	}
	return false
}

// isOf reports whether one of some fields is taken from a column.
func (c *choice) isOf(name string, fields ...string) bool {
	return slices.ContainsFunc(fields, func(f string) bool {
		from, simple := column(c.doc.get("fields", f))
		return simple && from == name
	})
}

// reads reports whether a field is taken from a column.
func (c *choice) reads(name string) bool {
	for _, group := range fieldGroups {
		for _, f := range group.Fields {
			if from, simple := column(c.doc.get(strings.Split(f.Path, ".")...)); simple &&
				from == name {
				return true
			}
		}
	}
	return false
}

// valuesOf are the values of a column in all files; nil where they are many, or somebody's.
func (o *openImport) valuesOf(name string) (all []prepare.Value) {
	for _, file := range o.found {
		for _, column := range file.Columns {
			if column.Name != name {
				continue
			}
			if column.Values == nil || column.Personal {
				return nil
			}

			for _, v := range column.Values {
				same := func(known prepare.Value) bool { return known.Text == v.Text }
				if at := slices.IndexFunc(all, same); at >= 0 {
					all[at].Rows += v.Rows
				} else {
					all = append(all, v)
				}
			}
		}
	}

	return all
}

// takeLeaving takes the values whose rows are left out.
func (c *choice) takeLeaving(form url.Values, columns []valueColumn) (errs error) {
	if !form.Has("leaving") {
		return nil
	}

	for _, column := range columns {
		var before, after []string
		for _, v := range column.Values {
			if v.Out {
				before = append(before, v.Text)
			}
			if slices.Contains(form["leave."+column.Name], v.Text) {
				after = append(after, v.Text)
			}
		}

		if slices.Equal(before, after) {
			continue
		}

		if len(after) == len(column.Values) {
			all := errors.New("this leaves out every row: keep one of the values")
			errs = errors.Join(errs, atField("leave."+column.Name, all))
			continue
		}

		if len(before) > 0 {
			errs = errors.Join(errs, c.set(nil, "skip", leavingName(column.Name, before)))
		}

		if len(after) > 0 {
			name, _ := json.Marshal(column.Name) // texts have a JSON form
			values, _ := json.Marshal(after)
			condition := fmt.Sprintf("col(%s) in %s", name, values)
			errs = errors.Join(errs, c.set(condition, "skip", leavingName(column.Name, after)))
		}
	}

	return errs
}

// EventBy is the column by which events are told apart; "" where all are the same.
func (c *choice) EventBy() string {
	object, _ := c.doc.get("event").(yaml.MapSlice)
	name, _ := member(object, "column").(string)
	return name
}

func (c *choice) eventOf(column, value string) string {
	if c.EventBy() != column {
		return ""
	}
	events, _ := c.doc.get("event", "map").(yaml.MapSlice)
	return words(member(events, value))
}

// eventField is the name of the field that says which event a value of a column is.
func eventField(column, value string) string { return "event." + column + "." + value }

// takeEvents takes which event each value of a column is, or that all are the same.
func (c *choice) takeEvents(form url.Values, columns []valueColumn) error {
	if !form.Has("event_by") {
		return nil
	}
	by := form.Get("event_by")
	if by == "" {
		if c.EventBy() == "" {
			return nil
		}
		return c.set(strings.TrimSpace(form.Get("event")), "event")
	}

	at := slices.IndexFunc(columns, func(v valueColumn) bool { return v.Name == by })
	if at < 0 {
		return atField("event_by",
			fmt.Errorf("the column %q has too many values to name an event for each", by))
	}

	var events yaml.MapSlice
	var errs error
	for _, v := range columns[at].Values {
		field := eventField(by, v.Text)
		event := strings.TrimSpace(form.Get(field))
		if event == "" && !slices.Contains(form["leave."+by], v.Text) {
			errs = errors.Join(errs,
				atField(field, errors.New("say which event this is, or leave these rows out")))
		}
		if event != "" {
			events = append(events, yaml.MapItem{Key: v.Text, Value: event})
		}
	}

	if errs != nil {
		c.eventBy = by
		return errs
	}

	value := yaml.MapSlice{{Key: "column", Value: by}, {Key: "map", Value: events}}

	if words(c.doc.get("event", "column")) == by &&
		words(c.doc.get("event", "map")) == words(events) {
		return nil
	}

	return c.set(value, "event")
}

// LeavingOpen reports whether the values are shown without being asked for: where rows are left out
// by one, and where a proposal uses a column for nothing, which may tell credit notes from
// invoices.
func (p columnsPage) LeavingOpen() bool {
	return slices.ContainsFunc(p.ByValue, func(c valueColumn) bool {
		unused := p.Origin == "draft" && slices.ContainsFunc(p.Headings, func(h heading) bool {
			return h.Name == c.Name && len(h.Used) == 0
		})
		var rows int64
		for _, v := range c.Values {
			rows += v.Rows
		}
		kinds := rows >= 2*int64(len(c.Values)) // and not, say, customers
		return c.Out > 0 || unused && kinds || p.Faults.At("leave."+c.Name) != nil
	})
}

// LeftOut are the values that are left out, as one line.
func (p columnsPage) LeftOut() string {
	var all []string
	for _, column := range p.ByValue {
		var values []string
		for _, v := range column.Values {
			if v.Out {
				values = append(values, v.Text)
			}
		}
		if len(values) > 0 {
			all = append(all, leavingName(column.Name, values))
		}
	}

	return strings.Join(all, "; ")
}
