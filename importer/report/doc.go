// Package report writes what people read after a run: the summary as JSON and as text, the failures
// files they fix and feed back, the receipts for the auditor, and the manifest that binds a run's
// folder.
//
// It only counts, words and writes. Everything it says was decided elsewhere and comes in as plain
// values; nothing here reads an input file or the ledger.
package report
