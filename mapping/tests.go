package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cockroachdb/apd/v3"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// test is an example in the mapping file: rows of one event, and what must come out of them.
type test struct {
	document.Place
	rows    []*document.Node
	event   *document.Node // members that the event must have
	skipped *document.Node // the reason why it must be left out
	invalid *document.Node // the problem that it must have
	set     map[string]string
}

func (r *reader) tests(n *document.Node) {
	nodes := []*document.Node{n}
	if n.Kind == document.List {
		nodes = n.List
	}

	for _, each := range nodes {
		t := &test{Place: each.Place}
		r.Object(each, "tests", document.Keys{
			"name":    func(n *document.Node) { r.Text(n, "name") },
			"rows":    func(n *document.Node) { t.rows = r.testRows(n) },
			"event":   func(n *document.Node) { t.event = n },
			"skipped": func(n *document.Node) { t.skipped = n },
			"invalid": func(n *document.Node) { t.invalid = n },
			"set": func(n *document.Node) {
				t.set = map[string]string{}
				for _, e := range n.Entries {
					t.set[e.Key.Text] = r.Text(e.Value, "set")
				}
				if err := r.config.CheckSettings(t.set); err != nil {
					r.Problem(n.Place, "set: %v", err)
				}
			},
		})

		expectations := 0
		for _, expected := range []*document.Node{t.event, t.skipped, t.invalid} {
			if expected != nil {
				expectations++
			}
		}

		if each.Kind == document.Object && (len(t.rows) == 0 || expectations != 1) {
			r.Problem(each.Place, "a test needs rows: and one of event:, skipped: or invalid:")
		}

		r.config.tests = append(r.config.tests, t)
	}
}

func (r *reader) testRows(n *document.Node) []*document.Node {
	if n.Kind != document.List {
		r.Problem(n.Place, "rows: expected a list, each row as {Column: value, ...}")
		return nil
	}

	for _, row := range n.List {
		if row.Kind != document.Object {
			r.Problem(row.Place, "a row is written as {Column: value, ...}")
			return nil
		}
		for _, e := range row.Entries {
			if e.Value.Kind == document.List || e.Value.Kind == document.Object {
				r.Problem(e.Value.Place, "a cell is a single value")
			}
		}
	}

	return n.List
}

// Tests is how many tests the mapping has.
func (c *Config) Tests() int { return len(c.tests) }

// RunTests runs the tests in the mapping and returns the differences, each as an [*document.Error]
// at the test or at the value that differs.
func (c *Config) RunTests() []error {
	var failed []error
	for _, t := range c.tests {
		with, err := c.withSettings(t.set)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		failed = append(failed, with.runTest(t)...)
	}
	return failed
}

// withSettings is the mapping with these settings and no others: a test is true whatever was given
// for the import.
func (c *Config) withSettings(values map[string]string) (*Config, error) {
	if len(c.settings) == 0 {
		return c, nil
	}
	return Parse(c.document.File, withSet(c.text, values), c.getenv)
}

func (c *Config) runTest(t *test) []error {
	header, rows := c.testTable(t)
	m, err := c.Bind("the test", header)
	if err != nil {
		return []error{err}
	}

	var data []cell.Row
	var last *Skip
	for _, row := range rows {
		if skip := m.Admit(row); skip != nil {
			last = skip
			continue
		}
		data = append(data, row)
	}

	// If Admit skips all rows, no event says why.
	var event Event
	if m.Map(data, &event); len(data) == 0 && last != nil {
		event.Reason = last.Reason
	}

	switch {
	case t.skipped != nil:
		if event.State == Skipped && event.Reason == t.skipped.Text {
			return nil
		}
		return []error{c.errorf(t.skipped.Place,
			"the test expects the rows to be skipped (%s), but %s",
			t.skipped.Text, event.describe())}
	case t.invalid != nil:
		expected := func(p Problem) bool { return p.Code == t.invalid.Text }
		if slices.ContainsFunc(event.Problems, expected) {
			return nil
		}
		return []error{c.errorf(t.invalid.Place, "the test expects the problem %s, but %s",
			t.invalid.Text, event.describe())}
	}

	if event.State != Mapped {
		return []error{c.errorf(t.event.Place, "the test expects an event, but %s",
			event.describe())}
	}

	decoder := json.NewDecoder(bytes.NewReader(event.Body))
	decoder.UseNumber()
	var got any
	if err := decoder.Decode(&got); err != nil {
		return []error{c.errorf(t.event.Place, "the event is not valid JSON: %v", err)}
	}
	return c.differences(t.event, got, "event")
}

// testTable makes a table of a test's rows: their columns, and the others that a file must have,
// which are empty.
func (c *Config) testTable(t *test) (header []string, rows []cell.Row) {
	for _, row := range t.rows {
		for _, e := range row.Entries {
			if column := NormalName(e.Key.Text); !slices.Contains(header, column) {
				header = append(header, column)
			}
		}
	}

	must, _ := c.columns()
	for _, names := range must {
		if !slices.ContainsFunc(names,
			func(name string) bool { return slices.Contains(header, name) }) {
			header = append(header, names[0])
		}
	}

	for number, row := range t.rows {
		cells, kinds := make([][]byte, len(header)), make([]byte, len(header))
		for _, e := range row.Entries {
			at := slices.Index(header, NormalName(e.Key.Text))
			cells[at] = []byte(e.Value.Text)
			kinds[at] = cell.KindOfText(cells[at])
		}
		rows = append(rows, cell.Row{Number: number + 1, Cells: cells, Kinds: kinds})
	}

	return header, rows
}

func (e *Event) describe() string {
	switch e.State {
	case Skipped:
		return "they are skipped: " + e.Reason
	case Invalid:
		p := e.Problems[0]
		return fmt.Sprintf("the event is invalid: %s, row %d: %s: %s", p.Code, p.Row,
			p.Column, p.Message())
	}
	return "they become this event: " + string(e.Body)
}

// differences compares the members that a test names with the event's.
func (c *Config) differences(want *document.Node, got any, path string) []error {
	switch want.Kind {
	case document.Object:
		object, ok := got.(map[string]any)
		if !ok {
			return []error{c.errorf(want.Place, "the test expects members of %s, but it is %s",
				path, encode(got))}
		}
		var all []error
		for _, e := range want.Entries {
			all = append(all, c.member(e, object, path)...)
		}
		return all
	case document.List:
		list, ok := got.([]any)
		if !ok || len(list) != len(want.List) {
			return []error{c.errorf(want.Place, "the test expects %d values of %s, but it is %s",
				len(want.List), path, encode(got))}
		}
		var all []error
		for i, each := range want.List {
			all = append(all, c.differences(each, list[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return all
	}

	if !sameScalar(want, got) {
		return []error{c.errorf(want.Place, "the test expects %q for %s, but it is %s", want.Text,
			path, encode(got))}
	}

	return nil
}

func (c *Config) member(e document.Entry, object map[string]any, path string) []error {
	got, ok := object[e.Key.Text]
	switch {
	case ok:
		return c.differences(e.Value, got, path+"."+e.Key.Text)
	case e.Value.Kind == document.Null:
		return nil
	}
	return []error{c.errorf(e.Key.Place,
		"the test expects %s, which the event does not have; it has %s",
		path+"."+e.Key.Text, document.ListOf(document.SortedKeys(object), "and"))}
}

// sameScalar compares a value of the test with one of the event: numbers by their value, text by
// its letters.
func sameScalar(want *document.Node, got any) bool {
	switch got := got.(type) {
	case string:
		return want.Kind == document.Scalar && want.Text == got
	case json.Number:
		a, _, err := apd.NewFromString(want.Text)
		b, _, err2 := apd.NewFromString(got.String())
		return err == nil && err2 == nil && a.Cmp(b) == 0
	case nil:
		return want.Kind == document.Null
	}
	return false
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Doubtful lists what is probably a mistake in a mapping, as warnings with their place: an event
// type that is not a standard one, and columns of tests that nothing in the mapping reads.
func (c *Config) Doubtful() []*document.Error {
	var all []*document.Error
	if warning := unknownType(c.Event); warning != "" {
		all = append(all, c.errorf(c.eventPlace, "%s", warning))
	}

	must, may := c.columns()
	known := map[string]bool{}
	var names []string
	for _, column := range slices.Concat(must, may) {
		for _, name := range column {
			known[name] = true
			names = append(names, name)
		}
	}

	reported := map[string]bool{}
	for _, t := range c.tests {
		for _, row := range t.rows {
			for _, e := range row.Entries {
				column := NormalName(e.Key.Text)
				if !known[column] && !isLetterName(column) && !reported[column] {
					reported[column] = true
					all = append(all, c.errorf(e.Key.Place,
						"the test has a column %q, which nothing in the mapping reads%s", column,
						document.NearestHint(column, names)))
				}
			}
		}
	}

	return all
}
