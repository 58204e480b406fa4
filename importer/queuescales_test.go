package importer_test

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/queue/natstest"
	"ableimport/importer/sandbox"
)

// scaleSlots are the events in flight of one worker: few enough that the receiver's latency limits
// four workers, and not the two cores of the machine that they share with the receiver and the
// server.
const scaleSlots = 4

// scaleChild works; or it runs, with the queue or without it, and prints how many events a second
// it has sent.
func scaleChild(ctx context.Context, role string, job importer.Job) error {
	job.Webhook.Concurrency, job.Webhook.Rate, job.Queue.Replicas, job.Queue.InFlight = scaleSlots,
		0, 1, 64
	switch role {
	case "work":
		_, err := importer.Work(ctx, job, func() {})
		return err
	case "alone":
		job.Queue = nil
	}
	result, err := importJob(ctx, job)
	if err == nil {
		fmt.Println(result.Summary.Timing.EventsPerSecond)
	}
	return err
}

// More workers are faster: they wait for a receiver that takes 50 ms for each event. The cost of
// the queue is shown beside it.
func TestQueueScales(t *testing.T) {
	if *queueEvents < 50000 {
		t.Skip("measures; see make queue-faults")
	}
	t.Setenv("QUEUE_SCALES", "1")
	alone := measure(t, 0)
	t.Logf("without a queue, %d in flight: %.0f events/s; CPU an event: run %v", scaleSlots,
		alone.perSecond, alone.run)
	var one float64
	for _, workers := range []int{1, 2, 4} {
		m := measure(t, workers)
		if workers == 1 {
			one = m.perSecond
		}
		t.Logf("%d workers, %d in flight each: %.0f events/s, %.2f times one; CPU an event: run "+
			"%v + workers %v + server %v, %.1f times without a queue",
			workers, scaleSlots, m.perSecond, m.perSecond/one, m.run, m.workers, m.server,
			float64(m.run+m.workers+m.server)/float64(alone.run))
	}
}

// A measured run: figures to look at. On a busy machine they say little.
type measured struct {
	perSecond            float64
	run, workers, server time.Duration // of CPU, an event
}

// measure sends events to a receiver with 50 ms of latency, each part in its own process; 0
// workers: without a queue.
func measure(t *testing.T, workers int) (m measured) {
	t.Helper()
	server, err := sandbox.Start(sandbox.Options{Latency: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	events := 2000 * max(1, workers)
	cluster := natstest.StartCluster(t, 1)
	f := &fleet{T: t, server: server, cluster: cluster, file: writeOrders(t, events)}
	for range workers {
		f.workers = append(f.workers, f.child("work", cluster.URL(), t.TempDir()))
	}
	role := "run"
	if workers == 0 {
		role = "alone"
	}
	var out bytes.Buffer
	run := f.command(role, cluster.URL(), t.TempDir())
	run.Stdout = &out
	if err := run.Run(); err != nil {
		t.Fatal(err)
	}
	if m.perSecond, err = strconv.ParseFloat(strings.TrimSpace(out.String()), 64); err != nil {
		t.Fatal(err)
	}
	for _, w := range f.workers {
		w.Process.Signal(syscall.SIGTERM)
		if err := w.Wait(); err != nil {
			t.Error(err)
		}
		m.workers += cpuOf(w, events)
	}
	cluster.Kill(0)
	m.run, m.server = cpuOf(run, events),
		(cluster.CPU(0) / time.Duration(events)).Round(time.Microsecond)
	return m
}

func cpuOf(c *exec.Cmd, events int) time.Duration {
	return ((c.ProcessState.UserTime() +
		c.ProcessState.SystemTime()) / time.Duration(events)).Round(time.Microsecond)
}
