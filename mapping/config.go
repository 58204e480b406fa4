package mapping

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"ableimport/mapping/date"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// Config is a mapping file that was read and has no mistakes in itself. It may be shared; every
// [Config.Bind] gives a mapper of its own.
type Config struct {
	Version   int
	Name      string
	Namespace string // whose ids these are
	Event     string // the event type, if it is the same for all rows
	Source    Source

	document *document.Document
	text     []byte
	hash     [32]byte
	getenv   func(string) string

	eventPlace document.Place // where event: is

	formats     formats
	formatsLine int       // where formats: begins; 0: there is none
	headings    []heading // other headings of the same column
	groupBy     []name
	where       []*expression
	skip        []skipRule
	sales       []saleColumn   // which rows are sales, by their values
	questions   []openQuestion // what a draft could not prove
	content     bool           // id: content
	id          []*spec
	fields      fields
	items       *items
	carry       []name
	footer      []*expression // rows that are not data
	data        []*expression // rows that are data, whatever they look like
	tables      tableChoice
	lookups     []*lookup
	tests       []*test
	settings    []Setting
	languages   []language
	unlike      []string // headings of other exports
	visitors    visitors
	marker      string // name in custom_data of the event's stable id; "": none
	markerPlace document.Place
	received    bool // it reads what a receiver has
}

// Source says how to read the file. Zero values mean: detect.
type Source struct {
	Sheet       string
	Table       int      // of a web page, counted from 1
	Header      int      // row number of the headings; -1: none
	HeaderNames []string // or the names by which the row is found
	Encoding    string
	Delimiter   string
	Quote       string // the quotes around cells, or "none"
	Escape      string // what comes before a quote within a cell
	ShortRows   bool   // all rows may leave out the same columns at the end

	// limits in bytes and columns, for files that exceed the usual ones
	MaxCell, MaxRow, MaxColumns, MaxUnpacked int
	Comment                                  string
}

// formats are the fixed formats of the whole file.
type formats struct {
	number    *number.Format
	numbers   []number.Format // or one of these, as the file proves
	date      *date.Format
	zone      date.Zone
	timeOfDay date.Clock
	repeated  date.Repeated
	years     [2]int // the first and the last that times of events have; 0: not said
}

// heading is a column's name with the other headings it may have.
type heading struct {
	name
	others []string
}

// skipRule leaves out groups for its own reason.
type skipRule struct {
	reason string
	when   *expression
}

// fields are the parts of the event. The flat ones are in the order in which
// they are written to the body.
type fields struct {
	eventType *spec // nil: Config.Event
	value     *spec
	currency  *spec
	time      *spec
	texts     []*spec
	keys      []keySpec
	lead      []*spec
	custom    []*spec
	client    []*spec
}

// keySpec is one visitor key: all its values, from one or several fields.
type keySpec struct {
	key   int // index into KeyNames
	specs []*spec
}

// items says how the rows of a group, or a list in one cell, become items.
type items struct {
	document.Place
	specs []*spec // name, price, qty, sku, category
	where *expression
	list  *itemList
	// mayDiffer: no warning if the items do not add up to the amount, since taxes, shipping or
	// discounts are not items in these exports.
	mayDiffer bool
}

// Parse reads a mapping file. getenv gives the values of the ${ABLE_...} variables in it; it reads
// no others. The error has all mistakes that were found, each an [*document.Error] with
// file:line:column, excerpt and, for a misspelt name, the nearest one.
func Parse(file string, source []byte, getenv func(string) string) (*Config, error) {
	return parseFile(file, source, getenv, false)
}

// ParseReceived reads the mapping of a receiver's own export: which columns hold the order, its
// money and its time. It may leave out what only events to be sent need: name, event and visitor
// keys.
func ParseReceived(file string, source []byte, getenv func(string) string) (*Config, error) {
	return parseFile(file, source, getenv, true)
}

func parseFile(file string, source []byte, getenv func(string) string,
	received bool) (*Config, error) {
	doc := document.New(file, source)
	root, err := doc.ReadYAML(source)
	if err != nil {
		return nil, err
	}

	r := &reader{
		&document.Reader{Document: doc, Getenv: getenv, Belongs: belongs},
		&Config{document: doc, text: bytes.Clone(source), hash: sha256.Sum256(source),
			getenv: getenv, received: received},
	}
	r.Setting = r.config.valueOf
	r.mapping(root)

	if len(r.Problems) > 0 {
		return nil, errors.Join(r.Problems...)
	}

	return r.config, nil
}

// File is the name of the mapping file, as given to [Parse].
func (c *Config) File() string { return c.document.File }

// Text is the mapping's source text. Do not change it.
func (c *Config) Text() []byte { return c.text }

// Location is the place of the clocks behind the events' times, as far as the mapping says;
// otherwise it is UTC.
func (c *Config) Location() *time.Location {
	if s := c.fields.time; s != nil && s.zone.Location != nil {
		return s.zone.Location
	}
	return cmp.Or(c.formats.zone.Location, time.UTC)
}

// SHA256 is the hash of the mapping's source text.
func (c *Config) SHA256() [32]byte { return c.hash }

// ContentIDs reports that the events have no id of their own: their content is the id, and twins in
// one file are two events.
func (c *Config) ContentIDs() bool { return c.content }

// Columns returns every column that the mapping needs, each with its other headings; required ones
// come first.
func (c *Config) Columns() [][]string {
	must, may := c.columns()
	return append(must, may...)
}

// AmountColumns returns the columns that hold the amount of an event, each with its other headings.
func (c *Config) AmountColumns() (all [][]string) {
	v := c.fields.value
	if v == nil || v.from == fromLookup {
		return nil
	}
	for _, column := range slices.Concat(v.columns, v.netOf, []name{v.credit, v.debit}) {
		if column.text != "" {
			all = append(all, append([]string{column.text}, c.othersOf(column.text)...))
		}
	}
	return all
}

// columns separates the columns that a file must have from the optional ones.
func (c *Config) columns() (must, may [][]string) {
	seen := map[string]bool{}
	add := func(column name, to *[][]string) {
		if !seen[column.text] && !isLetterName(column.text) {
			seen[column.text] = true
			*to = append(*to, append([]string{column.text}, c.othersOf(column.text)...))
		}
	}
	c.eachNeededColumn(func(column name, required bool) {
		if required {
			add(column, &must)
		}
	})

	c.eachNeededColumn(func(column name, _ bool) { add(column, &may) })
	return must, may
}

// eachNeededColumn visits the columns of the whole mapping, in its order.
func (c *Config) eachNeededColumn(visit func(column name, required bool)) {
	for _, column := range c.groupBy {
		visit(column, true)
	}
	for _, s := range c.allSpecs() {
		s.eachColumn(func(column name) { visit(column, s.mustExist() && !column.optional) })
	}
	for _, e := range c.conditions() {
		for _, column := range e.columns {
			visit(column, !column.optional)
		}
	}

	for _, l := range c.lookups {
		visit(l.column, true)
	}
	for _, s := range c.sales {
		visit(s.name, true)
	}
	for _, column := range c.carry {
		visit(column, true)
	}
}

// allSpecs returns the fields of the mapping, in the order of the body.
func (c *Config) allSpecs() []*spec {
	f := &c.fields
	all := slices.Clone(c.id)
	for _, s := range []*spec{f.eventType, f.value, f.currency, f.time} {
		if s != nil {
			all = append(all, s)
		}
	}

	all = append(all, f.texts...)
	for _, key := range f.keys {
		all = append(all, key.specs...)
	}

	all = append(append(append(all, f.lead...), f.custom...), f.client...)
	if c.items != nil {
		all = append(all, c.items.specs...)
		if c.items.list != nil {
			all = append(all, c.items.list.source)
		}
	}

	return all
}

func (c *Config) conditions() []*expression {
	all := slices.Clone(c.where)
	for _, rule := range c.skip {
		all = append(all, rule.when)
	}
	if c.items != nil && c.items.where != nil {
		all = append(all, c.items.where)
	}
	return slices.Concat(all, c.footer, c.data)
}

func (c *Config) othersOf(column string) []string {
	for _, h := range c.headings {
		if h.text == column {
			return h.others
		}
	}
	return nil
}

func (c *Config) errorf(at document.Place, format string, values ...any) *document.Error {
	return c.document.ErrorAt(at, format, values...)
}

// LetterName is how a mapping calls a column without a heading: "column C".
func LetterName(index int) string { return fmt.Sprintf("column %s", columnLetters(index)) }

// columnLetters is the name that a spreadsheet gives to a column, from 0.
func columnLetters(index int) string {
	var letters []byte
	for index++; index > 0; index = (index - 1) / 26 {
		letters = append(letters, byte('A'+(index-1)%26))
	}
	slices.Reverse(letters)
	return string(letters)
}

// isLetterName reports whether a name has the form of [LetterName].
func isLetterName(text string) bool {
	if len(text) < 8 || len(text) > 10 || text[:7] != "column " {
		return false
	}
	for _, c := range text[7:] {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}
