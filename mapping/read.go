package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// valueReader reads the nodes of a document. It collects the mistakes and goes on, so that one
// look at the file shows them all.
type valueReader struct {
	document *document
	getenv   func(string) string
	problems []error
	// belongs tells where a key that is not known here is said; nil or "": nowhere.
	belongs func(key, what string) string
}

// reader turns the nodes of a mapping file into a Config.
type reader struct {
	*valueReader
	config *Config
}

// keys says which keys an object may have and who reads the value of each.
type keys map[string]func(*node)

func (r *valueReader) problem(at place, format string, values ...any) {
	r.problems = append(r.problems, r.document.errorAt(at, format, values...))
}

// object hands the values of an object to the readers of their keys.
func (r *valueReader) object(n *node, what string, allowed keys) {
	if n.kind != nodeObject {
		r.problem(n.place, "%s: names with values are expected here, one a line (name: value)", what)
		return
	}
	for _, e := range n.entries {
		read, known := allowed[e.key.text]
		switch {
		case !known:
			r.unknownKey(e.key, what, sortedKeys(allowed))
		case e.value.kind == nodeNull:
			r.problem(e.key.place, "%q has no value; indent what belongs to it by two more spaces, or remove the line", e.key.text)
		default:
			read(e.value)
		}
	}
}

func (r *valueReader) unknownKey(key *node, what string, allowed []string) {
	if r.belongs != nil {
		if where := r.belongs(key.text, what); where != "" {
			r.problem(key.place, "%q does not belong here (%s): %s", key.text, what, where)
			return
		}
	}
	hint := nearestHint(key.text, allowed)
	if hint == "" {
		hint = "; known here: " + strings.Join(allowed, ", ")
	}
	r.problem(key.place, "unknown key %q (%s)%s", key.text, what, hint)
}

// belongs tells where something is said that stands in a wrong place.
func belongs(key, what string) string {
	switch strings.ToLower(key) {
	case "endpoint", "url":
		return "a mapping never says where events go. Use --endpoint, ABLE_ENDPOINT or the job file"
	case "header", "headers", "authorization", "token", "api_key":
		if what != "source" {
			return "a mapping carries no request headers or secrets. They belong in the job file"
		}
	case "currency", "currency_code":
		return "the currency of the events is a field: deal_currency: Currency for a column, deal_currency: {const: EUR} for one currency"
	case "deal_currency":
		return "it is a field of its own, beside deal_value under fields:"
	case "sheet", "encoding", "delimiter", "quote", "escape", "comment", "carry", "footer", "data":
		return "it is said under source:"
	case "time_of_day", "timezone":
		return "it is said under formats:"
	case "number", "date":
		return "it is said under formats:, or with the field it is for: {column: ..., " + key + ": ...}"
	}
	switch {
	case slices.Contains(KeyNames, key):
		return "visitor keys stand under fields: keys:"
	case slices.Contains(flatFields, key), slices.Contains([]string{"keys", "lead", "custom_data", "client"}, key):
		return "it stands under fields:"
	case slices.Contains([]string{"where", "group_by", "id", "items", "tests", "lookups", "skip", "columns", "formats", "source", "namespace", "event"}, key):
		return "it stands at the beginning of a line, beside fields:"
	}
	return ""
}

// text reads a scalar and fills in ${ABLE_...} variables.
func (r *valueReader) text(n *node, what string) string {
	if n.kind != nodeScalar {
		r.problem(n.place, "%s: a single value is expected here", what)
		return ""
	}
	return r.expand(n)
}

func (r *valueReader) expand(n *node) string {
	var b strings.Builder
	rest := n.text
	for {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		variable, tail, closed := strings.Cut(after, "}")
		switch {
		case !closed:
			r.problem(n.place, "\"${\" has no closing \"}\"")
			return b.String()
		case !strings.HasPrefix(variable, "ABLE_"):
			r.problem(n.place, "${%s}: a %s reads variables that begin with ABLE_ only, so that a shared one cannot carry data off", variable, r.document.kind)
		case variable == "ABLE_FUNNEL_MARK":
			r.problem(n.place, "${ABLE_FUNNEL_MARK} stands at funnel_mark: only; it must not become part of the data")
		default:
			b.WriteString(r.variable(n, variable))
		}
		rest = tail
	}
}

func (r *valueReader) variable(n *node, variable string) string {
	value := ""
	if r.getenv != nil {
		value = r.getenv(variable)
	}
	if value == "" {
		r.problem(n.place, "the environment variable %s is not set; set it or write the value here", variable)
	}
	return value
}

// texts reads one scalar or a list of them.
func (r *valueReader) texts(n *node, what string) []string {
	if n.kind != nodeList {
		return []string{r.text(n, what)}
	}
	var all []string
	for _, each := range n.list {
		all = append(all, r.text(each, what))
	}
	return all
}

// name reads a column's name.
func (r *reader) name(n *node, what string) name {
	text := normalName(r.text(n, what))
	if text == "" && n.kind == nodeScalar {
		r.problem(n.place, "%s: the name of a column is expected; one without a heading is called \"column A\" by its letter", what)
	}
	return name{place: n.place, text: text}
}

// names reads one column name or a list of them.
func (r *reader) names(n *node, what string) []name {
	if n.kind != nodeList {
		return []name{r.name(n, what)}
	}
	if len(n.list) == 0 {
		r.problem(n.place, "%s: the list is empty", what)
	}
	var all []name
	for _, each := range n.list {
		all = append(all, r.name(each, what))
	}
	return all
}

func (r *valueReader) flag(n *node, what string) bool {
	switch text := r.text(n, what); text {
	case "true", "True", "TRUE", "yes":
		return true
	case "false", "False", "FALSE", "no":
		return false
	default:
		if n.kind == nodeScalar {
			r.problem(n.place, "%s is true or false, not %q", what, n.text)
		}
		return false
	}
}

// count reads a whole number from low on.
func (r *valueReader) count(n *node, what string, low int) int {
	text := r.text(n, what)
	number := 0
	if _, err := fmt.Sscanf(text, "%d", &number); err != nil || fmt.Sprint(number) != text || number < low {
		if n.kind == nodeScalar {
			r.problem(n.place, "%s is a whole number from %d on, not %q", what, low, n.text)
		}
	}
	return number
}

// normalName is a heading as it is compared: trimmed, with single spaces.
func normalName(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '\ufeff', '\u200b':
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
