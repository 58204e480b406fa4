//go:build unix

package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

// fill256 makes events with ids as random as hashes are.
func fill256(events []Event, first uint64) {
	for i := range events {
		n := first + uint64(i)
		var text [8]byte
		binary.LittleEndian.PutUint64(text[:], n)
		sum := sha256.Sum256(text[:])
		events[i] = Event{Seq: n, ID: ID(sum[:16]), Body: ID(sum[16:]),
			Value: n * 0x9E3779B97F4A7C15, Minor: int64(n%100000) * 7,
			Currency: "EUR", Time: 1764000000 + int64(n)*30, Row: uint32(n + 2),
			Alike: n * 0xD1342543DE82EF95}
	}
}

func cpuSeconds(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// writeRun commits n events, 256 intents and 256 outcomes a call, and returns the CPU seconds that
// the ledger took.
func writeRun(b *testing.B, l *Ledger, id string, first, n, batch int) float64 {
	r, err := l.Begin(RunInfo{ID: id, Started: 1764100000, Files: []File{{Name: "orders.csv"}}})
	if err != nil {
		b.Fatal(err)
	}
	intents := make([]Event, batch)
	outcomes := make([]Outcome, 0, batch)
	used := 0.0
	for done := 0; done < n; done += batch {
		fill256(intents, uint64(first+done))
		start := cpuSeconds(b)
		if err := r.Commit(intents, outcomes); err != nil {
			b.Fatal(err)
		}
		used += cpuSeconds(b) - start
		outcomes = outcomes[:0]
		for i := range intents {
			outcomes = append(outcomes, Outcome{intents[i].Seq, Delivered, 200, 1,
				1764200000 + int64(done/5000)})
		}
	}
	start := cpuSeconds(b)
	if err := r.Commit(nil, outcomes); err != nil {
		b.Fatal(err)
	}
	if err := r.End(); err != nil {
		b.Fatal(err)
	}
	return used + cpuSeconds(b) - start
}

// BenchmarkCommit is a whole run with Begin and End.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []struct{ events, batch int }{{100_000, 256}, {100_000, 64},
		{100_000, 1024}, {1_000_000, 256}} {
		b.Run(fmt.Sprintf("events=%d/batch=%d", size.events, size.batch), func(b *testing.B) {
			used, bytes := 0.0, int64(0)
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "l.sqlite")
				l, err := Open(path, target)
				if err != nil {
					b.Fatal(err)
				}
				used += writeRun(b, l, "run", 1, size.events, size.batch)
				start := cpuSeconds(b)
				if err := l.Close(); err != nil {
					b.Fatal(err)
				}
				used += cpuSeconds(b) - start
				info, err := os.Stat(path)
				if err != nil {
					b.Fatal(err)
				}
				bytes = info.Size()
			}
			b.ReportMetric(used/float64(b.N)/float64(size.events)*100_000, "CPU-s/100k")
			b.ReportMetric(float64(bytes)/float64(size.events), "B/event")
			b.ReportMetric(float64(size.events*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkFind looks up a million ids that were all delivered, in ascending order.
func BenchmarkFind(b *testing.B) {
	const n = 1_000_000
	path := filepath.Join(b.TempDir(), "l.sqlite")
	l, err := Open(path, target)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for i := range 10 {
		writeRun(b, l, fmt.Sprint("run", i), 1+i*n/10, n/10, 500)
	}
	events := make([]Event, n)
	fill256(events, 1)
	ids := make([]ID, n)
	for i := range events {
		ids[i] = events[i].ID
	}
	slices.SortFunc(ids, func(a, b ID) int { return slices.Compare(a[:], b[:]) })
	events = nil
	for _, every := range []int{1, 10000} {
		b.Run(fmt.Sprintf("every=%d/parts=%d", every, len(l.manifest.Parts)), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				c := l.Lookup()
				for i := 0; i < n; i += every {
					if _, ok, err := c.Find(ids[i]); !ok || err != nil {
						b.Fatal(ok, err)
					}
				}
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(n/every*b.N)/b.Elapsed().Seconds(), "lookups/s")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N), "B-allocated")
		})
	}
}
