package webhook

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// cheapReceiver costs as little as a receiver can: it counts bytes, since all requests have the
// same size, and answers each by the same write.
func cheapReceiver(b *testing.B) string {
	const answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n" +
		"\r\n{\"status\":\"ok\"}"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var running sync.WaitGroup
	b.Cleanup(func() { listener.Close(); running.Wait() })
	talk := func(conn net.Conn) {
		defer conn.Close()
		buffer := make([]byte, 16<<10)
		seen, size := 0, 0
		for {
			n, err := conn.Read(buffer[seen:])
			if err != nil {
				return
			}
			seen += n
			if size == 0 { // the first request shows how long all are; no header has these bytes
				end := strings.Index(string(buffer[:seen]), benchmarkEnd)
				if end < 0 {
					continue
				}
				size = end + len(benchmarkEnd)
			}
			for ; seen >= size; seen -= size {
				if _, err := conn.Write([]byte(answer)); err != nil {
					return
				}
			}
		}
	}
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { talk(conn) })
		}
	})
	return "http://" + listener.Addr().String() + "/uip-events/event"
}

const benchmarkEnd = `"end":"of the event"}}`

// BenchmarkPost is one event, 64 in flight, with a receiver in the same process.
func BenchmarkPost(b *testing.B) {
	body := []byte(`{"funnel_mark":"mark","event_type":"Purchase","resource":{"description":"` +
		strings.Repeat("x", 400) + `",` + benchmarkEnd)
	const inFlight = 64
	c := newClient(b, Options{
		Endpoint: cheapReceiver(b), Concurrency: inFlight, Secrets: []string{"0f0f0f0f-1234"},
	})
	b.ReportAllocs()
	b.ResetTimer()
	var done atomic.Int64
	var callers sync.WaitGroup
	for range inFlight {
		callers.Go(func() {
			for done.Add(1) <= int64(b.N) {
				if result := c.Post(context.Background(), body); result.Verdict != Delivered {
					b.Errorf("%+v", result)
					return
				}
			}
		})
	}
	callers.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	c.Close()
}
