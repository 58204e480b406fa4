package report

// Manifest binds a run's folder: what ran, on what, for whom, and the hash of
// every file that tells about it.
type Manifest struct {
	Version        int               `json:"version"`
	Program        string            `json:"program"` // version of able-import
	RunID          string            `json:"run_id"`
	Who            string            `json:"who"`  // user@host
	When           string            `json:"when"` // RFC 3339, UTC
	Mapping        Mapping           `json:"mapping"`
	Target         string            `json:"target"` // host
	Plan           string            `json:"plan"`
	Inputs         []FileHash        `json:"inputs"`
	Lookups        []FileHash        `json:"lookups"`
	Events         Events            `json:"events"`
	Totals         map[string]Totals `json:"totals"`
	LedgerSequence uint64            `json:"ledger_sequence"`
	Previous       string            `json:"previous"` // hash of the manifest before, "" for the first
	Files          []FileHash        `json:"files"`    // of the folder
	Hash           string            `json:"hash"`     // over everything above
}

// FileHash is a file's name and SHA-256 in hex.
type FileHash struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Seal hashes the files of a run's folder and writes manifest.json beside
// them. It returns the manifest's hash, which the next one names as previous.
func Seal(folder string, manifest Manifest) (hash string, err error) { return "", nil }

// Verify reads the manifest of a folder and proves that every file is still
// what it was. The error names what is changed, missing or new.
func Verify(folder string) (*Manifest, error) { return nil, nil }
