package table

// headRow is one of the first rows of a file or sheet, blank ones left out.
type headRow struct {
	number int // as [Row.Number]
	cells  []string
	kinds  []byte
}

// headerChoice is the outcome of findHeader.
type headerChoice struct {
	index    int      // of the header in the given rows; -1: there is none, the first row is data
	row      int      // its row number; 0: there is none
	names    []string // trimmed; letters where there is no header
	warnings []string
}

// headRows is how many rows (blank ones left out) findHeader should be given.
const headRows = 50

// findHeader chooses the header among the first rows of a file: by options.Header or options.HeaderNames, else as the
// row that holds what options.Needs asks for, else by shape. The error says what was not found, without the file's name.
func findHeader(head []headRow, options Options) (headerChoice, error) {
	return headerChoice{index: -1}, nil
}

// columnLetters names columns as a spreadsheet does: 0 is A, 26 is AA.
func columnLetters(column int) string {
	name := []byte{}
	for column++; column > 0; column = (column - 1) / 26 {
		name = append([]byte{byte('A' + (column-1)%26)}, name...)
	}
	return string(name)
}
