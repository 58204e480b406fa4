package inbox

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFileThatIsStillCopied: Explorer locks a file until the copy is complete.
func TestFileThatIsStillCopied(t *testing.T) {
	box, dir := folder(t, "a.csv")
	found := look(t, box)["a.csv"]
	wide, err := syscall.UTF16PtrFromString(filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	explorer, err := syscall.CreateFile(wide, syscall.GENERIC_READ, 0, nil,
		syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Take(found); !errors.Is(err, ErrInUse) {
		t.Errorf("Take: %v, want %v", err, ErrInUse)
	}
	syscall.CloseHandle(explorer)
	taken, err := box.Take(found)
	if err != nil {
		t.Fatalf("Take afterwards: %v", err)
	}
	taken.Close()
}
