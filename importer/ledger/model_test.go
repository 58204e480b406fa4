package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// modelIDs is small, so that runs meet each other's events.
const modelIDs = 8

// model is what a ledger should know: a plain map, and the run that is going on.
type model struct {
	path   string
	ledger *Ledger
	run    *Run
	runs   int
	seq    int
	open   []modelEvent
	facts  map[int]modelFact
}

type modelEvent struct {
	seq, id, version int
}

// modelFact is the latest delivery of an id and what came after it, as "state version" or "".
type modelFact struct {
	delivery, later string
}

// note is the rule in words: a delivery settles all before it; of what comes later only the latest
// counts; rejected and unsent events change nothing.
func (m *model) note(id int, state State, version int) {
	fact := m.facts[id]
	text := fmt.Sprint(state, " ", version)
	switch state {
	case Delivered, Adopted:
		fact = modelFact{delivery: text}
	case Unknown, NotDelivered, SendAgain, Keep:
		fact.later = text
	}
	m.facts[id] = fact
}

func (f modelFact) String() string {
	var later State
	var version int
	for s := Delivered; s < states; s++ {
		if n, _ := fmt.Sscanf(f.later, s.String()+" %d", &version); n == 1 {
			later = s
		}
	}
	switch {
	case later == Unknown:
		return f.later
	case later == SendAgain || later == Keep:
		if f.delivery == "" {
			return f.later
		}
		return f.delivery + ", " + f.later
	}
	return f.delivery
}

func (m *model) want() map[int]string {
	want := map[int]string{}
	for id, fact := range m.facts {
		if text := fact.String(); text != "" {
			want[id] = text
		}
	}
	return want
}

func (m *model) begin(t *rapid.T) {
	if m.run != nil {
		return
	}
	m.runs++
	m.seq = 0
	run, err := m.ledger.Begin(RunInfo{ID: fmt.Sprint("run", m.runs)})
	if err != nil {
		t.Fatal(err)
	}
	m.run = run
}

func (m *model) commit(t *rapid.T) {
	m.begin(t)
	var intents []Event
	for range rapid.IntRange(0, 12).Draw(t, "intents") {
		e := modelEvent{m.seq, rapid.IntRange(0, modelIDs-1).Draw(t, "id"),
			rapid.IntRange(0, 3).Draw(t, "version")}
		m.seq++
		m.open = append(m.open, e)
		event := numberedEvent(e.id, e.version)
		event.Seq = uint64(e.seq)
		intents = append(intents, event)
	}
	var outcomes []Outcome
	for range rapid.IntRange(0, len(m.open)).Draw(t, "outcomes") {
		i := rapid.IntRange(0, len(m.open)-1).Draw(t, "which")
		e := m.open[i]
		m.open = append(m.open[:i], m.open[i+1:]...)
		state := rapid.SampledFrom([]State{Delivered, Delivered, Rejected, Unknown, NotSent,
			Adopted}).Draw(t, "state")
		outcomes = append(outcomes, Outcome{Seq: uint64(e.seq), State: state})
		m.note(e.id, state, e.version)
	}
	if err := m.run.Commit(intents, outcomes); err != nil {
		t.Fatal(err)
	}
}

// leaveOpen says what becomes of events without outcome. Two of one id would be settled in the
// order of their numbers.
func (m *model) leaveOpen() {
	for _, e := range m.open {
		m.note(e.id, Unknown, e.version)
	}
	m.open, m.run = nil, nil
}

func (m *model) end(t *rapid.T) {
	m.begin(t)
	if err := m.run.End(); err != nil {
		t.Fatal(err)
	}
	m.leaveOpen()
}

// reopen without End is what a crash leaves.
func (m *model) reopen(t *rapid.T) {
	if err := m.ledger.Close(); err != nil {
		t.Fatal(err)
	}
	m.openLedger(t)
	m.leaveOpen()
}

func (m *model) openLedger(t *rapid.T) {
	var err error
	if m.ledger, err = Open(m.path, target); err != nil {
		t.Fatal(err)
	}
	m.ledger.limits = smallLimits
}

func (m *model) decide(t *rapid.T) {
	if m.run != nil || m.runs == 0 {
		return
	}
	var decisions []Decision
	for range rapid.IntRange(0, 3).Draw(t, "decisions") {
		id, version := rapid.IntRange(0, modelIDs-1).Draw(t, "id"),
			rapid.IntRange(0, 3).Draw(t, "version")
		state := rapid.SampledFrom([]State{Delivered, NotDelivered, SendAgain, Keep}).Draw(t,
			"state")
		decisions = append(decisions, Decision{fmt.Sprint("run", m.runs),
			numberedEvent(id, version), state})
		m.note(id, state, version)
	}
	if err := m.ledger.Decide("a person", 1764300000, decisions); err != nil {
		t.Fatal(err)
	}
}

func (m *model) rebuild(t *rapid.T) {
	if m.run != nil {
		return
	}
	if err := m.ledger.Rebuild(); err != nil {
		t.Fatal(err)
	}
}

func (m *model) check(t *rapid.T) {
	if diff := cmp.Diff(m.want(), find(t, m.ledger)); diff != "" {
		t.Fatalf("the ledger, -want +got:\n%s", diff)
	}
}

// read looks at the ledger as a preview does during the run. Events under way are unknown to it.
func (m *model) read(t *rapid.T) {
	reader, err := OpenReader(m.path, target)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	want := model{facts: map[int]modelFact{}}
	for id, fact := range m.facts {
		want.facts[id] = fact
	}
	for _, e := range m.open {
		want.note(e.id, Unknown, e.version)
	}
	if diff := cmp.Diff(want.want(), find(t, reader)); diff != "" {
		t.Fatalf("the reader, -want +got:\n%s", diff)
	}
}

func find(t *rapid.T, l *Ledger) map[int]string {
	got, err := findNumbers(l, modelIDs)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestLedgerIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "ledger")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		m := &model{path: filepath.Join(dir, "l.sqlite"), facts: map[int]modelFact{}}
		m.openLedger(t)
		defer func() { _ = m.ledger.Close() }()
		t.Repeat(map[string]func(*rapid.T){
			"commit":  m.commit,
			"commit ": m.commit, // each name has the same chance
			"end":     m.end,
			"crash":   m.reopen,
			"decide":  m.decide,
			"rebuild": m.rebuild,
			"read":    m.read,
			"check":   m.check,
		})
		m.end(t)
		m.check(t)
	})
}
