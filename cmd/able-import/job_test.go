package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// age FILE DURATION makes a file as old as that.
func age(ts *testscript.TestScript, neg bool, args []string) {
	old, err := time.ParseDuration(args[1])
	ts.Check(err)
	at := time.Now().Add(-old)
	ts.Check(os.Chtimes(ts.MkAbs(args[0]), at, at))
}

// isin FOLDER PATTERN...: the files below the folder are one for each pattern, whole paths from there, and no others.
func isin(ts *testscript.TestScript, neg bool, args []string) {
	folder, patterns := ts.MkAbs(args[0]), args[1:]
	var found []string
	ts.Check(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(folder, path)
			found = append(found, filepath.ToSlash(name))
		}
		return err
	}))
	for _, pattern := range patterns {
		matches := 0
		for _, name := range found {
			if regexp.MustCompile("^(?:" + pattern + ")$").MatchString(name) {
				matches++
			}
		}
		if matches != 1 {
			ts.Fatalf("%d files in %s match %s: %q", matches, args[0], pattern, found)
		}
	}
	if len(found) != len(patterns) {
		ts.Fatalf("%s holds %q, want %d files", args[0], found, len(patterns))
	}
}
