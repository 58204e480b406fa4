package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/samples"
)

// suggest names the preset that fits the files, for a command that was given no mapping. A preview goes on with it, since
// nothing is sent; what sends asks first, and without anybody to ask it ends.
func (p *program) suggest(f *jobFlags, files []string) error {
	fitting, err := p.fitting(files)
	if err != nil {
		return err
	}
	shown := report.Visible(strings.Join(files, ", "))
	switch {
	case len(fitting) == 0:
		return usagef("no mapping: say -m mapping.yaml, or --preset NAME (able-import presets lists them). "+
			"No ready mapping fits %s; able-import init FILE -o mapping.yaml drafts one", shown)
	case len(fitting) > 1:
		return usagef("no mapping, and several presets fit %s: say which\n%s", shown, listed(fitting))
	}
	found := fitting[0]
	switch {
	case !f.sends:
		fmt.Fprintf(p.err, "%s looks like: %s\nPreviewed with --preset %s\n\n", shown, found.Title, found.Name)
	case !p.interactive():
		return usagef("no mapping: the preset %s fits %s. If that is what it is, say --preset %s. Nothing was sent", found.Name, shown, found.Name)
	default:
		fmt.Fprintf(p.err, "%s looks like: %s\n", shown, found.Title)
		if !p.agrees("Go on with the preset " + found.Name + "? [y/N] ") {
			return usagef("Nothing was sent.")
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

// agrees asks on the terminal. It reads no further than the end of the line: more questions may follow.
func (p *program) agrees(question string) bool {
	fmt.Fprint(p.err, question)
	var answer []byte
	for one := make([]byte, 1); ; {
		if _, err := io.ReadFull(p.in, one); err != nil || one[0] == '\n' {
			break
		}
		answer = append(answer, one[0])
	}
	word := strings.ToLower(strings.TrimSpace(string(answer)))
	return word == "y" || word == "yes"
}

// fewColumns have names that any export may have: a preset that knows no more of a file does not fit it.
const fewColumns = 5

// fitting are the verified presets that bind to every file and know the most of its columns: more than one when they
// know equally many. Standard input is not looked at: it can be read once only.
func (p *program) fitting(files []string) ([]samples.Sample, error) {
	paths, err := existing(files)
	if err != nil || slices.Contains(paths, "-") {
		return nil, err
	}
	var best []samples.Sample
	most := 0
	for _, preset := range samples.All() {
		if preset.Unverified {
			continue
		}
		switch known := p.knownColumns(preset.Name, paths); {
		case known <= fewColumns*len(paths) || known < most:
		case known == most:
			best = append(best, preset)
		default:
			best, most = []samples.Sample{preset}, known
		}
	}
	return best, nil
}

// existing resolves patterns, and misses files before presets are held against them.
func existing(files []string) ([]string, error) {
	var paths []string
	for _, file := range files {
		matches, _ := filepath.Glob(file)
		if _, err := os.Stat(file); err == nil || file == "-" {
			matches = []string{file}
		} else if len(matches) == 0 {
			return nil, fmt.Errorf("%s: %w", file, pathCause(err))
		}
		paths = append(paths, matches...)
	}
	return paths, nil
}

// knownColumns counts the columns of the files that a preset reads; 0 when it does not fit one of them.
func (p *program) knownColumns(preset string, paths []string) int {
	source, err := samples.Mapping(preset)
	if err != nil {
		return 0
	}
	config, err := mapping.Parse(preset+".yaml", source, p.getenv)
	if err != nil {
		return 0
	}
	known := 0
	for _, path := range paths {
		columns := columnsKnown(config, path)
		if columns == 0 {
			return 0
		}
		known += columns
	}
	return known
}

// columnsKnown reads the header as the mapping wants it read. A file that cannot be read so does not fit; why it cannot is
// told when it is opened with the mapping that is chosen in the end.
func columnsKnown(config *mapping.Config, path string) int {
	source := config.Source
	t, err := table.Open(path, table.Options{
		Sheet: source.Sheet, Header: source.Header, HeaderNames: source.HeaderNames, Needs: config.Columns(),
		Encoding: source.Encoding, Delimiter: source.Delimiter, Quote: source.Quote, Escape: source.Escape, Comment: source.Comment,
		ShortRows: source.ShortRows,
	})
	if err != nil {
		return 0
	}
	defer t.Close()
	header := t.Header()
	if _, err := config.Bind(filepath.Base(path), header); err != nil {
		return 0
	}
	known := 0
	for _, names := range config.Columns() {
		if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(header, name) }) {
			known++
		}
	}
	return known
}
