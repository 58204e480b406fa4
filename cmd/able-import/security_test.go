package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Each promise of SECURITY.md names what shows it: tests, sessions and targets that there are.
func TestPromisesNameTheirTests(t *testing.T) {
	const root = "../.."
	promised, err := os.ReadFile(filepath.Join(root, ".github", "SECURITY.md"))
	if err != nil {
		t.Fatal(err)
	}
	targets, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}

	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	err = filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, test := range declared.FindAllSubmatch(source, -1) {
			tests[string(test[1])] = true
		}
		tests[filepath.Base(path)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	_, table, _ := strings.Cut(string(promised), "| what is promised | how | test |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	quoted := regexp.MustCompile("`([^`]+)`")
	rows := 0
	for _, row := range strings.Split(table, "\n")[1:] {
		cells := strings.Split(row, "|")
		if len(cells) != 5 {
			t.Fatalf("not a row of three cells: %s", row)
		}
		shown := quoted.FindAllStringSubmatch(cells[3], -1)
		if len(shown) == 0 {
			t.Errorf("nothing shows that %s", cells[1])
		}
		for _, name := range shown {
			target, isTarget := strings.CutPrefix(name[1], "make ")
			_, noScript := os.Stat(filepath.Join("testdata", "script", name[1]+".txtar"))
			switch {
			case isTarget:
				if !strings.Contains(string(targets), "\n"+target+": ") {
					t.Errorf("there is no target %q", name[1])
				}
			case !tests[name[1]] && noScript != nil:
				t.Errorf("there is no test or session %q, which is to show that%s", name[1],
					cells[1])
			}
		}
		rows++
	}
	if rows < 15 {
		t.Errorf("there are %d promises", rows)
	}
}
