package ledger

import "path/filepath"

// refuseNetwork refuses a folder on a network file system: SQLite's write-ahead log needs memory
// that all its users share, and locks there may be kept by one machine and unknown to another. Both
// fail silently, and would send an event twice.
func refuseNetwork(dir string) error {
	system := networkFileSystem(dir)
	if system == "" {
		return nil
	}
	return &RefusedError{Path: filepath.Dir(dir), Reason: Remote,
		Message: "the state folder is on a network file system (" + system +
			"), where locks and syncs are not reliable; set ABLE_IMPORT_STATE_DIR or " +
			"--state-dir to a folder on a disk of this machine"}
}
