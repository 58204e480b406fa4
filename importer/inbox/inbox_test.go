package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// folder makes an inbox of files that were written an hour ago.
func folder(t *testing.T, names ...string) (*Inbox, string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		write(t, filepath.Join(dir, name), "content of "+name, time.Hour)
	}
	box, err := Open(dir, []string{"*.csv"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	return box, dir
}

func write(t *testing.T, path, content string, age time.Duration) {
	t.Helper()
	at := time.Now().Add(-age)
	if err := errors.Join(os.WriteFile(path, []byte(content), 0o600),
		os.Chtimes(path, at, at)); err != nil {
		t.Fatal(err)
	}
}

func look(t *testing.T, box *Inbox) map[string]Found {
	t.Helper()
	found, err := box.Look(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Found{}
	for _, each := range found {
		all[each.Name] = each
	}
	return all
}

func TestWhatIsReady(t *testing.T) {
	odd := " odd\nname;$(x).csv"
	if runtime.GOOS == "windows" {
		odd = " odd name;$(x).csv" // no name there has a line break
	}
	box, dir := folder(t, "a.csv", "B.CSV", "half.csv", "half.csv.PART", "done.csv.done",
		"other.txt", ".hidden.csv", "x.csv.tmp",
		"~$open.csv", "open.csv", "stem.csv", "Stem.part", "behind.csv", ".behind.csv.tmp", odd)
	write(t, filepath.Join(dir, "young.csv"), "x", time.Second)
	write(t, filepath.Join(dir, "done.csv"), "x", time.Second)
	write(t, filepath.Join(dir, "future.csv"), "x", -time.Hour)
	os.Mkdir(filepath.Join(dir, "folder.csv"), 0o700)
	os.Symlink("a.csv", filepath.Join(dir, "link.csv"))
	// Windows may not allow it, and Wine forgets it
	_, linked := os.Lstat(filepath.Join(dir, "link.csv"))
	want := map[string]string{
		"a.csv": "", "B.CSV": "", "half.csv": "being written", "stem.csv": "Stem.part",
		"behind.csv": "being written", "done.csv": "", "open.csv": "office", odd: "",
		"young.csv": "stay unchanged", "future.csv": "future", "link.csv": "is a link",
	}
	if linked != nil && runtime.GOOS == "windows" {
		delete(want, "link.csv")
	}
	found := look(t, box)
	for name, why := range want {
		got, ok := found[name]
		if !ok || (why == "") != (got.Why == "") || !strings.Contains(got.Why, why) {
			t.Errorf("%q: found %v, waits because %q, want %q", name, ok, got.Why, why)
		}
	}
	if len(found) != len(want) {
		t.Errorf("found %d files, want %d: %v", len(found), len(want), found)
	}
}

func TestWants(t *testing.T) {
	const stamp = "2026-11-26T001743.918Z-"
	for name, want := range map[string]bool{
		"invoices_1.csv": true, "INVOICES_1.CSV": true, "orders_1.csv": false,
		"invoices_1.csv.done": false, ".invoices_1.csv": false,
		// Refused, and back
		stamp + "invoices_1.csv": true,
		// Archived, and back
		stamp + "278b-invoices_1.csv":                                      true,
		stamp + stamp + "278b-invoices_1.csv":                              true,
		stamp + "278b-invoices_1.failures.xlsx":                            true, // fixed
		"invoices_1.failures.csv":                                          true,
		stamp + "278b-orders_1.failures.xlsx":                              false,
		stamp + "invoices_1.csv.reason.txt":                                false,
		stamp + "278b-" + stamp + "00aa-invoices_1.failures.failures.xlsx": false,
		stamp: false,
	} {
		if got := Wants([]string{"nothing", "Invoices_?.csv"}, name); got != want {
			t.Errorf("%s: wanted %v, want %v", name, got, want)
		}
	}
}

func TestAReasonIsNoData(t *testing.T) {
	if Wants(nil, "2026-11-26T001743.918Z-a.csv.reason.txt") || !Wants(nil, "reason.txt") {
		t.Error("the reason of a refused file is taken for data, or data for a reason")
	}
}

func TestOldestFirst(t *testing.T) {
	box, dir := folder(t, "b.csv", "a.csv")
	write(t, filepath.Join(dir, "z.csv"), "x", 2*time.Hour)
	at := time.Now().Add(-time.Hour)
	os.Chtimes(filepath.Join(dir, "a.csv"), at, at)
	os.Chtimes(filepath.Join(dir, "b.csv"), at, at)
	found, err := box.Look(time.Now())
	if err != nil || len(found) != 3 || found[0].Name != "z.csv" || found[1].Name != "a.csv" {
		t.Errorf("the order is %v, %v", found, err)
	}
}

func TestPutAway(t *testing.T) {
	box, dir := folder(t, "a.csv", "A.csv.DONE")
	taken, err := box.Take(look(t, box)["a.csv"])
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	archive := filepath.Join(t.TempDir(), "2026", "11")
	os.MkdirAll(archive, 0o700)
	write(t, filepath.Join(archive, "1-a.csv"), "was here before", time.Hour)
	path, err := taken.PutAway(archive, "1-a.csv")
	if err != nil || filepath.Base(path) != "1-a.2.csv" {
		t.Fatalf("it was put away as %q, %v", path, err)
	}
	if content, _ := os.ReadFile(path); string(content) != "content of a.csv" {
		t.Errorf("what was put away holds %q", content)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the inbox still holds %v", left)
	}
}

func TestPutAwayOnAnotherDevice(t *testing.T) {
	other, err := os.MkdirTemp("/dev/shm", "inbox-test-")
	if err != nil {
		t.Skip("there is no second device: ", err)
	}
	defer os.RemoveAll(other)
	box, dir := folder(t, "a.csv")
	taken, err := box.Take(look(t, box)["a.csv"])
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	path, err := taken.PutAway(other, "1-a.csv")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if info, statErr := os.Stat(path); err != nil || statErr != nil ||
		string(content) != "content of a.csv" || !info.ModTime().Equal(taken.Info.ModTime()) {
		t.Errorf("the copy holds %q, %v, %v", content, err, statErr)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the inbox still holds %v", left)
	}
	if left, _ := os.ReadDir(other); len(left) != 1 {
		t.Errorf("the archive holds %v", left)
	}
}

func TestReplacedFilesStay(t *testing.T) {
	for name, replace := range map[string]func(path string) error{
		"written further": func(path string) error {
			return os.WriteFile(path, []byte("more than before, and other"), 0o600)
		},
		"replaced": func(path string) error {
			return errors.Join(os.WriteFile(path+".new", []byte("content of a.csv"), 0o600),
				os.Rename(path+".new", path))
		},
		"gone": os.Remove,
	} {
		box, dir := folder(t, "a.csv")
		path := filepath.Join(dir, "a.csv")
		found := look(t, box)["a.csv"]
		taken, err := box.Take(found)
		if err != nil {
			t.Fatal(err)
		}
		if err := replace(path); err != nil && runtime.GOOS == "windows" &&
			name != "written further" {
			taken.Close() // Windows: nobody can replace or remove a file that the importer has open
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		archive := filepath.Join(dir, "archive")
		if put, err := taken.PutAway(archive, "1-a.csv"); err == nil {
			t.Errorf("%s: was put away as %s", name, put)
		}
		if left, _ := os.ReadDir(archive); len(left) > 0 {
			t.Errorf("%s: the archive holds %v", name, left)
		}
		taken.Close()
		if _, err := box.Take(found); err == nil {
			t.Errorf("%s: was taken as what was found", name)
		}
	}
}

func TestNames(t *testing.T) {
	at := time.Date(2026, 11, 25, 2, 0, 0, 120e6, time.UTC)
	name := Named(Stamp(at), "a.csv")
	if name != "2026-11-25T020000.120Z-a.csv" {
		t.Errorf("the name is %q", name)
	}
	if got, ok := StampOf(name); !ok || !got.Equal(at) {
		t.Errorf("its time is %v, %v", got, ok)
	}
	if _, ok := StampOf("invoices.csv"); ok {
		t.Error("a name without a time has one")
	}
	long := Named(Stamp(at), strings.Repeat("ä", 150)+".csv")
	if len(long) > longestName || !strings.HasSuffix(long, "ä.csv") {
		t.Errorf("a long name becomes %q, of %d bytes", long, len(long))
	}
}
