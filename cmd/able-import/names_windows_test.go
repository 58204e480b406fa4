package main

import (
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
			"Windows keeps this name"); got != device {
			t.Errorf("%s: %v, want it refused: %v", name, err, device)
		}
	}
}
