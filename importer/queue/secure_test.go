package queue

import (
	"errors"
	"strings"
	"testing"

	"ableimport/importer/queue/natstest"
)

// A server that asks for credentials and TLS accepts its files; without them nobody gets in, and a
// sentence says why.
func TestCredentialsAndEncryption(t *testing.T) {
	t.Parallel()
	server := natstest.StartSecure(t)
	good := Options{Replicas: 1, Credentials: server.Creds, Authority: server.Authority}
	q := connect(t, server.URL, good)
	publish(t, q, eventOf(1, "r1"))
	var receiver posts
	work(t, connect(t, server.URL, good), receiver.options(1))
	eventually(t, "it is delivered", func() bool { return stateOf(t, q, 1) == Delivered })

	for name, c := range map[string]struct {
		creds, authority, want string
	}{
		"no credentials": {"", server.Authority, "does not accept these credentials: check " +
			"--queue-creds"},
		"a stranger's": {server.Stranger, server.Authority,
			"does not accept these credentials: check --queue-creds"},
		"another authority": {server.Creds, server.Other,
			"authority's file with --queue-ca"},
		"the system's": {server.Creds, "", "authority's file with --queue-ca"},
		"no file":      {server.Creds + ".not", server.Authority, "no such file"},
		"not a certificate": {server.Creds, server.Creds,
			"which --queue-ca names, holds no certificate"},
		"not of credentials": {server.Authority, server.Authority, "--queue-creds"},
	} {
		q, err := Connect(t.Context(), Options{
			Servers: server.URL, Credentials: c.creds, Authority: c.authority, Name: "test",
		})
		if err == nil {
			q.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// A client that may not publish is told so, and does not wait for ever.
func TestWithoutPermission(t *testing.T) {
	t.Parallel()
	server := natstest.StartSecure(t)
	connect(t, server.URL, Options{
		Replicas: 1, Credentials: server.Creds, Authority: server.Authority,
	})
	q := connect(t, server.URL, Options{Credentials: server.Reader, Authority: server.Authority})
	err := q.Publish(t.Context(), eventOf(1, "r1"))
	var denied *SettingsError
	if !errors.As(err, &denied) || !strings.Contains(err.Error(), "may not") {
		t.Errorf("%v", err)
	}
	if err := q.NoteRun(t.Context(), "r1", []byte("{}")); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
}

// A client of servers on this machine is not led to others, without encryption.
func TestStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	if q := connect(t, natstest.Start(t),
		Options{Replicas: 1}); !q.nc.Opts.IgnoreDiscoveredServers || q.nc.Opts.Secure {
		t.Error("it follows to servers that others name")
	}
}
