// Package queue lets workers on many machines send the events of runs. NATS JetStream keeps the
// queue, the ledger and the bound; this package has no engine of its own, only the rules by which
// the two sides use it.
//
//	run ──► Publish ──► stream able-events-T ──► one durable consumer ──► worker: claim ─► post ─► settle ─► ack
//	 ▲                  one message for each      MaxAckPending: the        │                        │
//	 │                  (id, revision)            bound over all machines   ▼                        ▼
//	 └── Follow ◄────── bucket able-ledger-T: one entry an event, written by compare-and-set only ◄──┘
//
// T is a hash of endpoint and funnel mark: a worker for another target never sees these events, and
// the mark itself is nowhere on the server. Bodies have [Placeholder] in its place, and a hash that
// the worker checks once it has put its own mark in.
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
// goes into the message, as what the decision builds on. A claim is a compare-and-set from exactly
// V. So of everything that may happen for one decision (two messages, a redelivery, a second run,
// somebody's withdrawal) one thing happens, and all others find that V is past. That is the whole
// of "once": the stream may repeat itself, the bucket cannot.
//
// What builds on a claim that is still open (a run that has seen it, and is taken back; a decision)
// leaves it alone.
//
// A POST begins only between a claim that its worker wrote and the end of the worker's hold on the
// message. Nobody else posts on that claim, ever: what another worker may do with it is write
// unknown.
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
//   - The run dies while it publishes: what is queued is sent. The same command, on any machine,
//     finds in the bucket what is settled, and queues the rest again; the stream refuses what still
//     waits, and the claim what has been taken meanwhile. It hears of both, and counts as already
//     delivered what an earlier run's message has brought.
//   - The run is interrupted: it withdraws what nobody has claimed, by the same compare-and-set
//     that a claim is, and waits for the rest.
//   - A worker is cut off from the servers: its holds and its lease run out by its own clock, and
//     no attempt begins after that. One that was begun is over before the server hands the message
//     on: AckWait is three of the longest attempts. When it is back, its outcome replaces the
//     unknown that another wrote meanwhile, for it knows.
//   - Credentials run out: a client connects again and again, and reads their file anew each time.
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
//   - A wait that the receiver asks for reaches all workers through the bucket, each asker's under
//     a key of its own, so that the longest stands; who starts meanwhile, or comes back, waits in
//     full before its first attempt.
//   - Somebody deletes the ledger, the stream or the consumer: whoever uses it ends and says so.
//     The stream names the ledger that its events build on, and nobody makes another for them.
//
// # Time
//
// No clock is compared with another machine's. Holds and leases count on the worker's own clock
// from before the request that the server's count began with, and end before it. Workers count each
// other out by how long they themselves saw no beat. The servers' clock alone ages what they forget
// (a pause), and dates for people: entries, and a team that nobody has touched lately.
//
// # The rate
//
// The workers of a target share one entry, the team. Each keeps to a part of the rate, lowers its
// own before it writes a smaller part, and uses a larger one only once it is written, so that the
// parts in use never come to more than the rate. Who does not renew its line in time stops first,
// and is struck out later.
//
// # What the server keeps
//
// An entry holds hashes, amounts, times, places in files, and of refusals an excerpt of the answer;
// bodies are in the stream, and gone from it with their acknowledgement. Connections that leave the
// machine must be encrypted, for bodies are people's data. The ledger has no limit of age or size:
// what it forgot would be sent again.
//
// See examples/ for Kubernetes and for three plain hosts, and examples/envelope.md for what bounds
// it, and what it costs.
package queue
