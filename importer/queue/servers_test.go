package queue

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*Server).Start.func1"),
		goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*fileStore).flushLoop"),
		goleak.IgnoreAnyFunction("github.com/nats-io/nats-server/v2/server.(*ipQueue"),
	)
}

// startServer starts one server with JetStream.
func startServer(t testing.TB) *server.Server {
	t.Helper()
	return run(t, &server.Options{
		ServerName: "one", Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
	})
}

func run(t testing.TB, options *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	if file := os.Getenv("NATS_LOG"); file != "" {
		options.NoLog, options.LogFile = false, fmt.Sprintf("%s.%s", file, options.ServerName)
		s.ConfigureLogger()
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

// A cluster is three servers, each of which can be shut down and started again.
type cluster struct {
	t       testing.TB
	mu      sync.Mutex
	options []*server.Options
	nodes   []*server.Server
}

func startCluster(t testing.TB) *cluster {
	t.Helper()
	c := &cluster{t: t}
	ports := freePorts(t, 6)
	var routes []*url.URL
	for _, port := range ports[:3] {
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	dir := t.TempDir()
	for i := range 3 {
		options := &server.Options{
			ServerName: fmt.Sprintf("node%d", i), Host: "127.0.0.1", Port: ports[3+i], JetStream: true,
			StoreDir: filepath.Join(dir, fmt.Sprint(i)), NoSigs: true, NoLog: true, Routes: routes,
			Cluster: server.ClusterOpts{Name: "able", Host: "127.0.0.1", Port: ports[i]},
		}
		c.options = append(c.options, options)
		s, err := server.NewServer(options.Clone())
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		c.nodes = append(c.nodes, s)
	}
	t.Cleanup(func() {
		for _, s := range c.nodes {
			s.Shutdown()
			s.WaitForShutdown()
		}
	})
	c.await()
	return c
}

func (c *cluster) await() {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		ready := 0
		for _, s := range c.nodes {
			if s.ReadyForConnections(time.Second) && s.JetStreamIsCurrent() {
				ready++
			}
		}
		if ready == 3 {
			for _, s := range c.nodes {
				if s.JetStreamIsLeader() {
					return
				}
			}
		}
	}
	c.t.Fatal("the cluster does not come up")
}

func (c *cluster) url() string {
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

// connect makes the queue of a target on the servers.
func connect(t testing.TB, servers string, options Options) *Queue {
	t.Helper()
	options.Servers, options.Name = servers, "test"
	if options.Attempt == 0 {
		options.Attempt = time.Second
	}
	if options.Target == ([32]byte{}) {
		options.Target = [32]byte{1, 2, 3}
	}
	q, err := Connect(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	if err := q.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return q
}

// idOf is the id of the n-th event of a test.
func idOf(n int) (id Hash) {
	copy(id[:], fmt.Sprintf("%016d", n))
	return id
}

func eventOf(n int, run string) *Event {
	rest := fmt.Appendf(nil, `"n":%d}`, n)
	return &Event{
		ID: idOf(n), Run: run, Seq: uint64(n), Content: contentOf(rest), Money: "EUR", Minor: int64(n), File: "a.csv", First: n + 2, Last: n + 2,
		Body: append([]byte(`{"funnel_mark":"`+Placeholder+`",`), rest...),
	}
}

// A posts is a receiver within the test: it counts what was posted.
type posts struct {
	mu    sync.Mutex
	times map[Hash]int
	post  func(ctx context.Context, event *Event) Outcome // nil: all are delivered
}

func (p *posts) options(slots int) WorkOptions {
	return WorkOptions{
		Slots: slots, Hold: func(time.Duration, string) {}, SetRate: func(float64) time.Duration { return 0 },
		Post: func(ctx context.Context, event *Event) Outcome {
			if ctx.Err() != nil {
				return Outcome{State: Released}
			}
			p.mu.Lock()
			if p.times == nil {
				p.times = map[Hash]int{}
			}
			p.times[event.ID]++
			p.mu.Unlock()
			if p.post != nil {
				return p.post(ctx, event)
			}
			return Outcome{State: Delivered, Status: 200, Attempts: 1}
		},
	}
}

func (p *posts) count() (events, twice int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.times {
		events++
		if n > 1 {
			twice++
		}
	}
	return events, twice
}

// work runs a worker until the test ends or stop is called.
func work(t testing.TB, q *Queue, options WorkOptions) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- q.Work(ctx, options) }()
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() { cancel(); err = <-done })
		return err
	}
	t.Cleanup(func() { stop() })
	return stop
}

// eventually waits until something is true.
func eventually(t testing.TB, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if true() {
			return
		}
	}
	t.Fatal("not within a minute: " + what)
}
