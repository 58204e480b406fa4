package natstest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/nats-io/nats-server/v2/server"
)

// nodeVariable holds the plan of a server that this process is to be.
const nodeVariable = "NATSTEST_NODE"

// A plan says what a server of a cluster is.
type plan struct {
	Name, Store          string
	Port, Monitor, Route int
	Routes               []int // ports of all
}

// Main turns this process into a server where a test has started it as one; then it does not
// return. TestMain calls it first.
func Main() {
	text := os.Getenv(nodeVariable)
	if text == "" {
		return
	}
	var p plan
	err := json.Unmarshal([]byte(text), &p)
	if err == nil {
		err = p.run()
	}
	fmt.Fprintln(os.Stderr, "server:", err)
	os.Exit(1)
}

func (p *plan) run() error {
	options := &server.Options{
		ServerName: p.Name, Host: "127.0.0.1", Port: p.Port, HTTPHost: "127.0.0.1",
		HTTPPort: p.Monitor, JetStream: true, StoreDir: p.Store,
		NoSigs: true, NoLog: true,
	}

	if len(p.Routes) > 1 {
		options.Cluster = server.ClusterOpts{
			Name: "able", Host: "127.0.0.1", Port: p.Route, NoAdvertise: true,
		}
		for _, port := range p.Routes {
			options.Routes = append(options.Routes,
				&url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
		}
	}

	s, err := server.NewServer(options)
	if err != nil {
		return err
	}

	go s.Start()
	io.Copy(io.Discard, os.Stdin) // until the test's process is gone
	os.Exit(0)
	return nil
}
