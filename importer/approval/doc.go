// Package approval lets a second person decide about a plan before it is sent.
//
//	preview --keep, or a job ──► HASH-ID.plan            who previewed, and all that a run would do
//	approve PLAN ──────────────► HASH-ID.UID.approved    who approved, and the hash of that file
//	run --plan, or the job ────► HASH-ID.used            which runs have sent it
//
// The files lie in one folder that all of them can write. What is in a file is only what its author
// claims; who the author is, the system says: a file belongs to the user who made it, and nobody
// but root can give it to another. So a file counts only if it is plain, has one name, cannot be
// changed by others, and belongs to the user whom it names.
//
// An approval names the hash of the plan's file, and a run compares all that this file says with
// what it is about to do: events and bodies, what becomes of each, sums, files, mapping, target.
// [Kept.Prove] has the rules by which somebody is somebody else.
package approval
