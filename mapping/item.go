package mapping

import (
	"ableimport/mapping/number"
)

// appendItems adds the items: one for each row of the group, or the items of a
// list in one cell. An item without any value is left out.
func (m *Mapper) appendItems(amount amount) {
	if len(m.items) == 0 && m.list == nil {
		return
	}

	e := m.event
	before := len(e.Body)
	e.Body = append(appendMember(e.Body, itemsName), '[')

	if m.list != nil {
		m.appendList()
	}

	total := itemTotal{}
	if len(m.items) > 0 {
		for i := range m.rows {
			m.line.fill(&m.rows[i])
			m.appendItem(m.rows[i].Number, &total)
		}
	}

	if e.Items == 0 {
		e.Body = e.Body[:before]
		return
	}

	e.Body = append(e.Body, ']')

	// Taxes, shipping and discounts are good reasons why items do not add up to the amount, so
	// that is no more than a warning, and add_up: false switches it off.
	if m.config.items.mayDiffer || !amount.ok || total.unknown || total.priced < e.Items ||
		number.Same(total.sum, amount.Decimal) {
		return
	}
	m.add(Problem{
		Code: "items_total", Warning: true, Row: m.rows[0].Number,
		items: number.WithoutZeros(total.sum, m.decimals()), amount: amount.Decimal,
	})
}

// itemTotal is what the items add up to.
type itemTotal struct {
	sum     number.Decimal
	priced  int // items with a price
	unknown bool
}

// add counts one item; without a quantity it is one piece.
func (t *itemTotal) add(price, qty number.Decimal, hasQty bool) {
	t.priced++
	product := price
	if hasQty {
		product = number.Decimal{Coef: price.Coef * qty.Coef, Scale: price.Scale + qty.Scale}
		if number.Abs(price.Coef) > 1e9 || number.Abs(qty.Coef) > 1e9 || product.Scale > 12 {
			t.unknown = true
			return
		}
	}
	sum, err := number.Add(t.sum, product)
	t.sum, t.unknown = sum, t.unknown || err != nil
}

// appendItem adds the item of the row that the frame holds.
func (m *Mapper) appendItem(row int, total *itemTotal) {
	e := m.event
	if m.itemWhere != nil {
		hit, err := m.itemWhere.holds()
		if err != nil {
			m.add(Problem{Code: "expression_failed", Row: row,
				message: "items.where: " + err.Error()})
		}
		if !hit {
			return
		}
	}

	before := len(e.Body)
	e.Body = append(appendMember(e.Body, nil), '{')
	empty := len(e.Body)
	var price, qty number.Decimal
	var hasPrice, hasQty bool
	for _, f := range m.items {
		switch f.spec.name {
		case "items.price":
			price, hasPrice = m.appendNumber(f)
		case "items.qty":
			qty, hasQty = m.appendNumber(f)
		default:
			m.appendText(f)
		}
	}

	if len(e.Body) == empty {
		e.Body = e.Body[:before]
		return
	}

	e.Body = append(e.Body, '}')
	e.Items++
	if hasPrice {
		total.add(price, qty, hasQty)
	}
}
