package table

// sheetRow is the row just read. Its buffers are reused.
type sheetRow struct {
	number  int
	hidden  bool
	cells   [][]byte // by column
	kinds   []byte
	used    []int  // columns that hold something
	empty   bool   // a cell stands in it that holds empty text
	text    []byte // what the cells stand in
	width   int    // columns up to the last one that holds something
	next    int    // column of a cell that does not name one
	problem *RowError
	column  int // of the problem; -1: the row itself
}

// clear makes room for the next row; it touches only what the last one used.
func (r *sheetRow) clear() {
	for _, column := range r.used {
		r.cells[column], r.kinds[column] = nil, Empty
	}
	r.used, r.text = r.used[:0], r.text[:0]
	r.width, r.next, r.problem, r.empty = 0, 0, nil, false
}

// set puts a value into its column.
func (r *sheetRow) set(column int, text []byte, kind byte) {
	if kind == Empty {
		return
	}
	r.grow(column + 1)
	r.cells[column], r.kinds[column] = text, kind
	r.used = append(r.used, column)
	r.width = max(r.width, column+1)
}

func (r *sheetRow) grow(width int) {
	if missing := width - len(r.cells); missing > 0 {
		r.cells = append(r.cells, make([][]byte, missing)...)
		r.kinds = append(r.kinds, make([]byte, missing)...)
	}
}

// fail notes why the row is bad; the first reason stays.
func (r *sheetRow) fail(column int, excerpt []byte, message string) {
	if r.problem == nil {
		r.problem = &RowError{Message: message, Excerpt: string(excerpt[:min(len(excerpt), 80)])}
		r.column = column
	}
}

// blank tells whether the row holds nothing that one could see.
func (r *sheetRow) blank() bool {
	for _, column := range r.used {
		if r.kinds[column] != Text || !isBlank(r.cells[column]) {
			return false
		}
	}
	return true
}

// holdsEmptyText tells whether a program wrote the row with nothing but texts without a character: a record, if a blank one. Blanks in
// cells are what people leave.
func (r *sheetRow) holdsEmptyText() bool { return r.empty && len(r.used) == 0 }

func parseRowNumber(text []byte) (int, bool) {
	if len(text) == 0 || len(text) > 7 {
		return 0, false
	}
	number := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		number = number*10 + int(c-'0')
	}
	return number, number > 0
}

// parseReference reads a reference such as AB12 as column (from 0) and row.
func parseReference(text []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(text) && i < 4; i++ {
		c := lower(text[i])
		if c < 'a' || c > 'z' {
			break
		}
		column = column*26 + int(c-'a') + 1
	}
	row, ok = parseRowNumber(text[i:])
	return column - 1, row, ok && column > 0
}

// spansRows tells whether a range such as A1:B2 has more than one row.
func spansRows(reference []byte) bool {
	for i, c := range reference {
		if c == ':' {
			_, first, _ := parseReference(reference[:i])
			_, last, _ := parseReference(reference[i+1:])
			return last > first
		}
	}
	return false
}
