package history

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"ableimport/importer/identity"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/mapping/number"
)

// A Past is one thing that is known of an event: what an attempt came to, or what somebody decided.
// The command history prints it in this form; times are RFC 3339 in UTC, amounts decimals.
type Past struct {
	Time      string `json:"time" csv:"time"`
	State     string `json:"state" csv:"state"`
	Order     string `json:"order" csv:"order"` // "" where the run's receipts are gone
	Amount    string `json:"amount" csv:"amount"`
	Currency  string `json:"currency" csv:"currency"`
	EventTime string `json:"event_time" csv:"event_time"`
	File      string `json:"file" csv:"file"`
	Row       string `json:"row" csv:"row"` // the event's first
	Run       string `json:"run_id" csv:"run_id"`
	By        string `json:"by" csv:"by"` // who decided
	Attempts  string `json:"attempts" csv:"attempts"`
	Status    string `json:"status" csv:"status"` // of HTTP
	RequestID string `json:"request_id" csv:"request_id"`
	EventID   string `json:"event_id" csv:"event_id"`

	Minor     int64        `json:"-" csv:"-"` // in minor units of Currency, if that is not ""
	Ledger    ledger.State `json:"-" csv:"-"`
	HappensAt int64        `json:"-" csv:"-"` // event time, otherwise sending time; Unix seconds
	At        int64        `json:"-" csv:"-"` // Unix seconds
}

// Entries yields everything that the target's ledger remembers. Order numbers come from the
// receipts of the runs, and for decisions from the lists of held events.
func (t *Target) Entries(l *ledger.Ledger) iter.Seq2[Past, error] {
	return func(yield func(Past, error) bool) {
		receipts := receiptsOf{folder: t.RunsDir()}
		defer receipts.close()

		held := heldOf{folder: t.RunsDir()}
		for known, err := range l.All() {
			if err != nil {
				yield(Past{}, err)
				return
			}

			past := describePast(&known)
			complete := receipts.complete
			if known.By != "" {
				complete = held.complete
			}
			if err := complete(&past); err != nil {
				yield(Past{}, err)
				return
			}
			if !yield(past, nil) {
				return
			}
		}
	}
}

func describePast(known *ledger.Past) Past {
	e := &known.Event
	past := Past{
		Time: UTC(known.At), State: known.State.String(), Currency: e.Currency,
		File: known.FileOf(), Row: strconv.Itoa(int(e.Row)), Run: known.Run.ID, By: known.By,
		EventID: hex.EncodeToString(e.ID[:]), Minor: e.Minor, Ledger: known.State,
		HappensAt: known.At, At: known.At,
	}
	if e.Currency != "" {
		past.Amount = string(number.AppendMoney(nil, big.NewInt(e.Minor), e.Currency))
	}
	if e.Time != 0 {
		past.EventTime, past.HappensAt = UTC(e.Time), e.Time
	}

	if known.Attempts != 0 {
		past.Attempts = strconv.Itoa(int(known.Attempts))
	}
	if known.Status != 0 {
		past.Status = strconv.Itoa(int(known.Status))
	}

	return past
}

// UTC writes a moment, in Unix seconds, as people and reports read it.
func UTC(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

// receiptsOf reads the receipts of one run after the other beside the ledger: both are in the same
// order. Where receipts were lost in a crash or moved away, events lack their order number, and
// nothing else.
type receiptsOf struct {
	folder  string
	run     string
	next    func() (report.Receipt, error, bool)
	stop    func()
	receipt report.Receipt
	more    bool
}

// complete adds what only the receipt knows.
func (r *receiptsOf) complete(past *Past) error {
	if past.Run != r.run {
		r.close()
		r.run = past.Run
		r.next, r.stop = iter.Pull2(report.EachReceipt(filepath.Join(r.folder, past.Run,
			"receipts.csv")))
		if err := r.step(); err != nil {
			return err
		}
	}

	if !r.more || r.receipt.EventID != past.EventID {
		return nil
	}

	past.Order, past.RequestID = r.receipt.Order, r.receipt.RequestID
	return r.step()
}

func (r *receiptsOf) step() (err error) {
	r.receipt, err, r.more = r.next()
	if errors.Is(err, fs.ErrNotExist) || err != nil && r.died() {
		r.more, err = false, nil
	}
	return err
}

// died reports whether the run has not ended: its receipts may stop within a line.
func (r *receiptsOf) died() bool {
	_, err := os.Stat(filepath.Join(r.folder, r.run, report.ManifestName))
	return errors.Is(err, fs.ErrNotExist)
}

func (r *receiptsOf) close() {
	if r.stop != nil {
		r.stop()
	}
}

// heldOf reads the lists of held events beside the decisions about them, of one run after the
// other.
type heldOf struct {
	folder string
	run    string
	orders map[string]string // by event id
}

// complete adds the order number of the decision. It stays empty where the list was pruned.
func (h *heldOf) complete(past *Past) error {
	if past.Run != h.run {
		held, err := ReadHeld(filepath.Join(h.folder, past.Run))
		if err != nil {
			return err
		}
		h.run, h.orders = past.Run, make(map[string]string, len(held))
		for i := range held {
			h.orders[held[i].ID] = held[i].Label
		}
	}

	past.Order = h.orders[past.EventID]
	return nil
}

// A Period is a stretch of time, by when events were sent or by their own times. The zero Period is
// all time.
type Period struct {
	From, To    time.Time // To is the first moment after it; zero: open
	ByEventTime bool      // an event without a time of its own counts by when it was sent
}

// Has reports whether a moment is in the period.
func (p *Period) Has(at int64) bool {
	return (p.From.IsZero() || at >= p.From.Unix()) && (p.To.IsZero() || at < p.To.Unix())
}

// String words the period: "from 1 Nov 2025 to 30 Nov 2025, by event time".
func (p *Period) String() string {
	words := ""
	if !p.From.IsZero() {
		words = "from " + p.From.Format("2 Jan 2006")
	}
	if !p.To.IsZero() {
		words += " to " + p.To.Add(-time.Second).Format("2 Jan 2006")
	}
	if words == "" {
		words = "all"
	}

	by := "by when they were sent"
	if p.ByEventTime {
		by = "by event time"
	}

	return fmt.Sprintf("%s, %s", words, by)
}

// Sent yields what reached the target in the period, or may have reached it and waits for a
// decision: deliveries, adoptions, decisions that something had arrived, and outcomes that are
// still unknown.
func (t *Target) Sent(l *ledger.Ledger, period Period) iter.Seq2[Past, error] {
	return func(yield func(Past, error) bool) {
		open := map[string]string{} // run by id
		for held, err := range l.Unknowns() {
			if err != nil {
				yield(Past{}, err)
				return
			}
			open[hex.EncodeToString(held.ID[:])] = held.Known.Run
		}

		for past, err := range t.Entries(l) {
			at := past.At
			if period.ByEventTime {
				at = past.HappensAt
			}

			switch {
			case err != nil:
			case !period.Has(at):
				continue
			case past.Ledger == ledger.Unknown && open[past.EventID] != past.Run:
				continue // settled since
			case past.Ledger != ledger.Unknown && past.Ledger != ledger.Delivered &&
				past.Ledger != ledger.Adopted:
				continue
			}

			if !yield(past, err) || err != nil {
				return
			}
		}
	}
}

// Find returns everything that is known of an order, oldest first: by its number in the receipts,
// and by its identity in each namespace that the ledger knows.
func (t *Target) Find(l *ledger.Ledger, order string) ([]Past, error) {
	ids, err := identitiesOf(l, order)
	if err != nil {
		return nil, err
	}

	var found []Past
	for past, err := range t.Entries(l) {
		if err != nil {
			return nil, err
		}
		if past.Order == order {
			ids[past.EventID] = true
		}
		if ids[past.EventID] {
			found = append(found, past)
		}
	}

	return found, nil
}

// identitiesOf are the ids of an event whose only id value is the order number.
func identitiesOf(l *ledger.Ledger, order string) (map[string]bool, error) {
	ids := map[string]bool{}
	var n identity.Identifier
	for run, err := range l.Runs() {
		if err != nil {
			return nil, err
		}
		if n.Namespace == run.Namespace {
			continue
		}
		n.Namespace = run.Namespace
		for _, kind := range mapping.StandardEvents() {
			e := n.Identify(&mapping.Event{Type: kind, ID: mapping.AppendID(nil, []byte(order))})
			ids[hex.EncodeToString(e.ID[:])] = true
		}
	}

	return ids, nil
}
