package importer_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"ableimport/importer/history"
	"ableimport/samples/secrets"
)

// What may have arrived stays unknown whatever the receiver says to a second attempt, and also when
// that is not made at all.
func TestResendThatIsRefusedStaysUnknown(t *testing.T) {
	for _, test := range []struct {
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
	} {
		t.Run(test.name, func(t *testing.T) {
			var status atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
				r *http.Request) {
				io.Copy(io.Discard, r.Body)
				if n := int(status.Load()); n != 0 {
					w.Header().Set("Location", "/elsewhere")
					w.WriteHeader(n)
					return
				}
				connection, _, err := w.(http.Hijacker).Hijack()
				if err == nil {
					connection.Close()
				}
			}))
			defer server.Close()
			const orders = 3
			file, state := writeOrders(t, orders), t.TempDir()
			job, err := proofJob(file, server.URL, state)
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
			target := history.Target{Endpoint: server.URL, Mark: secrets.Mark, StateDir: state}
			if open, err := target.Open(held); err != nil || len(open) != orders {
				t.Errorf("the ledger holds %d of them (%v), want %d", len(open), err, orders)
			}
		})
	}
}
