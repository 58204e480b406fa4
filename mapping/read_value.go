package mapping

import (
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// value reads one field: a column's name, or an object that says where the value comes from and how
// to read it. A mistake gives nil.
func (r *reader) value(n *document.Node, what string, t target) *spec {
	s := &spec{Place: n.Place, name: what, target: t}
	switch n.Kind {
	case document.Scalar:
		s.from, s.columns = fromColumns, []name{r.name(n, what)}
		return s
	case document.Object:
		before := len(r.Problems)
		r.Object(n, what, r.valueKeys(s))
		r.checkValue(n, s)
		if len(r.Problems) > before {
			return nil
		}
		return s
	}

	r.Problem(n.Place, "%s: expected the name of a column, or {first: [...]}, {const: ...} or "+
		"{expr: ...}", what)
	return nil
}

// valueKeys are the sources and options of a field.
func (r *reader) valueKeys(s *spec) document.Keys {
	all := document.Keys{
		"column": func(n *document.Node) {
			r.from(s, n, fromColumns)
			s.columns = r.names(n, "column")
		},
		"first": func(n *document.Node) {
			r.from(s, n, fromColumns)
			s.columns = r.names(n, "first")
		},
		"const": func(n *document.Node) {
			r.from(s, n, fromConst)
			s.constant = r.Text(n, "const")
		},
		"expr": func(n *document.Node) {
			r.from(s, n, fromExpr)
			s.expr = r.expression(n, s.name, false)
		},
		"credit": func(n *document.Node) { r.fromBalance(s, n); s.credit = r.name(n, "credit") },
		"debit":  func(n *document.Node) { r.fromBalance(s, n); s.debit = r.name(n, "debit") },
		"lookup": func(n *document.Node) { s.lookup = r.Text(n, "lookup") },

		"map":      func(n *document.Node) { r.replacements(s, n) },
		"default":  func(n *document.Node) { text := r.Text(n, "default"); s.fallback = &text },
		"split":    func(n *document.Node) { s.split = r.Text(n, "split") },
		"take":     func(n *document.Node) { s.take = r.take(n) },
		"join":     func(n *document.Node) { text := r.Text(n, "join"); s.join = &text },
		"required": func(n *document.Node) { flag := r.Flag(n, "required"); s.required = &flag },
	}
	r.numberKeys(s, all)

	r.dateKeys(s, all)
	r.phoneKeys(s, all)
	return all
}

func (r *reader) numberKeys(s *spec, all document.Keys) {
	if !s.target.takesNumber() {
		return
	}
	all["number"] = func(n *document.Node) { s.number = r.numberFormat(n) }
	all["minor_units"] = func(n *document.Node) { s.minorUnits = r.Flag(n, "minor_units") }
	all["sum"] = func(n *document.Node) { s.sum = r.Flag(n, "sum") }
	all["net_of"] = func(n *document.Node) { s.netOf = r.names(n, "net_of") }
	all["sign"] = func(n *document.Node) { s.sign = r.sign(n) }
	if s.target != targetMoney {
		return
	}

	all["refunded"] = func(n *document.Node) {
		s.refunded = r.names(n, "refunded")
		for i := range s.refunded { // an export in which nothing was refunded may lack it
			s.refunded[i].optional = true
		}
	}
	all["partial_refunds"] = func(n *document.Node) {
		switch text := r.Text(n, "partial_refunds"); text {
		case "whole", "left":
			s.sendLeft = text == "left"
		default:
			r.Problem(n.Place, "partial_refunds: whole or left is expected, not %q", text)
		}
	}
}

func (r *reader) dateKeys(s *spec, all document.Keys) {
	if s.target != targetTime && s.target != targetAny {
		return
	}

	all["date"] = func(n *document.Node) { s.date = r.dateFormat(n) }
	all["year"] = func(n *document.Node) {
		if s.yearAbove = n.Text == "above"; !s.yearAbove {
			s.year = r.Count(n, "year", 1970)
		}
	}
	all["timezone"] = func(n *document.Node) { s.zone = r.zone(n) }
	all["time_of_day"] = func(n *document.Node) { s.timeOfDay = r.timeOfDay(n) }
	all["timezone_of"] = func(n *document.Node) { s.zoneOf = r.zonesOf(n) }
	all["timezones"] = func(n *document.Node) { s.zoneWords = r.zoneWords(n) }
	all["timezone_column"] = func(n *document.Node) {
		column := r.name(n, "timezone_column")
		s.zoneColumn = &column
	}

	all["time_column"] = func(n *document.Node) {
		column := r.name(n, "time_column")
		s.timeColumn = &column
	}
	all["as"] = func(n *document.Node) { s.as = r.timeStyle(n) }
}

func (r *reader) phoneKeys(s *spec, all document.Keys) {
	if s.target != targetPhone {
		return
	}

	all["region"] = func(n *document.Node) {
		if s.region = strings.ToUpper(r.Text(n, "region")); len(s.region) != 2 {
			r.Problem(n.Place, "region is a country of two letters, such as US or DE, not %q",
				s.region)
		}
	}
	all["region_column"] = func(n *document.Node) {
		column := r.name(n, "region_column")
		s.regionColumn = &column
	}
}

func (t target) takesNumber() bool {
	return t == targetMoney || t == targetNumber || t == targetAny
}

// from notes where the value comes from; there is only one source.
func (r *reader) from(s *spec, n *document.Node, source from) {
	if s.from != fromNothing {
		r.Problem(n.Place, "%s: use one of column, first, const, expr, lookup or credit with "+
			"debit, not two of them", s.name)
	}
	s.from = source
}

func (r *reader) fromBalance(s *spec, n *document.Node) {
	if s.from != fromBalance {
		r.from(s, n, fromBalance)
	}
}

// checkValue finds options that do not go together.
func (r *reader) checkValue(n *document.Node, s *spec) {
	if s.lookup != "" && s.from == fromColumns {
		s.from = fromLookup
	}

	if s.from == fromColumns && n.Get("column") != nil && len(s.columns) > 1 {
		s.from = fromJoined
		if s.join == nil {
			r.Problem(n.Place, "%s: several columns need first: (the first that is not empty), "+
				"or join: with what is between them", s.name)
		}
	}

	switch {
	case s.from == fromNothing:
		r.Problem(n.Place, "%s does not say where the value comes from; add column: with "+
			"a column's name, or first:, const: or expr:", s.name)
	case s.lookup != "" && s.from != fromLookup:
		r.Problem(n.Place, "%s: lookup: goes with column:, the column of the other file", s.name)
	case s.from == fromBalance && (s.credit.text == "" || s.debit.text == ""):
		r.Problem(n.Place, "%s: credit: and debit: go together", s.name)
	case s.from == fromBalance && !s.target.takesNumber():
		r.Problem(n.Place, "%s: credit: and debit: make an amount; this field takes none", s.name)
	case s.sum && s.from != fromColumns && s.from != fromBalance && s.from != fromExpr:
		r.Problem(n.Place, "%s: sum: goes with column:, with expr: or with credit: and debit:",
			s.name)
	}

	if s.from == fromConst {
		r.checkConstant(s)
	}
}

// checkConstant reads a constant once, so that a mistake shows here and not in every row.
func (r *reader) checkConstant(s *spec) {
	var err error
	switch s.target {
	case targetCurrency:
		_, err = number.CurrencyCode([]byte(s.constant))
	case targetMoney, targetNumber:
		var format number.Format
		_, err = format.Read([]byte(s.constant), cell.Text)
	}
	if err != nil {
		r.Problem(s.Place, "%s: %v", s.name, err)
	}
}

func (r *reader) replacements(s *spec, n *document.Node) {
	if n.Kind != document.Object {
		r.Problem(n.Place, "map: expected values with what they become, for example "+
			"{Sale: Purchase}")
		return
	}

	for _, e := range n.Entries {
		to := ""
		if e.Value.Kind != document.Null {
			to = r.Text(e.Value, "map")
		}
		if e.Key.Text == "*" {
			s.otherwise = &to
			continue
		}
		s.replace = append(s.replace, replacement{e.Key.Text, to})
	}
}

func (r *reader) take(n *document.Node) *take {
	if n.Kind == document.Scalar {
		switch n.Text {
		case "first_word":
			return &take{firstWord: true}
		case "rest_words":
			return &take{restWords: true}
		}
		r.Problem(n.Place, "take: expected first_word, rest_words, {after: \"...\"} or {query: "+
			"...} here, not %q", n.Text)
		return nil
	}

	t := &take{}
	r.Object(n, "take", document.Keys{
		"after": func(n *document.Node) { t.after = r.Text(n, "after") },
		"query": func(n *document.Node) { t.query = r.Text(n, "query") },
	})

	if t.after != "" && t.query != "" {
		r.Problem(n.Place, "take: say after: or query:, not both")
	}
	return t
}

func (r *reader) zonesOf(n *document.Node) map[string]date.Zone {
	zones := map[string]date.Zone{}
	if n.Kind != document.Object {
		r.Problem(n.Place, "timezone_of: expected columns with the zones of their times, for "+
			"example {created_utc: UTC}")
		return zones
	}
	for _, e := range n.Entries {
		zones[NormalName(e.Key.Text)] = r.zone(e.Value)
	}
	return zones
}

func (r *reader) zoneWords(n *document.Node) map[string]string {
	words := map[string]string{}
	if n.Kind != document.Object {
		r.Problem(n.Place, "timezones: expected words of the file with the zones that they mean, "+
			"for example {BST: Europe/London}")
		return words
	}
	for _, e := range n.Entries {
		r.zone(e.Value)
		words[e.Key.Text] = e.Value.Text
	}
	return words
}

// timeStyle is how a time is written to the event.
func (r *reader) timeStyle(n *document.Node) string {
	switch text := r.Text(n, "as"); text {
	case "unix", "unix_ms", "rfc3339":
		return text
	default:
		r.Problem(n.Place, "as: expected unix, unix_ms or rfc3339, not %q", text)
		return ""
	}
}

func (r *reader) sign(n *document.Node) *signColumn {
	s := &signColumn{}
	r.Object(n, "sign", document.Keys{
		"column": func(n *document.Node) { s.column = r.name(n, "column") },
		"plus":   func(n *document.Node) { s.positive = r.Texts(n, "plus") },
		"minus":  func(n *document.Node) { s.minus = r.Texts(n, "minus") },
	})
	if s.column.text == "" || len(s.positive) == 0 || len(s.minus) == 0 {
		r.Problem(n.Place, "sign: column:, plus: and minus: are needed, for example {column: "+
			"S/H, plus: S, minus: H}")
	}
	return s
}
