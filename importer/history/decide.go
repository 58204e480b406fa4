package history

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ableimport/importer/ledger"
)

// FindRun returns the folder of the run with this name, or whose name ends in it: people say 5f2c.
func (t *Target) FindRun(name string) (folder string, err error) {
	entries, err := os.ReadDir(t.RunsDir())
	if err != nil {
		return "", fmt.Errorf("there are no runs in %s", t.RunsDir())
	}

	var found []string
	for _, entry := range entries {
		if entry.IsDir() && name != "" &&
			(entry.Name() == name || strings.HasSuffix(entry.Name(), "-"+name)) {
			found = append(found, entry.Name())
		}
	}

	switch len(found) {
	case 0:
		return "", fmt.Errorf("there is no run %q in %s; able-import history lists them",
			name, t.RunsDir())
	case 1:
		return filepath.Join(t.RunsDir(), found[0]), nil
	}

	return "", fmt.Errorf("%q fits the runs %s; give more of its name", name,
		strings.Join(found, ", "))
}

// Open returns the held events that still wait for a decision, in the order of the run.
func (t *Target) Open(held []Held) ([]Held, error) {
	opened, err := t.Ledger()
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	byID := slices.Clone(held)
	// hex sorts as its bytes do
	slices.SortStableFunc(byID, func(a, b Held) int { return strings.Compare(a.ID, b.ID) })
	after, err := startedAfter(opened)
	if err != nil {
		return nil, err
	}
	waiting := map[string]bool{}
	delivered, tried := map[string]*Amount{}, map[string]int64{}
	cursor := opened.Lookup()
	for _, h := range byID {
		event, err := h.Event()
		if err != nil {
			return nil, fmt.Errorf("read held events: %w", err)
		}
		known, found, err := cursor.Find(event.ID)
		if err != nil {
			return nil, err
		}

		waiting[h.ID] = found && Waits(h, event, known)
		tried[h.ID] = max(known.At, after[known.Run])
		if h.State == "changed" && known.Currency != "" {
			delivered[h.ID] = &Amount{known.Minor, known.Currency}
		}
	}

	open := slices.DeleteFunc(slices.Clone(held), func(h Held) bool { return !waiting[h.ID] })
	for i := range open {
		open[i].Delivered, open[i].Tried = delivered[open[i].ID], tried[open[i].ID]
	}

	return open, nil
}

// startedAfter is, for each run, the latest time that the ledger knew before it: the run was later,
// whatever its own clock said.
func startedAfter(l *ledger.Ledger) (map[string]int64, error) {
	after, latest := map[string]int64{}, int64(0)
	for run, err := range l.Runs() {
		if err != nil {
			return nil, err
		}
		latest = max(latest, run.Started)
		after[run.ID] = latest
		latest = max(latest, run.Ended)
	}
	return after, nil
}

// Waits reports whether what the ledger knows now is still what held the event.
func Waits(h Held, event ledger.Event, known ledger.Known) bool {
	if h.State == "unknown" {
		return known.State == ledger.Unknown
	}
	delivered := known.State == ledger.Delivered || known.State == ledger.Adopted
	decided := known.Decision != 0 && known.DecisionBody == event.Body
	return delivered && !decided && !bytes.Equal(known.Body[:], event.Body[:])
}

// Decide notes in the target's ledger what somebody has decided about events that a run holds.
func (t *Target) Decide(run, by string, at int64, held []Held, state ledger.State) error {
	opened, err := t.OpenLedger(nil)
	if err != nil {
		return err
	}
	defer opened.Close()
	var decisions []ledger.Decision
	for _, h := range held {
		event, err := h.Event()
		if err != nil {
			return fmt.Errorf("read held events: %w", err)
		}
		decisions = append(decisions, ledger.Decision{Run: run, Event: event, State: state})
	}

	if err := opened.Decide(by, at, decisions); err != nil || len(decisions) == 0 {
		return err
	}

	now := time.Now()
	trace, err := t.LeaveTrace(opened, NewRunID(now), run, "resolve", now)
	return errors.Join(err, trace.Close())
}

// NewRunID makes a name that sorts by time, and whose end people can say:
// 2025-12-07T093105.120Z-5f2c.
func NewRunID(now time.Time) string {
	var random [2]byte
	rand.Read(random[:]) // never fails
	return now.UTC().Format("2006-01-02T150405.000Z-") + hex.EncodeToString(random[:])
}

// Event is the held event as the ledger knows it.
func (h *Held) Event() (ledger.Event, error) {
	event := ledger.Event{Minor: h.Minor, Currency: h.Currency, Time: h.Time,
		File: h.Input, Row: h.Row}
	if _, err := fmt.Sscanf(h.Value, "%x", &event.Value); err != nil {
		return event, err
	}

	if h.Alike != "" { // earlier programs did not note it
		if _, err := fmt.Sscanf(h.Alike, "%x", &event.Alike); err != nil {
			return event, err
		}
	}

	for _, hash := range []struct {
		text string
		to   *[16]byte
	}{{h.ID, &event.ID}, {h.Body, &event.Body}} {
		if err := DecodeHash(hash.to[:], hash.text); err != nil {
			return event, err
		}
	}

	return event, nil
}

// DecodeHash reads a hash in hexadecimal digits into to, which has its length. Anything shorter or
// longer is an error.
func DecodeHash(to []byte, text string) error {
	if len(text) != hex.EncodedLen(len(to)) {
		return fmt.Errorf("%q is not a hash", text)
	}
	if _, err := hex.Decode(to, []byte(text)); err != nil {
		return fmt.Errorf("%q is not a hash", text)
	}
	return nil
}
