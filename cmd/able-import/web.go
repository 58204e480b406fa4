package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/web"
	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/importer/own"
	"ableimport/importer/spill"
	"ableimport/importer/table"
)

func (p *program) webCommand() *cobra.Command {
	var f importFlags
	var noBrowser bool
	c := &cobra.Command{
		Use:   "web",
		Short: "Do all of this on a page in your browser; only this machine can reach it",
		Long: `Opens a page in your browser: drop an export, match its columns, look at every event, send.
The page is served on this machine only. Ctrl-C ends the program; events under way are
finished and noted, and the same import goes on the next time.`,
		Example: `  able-import web
  able-import web --no-browser`,
		Args: wantNone,
		RunE: func(c *cobra.Command, _ []string) error { return p.web(c.Context(), &f, noBrowser) },
	}
	f.addTarget(c)
	f.addApprovals(c)

	c.Flags().BoolVar(&noBrowser, "no-browser", false, "print the link instead of opening it")
	return c
}

func (p *program) web(ctx context.Context, f *importFlags, noBrowser bool) error {
	target, err := p.target(f)
	if err != nil {
		return err
	}

	sound := importer.Job{Target: target}
	sound.Target.Mark = "-" // the page asks for it
	if err := ready(&sound); err != nil {
		return usageError{err}
	}
	if err := tryFolder("--state-dir", target.StateDir); err != nil {
		return err
	}
	if err := tryFolder("--report-dir", target.ReportDir); err != nil {
		return err
	}

	if target.Mark == "" {
		target.Mark = keptMark(&target)
	}

	options := web.Options{Target: target, Version: version, Getenv: p.getenv, Out: p.out,
		Browse: browse, Approvals: f.approvals}
	options.Flags = func(endpoint string) []string { return p.flagsFor(f, endpoint) }

	if noBrowser {
		options.Browse = nil
	}
	return web.Run(ctx, options)
}

// tryFolder refuses a folder in which nothing can be written, before somebody has uploaded a file
// and answered questions. The folder is the value of a flag; "" means that the flag was not given.
func tryFolder(flag, path string) error {
	if path == "" {
		return nil
	}
	err := spill.MakePrivate(path)
	if err == nil {
		var file *os.File
		if file, err = os.CreateTemp(path, "able-import-try-*"); err == nil {
			err = errors.Join(file.Close(), os.Remove(file.Name()))
		}
	}
	if err != nil {
		return usagef("%s: nothing can be written there: %w; %s names another folder", path,
			table.Cause(err), flag)
	}
	return nil
}

// flagsFor are the flags by which a command in any shell means a receiver of the page, and what
// this machine knows of it.
func (p *program) flagsFor(f *importFlags, endpoint string) []string {
	same := importFlags{stateDir: cmp.Or(f.stateDir, p.getenv("ABLE_IMPORT_STATE_DIR")),
		reportDir: f.reportDir, markFile: f.markFile}
	for _, path := range []*string{&same.stateDir, &same.reportDir, &same.markFile} {
		if whole, err := filepath.Abs(*path); err == nil && *path != "" {
			*path = whole // the command is typed in another folder
		}
	}

	if endpoint != publishedEndpoint {
		same.endpoint = endpoint
	}
	if flags := same.sameTarget(); flags != "" {
		return []string{flags}
	}

	return nil
}

// keptMark is the mark that was kept on the page's request, for the receiver that is meant without
// being named.
func keptMark(target *history.Target) string {
	content, err := own.Read(filepath.Join(target.StateDir, web.MarkFile))
	if err != nil || target.Endpoint != publishedEndpoint {
		return ""
	}
	return strings.TrimSpace(string(content))
}

// browse opens a file in the browser of the desktop.
func browse(file string) error {
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", file).Start()
	case "darwin":
		return exec.Command("open", file).Start()
	}
	return exec.Command("xdg-open", file).Start()
}

// doubleClicked reports whether a desktop has started the program, and nobody has typed a command.
// The Finder hands a program to a terminal of its own: by its whole path, in the home folder.
func doubleClicked(args []string, getenv func(string) string) bool {
	if len(args) != 1 {
		return false
	}
	if runtime.GOOS == "darwin" {
		folder, err := os.Getwd()
		return err == nil && filepath.IsAbs(args[0]) && folder == getenv("HOME") &&
			isTerminal(os.Stdin)
	}
	return ownConsole()
}
