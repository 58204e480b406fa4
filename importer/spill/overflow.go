package spill

import (
	"errors"
	"fmt"
	"os"
)

// An overflow keeps any number of bytes, in bounded memory: the last ones in memory, and earlier
// ones in a private file.
type overflow struct {
	dir    string   // of the file
	name   string   // the file's pattern, as os.CreateTemp takes it
	file   *os.File // nil: all are in memory
	filed  int64    // bytes in file; later ones are in memory
	memory []byte
}

// spill moves what is in memory to the file.
func (o *overflow) spill() error {
	if o.file == nil {
		file, err := os.CreateTemp(o.dir, o.name)
		if err != nil {
			return fmt.Errorf("spill records: %w", err)
		}
		o.file = file
	}
	if _, err := o.file.Write(o.memory); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}

	o.filed, o.memory = o.filed+int64(len(o.memory)), o.memory[:0]
	return nil
}

// close closes and removes the file.
func (o *overflow) close() error {
	if o.file == nil {
		return nil
	}
	return errors.Join(o.file.Close(), os.Remove(o.file.Name()))
}
