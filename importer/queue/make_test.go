package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"ableimport/importer/queue/natstest"
)

// Workers that start together on a cluster make one queue, and all find it.
func TestMadeByManyAtOnce(t *testing.T) {
	t.Parallel()
	cluster := natstest.StartCluster(t, 3)
	var making sync.WaitGroup
	for range 6 {
		making.Go(func() {
			q, err := Connect(t.Context(), Options{
				Servers: cluster.URL(), Name: "test", Attempt: time.Second,
				Target: [32]byte{1, 2, 3},
			})
			if err != nil {
				t.Error(err)
				return
			}
			defer q.Close()
			err = q.Make(t.Context())
			// The machine is busy
			for tries := 0; tries < 5 && errors.Is(err, context.DeadlineExceeded); tries++ {
				err = q.Make(t.Context())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	making.Wait()
	q := connect(t, cluster.URL(), Options{Attempt: time.Second})
	s, err := q.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Replicas != 3 || s.Bound != defaultInFlight || s.AckWait != attemptsInWait*time.Second {
		t.Errorf("%+v", s)
	}
}

// A setting that differs from what is asked for is reported, and not changed.
func TestNothingIsChanged(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	var alone *SettingsError
	if err := makeWith(t, Options{Servers: url}); !errors.As(err, &alone) ||
		!strings.Contains(err.Error(), "--queue-replicas 1") {
		t.Errorf("three replicas on one server: %v", err)
	}
	connect(t, url, Options{Replicas: 1, InFlight: 7, Attempt: time.Second})
	for name, options := range map[string]Options{
		"replicas 1, and 3 is wanted":                        {Replicas: 3},
		"events in flight 7, and 8 is wanted":                {InFlight: 8},
		"attempts of at most 1s, and 2s is wanted":           {Attempt: 2 * time.Second},
		"a limit of bytes 1073741824, and 1048576 is wanted": {MaxBytes: 1 << 20},
	} {
		options.Servers = url
		var different *DifferentError
		if err := makeWith(t, options); !errors.As(err, &different) ||
			!strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
	if err := makeWith(t, Options{Servers: url, Attempt: time.Second}); err != nil {
		t.Errorf("what says nothing takes what is there: %v", err)
	}
}

func makeWith(t *testing.T, options Options) error {
	options.Target, options.Name = [32]byte{1, 2, 3}, "test"
	q, err := Connect(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	return q.Make(t.Context())
}

// Addresses that would show a secret or people's data are refused before connecting.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for servers, want := range map[string]string{
		"nats://127.0.0.1:1":          "no server answers",
		"nats://a:b@127.0.0.1:1":      "holds a password",
		"http://127.0.0.1:1":          "not of the form",
		"nats://":                     "not of the form",
		"nats://127.0.0.1:1,ws://x:1": "not of the form",
	} {
		_, err := Connect(t.Context(), Options{Servers: servers, Name: "test"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", servers, err, want)
		}
	}
}

// Anything on the server that would not keep what it must is refused.
func TestWrongStreamsAreRefused(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	for n, c := range []struct {
		change func(ledger, events *jetstream.StreamConfig, workers *jetstream.ConsumerConfig)
		want   string
	}{
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.MaxBytes = 1 << 20
		}, "a limit of bytes 1048576, and -1"},
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.MaxAge = time.Hour
		}, "a limit of age 1h0m0s, and 0s"},
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.MaxMsgs = 1000
		}, "a limit of messages 1000, and -1"},
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.MaxMsgSize = 100
		}, "a size of message 100, and 65536"},
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.MaxMsgsPerSubject = 2
		}, "messages a subject 2, and 1"},
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.Discard = jetstream.DiscardOld
		}, "discard policy DiscardOld"},
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.Storage = jetstream.MemoryStorage
		}, "storage Memory"},
		{func(l, _ *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			l.Subjects[0] += "x"
		}, "subjects"},
		{func(_, e *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			e.Retention = jetstream.LimitsPolicy
		}, "retention Limits"},
		{func(_, e *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			e.MaxAge = time.Hour
		}, "a limit of age 1h0m0s, and 0s"},
		{func(_, e *jetstream.StreamConfig, _ *jetstream.ConsumerConfig) {
			e.DiscardNewPerSubject = false
		}, "refusal of second messages false"},
		{func(_, _ *jetstream.StreamConfig, w *jetstream.ConsumerConfig) {
			w.MaxDeliver = 3
		}, "most deliveries 3, and -1"},
		{func(_, _ *jetstream.StreamConfig, w *jetstream.ConsumerConfig) {
			w.FilterSubjects = []string{"able.events.a", "able.events.b"}
		}, "a filter"},
		{func(_, _ *jetstream.StreamConfig, w *jetstream.ConsumerConfig) {
			w.InactiveThreshold = time.Hour
		}, "an end when unused 1h0m0s, and 0s"},
		{func(_, _ *jetstream.StreamConfig, w *jetstream.ConsumerConfig) {
			w.HeadersOnly = true
		}, "messages without data true"},
	} {
		t.Run(c.want, func(t *testing.T) {
			q, err := Connect(t.Context(), Options{
				Servers: url, Name: "test", Replicas: 1, Attempt: time.Second,
				Target: [32]byte{9, byte(n)},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer q.Close()
			ledger, events, workers := q.ledgerConfig(), q.eventsConfig(""), q.consumerConfig()
			c.change(&ledger, &events, &workers)
			made, err := q.js.CreateStream(t.Context(), ledger)
			if err != nil {
				t.Fatal(err)
			}
			events.Metadata[identityKey] = made.CachedInfo().Config.Metadata[identityKey]
			if _, err := q.js.CreateStream(t.Context(), events); err != nil {
				t.Fatal(err)
			}
			if _, err := q.js.CreateConsumer(t.Context(), q.events, workers); err != nil {
				t.Fatal(err)
			}
			var different *DifferentError
			if err := q.Make(t.Context()); !errors.As(err, &different) ||
				!strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
