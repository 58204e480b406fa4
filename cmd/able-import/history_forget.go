package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/report"
)

func (p *program) forgetCommand() *cobra.Command {
	var f keepFlags
	c := &cobra.Command{
		Use:   "forget",
		Short: "Remove a person's rows from what runs and jobs have kept",
		Long: `Asks for an e-mail address, or reads it from standard input, because everybody on the
machine can see the arguments of a process. Shows where the person's rows are, and removes
them with --yes. From the failures files of runs it removes single rows, with a note that
keeps the run verifiable. It removes archived, refused and failed files of jobs as a whole,
because they are copies of exports that you have elsewhere. The ledger stays as it is: it has
hashes and no personal data, and still knows what was delivered. The person's data in Able
is not removed.`,
		Example: "  able-import history forget <address.txt\n  able-import history forget --yes",
		Args: usageArgs(func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errors.New("everybody on this machine can see the arguments of a process: " +
					"leave the address out, and you are asked for it")
			}
			return nil
		}),
		RunE: func(*cobra.Command, []string) error { return p.forget(&f) },
	}
	f.add(c)

	return c
}

func (p *program) forget(f *keepFlags) error {
	target, folders, err := p.keptFolders(f)
	if err != nil {
		return err
	}

	if p.interactive() {
		fmt.Fprint(p.err, "E-mail address of the person: ")
	}

	line, _ := bufio.NewReader(p.in).ReadString('\n')
	person, err := correction.NewPerson(line)
	if err != nil {
		return usageError{err}
	}
	all, err := keptThings(target.RunsDir(), folders)
	if err != nil {
		return err
	}

	found := 0
	for _, thing := range all {
		var here bool
		if thing.kind == "run" {
			here, err = p.forgetRun(person, thing.path, f.yes)
		} else {
			here, err = p.forgetFile(person, thing, f.yes)
		}

		if err != nil {
			return err
		}

		if here {
			found++
		}
	}

	switch {
	case found == 0:
		fmt.Fprintln(p.out, "Nothing that is kept here mentions this person.")
	case !f.yes:
		fmt.Fprintln(p.out, "Nothing was removed; --yes removes them.")
	default:
		fmt.Fprintln(p.out, "Removed, except for what the lines above list as kept.")
	}

	return nil
}

// forgetRun takes the person's rows out of a run's folder. A run that has no manifest is going on,
// or died.
func (p *program) forgetRun(person correction.Person, folder string, yes bool) (bool, error) {
	_, sealed := report.ReadManifest(folder)
	rows, left, err := person.Forget(folder, yes && sealed == nil, history.Who(), time.Now())
	if err != nil {
		return false, err
	}

	if rows > 0 {
		fmt.Fprintf(p.out, "run %s: %s\n", filepath.Base(folder), report.Plural(int64(rows), "row"))
		if yes && sealed != nil {
			fmt.Fprintln(p.out, "  kept: the run has not ended, or its manifest is damaged; "+
				"if it is not running, remove the whole folder")
		}
	}

	for _, path := range left {
		fmt.Fprintf(p.out, "run %s: %s names the person, as proof of what was sent; only the "+
			"whole folder can be removed\n",
			filepath.Base(folder), filepath.Base(path))
	}

	return rows > 0 || len(left) > 0, nil
}

// forgetFile removes a file that has the person in it.
func (p *program) forgetFile(person correction.Person, thing keptThing, yes bool) (bool, error) {
	here, err := person.InFile(thing.path)
	if err != nil || !here {
		return false, err
	}
	fmt.Fprintf(p.out, "%s: %s, the whole file, %s\n", thing.kind, report.Visible(thing.path),
		report.Size(thing.size))
	if yes {
		err = os.Remove(thing.path)
	}
	return true, err
}
