package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"ableimport/importer/own"
)

// Manifest binds a run's folder: what ran, on what, for whom, and the hash of every file about it.
// Each manifest names the hash of the previous one, so none can be changed or left out later
// without a trace in the next. Hashes are SHA-256 in hex.
type Manifest struct {
	Version int               `json:"version"` // 1; Seal sets it
	Program string            `json:"program"` // version of able-import
	RunID   string            `json:"run_id"`
	Who     string            `json:"who"`  // user@host
	When    string            `json:"when"` // RFC 3339, UTC
	Mapping Mapping           `json:"mapping"`
	Target  string            `json:"target"` // host
	Plan    string            `json:"plan"`
	Inputs  []FileHash        `json:"inputs"`
	Lookups []FileHash        `json:"lookups"`
	Events  Events            `json:"events"`
	Totals  map[string]Totals `json:"totals"` // by currency
	// Ledger is the name that the ledger got when it was created.
	Ledger         string `json:"ledger"`
	LedgerSequence uint64 `json:"ledger_sequence"`
	// Approval says who has previewed and who has approved the plan; nil: nobody was asked.
	Approval *Approval `json:"approval,omitempty"`
	// Previous is the hash of the manifest before, "" for the first.
	Previous string     `json:"previous"`
	Files    []FileHash `json:"files"` // of the folder; Seal fills them in
	Hash     string     `json:"hash"`  // over everything above; Seal fills it in
}

// FileHash is a file's name and hash. Names in a folder have forward slashes.
type FileHash struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// ManifestName is the manifest's file in a run's folder.
const ManifestName = "manifest.json"

const manifestVersion = 1

// Seal hashes the files of a run's folder, once all of them are written, and writes manifest.json
// beside them. It returns the manifest's hash, which the next one names as previous.
func Seal(folder string, manifest Manifest) (hash string, err error) {
	manifest.Version = manifestVersion
	if manifest.Files, err = hashFiles(folder); err != nil {
		return "", fmt.Errorf("seal %s: %w", filepath.Base(folder), err)
	}
	if manifest.Hash, err = manifest.sum(); err != nil {
		return "", fmt.Errorf("seal %s: %w", filepath.Base(folder), err)
	}

	content, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", filepath.Base(folder), err)
	}
	return manifest.Hash, WriteWhole(filepath.Join(folder, ManifestName), append(content, '\n'))
}

// sum hashes the manifest's meaning, not its layout.
func (m Manifest) sum() (string, error) {
	m.Hash = ""
	content, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), nil
}

// ReadManifest reads the manifest of a folder and proves that it has not changed.
func ReadManifest(folder string) (*Manifest, error) {
	place := filepath.Join(filepath.Base(folder), ManifestName)
	content, err := own.Read(filepath.Join(folder, ManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: missing; the run has not ended, or somebody removed it", place)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}

	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields() // what is not hashed must not be there
	var manifest Manifest
	if err := decoder.Decode(&manifest); manifest.Version > manifestVersion {
		return nil, fmt.Errorf("%s: written by a later able-import (form %d, this one knows %d)",
			place, manifest.Version, manifestVersion)
	} else if err != nil {
		return nil, fmt.Errorf("%s: damaged: %w", place, err)
	}

	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("%s: damaged: something follows the manifest", place)
	}
	if hash, err := manifest.sum(); err != nil || hash != manifest.Hash {
		return nil, fmt.Errorf("%s: changed since the run", place)
	}
	return &manifest, nil
}

// Verify reads the manifest of a folder and proves that no file has changed. The error names
// everything that is changed, missing or new, one per line; if the manifest itself is sound it is
// still returned.
func Verify(folder string) (*Manifest, error) {
	manifest, err := ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	files, err := hashFiles(folder)
	if err != nil {
		return manifest, fmt.Errorf("verify %s: %w", filepath.Base(folder), err)
	}
	found := make(map[string]string, len(files))
	for _, file := range files {
		found[file.Name] = file.SHA256
	}

	sealed, err := manifest.Sealed(folder)
	if err != nil {
		return manifest, err
	}
	var differences []error
	for _, file := range sealed {
		if toBeFixed(file.Name) {
			continue
		}
		switch hash, exists := found[file.Name]; {
		case !exists:
			differences = append(differences, fmt.Errorf("%s: missing", file.Name))
		case hash != file.SHA256:
			differences = append(differences, fmt.Errorf("%s: changed since the run", file.Name))
		}
		delete(found, file.Name)
	}

	// What is left in found was not sealed.
	for _, file := range files {
		if _, extra := found[file.Name]; extra {
			differences = append(differences,
				fmt.Errorf("%s: was not here when the run ended", file.Name))
		}
	}
	return manifest, errors.Join(differences...)
}

// toBeFixed reports whether people are asked to change a file. The rows that a failures file was
// made from are sealed in another file.
func toBeFixed(name string) bool {
	if filepath.Base(name) != name {
		return false
	}
	return strings.HasSuffix(name, ".failures.csv") || strings.HasSuffix(name, ".failures.xlsx")
}

// hashFiles hashes all files below a folder except its manifest, the note of what was forgotten,
// and the files that people should fix, by name.
func hashFiles(folder string) ([]FileHash, error) {
	files := []FileHash{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil || name == ManifestName || name == forgottenName || toBeFixed(name) {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s: not a plain file", name)
		}

		hash, err := HashFile(path)
		files = append(files, FileHash{Name: filepath.ToSlash(name), SHA256: hash})
		return err
	})
	return files, err
}

// HashFile is the SHA-256 of a text in a run's folder, in hexadecimal digits.
func HashFile(path string) (string, error) {
	file, err := own.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, own.Lines(file)); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
