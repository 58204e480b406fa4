package mapping

// appendItems adds the items: one for each row of the group, or those of a
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
	if len(m.items) > 0 {
		for i := range m.rows {
			m.line.fill(&m.rows[i])
			m.appendItem(m.rows[i].Number)
		}
	}
	if e.Items == 0 {
		e.Body = e.Body[:before]
		return
	}
	e.Body = append(e.Body, ']')
}

// appendItem adds the item of the row that the frame holds.
func (m *Mapper) appendItem(row int) {
	e := m.event
	if m.itemWhere != nil {
		hit, err := m.itemWhere.holds()
		if err != nil {
			m.add(Problem{Code: "expression_failed", Row: row, Message: "items.where: " + err.Error()})
		}
		if !hit {
			return
		}
	}
	before := len(e.Body)
	e.Body = append(appendMember(e.Body, nil), '{')
	empty := len(e.Body)
	for _, f := range m.items {
		if f.spec.target == targetNumber {
			m.appendNumber(f)
		} else {
			m.appendText(f)
		}
	}
	if len(e.Body) == empty {
		e.Body = e.Body[:before]
		return
	}
	e.Body = append(e.Body, '}')
	e.Items++
}
