// Package webhook posts one event and says what became of it: one event, one [Verdict].
//
// # What is promised
//
// One attempt is one POST. Nothing below this package repeats a request by itself,
// and every attempt of an event has the same bytes.
//
// A verdict never claims more than was seen.
// [Delivered] means that a 2xx status line was heard.
// [NotSent] means that the receiver surely processed nothing.
// What lies between is [Unknown], and is not sent again by itself.
//
// # How it waits
//
// An attempt that was surely not processed is repeated after a random part of a growing wait (full jitter),
// within the event's attempts and the run's retry budget.
// What the receiver says about its pace (Retry-After, RateLimit) pauses all callers of [Client.Post] together.
// When most of the recent attempts failed, all callers wait while single events probe the receiver;
// an outage that outlasts [Options.OutageWait] stops the run.
//
// # Two paths
//
// Requests go over connections of the client's own ([lean]), or by net/http where a proxy stands between ([standard]).
// Both report what they saw of an attempt as an [answer]; one table ([Client.rule]) turns it into a verdict.
// Every test of verdicts runs over both.
package webhook
