package history

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"ableimport/importer/ledger"
)

// A Target is who receives, and where this machine keeps what it knows about it.
type Target struct {
	Endpoint  string // where events are posted to
	Mark      string // the funnel mark; "": not known, so neither is the ledger
	StateDir  string // holds one ledger for each target
	ReportDir string // holds one folder for each run; "": runs, below StateDir
	Command   string // what others who wait for the target read about this process; nothing secret
}

// Hash identifies the target: the endpoint and the funnel, whose mark only enters as a hash.
func (t *Target) Hash() [32]byte {
	mark := sha256.Sum256([]byte(t.Mark))
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%x", t.Endpoint, mark))
}

// Path is where the target's ledger is kept.
func (t *Target) Path() string { return ledger.Path(t.StateDir, t.Hash()) }

// Ledger opens the target's ledger to look things up. If there is none, the error is a
// [RefusedError].
func (t *Target) Ledger() (*ledger.Ledger, error) {
	opened, err := ledger.OpenReader(t.Path(), t.Hash())
	if refused := new(ledger.RefusedError); errors.As(err, &refused) &&
		refused.Reason == ledger.Missing && !ledger.Exists(t.Path()) {
		return nil, &RefusedError{fmt.Sprintf("no ledger of %s with this funnel mark was found in "+
			"%s: nothing was sent to it from here. Check the endpoint, the funnel mark and the "+
			"state folder: without its ledger a run sends everything again", t.Host(), t.StateDir)}
	}
	return opened, err
}

// RunsDir is where the folders of the runs are kept.
func (t *Target) RunsDir() string {
	if t.ReportDir != "" {
		return t.ReportDir
	}
	return t.tracesDir()
}

// tracesDir has what runs note about the ledger outside it, and their reports, unless ReportDir is
// set.
func (t *Target) tracesDir() string { return filepath.Join(t.StateDir, "runs") }

// Host is the receiver's name without any secret that the endpoint may contain.
func (t *Target) Host() string {
	u, err := url.Parse(t.Endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}

// Loopback reports whether the receiver is on this machine: then nothing leaves it, and nobody
// needs to be asked.
func (t *Target) Loopback() bool {
	u, err := url.Parse(t.Endpoint)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// A RefusedError means that nothing was sent, and that a person must look first: exit code 6.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// Who runs this: user@host, as far as the system knows. It is looked up by the user's number:
// [user.Current] believes the variable USER where the number has no name.
func Who() string {
	name := "unknown"
	if uid := os.Getuid(); uid >= 0 {
		name = "user " + strconv.Itoa(uid)
		if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
			name = u.Username
		}
	} else if u, err := user.Current(); err == nil {
		name = u.Username
	}
	host, err := os.Hostname()
	if err != nil {
		return name
	}
	return name + "@" + host
}
