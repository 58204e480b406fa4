package mapping

// take cuts a part out of a cell. At most one of its fields is set.
type take struct {
	after, query         string
	firstWord, restWords bool
}

// from returns the part of the cell, nil when it is not there.
func (t *take) from(cell []byte) []byte { return nil }
