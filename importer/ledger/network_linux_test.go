package ledger

import (
	"os/exec"
	"strings"
	"testing"
)

func TestNetworkFileSystems(t *testing.T) {
	const mounts = `36 35 98:0 / / rw,noatime master:1 - ext4 /dev/root rw,errors=continue
41 36 0:52 / /home/anna/server rw,nosuid,nodev,relatime shared:30 - fuse.sshfs anna@server: rw,user_id=1000
42 36 8:17 /sub /mnt/with\040blank rw - fuseblk /dev/sdb1 rw
`
	for device, want := range map[string]string{
		"98:0": "ext4", "0:52": "fuse.sshfs", "8:17": "fuseblk", "1:1": "",
	} {
		if got := mountType(strings.NewReader(mounts), device); got != want {
			t.Errorf("the device %s is mounted as %q, want %q", device, got, want)
		}
	}
	if networkMagics[0x6969] != "nfs" || networkMagics[0xff534d42] != "cifs" {
		t.Error("nfs and cifs are not known by their numbers")
	}
	if system := networkFileSystem(t.TempDir()); system != "" {
		t.Errorf("the folder for temporary files is taken for %s", system)
	}
}

// A local folder that is mounted the way a server's would be.
func TestRefusesNetworkFolder(t *testing.T) {
	bindfs, err := exec.LookPath("bindfs")
	if err != nil {
		t.Skip("bindfs is not installed")
	}
	mounted := t.TempDir()
	if out, err := exec.Command(bindfs, "-o", "subtype=sshfs", t.TempDir(),
		mounted).CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %s", out)
	}
	t.Cleanup(func() { exec.Command("fusermount", "-u", mounted).Run() })
	path := Path(mounted, target)
	_, err = Open(path, target)
	wantRefused(t, err, Remote, "the state folder is on a network file system (fuse.sshfs)")
	_, err = Acquire(path, "run")
	wantRefused(t, err, Remote, "on a disk of this machine")
	if Exists(path) {
		t.Error("a ledger was made there")
	}
}

func TestLockTellsItsHolder(t *testing.T) {
	path := t.TempDir() + "/ledger/a.sqlite"
	lock, err := Acquire(path, "run --job shop")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, [32]byte{1})
	if err == nil || !strings.Contains(err.Error(), ": run --job shop); wait") {
		t.Errorf("a second writer is told: %v", err)
	}
	opened, err := lock.Open([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, [32]byte{1}); err == nil {
		t.Error("closing the ledger has released a lock that is somebody else's")
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}
