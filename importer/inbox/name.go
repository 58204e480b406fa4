package inbox

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

// stampLayout begins the names of runs and of files that were put away: such names sort by time.
const stampLayout = "2006-01-02T150405.000Z"

// Stamp is the beginning of a name for something without a run.
func Stamp(now time.Time) string { return now.UTC().Format(stampLayout) }

// StampOf reads the time that a name begins with.
func StampOf(name string) (time.Time, bool) {
	if len(name) < len(stampLayout) {
		return time.Time{}, false
	}
	at, err := time.Parse(stampLayout, name[:len(stampLayout)])
	return at, err == nil
}

// longestName is the most bytes that file systems allow, less a number of [FreePath] and
// [ReasonEnding].
const longestName = 255 - 5 - len(ReasonEnding)

// Named puts a run or a stamp before a file's name. A name that becomes too long loses its middle,
// not its ending.
func Named(before, name string) string {
	long := before + "-" + name
	if len(long) <= longestName {
		return long
	}

	ending := filepath.Ext(name)
	if len(ending) > 20 { // a dot in the name, not an ending
		ending = ""
	}
	cut := long[:longestName-len(ending)]
	for len(cut) > 0 && !utf8.RuneStart(long[len(cut)]) {
		cut = cut[:len(cut)-1]
	}
	return cut + ending
}

// FreePath is a path in dir that is not in use: name, or name with a number.
func FreePath(dir, name string) string {
	path := filepath.Join(dir, name)
	for n := 2; ; n++ {
		if _, err := os.Lstat(path); err != nil {
			return path
		}
		ending := filepath.Ext(name)
		stem := strings.TrimSuffix(name, ending)
		path = filepath.Join(dir, fmt.Sprintf("%s.%d%s", stem, n, ending))
	}
}
