package main

import (
	"path/filepath"
	"slices"
	"strings"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/samples"
)

// recall finds the mapping that a file with the same headings was imported with on this machine; nil where none is known.
// What cannot be looked up is not known.
func (p *program) recall(f *importFlags, header []string) *history.Remembered {
	stateDir, err := p.stateDir(f)
	if err != nil {
		return nil
	}
	known, err := history.Recall(stateDir, header)
	if err != nil {
		return nil
	}
	return known
}

// recallFiles finds the mapping for several files, which have to agree about it.
func (p *program) recallFiles(f *importFlags, files []string) *history.Remembered {
	paths, err := existing(files)
	if err != nil || slices.Contains(paths, "-") {
		return nil
	}
	var found *history.Remembered
	for _, path := range paths {
		t, err := table.Open(path, table.Options{})
		if err != nil {
			return nil
		}
		header := t.Header()
		t.Close()
		known := p.recall(f, header)
		if known == nil || found != nil && found.Path != known.Path {
			return nil
		}
		found = known
	}
	return found
}

// sameColumns words what is known: "the same columns as your import of 30 Nov 2026 (orders_nov.csv)".
func sameColumns(known *history.Remembered) string {
	return "the same columns as your import of " + known.When.Local().Format("2 Jan 2006") + " (" + report.Visible(known.File) + ")"
}

// asFlag is the mapping as the flag that names it.
func asFlag(known *history.Remembered) string {
	if preset := presetOf(known); preset != "" {
		return "--preset " + preset
	}
	path := known.Path
	if here, err := filepath.Abs("."); err == nil {
		if near, err := filepath.Rel(here, path); err == nil && !strings.HasPrefix(near, "..") {
			path = near
		}
	}
	return "-m " + prepare.ShellWord(path)
}

// presetOf is the preset that the mapping was, if it was one; "" otherwise.
func presetOf(known *history.Remembered) string {
	if slices.ContainsFunc(samples.All(), func(s samples.Sample) bool { return s.Name == known.Preset }) {
		return known.Preset
	}
	return ""
}
