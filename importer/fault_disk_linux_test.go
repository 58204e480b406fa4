package importer_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ableimport/importer"
	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// smallDisk mounts a disk of the given size, in bytes as mount understands them. It needs root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mounting a small disk needs the rights of root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestFault28DiskFull: a real disk fills up while events go out. The run ends with the file's name,
// and what was in flight is unknown. Once there is room, the same command goes on.
func TestFault28DiskFull(t *testing.T) {
	for _, size := range []string{"150k", "300k", "500k", "700k"} {
		proof, file := proofOf(t, 3000, sandbox.Options{})
		disk := smallDisk(t, size)
		proof.state = filepath.Join(disk, "state")
		result, err := importFile(t.Context(), file, proof.endpoint, proof.state)
		if !errors.Is(err, syscall.ENOSPC) && (err == nil || !strings.Contains(err.Error(),
			"the disk is full")) || !strings.Contains(err.Error(), disk) {
			t.Fatalf("%s: %v, want a full disk and the name of the file", size, err)
		}
		if strings.Count(err.Error(), "the disk is full") > 1 {
			t.Errorf("%s: says it twice: %v", size, err)
		}
		if result != nil {
			if err := result.Summary.Check(); err != nil {
				t.Errorf("%s: %v", size, err)
			}
		} else if n := len(proof.server.Events()); n > 0 {
			t.Errorf("%s: %d events went out without a report", size, n)
		}
		if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT, "size=50m"); err != nil {
			t.Fatal(err)
		}
		result, err = importFile(t.Context(), file, proof.endpoint, proof.state)
		if err != nil {
			t.Fatalf("%s: with more room: %v", size, err)
		}
		proof.check(result)
	}
}

// TestFault28TemporaryDiskFull: where the answers cannot be kept, a failures file lacks rows. The
// file says so, nobody is told to correct it, and it is refused when it is fed back.
func TestFault28TemporaryDiskFull(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{Reject: func(sandbox.Event) string {
		return strings.Repeat("no ", 300)
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const orders = 900
	file, state := writeOrders(t, orders), t.TempDir()
	t.Setenv("TMPDIR", smallDisk(t, "200k"))
	result, err := importFile(t.Context(), file, server.URL(), state)
	if err == nil || !strings.Contains(err.Error(), "incomplete") {
		t.Fatalf("%v, want that the failures files are incomplete", err)
	}
	if n := len(result.Summary.Reports.Failures); n > 0 {
		t.Errorf("%d failures files are named", n)
	}
	if n := result.Summary.Events.Rejected; n != orders {
		t.Errorf("%d rejected, want %d", n, orders)
	}
	found, _ := filepath.Glob(filepath.Join(state, "runs", "*", "*.failures.*"))
	t.Setenv("TMPDIR", t.TempDir())
	target := history.Target{Endpoint: server.URL(), Mark: secrets.Mark, StateDir: state}
	for _, path := range found {
		var refused *history.RefusedError
		if _, err := importer.FindFailures(&target, []string{path}); !errors.As(err, &refused) ||
			!strings.Contains(err.Error(), "this failures file is incomplete") ||
			!strings.Contains(path, "incomplete") {
			t.Errorf("%s: %v, want that it is refused", filepath.Base(path), err)
		}
	}
	if len(found) != 2 {
		t.Fatalf("%d failures files, want a workbook and a CSV", len(found))
	}

	person, err := correction.NewPerson("c0@example.com")
	if err != nil {
		t.Fatal(err)
	}
	rows, left, err := person.Forget(filepath.Dir(found[0]), true, "me", time.Now())
	if rows != 1 || len(left) > 0 || err != nil {
		t.Errorf("%d rows of a person are forgotten, and %v are left: %v", rows, left, err)
	}
	found, _ = filepath.Glob(filepath.Join(state, "runs", "*", "*.failures.*"))
	if len(found) != 1 {
		t.Fatalf("%d failures files are left, want the CSV", len(found))
	}
	text, err := os.ReadFile(found[0])
	if err != nil || strings.Contains(string(text), ",c0@") || !strings.Contains(string(text), ",c1@") {
		t.Errorf("the CSV has, without a person's row:\n%.300s\n%v", text, err)
	}
}

// TestFault28TemporaryDiskFullBefore: where the preflight has no room for what it sorts and for the
// events to be sent, the run ends before it sends anything, and names the file.
func TestFault28TemporaryDiskFullBefore(t *testing.T) {
	proof, file := proofOf(t, 100_000, sandbox.Options{})
	for _, size := range []string{"1m", "4m"} {
		disk := smallDisk(t, size)
		t.Setenv("TMPDIR", disk)
		_, err := importFile(t.Context(), file, proof.endpoint, proof.state)
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), disk) {
			t.Errorf("%s: %v, want a full disk and the name of the file", size, err)
		}
		if left, _ := os.ReadDir(disk); len(left) > 0 {
			t.Errorf("%s: %v is left", size, left)
		}
	}
	if n := len(proof.server.Events()); n > 0 {
		t.Errorf("%d events went out", n)
	}
}

// TestFault35ReadOnly: a folder that cannot be written is refused before anything is sent.
func TestFault35ReadOnly(t *testing.T) {
	proof, file := proofOf(t, 10, sandbox.Options{})
	disk := smallDisk(t, "10m")
	if err := os.Mkdir(filepath.Join(disk, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{filepath.Join(disk, "state"),
		filepath.Join(disk, "none", "there")} {
		_, err := importFile(t.Context(), file, proof.endpoint, state)
		if !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), disk) {
			t.Errorf("%s: %v, want that it is read-only", state, err)
		}
	}
	if n := len(proof.server.Events()); n > 0 {
		t.Errorf("%d events went out", n)
	}
}

// TestFault35FIFOs: no run hangs on something in the state folder that is not a plain file. Without
// trace and manifest of a run nobody knows whether the ledger is the newest; a wait is only a
// courtesy.
func TestFault35FIFOs(t *testing.T) {
	r := newRestored(t, sandbox.Options{})
	if _, err := r.run(writeOrders(t, 3)); err != nil {
		t.Fatal(err)
	}
	done := time.AfterFunc(30*time.Second, func() { panic("it hangs") })
	defer done.Stop()
	wait := strings.TrimSuffix(r.target.Path(), ".sqlite") + ".wait"
	if err := syscall.Mkfifo(wait, 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := r.run(writeOrders(t, 9))
	if err != nil || result.Summary.Events.Delivered != 6 {
		t.Fatalf("with a FIFO as wait: %v", err)
	}

	folder := filepath.Join(r.target.RunsDir(), result.Summary.RunID)
	trace := filepath.Join(folder, history.TraceName)
	if err := errors.Join(os.Remove(filepath.Join(folder, report.ManifestName)), os.Remove(trace),
		syscall.Mkfifo(trace, 0o600)); err != nil {
		t.Fatal(err)
	}
	var refused *history.RefusedError
	if _, err := r.run(writeOrders(t, 12)); !errors.As(err, &refused) {
		t.Errorf("with a FIFO as trace: %v, want that it is refused", err)
	}
}
