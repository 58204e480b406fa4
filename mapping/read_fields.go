package mapping

import (
	"slices"

	"ableimport/mapping/document"
)

// textTargets are the flat fields that are not plain text.
var textTargets = map[string]target{"order_id": targetID}

func (r *reader) fields(n *document.Node) {
	f := &r.config.fields
	allowed := document.Keys{
		"deal_value": func(n *document.Node) { f.value = r.value(n, "deal_value", targetMoney) },
		"deal_currency": func(n *document.Node) {
			f.currency = r.value(n, "deal_currency", targetCurrency)
		},
		"event_time": func(n *document.Node) { f.time = r.value(n, "event_time", targetTime) },
		"keys":       r.visitorKeys,
		"lead":       func(n *document.Node) { f.lead = r.freeFields(n, "lead", true) },
		"custom_data": func(n *document.Node) {
			f.custom = r.freeFields(n, "custom_data", false)
		},
		"client": r.clientFields,
	}
	for _, field := range FlatFields {
		if allowed[field] == nil {
			allowed[field] = func(n *document.Node) {
				f.texts = append(f.texts, r.value(n, field, textTargets[field]))
			}
		}
	}

	r.Object(n, "fields", allowed)
	f.texts = slices.DeleteFunc(f.texts, func(s *spec) bool { return s == nil })
	slices.SortStableFunc(f.texts, func(a, b *spec) int {
		return slices.Index(FlatFields, a.name) - slices.Index(FlatFields, b.name)
	})
}

// visitorKeys reads the keys: each one field, or a list of fields that give several values. They
// are in the order of KeyNames.
func (r *reader) visitorKeys(n *document.Node) {
	allowed := document.Keys{}
	for i, key := range KeyNames {
		allowed[key] = func(n *document.Node) {
			nodes := []*document.Node{n}
			if n.Kind == document.List {
				nodes = n.List
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

	r.Object(n, "keys", allowed)
	if n.Kind == document.Object && len(n.Entries) == 0 {
		r.Problem(n.Place, "no visitor key is mapped; an event needs at least one, for example "+
			"keys: {email: Email}")
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
func (r *reader) freeFields(n *document.Node, what string, personal bool) []*spec {
	if n.Kind != document.Object {
		r.Problem(n.Place, "%s: expected names with columns, one per line", what)
		return nil
	}

	var all []*spec
	for _, e := range n.Entries {
		s := r.value(e.Value, what+"."+e.Key.Text, targetAny)
		if s != nil {
			s.personal = personal
			all = append(all, s)
		}
	}

	return all
}

func (r *reader) clientFields(n *document.Node) {
	add := func(field string) func(*document.Node) {
		return func(n *document.Node) {
			if s := r.value(n, "client."+field, targetText); s != nil {
				s.personal = true
				r.config.fields.client = append(r.config.fields.client, s)
			}
		}
	}
	r.Object(n, "client", document.Keys{"ip": add("ip"), "ua": add("ua")})
	slices.SortStableFunc(r.config.fields.client, func(a, b *spec) int {
		return slices.Index([]string{"client.ip", "client.ua"}, a.name) -
			slices.Index([]string{"client.ip", "client.ua"}, b.name)
	})
}

// ItemFields are the parts of an item, in the order of the body.
var ItemFields = []string{"name", "price", "qty", "sku", "category"}

func itemTarget(field string) target {
	switch field {
	case "price", "qty":
		return targetNumber
	}
	return targetText
}

func (r *reader) items(n *document.Node) {
	i := &items{Place: n.Place}
	r.config.items = i

	allowed := document.Keys{
		"where":  func(n *document.Node) { i.where = r.expression(n, "items.where", true) },
		"add_up": func(n *document.Node) { i.mayDiffer = !r.Flag(n, "add_up") },
		"list":   func(n *document.Node) { i.list = r.itemList(n) },
	}
	for _, field := range ItemFields {
		allowed[field] = func(n *document.Node) {
			if s := r.value(n, "items."+field, itemTarget(field)); s != nil {
				i.specs = append(i.specs, s)
			}
		}
	}

	r.Object(n, "items", allowed)
	slices.SortStableFunc(i.specs, func(a, b *spec) int {
		return slices.Index(ItemFields, a.name[len("items."):]) -
			slices.Index(ItemFields, b.name[len("items."):])
	})

	if i.list != nil && (len(i.specs) > 0 || i.where != nil) {
		r.Problem(n.Place, "items come either from the rows (name:, price:, ...) or from a list "+
			"in one cell (list:), not from both")
	}
	if i.list == nil && len(i.specs) == 0 {
		r.Problem(n.Place, "items: say at least name: with a column")
	}
}
