// Package history is what this machine knows about a target, which is an endpoint and a funnel: its
// ledger, the lock that one run holds, the folders of earlier runs, and the decisions of people.
//
// Start from [Target]. [Target.Entries] reads ledger and receipts side by side, oldest first;
// [Target.OpenLedger] refuses a ledger that is older than the folders of its runs; [Held] events
// wait for somebody to decide.
package history
