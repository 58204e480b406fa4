package queue

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"ableimport/importer/queue/natstest"
)

// Workers that start together on a cluster make one queue, and all find it.
func TestMadeByManyAtOnce(t *testing.T) {
	t.Parallel()
	cluster := natstest.StartCluster(t)
	var making sync.WaitGroup
	for range 6 {
		making.Go(func() {
			q, err := Connect(Options{Servers: cluster.URL(), Name: "test", Attempt: time.Second, Target: [32]byte{1, 2, 3}})
			if err != nil {
				t.Error(err)
				return
			}
			defer q.Close()
			if err := q.Make(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	making.Wait()
	q := connect(t, cluster.URL(), Options{})
	s, err := q.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Replicas != 3 || s.Bound != defaultInFlight || s.AckWait != attemptsInWait*time.Second {
		t.Errorf("%+v", s)
	}
}

// What is asked for and is not so is said, and not changed.
func TestNothingIsChanged(t *testing.T) {
	t.Parallel()
	url := natstest.Start(t)
	var alone *SettingsError
	if err := makeWith(t, Options{Servers: url}); !errors.As(err, &alone) || !strings.Contains(err.Error(), "--queue-replicas 1") {
		t.Errorf("three replicas on one server: %v", err)
	}
	connect(t, url, Options{Replicas: 1, InFlight: 7})
	for name, options := range map[string]Options{
		"replicas 1, and 3 is wanted":                        {Replicas: 3},
		"events in flight 7, and 8 is wanted":                {InFlight: 8},
		"attempts of at most 1s, and 2s is wanted":           {Attempt: 2 * time.Second},
		"a limit of bytes 1073741824, and 1048576 is wanted": {MaxBytes: 1 << 20},
	} {
		options.Servers = url
		var different *DifferentError
		if err := makeWith(t, options); !errors.As(err, &different) || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
	if err := makeWith(t, Options{Servers: url, Attempt: time.Second}); err != nil {
		t.Errorf("what says nothing takes what is there: %v", err)
	}
}

func makeWith(t *testing.T, options Options) error {
	options.Target, options.Name = [32]byte{1, 2, 3}, "test"
	q, err := Connect(options)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	return q.Make(t.Context())
}

// Addresses that would show a secret or people's data are refused before anything is connected.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for servers, want := range map[string]string{
		"nats://127.0.0.1:1":          "no server answers",
		"nats://a:b@127.0.0.1:1":      "holds a password",
		"http://127.0.0.1:1":          "not of the form",
		"nats://":                     "not of the form",
		"nats://127.0.0.1:1,ws://x:1": "not of the form",
	} {
		_, err := Connect(Options{Servers: servers, Name: "test"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", servers, err, want)
		}
	}
}
