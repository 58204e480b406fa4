package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

const newConsole = 0x10 // CREATE_NEW_CONSOLE: what the Explorer gives to a program

// The page opens where the Explorer starts the program, in a console of its own; whoever types
// nothing but its name at a prompt gets the help.
func TestDoubleClickOpensThePage(t *testing.T) {
	for _, flags := range []uint32{newConsole, 0} {
		c := exec.Command("able-import")
		c.Env = append(os.Environ(), "ABLE_IMPORT_STATE_DIR="+t.TempDir(), "PATH=") // no browser
		c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: flags}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		c.Stderr = c.Stdout
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
		page, said := false, ""
		for lines := bufio.NewScanner(out); !page && lines.Scan(); {
			said += lines.Text() + "\n"
			page = strings.Contains(lines.Text(), "open.html")
		}
		c.Process.Kill()
		c.Wait()
		late.Stop()
		if page != (flags == newConsole) {
			t.Errorf("a console of its own: %t; it says\n%s", flags == newConsole, said)
		}
	}
}

// Explorer and Excel stop at 260 characters; programs do not have to.
func TestPathsOfMoreThan260Characters(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	deep := t.TempDir()
	for range 6 {
		deep = filepath.Join(deep, strings.Repeat("invoices of the year ", 3)+"2026")
	}
	if err := os.MkdirAll(deep, 0o700); err != nil || len(deep) < 360 {
		t.Fatal(len(deep), err)
	}
	mapping := "version: 1\nname: long\nevent: Purchase\nfields:\n  order_id: Number\n" +
		"  deal_value: Total\n  deal_currency: {const: EUR}\n  keys: {email: Email}\n"
	for name, text := range map[string]string{"mapping.yaml": mapping,
		"june.csv": "Number,Total,Email\n1,12.50,ann@example.com\n2,twelve,ben@example.com\n"} {
		if err := os.WriteFile(filepath.Join(deep, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	c := exec.Command("able-import", "run", "-m", filepath.Join(deep, "mapping.yaml"),
		"--endpoint", server.URL(), "--state-dir", filepath.Join(deep, "state"), "--report-dir",
		filepath.Join(deep, "reports"), filepath.Join(deep, "june.csv"))
	c.Env = append(os.Environ(), "ABLE_FUNNEL_MARK="+secrets.Mark)
	said, _ := c.CombinedOutput()
	if code := c.ProcessState.ExitCode(); code != 3 || len(server.Events()) != 1 {
		t.Fatalf("exit %d, %d events; want 3 and 1; it says\n%s", code, len(server.Events()), said)
	}
	failures, _ := filepath.Glob(filepath.Join(deep, "reports", "*", "june.failures.*"))
	if len(failures) == 0 {
		t.Errorf("no failures file below %s; it says\n%s", deep, said)
	}
}

// A CSV answer tells Excel its encoding, and has the separator of the file that it answers: the
// one with which the Excel of that person wrote it.
func TestAnswersThatExcelOpens(t *testing.T) {
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, separator := range []string{";", ",", "\t"} {
		dir := t.TempDir()
		export := filepath.Join(dir, "juni.csv")
		text := strings.ReplaceAll("Nummer|Summe|E-Mail|Käufer\r\n"+
			"1|zwölf|ann@example.com|Ann Müller\r\n", "|", separator)
		mapping := "version: 1\nname: juni\nevent: Purchase\nfields:\n  order_id: Nummer\n" +
			"  deal_value: {column: Summe, number: \"1.234,56\"}\n  deal_currency: {const: EUR}\n" +
			"  keys: {email: E-Mail}\n"
		for path, text := range map[string]string{export: text,
			filepath.Join(dir, "juni.yaml"): mapping} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c := exec.Command("able-import", "run", "-m", filepath.Join(dir, "juni.yaml"), "--endpoint",
			server.URL(), "--state-dir", filepath.Join(dir, "state"), export)
		c.Env = append(os.Environ(), "ABLE_FUNNEL_MARK="+secrets.Mark)
		said, _ := c.CombinedOutput()
		found, _ := filepath.Glob(filepath.Join(dir, "state", "runs", "*", "juni.failures.csv"))
		if len(found) != 1 {
			t.Fatalf("%q: no failures file in CSV; it says\n%s", separator, said)
		}
		answer, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		text, mark := strings.CutPrefix(string(answer), "\ufeff")
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = []rune(separator)[0]
		rows, err := r.ReadAll()
		if !mark || err != nil || len(rows) != 2 || !bytes.Contains(answer, []byte("Ann Müller")) {
			t.Errorf("%q: %v, a mark: %t, rows %q", separator, err, mark, rows)
		}
	}
}

// The task of the examples is one that Windows takes.
func TestTaskOfTheExamples(t *testing.T) {
	// A task outlives a test that is killed, so the name is another one every time.
	name := "able-import test " + filepath.Base(filepath.Dir(t.TempDir()))
	task, err := filepath.Abs(filepath.Join("..", "..", ".release", "examples", "windows-task.xml"))
	if err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("schtasks", "/create", "/tn", name, "/xml", task).CombinedOutput()
	if err != nil {
		t.Fatalf("schtasks: %v\n%s", err, said)
	}
	exec.Command("schtasks", "/delete", "/tn", name, "/f").Run()

	text, err := os.ReadFile(task)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.xml")
	if err := os.WriteFile(broken, text[:len(text)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if exec.Command("schtasks", "/create", "/tn", name, "/xml", broken).Run() == nil {
		exec.Command("schtasks", "/delete", "/tn", name, "/f").Run()
		t.Error("Windows takes half a task, too; its yes says nothing")
	}
}
