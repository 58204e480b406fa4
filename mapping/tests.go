package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cockroachdb/apd/v3"
)

// test is an example in the mapping file: rows of one event, and what has to
// come out of them.
type test struct {
	place
	rows    []*node
	event   *node // members that the event must have
	skipped *node // the reason why it must be left out
	invalid *node // the problem that it must have
}

func (r *reader) tests(n *node) {
	nodes := []*node{n}
	if n.kind == nodeList {
		nodes = n.list
	}
	for _, each := range nodes {
		t := &test{place: each.place}
		r.object(each, "tests", keys{
			"name":    func(n *node) { r.text(n, "name") },
			"rows":    func(n *node) { t.rows = r.testRows(n) },
			"event":   func(n *node) { t.event = n },
			"skipped": func(n *node) { t.skipped = n },
			"invalid": func(n *node) { t.invalid = n },
		})
		expectations := 0
		for _, expected := range []*node{t.event, t.skipped, t.invalid} {
			if expected != nil {
				expectations++
			}
		}
		if each.kind == nodeObject && (len(t.rows) == 0 || expectations != 1) {
			r.problem(each.place, "a test has rows: and one of event:, skipped: and invalid:")
		}
		r.config.tests = append(r.config.tests, t)
	}
}

func (r *reader) testRows(n *node) []*node {
	if n.kind != nodeList {
		r.problem(n.place, "rows: a list is expected, each row as {Column: value, ...}")
		return nil
	}
	for _, row := range n.list {
		if row.kind != nodeObject {
			r.problem(row.place, "a row is written as {Column: value, ...}")
			return nil
		}
		for _, e := range row.entries {
			if e.value.kind == nodeList || e.value.kind == nodeObject {
				r.problem(e.value.place, "a cell is a single value")
			}
		}
	}
	return n.list
}

// Tests is how many tests the mapping has.
func (c *Config) Tests() int { return len(c.tests) }

// RunTests runs the tests in the mapping and returns what differs, each as an
// [*Error] at the test or at the value that differs.
func (c *Config) RunTests() []error {
	var failed []error
	for _, t := range c.tests {
		failed = append(failed, c.runTest(t)...)
	}
	return failed
}

func (c *Config) runTest(t *test) []error {
	header, rows := c.testTable(t)
	m, err := c.Bind("the test", header)
	if err != nil {
		return []error{err}
	}
	var data []Row
	var last *Skip
	for _, row := range rows {
		if skip := m.Admit(row); skip != nil {
			last = skip
			continue
		}
		data = append(data, row)
	}
	var event Event
	if m.Map(data, &event); len(data) == 0 && last != nil {
		event.Reason = last.Reason
	}
	switch {
	case t.skipped != nil:
		return c.expectSkipped(t, &event)
	case t.invalid != nil:
		return c.expectInvalid(t, &event)
	}
	return c.expectEvent(t, &event)
}

// testTable makes a table of a test's rows: their columns, and those that a
// file must have besides, which are empty.
func (c *Config) testTable(t *test) (header []string, rows []Row) {
	for _, row := range t.rows {
		for _, e := range row.entries {
			if column := normalName(e.key.text); !slices.Contains(header, column) {
				header = append(header, column)
			}
		}
	}
	must, _ := c.columns()
	for _, names := range must {
		if !slices.ContainsFunc(names, func(name string) bool { return slices.Contains(header, name) }) {
			header = append(header, names[0])
		}
	}
	for number, row := range t.rows {
		cells, kinds := make([][]byte, len(header)), make([]byte, len(header))
		for _, e := range row.entries {
			at := slices.Index(header, normalName(e.key.text))
			cells[at] = []byte(e.value.text)
			kinds[at] = kindOfText(cells[at])
		}
		rows = append(rows, Row{Number: number + 1, Cells: cells, Kinds: kinds})
	}
	return header, rows
}

func (c *Config) expectSkipped(t *test, e *Event) []error {
	if e.State == Skipped && e.Reason == t.skipped.text {
		return nil
	}
	return []error{c.errorf(t.skipped.place, "the test expects the rows to be skipped (%s), but %s", t.skipped.text, e.describe())}
}

func (c *Config) expectInvalid(t *test, e *Event) []error {
	for _, p := range e.Problems {
		if p.Code == t.invalid.text {
			return nil
		}
	}
	return []error{c.errorf(t.invalid.place, "the test expects the problem %s, but %s", t.invalid.text, e.describe())}
}

func (e *Event) describe() string {
	switch e.State {
	case Skipped:
		return "they are skipped: " + e.Reason
	case Invalid:
		p := e.Problems[0]
		return fmt.Sprintf("the event is invalid: %s, row %d: %s: %s", p.Code, p.Row, p.Column, p.Message())
	}
	return "they become this event: " + string(e.Body)
}

func (c *Config) expectEvent(t *test, e *Event) []error {
	if e.State != Mapped {
		return []error{c.errorf(t.event.place, "the test expects an event, but %s", e.describe())}
	}
	decoder := json.NewDecoder(bytes.NewReader(e.Body))
	decoder.UseNumber()
	var got any
	if err := decoder.Decode(&got); err != nil {
		return []error{c.errorf(t.event.place, "the event is not valid JSON: %v", err)}
	}
	return c.differences(t.event, got, "event")
}

// differences compares the members that a test names with those of the event.
func (c *Config) differences(want *node, got any, path string) []error {
	switch want.kind {
	case nodeObject:
		object, ok := got.(map[string]any)
		if !ok {
			return []error{c.errorf(want.place, "the test expects members of %s, but it is %s", path, encode(got))}
		}
		var all []error
		for _, e := range want.entries {
			all = append(all, c.member(e, object, path)...)
		}
		return all
	case nodeList:
		list, ok := got.([]any)
		if !ok || len(list) != len(want.list) {
			return []error{c.errorf(want.place, "the test expects %d values of %s, but it is %s", len(want.list), path, encode(got))}
		}
		var all []error
		for i, each := range want.list {
			all = append(all, c.differences(each, list[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return all
	}
	if !sameScalar(want, got) {
		return []error{c.errorf(want.place, "the test expects %q for %s, but it is %s", want.text, path, encode(got))}
	}
	return nil
}

func (c *Config) member(e entry, object map[string]any, path string) []error {
	got, ok := object[e.key.text]
	switch {
	case ok:
		return c.differences(e.value, got, path+"."+e.key.text)
	case e.value.kind == nodeNull:
		return nil
	}
	return []error{c.errorf(e.key.place, "the test expects %s, which the event does not have; it has %s",
		path+"."+e.key.text, listOf(sortedKeys(object), "and"))}
}

// sameScalar compares a value of the test with one of the event: numbers by
// what they are worth, text by its letters.
func sameScalar(want *node, got any) bool {
	switch got := got.(type) {
	case string:
		return want.kind == nodeScalar && want.text == got
	case json.Number:
		a, _, err := apd.NewFromString(want.text)
		b, _, err2 := apd.NewFromString(got.String())
		return err == nil && err2 == nil && a.Cmp(b) == 0
	case nil:
		return want.kind == nodeNull
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
