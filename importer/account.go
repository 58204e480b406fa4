package importer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"strconv"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/importer/table"
	"ableimport/mapping/number"
)

// account is everything that a run writes: the ledger, which is the truth, and the reports, which
// follow it.
type account struct {
	im          *Import
	id          string // of the run
	folder      string // of its reports
	started     time.Time
	receipts    *report.Receipts
	second      int64  // when the outcomes being recorded became durable, Unix seconds
	now         string // the same for people
	text        []byte // of the last receipt
	minor       big.Int
	undelivered *eventOutcomes
	plan        *Plan
	delivered   map[uint64]bool // events, of a run of failures files or with fixes
	tally       report.Tally    // recorded, independently of the preflight's

	// the first failure to write a report; sending goes on, since the ledger is the truth
	reportErr error
	stoppedBy string
	took      time.Duration
	published time.Time
	previous  string // the run before, to this target
	sequence  uint64 // of the ledger at the end
	identity  string // of the ledger
}

// Acquire takes the target's ledger, if there is one, for this import alone, before the preflight,
// so that what the preflight looks up is still true when the events go out. When another run has
// it, the error is a [ledger.LockedError].
//
// A mapping with open questions is refused with a [mapping.UnansweredError]: its figures are
// guesses.
//
// A job with a queue connects to it instead. Runs of one queue go side by side.
func (im *Import) Acquire(ctx context.Context) error {
	if err := im.job.Mapping.Unanswered(); err != nil {
		return err
	}
	im.seals = true
	if im.job.Queue != nil {
		return im.openQueue(ctx)
	}

	path := im.job.Target.Path()
	if !ledger.Exists(path) {
		return nil // Run creates it, once it is sure to be needed
	}
	opened, err := im.job.Target.OpenLedger(im.job.Lock)
	if err != nil {
		return err
	}

	im.ledger = opened
	return nil
}

// RunID is the name of the run that this import makes, if it makes one.
func (im *Import) RunID() string {
	if im.runID == "" {
		im.runID = history.NewRunID(im.job.now())
	}
	return im.runID
}

// createLedger makes the ledger that was not there at the preflight. If another run made one
// meanwhile, what the preflight decided without it no longer holds.
func (im *Import) createLedger() error {
	opened, err := im.job.Target.OpenLedger(im.job.Lock)
	if err != nil {
		return err
	}

	im.ledger = opened

	for _, err := range opened.Runs() {
		if err != nil {
			return err
		}
		return &ledger.LockedError{Path: im.job.Target.Path()}
	}

	return nil
}

// openAccount opens the run's folder and begins the run in the ledger, before anything is sent.
func (im *Import) openAccount(ctx context.Context, plan *Plan,
	started time.Time) (*account, error) {
	b := &account{im: im, plan: plan, started: started, id: im.RunID()}
	b.folder = filepath.Join(im.job.Target.RunsDir(), b.id)
	if im.job.Feedback != nil || len(im.job.Fixes) > 0 {
		b.delivered = map[uint64]bool{}
	}
	if err := b.begin(ctx); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *account) begin(ctx context.Context) error {
	if err := spill.MakePrivate(b.folder); err != nil {
		return fmt.Errorf("%s: the run's folder cannot be made: %w", b.folder, table.Cause(err))
	}
	var err error
	if b.receipts, err = report.CreateReceipts(filepath.Join(b.folder,
		"receipts.csv")); err != nil {
		return err
	}
	if b.undelivered, err = newEventOutcomes(b.im.temp); err != nil {
		return err
	}

	if b.previous, err = b.im.outlet.begin(ctx, b.im.runInfo(b.id, "run", b.plan)); err != nil {
		return err
	}
	return b.im.useApproval(b.id, b.folder)
}

// end ends the run, and notes how far its ledger has come.
func (b *account) end(ctx context.Context) (err error) {
	b.identity, b.sequence, err = b.im.outlet.end(ctx)
	return err
}

func (im *Import) runInfo(id, mode string, plan *Plan) ledger.RunInfo {
	info := ledger.RunInfo{
		ID: id, Mode: mode, Started: im.job.now().Unix(), Mapping: im.job.Mapping.SHA256(),
		MappingName: im.job.Mapping.Name, Namespace: im.job.Mapping.Namespace,
		Plan: plan.ID(), Version: im.job.Version,
	}
	for _, in := range im.inputs {
		info.Files = append(info.Files, ledger.File{Name: in.name, SHA256: in.hash})
	}
	return info
}

// tick sets the time of the receipts that follow.
func (b *account) tick() {
	if now := b.im.job.now().Unix(); now != b.second || b.now == "" {
		b.second, b.now = now, time.Unix(now, 0).UTC().Format(time.RFC3339)
	}
}

// record counts a delivery whose outcome is durable, and writes its receipt.
func (b *account) record(d *delivery) {
	state := d.state()
	tallyDelivery(&b.tally, state, d)
	if d.resend && state == report.Delivered {
		b.tally.AddResent()
	}
	if state == report.Delivered && b.delivered != nil {
		b.delivered[d.seq] = true
	}
	if state != report.Delivered && state != report.AlreadyDelivered && state != report.Kept {
		b.note(b.undelivered.add(d.seq, state, d.result))
	}
	if state == report.Rejected || state == report.Unknown || state == report.Changed {
		b.plan.Problems.Add(incidentOf(b.im.inputs[d.input].name, d))
	}

	b.note(b.receipts.Append(b.receipt(d, state)))
}

// note keeps the first error of a report.
func (b *account) note(err error) {
	if b.reportErr == nil {
		b.reportErr = err
	}
}

func incidentOf(file string, d *delivery) report.Incident {
	message := d.result.Cause
	if d.result.Answer != "" {
		message = fmt.Sprintf("%d %q", d.result.Status, answerWords(d.result.Answer))
	}
	return report.Incident{
		Code: d.state().String(), Detail: message, Message: message,
		File: file, Row: d.first, Label: d.label, Event: int64(d.seq) + 1,
	}
}

// receipt is made for every event, so all its texts that change are cut from one.
func (b *account) receipt(d *delivery, state report.State) report.Receipt {
	text := hex.AppendEncode(b.text[:0], d.ID[:])
	id := len(text)
	text = appendRows(text, d.first, d.last)
	rows := len(text)
	if d.hasAmount {
		text = number.AppendMoney(text, b.minor.SetInt64(d.minor), d.currency)
	}
	amount := len(text)
	if d.time != 0 {
		text = time.Unix(d.time, 0).UTC().AppendFormat(text, time.RFC3339)
	}
	when := len(text)
	if d.result.Status != 0 {
		text = strconv.AppendInt(text, int64(d.result.Status), 10)
	}

	b.text = text
	all := string(text)
	return report.Receipt{
		EventID: all[:id], Order: d.label, Amount: all[rows:amount], Currency: d.currency,
		EventTime: all[amount:when], File: b.im.inputs[d.input].name, Rows: all[id:rows],
		State: state.String(), Attempts: strconv.Itoa(d.result.Attempts), Status: all[when:],
		Time: b.now, RequestID: d.result.RequestID,
	}
}

// closeReceipts makes the receipts durable.
func (b *account) closeReceipts() error {
	if b.receipts == nil {
		return nil
	}
	receipts := b.receipts
	b.receipts = nil
	return receipts.Close()
}

// close gives everything back. It may be called again.
func (b *account) close() error {
	err := b.closeReceipts()
	if b.undelivered != nil {
		err = errors.Join(err, b.undelivered.close())
		b.undelivered = nil
	}
	return err
}
