// Package queue lets workers on many machines send the events of runs. NATS JetStream provides the
// queue, the ledger and the bound; this package only has the rules by which the two sides use it.
//
//	run ──► Publish ──► stream able-events-T ──► one durable consumer ──► worker: claim ─► post ─► settle ─► ack
//	 ▲                  one message for each      MaxAckPending: the        │                        │
//	 │                  (id, revision)            bound over all machines   ▼                        ▼
//	 └── Follow ◄────── bucket able-ledger-T: one entry an event, written by compare-and-set only ◄──┘
//
// T is a hash of endpoint and funnel mark: a worker for another target never sees these events, and
// the mark itself is nowhere on the server. Bodies have [Placeholder] instead, and a hash that the
// worker checks after it has put in its own mark.
//
// # The life of an event
//
//	          Publish                claim                     settle
//	entry V ───────────► (queued) ──────────► claimed ─────────────────► delivered, rejected, unknown, not_sent
//	    │                    ▲                   │  │
//	    │ Withdraw           └──── released ◄────┘  │ its worker is gone, and the message comes to another
//	    ▼                          nothing was sent ▼
//	not_sent                                      unknown
//
// A run looks at an event's entry and decides to send it; the entry's revision V (0: there is none)
// goes into the message: the decision builds on it. A claim is a compare-and-set from exactly V. So
// of everything that may happen for one decision (two messages, a redelivery, a second run,
// somebody's withdrawal) exactly one happens, and all others find that V is past. This is what
// makes it "once": the stream may repeat itself, the bucket cannot.
//
// Nothing that builds on an open claim (a run that has seen it and is taken back; a decision)
// changes it.
//
// A POST begins only between a claim that its worker wrote and the end of the worker's turn with
// the message. Nobody else ever posts on that claim: another worker may only write unknown.
//
// # What each loss leads to
//
//   - A worker dies before its claim: the server gives the message to another after AckWait.
//     Nothing was sent.
//   - After the claim, before the POST; during the POST; after it, before the outcome: nobody can
//     tell these apart. The message comes to another worker, which finds the claim of an earlier
//     delivery of this very message, and writes unknown.
//   - After the outcome, before the acknowledgement: the message comes again, its entry is settled,
//     it is dropped.
//   - An answer of the server gets lost: the same compare-and-set is tried again, and finds its own
//     bytes if it was written.
//   - The run dies while it publishes: what it has queued still goes out. The same command, on any
//     machine, finds in the bucket what is settled, and queues the rest again; the stream refuses
//     what still waits, and the claim refuses what has been taken meanwhile. The run hears of both,
//     and counts what an earlier run's message delivered as already delivered.
//   - The run is interrupted: it withdraws what nobody has claimed, by the same compare-and-set
//     that a claim is, and waits for the rest.
//   - A worker is cut off from the servers: its turns and its lease run out by its own clock, and
//     no attempt begins after that. One that was begun is over before the server hands the message
//     on: AckWait is three of the longest attempts. When it is back, its outcome replaces the
//     unknown that another wrote meanwhile, since it knows.
//   - Credentials run out: a client connects again and again, and reads their file again each time.
//   - A server is lost: with three replicas the others have every message and entry that was
//     confirmed. What was in doubt for a moment is asked again. A consumer's new leader may hand
//     out a message too early, even to the worker that has it: the claim is there, no two claims
//     are the same bytes, and it is left alone until a later delivery of the same message; see
//     worker.resolve.
//   - Somebody deletes a message by hand whose event is claimed, so that no worker will look at it
//     again: a run that waits for it and has heard nothing for two AckWaits gives it up as unknown.
//     One that nobody had claimed is published again.
//   - All servers lose power together: JetStream writes to disk at once only with "sync_interval:
//     always" in its configuration. Without it the last entries can be gone, and their events would
//     be sent again. The examples set it.
//   - A wait that the receiver asks for reaches all workers through the bucket, each under
//     its own key, so that the longest counts; a worker that starts meanwhile, or comes back,
//     waits in full before its first attempt.
//   - Somebody deletes the ledger, the stream or the consumer: everybody who uses it ends and says
//     so. The stream names the ledger that its events build on, and nobody makes another for them.
//
// # Time
//
// No clock is compared with another machine's. Turns and leases count on the worker's own clock
// from before the request that the server's count began with, and end before it. A worker counts
// another as gone when it has seen no beat for a time by its own clock. The servers' clock is used
// only for what they forget (a pause), and for dates that people read: entries, and a team that
// nobody has touched lately.
//
// # What goes together
//
// Most of what an event costs is that somebody wakes up for a message. So outcomes that come at
// about the same time wait up to 5 ms for each other before they are noted; see gather. A worker
// that dies in this time has an event more or two whose outcome nobody knows. And a run asks for
// what is noted ten times a second at most, since it only counts it.
//
// # The rate
//
// The workers of a target share one entry, the team. Each keeps to a part of the rate, lowers its
// own before it writes a smaller part, and uses a larger one only once it is written, so the parts
// in use never exceed the rate. A worker that does not renew its line in time stops first, and is
// removed later.
//
// # What the server keeps
//
// An entry has hashes, amounts, times, places in files and, after a refusal, an excerpt of the
// answer. Bodies are in the stream, and leave it when they are acknowledged. Connections that leave
// the machine must be encrypted, since bodies are people's data. The ledger has no limit of age or
// size: what it forgot would be sent again.
//
// See examples/ for Kubernetes and for three plain hosts, and examples/envelope.md for its limits
// and costs.
package queue
