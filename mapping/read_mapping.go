package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// standardEvents are the event types that Able names itself, and Facebook's types that its names
// follow.
var standardEvents = []string{
	"PageView", "CompleteRegistration", "Purchase", "Lead", "Subscribe", "StartTrial", "AddToCart",
	"AddToWishlist", "InitiateCheckout", "AddPaymentInfo", "Contact", "CustomizeProduct", "Donate",
	"FindLocation", "Schedule", "Search",
	"SubmitApplication", "ViewContent",
}

// StandardEvents are the event types that Able and its integrations know by name.
func StandardEvents() []string { return slices.Clone(standardEvents) }

// FlatFields are the fields of the event outside of objects and lists.
var FlatFields = []string{
	"order_id", "deal_value", "deal_currency", "event_time", "event_source", "description",
	"message", "referrer_url", "utm_source", "utm_medium", "utm_campaign", "utm_term",
	"utm_content",
}

// mapping reads the whole file.
func (r *reader) mapping(root *document.Node) {
	c := r.config
	r.settings(root) // first: other lines have them as values
	r.Object(root, "mapping", document.Keys{
		"settings":  func(*document.Node) {},
		"set":       func(*document.Node) {},
		"languages": r.languages,
		"version": func(n *document.Node) {
			if c.Version = r.Count(n, "version", 1); c.Version > 1 {
				r.Problem(n.Place, "this program reads version 1 of mapping files; this one says "+
					"%d. Use a newer able-import", c.Version)
			}
		},
		"name":        r.mappingName,
		"namespace":   func(n *document.Node) { c.Namespace = r.Text(n, "namespace") },
		"event":       r.eventType,
		"funnel_mark": r.funnelMark,
		"source":      r.source,
		"formats":     r.formats,
		"columns":     r.headings,
		"group_by":    func(n *document.Node) { c.groupBy = r.names(n, "group_by") },
		"where":       func(n *document.Node) { c.where = r.conditions(n, "where") },
		"skip":        r.skipRules,
		"sales":       r.sales,
		"questions":   r.questions,
		"id":          r.identity,
		"fields":      r.fields,
		"items":       r.items,
		"lookups":     r.lookupFiles,
		"visitors":    r.visitors,
		"marker":      r.marker,
		"tests":       r.tests,
	})

	if root.Kind == document.Object {
		r.complete(root)
	}
}

// complete checks what only the whole mapping shows.
func (r *reader) complete(root *document.Node) {
	c := r.config
	if root.Get("version") == nil {
		r.Problem(root.Place, "the mapping does not say its version; begin it with: version: 1")
	}
	if c.Name == "" && !c.received {
		r.Problem(root.Place, "the mapping has no name; add one, for example: name: my-shop-orders")
	}
	if c.Namespace == "" {
		c.Namespace = c.Name
	}
	if root.Get("event") == nil && !c.received {
		r.Problem(root.Place, "the mapping does not say which event the rows become; add for "+
			"example: event: Purchase")
	}

	if root.Get("fields") == nil {
		r.Problem(root.Place, "the mapping has no fields; add fields: with keys: and what else "+
			"the event has")
		return
	}

	r.completeFields(root)
}

func (r *reader) completeFields(root *document.Node) {
	c, fields := r.config, root.Get("fields")
	at := fields.Place
	if !fields.Has("keys") && !c.received {
		r.Problem(at, "no visitor key is mapped; an event needs at least one, for example keys: "+
			"{email: Email}")
	}
	if value := fields.Get("deal_value"); value != nil && !fields.Has("deal_currency") {
		r.Problem(value.Place, "deal_value needs a deal_currency; add deal_currency: with the "+
			"column, or {const: EUR} for one currency")
	}
	if currency := fields.Get("deal_currency"); currency != nil && !fields.Has("deal_value") {
		r.Problem(currency.Place,
			"deal_currency is there without deal_value; add deal_value: or remove it")
	}

	if len(c.id) == 0 && !c.content && root.Get("id") == nil {
		for _, s := range c.fields.texts {
			if s.name == "order_id" {
				id := *s
				id.name, id.target = "id", targetID
				c.id = []*spec{&id}
			}
		}
		if !fields.Has("order_id") {
			r.Problem(at, "nothing identifies an event: map order_id, or add id: with the "+
				"columns that together are unique, or id: content if there are none")
		}
	}

	r.checkLookups()
	r.checkMarker()
}

// nameForm keeps names fit for file names, metrics and command lines, like the names of jobs: a
// mapping is data, and its name is not a path.
var nameForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
})

func (r *reader) mappingName(n *document.Node) {
	r.config.Name = r.Text(n, "name")
	if n.Kind == document.Scalar && !nameForm().MatchString(r.config.Name) {
		r.Problem(n.Place, "a mapping's name can have up to 64 letters from a to z, digits, "+
			"dots, dashes and underscores, not %q; if events were sent under this name, keep it "+
			"as namespace:, which says whose ids these are", n.Text)
	}
}

func (r *reader) eventType(n *document.Node) {
	if n.Kind == document.Object {
		r.config.fields.eventType = r.value(n, "event", targetText)
		return
	}
	r.config.Event, r.config.eventPlace = r.Text(n, "event"), n.Place
	if strings.TrimSpace(r.config.Event) == "" {
		r.Problem(n.Place, "event: expected a name, such as Purchase")
	}
}

func (r *reader) funnelMark(n *document.Node) {
	if n.Kind != document.Scalar || n.Text != "${ABLE_FUNNEL_MARK}" {
		r.Problems = append(r.Problems, r.Document.HiddenErrorAt(n.Place,
			"the funnel mark itself does not belong in a mapping: write ${ABLE_FUNNEL_MARK} here "+
				"(or leave the line out) and set the environment variable ABLE_FUNNEL_MARK"))
	}
}

func (r *reader) source(n *document.Node) {
	s := &r.config.Source
	r.Object(n, "source", document.Keys{
		"sheet":        func(n *document.Node) { s.Sheet = r.Text(n, "sheet") },
		"table":        func(n *document.Node) { s.Table = r.Count(n, "table", 1) },
		"header":       r.header,
		"encoding":     func(n *document.Node) { s.Encoding = r.Text(n, "encoding") },
		"delimiter":    func(n *document.Node) { s.Delimiter = r.Text(n, "delimiter") },
		"quote":        func(n *document.Node) { s.Quote = r.Text(n, "quote") },
		"escape":       func(n *document.Node) { s.Escape = r.Text(n, "escape") },
		"short_rows":   func(n *document.Node) { s.ShortRows = r.Flag(n, "short_rows") },
		"max_cell":     func(n *document.Node) { s.MaxCell = r.Count(n, "max_cell", 1) },
		"max_row":      func(n *document.Node) { s.MaxRow = r.Count(n, "max_row", 1) },
		"max_columns":  func(n *document.Node) { s.MaxColumns = r.Count(n, "max_columns", 1) },
		"max_unpacked": func(n *document.Node) { s.MaxUnpacked = r.Count(n, "max_unpacked", 1) },
		"comment":      func(n *document.Node) { s.Comment = r.Text(n, "comment") },
		"carry":        func(n *document.Node) { r.config.carry = r.names(n, "carry") },
		"footer":       func(n *document.Node) { r.config.footer = r.conditions(n, "footer") },
		"data":         func(n *document.Node) { r.config.data = r.conditions(n, "data") },
		"unlike":       func(n *document.Node) { r.config.unlike = namesOf(r.names(n, "unlike")) },
		"tables":       r.tables,
	})
}

// tables reads which tables of a file count: first, all, or the titles of some.
func (r *reader) tables(n *document.Node) {
	c := &r.config.tables
	nodes := []*document.Node{n}
	if n.Kind == document.List {
		nodes = n.List
	}

	for _, each := range nodes {
		title := NormalName(r.Text(each, "tables"))
		switch {
		case title == "" && each.Kind == document.Scalar:
			r.Problem(each.Place, "tables: expected first, all, or the titles of the tables that "+
				"count")
		case n.Kind == document.List:
			c.titles = append(c.titles, title)
		case title == "first", title == "all":
			c.first, c.all = title == "first", title == "all"
		default:
			c.titles = []string{title}
		}
	}

	if len(nodes) == 0 {
		r.Problem(n.Place, "tables: the list is empty; to count only what is above the first "+
			"title, write tables: first")
	}
}

func (r *reader) header(n *document.Node) {
	s := &r.config.Source
	switch {
	case n.Kind == document.List:
		for _, each := range r.names(n, "header") {
			s.HeaderNames = append(s.HeaderNames, each.text)
		}
	case n.Text == "none":
		s.Header = -1
	default:
		s.Header = r.Count(n, "header", 1)
	}
}

func (r *reader) formats(n *document.Node) {
	f := &r.config.formats
	r.config.formatsLine = n.Line
	r.Object(n, "formats", document.Keys{
		"number":        func(n *document.Node) { f.number, f.numbers = r.numberFormats(n) },
		"date":          func(n *document.Node) { f.date = r.dateFormat(n) },
		"timezone":      func(n *document.Node) { f.zone = r.zone(n) },
		"time_of_day":   func(n *document.Node) { f.timeOfDay = r.timeOfDay(n) },
		"repeated_hour": func(n *document.Node) { f.repeated = r.repeatedHour(n) },
		"years":         func(n *document.Node) { f.years = r.years(n) },
	})
}

// numberFormats reads one format, or a list from which each file proves one.
func (r *reader) numberFormats(n *document.Node) (*number.Format, []number.Format) {
	if n.Kind != document.List {
		return r.numberFormat(n), nil
	}
	var all []number.Format
	for _, each := range n.List {
		if format := r.numberFormat(each); format != nil {
			all = append(all, *format)
		}
	}
	return nil, all
}

func (r *reader) repeatedHour(n *document.Node) date.Repeated {
	switch text := r.Text(n, "repeated_hour"); text {
	case "earlier":
		return date.Earlier
	case "later":
		return date.Later
	default:
		r.Problem(n.Place, "repeated_hour: use earlier or later, not %q: it chooses between the "+
			"two hours that look the same when clocks go back", text)
	}
	return date.AskWhich
}

// years reads the first and the last year that times may have: 1990-2030.
func (r *reader) years(n *document.Node) [2]int {
	text := r.Text(n, "years")
	from, to, found := strings.Cut(text, "-")
	first, firstErr := strconv.Atoi(strings.TrimSpace(from))
	last, lastErr := strconv.Atoi(strings.TrimSpace(to))
	if !found || firstErr != nil || lastErr != nil || first < 1970 || last < first || last > 9999 {
		r.Problem(n.Place, "years: expected the first year and the last, such as 1995-2030, not "+
			"%q", text)
		return [2]int{}
	}
	return [2]int{first, last}
}

func (r *reader) numberFormat(n *document.Node) *number.Format {
	f, err := number.ParseFormat(r.Text(n, "number"))
	if err != nil {
		r.Problem(n.Place, "number: %v", err)
	}
	return &f
}

func (r *reader) dateFormat(n *document.Node) *date.Format {
	f, err := date.ParseFormat(r.Text(n, "date"))
	if err != nil {
		r.Problem(n.Place, "date: %v", err)
	}
	return &f
}

func (r *reader) zone(n *document.Node) date.Zone {
	z, err := date.ParseZone(r.Text(n, "timezone"))
	if err != nil {
		r.Problem(n.Place, "timezone: %v", err)
	}
	return z
}

func (r *reader) timeOfDay(n *document.Node) date.Clock {
	c, err := date.ReadClock([]byte(r.Text(n, "time_of_day")), cell.Text)
	if err != nil {
		r.Problem(n.Place, "time_of_day: %v", err)
	}
	return c
}

func (r *reader) headings(n *document.Node) {
	if n.Kind != document.Object {
		r.Problem(n.Place, "columns: expected a column's name with its other headings, for "+
			"example: Created at: [Created, created_at]")
		return
	}

	for _, e := range n.Entries {
		h := heading{name: name{Place: e.Key.Place, text: NormalName(e.Key.Text)}}
		for _, other := range r.names(e.Value, "columns") {
			h.others = append(h.others, other.text)
		}
		r.config.headings = append(r.config.headings, h)
	}
}

// conditions reads one condition or a list.
func (r *reader) conditions(n *document.Node, what string) []*expression {
	nodes := []*document.Node{n}
	if n.Kind == document.List {
		nodes = n.List
	}
	var all []*expression
	for _, each := range nodes {
		all = append(all, r.expression(each, what, true))
	}
	return all
}

func (r *reader) skipRules(n *document.Node) {
	if n.Kind != document.Object {
		r.Problem(n.Place, "skip: expected a reason with its condition, for example: refund: "+
			"col(\"Type\") == \"Refund\"")
		return
	}
	for _, e := range n.Entries {
		rule := skipRule{e.Key.Text, r.expression(e.Value, "skip", true)}
		r.config.skip = append(r.config.skip, rule)
	}
}

func (r *reader) identity(n *document.Node) {
	c := r.config
	if n.Kind == document.Scalar && n.Text == "content" {
		c.content = true
		return
	}

	nodes := []*document.Node{n}
	if n.Kind == document.List {
		nodes = n.List
	}
	for _, each := range nodes {
		if s := r.value(each, "id", targetID); s != nil {
			c.id = append(c.id, s)
		}
	}

	if len(nodes) == 0 {
		r.Problem(n.Place, "id: the list is empty")
	}
}
