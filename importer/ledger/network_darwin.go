package ledger

import "syscall"

// networkFileSystem names the network file system of dir; "" if none is known.
func networkFileSystem(dir string) string {
	const mountedLocally = 0x1000 // MNT_LOCAL
	var system syscall.Statfs_t
	if syscall.Statfs(dir, &system) != nil || system.Flags&mountedLocally != 0 {
		return ""
	}

	var name []byte
	for _, c := range system.Fstypename {
		if c == 0 {
			break
		}
		name = append(name, byte(c))
	}
	return string(name)
}
