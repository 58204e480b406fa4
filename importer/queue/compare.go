package queue

import (
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// A DifferentError means that something on the server differs from what is wanted. Nothing was
// changed.
type DifferentError struct {
	Name, Setting, Have, Want string
	Flag                      string // that asks for what is there; "": none does
}

func (e *DifferentError) Error() string {
	instead := "change it there"
	if e.Flag != "" {
		instead = "say " + e.Flag + ", or " + instead
	}
	return fmt.Sprintf("%s is on the server with %s %s, and %s is wanted. Nothing was "+
		"changed: %s", e.Name, e.Setting, e.Have, e.Want, instead)
}

// A setting is one that a stream or consumer must have.
type setting struct {
	name       string
	have, want any
	flag       string // that asked for it
	open       bool   // nothing was asked for, and anything will do
}

// compare returns a *DifferentError for the first setting that differs from what is wanted.
func compare(name string, settings []setting) error {
	for _, s := range settings {
		if s.open || s.have == s.want {
			continue
		}
		different := &DifferentError{
			Name: name, Setting: s.name, Have: fmt.Sprint(s.have), Want: fmt.Sprint(s.want),
		}
		if s.flag != "" {
			different.Flag = s.flag + " " + different.Have
		}
		return different
	}
	return nil
}

// compareStream refuses a stream that would not keep the doc's promises, or differs from what was
// asked for.
func (q *Queue) compareStream(have, want *jetstream.StreamConfig) error {
	const unlimited = -1
	return compare(want.Name, []setting{
		{name: "the target", have: have.Metadata["able-target"],
			want: want.Metadata["able-target"]},
		{name: "subjects", have: strings.Join(have.Subjects, " "),
			want: strings.Join(want.Subjects, " ")},
		{name: "retention", have: have.Retention, want: want.Retention},
		{name: "storage", have: have.Storage, want: want.Storage},
		{name: "messages a subject", have: have.MaxMsgsPerSubject, want: want.MaxMsgsPerSubject},
		{name: "refusal of second messages", have: have.DiscardNewPerSubject,
			want: want.DiscardNewPerSubject},
		{name: "discard policy", have: have.Discard, want: want.Discard},
		{name: "a limit of messages", have: have.MaxMsgs, want: want.MaxMsgs},
		{name: "a limit of age", have: have.MaxAge, want: want.MaxAge},
		{name: "a size of message", have: have.MaxMsgSize, want: want.MaxMsgSize,
			open: have.MaxMsgSize <= 0 || have.MaxMsgSize > want.MaxMsgSize},
		{name: "direct reads", have: have.AllowDirect, want: want.AllowDirect},
		{name: "times to live", have: have.AllowMsgTTL, want: want.AllowMsgTTL},
		{name: "replicas", have: have.Replicas, want: want.Replicas, flag: "--queue-replicas",
			open: q.options.Replicas == 0},
		{name: "a limit of bytes", have: have.MaxBytes, want: want.MaxBytes,
			open: q.options.MaxBytes == 0 && want.MaxBytes != unlimited},
	})
}

// compareConsumer refuses a consumer that may give a message to a second worker before the first is
// done, or whose time for that is too short for the attempts.
func (q *Queue) compareConsumer(have, want *jetstream.ConsumerConfig) error {
	longest := have.AckWait / attemptsInWait
	return compare(q.events+"'s consumer", []setting{
		{name: "acknowledgements", have: have.AckPolicy, want: want.AckPolicy},
		{name: "most deliveries", have: have.MaxDeliver, want: want.MaxDeliver},
		{name: "waits between deliveries", have: fmt.Sprint(have.BackOff),
			want: fmt.Sprint(want.BackOff)},
		{name: "a filter", have: have.FilterSubject + strings.Join(have.FilterSubjects, " "),
			want: ""},
		{name: "messages without data", have: have.HeadersOnly, want: want.HeadersOnly},
		{name: "an end when unused", have: have.InactiveThreshold, want: want.InactiveThreshold},
		{name: "events in flight", have: have.MaxAckPending, want: want.MaxAckPending,
			flag: "--in-flight", open: q.options.InFlight == 0},
		{name: "attempts of at most", have: longest, want: q.options.Attempt, flag: "--timeout",
			open: longest >= q.options.Attempt},
	})
}
