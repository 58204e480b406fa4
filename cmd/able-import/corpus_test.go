package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ableimport/samples/secrets"
)

// What one file may cost: processor time, which does not depend on what else the machine does, the
// time after which a program that does nothing hangs, and memory in bytes.
const (
	corpusTime   = 10 * time.Second
	corpusHang   = 60 * time.Second
	corpusMemory = 300 << 20
)

// TestCorpus runs `inspect` as a user does over every folder in CORPUS that has expectations
// (expect.json explains them), each file first without settings, then, where it asks or is not read
// as expected, with those that a careful person would give. Wrong is a refusal or a header other
// than expected; forbidden is a wrong value, a lost or shifted row, a silent acceptance of what
// must be refused, a crash, and whatever exceeds the bounds above.
func TestCorpus(t *testing.T) {
	corpus, program := os.Getenv("CORPUS"), os.Getenv("ABLE_IMPORT_PROGRAM")
	if corpus == "" || program == "" {
		t.Skip("CORPUS names no folder with expect.json, or ABLE_IMPORT_PROGRAM no program: see " +
			"make corpus")
	}
	found, _ := filepath.Glob(filepath.Join(corpus, "*", "expect.json"))
	if _, err := os.Stat(filepath.Join(corpus, "expect.json")); err == nil {
		found = append(found, filepath.Join(corpus, "expect.json"))
	}
	if len(found) == 0 {
		t.Skip("there is no expect.json in " + corpus)
	}
	for _, path := range found {
		t.Run(filepath.Base(filepath.Dir(path)),
			func(t *testing.T) { judgeFolder(t, program, path) })
	}
}

func judgeFolder(t *testing.T, program, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]expected
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	delete(entries, "_meta")
	count, told := map[string]int{}, 0
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		want := entries[name]
		want.path = filepath.Join(filepath.Dir(path), name)
		result := want.judge(program, nil)
		plain := result
		if settings := want.settings(); result.outcome != "ok" && len(settings) > 0 {
			if result = want.judge(program, settings); result.outcome == "ok" {
				told++
			}
			result.why += fmt.Sprintf(" (with %s; without: %s, %s)", strings.Join(settings, " "),
				plain.outcome, plain.why)
		}
		count[result.outcome]++
		t.Logf("%-9s %s: %.300s", result.outcome, name, strings.ReplaceAll(result.why, "\n", " "))
	}
	t.Logf("%d files: %d ok (%d of them with settings), %d wrong, %d forbidden", len(entries),
		count["ok"], told, count["wrong"], count["forbidden"])
	if count["forbidden"] > 0 || count["ok"]*100 < 95*len(entries) {
		t.Errorf("got %d forbidden and %d of %d ok, want none and 95 %%", count["forbidden"],
			count["ok"], len(entries))
	}
}

// expected is what a careful person reads in one file.
type expected struct {
	Verdict       string            `json:"verdict"`
	Accept        []string          `json:"accept"`
	Delimiter     string            `json:"delimiter"`
	Encoding      string            `json:"encoding"`
	Quote         string            `json:"quote"`
	Escape        string            `json:"escape"`
	Comment       string            `json:"comment"`
	Sheet         string            `json:"sheet"`
	Header        []string          `json:"header"`
	HeaderColumns int               `json:"header_columns"`
	HeaderRow     *int              `json:"header_row"`
	Records       *int              `json:"records"`
	BadRecords    []int             `json:"bad_records"`
	Cells         map[string]string `json:"cells"`
	Raw           map[string]any    `json:"raw"`
	Dates         map[string]string `json:"dates"`

	path string
}

func (e *expected) accepts(verdict string) bool {
	return e.Verdict == verdict || slices.Contains(e.Accept, verdict)
}

func (e *expected) isWorkbook() bool { return e.Delimiter == "" && e.Encoding == "" }

// settings are the flags that a careful person would give.
func (e *expected) settings() []string {
	var flags []string
	for _, setting := range []struct{ flag, value string }{
		{"--encoding", strings.TrimSuffix(e.Encoding, " (BOM)")}, {"--delimiter", e.Delimiter},
		{"--quote", e.Quote}, {"--escape", e.Escape}, {"--comment", e.Comment},
	} {
		if setting.value != "" {
			flags = append(flags, setting.flag, setting.value)
		}
	}
	return flags
}

// A judgement is "ok", "wrong" or "forbidden", and why.
type judgement struct{ outcome, why string }

func forbidden(format string, values ...any) judgement {
	return judgement{"forbidden", fmt.Sprintf(format, values...)}
}

func wrong(format string, values ...any) judgement {
	return judgement{"wrong", fmt.Sprintf(format, values...)}
}

// judge inspects one file and compares.
func (e *expected) judge(program string, settings []string) judgement {
	found, bad := inspectFile(program, e.path, settings)
	switch {
	case bad.outcome != "":
		return bad
	case found.refusal != "" && !strings.HasPrefix(found.refusal, filepath.Base(e.path)+": "):
		return wrong("the message does not begin with the file's name: %s", found.refusal)
	case found.refusal != "" && !e.accepts("error"):
		return wrong("refused: %s", found.refusal)
	case found.refusal != "":
		return judgement{"ok", "refused: " + found.refusal}
	case !e.accepts("ok"):
		return forbidden("accepted with %d rows", found.Rows)
	}
	for _, row := range found.rows {
		if strings.Contains(strings.Join(row.Cells, ""), "\ufffd") {
			return forbidden("row %d has U+FFFD in it and counts as good", row.Row)
		}
	}
	if e.Records == nil {
		return judgement{"ok", fmt.Sprintf("%d rows", found.Rows)}
	}
	if e.isWorkbook() {
		return e.judgeSheet(found)
	}
	return e.judgeText(found)
}

// inspected is what `inspect` says of a file.
type inspected struct {
	Sheet     string   `json:"sheet"`
	HeaderRow int      `json:"header_row"`
	Header    []string `json:"header"`
	Rows      int      `json:"rows"`

	rows    []inspectedRow // that --rows prints; of very many the first ones and the last
	left    int            // rows that are not kept
	refusal string
}

type inspectedRow struct {
	Row   int      `json:"row"`
	Cells []string `json:"cells"`
	Error string   `json:"error"`
}

// inspectFile inspects with --json and with --rows; the two must agree.
func inspectFile(program, path string, settings []string) (inspected, judgement) {
	var found inspected
	refusal, bad := runInspect(program, append(settings, "--json", path),
		func(out io.Reader) error {
			return json.NewDecoder(out).Decode(&found)
		})
	if bad.outcome != "" {
		return found, bad
	}
	found.refusal, bad = runInspect(program, append(settings, "--rows", path), found.readRows)
	// Where stderr is no terminal, the program's name stands before the place.
	found.refusal = strings.TrimPrefix(found.refusal, "able-import: ")
	switch n := found.count(found.HeaderRow); {
	case bad.outcome != "":
		return found, bad
	case (refusal == "") != (found.refusal == ""):
		return found, forbidden("--json says %q, --rows %q", refusal, found.refusal)
	case refusal == "" && n != found.Rows:
		return found, forbidden("--json counts %d rows, --rows prints %d", found.Rows, n)
	}
	return found, judgement{}
}

// readRows keeps the first rows, and the last one of those that follow.
func (f *inspected) readRows(out io.Reader) error {
	const most = 20000
	decoder := json.NewDecoder(out)
	for decoder.More() {
		var row inspectedRow
		if err := decoder.Decode(&row); err != nil {
			return err
		}
		if len(f.rows) > most {
			f.rows = f.rows[:most]
			f.left++
		}
		f.rows = append(f.rows, row)
	}
	return nil
}

// count says how many rows there are below a row.
func (f *inspected) count(row int) int { return len(f.below(row)) + f.left }

// below gives the rows below a row.
func (f *inspected) below(row int) []inspectedRow {
	return slices.DeleteFunc(slices.Clone(f.rows),
		func(r inspectedRow) bool { return r.Row <= row })
}

// runInspect runs the program within bounds and has its output read, which is JSON. The refusal is
// what it says to people when it exits with 1 or 6.
func runInspect(program string, arguments []string, read func(io.Reader) error) (refusal string,
	bad judgement) {
	ctx, cancel := context.WithTimeout(context.Background(), corpusHang)
	defer cancel()
	command := exec.CommandContext(ctx, program, append([]string{"inspect"}, arguments...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return "", forbidden("%v", err)
	}
	readErr := read(output)
	_, _ = io.Copy(io.Discard, output)
	var exit *exec.ExitError
	switch err = command.Wait(); {
	case ctx.Err() != nil:
		return "", forbidden("took more than %s", corpusHang)
	case err != nil && !errors.As(err, &exit):
		return "", forbidden("%v", err)
	case command.ProcessState.UserTime()+command.ProcessState.SystemTime() > corpusTime:
		return "", forbidden("took more than %s of the processor", corpusTime)
	case peakMemory(command.ProcessState) > corpusMemory:
		return "", forbidden("took %d MB", peakMemory(command.ProcessState)>>20)
	}
	if found := secrets.Find(stderr.String()); found != "" {
		return "", forbidden("says %s", found)
	}
	switch code := command.ProcessState.ExitCode(); {
	case (code == exitDone || code == exitInvalid) && readErr != nil:
		return "", forbidden("prints no JSON: %v", readErr)
	case code == exitDone || code == exitInvalid:
		return "", judgement{}
	case code == exitFailed || code == exitRefused:
		return strings.TrimSpace(stderr.String()), judgement{}
	default:
		return "", forbidden("exit code %d: %.200s", code, stderr.String())
	}
}
