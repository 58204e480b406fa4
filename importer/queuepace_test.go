package importer_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/queue/natstest"
)

// A strict receiver asks the first client to wait, and accepts all others.
type strict struct {
	wait string // seconds

	mu    sync.Mutex
	times []time.Time
}

func (s *strict) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.times = append(s.times, time.Now())
	first := len(s.times) == 1
	s.mu.Unlock()
	io.Copy(io.Discard, r.Body)
	if first {
		w.Header().Set("Retry-After", s.wait)
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

// silence is the longest time in which nothing came.
func (s *strict) silence() (longest time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.times[1:] {
		longest = max(longest, s.times[i+1].Sub(s.times[i]))
	}
	return longest
}

// A wait that the receiver asks of one worker holds all: it then hears nothing from any of them.
// The rate is so low that there is something to send for longer than the others take to hear of it.
func TestQueueHoldsAllWorkers(t *testing.T) {
	receiver := &strict{wait: "8"}
	server := httptest.NewServer(receiver)
	defer server.Close()
	job, err := queueJob(writeOrders(t, 250), server.URL, t.TempDir(), natstest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	job.Queue.Replicas, job.Webhook.Rate = 1, 50
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
	result, err := importJob(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	if n := result.Summary.Events.Delivered; n != 250 {
		t.Errorf("%d are delivered, want 250", n)
	}
	if silence := receiver.silence(); silence < 4*time.Second {
		t.Errorf("it asked to wait 8 s, and was left alone for %v", silence)
	}
}
