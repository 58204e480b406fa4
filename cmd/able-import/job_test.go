package main

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ableimport/samples/secrets"
)

// age FILE DURATION makes a file as old as that.
func age(ts *testscript.TestScript, neg bool, args []string) {
	old, err := time.ParseDuration(args[1])
	ts.Check(err)
	at := time.Now().Add(-old)
	ts.Check(os.Chtimes(ts.MkAbs(args[0]), at, at))
}

// isin FOLDER PATTERN...: the files below the folder are one for each pattern, whole paths from
// there, and no others.
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

// hook FILE listens for notices, appends each to FILE and sets ABLE_NOTIFY to its address;
// ABLE_TOKEN is a secret to go with it.
func hook(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err == nil {
			fmt.Fprintf(file, "%s %s %s\n", r.Method, r.Header.Get("Content-Type"), body)
			file.Close()
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv("ABLE_NOTIFY", server.URL+"/hook")
	ts.Setenv("ABLE_TOKEN", "geheim-geheim-geheim")
}

// answers TEXT... starts a receiver that says 200 to everything, with these texts one after the
// other.
func answers(ts *testscript.TestScript, neg bool, args []string) {
	var number atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, args[min(int(number.Add(1)), len(args))-1])
	}))
	ts.Defer(server.Close)
	ts.Setenv("ABLE_ENDPOINT", server.URL+"/events")
	ts.Setenv("ABLE_FUNNEL_MARK", secrets.Mark)
}

// old FOLDER... gives everything below the folders that has a time in its name a time two years
// ago.
func old(ts *testscript.TestScript, neg bool, args []string) {
	year := regexp.MustCompile(`^20\d\d-`)
	for _, folder := range args {
		var paths []string
		filepath.WalkDir(ts.MkAbs(folder), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && year.MatchString(entry.Name()) {
				paths = append(paths, path)
			}
			return nil
		})
		for _, path := range paths {
			earlier := fmt.Sprintf("%d-", time.Now().Year()-2)
			ts.Check(os.Rename(path, filepath.Join(filepath.Dir(path),
				year.ReplaceAllString(filepath.Base(path), earlier))))
		}
	}
}
