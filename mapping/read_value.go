package mapping

import (
	"strings"
)

// value reads one field: a column's name, or an object that says where the
// value comes from and how it is read. A mistake gives nil.
func (r *reader) value(n *node, what string, t target) *spec {
	s := &spec{place: n.place, name: what, target: t}
	switch n.kind {
	case nodeScalar:
		s.from, s.columns = fromColumns, []name{r.name(n, what)}
		return s
	case nodeObject:
		before := len(r.problems)
		r.object(n, what, r.valueKeys(s))
		r.checkValue(n, s)
		if len(r.problems) > before {
			return nil
		}
		return s
	}
	r.problem(n.place, "%s: the name of a column is expected, or {first: [...]}, {const: ...} or {expr: ...}", what)
	return nil
}

// valueKeys are the sources and options of a field.
func (r *reader) valueKeys(s *spec) keys {
	all := keys{
		"column": func(n *node) { r.from(s, n, fromColumns); s.columns = r.names(n, "column") },
		"first":  func(n *node) { r.from(s, n, fromColumns); s.columns = r.names(n, "first") },
		"const":  func(n *node) { r.from(s, n, fromConst); s.constant = r.text(n, "const") },
		"expr":   func(n *node) { r.from(s, n, fromExpr); s.expr = r.expression(n, s.name, false) },
		"credit": func(n *node) { r.fromBalance(s, n); s.credit = r.name(n, "credit") },
		"debit":  func(n *node) { r.fromBalance(s, n); s.debit = r.name(n, "debit") },
		"lookup": func(n *node) { s.lookup = r.text(n, "lookup") },

		"map":      func(n *node) { r.replacements(s, n) },
		"default":  func(n *node) { text := r.text(n, "default"); s.fallback = &text },
		"split":    func(n *node) { s.split = r.text(n, "split") },
		"take":     func(n *node) { s.take = r.take(n) },
		"join":     func(n *node) { text := r.text(n, "join"); s.join = &text },
		"required": func(n *node) { flag := r.flag(n, "required"); s.required = &flag },
	}
	r.numberKeys(s, all)
	r.dateKeys(s, all)
	r.phoneKeys(s, all)
	return all
}

func (r *reader) numberKeys(s *spec, all keys) {
	if !s.target.takesNumber() {
		return
	}
	all["number"] = func(n *node) { s.number = r.numberFormat(n) }
	all["minor_units"] = func(n *node) { s.minorUnits = r.flag(n, "minor_units") }
	all["sum"] = func(n *node) { s.sum = r.flag(n, "sum") }
	all["net_of"] = func(n *node) { s.netOf = r.names(n, "net_of") }
	all["sign"] = func(n *node) { s.sign = r.sign(n) }
}

func (r *reader) dateKeys(s *spec, all keys) {
	if !s.target.takesTime() {
		return
	}
	all["date"] = func(n *node) { s.date = r.dateFormat(n) }
	all["year"] = func(n *node) {
		if s.yearAbove = n.text == "above"; !s.yearAbove {
			s.year = r.count(n, "year", 1970)
		}
	}
	all["timezone"] = func(n *node) { s.zone = r.zone(n) }
	all["time_of_day"] = func(n *node) { s.timeOfDay = r.timeOfDay(n) }
	all["timezones"] = func(n *node) { s.zoneWords = r.zoneWords(n) }
	all["timezone_column"] = func(n *node) { column := r.name(n, "timezone_column"); s.zoneColumn = &column }
	all["time_column"] = func(n *node) { column := r.name(n, "time_column"); s.timeColumn = &column }
	all["as"] = func(n *node) { s.as = r.timeStyle(n) }
}

func (r *reader) phoneKeys(s *spec, all keys) {
	if s.target != targetPhone {
		return
	}
	all["region"] = func(n *node) {
		if s.region = strings.ToUpper(r.text(n, "region")); len(s.region) != 2 {
			r.problem(n.place, "region is a country of two letters, such as US or DE, not %q", s.region)
		}
	}
	all["region_column"] = func(n *node) { column := r.name(n, "region_column"); s.regionColumn = &column }
}

func (t target) takesNumber() bool { return t == targetMoney || t == targetNumber || t == targetAny }
func (t target) takesTime() bool   { return t == targetTime || t == targetAny }

// from notes where the value comes from; there is one source only.
func (r *reader) from(s *spec, n *node, source from) {
	if s.from != fromNothing {
		r.problem(n.place, "%s: say one of column, first, const, expr, lookup or credit with debit, not two of them", s.name)
	}
	s.from = source
}

func (r *reader) fromBalance(s *spec, n *node) {
	if s.from != fromBalance {
		r.from(s, n, fromBalance)
	}
}

// checkValue finds options that do not go together.
func (r *reader) checkValue(n *node, s *spec) {
	if s.lookup != "" && s.from == fromColumns {
		s.from = fromLookup
	}
	if s.from == fromColumns && n.get("column") != nil && len(s.columns) > 1 {
		s.from = fromJoined
		if s.join == nil {
			r.problem(n.place, "%s: several columns need first: (the first that is not empty), or join: with what stands between them", s.name)
		}
	}
	switch {
	case s.from == fromNothing:
		r.problem(n.place, "%s does not say where the value comes from; add column: with a column's name, or first:, const: or expr:", s.name)
	case s.lookup != "" && s.from != fromLookup:
		r.problem(n.place, "%s: lookup: goes with column:, the column of the other file", s.name)
	case s.from == fromBalance && (s.credit.text == "" || s.debit.text == ""):
		r.problem(n.place, "%s: credit: and debit: go together", s.name)
	case s.from == fromBalance && !s.target.takesNumber():
		r.problem(n.place, "%s: credit: and debit: make an amount; this field takes none", s.name)
	case s.sum && s.from != fromColumns && s.from != fromBalance && s.from != fromExpr:
		r.problem(n.place, "%s: sum: goes with column:, with expr: or with credit: and debit:", s.name)
	}
	if s.from == fromConst {
		r.checkConstant(s)
	}
}

// checkConstant reads a constant once, so that a mistake shows here and not
// in every row.
func (r *reader) checkConstant(s *spec) {
	var err error
	switch s.target {
	case targetCurrency:
		_, err = currencyCode([]byte(s.constant))
	case targetMoney, targetNumber:
		var format numberFormat
		_, err = format.read([]byte(s.constant), KindText)
	}
	if err != nil {
		r.problem(s.place, "%s: %v", s.name, err)
	}
}

func (r *reader) replacements(s *spec, n *node) {
	if n.kind != nodeObject {
		r.problem(n.place, "map: values with what they become are expected, for example {Sale: Purchase}")
		return
	}
	for _, e := range n.entries {
		to := ""
		if e.value.kind != nodeNull {
			to = r.text(e.value, "map")
		}
		if e.key.text == "*" {
			s.otherwise = &to
			continue
		}
		s.replace = append(s.replace, replacement{e.key.text, to})
	}
}

func (r *reader) take(n *node) *take {
	if n.kind == nodeScalar {
		switch n.text {
		case "first_word":
			return &take{firstWord: true}
		case "rest_words":
			return &take{restWords: true}
		}
		r.problem(n.place, "take: first_word, rest_words, {after: \"...\"} or {query: ...} is expected, not %q", n.text)
		return nil
	}
	t := &take{}
	r.object(n, "take", keys{
		"after": func(n *node) { t.after = r.text(n, "after") },
		"query": func(n *node) { t.query = r.text(n, "query") },
	})
	if t.after != "" && t.query != "" {
		r.problem(n.place, "take: say after: or query:, not both")
	}
	return t
}

func (r *reader) zoneWords(n *node) map[string]string {
	words := map[string]string{}
	if n.kind != nodeObject {
		r.problem(n.place, "timezones: words of the file with the zones that they mean are expected, for example {BST: Europe/London}")
		return words
	}
	for _, e := range n.entries {
		r.zone(e.value)
		words[e.key.text] = e.value.text
	}
	return words
}

// timeStyle is how a time is written to the event.
func (r *reader) timeStyle(n *node) string {
	switch text := r.text(n, "as"); text {
	case "unix", "unix_ms", "rfc3339":
		return text
	default:
		r.problem(n.place, "as: unix, unix_ms or rfc3339 is expected, not %q", text)
		return ""
	}
}

func (r *reader) sign(n *node) *signColumn {
	s := &signColumn{}
	r.object(n, "sign", keys{
		"column": func(n *node) { s.column = r.name(n, "column") },
		"plus":   func(n *node) { s.positive = r.texts(n, "plus") },
		"minus":  func(n *node) { s.minus = r.texts(n, "minus") },
	})
	if s.column.text == "" || len(s.positive) == 0 || len(s.minus) == 0 {
		r.problem(n.place, "sign: column:, plus: and minus: are needed, for example {column: S/H, plus: S, minus: H}")
	}
	return s
}
