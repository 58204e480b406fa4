// Package approval lets a second person decide about a plan before it is sent.
//
//	preview --keep, or a job ──► HASH-ID.plan            who previewed, and all that a run would do
//	approve PLAN ──────────────► HASH-ID.UID.approved    who approved, and the hash of that file
//	run --plan, or the job ────► HASH-ID.used            which runs have sent it
//
// The files are in one folder that all these people can write to. What a file says is only what its
// author claims. Who the author is, the system knows: a file belongs to the user who made it, and
// nobody but root can give it to another. So a file counts only if it is plain, has one name,
// cannot be changed by others, and belongs to the user whom it names.
//
// An approval names the hash of the plan's file, and a run compares everything in that file with
// what it is about to do: events and bodies, what becomes of each, sums, files, mapping, target.
// [Submission.Prove] has the rules for who counts as somebody else.
package approval
