package mapping

// itemList says how the items stand in one cell: "2× Coffee, 1× Tea".
type itemList struct {
	source  *spec
	between string
	pattern []patternPart
}

type patternPart struct{ literal, field string }

func (r *reader) itemList(n *node) *itemList { return nil }

func (m *Mapper) appendList() {}
