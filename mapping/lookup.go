package mapping

import (
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// lookup is a second file that has what the export lacks.
type lookup struct {
	document.Place
	name   string
	file   string
	column name // of the export: what is looked up
	key    name // of the second file: where it is found
}

// Lookup tells the importer which second file a mapping needs.
type Lookup struct {
	Name    string
	File    string     // as the mapping says it; relative to the mapping file
	Columns [][]string // that it must have
}

// LookupTable holds the rows of a second file, by their key. It is filled
// before the mapping begins and may then be shared by mappers.
type LookupTable struct {
	name    string
	file    string
	key     int
	columns map[string]int // by name: index into the values of an entry
	indexes []int          // of the file's columns, in that order
	entries map[string]lookupEntry
	buffer  []byte
}

type lookupEntry struct {
	values string // each value of the row, after a byte 0
	row    int
	twice  int // another row with the same key and other values; 0: none
}

func (r *reader) lookupFiles(n *document.Node) {
	if n.Kind != document.Object {
		r.Problem(n.Place, "lookups: expected a name with its file, for example contacts: "+
			"{file: contacts.csv, on: {Customer: Name}}")
		return
	}

	for _, e := range n.Entries {
		l := &lookup{Place: e.Key.Place, name: e.Key.Text}
		r.Object(e.Value, "lookups", document.Keys{
			"file": func(n *document.Node) { l.file = r.Text(n, "file") },
			"on": func(n *document.Node) {
				if n.Kind != document.Object || len(n.Entries) != 1 {
					r.Problem(n.Place, "on: expected a column of the export with its column in "+
						"the other file, for example {Customer: Name}")
					return
				}
				l.column, l.key = r.name(n.Entries[0].Key, "on"), r.name(n.Entries[0].Value, "on")
			},
		})

		if e.Value.Kind == document.Object && (l.file == "" || l.column.text == "") &&
			len(r.Problems) == 0 {
			r.Problem(e.Key.Place, "lookup %q needs file: and on:, for example {file: "+
				"contacts.csv, on: {Customer: Name}}", l.name)
		}

		r.config.lookups = append(r.config.lookups, l)
	}
}

// checkLookups finds fields that look up in a file that is not declared.
func (r *reader) checkLookups() {
	var names []string
	for _, l := range r.config.lookups {
		names = append(names, l.name)
	}
	for _, s := range r.config.allSpecs() {
		if s.lookup != "" && !slices.Contains(names, s.lookup) {
			r.Problem(s.Place, "%s: no lookup %q under lookups:%s", s.name, s.lookup,
				document.NearestHint(s.lookup, names))
		}
	}
}

func (c *Config) lookupNamed(name string) *lookup {
	for _, l := range c.lookups {
		if l.name == name {
			return l
		}
	}
	return nil
}

// Lookups returns the second files that the mapping needs.
func (c *Config) Lookups() []Lookup {
	var all []Lookup
	for _, l := range c.lookups {
		one := Lookup{Name: l.name, File: l.file}
		for _, column := range c.lookupColumns(l) {
			one.Columns = append(one.Columns,
				append([]string{column.text}, c.othersOf(column.text)...))
		}
		all = append(all, one)
	}
	return all
}

// lookupColumns are the columns of a second file that the mapping reads, the
// key first.
func (c *Config) lookupColumns(l *lookup) []name {
	all := []name{l.key}
	for _, s := range c.allSpecs() {
		if s.lookup == l.name {
			all = append(all, s.columns...)
		}
	}
	return all
}

// NewLookupTable makes the table of one of the mapping's [Config.Lookups] for
// a file with this header. Missing columns are errors as in [Config.Bind].
func (c *Config) NewLookupTable(name, file string, header []string) (*LookupTable, error) {
	l := c.lookupNamed(name)
	if l == nil {
		return nil, c.errorf(document.Place{Line: 1, Column: 1},
			"the mapping has no lookup %q", name)
	}

	b := newBinder(c, file, header)
	t := &LookupTable{name: name, file: file, columns: map[string]int{},
		entries: map[string]lookupEntry{}}
	for i, column := range c.lookupColumns(l) {
		at := b.column(column, true)
		if i == 0 {
			t.key = at
		} else if _, known := t.columns[column.text]; !known {
			t.columns[column.text] = len(t.indexes)
			t.indexes = append(t.indexes, at)
		}
	}

	return t, b.err()
}

// Add takes one row of the second file. Rows without a key are left out.
func (t *LookupTable) Add(row cell.Row) {
	var c cell.Cell
	cell.Read(&c, &row, t.key)
	if c.Empty() {
		return
	}

	key := string(c.Text)
	t.buffer = t.buffer[:0]
	for _, index := range t.indexes {
		cell.Read(&c, &row, index)
		t.buffer = append(append(t.buffer, 0), c.Text...)
	}

	entry, known := t.entries[key]
	switch {
	case !known:
		t.entries[key] = lookupEntry{values: string(t.buffer), row: row.Number}
	case entry.twice == 0 && entry.values != string(t.buffer):
		entry.twice = row.Number
		t.entries[key] = entry
	}
}

// Len is how many keys the table has.
func (t *LookupTable) Len() int { return len(t.entries) }

// value is one value of an entry.
func (e *lookupEntry) value(index int) string {
	rest := e.values
	for {
		_, rest, _ = strings.Cut(rest, "\x00")
		if index == 0 {
			value, _, _ := strings.Cut(rest, "\x00")
			return value
		}
		index--
	}
}

// Use gives the mapper the table of a lookup.
func (m *Mapper) Use(table *LookupTable) {
	if m.lookups == nil {
		m.lookups = map[string]*LookupTable{}
	}
	m.lookups[table.name] = table
}

// lookedUp finds a value in a second file. The key is most often a person or company, so messages
// mask it. A missing value, or several different ones, give a warning; whether the event can do
// without it is for the checks of the event.
func (m *Mapper) lookedUp(f *field) (value, bool) {
	key := f.in.at(f.lookup)
	v := value{row: key.Row, slot: f.lookup}
	if key.Empty() {
		return v, true
	}

	shown := value{key.Text, key.Kind, key.Row, f.lookup, key.Sign}
	table := m.lookups[f.spec.lookup]
	if table == nil {
		m.problem(f, shown, "lookup_missing", "the file of lookup %q was not read", f.spec.lookup)
		return v, false
	}

	entry, known := table.entries[string(key.Text)]
	switch {
	case !known:
		m.warn(f, shown, "lookup_unmatched", "%s is not in %s",
			cell.Quote(cell.Mask(string(key.Text))), table.file)
		return v, true
	case entry.twice != 0:
		m.warn(f, shown, "lookup_ambiguous",
			"%s is in rows %d and %d of %s with different values",
			cell.Quote(cell.Mask(string(key.Text))), entry.row, entry.twice, table.file)
		return v, true
	}

	f.buffer = append(f.buffer[:0], entry.value(table.columns[f.spec.columns[0].text])...)
	v.text, v.kind = f.buffer, cell.KindOfText(f.buffer)
	return v, true
}
