//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory gives a process's highest resident size in bytes.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // which counts bytes, others kilobytes
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024
}
