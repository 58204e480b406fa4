package report

// State is what became of an event.
type State byte

// The states of an event. In a preview NotSent means ready to send.
const (
	Delivered State = iota
	AlreadyDelivered
	Changed
	Rejected
	Unknown
	NotSent
	Invalid
	states // how many there are
)

var stateNames = [states]string{
	"delivered", "already_delivered", "changed", "rejected", "unknown", "not_sent", "invalid",
}

// String returns the state as the summary writes it: "already_delivered".
func (s State) String() string { return stateNames[s] }

// NoCurrency stands for the currency of an event whose currency cannot be
// read: the code of ISO 4217 for "no currency".
const NoCurrency = "XXX"

// Tally counts events and their money by state. The zero Tally is empty. It is
// for one goroutine.
type Tally struct {
	events     [states]int64
	money      [states]Money
	unreadable Money // events, not minor units
	resent     int64
}

// Add counts an event with an amount.
func (t *Tally) Add(state State, currency string, minor int64) {}

// AddWithoutAmount counts an event that carries no money.
func (t *Tally) AddWithoutAmount(state State) {}

// AddUnreadable counts an invalid event whose amount cannot be read. An empty
// currency counts as [NoCurrency].
func (t *Tally) AddUnreadable(currency string) {}

// AddResent notes that one of the delivered events was sent a second time.
func (t *Tally) AddResent() {}

// Events returns the number of events of a state.
func (t *Tally) Events(state State) int64 { return t.events[state] }

// Total returns the number of all events.
func (t *Tally) Total() int64 { return 0 }

// Money returns the sums of a state. They belong to the tally.
func (t *Tally) Money(state State) *Money { return &t.money[state] }
