package natstest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A Cluster is one server or several, each a process of its own.
type Cluster struct {
	t     testing.TB
	nodes []*node
}

// A node is one server of a cluster.
type node struct {
	plan    plan
	process *exec.Cmd
	alive   io.Closer // its end ends the process
}

// StartCluster starts so many servers, which end with the test. The tests' TestMain has to call
// [Main].
func StartCluster(t testing.TB, servers int) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	ports := freePorts(t, 3*servers)
	dir := t.TempDir()
	for i := range servers {
		c.nodes = append(c.nodes, &node{plan: plan{
			Name: fmt.Sprintf("node%d", i), Store: filepath.Join(dir, fmt.Sprint(i)),
			Port: ports[3*i], Monitor: ports[3*i+1], Route: ports[3*i+2],
		}})
	}

	for _, n := range c.nodes {
		for _, other := range c.nodes {
			n.plan.Routes = append(n.plan.Routes, other.plan.Route)
		}
	}

	t.Cleanup(func() {
		for i := range c.nodes {
			c.Kill(i)
		}
	})

	for i := range c.nodes {
		c.Restart(i)
	}
	c.Await()
	c.awaitReplicas()
	return c
}

// awaitReplicas waits until the servers know each other well enough to share a stream. They know
// their leader before that, and would say that they are too few.
func (c *Cluster) awaitReplicas() {
	c.t.Helper()
	nc, err := nats.Connect(c.URL())
	if err != nil {
		c.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		c.t.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(c.t.Context(), startWithin)
	defer cancel()
	probe := jetstream.StreamConfig{
		Name: "probe", Replicas: len(c.nodes), Storage: jetstream.MemoryStorage,
	}
	for {
		_, err := js.CreateStream(ctx, probe)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			c.t.Fatal("the servers do not share a stream: ", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := js.DeleteStream(ctx, probe.Name); err != nil {
		c.t.Fatal(err)
	}
}

// Kill ends a server at once, as kill -9 does. [Cluster.Restart] starts it again with what it has
// on disk.
func (c *Cluster) Kill(i int) {
	n := c.nodes[i]
	if n.process == nil || n.process.Process == nil {
		return // it has not got that far
	}
	n.process.Process.Kill()
	n.process.Wait()
	n.alive.Close()
}

// CPU is the processor time of a server that was killed.
func (c *Cluster) CPU(i int) time.Duration {
	state := c.nodes[i].process.ProcessState
	return state.UserTime() + state.SystemTime()
}

// Restart starts a killed server again.
func (c *Cluster) Restart(i int) {
	c.t.Helper()
	n := c.nodes[i]
	text, err := json.Marshal(n.plan)
	if err != nil {
		c.t.Fatal(err)
	}

	n.process = exec.Command(os.Args[0])
	n.process.Env = append(os.Environ(), nodeVariable+"="+string(text))
	n.process.Stderr = os.Stderr
	if n.alive, err = n.process.StdinPipe(); err != nil {
		c.t.Fatal(err)
	}
	if err := n.process.Start(); err != nil {
		c.t.Fatal(err)
	}
}

// Freeze stops a server in the middle of whatever it does, until [Cluster.Thaw]: the others find a
// new leader, and it does not know.
func (c *Cluster) Freeze(i int) { freeze(c.nodes[i].process.Process) }

// Thaw lets a frozen server go on.
func (c *Cluster) Thaw(i int) { thaw(c.nodes[i].process.Process) }

// Await waits until all servers are up and know their leader.
func (c *Cluster) Await() {
	c.t.Helper()
	client := &http.Client{
		Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
	}
	deadline := time.Now().Add(startWithin)
	for ; time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if c.healthy(client) {
			return
		}
	}
	c.t.Error("the cluster does not come up")
}

func (c *Cluster) healthy(client *http.Client) bool {
	for _, n := range c.nodes {
		answer, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/healthz?js-meta-only=true",
			n.plan.Monitor))
		if err != nil {
			return false
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return false
		}
	}
	return true
}

// URL is the addresses of all servers.
func (c *Cluster) URL() string {
	var urls []string
	for _, n := range c.nodes {
		urls = append(urls, fmt.Sprintf("nats://127.0.0.1:%d", n.plan.Port))
	}
	return strings.Join(urls, ",")
}

// freePorts finds ports that nobody listens on, below those that systems hand out: nobody else
// takes them while a server is down.
func freePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for tries := 0; len(ports) < n; tries++ {
		port := 15000 + rand.N(15000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			defer l.Close()
			ports = append(ports, port)
		}
		if tries > 1000 {
			t.Fatal("there are no free ports: ", err)
		}
	}
	return ports
}
