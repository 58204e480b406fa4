package correction

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"ableimport/importer/history"
	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
)

// Files says that the files of a job are failures files of earlier runs, fixed and fed back.
type Files struct {
	Mapping    string // path of the mapping that the runs kept
	text       []byte // of it
	MappingDir string // where it was; its second files are found there
	Folders    map[string]string
}

// Find looks for the marker of a failures file in each of the files, whatever they are called and
// whichever program has saved them last. It is nil when none has one. Its error is a
// [history.RefusedError] when only some have one, or when the run that wrote one cannot be found.
func Find(t *history.Target, paths []string) (_ *Files, err error) {
	f := &Files{Folders: map[string]string{}}
	for _, path := range paths {
		marker, found := markerOf(path)
		if !found {
			continue
		}
		if marker.Partial {
			return nil, &history.RefusedError{Reason: filepath.Base(path) +
				": this failures file is incomplete, because the disk was full when it was " +
				"written; run the original file again to get a complete one. Nothing was sent."}
		}
		if f.Folders[path], err = runOf(t, path, marker); err != nil {
			return nil, err
		}

		if err := f.useMapping(f.Folders[path]); err != nil {
			return nil, err
		}
	}

	if len(f.Folders) == 0 {
		return nil, nil
	}
	if len(f.Folders) < len(paths) {
		return nil, &history.RefusedError{Reason: "some of the files are failures files and " +
			"others are not; run them separately. Nothing was sent."}
	}

	return f, nil
}

// Check refuses a mapping that is not the run's.
func (f *Files) Check(config *mapping.Config) error {
	if !bytes.Equal(config.Text(), f.text) {
		return &history.RefusedError{Reason: "this is not the mapping of the run that wrote the " +
			"failures file; leave out -m and --preset to use that run's own mapping. With a " +
			"corrected mapping, run the original file again. Nothing was sent."}
	}
	return nil
}

// Options read a failures file whichever program has saved it last: only its header row is certain.
func Options(tempDir string) table.Options {
	return table.Options{Needs: report.MarkerHeadings, TempDir: tempDir}
}

// markerOf looks at the heading and the first row. A file that cannot be read is reported later,
// when it is opened for the import.
func markerOf(path string) (marker report.Marker, found bool) {
	if path == "-" {
		return marker, false
	}

	options := Options("")
	options.Glance = true

	t, err := table.Open(path, options)
	if err != nil {
		return marker, false
	}
	defer t.Close()
	if !report.MayHaveMarker(t.Header()) {
		return marker, false
	}

	for row := range t.Rows() {
		marker, _, found = report.FindMarker(t.Header(), row.Texts())
		break
	}

	return marker, found
}

// runOf finds the folder of the run that wrote a failures file: among the runs, or where the file
// is.
func runOf(t *history.Target, path string, marker report.Marker) (string, error) {
	if filepath.IsLocal(marker.RunID) && filepath.Base(marker.RunID) == marker.RunID {
		for _, folder := range []string{filepath.Join(t.RunsDir(), marker.RunID),
			filepath.Dir(path)} {
			if manifest, err := report.ReadManifest(folder); err == nil &&
				manifest.RunID == marker.RunID {
				return folder, nil
			}
		}
	}

	return "", &history.RefusedError{Reason: fmt.Sprintf("%s: this is a failures file of run %s, "+
		"whose folder is not in %s; use --report-dir or --state-dir as that run did. Nothing was "+
		"sent.",
		filepath.Base(path), report.Visible(marker.RunID), t.RunsDir())}
}

func (f *Files) useMapping(folder string) error {
	if err := asSealed(folder, MappingName); err != nil {
		return err
	}

	path := filepath.Join(folder, MappingName)
	text, err := own.Read(path)
	if err != nil {
		return err
	}
	if f.text != nil && !bytes.Equal(text, f.text) {
		return &history.RefusedError{Reason: "the failures files come from runs with different " +
			"mappings; run them separately. Nothing was sent."}
	}

	f.Mapping, f.text = path, text
	paths, _ := filepath.Glob(filepath.Join(folder, originalsDir, "*.jsonl"))
	if len(paths) == 0 {
		return nil
	}
	originals, err := openOriginals(paths[0])
	if err != nil {
		return err
	}

	f.MappingDir = originals.Origin.MappingDir
	return originals.file.Close()
}

// asSealed checks that a file in a run's folder is as the run left it.
func asSealed(folder, name string) error {
	manifest, err := report.ReadManifest(folder)
	if err != nil {
		return err
	}

	hash, err := report.HashFile(filepath.Join(folder, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return &history.RefusedError{Reason: fmt.Sprintf(
			"%s: the run kept no %s. Nothing was sent.", filepath.Base(folder), name)}
	} else if err != nil {
		return err
	}

	sealed, err := manifest.Sealed(folder)
	if err != nil {
		return err
	}

	for _, file := range sealed {
		if file.Name == name && file.SHA256 == hash {
			return nil
		}
	}

	return &history.RefusedError{Reason: fmt.Sprintf("%s: %s has changed since the run, so "+
		"nobody can tell what was fixed. Nothing was sent.",
		filepath.Base(folder), report.Visible(name))}
}
