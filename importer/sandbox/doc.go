// Package sandbox is a real HTTP receiver on loopback, for demos and tests. It checks events as
// Able's webhook documents them, keeps a record of what it processed, and misbehaves on demand:
// each fault hits a given share of the events, chosen by the event's own hash, so a run with the
// same seed meets the same faults.
package sandbox
