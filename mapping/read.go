package mapping

import (
	"slices"
	"strings"

	"ableimport/mapping/document"
)

// reader turns the nodes of a mapping file into a Config.
type reader struct {
	*document.Reader
	config *Config
}

// belongs says where something belongs that is in the wrong place.
func belongs(key, what string) string {
	switch strings.ToLower(key) {
	case "endpoint", "url":
		return "a mapping never says where events go. Use --endpoint, ABLE_ENDPOINT or the job file"
	case "header", "headers", "authorization", "token", "api_key":
		if what != "source" {
			return "a mapping carries no request headers or secrets. They belong in the job file"
		}
	case "currency", "currency_code":
		return "the currency of the events is a field: deal_currency: Currency for a column, " +
			"deal_currency: {const: EUR} for one currency"
	case "deal_currency":
		return "it is a field of its own, beside deal_value under fields:"
	case "sheet", "table", "encoding", "delimiter", "quote", "escape", "comment", "carry", "footer",
		"data",
		"unlike", "tables":
		return "it belongs under source:"
	case "time_of_day", "timezone", "years", "repeated_hour":
		return "it belongs under formats:"
	case "number", "date":
		return "it belongs under formats:, or with the field it is for: {column: ..., " +
			key + ": ...}"
	}

	switch {
	case slices.Contains(KeyNames, key):
		return "visitor keys belong under fields: keys:"
	case slices.Contains(FlatFields, key),
		slices.Contains([]string{"keys", "lead", "custom_data", "client"}, key):
		return "it belongs under fields:"
	case slices.Contains([]string{"where", "group_by", "id", "items", "tests", "lookups", "skip",
		"sales", "questions", "columns", "formats", "source", "namespace", "event", "settings",
		"languages"}, key):
		return "it belongs at the beginning of a line, beside fields:"
	}

	return ""
}

// name reads a column's name.
func (r *reader) name(n *document.Node, what string) name {
	text := NormalName(r.Text(n, what))
	if text == "" && n.Kind == document.Scalar {
		r.Problem(n.Place, "%s: expected the name of a column; one without a heading is called "+
			"\"column A\" by its letter", what)
	}
	return name{Place: n.Place, text: text}
}

// names reads one column name or a list of them.
func (r *reader) names(n *document.Node, what string) []name {
	if n.Kind != document.List {
		return []name{r.name(n, what)}
	}
	if len(n.List) == 0 {
		r.Problem(n.Place, "%s: the list is empty", what)
	}
	var all []name
	for _, each := range n.List {
		all = append(all, r.name(each, what))
	}
	return all
}

// NormalName is a heading as it is compared: trimmed, with single spaces.
func NormalName(text string) string {
	text = strings.Map(func(r rune) rune {
		switch r {
		case '\ufeff', '\u200b':
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}
