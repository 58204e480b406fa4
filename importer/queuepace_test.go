package importer_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/queue/natstest"
	"ableimport/importer/sandbox"
)

// A wait that the receiver asks one worker for holds all: nothing comes while all were asked to wait.
func TestQueueHoldsAllWorkers(t *testing.T) {
	options, err := sandbox.ParseFaults(fmt.Sprintf("seed=%d,latency=2ms,429=3%%,retry-after=1s", *seed))
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	job, err := queueJob(writeOrders(t, 400), server.URL(), t.TempDir(), natstest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	job.Queue.Replicas, job.Webhook.Rate = 1, 0
	ctx, end := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer end()
	for range 3 {
		begun := make(chan struct{})
		working.Go(func() {
			if _, err := importer.Work(ctx, job, func() { close(begun) }); err != nil {
				t.Error(err)
			}
		})
		<-begun
	}
	began := time.Now()
	result, err := importJob(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	stats := server.Stats()
	if result.Summary.Events.Delivered != 400 || stats.InsideRetryAfter > 0 || stats.Statuses[429] == 0 {
		t.Errorf("seed %d: delivered %d; statuses %v, %d requests while all were asked to wait",
			*seed, result.Summary.Events.Delivered, stats.Statuses, stats.InsideRetryAfter)
	}
	t.Logf("%d times asked to wait, in %v", stats.Statuses[429], time.Since(began).Round(time.Second))
}
