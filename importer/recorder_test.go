package importer

import (
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"ableimport/importer/report"
	"ableimport/importer/webhook"
)

// commits is an outlet that says how many outcomes each commit makes durable.
type commits struct {
	outlet
	settled chan int
}

func (c commits) commit(_, settled []*delivery) error {
	c.settled <- len(settled)
	return nil
}

// TestOutcomeIsDurableSoon: an outcome is made durable while the other events hang, however slowly
// the machine hears of it. If the program dies meanwhile, the event must not become unknown.
func TestOutcomeIsDurableSoon(t *testing.T) {
	receipts, err := report.CreateReceipts(filepath.Join(t.TempDir(), "receipts.csv"))
	if err != nil {
		t.Fatal(err)
	}
	outlet := commits{settled: make(chan int, 2)}
	progress, free := new(Progress), make(chan *block, 1)
	progress.latest.Store(new(Snapshot))
	r := &recorder{
		account: &account{receipts: receipts, im: &Import{outlet: outlet,
			inputs: []*input{{name: "june.csv"}}}},
		progress: progress, window: newWindow(func() int { return 2 }),
		done: make(chan *delivery, 2), free: free, ended: true, intended: 2,
	}
	both := &block{deliveries: make([]delivery, 2), left: 2}
	for i := range both.deliveries {
		both.deliveries[i].block = both
		both.deliveries[i].result.Verdict = webhook.Delivered
	}

	// The machine has one core, which others use, too.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var over atomic.Bool
	for range 5 {
		go func() {
			for !over.Load() {
			}
		}()
	}

	ended := make(chan error)
	go func() { ended <- r.loop(t.Context()) }()
	r.done <- &both.deliveries[0]
	select {
	case <-outlet.settled:
	case <-time.After(2 * time.Second):
		t.Error("the outcome was not made durable before the other one came")
	}
	over.Store(true)

	r.done <- &both.deliveries[1]
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := receipts.Close(); err != nil {
		t.Error(err)
	}
}
