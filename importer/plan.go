package importer

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
)

// A Plan is what the preflight found: everything that a run needs to know before its first POST,
// and everything that a preview shows.
type Plan struct {
	// over ids and bodies of all mapped events in order; without the mark, paths and the ledger's
	// state
	Hash   [32]byte
	Events uint64 // mapped events, including those that are not sent
	ToSend int64  // events that a run would post

	// what is known of every event before the run; events to be sent count as not sent
	Tally    report.Tally
	Rows     report.Rows
	Skipped  []Skipped
	Problems report.Problems
	Keys     []report.KeyCount
	Examples []Example
	Controls []Control
	Breaks   []TableBreak
	// events to be sent that resemble others under another id: see alike.go
	Alike    int64
	Alikes   []LookAlike       // the first of these
	Shared   []SharedKey       // visitor keys that many customers share, the worst first
	SharedBy []report.KeyCount // events to be sent that have a shared one, by key
	Days     *report.Days      // if the job asks for it
	// an example of an event that was known already: "on 3 Nov, from orders_oct.csv"
	Earlier   map[report.State]string
	Kept      report.Money // what was delivered of events that count as kept
	LedgerNew bool         // the target has no ledger: no earlier deliveries are known
	// the namespace under which most events are known already, if it differs from the mapping's;
	// otherwise ""
	KnownAs string
	Took    time.Duration

	// lines that say how it differs from the plan that the job wants; "" if it does not
	Differences string

	blocks [][16]byte    // the chain's hash at the end of each block
	fates  *spill.Sorter // of fateNotes
	// invalid events and damaged rows, which have neither number nor fate
	unsendable report.Tally
	canary     map[uint64]bool     // numbers of the events that go before all others
	foreign    string              // why CheckNamespaces refuses it
	words      func(string) string // words for the reason of a skip
	wanted     []wantedSetting     // settings without which no event of a file can be sent
	failing    bool                // there is something for the failures files already
	stated     *stated             // what somebody approves of it; nil: nobody is asked
}

// ID is the plan's hash as people see and type it.
func (p *Plan) ID() string { return "sha256:" + hex.EncodeToString(p.Hash[:]) }

// Is reports whether hash is the beginning of the plan's hash, of at least eight digits.
func (p *Plan) Is(hash string) bool {
	hash = wantedHash(hash)
	return len(hash) >= 8 && strings.HasPrefix(hex.EncodeToString(p.Hash[:]), hash)
}

func wantedHash(hash string) string { return strings.ToLower(strings.TrimPrefix(hash, "sha256:")) }

// Skipped counts rows that were left out for one reason, with their money.
type Skipped struct {
	Reason string // "where", "footer", "duplicate", a name under skip:
	Words  string // the reason for people: Status is not "paid"
	Rows   int64
	Money  report.Money
}

// A LookAlike is an event to be sent that may be the same sale as another.
type LookAlike struct {
	Input int // which of the files
	File  string
	Row   int    // its first
	Like  string // the other: "delivered from orders_oct.csv:2, run ..."
}

// An Example shows an event beside the cells that it comes from.
type Example struct {
	File     string
	First    int // rows
	Last     int
	Label    string
	Event    mapping.Event // a copy
	Cells    []mapping.CellUse
	Problems []mapping.Problem
}

// skippedFor returns the counter of a reason. There are few reasons: the mapping names them.
func (p *Plan) skippedFor(reason string) *Skipped {
	for i := range p.Skipped {
		if p.Skipped[i].Reason == reason {
			return &p.Skipped[i]
		}
	}
	p.Skipped = append(p.Skipped, Skipped{Reason: reason, Words: p.words(reason)})
	return &p.Skipped[len(p.Skipped)-1]
}

// describe words an earlier delivery for people.
func describe(k ledger.Known) string {
	when := time.Unix(k.At, 0).UTC().Format("2 Jan 2006")
	if k.File == "" {
		return "on " + when
	}
	return "on " + when + ", from " + report.Visible(k.File)
}

// RowsMinor is the sum of all rows of data in a currency, with skipped rows and without totals
// below the rows.
func (p *Plan) RowsMinor(currency string) *big.Int {
	sum := p.Tally.Minor(currency)
	for i := range p.Skipped {
		if p.Skipped[i].Reason != "footer" {
			sum.Add(sum, p.Skipped[i].Money.Minor(currency))
		}
	}
	return sum
}

func (s *Skipped) label() string { return "- skipped, " + report.Visible(s.Words) }

// Bridge leads from the sum of the rows, over everything that is left out, to the sum of the events
// and of the events to be sent. Nothing that is zero has a line.
func (p *Plan) Bridge(currency string) string {
	var b strings.Builder
	width := 28
	for i := range p.Skipped {
		width = max(width, utf8.RuneCountInString(p.Skipped[i].label()))
	}

	line := func(label string, minor *big.Int) {
		if minor.Sign() != 0 {
			fmt.Fprintf(&b, "  %-*s %s\n", width, label, people(minor, currency))
		}
	}
	line("all rows", p.RowsMinor(currency))

	for i := range p.Skipped {
		if p.Skipped[i].Reason != "footer" {
			line(p.Skipped[i].label(), p.Skipped[i].Money.Minor(currency))
		}
	}

	line("= events", p.Tally.Minor(currency))

	for _, state := range []report.State{report.Invalid, report.Unknown, report.Changed,
		report.Kept, report.AlreadyDelivered} {
		line("- "+strings.ReplaceAll(state.String(), "_", " "),
			p.Tally.Money(state).Minor(currency))
	}

	line("= ready to send", p.Tally.Money(report.NotSent).Minor(currency))
	if n := p.Tally.Unreadable(currency); n > 0 {
		fmt.Fprintf(&b, "  and %s whose amount cannot be read\n",
			report.Plural(n, "invalid event"))
	}

	return b.String()
}
