package jobfile

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, source string) (*File, error) {
	t.Helper()
	return Parse(filepath.Join("etc", "able-import.yaml"), []byte(source),
		func(name string) string {
			return map[string]string{"ABLE_TOKEN": "geheim", "ABLE_MARK_SHOP": "mark-of-shop"}[name]
		})
}

func TestParse(t *testing.T) {
	file, err := parse(t, `version: 1
state_dir: /var/lib/able
jobs:
  - name: shop
    inbox: in
    pattern: ["a*.csv", B.xlsx]
    mapping: shop.yaml
    funnel_mark: ${ABLE_MARK_SHOP}
    headers: {Authorization: "Bearer ${ABLE_TOKEN}", X-Source: billing}
    rate: 20/s
    concurrency: 4
    retry_on: [500, 502]
    expect_every: 26h
    fail_on: new
    on_failure: [page, me]
  - {name: desk, inbox: /in/desk, preset: xero-invoices, settle: 0s, archive: ../old, concurrency: auto}
`)
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := filepath.Abs("etc")
	shop, desk := file.Jobs[0], file.Jobs[1]
	stateDir := "/var/lib/able"
	if runtime.GOOS == "windows" { // where the drive is the job file's
		stateDir = filepath.VolumeName(dir) + `\var\lib\able`
	}
	if file.StateDir != stateDir || shop.Inbox != filepath.Join(dir, "in") ||
		shop.Mapping != filepath.Join(dir, "shop.yaml") {
		t.Errorf("paths are %q, %q, %q", file.StateDir, shop.Inbox, shop.Mapping)
	}
	if shop.Archive != filepath.Join(dir, "in", "archive") ||
		desk.Archive != filepath.Join(dir, "..", "old") {
		t.Errorf("archives are %q and %q", shop.Archive, desk.Archive)
	}
	if shop.Settle != DefaultSettle || desk.Settle != 0 || shop.ExpectEvery != 26*time.Hour ||
		!shop.FailOnNew || shop.Mark != "mark-of-shop" {
		t.Errorf("the job is %+v", shop)
	}
	if shop.Concurrency != "4" || desk.Concurrency != "auto" {
		t.Errorf("in flight are %q and %q", shop.Concurrency, desk.Concurrency)
	}
	if header, err := shop.Header(); err != nil || header.Get("Authorization") != "Bearer geheim" ||
		header.Get("X-Source") != "billing" {
		t.Errorf("the headers are %v, %v", header, err)
	}
	if _, err := file.Find("shp"); err == nil || !strings.Contains(err.Error(), "desk, shop") {
		t.Errorf("another job is %v", err)
	}
}

func TestMistakes(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"no version": {"jobs:\n  - {name: a, inbox: i, preset: p}", "the job file has no version"},
		"no jobs":    {"version: 1", "has no jobs"},
		"misspelt": {"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, setle: 1s}",
			`unknown key "setle" (job); nearest: "settle"`},
		"twice": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p}\n" +
				"  - {name: A, inbox: i, preset: p}",
			"two jobs have the name"},
		"two mappings": {"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, mapping: m}",
			"needs mapping: or preset:"},
		"folders below": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, pattern: 'x/*.csv'}",
			"folders in the inbox are ignored"},
		"archive inside": {"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, archive: i}",
			"is the inbox itself"},
		"a name as path": {"version: 1\njobs:\n  - {name: ../a, inbox: i, preset: p}",
			"letters, digits"},
		"other variable": {"version: 1\njobs:\n  - {name: a, inbox: '${HOME}', preset: p}",
			"a job reads variables that begin with ABLE_ only"},
		"literal mark": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, funnel_mark: geheim}",
			"do not write a secret into the job file"},
		"literal token": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, headers: {X-Api-Key: geheim}}",
			"do not write a secret into the job file"},
		"bad notify": {"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, notify: chat}",
			"notify: expected an address"},
		"no pace": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, concurrency: much}",
			"from 1 on, or auto"},
		"pace 0": {"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, concurrency: 0}",
			"from 1 on, or auto"},
		"no share": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, shared_keys: 0.1}",
			"such as 10%, not"},
		"approvers alone": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, approvers: [anna]}",
			"names approvers but does not ask them"},
		"approval by a word": {
			"version: 1\njobs:\n  - {name: a, inbox: i, preset: p, require_approval: perhaps}",
			"require_approval"},
		"empty": {"", "the job file is empty"},
	} {
		_, err := parse(t, test.source)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, test.want)
		} else if strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: the error shows the secret: %v", name, err)
		}
	}
}

func TestHeaderFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	job := Job{Headers: []Header{{Name: "X-Token", File: path}}}
	if _, err := job.Header(); err == nil || !strings.Contains(err.Error(), "header X-Token: ") {
		t.Errorf("a missing file is %v", err)
	}
	os.WriteFile(path, []byte("geheim\n"), 0o600)
	if header, err := job.Header(); err != nil || header.Get("X-Token") != "geheim" {
		t.Errorf("the header is %v, %v", header, err)
	}
}

func TestAcceptWhen(t *testing.T) {
	for _, test := range []struct {
		when, answer   string
		accepts, fails bool
	}{
		{`answer.status == "ok"`, `{"status":"ok"}`, true, false},
		{`answer.status == "ok"`, `{"status":"error"}`, false, false},
		{`answer.status == "ok"`, `{}`, false, false},
		{`answer.status == "ok"`, `<html>`, false, true},
		{`answer.status == "ok"`, ``, false, true},
		{`answer.status == "ok"`, `[1]`, false, true},
		{`answer.result.code == 0`, `{"result":{"code":0}}`, true, false},
		{`not (text contains "error")`, `accepted`, true, false},
		{`answer.ok`, `{"ok":"yes"}`, false, true},
	} {
		judge, err := compile(test.when)
		if err != nil {
			t.Fatal(err)
		}
		accepts, err := judge([]byte(test.answer))
		if accepts != test.accepts || (err != nil) != test.fails {
			t.Errorf("%s of %s is %v, %v", test.when, test.answer, accepts, err)
		}
	}
}

// FuzzParse: whatever a job file holds, it is read or refused with sentences, and no secret of the
// environment is shown.
func FuzzParse(f *testing.F) {
	f.Add("version: 1\njobs:\n  - {name: a, inbox: i, preset: p, headers: {X: '${ABLE_TOKEN}'}, " +
		"accept_when: answer.ok}")
	f.Add("jobs: [[]]")
	f.Add("version: 1\njobs: {a: b}")
	f.Fuzz(func(t *testing.T, source string) {
		file, err := Parse("able-import.yaml", []byte(source),
			func(string) string { return "geheim-aus-der-umgebung" })
		if err != nil && strings.Contains(err.Error(), "geheim-aus") &&
			!strings.Contains(source, "geheim-aus") {
			t.Errorf("the error shows a variable's value: %v", err)
		}
		if err == nil && len(file.Jobs) == 0 {
			t.Error("a job file without jobs is sound")
		}
	})
}

// The reference has every key that the reader knows.
func TestReferenceHasEveryKey(t *testing.T) {
	source, err := os.ReadFile("read.go")
	if err != nil {
		t.Fatal(err)
	}
	known := regexp.MustCompile(`(?m)keys\["(\w+)"\]|^\t\t"(\w+)": `).FindAllStringSubmatch(
		string(source), -1)
	if len(known) < 30 {
		t.Fatalf("only %d keys were found in read.go", len(known))
	}
	for _, found := range known {
		key := found[1] + found[2]
		if !regexp.MustCompile(`\b` + key + `:`).MatchString(Reference()) {
			t.Errorf("doc.go lacks the key %s", key)
		}
	}
}

// A variable that is not set is reported once, and an empty address counts as no address.
func TestNotifyWithoutAValue(t *testing.T) {
	for text, want := range map[string]string{
		`"${ABLE_CHAT}"`: "ABLE_CHAT is not set", `""`: "an address"} {
		_, err := Parse("jobs.yaml", []byte("version: 1\njobs:\n  - {name: a, inbox: i, "+
			"preset: p, notify: "+text+"}\n"), func(string) string { return "" })
		if err == nil || !strings.Contains(err.Error(), want) ||
			strings.Count(err.Error(), "jobs.yaml:") != 1 {
			t.Errorf("%s: %v", text, err)
		}
	}
}
