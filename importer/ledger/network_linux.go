package ledger

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
)

// networkMagics are the numbers by which statfs(2) names file systems that other machines write to
// as well.
var networkMagics = map[uint32]string{
	0x6969: "nfs", 0xff534d42: "cifs", 0xfe534d42: "smb2", 0x517b: "smb", 0x01021997: "9p",
	0x5346414f: "afs", 0x6b414653: "afs", 0x00c36400: "ceph", 0x73757245: "coda",
	0x564c: "ncp", 0x0bd00bd0: "lustre", 0x19830326: "beegfs",
}

// fuseMagic is all that statfs says of file systems in user space; the table of mounts names them.
const fuseMagic = 0x65735546

// localFUSE are file systems on a disk of this machine; most others are on another machine's.
var localFUSE = []string{"fuseblk", "fuse.bindfs", "fuse.ext4", "fuse.fuse-overlayfs",
	"fuse.mergerfs", "fuse.ntfs-3g", "fuse.encfs", "fuse.gocryptfs", "fuse.lxcfs"}

// networkFileSystem names the network file system of dir; "" if none is known.
func networkFileSystem(dir string) string {
	var system syscall.Statfs_t
	if syscall.Statfs(dir, &system) != nil {
		return ""
	}

	magic := uint32(system.Type)
	if magic != fuseMagic {
		return networkMagics[magic]
	}

	var status syscall.Stat_t
	mounts, err := os.Open("/proc/self/mountinfo")
	if err != nil || syscall.Stat(dir, &status) != nil {
		return ""
	}
	defer mounts.Close()

	device := uint64(status.Dev)
	major, minor := device>>8&0xfff|device>>32&^0xfff, device&0xff|device>>12&^0xff
	name := mountType(mounts, fmt.Sprintf("%d:%d", major, minor))
	if name == "fuse" || slices.Contains(localFUSE, name) { // without a second name nobody knows
		return ""
	}
	return name
}

// mountType finds the type of the mounted device in a table as proc_pid_mountinfo(5) describes it.
func mountType(mounts io.Reader, device string) string {
	lines := bufio.NewScanner(mounts)
	for lines.Scan() {
		before, after, _ := strings.Cut(lines.Text(), " - ")
		fields, types := strings.Fields(before), strings.Fields(after)
		if len(fields) > 2 && fields[2] == device && len(types) > 0 {
			return types[0]
		}
	}
	return ""
}
