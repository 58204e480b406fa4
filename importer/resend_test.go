package importer_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/queue"
	"ableimport/importer/queue/natstest"
	"ableimport/samples/secrets"
)

// refusals are what a receiver says to a second attempt; the last one is not a refusal.
var refusals = []struct {
	name   string
	status int
}{
	{"bad request", 400},
	{"conflict", 409},
	{"unprocessable", 422},
	{"unavailable", 503},
	{"too many", 429},
	{"unauthorized", 401},
	{"redirect", 302},
	{"accepted", 200},
}

// answers is a receiver that closes each connection without an answer until it has a status.
func answers(t *testing.T) (url string, status *atomic.Int32) {
	status = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if n := int(status.Load()); n != 0 {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(n)
			return
		}
		if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
			connection.Close()
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, status
}

// What may have arrived stays unknown whatever the receiver says to a second attempt, and also if
// that is never made.
func TestResendThatIsRefusedStaysUnknown(t *testing.T) {
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			url, status := answers(t)
			const orders = 3
			file, state := writeOrders(t, orders), t.TempDir()
			job, err := proofJob(file, url, state)
			if err != nil {
				t.Fatal(err)
			}
			// what stops the run leaves two that are not tried
			job.Webhook.Concurrency, job.Webhook.Attempts = 1, 1
			if result, err := importJob(t.Context(), job); err != nil ||
				result.Summary.Events.Unknown != orders {
				t.Fatalf("the first run: %v", err)
			}
			status.Store(int32(test.status))
			job.ResendUnknown = true
			result, err := importJob(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			events := result.Summary.Events
			if test.status == 200 {
				if events.Delivered != 3 || events.Resent != 3 {
					t.Errorf("accepted: %+v", events)
				}
				return
			}
			if events.Unknown != orders {
				t.Errorf("refused with %d: %+v, want all unknown", test.status, events)
			}
			held, err := history.ReadHeld(filepath.Dir(result.Summary.Reports.Summary))
			if err != nil || len(held) != orders {
				t.Errorf("%d events wait for a decision (%v), want %d", len(held), err, orders)
			}
			target := history.Target{Endpoint: url, Mark: secrets.Mark, StateDir: state}
			if open, err := target.Open(held); err != nil || len(open) != orders {
				t.Errorf("the ledger holds %d of them (%v), want %d", len(open), err, orders)
			}
		})
	}
}

// The same where workers of a queue send: in the queue's ledger it also waits for a decision.
func TestResendOverAQueueThatIsRefusedStaysUnknown(t *testing.T) {
	servers := natstest.Start(t)
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			url, status := answers(t)
			const orders = 3
			job, err := queueJob(writeOrders(t, orders), url, t.TempDir(), servers)
			if err != nil {
				t.Fatal(err)
			}
			job.Queue.Replicas = 1
			job.Webhook.Concurrency, job.Webhook.Attempts = 1, 1
			if events := runBesideWorker(t, job).Summary.Events; events.Unknown != orders {
				t.Fatalf("the first run: %+v", events)
			}

			status.Store(int32(test.status))
			job.ResendUnknown = true
			result := runBesideWorker(t, job)
			events := result.Summary.Events
			if test.status == 200 {
				if events.Delivered != orders || events.Resent != orders {
					t.Errorf("accepted: %+v", events)
				}
				return
			}
			if events.Unknown != orders {
				t.Errorf("refused with %d: %+v, want all unknown", test.status, events)
			}

			held, err := history.ReadHeld(filepath.Dir(result.Summary.Reports.Summary))
			if err != nil || len(held) != orders {
				t.Errorf("%d events wait for a decision (%v), want %d", len(held), err, orders)
			}
			opened, err := importer.OpenQueue(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			open, err := importer.QueueDecisions{Queue: opened}.Open(t.Context(), held)
			if err != nil || len(open) != orders {
				t.Errorf("the queue's ledger holds %d of them (%v), want %d", len(open), err,
					orders)
			}

			// none goes out again unasked
			job.ResendUnknown = false
			status.Store(200)
			if events := runBesideWorker(t, job).Summary.Events; events.Unknown != orders {
				t.Errorf("the next run: %+v, want all unknown", events)
			}
		})
	}
}

// runBesideWorker runs the job while a worker posts its events. The worker may stop because of what
// the receiver says.
func runBesideWorker(t *testing.T, job importer.Job) *importer.Result {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	var working sync.WaitGroup
	defer working.Wait()
	defer end()
	begun := make(chan struct{})
	working.Go(func() {
		_, err := importer.Work(ctx, job, func() { close(begun) })
		if err != nil && !errors.As(err, new(*queue.StoppedError)) {
			t.Error(err)
		}
	})
	<-begun
	result, err := importJob(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return result
}
