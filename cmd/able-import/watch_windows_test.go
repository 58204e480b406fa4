package main

import (
	"syscall"
	"time"
	"unsafe"
)

// workerOf is the process that a run does its work in; 0: it has not begun.
func workerOf(pid int) int {
	snapshot, err := syscall.CreateToolhelp32Snapshot(syscall.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return 0
	}
	defer syscall.CloseHandle(snapshot)
	entry := syscall.ProcessEntry32{Size: uint32(unsafe.Sizeof(syscall.ProcessEntry32{}))}
	for err = syscall.Process32First(snapshot, &entry); err == nil; err = syscall.Process32Next(
		snapshot, &entry) {
		if int(entry.ParentProcessID) == pid {
			return int(entry.ProcessID)
		}
	}
	return 0
}

// ended ends a process with an exit code, from outside.
func ended(pid int, code uint32) error {
	handle, err := syscall.OpenProcess(syscall.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer syscall.CloseHandle(handle)
	return syscall.TerminateProcess(handle, code)
}

func workerEnds(code uint32) func(started, worker int) error {
	return func(_, worker int) error { return ended(worker, code) }
}

// consoleCloses does what Windows does when somebody closes the window of a console, logs off or
// shuts down: in each of its processes it starts a thread that calls the handlers.
func consoleCloses(pids ...int) error {
	const closed = 2 // CTRL_CLOSE_EVENT
	routine := syscall.NewLazyDLL("kernelbase.dll").NewProc("CtrlRoutine")
	if err := routine.Find(); err != nil {
		return err
	}
	for _, pid := range pids {
		const all = 0x1f0fff // PROCESS_ALL_ACCESS
		handle, err := syscall.OpenProcess(all, false, uint32(pid))
		if err != nil {
			return err
		}
		// system libraries are at the same address in every process
		thread, _, err := kernel32.NewProc("CreateRemoteThread").Call(uintptr(handle), 0, 0,
			routine.Addr(), closed, 0, 0)
		syscall.CloseHandle(handle)
		if thread == 0 {
			return err
		}
		syscall.CloseHandle(syscall.Handle(thread))
	}
	return nil
}

var endsOfRuns = []endOfRun{
	{"its console's window is closed, which both hear", func(started, worker int) error {
		return consoleCloses(started, worker)
	}, 143, "Interrupted after"},
	{"a panic, which ends with 2", workerEnds(2), 1, "run the same command again"},
	{"a fault in memory", workerEnds(0xc0000005), 1, "run the same command again"},
	{"the task manager", workerEnds(1), 1, "run the same command again"},
	{"whoever ends it with 0", workerEnds(0), 1, "run the same command again"},
	{"the watcher's end, which ends the worker", func(started, worker int) error {
		if err := ended(started, 9); err != nil {
			return err
		}
		for range 100 {
			handle, err := syscall.OpenProcess(syscall.SYNCHRONIZE, false, uint32(worker))
			if err != nil {
				return nil
			}
			over, _ := syscall.WaitForSingleObject(handle, 100)
			syscall.CloseHandle(handle)
			if over == syscall.WAIT_OBJECT_0 {
				return nil
			}
			time.Sleep(50 * time.Millisecond)
		}
		return syscall.ETIMEDOUT
	}, 9, ""},
}
