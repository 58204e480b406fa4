//go:build unix

package spill

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// What others leave in the folder for temporary files does not block us, and does not make us
// create or remove anything.
func TestSweepLeavesForeignThingsAlone(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	make := func(name string, mode os.FileMode) string {
		dir := filepath.Join(temp, "able-import-run-"+name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, privateMade), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(dir, 0o700) })
		os.Chmod(dir, mode)
		return dir
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(syscall.Mkfifo(filepath.Join(make("fifo", 0o700), privateLock), 0o600))
	must(os.Symlink(elsewhere, filepath.Join(make("dangling", 0o700), privateLock)))
	must(os.Mkdir(filepath.Join(make("folder", 0o700), privateLock), 0o700))
	must(os.WriteFile(filepath.Join(make("open", 0o777), privateLock), nil, 0o600))
	// ours, of a program that died
	must(os.WriteFile(filepath.Join(make("left", 0o700), privateLock), nil, 0o600))
	target := filepath.Join(t.TempDir(), "target")
	must(os.Mkdir(target, 0o700))
	must(os.WriteFile(filepath.Join(target, privateLock), nil, 0o600))
	must(os.WriteFile(filepath.Join(target, privateMade), nil, 0o600))
	must(os.Symlink(target, filepath.Join(temp, "able-import-run-link")))
	if os.Getuid() == 0 {
		dir := make("stranger", 0o755)
		must(os.WriteFile(filepath.Join(dir, privateLock), nil, 0o600))
		must(os.Chown(dir, 65534, 65534))
	}
	swept := [...]string{"left"}

	done := time.AfterFunc(10*time.Second, func() { panic("it hangs") })
	defer done.Stop()
	dir, err := NewPrivateDir()
	must(err)
	defer dir.Remove()
	for _, name := range []string{"fifo", "dangling", "folder", "open", "link", "stranger",
		"left"} {
		_, err := os.Lstat(filepath.Join(temp, "able-import-run-"+name))
		if name == "stranger" && os.Getuid() != 0 {
			continue
		}
		if gone := err != nil; gone != (name == swept[0]) {
			t.Errorf("%s: gone %v", name, gone)
		}
	}
	if _, err := os.Lstat(elsewhere); err == nil {
		t.Error("a file was made where a link leads")
	}
	if _, err := os.Lstat(filepath.Join(target, privateLock)); err != nil {
		t.Error("the folder behind a link was swept")
	}
}
