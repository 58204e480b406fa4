package report

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestReportThatAnotherProgramHasOpen: the old report does not change, and nothing is left beside
// it.
func TestReportThatAnotherProgramHasOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "june.failures.csv")
	if err := WriteWhole(path, []byte("before")); err != nil {
		t.Fatal(err)
	}
	wide, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	excel, err := syscall.CreateFile(wide, syscall.GENERIC_READ, syscall.FILE_SHARE_READ, nil,
		syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.CloseHandle(excel)
	err = WriteWhole(path, []byte("after"))
	const want = "write june.failures.csv: another program, such as Excel, has it open: " +
		"close it there"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("WriteWhole: %v, want %s", err, want)
	}
	checkFolder(t, filepath.Dir(path), filepath.Base(path))
	if content, err := os.ReadFile(path); err != nil || string(content) != "before" {
		t.Errorf("it has %q, %v; want what was before", content, err)
	}
}
