package mapping

// CellUse tells, for the preview, what became of one cell.
type CellUse struct {
	Row    int
	Column string
	Value  string // masked when personal
	Field  string
	Result string
}

// Cells tells what became of the cells of one event.
func (m *Mapper) Cells(rows []Row) []CellUse { return nil }
