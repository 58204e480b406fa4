// Package webhook posts one event and says what became of it: one event, one [Verdict].
//
// # What is promised
//
// One attempt is one POST. Nothing below this package repeats a request, and every attempt of an
// event has the same bytes.
//
// A verdict never claims more than was seen. [Delivered] means that a 2xx status line was heard.
// [NotSent] means that the receiver surely processed nothing. Anything in between is [Unknown], and
// is not sent again unasked.
//
// # How it waits
//
// An attempt that was surely not processed is repeated after a random part of a growing wait (full
// jitter), within the event's attempts and the run's retry budget. What the receiver says about its
// pace (Retry-After, RateLimit) pauses all callers of [Client.Post] together. When most of the
// recent attempts failed, all callers wait while single events probe the receiver; an outage longer
// than [Options.OutageWait] stops the run.
//
// # One path
//
// Requests go over connections of the client's own ([pool]), which speak HTTP/1.1 and keep no
// cookies. Whatever was seen of an attempt is an [answer]; one table ([Client.rule]) turns it into
// a verdict.
//
// If HTTPS_PROXY or ALL_PROXY names a proxy, and NO_PROXY does not exclude the receiver,
// connections go through it ([proxy]): by CONNECT or by SOCKS5, with TLS inside from end to end. So
// a proxy can only fail to connect, and then surely nothing was sent.
package webhook
