package queue

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options say which queue is meant, and how to make it where there is none. Zero numbers mean: as
// it is, or the default for a new one.
type Options struct {
	Servers     string   // nats://a:4222,nats://b:4222
	Credentials string   // path of a .creds file; "": none
	Authority   string   // path of the certificates that are trusted; "": the system's
	Target      [32]byte // hash of endpoint and funnel mark
	Name        string   // of this client, for the server's lists

	Replicas int   // servers that hold each message and entry; default 3
	InFlight int   // most events at workers, over all machines; default 64
	MaxBytes int64 // of queued events; default 1 GiB
	// Attempt is the longest time of one POST. From it follows after how long a silent worker's
	// event goes to another.
	Attempt time.Duration

	Log func(line string) // what people should know; nil: nobody listens
}

// Queue is a connection to the queue of one target. It is safe for concurrent use.
type Queue struct {
	names
	options  Options
	nc       *nats.Conn
	js       jetstream.JetStream
	told     *complaints
	id       string // of this connection: no other has it
	ackWait  time.Duration
	identity string // of the ledger
	pausing  pausing

	written uint64 // the ledger's last revision when it was found
	lost    atomic.Pointer[GoneError]
}

// Connect connects to the servers. It does not make or change anything there yet.
func Connect(ctx context.Context, options Options) (*Queue, error) {
	if options.Log == nil {
		options.Log = func(string) {}
	}
	told := &complaints{names: namesOf(options.Target), log: options.Log}
	settings, err := settings(options, told)
	if err != nil {
		return nil, err
	}

	nc, err := dial(ctx, options.Servers, settings)
	if err != nil {
		return nil, err
	}

	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(answerWithin))
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("queue: %s: %w", options.Servers, err)
	}

	return &Queue{
		names: told.names, options: options, nc: nc, js: js, told: told,
		id: options.Name + "-" + randomName(),
	}, nil
}

// dial connects, or gives up when ctx is done: the attempt then ends by its own time limit, and is
// closed.
func dial(ctx context.Context, servers string, settings []nats.Option) (*nats.Conn, error) {
	connected := make(chan *nats.Conn, 1)
	var err error
	go func() {
		defer close(connected)
		var nc *nats.Conn
		if nc, err = nats.Connect(servers, settings...); err == nil {
			connected <- nc
		}
	}()

	select {
	case nc, ok := <-connected:
		if !ok {
			return nil, wordConnect(servers, err)
		}
		return nc, nil
	case <-ctx.Done():
		go func() {
			for nc := range connected {
				nc.Close()
			}
		}()
		return nil, ended(ctx, fmt.Errorf("queue: %s: no server answers", servers))
	}
}

func randomName() string {
	var name [4]byte
	rand.Read(name[:]) // never fails
	return hex.EncodeToString(name[:])
}

// Close closes the connection. It does not wait for what was handed over and not confirmed.
func (q *Queue) Close() { q.nc.Close() }

// A SettingsError is a mistake in an address, in a file that goes with it, or in what a server is
// asked for.
type SettingsError struct{ Reason string }

func (e *SettingsError) Error() string { return "queue: " + e.Reason }

func settingsErrorf(format string, args ...any) error {
	return &SettingsError{fmt.Sprintf(format, args...)}
}

func settings(options Options, told *complaints) ([]nats.Option, error) {
	loopback, err := checkServers(options.Servers)
	if err != nil {
		return nil, err
	}

	settings := []nats.Option{
		nats.Name(options.Name), nats.Timeout(5 * time.Second),
		nats.RetryOnFailedConnect(false), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1),
		nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 500*time.Millisecond),
		nats.PingInterval(5 * time.Second), nats.MaxPingsOutstanding(2),
		nats.IgnoreAuthErrorAbort(), // expired credentials are read again from their file
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { told.hear(err) }),
	}
	if loopback { // servers that these name may be elsewhere, without encryption
		settings = append(settings, nats.IgnoreDiscoveredServers())
	} else {
		settings = append(settings, nats.Secure())
	}

	for file, option := range map[string]func() nats.Option{
		options.Credentials: func() nats.Option {
			return nats.UserCredentials(options.Credentials)
		},
		options.Authority: func() nats.Option { return nats.RootCAs(options.Authority) },
	} {
		if file == "" {
			continue
		}
		_, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) { // Windows would say it in its own language
			return nil, settingsErrorf("%s: no such file or directory", file)
		}
		if err != nil {
			return nil, settingsErrorf("%v", err)
		}
		settings = append(settings, option())
	}

	if options.Authority != "" {
		text, err := os.ReadFile(options.Authority)
		if err != nil || !x509.NewCertPool().AppendCertsFromPEM(text) {
			return nil, settingsErrorf("%s, which --queue-ca names, holds no certificate",
				options.Authority)
		}
	}
	return settings, nil
}

// checkServers refuses addresses with secrets, which process lists show, and reports whether all
// servers are on this machine. Elsewhere the connection must be encrypted: events are people's
// data.
func checkServers(servers string) (loopback bool, err error) {
	loopback = true
	for server := range strings.SplitSeq(servers, ",") {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || u.Scheme != "nats" && u.Scheme != "tls" || u.Hostname() == "" {
			return false, settingsErrorf("the address is not of the form nats://host:4222")
		}
		if u.User != nil {
			return false, settingsErrorf("the address of %s holds a password, which others on "+
				"this machine can see; give a file with --queue-creds", u.Host)
		}
		ip := net.ParseIP(u.Hostname())
		loopback = loopback && u.Scheme == "nats" &&
			(u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
	}
	return loopback, nil
}

// answerWithin is how long one question to the server may take before it is asked again.
const answerWithin = 3 * time.Second

// pause waits a little, longer each time, before something is tried again; false: ctx is done.
func pause(ctx context.Context, tries int) bool {
	return sleep(ctx, min(50*time.Millisecond<<min(tries, 6), 2*time.Second))
}

func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
