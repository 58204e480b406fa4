package table

import (
	"errors"
	"io/fs"
	"runtime"
	"syscall"
)

// Cause is what is wrong with a file, without the operation and the path, which messages name already.
// What Windows says in words and a language of its own reads as it does elsewhere.
func Cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	const sharing, lock = syscall.Errno(32), syscall.Errno(33) // ERROR_SHARING_ and ERROR_LOCK_VIOLATION
	switch {
	case runtime.GOOS != "windows":
		return err
	case errors.Is(err, fs.ErrNotExist):
		return missing{}
	case errors.Is(err, sharing), errors.Is(err, lock):
		return errors.New("another program, such as Excel, has it open and lets nobody else read it; " +
			"close it there and run the same command again")
	}
	return err
}

// missing is [fs.ErrNotExist] in the words of other systems.
type missing struct{}

func (missing) Error() string { return "no such file or directory" }

func (missing) Is(target error) bool { return target == fs.ErrNotExist }
