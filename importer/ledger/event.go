package ledger

// ID is a hash of 16 bytes: of what identifies an event, or of its body.
type ID = [16]byte

// Event is an event that is about to be sent.
type Event struct {
	Seq      uint64 // number in the run, each used once
	ID       ID     // hash of target, event type, namespace and id values
	Body     ID     // hash of the body without the funnel mark, its amounts with all their decimals
	Value    uint64 // hash of event type, currency and amount
	Minor    int64  // amount in minor units of Currency
	Currency string // three letters, or "" without an amount
	Time     int64  // when the event happened, Unix seconds; 0 = none
	File     uint32 // place in RunInfo.Files
	Row      uint32 // first row of the event in that file
	// Alike is a keyed hash of what events under other ids may share: visitor key, amount,
	// currency; 0 = none.
	Alike uint64
}

// State is what is known about an event.
type State byte

// States of outcomes, followed by the states that a person decides.
const (
	Delivered State = iota + 1 // the receiver said 2xx
	Rejected                   // the receiver refused it; pending for the next run
	Unknown                    // it may have been delivered; not sent again unasked
	NotSent                    // surely not delivered; pending for the next run
	Adopted                    // delivered, but not by this program; counts as delivered

	// NotDelivered: the unknown attempt did not arrive, so the event is as it was before.
	NotDelivered
	// SendAgain: the next run of its file sends this content, whatever was delivered.
	SendAgain
	// Keep: this changed content is not sent; what was delivered is right.
	Keep

	states // how many there are
)

var stateNames = [states]string{
	"", "delivered", "rejected", "unknown", "not sent", "adopted", "not delivered",
	"send again", "keep",
}

// String returns the state as people read it, or "" for a state that does not exist.
func (s State) String() string {
	if s >= states {
		return ""
	}
	return stateNames[s]
}

// isOutcome reports whether a run may end an event with s.
func (s State) isOutcome() bool { return Delivered <= s && s <= Adopted }

// isDecision reports whether a person may decide s.
func (s State) isDecision() bool { return s == Delivered || NotDelivered <= s && s < states }

// isDelivery reports whether s says that the receiver has the event.
func (s State) isDelivery() bool { return s == Delivered || s == Adopted }

// isIndexed reports whether s matters for what may be sent later. Events that were rejected or not
// sent are pending, like events never seen: the journal keeps them, the index does not.
func (s State) isIndexed() bool { return s != Rejected && s != NotSent }

// Outcome says what became of an event.
type Outcome struct {
	Seq      uint64 // of the event whose intent was committed before, or is in the same commit
	State    State  // Delivered, Rejected, Unknown, NotSent or Adopted
	Status   uint16 // HTTP status of the last answer; 0 = none
	Attempts uint8
	At       int64 // Unix seconds
}

// Known is what the ledger knows about an id: its unknown attempt if there is one, otherwise its
// latest delivery.
type Known struct {
	State    State // Delivered, Adopted, Unknown, or SendAgain where nothing was delivered
	Body     ID
	Value    uint64
	Mapping  [8]byte // of RunInfo.Mapping
	Minor    int64
	Currency string
	Run      string // RunInfo.ID
	At       int64  // Unix seconds
	File     string // name of the file it came from
	Row      uint32

	// Decision is SendAgain or Keep, decided about DecisionBody after this delivery; 0 = nothing.
	Decision     State
	DecisionBody ID
}
