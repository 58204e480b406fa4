package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
)

// A Remembered is the mapping last used for files with the same headings.
type Remembered struct {
	Name      string    `json:"name"` // of the mapping
	Namespace string    `json:"namespace"`
	Mapping   string    `json:"mapping"`          // its file; "": it has none
	Preset    string    `json:"preset,omitempty"` // its name, where the mapping was one
	File      string    `json:"file"`             // the export's
	When      time.Time `json:"when"`
	Copy      string    `json:"copy"` // kept beside this note

	// where the mapping is now: its file, otherwise the copy; "": both are gone
	Path string `json:"-"`
	Key  string `json:"-"` // names the headings
}

// rememberedDir holds what is remembered, below the state folder: for each key a note and, unless
// the mapping is a preset, a copy of it.
const (
	rememberedDir = "mappings"
	noteEnding    = ".json"
	copyEnding    = ".mapping.yaml"
)

// usualKey is what [headingsKey] makes.
var usualKey = regexp.MustCompile(`^[0-9a-f]{16}$`)

// headingsKey names a list of headings.
func headingsKey(header []string) string {
	names := make([]string, len(header))
	for i, heading := range header {
		names[i] = mapping.NormalName(heading)
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// Remember notes which mapping was used for files with these headings, and keeps a copy of it: the
// page's mapping has no file of its own, and people move their files. Of the headings it keeps only
// a hash.
func (t *Target) Remember(header []string, file string, config *mapping.Config,
	when time.Time) error {
	folder := filepath.Join(t.StateDir, rememberedDir)
	if err := spill.MakePrivate(folder); err != nil {
		return fmt.Errorf("remember the mapping: %w", err)
	}

	base := filepath.Join(folder, headingsKey(header))
	known := Remembered{Name: config.Name, Namespace: config.Namespace, File: file,
		When: when.UTC()}
	var err error

	if preset, found := strings.CutPrefix(config.File(), mapping.PresetPrefix); found {
		known.Preset = preset // the program has it
	} else {
		known.Mapping = fileOf(config)
		known.Copy = base + copyEnding
		err = report.WriteWhole(known.Copy, config.Text())
	}

	var note []byte
	if err == nil {
		note, err = json.Marshal(known)
	}
	if err == nil {
		err = report.WriteWhole(base+noteEnding, note)
	}
	if err != nil {
		return fmt.Errorf("remember the mapping: %w", err)
	}
	return nil
}

// fileOf is where the mapping is, as far as that is known: the page's mapping has only a name, and
// a file with that name may be anything.
func fileOf(config *mapping.Config) string {
	path, err := filepath.Abs(config.File())
	if err != nil {
		return ""
	}
	if text, err := own.ReadPlain(path); err != nil || !bytes.Equal(text, config.Text()) {
		return ""
	}
	return path
}

// Recall finds the mapping for a file with these headings; nil where there is none.
func Recall(stateDir string, header []string) (*Remembered, error) {
	return RecallKey(stateDir, headingsKey(header))
}

// RecallKey finds what is remembered under a key; nil where there is nothing.
func RecallKey(stateDir, key string) (*Remembered, error) {
	if !usualKey.MatchString(key) {
		return nil, nil
	}
	note, err := own.Read(filepath.Join(stateDir, rememberedDir, key+noteEnding))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}

	one := &Remembered{Key: key}
	if err := json.Unmarshal(note, one); err != nil {
		return nil, nil // from a later version, which knows what to do with it
	}

	for _, path := range []string{one.Mapping, one.Copy} {
		if _, err := os.Stat(path); err == nil {
			one.Path = path
			break
		}
	}

	return one, nil
}

// RecallAll lists what is remembered, the latest first.
func RecallAll(stateDir string) (all []*Remembered) {
	notes, _ := filepath.Glob(filepath.Join(stateDir, rememberedDir, "*"+noteEnding))
	for _, note := range notes {
		key := strings.TrimSuffix(filepath.Base(note), noteEnding)
		if one, err := RecallKey(stateDir, key); err == nil && one != nil {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b *Remembered) int { return b.When.Compare(a.When) })
	return all
}

// ForgetMapping removes what is remembered under a key, with the copy. People's own files stay.
func ForgetMapping(stateDir, key string) error {
	one, err := RecallKey(stateDir, key)
	if err != nil || one == nil {
		return err
	}
	base := filepath.Join(stateDir, rememberedDir, key)
	if err := os.Remove(base + copyEnding); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget the mapping: %w", err)
	}
	if err := os.Remove(base + noteEnding); err != nil {
		return fmt.Errorf("forget the mapping: %w", err)
	}
	return nil
}
