// Package spill holds any number of records in bounded memory. A [Sorter] takes records of one
// size, writes what does not fit to private files, and gives all of them back in the order of their
// bytes:
//
//	Add, Add, Add ...            buffer ──► sorted stretch ──► private file
//	Records or RecordsAhead      merge of all stretches, any number of times
//	Blocks                       all records without an order, which costs less
//
// [Buckets] divide records by a hash.
//
// A [Sealed] keeps chunks of any size in their order, encrypted: the events of a run, which are
// people's data.
//
// [Ahead] lets a goroutine read ahead of its consumer, and all files are in a [PrivateDir]:
// readable by its owner only, and removed at the end or at the next start.
package spill
