//go:build unix

package web

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ableimport/importer/sandbox"
)

// The page keeps the plan, shows the line for a colleague, and sends nothing before another user
// of the system has approved it. It has no way to approve anything.
func TestSecondPerson(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	work := v.drop(write0600(t, "sales.csv", threeSales))
	asked := url.Values{"target": {"able"}, "second": {"yes"}}
	page, plan := v.plan(work, asked)
	v.expects(page, "It waits for somebody else", "Previewed by", "able-import approve ",
		"Nobody else can write into")
	if plan != "" {
		t.Error("it is offered to be sent")
	}
	kept, _ := filepath.Glob(filepath.Join(v.state, "approvals", "*.plan"))
	if len(kept) != 1 {
		t.Fatalf("%d plans are kept", len(kept))
	}
	content, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	hash, _, _ := strings.Cut(filepath.Base(kept[0]), "-")
	v.post(work+"/start", url.Values{"plan": {"sha256:" + hash}})
	if n := len(v.receiver.Events()); n != 0 {
		t.Fatalf("%d events have arrived without an approval", n)
	}

	if os.Geteuid() != 0 {
		t.Skip("only root can be another user, too")
	}
	approve := func(uid int) {
		text := fmt.Sprintf(`{"version":1,"plan":"sha256:%s","plan_file":"%x","approved_by":`+
			`{"uid":%d,"name":"x","host":"h","when":"%s"}}`, hash, sha256.Sum256(content), uid,
			time.Now().UTC().Format(time.RFC3339))
		path := fmt.Sprintf("%s.%d.approved", strings.TrimSuffix(kept[0], ".plan"), uid)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, uid, uid); err != nil {
			t.Fatal(err)
		}
	}
	approve(os.Geteuid())
	if page, plan = v.plan(work, asked); plan != "" {
		t.Fatalf("whoever previewed it has approved it: %s", page)
	}
	approve(41002)
	page, plan = v.plan(work, asked)
	v.expects(page, "approved by user 41002@")
	_, arrived, body := v.starts(work, plan)
	if arrived != 3 {
		t.Errorf("%d events have arrived, want 3: %s", arrived, body)
	}
	v.expects(body, "approved by user 41002@")
}
