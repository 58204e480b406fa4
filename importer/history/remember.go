package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ableimport/mapping"
)

// A Remembered is the mapping that files with the same headings were last imported with.
type Remembered struct {
	Name      string    `json:"name"` // of the mapping
	Namespace string    `json:"namespace"`
	Mapping   string    `json:"mapping"`          // its file, as it was named
	Preset    string    `json:"preset,omitempty"` // its name, where the mapping was one
	File      string    `json:"file"`             // the export's
	When      time.Time `json:"when"`
	Copy      string    `json:"copy"` // kept beside this note

	// where the mapping is now: its file, otherwise the copy; "": neither is there
	Path string `json:"-"`
}

// rememberedDir holds what is remembered, below the state folder.
const rememberedDir = "mappings"

// headingsKey names a list of headings.
func headingsKey(header []string) string {
	names := make([]string, len(header))
	for i, heading := range header {
		names[i] = mapping.NormalName(heading)
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// Remember notes with which mapping files with these headings were imported, and keeps a copy of it:
// the page's has no file of its own, and people move theirs. Of the headings only a hash is kept.
func (t *Target) Remember(header []string, file string, config *mapping.Config,
	when time.Time) error {
	folder := filepath.Join(t.StateDir, rememberedDir)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("remember the mapping: %w", err)
	}

	base := filepath.Join(folder, headingsKey(header))
	known := Remembered{Name: config.Name, Namespace: config.Namespace, File: file,
		When: when.UTC()}
	var err error
	if preset, found := strings.CutPrefix(config.File(), mapping.PresetPrefix); found {
		known.Preset = preset // the program has it
	} else if known.Mapping, err = filepath.Abs(config.File()); err == nil {
		known.Copy = base + ".mapping.yaml"
		err = os.WriteFile(known.Copy, config.Text(), 0o600)
	}

	var note []byte
	if err == nil {
		note, err = json.Marshal(known)
	}
	if err == nil {
		err = os.WriteFile(base+".json", note, 0o600)
	}
	if err != nil {
		return fmt.Errorf("remember the mapping: %w", err)
	}
	return nil
}

// Recall finds the mapping for a file with these headings; nil where there is none.
func Recall(stateDir string, header []string) (*Remembered, error) {
	note, err := os.ReadFile(filepath.Join(stateDir, rememberedDir, headingsKey(header)+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}

	one := new(Remembered)
	if err := json.Unmarshal(note, one); err != nil {
		return nil, nil // a later version's: it will say what it knows
	}

	for _, path := range []string{one.Mapping, one.Copy} {
		if _, err := os.Stat(path); err == nil {
			one.Path = path
			break
		}
	}

	return one, nil
}
