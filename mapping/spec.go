package mapping

import (
	"slices"

	"ableimport/mapping/date"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// target is what a field of the event takes, and so how its cell is read.
type target byte

const (
	targetText target = iota
	targetID          // text whose digits must not be lost
	targetMoney
	targetNumber
	targetTime
	targetCurrency
	targetEmail
	targetPhone
	targetAny // text, or a number or date if the mapping gives its format
)

// from is where a value comes from.
type from byte

const (
	fromNothing from = iota
	fromColumns      // the first column that is not empty
	fromJoined       // several columns, joined
	fromConst
	fromExpr
	fromBalance // a column of credits and one of debits
	fromLookup  // a column of another file
)

// name is a column's name, and where the mapping says it.
type name struct {
	document.Place
	text     string
	optional bool // the file may lack it, as an expression says by giving a default
}

// replacement is one line of a field's `map`.
type replacement struct{ from, to string }

// spec is one field of the event as the mapping file describes it.
type spec struct {
	document.Place
	name   string // as people write it: deal_value, keys.email
	target target
	from   from

	columns  []name
	constant string
	expr     *expression
	credit   name
	debit    name
	lookup   string // name under lookups

	number       *number.Format
	minorUnits   bool
	date         *date.Format
	year         int
	yearAbove    bool // the rows above the header say it
	timeColumn   *name
	timeOfDay    date.Clock
	zone         date.Zone
	zoneOf       map[string]date.Zone // of single columns, before zone
	zoneColumn   *name
	zoneWords    map[string]string
	region       string
	regionColumn *name
	replace      []replacement
	otherwise    *string // what `map` gives for a value that it does not list
	fallback     *string
	split        string
	take         *take
	join         *string
	required     *bool
	sum          bool
	as           string
	netOf        []name
	refunded     []name // of the value: what was given back, which is a part of it or all of it
	sendLeft     bool   // of a part: the value is what is left
	sign         *signColumn
	personal     bool // its values are masked in messages
}

// signColumn is a column whose letter separates money in from money out.
type signColumn struct {
	column          name
	positive, minus []string
}

// mustExist reports whether the file must have the field's columns.
func (s *spec) mustExist() bool { return s.required == nil || *s.required }

// mustBeFilled reports whether an empty value makes the event invalid.
func (s *spec) mustBeFilled() bool { return s.required != nil && *s.required }

// mayBeEmpty reports whether the mapping makes a value optional that is required by default, such
// as the amount of a purchase.
func (s *spec) mayBeEmpty() bool { return s.required != nil && !*s.required }

// eachColumn calls visit for every column that the field reads.
func (s *spec) eachColumn(visit func(name)) {
	if s.from != fromLookup { // those are columns of the other file
		for _, column := range s.columns {
			visit(column)
		}
	}

	for _, column := range slices.Concat(s.netOf, s.refunded) {
		visit(column)
	}
	for _, column := range []*name{s.timeColumn, s.zoneColumn, s.regionColumn} {
		if column != nil {
			visit(*column)
		}
	}

	if s.from == fromBalance {
		visit(s.credit)
		visit(s.debit)
	}
	if s.sign != nil {
		visit(s.sign.column)
	}
	if s.expr != nil {
		for _, column := range s.expr.columns {
			visit(column)
		}
	}
}

// isNumber reports whether the field is written as a number.
func (s *spec) isNumber() bool {
	return s.target == targetMoney || s.target == targetNumber ||
		s.target == targetAny && (s.number != nil || s.minorUnits || s.sum ||
			s.from == fromBalance || len(s.netOf) > 0)
}

// isTime reports whether the field is written as a time.
func (s *spec) isTime() bool {
	return s.target == targetTime || s.target == targetAny && !s.isNumber() &&
		(s.date != nil || s.as != "")
}

// A role is how the event has a field, as its spec says.
type role byte

const (
	textRole role = iota
	numberRole
	priceRole
	quantityRole
	timeRole
)

func (s *spec) role() role {
	switch {
	case s.name == "items.price":
		return priceRole
	case s.name == "items.qty":
		return quantityRole
	case s.isNumber():
		return numberRole
	case s.isTime():
		return timeRole
	}
	return textRole
}
