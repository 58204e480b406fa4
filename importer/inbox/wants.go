package inbox

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// Endings of files that are not data: they say something about the file whose name comes before.
var unfinished = []string{".part", ".filepart", ".tmp", ".crdownload", ".partial", ".download"}

const finished = ".done"

// ReasonEnding ends the name of the file that says why another was refused.
const ReasonEnding = ".reason.txt"

// Wants reports whether a name belongs to data that the patterns ask for. [path.Match] reads them,
// ignoring case; without patterns every file is wanted. A file that was put away and has come back
// goes by its first name, and a failures file by its export's name, so that nobody has to rename
// what they fixed. Programs put a dot before the names of files that they are still writing, and
// office programs mark an open file with ~$.
func Wants(patterns []string, name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") ||
		strings.HasSuffix(lower, finished) || endsUnfinished(lower) || isReason(name) {
		return false
	}
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		return slices.ContainsFunc(FormerNames(name), func(former string) bool {
			return asksFor(strings.ToLower(pattern), strings.ToLower(former))
		})
	})
}

func endsUnfinished(lower string) bool {
	return slices.ContainsFunc(unfinished, func(ending string) bool {
		return strings.HasSuffix(lower, ending)
	})
}

// isReason reports whether somebody has put the reason back together with the refused file.
func isReason(name string) bool {
	_, stamped := StampOf(name)
	return stamped && strings.HasSuffix(name, ReasonEnding)
}

// runEnding is what follows the stamp in the name of a run.
var runEnding = regexp.MustCompile(`^[0-9a-f]{4}-`)

// FormerNames are a file's name and those that it had before it was put away.
func FormerNames(name string) []string {
	all := []string{name}
	if _, stamped := StampOf(name); !stamped || len(name) < len(stampLayout)+2 {
		return all
	}
	rest := name[len(stampLayout)+1:]
	all = append(all, FormerNames(rest)...)
	if run := runEnding.FindString(rest); run != "" {
		all = append(all, FormerNames(rest[len(run):])...)
	}
	return all
}

// asksFor matches a name as it is, and a failures file, whose name lacks the ending of its export,
// against the pattern without its ending.
func asksFor(pattern, name string) bool {
	if matches, _ := path.Match(pattern, name); matches {
		return true
	}
	for _, ending := range []string{".failures.xlsx", ".failures.csv"} {
		if export, ok := strings.CutSuffix(name, ending); ok {
			matches, _ := path.Match(strings.TrimSuffix(pattern, path.Ext(pattern)), export)
			return matches
		}
	}
	return false
}
