// Package importer turns billing exports into delivered events: correctly, once, and with proof.
//
//	          first pass: Preflight                               second pass: Run
//
//	file ──► table ──► mapping ──► records                file ──► table ──► mapping ──► blocks
//	         rows      events      one sort by id                  rows      events      proved equal
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
// Package table reads any export as rows of typed cells. Package mapping, which is pure, makes events of rows. Package
// webhook turns one event into one verdict. Package ledger remembers across runs and crashes. Package report writes
// what people read afterwards. Package queue puts workers on other machines in the place of this one's, and a ledger that they
// share in the place of this machine's. They do not know each other: only this package joins them. (Package inbox, which takes
// files from a folder that others write into, serves the command line.) Read it in this order: job.go,
// input.go, study.go, walk.go, preflight.go, decide.go, produce.go, run.go, conclude.go.
//
// # Promises
//
//   - Nothing is lost: rows read = mapped + skipped + invalid + held; events = the sum of their states, in counts and in
//     money. The preflight and the recorder add up independently, and the sums are compared at the end. Where the preflight
//     finds that nothing is to go out, the files are read once, and its sums stand alone.
//   - Nothing is guessed: what can be read two ways stops the run, with the place and the line to add.
//   - Nothing is sent twice without saying so, as far as the target's ledger knows: the intent is durable before the
//     POST, the outcome after it. What may or may not have arrived is unknown, and is not sent again by itself.
//   - What was previewed is what is sent: both passes map with the same code, and no block of events is posted before
//     its hash equals the preflight's.
//   - Memory does not grow with the number of rows: rows are streamed, ids are sorted in bounded memory with private
//     spill files, blocks are used again.
//   - Events in flight are never abandoned: an interrupt stops new attempts, and what was begun is finished and noted.
package importer
