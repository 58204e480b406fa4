// Package natstest runs real NATS servers with JetStream inside tests, one or a cluster whose servers can be stopped and started
// again, and a line to them that can be cut. It is for tests only: make layers keeps it out of the program.
package natstest

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// startWithin is how long servers may take on a machine that does other things, too.
const startWithin = time.Minute

// Start starts one server and returns its address. It ends with the test.
func Start(t testing.TB) string {
	t.Helper()
	s := start(t, &server.Options{
		ServerName: "one", Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	})
	t.Cleanup(func() { stop(s) })
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

// A Cluster is three servers.
type Cluster struct {
	t       testing.TB
	options []*server.Options
	nodes   []*server.Server
}

// StartCluster starts three servers, which end with the test.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	ports := freePorts(t, 6)
	var routes []*url.URL
	for _, port := range ports[:3] {
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	dir := t.TempDir()
	for i := range 3 {
		c.options = append(c.options, &server.Options{
			ServerName: fmt.Sprintf("node%d", i), Host: "127.0.0.1", Port: ports[3+i], JetStream: true,
			StoreDir: filepath.Join(dir, fmt.Sprint(i)), NoSigs: true, NoLog: true, Routes: routes,
			Cluster: server.ClusterOpts{Name: "able", Host: "127.0.0.1", Port: ports[i], NoAdvertise: true},
		})
		c.nodes = append(c.nodes, start(t, c.options[i].Clone()))
	}
	t.Cleanup(func() {
		for _, s := range c.nodes {
			stop(s)
		}
	})
	c.Await()
	return c
}

// Stop ends a server; Restart starts it again with what it has on disk.
func (c *Cluster) Stop(node int) { stop(c.nodes[node]) }

// Restart starts a server again that was stopped.
func (c *Cluster) Restart(node int) { c.nodes[node] = start(c.t, c.options[node].Clone()) }

// Await waits until all servers are up and have a leader.
func (c *Cluster) Await() {
	c.t.Helper()
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c.ready() {
			return
		}
	}
	c.t.Error("the cluster does not come up")
}

func (c *Cluster) ready() bool {
	led := false
	for _, s := range c.nodes {
		if !s.ReadyForConnections(time.Second) || !s.JetStreamIsCurrent() {
			return false
		}
		led = led || s.JetStreamIsLeader()
	}
	return led
}

// URL is the addresses of all servers.
func (c *Cluster) URL() string {
	var urls []string
	for _, options := range c.options {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", options.Port))
	}
	return strings.Join(urls, ",")
}

// freePorts finds ports that nobody listens on.
func freePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
