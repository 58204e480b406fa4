package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNamesOfDevices: what is written to aux.yaml on Windows is gone, and nobody is told.
func TestNamesOfDevices(t *testing.T) {
	dir := t.TempDir()
	for name, device := range map[string]bool{
		"aux.yaml": true, "NUL": true, "con": true, "Com1.txt": true, "mapping.yaml": false,
		"auxiliary.yaml": false,
	} {
		err := writeNew(filepath.Join(dir, name), []byte("version: 1\n"))
		if got := err != nil && strings.Contains(err.Error(),
			"Windows reserves this name"); got != device {
			t.Errorf("%s: %v, want it refused: %v", name, err, device)
		}
	}
}

// What is known of a run without an inbox is kept in a file of its mapping's name.
func TestMappingWithTheNameOfADevice(t *testing.T) {
	dir := t.TempDir()
	mapping := filepath.Join(dir, "mapping.yaml")
	text := "version: 1\nname: con\nevent: Purchase\nfields:\n  order_id: Number\n" +
		"  deal_value: Total\n  deal_currency: {const: EUR}\n  keys: {email: Email}\n"
	if err := os.WriteFile(mapping, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	code := run(t.Context(), []string{"run", "-m", mapping, "--metrics-file",
		filepath.Join(dir, "metrics.prom"), "--state-dir", dir, "none.csv"}, streams{
		in: strings.NewReader(""), out: io.Discard, err: &said}, os.Getenv)
	if code != exitUsage || !strings.Contains(said.String(), "for a device") {
		t.Errorf("exit %d: %s", code, said.String())
	}
}
