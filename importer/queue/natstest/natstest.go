// Package natstest runs real NATS servers with JetStream for tests: one within the test, or a
// cluster of processes that can be killed, frozen and started again, and a line to them that can be
// cut. Only tests use it: make layers keeps it out of the program.
package natstest

import (
	"os"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startWithin is how long servers may take on a busy machine.
const startWithin = 3 * time.Minute

// Start starts one server and returns its address. It ends with the test.
func Start(t testing.TB) string {
	t.Helper()
	store := t.TempDir()
	s := start(t, &server.Options{
		ServerName: "one", Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: store,
		NoSigs: true, NoLog: true,
	})

	t.Cleanup(func() {
		stop(s)
		for range 50 { // a stopped server may still be removing a stream
			if os.RemoveAll(store) == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	})

	if !s.ReadyForConnections(startWithin) {
		t.Fatal("the server does not start")
	}
	return s.ClientURL()
}

func start(t testing.TB, options *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	return s
}

func stop(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}
