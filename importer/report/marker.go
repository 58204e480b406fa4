package report

import (
	"slices"
	"strconv"
	"strings"
)

// Marker is what a failures file says about itself in every row, in a column headed able_import:
// which run wrote it, and how many of the columns are the source's. It is in every row because
// people sort and delete rows, and has the count because the source may have any heading that we
// use.
type Marker struct {
	RunID   string
	Columns int
	Partial bool // rows are missing: it must not be fed back as if it were whole
}

const (
	markerHeading = "able_import"
	// The number changes with the columns. People have older files: ParseMarker must accept their
	// number, and whoever uses FileBeforeMarker and RowBeforeMarker must go by it.
	markerFormat = "failures/1"
	partialWord  = "INCOMPLETE"
)

// reportHeadings come after the source's columns, the marker last.
var reportHeadings = []string{
	"file", "row", "column", "value", "reason", "status", "answer", markerHeading,
}

// How far to the left of the marker readers of a failures file find two of our columns.
const (
	FileBeforeMarker = 7
	RowBeforeMarker  = 6
)

// Places in reportHeadings.
const (
	rowColumn    = 1
	reasonColumn = 4
	statusColumn = 5
)

// String returns the cell: "failures/1 run=2025-12-07T0931Z-5f2c columns=20".
func (m Marker) String() string {
	text := markerFormat + " run=" + m.RunID + " columns=" + strconv.Itoa(m.Columns)
	if m.Partial {
		text += " " + partialWord
	}
	return text
}

// ParseMarker reads the cell of a marker.
func ParseMarker(cell string) (Marker, bool) {
	words := strings.Fields(cell)
	partial := len(words) == 4 && words[3] == partialWord
	if partial {
		words = words[:3]
	}
	if len(words) != 3 || words[0] != markerFormat {
		return Marker{}, false
	}
	run, hasRun := strings.CutPrefix(words[1], "run=")
	number, hasColumns := strings.CutPrefix(words[2], "columns=")
	columns, err := strconv.Atoi(number)
	if !hasRun || run == "" || !hasColumns || err != nil || columns < 0 {
		return Marker{}, false
	}
	return Marker{RunID: run, Columns: columns, Partial: partial}, true
}

// MarkerHeadings find the header row of a failures file, as the columns that are needed.
var MarkerHeadings = [][]string{{
	markerHeading, markerHeading + " (able-import)", markerHeading + " (able-import 2)",
}}

// MayHaveMarker reports whether a heading makes the first row worth a look.
func MayHaveMarker(header []string) bool {
	return slices.ContainsFunc(header, func(heading string) bool {
		return strings.HasPrefix(heading, markerHeading)
	})
}

// FindMarker looks for the marker of a failures file in the header row and the first row of a file,
// and returns its column.
func FindMarker(header, first []string) (marker Marker, column int, found bool) {
	for column := min(len(header), len(first)) - 1; column >= 0; column-- {
		if !strings.HasPrefix(header[column], markerHeading) {
			continue
		}
		if marker, ok := ParseMarker(first[column]); ok {
			return marker, column, true
		}
	}
	return Marker{}, 0, false
}

// failureHeadings returns the headings of a failures file: the source's unchanged, then ours,
// numbered where the source has the same: a mapping refuses a file in which two columns share a
// name.
func failureHeadings(source []string) []string {
	taken := make(map[string]bool, len(source))
	for _, heading := range source {
		taken[folded(heading)] = true
	}

	headings := slices.Clone(source)
	for _, heading := range reportHeadings {
		free := heading
		for n := 2; taken[folded(free)]; n++ {
			free = heading + " (able-import"
			if n > 2 {
				free += " " + strconv.Itoa(n-1)
			}
			free += ")"
		}
		headings = append(headings, free)
	}
	return headings
}

// folded is the loosest way in which mappings compare headings.
func folded(heading string) string { return strings.ToLower(strings.TrimSpace(heading)) }
