// Package prepare holds what the command line and the local page both do around a run: finding the preset that fits,
// telling how a file is read, comparing a plan with what is expected of it, and the exit code that an outcome has.
package prepare

import (
	"strings"

	"ableimport/importer/report"
)

// ExitCode is the exit code of a run that came to its end: 5 where events were not sent, 4 where some are unknown, 3 where
// rows or events need a person, else 0.
func ExitCode(e report.Events, rows report.Rows) int {
	switch {
	case e.NotSent > 0:
		return 5
	case e.Unknown > 0:
		return 4
	case e.Invalid+e.Rejected+e.Changed+rows.Invalid+rows.Held > 0:
		return 3
	}
	return 0
}

// ShellWord quotes a word that a shell would take apart.
func ShellWord(word string) string {
	if strings.ContainsAny(word, " \t'\"$&;()<>|*?[]#~\\`!") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}
