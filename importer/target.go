package importer

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/url"
	"path/filepath"

	"ableimport/importer/ledger"
)

// A Target is who receives, and where this machine keeps what it knows about it.
type Target struct {
	Endpoint  string // where events are posted to
	Mark      string // the funnel mark; "": not known, so neither is the ledger
	StateDir  string // holds one ledger for each target
	ReportDir string // holds one folder for each run; "": runs, below StateDir
	Command   string // what others who wait for the target are told of this process; nothing secret
}

// hash identifies the target: the endpoint and the funnel, whose mark enters as a hash only.
func (t *Target) hash() [32]byte {
	mark := sha256.Sum256([]byte(t.Mark))
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%x", t.Endpoint, mark))
}

// path is where the target's ledger is kept.
func (t *Target) path() string { return ledger.Path(t.StateDir, t.hash()) }

// Ledger opens the target's ledger for looking things up. One that does not exist is a [ledger.RefusedError].
func (t *Target) Ledger() (*ledger.Ledger, error) { return ledger.OpenReader(t.path(), t.hash()) }

// RunsDir is where the folders of the runs are kept.
func (t *Target) RunsDir() string {
	if t.ReportDir != "" {
		return t.ReportDir
	}
	return filepath.Join(t.StateDir, "runs")
}

// Host is the receiver's name without anything secret that the endpoint may hold.
func (t *Target) Host() string {
	u, err := url.Parse(t.Endpoint)
	if err != nil {
		return ""
	}
	return u.Host
}

// Loopback tells whether the receiver is on this machine: then nothing leaves it, and nobody needs to be asked.
func (t *Target) Loopback() bool {
	u, err := url.Parse(t.Endpoint)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
