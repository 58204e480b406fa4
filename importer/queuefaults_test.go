package importer_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/ledger"
	"ableimport/importer/queue"
	"ableimport/importer/queue/natstest"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
)

var queueEvents = flag.Int("queue-events", 500, "events of the test of a queue whose parts fail")

const (
	faultBound = 16  // events in flight over all workers, which have 32 slots
	faultRate  = 160 // attempts a second over all workers
)

// queueJob is a job of the tests over a queue. Attempts are short, so that a lost worker is noticed
// soon.
func queueJob(file, endpoint, state, servers string) (importer.Job, error) {
	job, err := proofJob(file, endpoint, state)
	job.Webhook.Concurrency, job.Webhook.Timeout, job.Webhook.Rate = 8, 2*time.Second, faultRate
	job.Queue = &queue.Options{Servers: servers, Replicas: 3, InFlight: faultBound, Name: "test"}
	return job, err
}

// queueChild is this test binary as a worker, or as a run that may be killed.
func queueChild(role string) (code int) {
	ctx, end := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer end()
	job, err := queueJob(os.Getenv("QUEUE_FILE"), os.Getenv("QUEUE_ENDPOINT"),
		os.Getenv("QUEUE_STATE"), os.Getenv("QUEUE_SERVERS"))
	switch {
	case err != nil:
	case os.Getenv("QUEUE_SCALES") != "":
		err = scaleChild(ctx, role, job)
	case role == "work":
		_, err = patiently(func() (importer.Worked,
			error) {
			return importer.Work(ctx, job, func() {})
		})
	default:
		job.Webhook.Rate = 0
		_, err = patiently(func() (*importer.Result, error) { return importJob(ctx, job) })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, role+":", err)
		return 1
	}
	return 0
}

// patiently repeats something that has waited in vain for the queue's servers, or has not found all
// of them: the machine may be busy.
func patiently[V any](do func() (V, error)) (v V, err error) {
	for range 5 {
		if v, err = do(); err != nil && strings.Contains(err.Error(), "and there are fewer") {
			time.Sleep(2 * time.Second)
		} else if !errors.Is(err, context.DeadlineExceeded) {
			break
		}
	}
	return v, err
}

// A fleet is what fails in the test: workers, servers, and the line of one worker.
type fleet struct {
	*testing.T
	server  *sandbox.Server
	cluster *natstest.Cluster
	line    *natstest.Line
	file    string
	workers []*exec.Cmd
	random  *rand.Rand
}

func (f *fleet) command(role, servers, state string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Stderr = os.Stderr
	c.Env = append(os.Environ(), "QUEUE_ROLE="+role, "QUEUE_FILE="+f.file,
		"QUEUE_ENDPOINT="+f.server.URL(), "QUEUE_STATE="+state,
		"QUEUE_SERVERS="+servers)
	return c
}

func (f *fleet) child(role, servers, state string) *exec.Cmd {
	f.Helper()
	c := f.command(role, servers, state)
	if err := c.Start(); err != nil {
		f.Fatal(err)
	}
	return c
}

// startWorker starts worker i; the servers of the first are behind the line that is cut.
func (f *fleet) startWorker(i int) {
	servers := f.cluster.URL()
	if i == 0 {
		servers = f.line.URL()
	}
	f.workers[i] = f.child("work", servers, f.TempDir())
}

func (f *fleet) killWorker(i int) {
	f.workers[i].Process.Kill()
	f.workers[i].Wait()
}

// harm lets one thing fail, and fixes it.
func (f *fleet) harm(kind int) {
	switch kind % 4 {
	case 0:
		i := 1 + f.random.IntN(len(f.workers)-1)
		f.killWorker(i)
		time.Sleep(time.Duration(f.random.IntN(500)) * time.Millisecond)
		f.startWorker(i)
	case 1:
		node := f.random.IntN(3)
		f.cluster.Kill(node)
		time.Sleep(time.Duration(f.random.IntN(2000)) * time.Millisecond)
		f.cluster.Restart(node)
		f.cluster.Await()
	case 2:
		node := f.random.IntN(3)
		f.cluster.Freeze(node)
		time.Sleep(time.Duration(f.random.IntN(8000)) * time.Millisecond)
		f.cluster.Thaw(node)
		f.cluster.Await()
	case 3:
		f.line.Cut()
		time.Sleep(time.Duration(1000+f.random.IntN(6000)) * time.Millisecond)
		f.line.Fix()
	}
}

// arrivals keeps when events came, as the receiver saw it.
type arrivals struct {
	mu    sync.Mutex
	times []time.Time
}

func (a *arrivals) note(sandbox.Event) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.times = append(a.times, time.Now())
	return ""
}

func (a *arrivals) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.times)
}

// most is the most events within any window.
func (a *arrivals) most(window time.Duration) (most int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	slices.SortFunc(a.times, time.Time.Compare)
	first := 0
	for i, at := range a.times {
		for at.Sub(a.times[first]) > window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// Workers and servers are killed, a worker is cut off, and the run dies and begins again elsewhere:
// nothing is lost, nothing is sent twice, bound and rate hold over all workers, and the queue's
// ledger, the receiver and the report agree to the cent.
func TestQueueFaults(t *testing.T) {
	t.Logf("seed %d", *seed)
	var came arrivals
	server, err := sandbox.Start(sandbox.Options{Latency: 80 * time.Millisecond, Reject: came.note})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	cluster := natstest.StartCluster(t, 3)
	f := &fleet{
		T: t, server: server, cluster: cluster, line: natstest.NewLine(t, cluster.URL()),
		file:    writeOrders(t, *queueEvents),
		workers: make([]*exec.Cmd, 4), random: rand.New(rand.NewPCG(*seed, 1)),
	}
	first := f.child("run", cluster.URL(), t.TempDir()) // makes the queue
	for i := range f.workers {
		f.startWorker(i)
	}
	defer func() {
		for i := range f.workers {
			f.killWorker(i)
		}
	}()
	awaitEvents(t, &came, *queueEvents/4)
	first.Process.Kill()
	first.Wait()

	done, harmed := make(chan struct{}), make(chan int)
	go func() { harmed <- f.harmUntil(done) }()
	job, err := queueJob(f.file, server.URL(), t.TempDir(), cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	result, err := patiently(func() (*importer.Result,
		error) {
		return importJob(t.Context(), job)
	})
	close(done)
	t.Logf("%d harms; events %+v", <-harmed, result.Summary.Events)
	if err != nil {
		t.Fatalf("seed %d: %v", *seed, err)
	}
	f.check(result, &came)
}

// harmUntil harms one thing after the other: each kind at least once, and once more for every few
// thousand events.
func (f *fleet) harmUntil(done <-chan struct{}) (harms int) {
	for ; ; harms++ {
		select {
		case <-done:
			return harms
		case <-time.After(time.Duration(100+f.random.IntN(1500)) * time.Millisecond):
		}
		f.harm(harms)
	}
}

func awaitEvents(t *testing.T, came *arrivals, n int) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); came.count() < n; time.Sleep(
		5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d events have come in three minutes, want %d", came.count(), n)
		}
	}
}

func (f *fleet) check(result *importer.Result, came *arrivals) {
	f.Helper()
	e := &evidence{T: f.T, orders: *queueEvents, endpoint: f.server.URL(), server: f.server}
	fates := f.fates()
	late := f.asReported(fates, result)
	e.checkReceiver(fates)
	e.checkSummary(fates, result.Summary)
	if n := f.server.Stats().InFlight; n > faultBound {
		f.Errorf("seed %d: %d in flight, want at most %d", *seed, n, faultBound)
	}
	// Attempts leave evenly, and may arrive bunched together because the machine is busy.
	const window, slack = 10 * time.Second, 2 * time.Second
	if n, most := came.most(window), int(faultRate*(window+slack)/time.Second); n > most {
		f.Errorf("seed %d: %d events within %v, want at most %d", *seed, n, window, most)
	}
	f.Logf("%d of the unknown were told later", late)
	f.Logf("in flight at most %d of %d; %d a second at most over %v", f.server.Stats().InFlight,
		faultBound,
		came.most(window)*int(time.Second)/int(window), window)
}

// asReported makes those fates unknown again that the report calls unknown: since then a worker
// that was cut off has settled them. It returns how many.
func (f *fleet) asReported(fates []fate, result *importer.Result) (late int) {
	f.Helper()
	folder := filepath.Dir(result.Summary.Reports.Summary)
	err := report.ReadReceipts(filepath.Join(folder, "receipts.csv"), func(r report.Receipt) error {
		i, err := strconv.Atoi(strings.TrimPrefix(r.Order, "A-"))
		if err == nil && r.State == "unknown" && !fates[i].unknown {
			fates[i] = fate{unknown: true}
			late++
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return late
}

// fates reads what the queue's ledger says of each order.
func (f *fleet) fates() []fate {
	f.Helper()
	job, err := queueJob(f.file, f.server.URL(), "", f.cluster.URL())
	if err != nil {
		f.Fatal(err)
	}
	ctx, end := context.WithTimeout(f.Context(), 3*time.Minute)
	defer end()
	q, err := importer.OpenQueue(ctx, job)
	if err != nil {
		f.Fatal(err)
	}
	defer q.Close()
	fates, seen := make([]fate, *queueEvents), map[int]bool{}
	q.Follow(ctx, 0, func(entry *queue.Entry) {
		i := entry.First - 2
		fates[i] = fate{unknown: entry.State == queue.Unknown, last: ledger.NotSent}
		if entry.State == queue.Delivered {
			fates[i].delivered = 1
		}
		if seen[i] = true; len(seen) == *queueEvents {
			end()
		}
	})
	if len(seen) != *queueEvents {
		f.Fatalf("seed %d: the queue's ledger has %d of %d events", *seed, len(seen), *queueEvents)
	}
	return fates
}
