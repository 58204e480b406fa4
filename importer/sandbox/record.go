package sandbox

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/bits"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/apd/v3"
	"golang.org/x/time/rate"
)

// Event is one event that was processed.
type Event struct {
	Hash     string   `json:"hash"` // SHA-256 of the body, hex
	Type     string   `json:"event_type"`
	OrderID  string   `json:"order_id,omitempty"`
	Value    string   `json:"deal_value,omitempty"` // as written; empty: none
	Currency string   `json:"deal_currency,omitempty"`
	ImportID string   `json:"import_id,omitempty"` // of custom_data
	Notes    []string `json:"notes,omitempty"`     // what Able's reference does not know
}

// Stats are the sums over what a [Server] has seen.
type Stats struct {
	Requests int `json:"requests"`
	// Processed: events; those that came twice count twice
	Processed  int `json:"processed"`
	Duplicates int `json:"duplicates"` // processed before with the same bytes
	Rejected   int `json:"rejected"`   // by the rules of the webhook
	InFlight   int `json:"max_in_flight"`
	// InsideRetryAfter: requests while all were asked to wait
	InsideRetryAfter int `json:"inside_retry_after"`
	// Bodies: sum of the SHA-256 of all processed bodies modulo 2^256, hex: the order does not
	// matter
	Bodies   string           `json:"bodies"`
	Statuses map[int]int      `json:"statuses"`
	Faults   map[Fault]int    `json:"faults"`
	Totals   map[string]Total `json:"totals"` // by currency
}

// Total is the money of one currency.
type Total struct {
	Events int    `json:"events"`
	Value  string `json:"value"` // decimal
}

// grace is the time that a receiver must give a client to hear of a Retry-After.
const grace = 250 * time.Millisecond

// record keeps what the server saw. One lock protects it.
type record struct {
	options Options
	limiter *rate.Limiter // nil: no limit

	mu        sync.Mutex
	events    []Event
	times     []time.Time // when they were processed
	sums      map[string]*apd.Decimal
	counts    map[string]int
	processed map[hash]int // times by body
	attempts  map[hash]int // requests by body
	bodies    hash
	seen      Stats
	inFlight  int
	burst     int // requests that still get 503
	windows   []window
	err       error // first error of writing
}

func newRecord(options Options) *record {
	r := &record{
		options: options,
		sums:    make(map[string]*apd.Decimal), counts: make(map[string]int),
		processed: make(map[hash]int), attempts: make(map[hash]int),
		seen: Stats{Statuses: make(map[int]int), Faults: make(map[Fault]int)},
	}
	if limit := options.Faults.Rate; limit > 0 {
		r.limiter = rate.NewLimiter(rate.Limit(limit), max(1, int(limit)))
	}
	return r
}

func (r *record) arrive(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen.Requests++
	r.inFlight++
	r.seen.InFlight = max(r.seen.InFlight, r.inFlight)
	if slices.ContainsFunc(r.windows, func(w window) bool {
		return c.start.After(w.from) && c.start.Before(w.until)
	}) {
		r.seen.InsideRetryAfter++
	}
}

// depart removes a request from what is in flight before its handler ends.
func (r *record) depart(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !c.left {
		c.left = true
		r.inFlight--
	}
}

// leave notes how a request ended, and logs it.
func (r *record) leave(c *call) {
	r.depart(c)
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.status != 0 {
		r.seen.Statuses[c.status]++
	}
	refused := c.status == http.StatusUnprocessableEntity || c.status == http.StatusBadRequest
	if c.fault == "" && refused {
		r.seen.Rejected++
	}
	if r.options.Log == nil {
		return
	}

	ending := fmt.Sprint(c.status)
	if c.status == 0 {
		ending = "-"
	}
	if c.fault != "" && string(c.fault) != ending {
		ending += " " + string(c.fault)
	}
	r.write(r.options.Log, fmt.Appendf(nil, "%s %.6x %s %v\n", c.start.Format("15:04:05.000"),
		c.hash, ending, time.Since(c.start).Round(10*time.Microsecond)))
}

// meet notes the fault that a request is about to meet.
func (r *record) meet(c *call, fault Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.fault = fault; fault != "" {
		r.seen.Faults[fault]++
	}
}

// treat decides what happens to a request, as settings and the event's hash say.
func (r *record) treat(c *call) Fault {
	f := r.options.Faults
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case f.UnauthorizedAfter > 0 && r.seen.Processed >= f.UnauthorizedAfter:
		return "401"
	case r.limiter != nil && !r.limiter.AllowN(c.start, 1):
		return "429"
	case r.burst > 0:
		r.burst--
		return "503"
	case len(f.Percent) == 0:
		return ""
	}

	r.attempts[c.hash]++
	if r.attempts[c.hash] > max(1, f.Times) {
		return ""
	}

	fault := f.choose(c.hash)
	if fault == "503" {
		r.burst = max(1, f.Burst) - 1
	}
	return fault
}

// A window is a time in which no request should come, since an answer asked for it. Each begins
// when the client must have heard of it; a later one that lasts longer does not count before that.
type window struct{ from, until time.Time }

// openWindow begins a window.
func (r *record) openWindow(now time.Time, wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.windows = slices.DeleteFunc(r.windows, func(w window) bool { return w.until.Before(now) })
	r.windows = append(r.windows, window{now.Add(grace), now.Add(wait)})
}

// process notes an event as accepted.
func (r *record) process(event Event, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen.Processed++
	var sum hash
	if _, err := hex.Decode(sum[:], []byte(event.Hash)); err != nil {
		panic(err) // we wrote it ourselves
	}
	if r.processed[sum]++; r.processed[sum] > 1 {
		r.seen.Duplicates++
	}

	r.bodies = add(r.bodies, sum)
	r.events = append(r.events, event)
	r.times = append(r.times, time.Now().UTC())
	if r.options.Export != nil {
		r.write(r.options.Export, exportLine(&event, r.times[len(r.times)-1]))
	}
	if event.Value != "" {
		r.addMoney(event)
	}
	if r.options.Bodies != nil {
		r.write(r.options.Bodies, append(slices.Clip(body), '\n'))
	}

	if r.options.Record != nil {
		line, err := json.Marshal(event)
		r.err = errors.Join(r.err, err)
		r.write(r.options.Record, append(line, '\n'))
	}
}

func (r *record) addMoney(event Event) {
	value, _, err := apd.NewFromString(event.Value)
	if err != nil {
		panic(err) // validate let it through
	}

	sum := r.sums[event.Currency]
	if sum == nil {
		sum = new(apd.Decimal)
		r.sums[event.Currency] = sum
	}

	// More digits than any sum of prices has; validate bounds the values.
	if _, err := apd.BaseContext.WithPrecision(200).Add(sum, sum, value); err != nil {
		panic(err)
	}
	r.counts[event.Currency]++
}

func (r *record) write(w io.Writer, line []byte) {
	if _, err := w.Write(line); err != nil && r.err == nil {
		r.err = err
	}
}

func (r *record) all() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

func (r *record) stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.seen
	s.Bodies = hex.EncodeToString(r.bodies[:])
	s.Statuses, s.Faults = maps.Clone(r.seen.Statuses), maps.Clone(r.seen.Faults)
	s.Totals = make(map[string]Total)
	for currency, sum := range r.sums {
		s.Totals[currency] = Total{Events: r.counts[currency], Value: sum.Text('f')}
	}
	return s
}

func (r *record) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// add is addition modulo 2^256, little-endian in words.
func add(a, b hash) (sum hash) {
	var carry uint64
	for i := 0; i < len(a); i += 8 {
		x, y := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		var total uint64
		total, carry = bits.Add64(x, y, carry)
		binary.LittleEndian.PutUint64(sum[i:], total)
	}
	return sum
}

func (s *Server) serveStats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.Encode(s.Stats())
}
