package spill

import "iter"

// A Relay hands filled buffers from one goroutine to another, and brings back the used ones.
type Relay[T any] struct {
	full chan T
	free chan T
	stop chan struct{}
}

// aheadBuffers is how many filled buffers wait at most. With two, each side would often wait for
// the other.
const aheadBuffers = 6

// Ahead yields the buffers that fill hands over, while fill, in a goroutine of its own, fills the
// next ones: two cores share the work. A buffer is reused once the consumer asks for the next. The
// goroutine has ended when the iterator has.
func Ahead[T any](fresh func() T, fill func(Relay[T])) iter.Seq[T] {
	return func(yield func(T) bool) {
		r := Relay[T]{full: make(chan T, aheadBuffers), free: make(chan T, aheadBuffers+2),
			stop: make(chan struct{})}
		for range cap(r.free) {
			r.free <- fresh()
		}

		go func() {
			defer close(r.full)
			fill(r)
		}()
		defer func() {
			close(r.stop)
			for range r.full { // until fill has ended
			}
		}()

		for buffer := range r.full {
			if !yield(buffer) {
				return
			}
			r.free <- buffer
		}
	}
}

// First is the first buffer to be filled.
func (r Relay[T]) First() T { return <-r.free }

// After hands a buffer over and returns the next; false: nobody wants more.
func (r Relay[T]) After(filled T) (next T, wanted bool) {
	r.full <- filled // the stopping side takes what is left
	select {
	case next = <-r.free:
		return next, true
	case <-r.stop:
		return next, false
	}
}

// Last hands over the last buffer.
func (r Relay[T]) Last(filled T) { r.full <- filled }
