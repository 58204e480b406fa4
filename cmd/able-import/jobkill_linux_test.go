package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"ableimport/importer/sandbox"
)

// A process that is killed when its run has ended, and its file has not been moved yet, leaves the
// file in the inbox. The next run finds all of it delivered, and puts it away.
//
// The process' own log meets the moment: stderr is a pipe that has room for the line that begins a
// run, and none for the longer one that ends it, so the process stands still in between until it is
// killed.
func TestKilledBetweenRunAndMove(t *testing.T) {
	receiver, err := sandbox.Start(sandbox.Options{Reject: rejectSome})
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	n := night{t: t, dir: t.TempDir(), receiver: receiver}
	n.writeJobs("settle: 0s")
	content := nightHeading + n.rows(1) + "N001-7,1x,EUR,boris@example.com,\n"
	n.write("shop/a.csv", content)
	killed := n.command("run", "--job", "shop")
	read, write := almostFullPipe(t, 200)
	defer read.Close()
	killed.Stderr = write
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	n.awaitRunsEnd()
	if err := errors.Join(killed.Process.Kill(), ignoreExit(killed.Wait())); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(n.dir, "shop", "a.csv")); err != nil {
		t.Fatalf("the file was moved before the end of the run was reported: %v", err)
	}
	n.start("--wait-lock", "0s")
	n.checkReceiver()
	n.dropped = []nightFile{{inbox: "shop", name: "a.csv", content: content,
		codes: []int{exitInvalid}, became: archived}}
	n.checkFiles()
	if run := n.runs[0]; run.code != exitInvalid ||
		!bytes.Contains(run.stdout, []byte(`"already_delivered":5`)) {
		t.Errorf("the next run ended with %d: %s%s", run.code, run.stdout, run.stderr)
	}
}

// almostFullPipe is a pipe that takes so many more bytes, and then blocks the writer.
func almostFullPipe(t *testing.T, room int) (read, write *os.File) {
	t.Helper()
	var ends [2]int
	if err := syscall.Pipe2(ends[:], syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	const setPipeSize = 1031 // F_SETPIPE_SZ
	size, _, failed := syscall.Syscall(syscall.SYS_FCNTL, uintptr(ends[1]), setPipeSize, 4096)
	if failed != 0 {
		t.Fatal(failed)
	}
	if _, err := syscall.Write(ends[1], bytes.Repeat([]byte("."), int(size)-room)); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(ends[0]), "read"), os.NewFile(uintptr(ends[1]), "write")
}

// awaitRunsEnd waits until the folder of a run is complete.
func (n *night) awaitRunsEnd() {
	n.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(
		5 * time.Millisecond) {
		if manifests, _ := filepath.Glob(filepath.Join(n.dir, "state", "runs", "*",
			"manifest.json")); len(manifests) > 0 {
			return
		}
	}
	n.t.Fatal("no run has ended within a minute")
}

func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}
