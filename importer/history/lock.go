package history

import (
	"context"
	"errors"
	"time"

	"ableimport/importer/ledger"
)

// lockEvery is how often a taken lock is tried again: the kernel wakes nobody who waits with a
// limit.
const lockEvery = 250 * time.Millisecond

// Lock takes the target for this process, waiting at most wait while another has it; it calls
// waiting once, with the one that it waits for. It fails with a [ledger.LockedError] when the time
// is over, and with the cause of ctx when that is done. Release it when everything is done.
func (t *Target) Lock(ctx context.Context, wait time.Duration,
	waiting func(*ledger.LockedError)) (*ledger.Lock, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	again := time.NewTicker(lockEvery)
	defer again.Stop()

	for told := false; ; {
		lock, err := ledger.Acquire(t.Path(), t.Command)
		var locked *ledger.LockedError
		if !errors.As(err, &locked) || wait <= 0 {
			return lock, err
		}

		if !told && waiting != nil {
			waiting(locked)
		}
		told = true

		select {
		case <-again.C:
		case <-over.C:
			return nil, err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Prove opens the target's ledger under its lock and closes it again, so that a fault of the ledger
// shows before any file is read. A target without a ledger is new.
func (t *Target) Prove(lock *ledger.Lock) (isNew bool, err error) {
	if !ledger.Exists(t.Path()) {
		return true, nil
	}
	opened, err := t.OpenLedger(lock)
	if err != nil {
		return false, err
	}
	return false, opened.Close()
}
