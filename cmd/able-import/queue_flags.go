package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/queue"
	"ableimport/importer/report"
)

// queueFlags say which queue is meant, and how it is made where there is none.
type queueFlags struct {
	servers  string
	creds    string
	ca       string
	replicas int
	inFlight int
}

func (f *queueFlags) add(c *cobra.Command, use string) {
	flags := c.Flags()
	flags.StringVar(&f.servers, "queue", "", use+": nats://HOST:4222, several separated by commas")
	flags.StringVar(&f.creds, "queue-creds", "", "file with the credentials for the queue's servers")
	flags.StringVar(&f.ca, "queue-ca", "", "file with the certificates that the queue's servers are checked by (default: the system's)")
}

// addMaking adds the flags of commands that make a queue where there is none.
func (f *queueFlags) addMaking(c *cobra.Command) {
	flags := c.Flags()
	flags.IntVar(&f.replicas, "queue-replicas", 0, "servers that keep each event and entry (default where a queue is made: 3)")
	flags.IntVar(&f.inFlight, "in-flight", 0, "events at workers at most, over all machines (default where a queue is made: 64)")
}

// sameQueue are the flags of add that were used, as they are typed: a command that is suggested has to mean the same queue.
func (f *queueFlags) sameQueue() string {
	var words []string
	for _, said := range []struct{ flag, value string }{{"--queue", f.servers}, {"--queue-creds", f.creds}, {"--queue-ca", f.ca}} {
		if said.value != "" {
			words = append(words, said.flag, prepare.ShellWord(said.value))
		}
	}
	return strings.Join(words, " ")
}

// options are nil where no queue is named.
func (p *program) queueOptions(f *queueFlags) (*queue.Options, error) {
	if f.servers == "" {
		if f.creds != "" || f.ca != "" || f.replicas != 0 || f.inFlight != 0 {
			return nil, usagef("--queue is missing: say --queue nats://HOST:4222")
		}
		return nil, nil
	}
	if f.replicas < 0 || f.replicas > 5 || f.inFlight < 0 {
		return nil, usagef("--queue-replicas is 1 to 5, and --in-flight is 1 or more")
	}
	return &queue.Options{
		Servers: f.servers, Credentials: f.creds, Authority: f.ca, Replicas: f.replicas, InFlight: f.inFlight,
		Name: "able-import", Log: func(line string) { fmt.Fprintln(p.err, "Note: "+report.Visible(line)) },
	}, nil
}
