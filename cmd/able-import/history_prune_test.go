package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Each target keeps the folder that tells how far its ledger has come, however old it is.
func TestPruneKeepsTheNewestRunOfEachTarget(t *testing.T) {
	state := t.TempDir()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for folder, target := range map[string]string{"2024-01-01T000000.000Z-0001": "",
		"2024-01-02T000000.000Z-0002": "a", "2024-01-03T000000.000Z-0003": "",
		"2024-01-04T000000.000Z-0004": "b"} {
		must(os.MkdirAll(filepath.Join(state, "runs", folder), 0o700))
		if target != "" {
			must(os.WriteFile(filepath.Join(state, "runs", ".newest-"+target),
				[]byte(folder+"\n"), 0o600))
		}
	}
	must(os.Mkdir(filepath.Join(state, "runs", "2024-02-01T000000.000Z-0005"), 0o700))

	var out bytes.Buffer
	p := &program{streams: streams{out: &out}, getenv: func(string) string { return "" }}
	f := &keepFlags{config: "able-import.yaml", olderThan: "100d", yes: true}
	f.stateDir = state
	must(p.prune(f, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))

	kept, err := filepath.Glob(filepath.Join(state, "runs", "2024-*"))
	must(err)
	if len(kept) != 3 || filepath.Base(kept[0]) != "2024-01-02T000000.000Z-0002" ||
		filepath.Base(kept[1]) != "2024-01-04T000000.000Z-0004" {
		t.Errorf("kept %q", kept)
	}
}
