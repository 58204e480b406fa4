package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"ableimport/importer/own"
)

// A Forgetting notes that the rows of a person were taken out of a run's folder, at their request.
// The manifest and the chain of manifests do not change: the note says which hash has replaced
// which, when and by whom, but not whose rows they were.
type Forgetting struct {
	When  string          `json:"when"` // RFC 3339, UTC
	Who   string          `json:"who"`  // user@host
	Rows  int             `json:"rows"`
	Files []ForgottenFile `json:"files"`
}

// ForgottenFile is a file that was rewritten without the rows. Hashes are SHA-256 in hex.
type ForgottenFile struct {
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

const forgottenName = "forgotten.json"

// ReadForgotten returns what was taken out of a folder, oldest first.
func ReadForgotten(folder string) (all []Forgetting, err error) {
	content, err := own.Read(filepath.Join(folder, forgottenName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", filepath.Base(folder), forgottenName, err)
	}
	return all, nil
}

// AddForgotten adds a note to a folder. Add it before the files are replaced.
func AddForgotten(folder string, f Forgetting) error {
	all, err := ReadForgotten(folder)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(append(all, f), "", "  ")
	if err != nil {
		return err
	}
	return WriteWhole(filepath.Join(folder, forgottenName), append(content, '\n'))
}

// Sealed is what the files of the manifest are by now: as the run left them, or as a [Forgetting]
// says.
func (m *Manifest) Sealed(folder string) ([]FileHash, error) {
	forgotten, err := ReadForgotten(folder)
	if err != nil {
		return nil, err
	}

	files := make([]FileHash, len(m.Files))
	copy(files, m.Files)
	for _, f := range forgotten {
		for _, changed := range f.Files {
			for i := range files {
				if files[i].Name == changed.Name && files[i].SHA256 == changed.Before {
					files[i].SHA256 = changed.After
				}
			}
		}
	}
	return files, nil
}
