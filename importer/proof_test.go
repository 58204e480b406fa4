package importer_test

import (
	"context"
	"flag"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/queue/natstest"
	"ableimport/importer/sandbox"
	"ableimport/importer/webhook"
	"ableimport/mapping"
	"ableimport/mapping/number"
	"ableimport/samples/secrets"
)

// The tests of proof send known orders to a misbehaving receiver, or from a program that is killed,
// and compare three records of what happened: evidence_test.go.

var (
	faultEvents = flag.Int("fault-events", 300, "events of the test against a misbehaving receiver")
	kills       = flag.Int("kills", 8, "kills at random moments, while events go out")
	killEvery   = flag.Int("kill-every", 53,
		"distance between the writes at which a run is killed; 1: at each")
	seed = flag.Uint64("seed", uint64(time.Now().UnixNano()),
		"of the random choices; printed by each test")
)

const proofMapping = `version: 1
name: proof
event: Purchase
formats: {number: "1234.56"}
fields:
  order_id: Number
  deal_value: Total
  deal_currency: Currency
  keys: {email: Customer}
`

// TestMain runs one import instead of the tests where a test asks for it.
func TestMain(m *testing.M) {
	natstest.Main()
	if file := os.Getenv("PROOF_FILE"); file != "" {
		result, err := importFile(context.Background(), file, os.Getenv("PROOF_ENDPOINT"),
			os.Getenv("PROOF_STATE"))
		if result != nil {
			fmt.Print(result.Summary.Text(result.Page))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if role := os.Getenv("QUEUE_ROLE"); role != "" {
		os.Exit(queueChild(role))
	}
	goleak.VerifyTestMain(secrets.WatchProcesses(m))
}

// An order is a row of the export whose amount is known in minor units.
type order struct {
	minor    int64
	currency string
}

// currencies have 2, 2, 0 and 3 decimals.
var currencies = []string{"EUR", "USD", "JPY", "KWD"}

// orderNumber is order i of every export: an amount of its own in one of the currencies.
func orderNumber(i int) order {
	return order{minor: int64(i)*7919%1_000_000 + 1, currency: currencies[i%len(currencies)]}
}

func (o order) value() string {
	return string(number.AppendMoney(nil, big.NewInt(o.minor), o.currency))
}

// writeOrders writes an export of n orders, A-0 in row 2 and so on.
func writeOrders(t *testing.T, n int) (file string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("Number,Total,Currency,Customer\n")
	for i := range n {
		o := orderNumber(i)
		fmt.Fprintf(&b, "A-%d,%s,%s,c%d@example.com\n", i, o.value(), o.currency, i)
	}
	file = filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// proofJob imports file with 16 events in flight.
func proofJob(file, endpoint, state string) (importer.Job, error) {
	config, err := mapping.Parse("proof.yaml", []byte(proofMapping),
		func(string) string { return "" })
	return importer.Job{
		Files: []string{file}, Mapping: config,
		Target: history.Target{Endpoint: endpoint, Mark: secrets.Mark, StateDir: state},
		Webhook: webhook.Options{Concurrency: 16, Timeout: 2 * time.Second, Attempts: 10,
			Budget: 5000},
	}, err
}

func importFile(ctx context.Context, file, endpoint, state string) (*importer.Result, error) {
	job, err := proofJob(file, endpoint, state)
	if err != nil {
		return nil, err
	}
	return importJob(ctx, job)
}

// importJob does what the run command does, without asking.
func importJob(ctx context.Context, job importer.Job) (*importer.Result, error) {
	im, err := importer.Open(job)
	if err != nil {
		return nil, err
	}
	defer im.Close()
	if err := im.Acquire(ctx); err != nil {
		return nil, err
	}
	plan, err := im.Preflight(ctx)
	if err != nil {
		return nil, err
	}
	result, err := im.Run(ctx, plan, new(importer.Progress))
	if err != nil {
		return result, err
	}
	if err := result.Summary.Check(); err != nil {
		return result, err
	}
	return result, im.Seal(result)
}

// TestFewEventsGoOutTogether: however far apart the events are that are left to send, as many of
// them are in flight as there may be.
func TestFewEventsGoOutTogether(t *testing.T) {
	const orders, apart = 6400, 200
	all, state := writeOrders(t, orders), t.TempDir()
	text, err := os.ReadFile(all)
	if err != nil {
		t.Fatal(err)
	}
	var most strings.Builder
	number := 0
	for line := range strings.Lines(string(text)) {
		if number%apart != apart/2 {
			most.WriteString(line)
		}
		number++
	}
	file := filepath.Join(t.TempDir(), "most.csv")
	if err := os.WriteFile(file, []byte(most.String()), 0o600); err != nil {
		t.Fatal(err)
	}

	options := sandbox.Options{}
	for _, step := range []struct {
		file             string
		events, together int
		latency          time.Duration
	}{
		{file, orders - orders/apart, 1, 0},
		{all, orders / apart, 16, 300 * time.Millisecond},
	} {
		options.Latency = step.latency
		server, err := sandbox.Start(options)
		if err != nil {
			t.Fatal(err)
		}
		endpoint, err := url.Parse(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		options.Address = endpoint.Host // the second is the same target
		_, err = importFile(t.Context(), step.file, server.URL(), state)
		if n := len(server.Events()); err != nil || n != step.events {
			t.Errorf("%d events, want %d: %v", n, step.events, err)
		}
		if n := server.Stats().InFlight; n < step.together {
			t.Errorf("%d of %d events were in flight together, want %d", n, step.events,
				step.together)
		}
		server.Close()
	}
}
