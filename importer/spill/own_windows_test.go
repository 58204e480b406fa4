package spill

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/sys/windows"
)

// strangers are those whom Windows lets in elsewhere: everyone, guests, users, and whoever is
// logged in.
var strangers = regexp.MustCompile(`;(WD|BG|BU|AU|AN|S-1-1-0|S-1-5-32-545|S-1-5-11)\)`)

// TestMakePrivate: strangers can use neither the folder nor what is made in it; an existing folder
// stays open.
func TestMakePrivate(t *testing.T) {
	old := filepath.Join(t.TempDir(), "old")
	if err := os.Mkdir(old, 0o755); err != nil {
		t.Fatal(err)
	}
	before := accessOf(t, old)
	dir := filepath.Join(old, "state", "able-import")
	for range 2 {
		if err := MakePrivate(dir); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "ledger.sqlite")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	private := []string{filepath.Dir(dir), dir, file}
	if windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
		private = private[:2] // under Wine a file does not inherit the list of its folder
	}
	for _, path := range private {
		if list := accessOf(t, path); strangers.MatchString(list) {
			t.Errorf("%s is for strangers: %s", path, list)
		}
	}
	if after := accessOf(t, old); after != before {
		t.Errorf("the folder above has %s now, and had %s", after, before)
	}
}

func accessOf(t *testing.T, path string) string {
	t.Helper()
	descriptor, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	return descriptor.String()
}
