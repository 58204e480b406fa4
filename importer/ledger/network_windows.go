package ledger

import (
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

var getDriveType = syscall.NewLazyDLL("kernel32.dll").NewProc("GetDriveTypeW")

// networkFileSystem names the network file system of dir; "" if none is known.
func networkFileSystem(dir string) string {
	const remoteDrive = 4 // DRIVE_REMOTE
	volume := filepath.FromSlash(filepath.VolumeName(dir))
	if isShare(volume) {
		return "a share"
	}

	root, err := syscall.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return ""
	}
	if kind, _, _ := getDriveType.Call(uintptr(unsafe.Pointer(root))); kind == remoteDrive {
		return "a network drive"
	}
	return ""
}

// isShare tells \\server\share from C:, and \\?\UNC, which is a share, from \\?\C:, which is not.
func isShare(volume string) bool {
	for _, device := range []string{`\\?\`, `\\.\`} {
		if long, ok := strings.CutPrefix(volume, device); ok {
			first, _, _ := strings.Cut(long, `\`)
			return strings.EqualFold(first, "UNC")
		}
	}
	return strings.HasPrefix(volume, `\\`)
}
