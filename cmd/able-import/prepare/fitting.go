package prepare

import (
	"path/filepath"
	"slices"

	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/samples"
)

// fewColumns have names that any export may have: a preset that knows no more of a file does not
// fit it.
const fewColumns = 5

// Fitting returns the verified presets that bind to every file and know the most of its columns:
// more than one when they know equally many. getenv gives the ABLE_ variables of their mappings.
func Fitting(paths []string, getenv func(string) string) []samples.Sample {
	var best []samples.Sample
	most := 0
	for _, preset := range samples.All() {
		if preset.Unverified {
			continue
		}
		switch known := knownColumns(preset.Name, paths, getenv); {
		case known <= fewColumns*len(paths) || known < most:
		case known == most:
			best = append(best, preset)
		default:
			best, most = []samples.Sample{preset}, known
		}
	}

	return best
}

// knownColumns counts the columns of the files that a preset reads; 0 when it does not fit one of
// them.
func knownColumns(preset string, paths []string, getenv func(string) string) int {
	source, err := samples.Mapping(preset)
	if err != nil {
		return 0
	}
	config, err := mapping.Parse(preset+".yaml", source, getenv)
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

// columnsKnown reads the header as the mapping wants it read. A file that cannot be read so does
// not fit; why it cannot is told when it is opened with the mapping that is chosen in the end.
func columnsKnown(config *mapping.Config, path string) int {
	source := config.Source
	t, err := table.Open(path, table.Options{
		Sheet: source.Sheet, Table: source.Table,
		Header: source.Header, HeaderNames: source.HeaderNames,
		Needs: config.Columns(), Encoding: source.Encoding, Delimiter: source.Delimiter,
		Quote: source.Quote, Escape: source.Escape, Comment: source.Comment,
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
		if slices.ContainsFunc(names,
			func(name string) bool { return slices.Contains(header, name) }) {
			known++
		}
	}

	return known
}
