package importer

import (
	"io"
	"io/fs"
	"time"

	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/queue"
	"ableimport/importer/webhook"
	"ableimport/mapping"
)

// A Job says what to import, where to, and how.
type Job struct {
	Files      []string        // paths, patterns, or "-" for Stdin
	Stdin      io.Reader       // read for "-"; may be nil otherwise
	Mapping    *mapping.Config // how rows become events
	MappingDir string          // where the mapping's second files are

	Feedback    *correction.Files // the files are failures files, fixed; nil: they are not
	AcceptEdits bool              // also accept changes to cells that were not marked

	Fixes []correction.Fix // cells that somebody has corrected without touching the files

	// who receives; a preview may go without the mark, and then knows no earlier deliveries
	Target  history.Target
	Webhook webhook.Options // how to post; the endpoint is the target's
	Version string          // of the program, for manifests
	// workers on any machine send, by this queue; nil: this machine does. Its target is set by the
	// job's
	Queue *queue.Options

	Lock *ledger.Lock // of the target, if the caller has it; nil: Acquire takes it
	// the only file as the caller found it, if no other may be mistaken for it
	Found fs.FileInfo
	// called for every row of the failures files: the same row with the same faults has the same
	// fingerprint
	Reported func(fingerprint [32]byte)

	ResendUnknown bool // send again, with an Idempotency-Key, what may have arrived
	SendChanged   bool // send what was delivered before with different content

	// first send this many varied events, and stop unless all are delivered; 0: no canary
	Canary  int
	Confirm func(answers []string) bool // asks whether to go on after the canary; nil: go on

	// keep the plan's parts below the state folder, so that Plan can later say what differs
	KeepPlan bool
	// beginning of the hash of the plan that is wanted; "": any. Another one gets Plan.Differences
	Plan string

	Approvals *Approvals // what a second person has to do with it; nil: nothing

	Days     bool             // the plan counts the money by day
	Examples int              // how many events the plan shows beside their cells
	Now      func() time.Time // the clock of reports and receipts; nil: time.Now
}

// defaultConcurrency is what an unknown receiver can be trusted with.
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
