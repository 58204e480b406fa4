package mapping

import (
	"slices"
	"strings"
)

// standardEvents are the event types that Able names itself, and those of
// Facebook that its names follow.
var standardEvents = []string{
	"PageView", "CompleteRegistration", "Purchase", "Lead", "Subscribe", "StartTrial", "AddToCart", "AddToWishlist",
	"InitiateCheckout", "AddPaymentInfo", "Contact", "CustomizeProduct", "Donate", "FindLocation", "Schedule", "Search",
	"SubmitApplication", "ViewContent",
}

// StandardEvents are the event types that Able and its integrations know by name.
func StandardEvents() []string { return slices.Clone(standardEvents) }

// flatFields are the fields of the event that stand by themselves.
var flatFields = []string{
	"order_id", "deal_value", "deal_currency", "event_time", "event_source", "description", "message", "referrer_url",
	"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
}

// mapping reads the whole file.
func (r *reader) mapping(root *node) {
	c := r.config
	r.object(root, "mapping", keys{
		"version": func(n *node) {
			if c.Version = r.count(n, "version", 1); c.Version > 1 {
				r.problem(n.place, "this program reads version 1 of mapping files; this one says %d. Use a newer able-import", c.Version)
			}
		},
		"name":        func(n *node) { c.Name = r.text(n, "name") },
		"namespace":   func(n *node) { c.Namespace = r.text(n, "namespace") },
		"event":       r.eventType,
		"funnel_mark": r.funnelMark,
		"source":      r.source,
		"formats":     r.formats,
		"columns":     r.headings,
		"group_by":    func(n *node) { c.groupBy = r.names(n, "group_by") },
		"where":       func(n *node) { c.where = r.conditions(n, "where") },
		"skip":        r.skipRules,
		"id":          r.identity,
		"fields":      r.fields,
		"items":       r.items,
		"lookups":     r.lookupFiles,
		"tests":       r.tests,
	})
	if root.kind == nodeObject {
		r.complete(root)
	}
}

// complete checks what only the whole mapping shows.
func (r *reader) complete(root *node) {
	c := r.config
	if root.get("version") == nil {
		r.problem(root.place, "the mapping does not say its version; begin it with: version: 1")
	}
	if c.Name == "" {
		r.problem(root.place, "the mapping has no name; add one, for example: name: my-shop-orders")
	}
	if c.Namespace == "" {
		c.Namespace = c.Name
	}
	if root.get("event") == nil {
		r.problem(root.place, "the mapping does not say which event the rows are; add for example: event: Purchase")
	}
	if root.get("fields") == nil {
		r.problem(root.place, "the mapping has no fields; add fields: with keys: and what else the event has")
		return
	}
	r.completeFields(root)
}

func (r *reader) completeFields(root *node) {
	c, fields := r.config, root.get("fields")
	at := fields.place
	if !fields.has("keys") {
		r.problem(at, "no visitor key is mapped; an event needs at least one, for example keys: {email: Email}")
	}
	if value := fields.get("deal_value"); value != nil && !fields.has("deal_currency") {
		r.problem(value.place, "deal_value needs a deal_currency; add deal_currency: with the column, or {const: EUR} for one currency")
	}
	if currency := fields.get("deal_currency"); currency != nil && !fields.has("deal_value") {
		r.problem(currency.place, "deal_currency stands without deal_value; add deal_value: or remove it")
	}
	if len(c.id) == 0 && !c.content && root.get("id") == nil {
		for _, s := range c.fields.texts {
			if s.name == "order_id" {
				id := *s
				id.name, id.target = "id", targetID
				c.id = []*spec{&id}
			}
		}
		if !fields.has("order_id") {
			r.problem(at, "nothing identifies an event: map order_id, or say id: with the columns that together are unique, or id: content where there are none")
		}
	}
	r.checkLookups()
}

func (r *reader) eventType(n *node) {
	if n.kind == nodeObject {
		r.config.fields.eventType = r.value(n, "event", targetText)
		return
	}
	r.config.Event = r.text(n, "event")
	if strings.TrimSpace(r.config.Event) == "" {
		r.problem(n.place, "event: a name is expected, such as Purchase")
	}
}

func (r *reader) funnelMark(n *node) {
	if n.kind != nodeScalar || n.text != "${ABLE_FUNNEL_MARK}" {
		r.problems = append(r.problems, r.document.hiddenErrorAt(n.place,
			"the funnel mark itself does not belong in a mapping: write ${ABLE_FUNNEL_MARK} here (or leave the line out) and set the environment variable ABLE_FUNNEL_MARK"))
	}
}

func (r *reader) source(n *node) {
	s := &r.config.Source
	r.object(n, "source", keys{
		"sheet":        func(n *node) { s.Sheet = r.text(n, "sheet") },
		"header":       r.header,
		"encoding":     func(n *node) { s.Encoding = r.text(n, "encoding") },
		"delimiter":    func(n *node) { s.Delimiter = r.text(n, "delimiter") },
		"quote":        func(n *node) { s.Quote = r.text(n, "quote") },
		"escape":       func(n *node) { s.Escape = r.text(n, "escape") },
		"short_rows":   func(n *node) { s.ShortRows = r.flag(n, "short_rows") },
		"max_cell":     func(n *node) { s.MaxCell = r.count(n, "max_cell", 1) },
		"max_row":      func(n *node) { s.MaxRow = r.count(n, "max_row", 1) },
		"max_columns":  func(n *node) { s.MaxColumns = r.count(n, "max_columns", 1) },
		"max_unpacked": func(n *node) { s.MaxUnpacked = r.count(n, "max_unpacked", 1) },
		"comment":      func(n *node) { s.Comment = r.text(n, "comment") },
		"carry":        func(n *node) { r.config.carry = r.names(n, "carry") },
		"footer":       func(n *node) { r.config.footer = r.conditions(n, "footer") },
		"data":         func(n *node) { r.config.data = r.conditions(n, "data") },
	})
}

func (r *reader) header(n *node) {
	s := &r.config.Source
	switch {
	case n.kind == nodeList:
		for _, each := range r.names(n, "header") {
			s.HeaderNames = append(s.HeaderNames, each.text)
		}
	case n.text == "none":
		s.Header = -1
	default:
		s.Header = r.count(n, "header", 1)
	}
}

func (r *reader) formats(n *node) {
	f := &r.config.formats
	r.config.formatsLine = n.line
	r.object(n, "formats", keys{
		"number":      func(n *node) { f.number = r.numberFormat(n) },
		"date":        func(n *node) { f.date = r.dateFormat(n) },
		"timezone":    func(n *node) { f.zone = r.zone(n) },
		"time_of_day": func(n *node) { f.timeOfDay = r.timeOfDay(n) },
	})
}

func (r *reader) numberFormat(n *node) *numberFormat {
	f, err := parseNumberFormat(r.text(n, "number"))
	if err != nil {
		r.problem(n.place, "number: %v", err)
	}
	return &f
}

func (r *reader) dateFormat(n *node) *dateFormat {
	f, err := parseDateFormat(r.text(n, "date"))
	if err != nil {
		r.problem(n.place, "date: %v", err)
	}
	return &f
}

func (r *reader) zone(n *node) zone {
	z, err := parseZone(r.text(n, "timezone"))
	if err != nil {
		r.problem(n.place, "timezone: %v", err)
	}
	return z
}

func (r *reader) timeOfDay(n *node) clock {
	c, err := readClock([]byte(r.text(n, "time_of_day")), KindText)
	if err != nil {
		r.problem(n.place, "time_of_day: %v", err)
	}
	return c
}

func (r *reader) headings(n *node) {
	if n.kind != nodeObject {
		r.problem(n.place, "columns: a column's name with its other headings is expected, for example: Created at: [Created, created_at]")
		return
	}
	for _, e := range n.entries {
		h := heading{name: name{place: e.key.place, text: normalName(e.key.text)}}
		for _, other := range r.names(e.value, "columns") {
			h.others = append(h.others, other.text)
		}
		r.config.headings = append(r.config.headings, h)
	}
}

// conditions reads one condition or a list.
func (r *reader) conditions(n *node, what string) []*expression {
	nodes := []*node{n}
	if n.kind == nodeList {
		nodes = n.list
	}
	var all []*expression
	for _, each := range nodes {
		all = append(all, r.expression(each, what, true))
	}
	return all
}

func (r *reader) skipRules(n *node) {
	if n.kind != nodeObject {
		r.problem(n.place, "skip: a reason with its condition is expected, for example: refund: col(\"Type\") == \"Refund\"")
		return
	}
	for _, e := range n.entries {
		rule := skipRule{e.key.text, r.expression(e.value, "skip", true)}
		r.config.skip = append(r.config.skip, rule)
	}
}

func (r *reader) identity(n *node) {
	c := r.config
	if n.kind == nodeScalar && n.text == "content" {
		c.content = true
		return
	}
	nodes := []*node{n}
	if n.kind == nodeList {
		nodes = n.list
	}
	for _, each := range nodes {
		if s := r.value(each, "id", targetID); s != nil {
			c.id = append(c.id, s)
		}
	}
	if len(nodes) == 0 {
		r.problem(n.place, "id: the list is empty")
	}
}
