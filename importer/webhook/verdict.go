package webhook

// Verdict says what became of one event.
type Verdict byte

const (
	// Delivered: the receiver answered 2xx.
	Delivered Verdict = iota + 1
	// Rejected: the receiver refused this event; sending it again unchanged is no use.
	Rejected
	// Unknown: the request went out, and nobody on this side can know whether it was processed.
	Unknown
	// NotSent: surely not processed; a later run may send it.
	NotSent
)

// Result is the outcome of one event.
type Result struct {
	Verdict   Verdict
	Status    int    // last status heard, 0 if none
	Attempts  int    // POSTs begun
	Cause     string // one clause for people; empty when delivered
	Answer    string // excerpt of the answer, safe to print: control characters visible, secrets masked
	RequestID string // the answer's own id, for the receiver's support
	Stop      bool   // the run must stop; Cause says why
}
