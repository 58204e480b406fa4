package mapping

import "bytes"

// carried is a column whose value stands once, above the rows that it is for.
type carried struct {
	column int
	text   []byte
	kind   byte
}

// carryDown fills the carried columns of a row. A row in which nothing else
// stands may be a heading: it gives the value and is no data itself.
func (m *Mapper) carryDown(row *Row, mayHead bool) *Skip {
	var c cell
	heading := mayHead && m.onlyCarried(row)
	for i := range m.carried {
		above := &m.carried[i]
		if above.column >= len(row.Cells) {
			continue
		}
		readCell(&c, row, above.column)
		switch {
		case !c.empty():
			above.text, above.kind = bytes.Clone(c.text), c.kind
		case heading: // another carried column begins anew; this one stays
		default:
			row.Cells[above.column] = above.text
			if above.column < len(row.Kinds) {
				row.Kinds[above.column] = above.kind
			}
		}
	}
	if heading {
		return &Skip{Reason: "heading"}
	}
	return nil
}

// carryNothing ends what a total closes.
func (m *Mapper) carryNothing() {
	for i := range m.carried {
		m.carried[i].text, m.carried[i].kind = nil, KindEmpty
	}
}

// onlyCarried tells whether nothing but carried columns is filled.
func (m *Mapper) onlyCarried(row *Row) bool {
	var c cell
	for column := range row.Cells {
		if readCell(&c, row, column); !c.empty() && !m.isCarried(column) {
			return false
		}
	}
	return true
}

func (m *Mapper) isCarried(column int) bool {
	for i := range m.carried {
		if m.carried[i].column == column {
			return true
		}
	}
	return false
}
