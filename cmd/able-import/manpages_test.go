package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

var manDir = flag.String("man", "", "write the man pages into this folder")

// The man pages of a release are written here, so that the program need not carry what writes them:
// go test -run ManPages ./cmd/able-import -man dist/man.
func TestManPages(t *testing.T) {
	dir := *manDir
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	root := (&program{getenv: os.Getenv}).root()
	header := &doc.GenManHeader{Section: "1", Source: "able-import", Manual: "able-import",
		Date: releaseDate(t)}
	if err := doc.GenManTree(root, header, dir); err != nil {
		t.Fatal(err)
	}
	for _, c := range append(root.Commands(), root) {
		if !c.IsAvailableCommand() && c != root {
			continue
		}
		checkPage(t, c, filepath.Join(dir, strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"))
	}
}

// checkPage checks that a command's page names all its flags, and nothing of the machine that wrote
// it.
func checkPage(t *testing.T, c *cobra.Command, path string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%s has no man page: %v", c.CommandPath(), err)
	}
	text := strings.ReplaceAll(string(page), `\-`, "-")
	c.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && !strings.Contains(text, "--"+f.Name) {
			t.Errorf("%s: no --%s in the man page", c.CommandPath(), f.Name)
		}
	})
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 && strings.Contains(text, home) {
		t.Errorf("%s: the man page names the folder %s of the machine that wrote it",
			c.CommandPath(), home)
	}
}

// releaseDate is the day that the pages show: the commit's, where the build says it, so that two
// builds are equal.
func releaseDate(t *testing.T) *time.Time {
	t.Helper()
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return new(time.Time)
	}
	seconds, err := time.ParseDuration(epoch + "s")
	if err != nil {
		t.Fatalf("SOURCE_DATE_EPOCH: %v", err)
	}
	day := time.Unix(0, 0).UTC().Add(seconds)
	return &day
}
