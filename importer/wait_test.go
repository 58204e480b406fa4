package importer_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ableimport/importer/history"
	"ableimport/samples/secrets"
)

// A wait that is longer than a run waits is kept: later runs post nothing until it is over.
func TestFault08LongRetryAfterOutlivesTheRun(t *testing.T) {
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	file, state := writeOrders(t, 100), t.TempDir()
	after := int64(0)
	for run := range 3 {
		result, err := importFile(t.Context(), file, server.URL, state)
		if err != nil {
			t.Fatal(err)
		}
		if result.Summary.Events.NotSent != 100 || !strings.Contains(result.Stopped, "wait") {
			t.Errorf("run %d: %+v, stopped by %q", run+1, result.Summary.Events, result.Stopped)
		}
		if run == 0 {
			after = requests.Load()
		}
	}
	if n := requests.Load(); n != after {
		t.Errorf("%d requests came inside the wait", n-after)
	}
}

// A clock that was wrong once does not keep a target waiting.
func TestFault26WaitOfTheFarFuture(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"of an earlier program", "2099-01-01T00:00:00Z"},
		{"noted by a clock that was ahead", "2099-01-01T00:00:01Z\n2099-01-01T00:00:00Z\n"},
		{"rubbish", "soon"},
		{"over", "2020-01-01T00:00:00Z\n2019-01-01T00:00:00Z\n"},
		{"that ends before it begins", "2099-01-01T00:00:00Z\n2100-01-01T00:00:00Z\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter,
				*http.Request) {
			}))
			defer server.Close()
			target := history.Target{Endpoint: server.URL, Mark: secrets.Mark,
				StateDir: t.TempDir()}
			path := strings.TrimSuffix(target.Path(), ".sqlite") + ".wait"
			file := writeOrders(t, 3)
			job, err := proofJob(file, server.URL, target.StateDir)
			if err != nil {
				t.Fatal(err)
			}
			job.Webhook.OutageWait = 2 * time.Second
			for run := range 2 {
				if run == 0 {
					if err := os.MkdirAll(target.StateDir+"/ledger", 0o700); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				began := time.Now()
				result, err := importJob(t.Context(), job)
				if err != nil {
					t.Fatal(err)
				}
				if events := result.Summary.Events; events.Delivered+events.AlreadyDelivered != 3 {
					t.Errorf("run %d: %+v: %s", run+1, events, result.Stopped)
				}
				if took := time.Since(began); run == 1 && took > 2*time.Second {
					t.Errorf("the second run waited again: %v", took)
				}
				job.Files = []string{file}
			}
			if text, err := os.ReadFile(path); err == nil &&
				strings.Contains(string(text), "2099") {
				t.Errorf("the wait is still %q", text)
			}
		})
	}
}
