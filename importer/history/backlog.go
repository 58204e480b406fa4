package history

import (
	"encoding/hex"
	"fmt"
	"time"

	"ableimport/importer/ledger"
)

// A Backlog is the events whose fate a target's ledger does not know. A target without a ledger has
// the zero Backlog.
type Backlog struct {
	Unknown int       // events that wait for somebody's decision
	Open    int       // events of a run without an end: it is going on, or has died
	Since   time.Time // when that run began; zero: there is none
}

// ID names the target without giving it away: a hash in hexadecimal digits, which [ReadBacklog]
// takes.
func (t *Target) ID() string {
	hash := t.Hash()
	return hex.EncodeToString(hash[:])
}

// ReadBacklog counts the events of the target with this ID. It needs no funnel mark, and can be
// called during a run.
func ReadBacklog(stateDir, id string) (b Backlog, err error) {
	var target [32]byte
	if err := DecodeHash(target[:], id); err != nil {
		return b, fmt.Errorf("read the backlog of a target: %w", err)
	}
	path := ledger.Path(stateDir, target)
	if !ledger.Exists(path) {
		return b, nil
	}

	opened, err := ledger.OpenReader(path, target)
	if err != nil {
		return b, err
	}
	defer opened.Close()
	return b, b.count(opened)
}

func (b *Backlog) count(l *ledger.Ledger) error {
	var latest ledger.RunInfo
	for run, err := range l.Runs() {
		if err != nil {
			return err
		}
		latest = run
	}

	for held, err := range l.Unknowns() {
		switch {
		case err != nil:
			return err
		case latest.Ended == 0 && held.Known.Run == latest.ID:
			b.Open++
			b.Since = time.Unix(latest.Started, 0)
		default:
			b.Unknown++
		}
	}

	return nil
}
