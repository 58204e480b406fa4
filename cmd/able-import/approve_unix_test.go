//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// Users of the system. They need no name: what counts is whose a file is.
const (
	anna = 41001 // runs the job
	bert = 41002 // approves
	carl = 41003 // has put the file into the inbox
	dora = 41004
)

// An office is a job whose plans somebody else has to approve, and the people around it.
type office struct {
	t        *testing.T
	dir      string
	program  string
	receiver *sandbox.Server
	env      []string // more of it, for the next command
}

const officeMapping = `version: 1
name: invoices
event: Purchase
formats: {number: "1234.56"}
settings:
  currency: {question: "Which currency?", default: EUR}
fields:
  order_id: Number
  deal_value: Total
  deal_currency: {const: "${currency}"}
  keys: {email: Email}
`

const officeFile = "Number,Total,Email\nA-1,10.00,ann@example.com\nA-2,20.00,bo@example.com\n"

// officeHost is loopback, too, but no other test uses it: a receiver that was closed gets its port
// again. Linux has the whole network 127.0.0.0/8, others have one address of it.
const officeHost = "127.0.0.2"

// newOffice has run the job once, so its plan waits for approval.
func newOffice(t *testing.T) *office {
	t.Helper()
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		t.Skip("only root on Linux can be several users, and have a port of its own")
	}
	dir, err := os.MkdirTemp("", "office")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	receiver, err := sandbox.Start(sandbox.Options{Address: officeHost + ":0",
		Reject: func(e sandbox.Event) string {
			return map[string]string{"A-R": "not today"}[e.OrderID]
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { receiver.Close() })

	o := &office{t: t, dir: dir, receiver: receiver, program: filepath.Join(dir, "able-import")}
	program, err := os.Executable()
	if err == nil {
		err = exec.Command("cp", program, o.program).Run()
	}
	o.must(err)
	o.must(os.Chmod(dir, 0o755))
	for name, mode := range map[string]os.FileMode{"inbox": 0o755, "state": 0o700,
		"approvals": 0o777 | os.ModeSticky} {
		o.must(os.Mkdir(o.path(name), 0o755))
		o.must(os.Chmod(o.path(name), mode))
		o.must(os.Chown(o.path(name), anna, anna))
	}
	o.write("mapping.yaml", officeMapping, anna)
	o.jobs("able-import.yaml", "require_approval: true")
	o.write("inbox/a.csv", officeFile, carl)
	o.wants(exitWaiting, "waits for approval; previewed by user 41001@")
	return o
}

func (o *office) path(name string) string { return filepath.Join(o.dir, name) }

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) write(name, text string, owner int) {
	o.t.Helper()
	os.Remove(o.path(name))
	o.must(os.WriteFile(o.path(name), []byte(text), 0o644))
	o.must(os.Chown(o.path(name), owner, owner))
}

func (o *office) jobs(name, more string) {
	o.t.Helper()
	o.write(name, fmt.Sprintf(`version: 1
state_dir: state
jobs:
  - name: shop
    inbox: inbox
    settle: 0s
    mapping: mapping.yaml
    endpoint: %s
    funnel_mark: ${ABLE_FUNNEL_MARK}
    outage_wait: 100ms
    approvals: approvals
    %s
`, o.receiver.URL(), more), anna)
}

// command is the program of a user.
func (o *office) command(uid int, out *bytes.Buffer, args ...string) *exec.Cmd {
	c := exec.Command(o.program, args...)
	c.Dir, c.Stdout, c.Stderr = o.dir, out, out
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.path("nowhere"),
		"ABLE_FUNNEL_MARK=" + secrets.Mark}, o.env...)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{
		Uid: uint32(uid), Gid: uint32(uid)}}
	return c
}

// as runs the program as a user.
func (o *office) as(uid int, args ...string) (code int, said string) {
	o.t.Helper()
	var out bytes.Buffer
	c := o.command(uid, &out, args...)
	err := c.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		o.t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), out.String()
}

// wants runs the job, and expects how it ends and what it says.
func (o *office) wants(code int, says string, more ...string) {
	o.t.Helper()
	got, said := o.as(anna, append([]string{"run", "--job", "shop"}, more...)...)
	if got != code || !strings.Contains(said, says) {
		o.t.Errorf("the job ends with %d, want %d; it says\n%s\nwant %q", got, code, said, says)
	}
}

// asks runs another command, and expects the same.
func (o *office) asks(uid, code int, says string, args ...string) {
	o.t.Helper()
	got, said := o.as(uid, args...)
	if got != code || !strings.Contains(said, says) {
		o.t.Errorf("%q of %d ends with %d, want %d; it says\n%s\nwant %q", args, uid, got, code,
			said, says)
	}
}

// approves lets a user approve the plan that waits.
func (o *office) approves(uid, code int, says string) {
	o.t.Helper()
	o.asks(uid, code, says, o.approval()...)
}

func (o *office) approval() []string {
	return []string{"approve", o.plan(), "--approvals", "approvals", "--yes"}
}

// losesLedger removes the ledger and brings the sent file again: nothing goes out unasked.
func (o *office) losesLedger() {
	o.t.Helper()
	o.must(os.RemoveAll(o.path("state")))
	o.must(os.Mkdir(o.path("state"), 0o700))
	o.must(os.Chown(o.path("state"), anna, anna))
	o.write("inbox/a.csv", officeFile, carl)
	o.wants(exitWaiting, "waits for approval", "--new-ledger")
	if n := len(o.receiver.Events()); n != 2 {
		o.t.Errorf("%d events were sent, want 2", n)
	}
}

// file is the only file with this ending in the folder of approvals.
func (o *office) file(ending string) string {
	o.t.Helper()
	found, _ := filepath.Glob(o.path("approvals/*" + ending))
	if len(found) != 1 {
		o.t.Fatalf("%d files end in %s", len(found), ending)
	}
	return found[0]
}

func (o *office) plan() string { return filepath.Base(o.file(".plan"))[:8] }

func (o *office) read(path string) string {
	o.t.Helper()
	content, err := os.ReadFile(path)
	o.must(err)
	return string(content)
}

// forge changes the kept plan by hand, and gives it the matching name; it belongs to owner.
func (o *office) forge(owner int, change func(plan map[string]any)) {
	o.t.Helper()
	path := o.file(".plan")
	var plan map[string]any
	o.must(json.Unmarshal([]byte(o.read(path)), &plan))
	change(plan)
	content, err := json.Marshal(plan)
	o.must(err)
	o.must(os.Remove(path))
	sum := sha256.Sum256(content)
	hash, _, _ := strings.Cut(filepath.Base(path), "-")
	o.write("approvals/"+hash+"-"+hex.EncodeToString(sum[:8])+".plan", string(content), owner)
}

// Whatever somebody tries alone, nothing is sent.
func TestApprovalHasNoWayAround(t *testing.T) {
	for _, test := range []struct {
		name  string
		tries func(o *office)
	}{
		{"nobody approves", func(o *office) { o.wants(exitWaiting, "waits for approval") }},
		{"who has previewed it approves it", func(o *office) {
			o.approves(anna, exitRefused, "user 41001@")
			o.wants(exitWaiting, "waits for approval")
		}},
		{"and calls itself another", func(o *office) {
			o.env = []string{"USER=bert", "LOGNAME=bert", "SUDO_UID=41002", "SUDO_USER=bert"}
			o.approves(anna, exitRefused, "has previewed it")
		}},
		{"and becomes another by sudo", func(o *office) {
			o.env = []string{"SUDO_UID=41001"}
			o.approves(bert, exitRefused, "has previewed it")
		}},
		{"who has put the file there approves it", func(o *office) {
			o.approves(carl, exitRefused, "has put the file there")
		}},
		{"root approves it", func(o *office) {
			o.approves(0, exitRefused, "not a person's user")
		}},
		{"a user of another machine approves it", func(o *office) {
			o.approves(65534, exitRefused, "not a person's user")
		}},
		{"an approval is written by hand, in the name of another", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			text := o.read(o.file(".approved"))
			o.write("approvals/"+filepath.Base(o.file(".approved")), text, anna)
			o.wants(exitWaiting, "waits for approval")
			o.asks(anna, exitDone, "says that user 41002 has approved it, but the file belongs "+
				"to user 41001",
				"approve", "--approvals", "approvals")
		}},
		{"an approval is written by hand, in the own name", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			path := o.file(".approved")
			text := strings.ReplaceAll(o.read(path), "41002", "41001")
			o.must(os.Remove(path))
			o.write("approvals/"+strings.ReplaceAll(filepath.Base(path), "41002", "41001"), text,
				anna)
			o.wants(exitWaiting, "waits for approval")
		}},
		{"an approval is a link to another's", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			path := o.file(".approved")
			o.must(os.Rename(path, o.path("elsewhere")))
			o.must(os.Symlink(o.path("elsewhere"), path))
			o.wants(exitWaiting, "waits for approval")
			o.asks(anna, exitDone, "is a link", "approve", "--approvals", "approvals")
		}},
		{"an approval has a second name", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.must(os.Link(o.file(".approved"), o.path("elsewhere")))
			o.wants(exitWaiting, "waits for approval")
			o.asks(anna, exitDone, "has 2 names", "approve", "--approvals", "approvals")
		}},
		{"others can write an approval", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.must(os.Chmod(o.file(".approved"), 0o664))
			o.wants(exitWaiting, "waits for approval")
			o.asks(anna, exitDone, "users other than its owner can write it", "approve",
				"--approvals",
				"approvals")
		}},
		{"the file is changed", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.write("inbox/a.csv", strings.Replace(officeFile, "20.00", "90.00", 1), carl)
			o.wants(exitWaiting, "waits for approval")
		}},
		{"the file has another row that is not sent", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.write("inbox/a.csv", officeFile+"A-3,x,cy@example.com\n", carl)
			o.wants(exitWaiting, "waits for approval")
		}},
		{"the mapping is changed", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.write("mapping.yaml", officeMapping+"  description: Number\n", anna)
			o.wants(exitWaiting, "waits for approval")
		}},
		{"a setting is changed", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.wants(exitWaiting, "waits for approval", "--set", "currency=USD")
		}},
		{"the target is changed", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.wants(exitWaiting, "waits for approval", "--endpoint", o.receiver.URL()+"/other")
		}},
		{"what was delivered is changed", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.write("one.csv", "Number,Total,Email\nA-1,10.00,ann@example.com\n", anna)
			o.asks(anna, exitDone, "1 event noted", "adopt", "--job", "shop", "one.csv")
			o.wants(exitWaiting, "waits for approval")
		}},
		{"what was held is sent", func(o *office) {
			o.write("one.csv", "Number,Total,Email\nA-1,11.00,ann@example.com\n", anna)
			o.asks(anna, exitDone, "1 event noted", "adopt", "--job", "shop", "one.csv")
			o.wants(exitWaiting, "waits for approval")
			o.approves(bert, exitDone, "1 event, 20.00 EUR")
			o.wants(exitWaiting, "waits for approval", "--on-change", "send")
		}},
		{"a plan is kept with a text that steers the terminal", func(o *office) {
			o.forge(anna, func(plan map[string]any) {
				plan["previewed_by"].(map[string]any)["when"] = "2026-11-30T10:00:00Z\x1b[2J"
			})
			o.approves(bert, exitUsage, "is not a plan that this program has kept")
			o.wants(exitWaiting, "waits for approval")
		}},
		{"the figures of the kept plan are changed", func(o *office) {
			path := o.file(".plan")
			text := strings.Replace(o.read(path), "30.00", "3.00", 1)
			o.write("approvals/"+filepath.Base(path), text, anna)
			o.approves(bert, exitUsage, "has changed since it was kept")
		}},
		{"and it gets the name that fits", func(o *office) {
			o.forge(anna, func(plan map[string]any) {
				plan["totals"] = map[string]any{"to_send": map[string]any{"EUR": "3.00"}}
			})
			o.approves(bert, exitDone, "3.00 EUR")
			o.wants(exitWaiting, "waits for approval")
		}},
		{"the kept plan names another who has previewed it", func(o *office) {
			o.forge(anna, func(plan map[string]any) {
				plan["previewed_by"].(map[string]any)["uid"] = dora
			})
			o.approves(anna, exitUsage, "belongs to user 41001")
			o.wants(exitWaiting, "waits for approval")
		}},
		{"another has kept the plan, and the job approves it", func(o *office) {
			o.forge(dora, func(plan map[string]any) {
				plan["previewed_by"].(map[string]any)["uid"] = dora
				plan["job"], plan["put_by"] = "", nil
			})
			o.approves(anna, exitDone, "Approved") // as far as the plan tells
			o.wants(exitWaiting, "waits for approval")
		}},
		{"another has kept the plan, and who has put the file there approves it", func(o *office) {
			o.forge(dora, func(plan map[string]any) {
				plan["previewed_by"].(map[string]any)["uid"] = dora
				plan["job"], plan["put_by"] = "", nil
			})
			o.approves(carl, exitDone, "Approved")
			o.wants(exitWaiting, "waits for approval")
		}},
		{"an approval is copied to another plan", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			text := o.read(o.file(".approved"))
			o.must(os.Remove(o.file(".approved")))
			o.write("inbox/a.csv", strings.Replace(officeFile, "20.00", "90.00", 1), carl)
			o.wants(exitWaiting, "waits for approval")
			base := strings.TrimSuffix(o.file(".plan"), ".plan")
			o.write("approvals/"+filepath.Base(base)+".41002.approved", text, bert)
			o.wants(exitWaiting, "waits for approval")
			o.asks(anna, exitDone, "approves another plan", "approve", "--approvals", "approvals")
		}},
		{"the job does not name the approver", func(o *office) {
			o.jobs("able-import.yaml", "require_approval: true\n    approvers: [daemon, 41004]")
			o.write("inbox/a.csv", officeFile+"A-3,1.00,cy@example.com\n", carl)
			o.wants(exitWaiting, "waits for approval")
			o.approves(bert, exitRefused, "is not among the approvers: daemon, 41004")
			o.forge(anna, func(plan map[string]any) { plan["approvers"] = []int(nil) })
			o.approves(bert, exitDone, "Approved") // as far as the plan tells
			o.wants(exitWaiting, "waits for approval")
		}},
		{"another job file asks for no approval", func(o *office) {
			o.jobs("mine.yaml", "require_approval: false")
			o.wants(exitWaiting, "waits for approval", "--config", "mine.yaml")
		}},
		{"there is no such flag", func(o *office) {
			o.wants(exitUsage, "there is no flag", "--require-approval=false")
		}},
		{"the file is sent by hand", func(o *office) {
			o.asks(anna, exitWaiting, "needs the approval of a second person", "run", "-m",
				"mapping.yaml", "--yes", "--state-dir", "state", "--endpoint", o.receiver.URL(),
				"--approvals", "nowhere", "inbox/a.csv")
			o.asks(anna, exitWaiting, "waits for approval", "run", "-m", "mapping.yaml", "--plan",
				o.plan(), "--state-dir", "state", "--endpoint", o.receiver.URL(), "inbox/a.csv")
		}},
		{"what a target needs cannot be read", func(o *office) {
			found, _ := filepath.Glob(o.path("state/*/*.approval.json"))
			more, _ := filepath.Glob(o.path("state/*.approval.json"))
			for _, path := range append(found, more...) {
				o.must(os.WriteFile(path, []byte("{"), 0o600))
			}
			o.asks(anna, exitFailed, "says whether the target needs approval", "run", "-m",
				"mapping.yaml", "--yes", "--state-dir", "state", "--endpoint", o.receiver.URL(),
				"inbox/a.csv")
		}},
		{"everybody can remove what others have approved", func(o *office) {
			o.approves(bert, exitDone, "Approved")
			o.must(os.Chmod(o.path("approvals"), 0o777))
			o.wants(exitFailed, "(chmod +t)")
		}},
		{"over a queue", func(o *office) {
			o.asks(anna, exitUsage, "jobs send from this machine", "run", "--job", "shop",
				"--queue",
				"nats://127.0.0.1:1")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			test.tries(o)
			if n := len(o.receiver.Events()); n != 0 {
				t.Errorf("%d events were sent", n)
			}
			if _, err := os.Stat(o.path("inbox/a.csv")); err != nil {
				t.Error("the file has left the inbox")
			}
		})
	}
}

// Two people are enough, and the run proves who they were.
func TestApprovalOfTwoPeople(t *testing.T) {
	o := newOffice(t)
	o.asks(anna, exitWaiting, "a.csv waits for approval since", "status", "--config",
		"able-import.yaml")
	o.approves(bert, exitDone, "the next run of job shop sends it")
	approval, plan := o.file(".approved"), o.file(".plan")
	o.wants(exitDone, "delivered=2")
	o.asks(anna, exitDone, "ok", "status", "--config", "able-import.yaml")

	folders, _ := filepath.Glob(o.path("state/runs/2*"))
	if len(folders) != 1 {
		t.Fatalf("there are %d runs", len(folders))
	}
	manifest, err := report.ReadManifest(folders[0])
	o.must(err)
	a := manifest.Approval
	if a == nil || a.PreviewedBy.UID != anna || a.ApprovedBy.UID != bert ||
		a.Plan != manifest.Plan || a.ApprovedBy.When < a.PreviewedBy.When {
		t.Fatalf("the manifest says %+v", a)
	}
	for path, want := range map[string]string{plan: a.PlanFile, approval: a.ApprovalFile,
		filepath.Join(folders[0], "approved-plan.json"): a.PlanFile,
		filepath.Join(folders[0], "approval.json"):      a.ApprovalFile} {
		content, err := os.ReadFile(path)
		o.must(err)
		if hash := fmt.Sprintf("%x", sha256.Sum256(content)); hash != want {
			t.Errorf("%s has the hash %s, the manifest says %s", path, hash, want)
		}
	}
	verify := []string{"history", "verify", filepath.Base(folders[0]), "--job", "shop"}
	o.asks(anna, exitDone, "was previewed by user 41001@", verify...)
	o.asks(anna, exitDone, "approved by user 41002@", verify...)
	o.must(os.WriteFile(filepath.Join(folders[0], "approval.json"), nil, 0o600))
	o.asks(anna, exitFailed, "approval.json: changed since the run", verify...)
}

// By hand it takes two people, too, as soon as the first has asked for it.
func TestApprovalByHand(t *testing.T) {
	o := newOffice(t)
	hand := func(command string, more ...string) []string {
		return append(append([]string{command, "-m", "mapping.yaml", "--state-dir", "mine",
			"--endpoint", o.receiver.URL(), "--approvals", "desk"}, more...), "inbox/a.csv")
	}
	for _, dir := range []string{"mine", "desk"} {
		o.must(os.Mkdir(o.path(dir), 0o755))
		o.must(os.Chown(o.path(dir), anna, anna))
	}
	o.asks(anna, exitDone, "Nobody else can write into", hand("preview", "--keep")...)
	o.must(os.Chmod(o.path("desk"), 0o777|os.ModeSticky))
	plan := regexp.MustCompile(`approve ([0-9a-f]{8})`)
	_, said := o.as(anna, hand("preview", "--keep")...)
	name := plan.FindStringSubmatch(said)[1]
	o.asks(anna, exitWaiting, "waits for approval", hand("run", "--plan", name)...)
	o.asks(anna, exitRefused, "has previewed it", "approve", name, "--approvals", "desk", "--yes")
	// who has made the file may approve it here: a person has looked at it
	o.asks(carl, exitDone, "Approved", "approve", name, "--approvals", "desk", "--yes")
	o.asks(anna, exitDone, "30.00 EUR", "approve", "--approvals", "desk")
	o.asks(anna, exitDone, "delivered", hand("run", "--plan", name)...)
	if n := len(o.receiver.Events()); n != 2 {
		t.Errorf("%d events were sent, want 2", n)
	}
	// nothing is left to send, and nothing to approve
	o.asks(anna, exitDone, "already delivered", hand("run", "--plan", name)...)
	o.asks(anna, exitDone, "There is nothing to send", hand("preview", "--keep")...)
}

// An approval counts for one run; a run that was interrupted goes on with it.
func TestApprovalIsForOneRun(t *testing.T) {
	t.Run("interrupted", func(t *testing.T) {
		o := newOffice(t)
		address := strings.TrimPrefix(o.receiver.URL(), "http://")
		address, _, _ = strings.Cut(address, "/")
		o.approves(bert, exitDone, "Approved")
		o.must(o.receiver.Close())
		o.wants(exitIncomplete, "not_sent=2")
		receiver, err := sandbox.Start(sandbox.Options{Address: address})
		o.must(err)
		defer receiver.Close()
		o.wants(exitDone, "delivered=2")
	})

	t.Run("the ledger is gone", func(t *testing.T) {
		o := newOffice(t)
		o.approves(bert, exitDone, "Approved")
		o.wants(exitDone, "delivered=2")
		o.losesLedger()
	})

	t.Run("the ledger is gone, and a note says that the run was interrupted", func(t *testing.T) {
		o := newOffice(t)
		o.approves(bert, exitDone, "Approved")
		o.wants(exitDone, "delivered=2")
		path := o.file(".used")
		used := regexp.MustCompile(`"exit_code":0`).ReplaceAllString(o.read(path), `"exit_code":5`)
		o.write("approvals/"+filepath.Base(path), used, anna)
		o.losesLedger()
	})

	t.Run("what was rejected", func(t *testing.T) {
		o := newOffice(t)
		o.write("inbox/a.csv", officeFile+"A-R,1.00,cy@example.com\n", carl)
		o.wants(exitWaiting, "waits for approval")
		o.approves(bert, exitDone, "Approved")
		o.wants(exitInvalid, "rejected=1")
		o.write("inbox/a.csv", officeFile+"A-R,1.00,cy@example.com\n", carl)
		o.wants(exitWaiting, "waits for approval")
	})

	t.Run("nothing new", func(t *testing.T) {
		o := newOffice(t)
		o.approves(bert, exitDone, "Approved")
		o.wants(exitDone, "delivered=2")
		o.write("inbox/a.csv", officeFile, carl)
		o.wants(exitDone, "already_delivered=2")
	})
}
