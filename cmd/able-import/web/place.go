package web

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	mapped "ableimport/mapping/document"
)

// A keyPlace is where a key of a mapping's text stands, counted from 1.
type keyPlace struct {
	path         []string
	line, column int
}

// keyPlaces are all keys of the text, those that stand before others first.
func (d *document) keyPlaces() (all []keyPlace) {
	file, err := parser.ParseBytes(d.text, 0)
	if err != nil || len(file.Docs) == 0 {
		return nil
	}

	var visit func(node ast.Node, path []string)
	visit = func(node ast.Node, path []string) {
		object, ok := node.(*ast.MappingNode)
		if !ok {
			return
		}
		for _, entry := range object.Values {
			token := entry.Key.GetToken()
			inner := append(path[:len(path):len(path)], token.Value)
			all = append(all, keyPlace{inner, token.Position.Line, token.Position.Column})
			visit(entry.Value, inner)
		}
	}
	visit(file.Docs[0].Body, nil)

	return all
}

// faultsOf finds the fields of the page that the mistakes in a mapping are about. What belongs to
// none is left.
func (c *choice) faultsOf(err error) (f *faults, left error) {
	f = &faults{typed: c.typed}
	c.typed = nil

	places := c.doc.keyPlaces()
	for _, one := range unjoined(err) {
		mistake, said := new(mapped.Error), new(fieldError)
		field := ""
		if errors.As(one, &said) {
			f.add(said.field, sentence(said.err))
			continue
		}

		if errors.As(one, &mistake) && strings.HasPrefix(mistake.Message,
			"deal_value needs a deal_") {
			field = "field.fields.deal_currency" // it is named at the amount, and missing there
		} else if errors.As(one, &mistake) {
			for _, place := range places {
				if place.line == mistake.Line && place.column <= mistake.Column {
					if name := fieldOf(place.path); name != "" {
						field = name
					}
				}
			}
		}

		if field == "" {
			left = errors.Join(left, one)
			continue
		}

		f.add(field, sentence(errors.New(mistake.Message)))
	}

	return f, left
}

// A fieldError is about what was written into one field.
type fieldError struct {
	field string
	err   error
}

func (e *fieldError) Error() string { return e.err.Error() }

func atField(field string, err error) error {
	if err == nil {
		return nil
	}
	return &fieldError{field, err}
}

func unjoined(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range joined.Unwrap() {
			all = append(all, unjoined(one)...)
		}
		return all
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// fieldOf is the field of the page for what stands at a path of the mapping; "" if there is none.
func fieldOf(path []string) string {
	switch name := strings.Join(path, "."); {
	case name == "formats.number", name == "formats.date", name == "formats.timezone",
		name == "formats.time_of_day":
		return "format." + path[1]
	case name == "group_by", name == "event", name == "name":
		return name
	case name == "fields.event_time.year":
		return "year"
	}

	for n := len(path); n > 0; n-- {
		name := strings.Join(path[:n], ".")
		for _, group := range fieldGroups {
			for _, f := range group.Fields {
				if f.Path == name {
					return "field." + name
				}
			}
		}
	}

	return ""
}
