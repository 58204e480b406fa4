package mapping

import "slices"

// textTargets are the flat fields that are not plain text.
var textTargets = map[string]target{"order_id": targetID}

func (r *reader) fields(n *node) {
	f := &r.config.fields
	allowed := keys{
		"deal_value":    func(n *node) { f.value = r.value(n, "deal_value", targetMoney) },
		"deal_currency": func(n *node) { f.currency = r.value(n, "deal_currency", targetCurrency) },
		"event_time":    func(n *node) { f.time = r.value(n, "event_time", targetTime) },
		"keys":          r.visitorKeys,
		"lead":          func(n *node) { f.lead = r.freeFields(n, "lead", true) },
		"custom_data":   func(n *node) { f.custom = r.freeFields(n, "custom_data", false) },
		"client":        r.clientFields,
	}
	for _, field := range flatFields {
		if allowed[field] == nil {
			allowed[field] = func(n *node) { f.texts = append(f.texts, r.value(n, field, textTargets[field])) }
		}
	}
	r.object(n, "fields", allowed)
	f.texts = slices.DeleteFunc(f.texts, func(s *spec) bool { return s == nil })
	slices.SortStableFunc(f.texts, func(a, b *spec) int {
		return slices.Index(flatFields, a.name) - slices.Index(flatFields, b.name)
	})
}

// visitorKeys reads the keys: each one field, or a list of fields that give
// several values. They are kept in the order of KeyNames.
func (r *reader) visitorKeys(n *node) {
	allowed := keys{}
	for i, key := range KeyNames {
		allowed[key] = func(n *node) {
			nodes := []*node{n}
			if n.kind == nodeList {
				nodes = n.list
			}
			k := keySpec{key: i}
			for _, each := range nodes {
				if s := r.value(each, "keys."+key, keyTarget(key)); s != nil {
					s.personal = true
					k.specs = append(k.specs, s)
				}
			}
			r.config.fields.keys = append(r.config.fields.keys, k)
		}
	}
	r.object(n, "keys", allowed)
	if n.kind == nodeObject && len(n.entries) == 0 {
		r.problem(n.place, "no visitor key is mapped; an event needs at least one, for example keys: {email: Email}")
	}
	slices.SortStableFunc(r.config.fields.keys, func(a, b keySpec) int { return a.key - b.key })
}

func keyTarget(key string) target {
	switch key {
	case "email":
		return targetEmail
	case "phone":
		return targetPhone
	}
	return targetID
}

// freeFields reads an object whose names the mapping chooses.
func (r *reader) freeFields(n *node, what string, personal bool) []*spec {
	if n.kind != nodeObject {
		r.problem(n.place, "%s: names with columns are expected, one a line", what)
		return nil
	}
	var all []*spec
	for _, e := range n.entries {
		s := r.value(e.value, what+"."+e.key.text, targetAny)
		if s != nil {
			s.personal = personal
			all = append(all, s)
		}
	}
	return all
}

func (r *reader) clientFields(n *node) {
	add := func(field string) func(*node) {
		return func(n *node) {
			if s := r.value(n, "client."+field, targetText); s != nil {
				s.personal = true
				r.config.fields.client = append(r.config.fields.client, s)
			}
		}
	}
	r.object(n, "client", keys{"ip": add("ip"), "ua": add("ua")})
	slices.SortStableFunc(r.config.fields.client, func(a, b *spec) int {
		return slices.Index([]string{"client.ip", "client.ua"}, a.name) - slices.Index([]string{"client.ip", "client.ua"}, b.name)
	})
}

// itemFields are the parts of an item, in the order of the body.
var itemFields = []string{"name", "price", "qty", "sku", "category"}

func itemTarget(field string) target {
	switch field {
	case "price", "qty":
		return targetNumber
	}
	return targetText
}

func (r *reader) items(n *node) {
	i := &items{place: n.place}
	r.config.items = i
	allowed := keys{
		"where":  func(n *node) { i.where = r.expression(n, "items.where", true) },
		"add_up": func(n *node) { i.mayDiffer = !r.flag(n, "add_up") },
		"list":   func(n *node) { i.list = r.itemList(n) },
	}
	for _, field := range itemFields {
		allowed[field] = func(n *node) {
			if s := r.value(n, "items."+field, itemTarget(field)); s != nil {
				i.specs = append(i.specs, s)
			}
		}
	}
	r.object(n, "items", allowed)
	slices.SortStableFunc(i.specs, func(a, b *spec) int {
		return slices.Index(itemFields, a.name[len("items."):]) - slices.Index(itemFields, b.name[len("items."):])
	})
	if i.list != nil && (len(i.specs) > 0 || i.where != nil) {
		r.problem(n.place, "items come either from the rows (name:, price:, ...) or from a list in one cell (list:), not from both")
	}
	if i.list == nil && len(i.specs) == 0 {
		r.problem(n.place, "items: say at least name: with a column")
	}
}
