package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSummaryFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary.json")
	if err := shopRun().WriteSummary(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "summary.json", string(content))
	checkPrivate(t, path)
}

func TestEmptySummaryHasNoNull(t *testing.T) {
	got, err := json.Marshal(Summary{Skipped: []Skipped{{Reason: "where"}}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(got), "null") {
		t.Errorf("null in %s", got)
	}
	if !strings.HasPrefix(string(got), `{"version":1,`) {
		t.Errorf("version is not first: %s", got)
	}
}

func TestSummaryReadsBack(t *testing.T) {
	want := shopRun()
	content, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Summary
	if err := json.Unmarshal(content, &got); err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(*want, got); difference != "" {
		t.Errorf("(-want +got):\n%s", difference)
	}
}

// A failed write leaves the old file and nothing of the new one.
func TestWriteToMissingFolder(t *testing.T) {
	err := shopRun().WriteSummary(filepath.Join(t.TempDir(), "missing", "summary.json"))
	if err == nil || !strings.HasPrefix(err.Error(), "create summary.json: ") {
		t.Errorf("WriteSummary to a missing folder: %v", err)
	}
}

func TestDiscardedFileLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	file, err := createWhole(filepath.Join(folder, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString("half")
	file.discard()
	file.discard()
	checkFolder(t, folder)
}

// checkPrivate checks that only its owner can use a file.
func checkPrivate(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	// Which has lists, not modes
	if got := info.Mode().Perm(); got != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%s has mode %o, want 600", filepath.Base(path), got)
	}
}

// checkFolder checks that a folder holds these files and no others.
func checkFolder(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("files (-want +got):\n%s", difference)
	}
}

// A file that cannot be written is reported, and no half of it is left.
func TestFailedCommitLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	file, err := createWhole(filepath.Join(folder, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString("whole")
	file.file.Close()
	if err := file.commit(); err == nil || !strings.HasPrefix(err.Error(), "write a.csv: ") {
		t.Errorf("commit: %v", err)
	}
	checkFolder(t, folder)
}
