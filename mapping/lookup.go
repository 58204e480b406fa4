package mapping

// lookup is a second file that has what the export lacks.
type lookup struct {
	place
	name   string
	column name
}

func (r *reader) lookupFiles(n *node) {}

func (r *reader) checkLookups() {}
