//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// Everything that is kept is for its owner alone, whatever the umask allows and however open the
// folders are that were there before.
func TestWhatIsKeptIsPrivate(t *testing.T) {
	faults, err := sandbox.ParseFaults("500=30%,429=20%,retry-after=1s,seed=2")
	if err != nil {
		t.Fatal(err)
	}
	for _, umask := range []string{"000", "077"} {
		t.Run(umask, func(t *testing.T) {
			server, err := sandbox.Start(faults)
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			dir := t.TempDir()
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			there := map[string]bool{}
			for _, wide := range []string{"state", "in", "in/archive", "in/failed", "in/refused",
				"tmp"} {
				path := filepath.Join(dir, wide)
				must(os.Mkdir(path, 0o777))
				must(os.Chmod(path, 0o777))
				there[path] = true
			}
			rows := "Number,Total,Email\n1,1.00,anna@example.com\n2,x,ben@example.com\n" +
				"3,3.00,cy@example.com\n4,4.00,di@example.com\n5,5.00,eli@example.com\n"
			for name, text := range map[string]string{
				"mapping.yaml": privateMapping, "a.csv": rows, "in/b.csv": rows,
				"in/bad.csv": "Other\n1\n",
				"jobs.yaml":  "version: 1\njobs:\n  - {name: shop, inbox: in, settle: 0s, mapping: mapping.yaml}\n",
			} {
				must(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
			}

			for _, command := range []string{
				"able-import preview -m mapping.yaml --events events.jsonl a.csv",
				"able-import run -m mapping.yaml a.csv",
				"able-import run --all-jobs --config jobs.yaml",
				"able-import adopt -m mapping.yaml a.csv",
				"able-import resolve $(ls state/runs | head -1) --not-delivered",
				"able-import run -m mapping.yaml --on-unknown resend a.csv",
				"able-import run state/runs/$(ls state/runs | head -1)/*.failures.csv",
			} {
				c := exec.Command("sh", "-c", "umask "+umask+"; "+command)
				c.Dir = dir
				c.Env = append(os.Environ(), "ABLE_ENDPOINT="+server.URL(),
					"ABLE_FUNNEL_MARK="+secrets.Mark, "TMPDIR="+filepath.Join(dir, "tmp"),
					"ABLE_IMPORT_STATE_DIR="+filepath.Join(dir, "state"))
				said, _ := c.CombinedOutput() // how it ends is not tested here
				t.Logf("%s: exit %d: %.200s", command, c.ProcessState.ExitCode(), said)
			}

			kept := 0
			must(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
				if err != nil || path == dir || there[path] {
					return err
				}
				info, err := entry.Info()
				if err != nil {
					return err
				}
				name := strings.TrimPrefix(path, dir+"/")
				if !strings.Contains(name, "/") && name != "events.jsonl" ||
					filepath.Dir(name) == "in" {
					return nil // not of our making
				}
				want := fs.FileMode(0o600)
				if entry.IsDir() {
					want = 0o700
				}
				if kept++; info.Mode().Perm() != want {
					t.Errorf("%s: %v, want %v", name, info.Mode(), want)
				}
				return nil
			}))
			if kept < 25 {
				t.Errorf("only %d files and folders were kept", kept)
			}
		})
	}
}

const privateMapping = "version: 1\nname: private\nevent: Purchase\n" +
	"formats: {number: \"1.00\"}\nfields:\n  order_id: Number\n  deal_value: Total\n" +
	"  deal_currency: {const: EUR}\n  keys: {email: Email}\n"
