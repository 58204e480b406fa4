package queue

import (
	"context"
	"sync"
	"time"
)

// A lease is a worker's right to begin attempts. When it runs out, every attempt that has not begun
// is called off.
type lease struct {
	parent context.Context

	mu     sync.Mutex
	ctx    context.Context // done when the lease has run out; nil: there is none
	cancel context.CancelFunc
	timer  *time.Timer
	idle   bool          // the worker has no part of the rate
	change chan struct{} // closed when it is worth looking again
}

func newLease(parent context.Context) *lease {
	return &lease{parent: parent, change: make(chan struct{}), idle: true}
}

// wait blocks until the lease holds and the worker has a part of the rate; false: ctx is done.
func (l *lease) wait(ctx context.Context) (leased context.Context, ok bool) {
	for ctx.Err() == nil {
		leased, change := l.holds()
		if leased != nil {
			return leased, true
		}
		select {
		case <-change:
		case <-ctx.Done():
		}
	}
	return nil, false
}

// holds returns a context that is done with the lease, nil if the lease does not hold or the worker
// has no part of the rate, and a channel that is closed when it is worth looking again.
func (l *lease) holds() (leased context.Context, change <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil || l.ctx.Err() != nil || l.idle {
		return nil, l.change
	}
	return l.ctx, l.change
}

// extend lets the lease hold until a time by this machine's clock. A lease that has run out begins
// again.
func (l *lease) extend(until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := time.Until(until)
	if left <= 0 {
		return
	}
	if l.ctx != nil && l.timer.Stop() {
		l.timer.Reset(left)
		return
	}

	l.ctx, l.cancel = context.WithCancel(l.parent)
	l.timer = time.AfterFunc(left, l.cancel)
	l.wake()
}

// rest says whether the worker has a part of the rate.
func (l *lease) rest(idle bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.idle != idle {
		l.idle = idle
		l.wake()
	}
}

func (l *lease) wake() {
	close(l.change)
	l.change = make(chan struct{})
}

// end gives the lease back.
func (l *lease) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx != nil {
		l.timer.Stop()
		l.cancel()
	}
}
