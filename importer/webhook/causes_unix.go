//go:build unix

package webhook

import "syscall"

// What the system calls the causes that have their own sentences.
var (
	refused     = []error{syscall.ECONNREFUSED}
	unreachable = []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH}
	exhausted   = []error{syscall.EMFILE, syscall.ENFILE}
	broken      = []error{syscall.ECONNRESET, syscall.EPIPE}
)

// countsSent: a failed write says how many bytes have left.
const countsSent = true
