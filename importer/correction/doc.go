// Package correction takes failures files back. A run writes the rows that failed for people to
// fix, and keeps the same rows as it read them, the originals. [Find] recognises a failures file by
// its marker, whatever it is called and whichever program has saved it last. [Open] compares it
// with the originals:
//
//	failures file (fixed by people) ──┐
//	                                  ├──► File: the original rows with the cells that were fixed
//	originals (kept by the run)     ──┘
//
// Only marked cells may differ; any other change is doubtful, and refused unless it is accepted.
// Cells that a spreadsheet program rewrote (dates, numbers) count as unchanged. What was delivered
// from a failures file is a [Correction]: the next run of the input skips those rows.
package correction
