// Package secrets is for tests. It knows what must not be in any log, metric, message or process
// list: e-mail addresses, phone numbers, and the funnel mark that tests send with. Every package
// with messages has its tests checked: [Check] reads what was said to somebody, [CheckFolder] what
// was left behind, [Watch] what is logged, [WatchProcesses] the arguments of processes.
//
// Some files are not read, because a person's rows are their purpose: failures files and events
// (mode 0600, which [CheckFolder] checks), the ledger of their hashes, and what inspect, init and
// preview show of the cells that they are asked for.
package secrets

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Mark is the funnel mark of all tests.
const Mark = "11111111-2222-3333-4444-555555555555"

// personal finds e-mail addresses, international phone numbers and the mark. Masked ones have no
// letters to find.
var personal = regexp.MustCompile(
	`[A-Za-z0-9_%+-][A-Za-z0-9._%+-]*@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}|\+[0-9][0-9 ()/-]{7,}[0-9]|` +
		Mark)

// dialled finds what may be a phone number as people write it at home: the samples show which are.
var dialled = regexp.MustCompile(`[0-9(][0-9 ()/.-]{6,}[0-9]`)

// Find returns the first e-mail address, phone number or mark in text, or "".
func Find(text string) string {
	if found := personal.FindString(text); found != "" {
		return found
	}
	for _, number := range dialled.FindAllString(text, -1) {
		if isPhone(digitsOf(number)) {
			return number
		}
	}
	return ""
}

// Check fails t if one of the texts contains a secret; place says whose texts they are.
func Check(t testing.TB, place string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if found := Find(text); found != "" {
			t.Errorf("%s: personal data or the funnel mark: %s", place, found)
		}
	}
}

// unfinished ends the name of a file that was being written when its program was killed.
var unfinished = regexp.MustCompile(`\.[0-9]+$`)

// rowFiles are files that contain rows, or hashes of them, by the ends of their names.
var rowFiles = []string{
	".failures.csv", ".failures.xlsx", // rows to be fixed
	".jsonl",                 // events, and an index of a plan
	".sqlite", ".sqlite-wal", // the ledger: hashes, which may look like digits of anything
	"mapping.yaml", // its tests are rows
	".reason.txt",  // beside a refused export: its readings, side by side
}

// CheckFolder fails t if a file below dir that is not for rows contains a secret, or if anybody but
// the owner may use what is there.
func CheckFolder(t testing.TB, dir string) {
	t.Helper()
	filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return nil // gone, or there was none
		}

		if info, err := entry.Info(); err == nil && runtime.GOOS != "windows" &&
			info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: others may use it: %s", path, info.Mode())
		}

		name := unfinished.ReplaceAllString(path, "")
		holdsRows := slices.ContainsFunc(rowFiles,
			func(end string) bool { return strings.HasSuffix(name, end) })
		if !entry.IsDir() && !holdsRows {
			content, _ := os.ReadFile(path)
			Check(t, path, string(content))
		}

		return nil
	})
}
