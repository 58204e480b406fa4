package importer

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"time"

	"ableimport/importer/webhook"
	"ableimport/mapping"
)

// A Job says what is to be imported, where to, and how.
type Job struct {
	Files      []string        // paths, patterns, or "-" for Stdin
	Stdin      io.Reader       // read for "-"; may be nil otherwise
	Mapping    *mapping.Config // how rows become events
	MappingDir string          // where the mapping's second files are found

	Mark      string          // the funnel mark; a preview may go without, and then knows no earlier deliveries
	Webhook   webhook.Options // where to post and how
	StateDir  string          // holds one ledger for each target
	ReportDir string          // holds one folder for each run; "": runs, below StateDir
	Version   string          // of the program, for manifests

	Examples int              // how many events the plan shows beside their cells
	Now      func() time.Time // the clock of reports and receipts; nil: time.Now
}

// defaultConcurrency is what a receiver nobody knows can be trusted with.
const defaultConcurrency = 8

func (j *Job) concurrency() int {
	if j.Webhook.Concurrency <= 0 {
		return defaultConcurrency
	}
	return j.Webhook.Concurrency
}

func (j *Job) now() time.Time {
	if j.Now == nil {
		return time.Now()
	}
	return j.Now()
}

// runsDir is where the folders of the runs are kept.
func (j *Job) runsDir() string {
	if j.ReportDir != "" {
		return j.ReportDir
	}
	return filepath.Join(j.StateDir, "runs")
}

// Target identifies who receives: the endpoint and the funnel, whose mark enters as a hash only.
func (j Job) Target() [32]byte {
	mark := sha256.Sum256([]byte(j.Mark))
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%x", j.Webhook.Endpoint, mark))
}

// host is the receiver's name without anything secret that the endpoint may hold.
func (j *Job) host() string {
	u, err := url.Parse(j.Webhook.Endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}

// A RefusedError means that nothing was sent, and that a person must look first: exit code 6.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }
