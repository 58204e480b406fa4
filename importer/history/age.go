package history

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// foldersRead bounds how many folders of a target are compared with its ledger: they are in the
// order of time, and an older copy lacks the newest.
const foldersRead = 100

// An Age is how far a ledger has come; it is compared with the folders of runs.
type Age struct {
	Identity string
	Concerns func(identity string) bool // a folder's ledger is this one, or should have been
	Sequence uint64                     // of its newest entry
	Runs     func() (map[string]bool, error)
	// Alone: the target has one ledger at a time, and what another one has noted since its newest
	// run counts too
	Alone bool
}

// A Lack is something that a folder says and the ledger does not know.
type Lack struct {
	Folder string // its name
	What   string // "run", "adoption" or "decision"
	When   string
}

// Lacks returns the newest folder that says more than the ledger has; nil: there is none. Folders
// of other targets do not count, however many there are.
func (a *Age) Lacks(t *Target) (*Lack, error) {
	newest, err := t.newest()
	if err != nil {
		return nil, doubt(t.newestPath(), err)
	}
	folders := t.folders()
	if newest != "" {
		folders = append([]string{newest}, folders...)
	}

	var known map[string]bool
	compared, current := 0, false // current: the newest trace is of this ledger
	for _, folder := range folders {
		if compared == foldersRead {
			break
		}
		trace, err := a.traceOf(t, folder)
		if err != nil {
			return nil, doubt(folder, err)
		}

		if trace == nil {
			continue
		}

		if compared++; known == nil {
			if known, err = a.Runs(); err != nil {
				return nil, err
			}
		}

		lacks := trace.Ledger == a.Identity && a.Sequence < trace.Sequence || !known[trace.Run]
		if a.Concerns(trace.Ledger) {
			current = current || folder == newest
		} else if lacks = len(known) > 0 && !current; lacks {
			// names of runs begin with their time
			last := slices.Max(slices.Collect(maps.Keys(known)))
			lacks = last < trace.folder || folder == newest && t.hasTrace(last, a.Identity)
		}
		if lacks {
			return &Lack{Folder: trace.folder, What: trace.what(), When: trace.Began}, nil
		}
	}

	return nil, nil
}

// doubt refuses a ledger because a trace of it cannot be read.
func doubt(trace string, err error) error {
	name := report.Visible(filepath.Base(trace))
	return &RefusedError{Reason: fmt.Sprintf("%s, among the folders of runs, no longer says how "+
		"far the ledger had come (%v): the ledger may be an older copy. If it is the newest that "+
		"you have, move %s away. Nothing was sent.", name, err, name)}
}

// hasTrace reports whether a run of a ledger has left its trace: a run that died earlier has not.
func (t *Target) hasTrace(run, identity string) bool {
	trace, _ := readTrace(filepath.Join(t.tracesDir(), run))
	return trace != nil && trace.Ledger == identity
}

// folders are the folders of all runs, adoptions and decisions, the newest first. Traces are in the
// state folder, wherever the reports of a run are; earlier programs left them with the reports.
func (t *Target) folders() (all []string) {
	for _, dir := range slices.Compact([]string{t.tracesDir(), t.RunsDir()}) {
		entries, _ := os.ReadDir(dir) // there may be none yet
		for _, entry := range entries {
			all = append(all, filepath.Join(dir, entry.Name()))
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Compare(filepath.Base(b), filepath.Base(a))
	})
	return all
}

// traceOf is what a folder says about this ledger: the manifest of a run that has ended, the trace
// of any other. nil: it says nothing.
func (a *Age) traceOf(t *Target, folder string) (*Trace, error) {
	trace, traceErr := readTrace(folder)
	if trace != nil && !a.Concerns(trace.Ledger) {
		if a.Alone && trace.Target == t.ID() {
			return trace, nil
		}
		return nil, nil
	}
	manifest, err := report.ReadManifest(folder)
	if err != nil {
		return trace, traceErr
	}
	if !a.Concerns(manifest.Ledger) {
		return nil, nil
	}

	ended := &Trace{
		Ledger: manifest.Ledger, Run: manifest.RunID, Began: manifest.When,
		Sequence: manifest.LedgerSequence,
		folder:   filepath.Base(folder),
	}
	if trace != nil {
		ended.Sequence = max(ended.Sequence, trace.Sequence)
	}

	return ended, nil
}

func (t *Trace) what() string {
	return cmp.Or(map[string]string{"adopt": "adoption", "resolve": "decision"}[t.Mode], "run")
}

// OpenLedger opens the target's ledger for writing, under the lock of the caller or, without one,
// under its own. It refuses a ledger that lacks what a folder of this target says: somebody
// restored an older copy, which would send again what was sent since.
func (t *Target) OpenLedger(lock *ledger.Lock) (*ledger.Ledger, error) {
	open := func() (*ledger.Ledger, error) { return lock.Open(t.Hash()) }
	if lock == nil {
		if err := spill.MakePrivate(filepath.Dir(t.Path())); err != nil {
			return nil, fmt.Errorf("lock ledger: %w", err)
		}
		alone, err := ledger.Acquire(t.Path(), t.Command)
		if err != nil {
			return nil, err
		}
		open = func() (*ledger.Ledger, error) { return alone.OpenAlone(t.Hash()) }
	}

	opened, err := open()
	if err != nil {
		return nil, err
	}
	if err := t.checkAge(opened); err != nil {
		opened.Close()
		return nil, err
	}

	return opened, nil
}

func (t *Target) checkAge(l *ledger.Ledger) error {
	a := Age{
		Identity: l.Identity(), Concerns: func(identity string) bool {
			return identity == l.Identity()
		},
		Sequence: l.Sequence(), Runs: func() (map[string]bool, error) { return runNames(l) },
		Alone: true,
	}
	lack, err := a.Lacks(t)
	if err != nil || lack == nil {
		return err
	}

	return &RefusedError{Reason: fmt.Sprintf("the ledger of this target does not know %s "+
		"%s of %s: it is an older copy, and would send again what was sent since. Restore the "+
		"newer ledger; or note what was sent with able-import adopt, and move the folder of that "+
		"run away. Nothing was sent.", lack.What, lack.Folder, lack.When)}
}

func runNames(l *ledger.Ledger) (map[string]bool, error) {
	names := map[string]bool{}
	for info, err := range l.Runs() {
		if err != nil {
			return nil, err
		}
		names[info.ID] = true
	}
	return names, nil
}
