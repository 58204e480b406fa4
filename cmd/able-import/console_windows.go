package main

import (
	"os"
	"syscall"
	"unsafe"
)

var (
	kernel32              = syscall.NewLazyDLL("kernel32.dll")
	getConsoleProcessList = kernel32.NewProc("GetConsoleProcessList")
	setConsoleMode        = kernel32.NewProc("SetConsoleMode")
)

// ownConsole reports whether the console was made for this program alone: the Explorer does that, a
// shell has one already.
func ownConsole() bool {
	var processes [2]uint32
	count, _, _ := getConsoleProcessList.Call(uintptr(unsafe.Pointer(&processes[0])),
		uintptr(len(processes)))
	return count == 1
}

// showsColours makes the console read colours, which the older one does only when it is told to;
// false: it would print their codes.
func showsColours(console *os.File) bool {
	const readsColours = 4 // ENABLE_VIRTUAL_TERMINAL_PROCESSING
	var mode uint32
	if syscall.GetConsoleMode(syscall.Handle(console.Fd()), &mode) != nil {
		return false
	}
	done, _, _ := setConsoleMode.Call(console.Fd(), uintptr(mode|readsColours))
	return done != 0
}
