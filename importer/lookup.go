package importer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"

	"ableimport/importer/table"
	"ableimport/mapping"
)

// A lookup is a second file that the mapping takes values from, read whole: it is small beside the exports.
type lookup struct {
	table *mapping.LookupTable
	name  string
	hash  [32]byte
}

// openLookups reads the mapping's second files, whose paths are relative to the mapping file.
func (im *Import) openLookups() error {
	for _, wanted := range im.job.Mapping.Lookups() {
		path := wanted.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(im.mappingDir(), path)
		}
		l, err := im.openLookup(wanted, path)
		if err != nil {
			return fmt.Errorf("lookup %s: %w", wanted.Name, err)
		}
		im.lookups = append(im.lookups, l)
	}
	return nil
}

// mappingDir is where the mapping was, when it is the copy that a run kept.
func (im *Import) mappingDir() string {
	if im.job.Feedback != nil {
		return im.job.Feedback.MappingDir
	}
	return im.job.MappingDir
}

func (im *Import) openLookup(wanted mapping.Lookup, path string) (lookup, error) {
	in := &input{name: filepath.Base(path), path: path}
	if err := in.hashFile(); err != nil {
		return lookup{}, err
	}
	opened, err := table.Open(path, table.Options{Needs: wanted.Columns, TempDir: im.temp})
	if err != nil {
		return lookup{}, err
	}
	defer opened.Close()
	entries, err := im.job.Mapping.NewLookupTable(wanted.Name, in.name, opened.Header())
	if err != nil {
		return lookup{}, err
	}
	for row, err := range opened.Rows() {
		var bad *table.RowError
		if errors.As(err, &bad) {
			return lookup{}, fmt.Errorf("%s:%w; correct it, since nobody can tell whose it is", in.name, bad)
		}
		if err != nil {
			return lookup{}, err
		}
		entries.Add(mapping.Row(row))
	}
	return lookup{table: entries, name: in.name, hash: in.hash}, nil
}

// planSeed begins the plan's hash: lookup files decide about events as the inputs do.
func (im *Import) planSeed() [32]byte {
	hash := sha256.New()
	for _, l := range im.lookups {
		hash.Write(l.hash[:])
	}
	return [32]byte(hash.Sum(nil))
}
