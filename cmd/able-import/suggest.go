package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/samples"
)

// suggest names the preset that fits the files, for a command that was given no mapping. A preview
// goes on with it, since nothing is sent; a command that sends asks first, and ends if there is
// nobody to ask.
func (p *program) suggest(ctx context.Context, f *importFlags, files []string) error {
	fitting, err := p.fitting(files)
	if err != nil {
		return err
	}

	shown := report.Visible(strings.Join(files, ", "))
	switch known := p.recallFiles(f, files); {
	case known == nil || presetOf(known) != "":
	case known.Path == "":
		return usagef("no mapping: %s has %s, but %s no longer exists; able-import init "+
			"FILE -o mapping.yaml drafts one with its name", shown,
			sameColumns(known), report.Visible(known.Mapping))
	default:
		return usagef("no mapping: %s has %s. To use its mapping again, give %s", shown,
			sameColumns(known), asFlag(known))
	}

	switch {
	case len(fitting) == 0:
		for _, file := range files {
			if why := prepare.Declined(file, file, table.Options{}); why != "" {
				return usagef("%s", why)
			}
		}
		return usagef("no mapping: use -m mapping.yaml or --preset NAME (able-import presets "+
			"lists them). No ready mapping fits %s; able-import init FILE -o mapping.yaml "+
			"drafts one", shown)
	case len(fitting) > 1:
		return usagef("no mapping, and several presets fit %s: say which\n%s", shown,
			listed(fitting))
	}

	found := fitting[0]
	switch {
	case !f.sends && f.quiet:
	case !f.sends:
		fmt.Fprintf(p.err, "%s looks like: %s\nPreviewed with --preset %s\n\n", shown,
			found.Title, found.Name)
	case !p.interactive():
		return usagef("no mapping: the preset %s fits %s. If that is right, give --preset %s. "+
			"Nothing was sent", found.Name, shown, found.Name)
	default:
		fmt.Fprintf(p.err, "%s looks like: %s\n", shown, found.Title)
		if !p.agrees(ctx, "Go on with the preset "+found.Name+"? [y/N] ") {
			return declined(ctx)
		}
	}

	f.preset = found.Name
	return nil
}

func listed(presets []samples.Sample) string {
	lines := make([]string, len(presets))
	for i, preset := range presets {
		lines[i] = "  --preset " + preset.Name + "   " + preset.Title
	}
	return strings.Join(lines, "\n")
}

// agrees asks on the terminal. An interrupt is a no.
func (p *program) agrees(ctx context.Context, question string) bool {
	answer := strings.ToLower(p.answer(ctx, question))
	return answer == "y" || answer == "yes"
}

// answer asks on the terminal for a line. An interrupt gives none.
func (p *program) answer(ctx context.Context, question string) string {
	fmt.Fprint(p.err, question)
	answers := make(chan string, 1)
	// reading cannot be interrupted: it ends with the program
	go func() { answers <- p.readLine() }()
	select {
	case answer := <-answers:
		return answer
	case <-ctx.Done():
		return ""
	}
}

// readLine reads no further than the end of the line: more questions may follow.
func (p *program) readLine() string {
	var line []byte
	for one := make([]byte, 1); ; {
		if _, err := io.ReadFull(p.in, one); err != nil || one[0] == '\n' {
			return strings.TrimSpace(string(line))
		}
		line = append(line, one[0])
	}
}

// declined is how a command ends if its question was answered with no, or with an interrupt.
func declined(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w\n%s", cause, nothingSent)
	}
	return usagef(nothingSent)
}

// fitting are the presets that fit the files. Standard input is not looked at: it can be read only
// once.
func (p *program) fitting(files []string) ([]samples.Sample, error) {
	paths, err := existing(files)
	if err != nil || slices.Contains(paths, "-") {
		return nil, err
	}
	return prepare.Fitting(paths, p.getenv), nil
}

// existing resolves patterns, and reports missing files before presets are compared with them.
func existing(files []string) ([]string, error) {
	var paths []string
	var missing []error
	for _, file := range files {
		matches, _ := filepath.Glob(file)
		if _, err := os.Stat(file); err == nil || file == "-" {
			matches = []string{file}
		} else if len(matches) == 0 && strings.ContainsAny(file, "*?[") {
			missing = append(missing, fmt.Errorf("%s: no file matches", file))
		} else if len(matches) == 0 {
			missing = append(missing, fmt.Errorf("%s: %w", file, table.Cause(err)))
		}
		paths = append(paths, matches...)
	}

	return paths, errors.Join(missing...)
}

// recall finds the mapping that a file with the same headings was imported with on this machine;
// nil where none is known. What cannot be looked up is not known.
func (p *program) recall(f *importFlags, header []string) *history.Remembered {
	stateDir, err := p.stateDir(f)
	if err != nil {
		return nil
	}
	known, err := history.Recall(stateDir, header)
	if err != nil {
		return nil
	}
	return known
}

// recallFiles finds the mapping for several files, which have to agree about it.
func (p *program) recallFiles(f *importFlags, files []string) *history.Remembered {
	paths, err := existing(files)
	if err != nil || slices.Contains(paths, "-") {
		return nil
	}

	var found *history.Remembered
	for _, path := range paths {
		t, err := table.Open(path, table.Options{})
		if err != nil {
			return nil
		}
		header := t.Header()
		t.Close()
		known := p.recall(f, header)
		if known == nil || found != nil && found.Path != known.Path {
			return nil
		}
		found = known
	}

	return found
}

// sameColumns words what is known: "the same columns as your import of 30 Nov 2026
// (orders_nov.csv)".
func sameColumns(known *history.Remembered) string {
	return "the same columns as your import of " + known.When.Local().Format("2 Jan 2006") + " (" +
		report.Visible(known.File) + ")"
}

// asFlag is the mapping as the flag that names it.
func asFlag(known *history.Remembered) string {
	if preset := presetOf(known); preset != "" {
		return "--preset " + preset
	}
	path := known.Path
	if here, err := filepath.Abs("."); err == nil {
		if near, err := filepath.Rel(here, path); err == nil && !strings.HasPrefix(near, "..") {
			path = near
		}
	}
	return "-m " + prepare.ShellWord(path)
}

// presetOf is the preset that the mapping was, if it was one; "" otherwise.
func presetOf(known *history.Remembered) string {
	if slices.ContainsFunc(samples.All(),
		func(s samples.Sample) bool { return s.Name == known.Preset }) {
		return known.Preset
	}
	return ""
}
