package table

import (
	"fmt"
	"strings"
)

// AmbiguousError says that a file can be read in several ways that differ in what matters. Nothing is guessed: the reader
// chooses by one line of the mapping's `source:`.
type AmbiguousError struct {
	File     string // base name
	What     string // what is open, without the file's name
	Readings []Reading
}

// Reading is one way to read a file.
type Reading struct {
	Setting string   // the line to add: `encoding: windows-1252`
	Shown   []string // how some cells or headings read then, in the same order for all readings
	Rows    []Row    // some rows as they read then, the same for all readings; for the file's owner, and in no message
	Likely  bool     // it is the likeliest, though nothing proves it
}

// Error lists the readings side by side, one a line.
func (e *AmbiguousError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s. Add the line that is right to the mapping's `source:`", e.File, e.What)
	for _, reading := range e.Readings {
		fmt.Fprintf(&text, "\n  %s", reading.Setting)
		if len(reading.Shown) > 0 {
			fmt.Fprintf(&text, "  # %s", strings.Join(reading.Shown, ", "))
		}
	}
	return text.String()
}
