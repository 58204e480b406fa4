package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ableimport/importer/history"
	"ableimport/importer/inbox"
	"ableimport/importer/report"
)

// keepFlags are the flags of commands that clean up after runs and jobs.
type keepFlags struct {
	importFlags
	config    string
	olderThan string
	yes       bool
}

// add gives the command the flags that say where kept things are.
func (f *keepFlags) add(c *cobra.Command) {
	f.addTarget(c)
	c.Flags().StringVar(&f.config, "config", "able-import.yaml",
		"the job file, if there is one: its archive, refused and failed folders")
	c.Flags().BoolVar(&f.yes, "yes", false, "remove it; without this flag it is only listed")
}

func (p *program) pruneCommand() *cobra.Command {
	var f keepFlags
	c := &cobra.Command{
		Use:   "prune --older-than 400d",
		Short: "Remove old folders of runs, and old archived, refused and failed files",
		Long: `Shows what is older than that and how large it is, and removes it with --yes. The
ledger, which knows what was delivered, is never touched. The newest run of each target
is kept, because it shows whether a ledger is an older copy. Runs with events that wait
for a decision are kept, too.`,
		Example: "  able-import history prune --older-than 400d --yes",
		Args:    usageArgs(wantNone),
		RunE:    func(*cobra.Command, []string) error { return p.prune(&f, time.Now()) },
	}
	f.add(c)

	c.Flags().StringVar(&f.olderThan, "older-than", "", "days or hours, such as 400d")
	return c
}

// A keptThing is a folder of a run or a file that a job has put away.
type keptThing struct {
	kind string // run, archived, refused or failed
	path string
	at   time.Time
	size int64
}

func (p *program) prune(f *keepFlags, now time.Time) error {
	age, err := parseAge(f.olderThan)
	if err != nil {
		return err
	}
	target, folders, err := p.keptFolders(f)
	if err != nil {
		return err
	}

	all, err := keptThings(target.RunsDir(), folders)
	if err != nil {
		return err
	}

	newest := time.Time{}
	for _, thing := range all {
		if thing.kind == "run" && thing.at.After(newest) {
			newest = thing.at
		}
	}

	tells := history.Newest(target.StateDir)
	undecided := 0
	old := slices.DeleteFunc(all, func(thing keptThing) bool {
		if now.Sub(thing.at) < age || thing.kind == "run" &&
			(thing.at.Equal(newest) || tells[filepath.Base(thing.path)]) {
			return true
		}
		if thing.kind == "run" && waitsForDecision(&target, thing.path) {
			undecided++
			return true
		}
		return false
	})
	p.printKept(old)

	if undecided > 0 {
		fmt.Fprintf(p.out, "%s older than that, but with events that wait for a decision "+
			"(able-import resolve): kept\n", report.Plural(int64(undecided), "run"))
	}

	return p.removeKept(old, f.yes)
}

// parseAge reads 400d, or what Go reads as a duration.
func parseAge(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 100_000 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	if age, err := time.ParseDuration(text); err == nil && age > 0 {
		return age, nil
	}
	return 0, usagef("--older-than %q: give an age, such as 400d", text)
}

// keptFolders are the places where jobs put files, by kind, and the target whose runs are meant. A
// machine without jobs has no job file.
func (p *program) keptFolders(f *keepFlags) (history.Target, map[string][]string, error) {
	folders := map[string][]string{}
	if _, err := os.Stat(f.config); err == nil || f.config != "able-import.yaml" {
		file, err := p.jobFile(f.config, p.anyVariable)
		if err != nil {
			return history.Target{}, nil, err
		}

		for _, job := range file.Jobs {
			folders[archived] = append(folders[archived], job.Archive)
			folders[refused] = append(folders[refused], job.Refused)
			folders["failed"] = append(folders["failed"], job.Failed)
		}

		if f.stateDir == "" && p.getenv("ABLE_IMPORT_STATE_DIR") == "" {
			f.stateDir = file.StateDir
		}

		f.reportDir = cmp.Or(f.reportDir, file.ReportDir)
	}

	target, err := p.target(&f.importFlags)
	return target, folders, err
}

// keptThings lists what bears the time of a run or a stamp in its name. What others have put there
// is not ours to remove.
func keptThings(runsDir string, folders map[string][]string) ([]keptThing, error) {
	var all []keptThing
	runs, err := os.ReadDir(runsDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}

	for _, run := range runs {
		if at, ok := inbox.StampOf(run.Name()); ok && run.IsDir() {
			path := filepath.Join(runsDir, run.Name())
			all = append(all, keptThing{"run", path, at, sizeOf(path)})
		}
	}

	for _, kind := range []string{archived, refused, "failed"} {
		for _, folder := range folders[kind] {
			err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return err
				}
				if at, ok := inbox.StampOf(filepath.Base(path)); ok && err == nil &&
					entry.Type().IsRegular() {
					all = append(all, keptThing{kind, path, at, sizeOf(path)})
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}

	return all, nil
}

// sizeOf is the size of a file, or of all files in a folder.
func sizeOf(path string) (size int64) {
	filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}

// waitsForDecision reports whether a run holds events that nobody has decided about; where that
// cannot be found out, it does.
func waitsForDecision(target *history.Target, folder string) bool {
	held, err := history.ReadHeld(folder)
	if err != nil || len(held) == 0 {
		return err != nil
	}
	if target.Mark == "" {
		return true
	}
	open, err := target.Open(held)
	return err != nil || len(open) > 0
}

func (p *program) printKept(all []keptThing) {
	w := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', tabwriter.AlignRight)
	for _, kind := range []string{"run", archived, refused, "failed"} {
		var size int64
		n := 0
		for _, thing := range all {
			if thing.kind == kind {
				n, size = n+1, size+thing.size
			}
		}
		if n > 0 {
			fmt.Fprintf(w, "%s\t%d\t%s\t\n", kind, n, report.Size(size))
		}
	}

	w.Flush()
}

func (p *program) removeKept(all []keptThing, yes bool) error {
	switch {
	case len(all) == 0:
		fmt.Fprintln(p.out, "Nothing is older than that.")
		return nil
	case !yes:
		fmt.Fprintln(p.out, "Nothing was removed; --yes removes them.")
		return nil
	}

	var errs []error
	for _, thing := range all {
		errs = append(errs, os.RemoveAll(thing.path))
		if thing.kind != "run" {
			os.Remove(filepath.Dir(thing.path)) // a month that is empty now
		}
	}

	if err := errors.Join(errs...); err != nil {
		return err
	}

	fmt.Fprintln(p.out, "All of them were removed.")
	return nil
}
