package importer_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ableimport/importer/sandbox"
)

// smallDisk mounts a disk of its own of size, in bytes as mount understands them. It needs the rights of root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mounting a small disk needs the rights of root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestFault28DiskFull: a real disk fills up while events go out. The run ends with the file's name, and what was in
// flight is unknown. Once there is room the same command goes on.
func TestFault28DiskFull(t *testing.T) {
	for _, size := range []string{"150k", "300k", "500k", "700k"} {
		proof, file := proofOf(t, 3000, sandbox.Options{})
		disk := smallDisk(t, size)
		proof.state = filepath.Join(disk, "state")
		result, err := importFile(t.Context(), file, proof.endpoint, proof.state)
		if !errors.Is(err, syscall.ENOSPC) && (err == nil || !strings.Contains(err.Error(), "the disk is full")) || !strings.Contains(err.Error(), disk) {
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
	for _, state := range []string{filepath.Join(disk, "state"), filepath.Join(disk, "none", "there")} {
		_, err := importFile(t.Context(), file, proof.endpoint, state)
		if !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), disk) {
			t.Errorf("%s: %v, want that it is read-only", state, err)
		}
	}
	if n := len(proof.server.Events()); n > 0 {
		t.Errorf("%d events went out", n)
	}
}
