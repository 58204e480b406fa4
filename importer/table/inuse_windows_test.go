package table

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFileThatAnotherProgramHasOpen: Excel, for example, lets nobody else read a file while it
// saves it.
func TestFileThatAnotherProgramHasOpen(t *testing.T) {
	for _, path := range []string{writeFile(t, "june.csv", "Invoice,Total\nA,1\n"),
		writeBook(t, nil, [][]string{{"Invoice", "Total"}, {"A", "1"}})} {
		wide, err := syscall.UTF16PtrFromString(path)
		if err != nil {
			t.Fatal(err)
		}
		excel, err := syscall.CreateFile(wide, syscall.GENERIC_READ, 0, nil,
			syscall.OPEN_EXISTING, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(path, Options{})
		want := filepath.Base(path) + ": cannot be opened: another program, such as Excel, has " +
			"it open and lets nobody else read it"
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Open: %v, want %s", err, want)
		}
		syscall.CloseHandle(excel)
		table, err := Open(path, Options{})
		if err != nil {
			t.Fatalf("Open after Excel let it go: %v", err)
		}
		table.Close()
	}
}
