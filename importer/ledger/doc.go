// Package ledger remembers what was sent to one target, across runs and crashes.
//
// A ledger is one SQLite file. Every row of it is a key, a body and a CRC-32C; the journal is what
// counts:
//
//	Run.Commit ──► journal row ──(one durable sync)──► true from now on
//	                   │
//	                   ▼ kept in memory, written at 64k events and at the end of a run
//	              sorted parts ──► merged when they grow many ──► Cursor.Find
//
// A journal row holds what one commit said: events about to be sent (intents) and what became of
// events sent earlier (outcomes). The index by event id consists of sorted parts in blocks that are
// never changed, only merged. It can be rebuilt from the journal at any time, so after a crash
// between the two only the journal's tail has to be read.
//
// # Promises
//
//   - Once Commit has returned, its data survives a crash, a kill or a power loss, in order,
//     without gaps.
//   - An intent whose run died before its outcome is [Unknown]: it may have been delivered.
//   - A delivery is never forgotten: a later attempt with different content that was rejected or
//     not sent does not hide it.
//   - One writer at a time, by a lock that the kernel releases when its holder dies. Readers need
//     no lock.
//   - Memory does not grow with the number of events.
//   - A ledger that is damaged, from a newer program or for another target is refused; it is never
//     started afresh.
//
// It keeps hashes of ids and bodies, amounts, times and places in files; no cells, no personal
// data. A second index, built the same way, leads from likenesses (keyed hashes that events under
// other ids may share) to what was delivered with them.
package ledger
