package tracetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// A Tracer runs a program and intercepts its writes and syncs: it can kill the program there, let
// half of a write through, or answer instead of the kernel. The program does not know.
type Tracer struct {
	// Before decides about a write or sync of any thread, numbered from 1 in the order of the whole
	// program.
	Before func(call Call) Intervention
}

// A Call is a write, or a sync.
type Call struct {
	Number int
	Sync   bool
	Path   string // of a file, or socket:[...]
}

// An Intervention is what happens instead of a call. The zero value is the call.
type Intervention struct {
	Kill  bool
	Torn  bool          // killed at the end of the call, which writes half of its bytes
	Errno syscall.Errno // the kernel's answer, without the call
}

// Linux's numbers of calls on amd64, and of what package syscall does not name.
const (
	traceSysGood  = 0x1
	traceExitKill = 0x100000
	waitOwn       = 0x20000000 // __WNOTHREAD: only this thread's children
	waitAll       = 0x40000000 // __WALL: threads, too
)

func (call *Call) read(pid int, regs *syscall.PtraceRegs) bool {
	switch regs.Orig_rax {
	case syscall.SYS_WRITE, syscall.SYS_PWRITE64, syscall.SYS_FTRUNCATE:
	case syscall.SYS_FSYNC, syscall.SYS_FDATASYNC:
		call.Sync = true
	default:
		return false
	}
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, regs.Rdi))
	call.Path = path
	return err == nil && (strings.HasPrefix(path, "/") || strings.HasPrefix(path, "socket:"))
}

// Run runs command to its end, and returns how many writes and syncs it made, its exit code and
// whether it was killed.
func (tr *Tracer) Run(t *testing.T, command *exec.Cmd) (calls, code int, killed bool) {
	t.Helper()
	runtime.LockOSThread() // the kernel knows one thread as the tracer
	defer runtime.UnlockOSThread()

	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	command.SysProcAttr.Ptrace = true
	if err := command.Start(); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skip("this machine does not let programs be traced")
		}
		t.Fatal(err)
	}
	defer command.Wait() // reaped below already; this ends the copying of its output

	pid := command.Process.Pid
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, waitAll, nil); err != nil {
		t.Fatal(err)
	}
	if err := syscall.PtraceSetOptions(pid,
		traceSysGood|traceExitKill|syscall.PTRACE_O_TRACECLONE); err != nil {
		t.Fatal(err)
	}

	threads := map[int]*tracedThread{pid: {}}
	ptraceContinue(pid, 0)
	for {
		id, err := syscall.Wait4(-1, &status, waitAll|waitOwn, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return calls, code, killed
		case status.Exited() || status.Signaled():
			delete(threads, id)
			if id == pid {
				return calls, status.ExitStatus(), killed
			}
			continue
		}

		thread := threads[id]
		if thread == nil {
			thread = &tracedThread{}
			threads[id] = thread
		}

		signal := 0
		switch stop := status.StopSignal(); {
		case stop == syscall.SIGTRAP|0x80:
			killed = tr.syscallStop(id, thread, &calls) || killed
		case stop != syscall.SIGTRAP && stop != syscall.SIGSTOP:
			// neither a new thread nor its birth
			signal = int(stop)
		}

		if killed {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		ptraceContinue(id, signal)
	}
}

// A tracedThread may be between the entry and the end of a call.
type tracedThread struct {
	inside bool
	then   Intervention
}

// syscallStop handles the entry or the end of a call. It says whether to kill the program.
func (tr *Tracer) syscallStop(id int, thread *tracedThread, calls *int) (kill bool) {
	thread.inside = !thread.inside
	var regs syscall.PtraceRegs
	if syscall.PtraceGetRegs(id, &regs) != nil {
		return false
	}

	if !thread.inside {
		then := thread.then
		thread.then = Intervention{}
		if then.Errno != 0 {
			regs.Rax = uint64(-int64(then.Errno))
			syscall.PtraceSetRegs(id, &regs)
		}
		return then.Torn
	}

	var call Call
	if !call.read(id, &regs) {
		return false
	}
	*calls++
	call.Number = *calls

	thread.then = tr.Before(call)
	switch {
	case thread.then.Torn:
		regs.Rdx /= 2
	case thread.then.Kill:
		return true
	case thread.then.Errno != 0:
		regs.Orig_rax = ^uint64(0) // no call
	default:
		return false
	}
	syscall.PtraceSetRegs(id, &regs)
	return false
}

// fails if the thread is gone
func ptraceContinue(id, signal int) { syscall.PtraceSyscall(id, signal) }
