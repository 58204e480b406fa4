//go:build e2e

package web

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"ableimport/importer/sandbox"
)

// A door is in front of a receiver, and can be shut: then it answers 503.
type door struct {
	*httptest.Server
	shut atomic.Bool
}

func newDoor(t *testing.T, receiver string) *door {
	t.Helper()
	behind, err := url.Parse(receiver)
	if err != nil {
		t.Fatal(err)
	}
	way := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: behind.Scheme, Host: behind.Host})
	d := new(door)
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.shut.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		way.ServeHTTP(w, r)
	}))
	t.Cleanup(d.Close)
	return d
}

// startSiteWithDoor is startSite with a door in front of the receiver.
func startSiteWithDoor(t *testing.T, faults sandbox.Options) (*site, *door) {
	t.Helper()
	receiver, err := sandbox.Start(faults)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { receiver.Close() })
	d := newDoor(t, receiver.URL())
	s := &site{t: t, receiver: receiver, endpoint: d.URL + "/uip-events/event", state: t.TempDir()}
	s.serve()
	return s, d
}
