package report

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sealed returns the folder of a run with two files and a manifest.
func sealed(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "5f2c")
	write(t, folder, "summary.json", "{}")
	write(t, folder, "kept/june.failures.csv", "a,b\n")
	manifest := Manifest{
		Program: "1.0.0", RunID: "2025-12-07T0931Z-5f2c", Who: "ann@desk",
		When:    "2025-12-07T09:31:00Z",
		Mapping: Mapping{Name: "shop", SHA256: "ab12"}, Target: "app.ablecdp.com",
		Plan:   "sha256:7c1f",
		Inputs: []FileHash{{Name: "june.csv", SHA256: "cd34"}},
		Events: Events{Total: 2, Delivered: 2}, Totals: map[string]Totals{"EUR": zeroBut("0.00")},
		LedgerSequence: 17, Previous: strings.Repeat("0", 64),
	}
	hash, err := Seal(folder, manifest)
	if err != nil {
		t.Fatal(err)
	}
	if len(hash) != 64 {
		t.Errorf("hash %q", hash)
	}
	checkPrivate(t, filepath.Join(folder, ManifestName))
	return folder
}

func write(t *testing.T, folder, name, content string) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestManifest(t *testing.T) {
	folder := sealed(t)
	manifest, err := Verify(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range manifest.Files {
		names = append(names, file.Name)
	}
	if difference := cmp.Diff([]string{"kept/june.failures.csv", "summary.json"},
		names); difference != "" {
		t.Errorf("files (-want +got):\n%s", difference)
	}
	content, err := os.ReadFile(filepath.Join(folder, ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "manifest.json", string(content))
}

func TestFailuresMayBeFixedInPlace(t *testing.T) {
	folder := sealed(t)
	write(t, folder, "june.failures.csv", "fixed\n")
	write(t, folder, "june.failures.xlsx", "fixed")
	if _, err := Verify(folder); err != nil {
		t.Errorf("fixed failures break the seal: %v", err)
	}
	write(t, folder, "kept/june.failures.csv", "changed\n")
	if _, err := Verify(folder); err == nil {
		t.Error("what was kept of the failures was changed, and the seal holds")
	}
}

func TestVerifyNamesWhatChanged(t *testing.T) {
	replace := func(old, new string) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			content, err := os.ReadFile(filepath.Join(folder, ManifestName))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(content), old) {
				t.Fatalf("no %s in the manifest", old)
			}
			write(t, folder, ManifestName, strings.Replace(string(content), old, new, 1))
		}
	}
	tests := []struct {
		name   string
		change func(t *testing.T, folder string)
		want   string
	}{
		{"a file changed", func(t *testing.T, folder string) {
			write(t, folder, "summary.json", "{ }")
		},
			"summary.json: changed since the run"},
		{"a file removed", func(t *testing.T, folder string) {
			os.Remove(filepath.Join(folder, "summary.json"))
		},
			"summary.json: missing"},
		{"a file added", func(t *testing.T, folder string) { write(t, folder, "notes.txt", "") },
			"notes.txt: was not here when the run ended"},
		{"a file renamed", func(t *testing.T, folder string) {
			os.Rename(filepath.Join(folder, "summary.json"), filepath.Join(folder, "sum.json"))
		}, "summary.json: missing\nsum.json: was not here when the run ended"},
		{"a link instead of a file", func(t *testing.T, folder string) {
			os.Remove(filepath.Join(folder, "summary.json"))
			os.Symlink("/etc/hostname", filepath.Join(folder, "summary.json"))
			_, err := os.Lstat(filepath.Join(folder, "summary.json"))
			// Which may not allow it, and Wine forgets it
			if err != nil && runtime.GOOS == "windows" {
				t.Skip("this machine has no links")
			}
		}, "verify 5f2c: summary.json: not a plain file"},
		{"another figure in the manifest", replace(`"delivered": 2`, `"delivered": 3`),
			"5f2c/manifest.json: changed since the run"},
		{"another chain", replace(`"previous": "0`, `"previous": "1`),
			"5f2c/manifest.json: changed since the run"},
		{"a word added to the manifest", replace(`"who"`, `"note": "x", "who"`),
			"5f2c/manifest.json: damaged: "},
		{"a manifest cut", replace("\n}", ""), "5f2c/manifest.json: damaged: "},
		{"something behind the manifest", replace("\n}\n", "\n}\n{}"),
			"5f2c/manifest.json: damaged: something follows"},
		{"a later form", replace(`"version": 1`, `"version": 2, "more": 1`),
			"5f2c/manifest.json: written by a later able-import"},
		{"no manifest", func(t *testing.T, folder string) {
			os.Remove(filepath.Join(folder, ManifestName))
		},
			"5f2c/manifest.json: missing; the run has not ended"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := sealed(t)
			test.change(t, folder)
			_, err := Verify(folder)
			test.want = strings.Replace(test.want, "5f2c/", "5f2c"+string(filepath.Separator), 1)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("Verify: %v\nwant    %s", err, test.want)
			}
		})
	}
}

func TestLayoutOfTheManifestDoesNotMatter(t *testing.T) {
	folder := sealed(t)
	content, err := os.ReadFile(filepath.Join(folder, ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	write(t, folder, ManifestName, strings.ReplaceAll(string(content), "\n", "\r\n"))
	if _, err := Verify(folder); err != nil {
		t.Errorf("Verify: %v", err)
	}
}
