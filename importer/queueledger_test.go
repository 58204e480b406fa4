package importer_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/queue/natstest"
	"ableimport/importer/sandbox"
)

// A queue's ledger that somebody has started afresh does not know what was sent: nothing goes out
// on it if a manifest knows better.
func TestQueueLedgerMadeAnew(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	url := natstest.Start(t)
	job, err := queueJob(writeOrders(t, 5), server.URL(), t.TempDir(), url)
	if err != nil {
		t.Fatal(err)
	}
	job.Queue.Replicas = 1
	for n := range 2 {
		ctx, end := context.WithCancel(t.Context())
		var working sync.WaitGroup
		begun := make(chan struct{})
		working.Go(func() {
			if _, err := importer.Work(ctx, job, func() { close(begun) }); err != nil {
				t.Error(err)
			}
		})
		<-begun
		_, err := importJob(t.Context(), job)
		end()
		working.Wait()
		var refused *history.RefusedError
		switch {
		case n == 0 && err != nil:
			t.Fatal(err)
		case n == 1 && (!errors.As(err, &refused) ||
			!strings.Contains(err.Error(), "created again")):
			t.Errorf("on the new ledger: %v", err)
		}
		deleteStreams(t, url)
	}
	if n := server.Stats().Requests; n != 5 {
		t.Errorf("%d requests came, want 5", n)
	}
}

func deleteStreams(t *testing.T, url string) {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for name := range js.StreamNames(t.Context()).Name() {
		if err := js.DeleteStream(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
}
