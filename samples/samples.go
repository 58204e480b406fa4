// Package samples contains the ready mappings: one folder for each billing system, with the
// mapping, an invented export in the system's own format, the events that it becomes (events.jsonl)
// and a page of notes. Mappings and exports are part of the program; events and notes are for
// readers and tests.
package samples

import (
	"bytes"
	"embed"
	"fmt"
	"math"
	"path"
	"strings"
)

//go:generate go run xero-invoices/generate.go

//go:embed */mapping.yaml */*.csv */*.xlsx
var files embed.FS

// Sample is a ready mapping with the export that shows it at work.
type Sample struct {
	Name  string // the folder, and what people call the preset
	Title string // the first comment of its mapping
	// no real export was seen: its headings are second hand, so it must not be suggested
	Unverified bool
	Export     string // file name of the invented export
}

// All returns the samples, ordered by name.
func All() []Sample {
	var all []Sample
	folders, _ := files.ReadDir(".") // embedded, so it is there
	for _, folder := range folders {
		all = append(all, describe(folder.Name()))
	}
	return all
}

func describe(name string) Sample {
	s := Sample{Name: name}
	source, _ := files.ReadFile(path.Join(name, "mapping.yaml"))
	title, rest, _ := bytes.Cut(source, []byte("\n"))
	s.Title = string(bytes.TrimLeft(title, "# "))
	s.Unverified = bytes.HasPrefix(rest, []byte("# unverified:"))

	entries, _ := files.ReadDir(name)
	for _, entry := range entries {
		if entry.Name() != "mapping.yaml" {
			s.Export = entry.Name()
		}
	}

	return s
}

// Mapping returns the source of a preset's mapping. The error is a sentence
// that names the preset that may be meant.
func Mapping(name string) ([]byte, error) {
	s, err := find(name)
	if err != nil {
		return nil, err
	}
	return files.ReadFile(path.Join(s.Name, "mapping.yaml"))
}

// Export returns the invented export of a sample and its file name.
func Export(name string) (file string, content []byte, err error) {
	s, err := find(name)
	if err != nil {
		return "", nil, err
	}
	content, err = files.ReadFile(path.Join(s.Name, s.Export))
	return s.Export, content, err
}

func find(name string) (Sample, error) {
	all := All()
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	hint := ""
	if near := nearest(name, all); near != "" {
		hint = "did you mean " + near + "? "
	}
	return Sample{}, fmt.Errorf(
		"there is no preset %q; %sable-import presets lists all of them",
		name, hint)
}

// nearest is the name that people may mean: among those that begin like theirs, or otherwise among
// all, the one with the fewest letters to change; "" if these are too many for a slip.
func nearest(name string, all []Sample) string {
	const sameSystem = 100 // outweighs any distance between names of ours
	name = strings.ToLower(name)
	system, _, _ := strings.Cut(name, "-")
	best, least := all[0], math.MaxInt
	for _, s := range all {
		distance := editDistance(name, s.Name)
		if system != "" && strings.HasPrefix(s.Name, system) {
			distance -= sameSystem
		}
		if distance < least {
			best, least = s, distance
		}
	}

	if least > max(2, len(name)/3) {
		return ""
	}
	return best.Name
}

// editDistance counts the bytes to insert, remove or replace.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}

	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}

	return row[len(b)]
}
