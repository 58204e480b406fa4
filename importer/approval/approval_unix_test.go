//go:build unix

package approval

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ableimport/importer/report"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func planOfTest() Plan {
	return Plan{
		Plan: "sha256:" + strings.Repeat("ab", 32), Fates: "f", Target: "t", Host: "example.com",
		Mapping: report.Mapping{Name: "m", SHA256: "1"}, Namespace: "n",
		Files:   []File{{report.FileHash{Name: "a.csv", SHA256: "2"}, 3}},
		Lookups: []report.FileHash{{Name: "l.csv", SHA256: "3"}},
		Events:  map[string]int64{"to_send": 3},
		Totals:  map[string]map[string]string{"to_send": {"EUR": "3.00"}},
	}
}

// A plan of a run that would do anything differently is another plan; who submitted it, and when,
// makes no difference.
func TestDiffers(t *testing.T) {
	for name, test := range map[string]struct {
		change func(p *Plan)
		want   string
	}{
		"nothing": {func(p *Plan) {}, ""},
		"who, when and for whom": {func(p *Plan) {
			p.PreviewedBy, p.Nonce, p.Job, p.Approvers = report.Person{UID: 7}, "x", "j",
				[]string{"a"}
		}, ""},
		"target":    {func(p *Plan) { p.Target = "u" }, "the target is different"},
		"host":      {func(p *Plan) { p.Host = "example.org" }, "the target is different"},
		"file":      {func(p *Plan) { p.Files[0].SHA256 = "9" }, "the file has changed"},
		"file name": {func(p *Plan) { p.Files[0].Name = "b.csv" }, "the file has changed"},
		"rows":      {func(p *Plan) { p.Files[0].Rows++ }, "the file has changed"},
		"mapping":   {func(p *Plan) { p.Mapping.SHA256 = "9" }, "the mapping or a setting"},
		"namespace": {func(p *Plan) { p.Namespace = "o" }, "the mapping or a setting"},
		"lookup":    {func(p *Plan) { p.Lookups[0].SHA256 = "9" }, "a second file"},
		"events":    {func(p *Plan) { p.Plan = "sha256:9" }, "the events are different"},
		"fates":     {func(p *Plan) { p.Fates = "g" }, "what was delivered or decided"},
		"counts":    {func(p *Plan) { p.Events["to_send"]++ }, "it does not say what"},
		"sums": {func(p *Plan) { p.Totals["to_send"]["EUR"] = "3.01" },
			"it does not say what"},
		"a state": {func(p *Plan) { p.Events["invalid"] = 1 }, "it does not say what"},
	} {
		a, b := planOfTest(), planOfTest()
		test.change(&b)
		if got := a.Differs(&b); got != test.want &&
			(test.want == "" || !strings.Contains(got, test.want)) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// A plan is good for thirty days, and one from the future is never good.
func TestSubmissionGrowsOld(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "approvals")
	submission, err := Submit(folder, planOfTest(), noon)
	if err != nil {
		t.Fatal(err)
	}
	found, unsound := Find(folder, "sha256:ABAB")
	if len(found) != 1 || len(unsound) != 0 || found[0].Sum != submission.Sum {
		t.Fatalf("found %v, %v", found, unsound)
	}
	for _, test := range []struct {
		later time.Duration
		old   bool
	}{{0, false}, {GoodFor, false}, {GoodFor + time.Second, true}, {-time.Minute, false},
		{-2 * time.Hour, true}} {
		if found[0].Old(noon.Add(test.later)) != test.old {
			t.Errorf("after %s: %v", test.later, !test.old)
		}
	}
	if _, err := found[0].Prove(nil, nil, noon.Add(GoodFor+time.Second)); err == nil ||
		errors.Is(err, ErrNobody) {
		t.Errorf("an old plan: %v", err)
	}
	if _, err := found[0].Prove(nil, nil, noon); !errors.Is(err, ErrNobody) {
		t.Errorf("a fresh plan: %v", err)
	}
	if info, err := os.Stat(submission.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("in a folder for one user the plan has %v, %v", info.Mode(), err)
	}
	if err := errors.Join(os.Chmod(folder, 0o770|os.ModeSticky|os.ModeSetgid),
		submission.Share()); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(submission.Path); info.Mode().Perm() != 0o640 {
		t.Errorf("in a folder for a group the plan has %v", info.Mode())
	}
}

// A plan that is kept removes what is older than two months, also what a killed program has left.
func TestOldFilesAreRemoved(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "approvals")
	if _, err := Submit(folder, planOfTest(), noon); err != nil {
		t.Fatal(err)
	}
	old := noon.Add(-2*GoodFor - time.Hour)
	for name, when := range map[string]time.Time{"a.plan": old, "a.1.approved": old,
		".a.1.approved.123": old, "theirs.txt": old, ".b.plan.456": noon, "b.plan": noon} {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.WriteFile(path, nil, 0o600),
			os.Chtimes(path, when, when)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Submit(folder, planOfTest(), noon); err != nil {
		t.Fatal(err)
	}
	for name, stays := range map[string]bool{"a.plan": false, "a.1.approved": false,
		".a.1.approved.123": false, "theirs.txt": true, ".b.plan.456": true, "b.plan": true} {
		if _, err := os.Stat(filepath.Join(folder, name)); (err == nil) != stays {
			t.Errorf("%s is there: %v, want %v", name, err == nil, stays)
		}
	}
}

// An approval is spent when its run has ended.
func TestSpent(t *testing.T) {
	ended := func(exit int) []Use { return []Use{{"r", nil}, {"s", &exit}} }
	for exit, spent := range map[int]bool{0: true, 3: true, 4: true, 1: false, 5: false,
		130: false, 143: false} {
		if Spent(ended(exit)) != spent {
			t.Errorf("exit code %d: %v", exit, !spent)
		}
	}
	if Spent(nil) || Spent([]Use{{"r", nil}}) {
		t.Error("a run that has not ended has spent it")
	}
}

// FuzzSubmission: whatever somebody puts into the folder is refused with a sentence, or is what it
// says.
func FuzzSubmission(f *testing.F) {
	folder := filepath.Join(f.TempDir(), "approvals")
	submission, err := Submit(folder, planOfTest(), noon)
	if err != nil {
		f.Fatal(err)
	}
	content, err := os.ReadFile(submission.Path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add([]byte(`{"version":1}`))
	f.Add([]byte(`{"version":1,"plan":"sha256:","previewed_by":{"uid":0}} {}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		sum := sumOf(text)
		base := strings.Repeat("ab", 32) + "-" + sum[:16]
		path := filepath.Join(t.TempDir(), base+planEnding)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		found, unsound := Find(filepath.Dir(path), "")
		if len(found)+len(unsound) != 1 {
			t.Fatalf("found %v, %v", found, unsound)
		}
		if len(found) == 1 && (found[0].PreviewedBy.UID != os.Geteuid() || found[0].Sum != sum) {
			t.Errorf("%+v", found[0])
		}
	})
}

// A note that others have put beside a plan makes it wait, and blocks nobody.
func TestUsesOfAPipe(t *testing.T) {
	k := &Submission{folder: t.TempDir(), base: "plan"}
	if err := syscall.Mkfifo(k.usedPath(), 0o600); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(10*time.Second, func() { panic("it waits") })
	defer late.Stop()
	if uses, err := k.Uses(); err == nil {
		t.Errorf("uses %v, want an error", uses)
	}
}
