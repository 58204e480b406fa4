package report

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"ableimport/importer/own"
)

// Summary is what one run or preview says about itself: the object that --json prints and that is
// in summary.json, version 1. The order of the fields is the order in the file. Money is a decimal
// string with the currency's own number of decimals.
type Summary struct {
	Version  int               `json:"version"`
	RunID    string            `json:"run_id"`
	Mode     string            `json:"mode"` // "run" or "preview"
	ExitCode int               `json:"exit_code"`
	Stopped  string            `json:"stopped,omitempty"` // why the run ended early; "": it did not
	Plan     string            `json:"plan"`              // "sha256:..."
	Mapping  Mapping           `json:"mapping"`
	Target   Target            `json:"target"`
	Files    []File            `json:"files"`
	Rows     Rows              `json:"rows"`
	Skipped  []Skipped         `json:"skipped"`
	Events   Events            `json:"events"`
	Totals   map[string]Totals `json:"totals"` // by currency
	Problems []Problem         `json:"problems"`
	Reports  Reports           `json:"reports"`
	Timing   Timing            `json:"timing"`
	Approval *Approval         `json:"approval,omitempty"` // nil: nobody was asked
}

// Mapping names the mapping that a run used. SHA256 is in hex.
type Mapping struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Target is where the events go. LedgerNew says that no earlier deliveries there are known.
type Target struct {
	Host      string `json:"host"`
	LedgerNew bool   `json:"ledger_new"`
}

// File is one input as it was read. Rows counts its data rows.
type File struct {
	Name      string `json:"name"`
	SHA256    string `json:"sha256"`
	Format    string `json:"format"`
	Encoding  string `json:"encoding"`
	Delimiter string `json:"delimiter"`
	Sheet     string `json:"sheet"`
	HeaderRow int    `json:"header_row"`
	Rows      int64  `json:"rows"`
}

// Rows says where every row went: Read is the sum of the others.
type Rows struct {
	Read    int64 `json:"read"`
	Mapped  int64 `json:"mapped"`
	Skipped int64 `json:"skipped"`
	Invalid int64 `json:"invalid"`
	Held    int64 `json:"held"` // good rows of an event that a bad row holds
}

// Skipped is one reason for leaving rows out, with the money that these rows
// carried, by currency.
type Skipped struct {
	Reason string            `json:"reason"`
	Rows   int64             `json:"rows"`
	Totals map[string]string `json:"totals"`
}

// Events counts events by state: Total is the sum of the others except Resent, which is a part of
// Delivered.
type Events struct {
	Total            int64 `json:"total"`
	Delivered        int64 `json:"delivered"`
	AlreadyDelivered int64 `json:"already_delivered"`
	Changed          int64 `json:"changed"`
	Rejected         int64 `json:"rejected"`
	Unknown          int64 `json:"unknown"`
	NotSent          int64 `json:"not_sent"`
	Invalid          int64 `json:"invalid"`
	Resent           int64 `json:"resent"`
	// Kept: changed, and somebody has decided to leave it as it was delivered.
	Kept int64 `json:"kept,omitempty"`
}

// Totals is the money of one currency by state. AmountUnreadable counts the invalid events that are
// in no sum because their amount cannot be read.
type Totals struct {
	Total            string `json:"total"`
	Delivered        string `json:"delivered"`
	AlreadyDelivered string `json:"already_delivered"`
	Changed          string `json:"changed"`
	Rejected         string `json:"rejected"`
	Unknown          string `json:"unknown"`
	NotSent          string `json:"not_sent"`
	Invalid          string `json:"invalid"`
	AmountUnreadable int64  `json:"amount_unreadable"`
	Kept             string `json:"kept,omitempty"`           // as the files have it
	KeptDelivered    string `json:"kept_delivered,omitempty"` // as it was delivered, and stays
}

// Reports says where the run's files are. Failures has one path for each input that has failures.
type Reports struct {
	Summary  string   `json:"summary"`
	Failures []string `json:"failures"`
}

// Timing is how long a run took. Preview sends nothing: SendSeconds is 0.
type Timing struct {
	PreflightSeconds float64 `json:"preflight_s"`
	SendSeconds      float64 `json:"send_s"`
	EventsPerSecond  float64 `json:"events_per_s"`
}

// WriteSummary writes the summary to path as indented JSON, readable by its owner only, completely
// or not at all.
func (s *Summary) WriteSummary(path string) error {
	content, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return WriteWhole(path, append(content, '\n'))
}

// ReadSummary reads what WriteSummary has written.
func ReadSummary(path string) (*Summary, error) {
	content, err := own.Read(path)
	if err != nil {
		return nil, err
	}
	s := new(Summary)
	if err := json.Unmarshal(content, s); err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return s, nil
}

// MarshalJSON writes empty lists and maps as [] and {}, never as null: scripts
// loop over them.
func (s Summary) MarshalJSON() ([]byte, error) {
	type bare Summary
	full := bare(s)
	full.Version = 1

	full.Files = orEmpty(full.Files)
	full.Problems = orEmpty(full.Problems)
	full.Reports.Failures = orEmpty(full.Reports.Failures)
	full.Skipped = slices.Clone(orEmpty(full.Skipped))

	for i := range full.Skipped {
		if full.Skipped[i].Totals == nil {
			full.Skipped[i].Totals = map[string]string{}
		}
	}

	if full.Totals == nil {
		full.Totals = map[string]Totals{}
	}

	return json.Marshal(full)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
