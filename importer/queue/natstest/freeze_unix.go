//go:build unix

package natstest

import (
	"os"
	"syscall"
)

func freeze(p *os.Process) { p.Signal(syscall.SIGSTOP) }

func thaw(p *os.Process) { p.Signal(syscall.SIGCONT) }
