package table

import (
	"errors"
	"path/filepath"
)

// Open finds out what the file is and how it is to be read. Its error is one sentence that begins with the file's base
// name; where a reading would be a guess it is an [*AmbiguousError].
func Open(path string, options Options) (*Table, error) {
	if filepath.Ext(path) == ".xlsx" {
		source, err := openXLSX(path, options)
		if err != nil {
			return nil, err
		}
		return &Table{source}, nil
	}
	return nil, errors.New(filepath.Base(path) + ": not yet")
}
