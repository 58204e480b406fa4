package ledger

import "testing"

func TestNetworkFolders(t *testing.T) {
	for dir, want := range map[string]string{
		`C:\Users\anna\able-import`:        "",
		`\\?\C:\Users\anna\able-import`:    "",
		`\\server\finance\able-import`:     "a share",
		`//server/finance/able-import`:     "a share",
		`\\?\UNC\server\finance\ledgers`:   "a share",
		`\\?\unc\server\finance\ledgers`:   "a share",
		`\\wsl.localhost\Debian\home\anna`: "a share",
		t.TempDir():                        "",
	} {
		if got := networkFileSystem(dir); got != want {
			t.Errorf("%s is taken for %q, want %q", dir, got, want)
		}
	}
	_, err := Acquire(`\\127.0.0.1\finance\able-import\ledger\a.sqlite`, "run")
	if err == nil {
		t.Error("a ledger on a share can be had")
	}
}
