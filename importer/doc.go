// Package importer turns billing exports into delivered events: correctly, once, and with proof.
//
//	          Preflight                                                        Run
//
//	file ──► table ──► mapping ──► sealed in order, encrypted ──────────────────────►    blocks
//	         rows      events ──► records                                                  │
//	                              one sort by id                                           │
//	                                 │                                                     │
//	          ledger ──► merge ──► fates ─────────── skip, hold ──────────────────────►    ▼
//	          what was sent before   │                                                  recorder ◄───────┐
//	                                 ▼                                     intents,      │   ▲           │
//	                               Plan: counts, money, hash               outcomes ◄────┘   │           │
//	                                 │                                     in the ledger     │ results   │
//	                                 ▼                                          │            │           │
//	                        preview shows it,                                   └──► workers: webhook ───┘
//	                        run asks and sends it                                             one POST an attempt
//
// # Packages
//
//	table        any export -> rows of typed cells          webhook      one event -> one verdict
//	spill        any number of records, in bounded memory   ledger       what was sent, across runs and crashes
//	identity     what makes two events the same             report       what people read afterwards
//	history      a target: ledger, lock, earlier runs       queue        workers and a ledger on many machines
//	correction   failures files, fixed and fed back         inbox        files that others put into a folder
//	approval     a second person decides about a plan        own          opens files: plain ones, and ours
//	sandbox      a receiver on this machine, for practice
//
// Package mapping, which is pure, makes events of rows. Parts know each other only as
// .ci/layers.awk says; this package joins them. Read it in this order: job.go, input.go,
// first_reading.go, walk.go, preflight.go, record.go, decide.go, fate.go, produce.go, run.go,
// sender.go, account.go, summary.go.
//
// # Words
//
// One word means one thing, here and in messages:
//
//	input        one file of an import, open from start to end
//	row          one record of a file, under its number there
//	unit         what is read at a time: the rows of one group, a row that is not data, a damaged
//	             row
//	event        what a group becomes; one POST
//	fate         what the preflight decides about an event: send, duplicate, changed, ...
//	state        what became of an event, as reports count it: delivered, unknown, ...
//	verdict      what one answer of the receiver means; of package webhook
//	outcome      what became of one delivery: a verdict in the ledger, with the receiver's words
//	             for the failures files
//	sealed       an event as it will be posted, encrypted, from the preflight until it goes out
//	plan         all events of an import with their fates; its hash names it
//	parts        what preview remembers of a plan, so that a later run can say what differs
//	submission   a plan that waits for a second person (people say: a kept plan): its hash, what
//	             becomes of each event, the sums, who previewed it
//	account      what a run writes down: tally, receipts, failures
//	tally        events and money by state
//	outlet       how events go out: from this machine, or by a queue
//	target       endpoint and funnel; it has one ledger
//	ledger       what a target has received, as far as we know
//	acquire      take a target for one import: nobody else sends to it meanwhile
//	job          what an import is told to do; in a job file, with an inbox
//	pass         one run of a job over its inbox
//	worker       posts events; of this process, or of a queue
//	turn         a queue worker's right to post one event; it ends if the servers do not renew it
//	pause        a time in which no attempt starts, because the receiver has asked for it
//	held         waits for a person: a changed or unknown event, rows beside a damaged one
//	kept         delivered with different content, and a person decided to leave it so; a state
//	footer       a row below or between the data that totals it; it is not data
//	correction   an event that was delivered from a failures file
//	open import  an import on the page, from its files to its report
//	practice     a run against the receiver on this machine
//
// # Promises
//
//   - Nothing is lost: rows read = mapped + skipped + invalid + held; events = the sum of their
//     states, in counts and in money. The preflight and the recorder add up independently, and the
//     sums are compared at the end. If the preflight finds nothing to send, only its sums exist.
//   - Nothing is guessed: what can be read two ways stops the run, with the place and the line to
//     add.
//   - Nothing is sent twice without saying so, as far as the target's ledger knows: the intent is
//     durable before the POST, the outcome after it. What may or may not have arrived is unknown,
//     and is not sent again without a decision.
//   - What was previewed is what is sent: a run posts the events as the preflight has mapped them,
//     not from a later reading. Until then they wait in memory and in a private file, encrypted
//     with a key that only the run's memory has. A plan that was made without [Import.Acquire] has
//     no sealed events: the run maps the files again, and sends nothing unless the plan's hash is
//     the same. If somebody writes to a file meanwhile, the run notices and does not send the rest.
//   - Memory does not grow with the number of rows: rows are streamed, ids are sorted and events
//     sealed in bounded memory with private spill files, and blocks are reused. Where nothing was
//     sent before, only the ids that may come twice are sorted.
//   - Events in flight are never abandoned: an interrupt stops new attempts, and what was begun is
//     finished and noted.
package importer
