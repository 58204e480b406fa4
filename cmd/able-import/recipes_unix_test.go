//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

const julyExport = "Number,Total,Email\nS-1,10.00,anna@example.com\nS-2,ten,bo@example.com\n"

// recipeJob starts a receiver and writes a job for it, whose files would have to settle for an
// hour. The function runs the job and returns how many events the receiver has.
func recipeJob(t *testing.T, more string) (dir string, runJob func() int) {
	t.Helper()
	receiver, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { receiver.Close() })
	dir = t.TempDir()
	for path, text := range map[string]string{
		"mapping.yaml": "version: 1\nname: invoices\nevent: Purchase\n" +
			"formats: {number: \"1,234.56\"}\nfields:\n  order_id: Number\n  deal_value: Total\n" +
			"  deal_currency: {const: EUR}\n  keys: {email: Email}\n",
		"able-import.yaml": "version: 1\njobs:\n  - name: shop\n    inbox: inbox\n" +
			"    settle: 1h\n" +
			"    pattern: \"invoices_*.csv\"\n    mapping: mapping.yaml\n" + more,
	} {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o700); err != nil {
		t.Fatal(err)
	}

	return dir, func() int {
		var out bytes.Buffer
		code := run(t.Context(), []string{"run", "--job", "shop", "--config",
			filepath.Join(dir, "able-import.yaml")},
			streams{in: strings.NewReader(""), out: &out, err: &out},
			func(name string) string {
				return map[string]string{"ABLE_ENDPOINT": receiver.URL(),
					"ABLE_FUNNEL_MARK":      secrets.Mark,
					"ABLE_IMPORT_STATE_DIR": filepath.Join(dir, "state")}[name]
			})
		if code != exitDone && code != exitInvalid {
			t.Errorf("the job ends with %d:\n%s", code, out.String())
		}
		return len(receiver.Events())
	}
}

// example is the path of a file that a release ships.
func example(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../.release/examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// What rclone fetches is complete at once, and is taken once; what is not asked for stays where it
// is.
func TestFetchRecipe(t *testing.T) {
	dir, runJob := recipeJob(t, "")
	remote, inbox := filepath.Join(dir, "remote"), filepath.Join(dir, "inbox")
	if err := os.Mkdir(remote, 0o700); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	if _, err := exec.LookPath("rclone"); err != nil { // does the same between folders
		bin := filepath.Join(dir, "bin")
		if err := os.Mkdir(bin, 0o700); err != nil {
			t.Fatal(err)
		}
		script := "#!/bin/sh\nset -e\n[ \"$1 $4 $6\" = 'move --include --max-depth' ]\n" +
			"mkdir -p \"$3\"\nfor f in \"$2\"/$5; do [ ! -f \"$f\" ] || mv \"$f\" \"$3/\"; done\n"
		err := os.WriteFile(filepath.Join(bin, "rclone"), []byte(script), 0o700)
		if err != nil {
			t.Fatal(err)
		}
		path = bin + ":" + path
	}
	fetch := func() string {
		c := exec.Command(example(t, "fetch.sh"), remote, inbox, "invoices_*.csv")
		c.Env = append(os.Environ(), "PATH="+path, "HOME="+dir)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("fetch.sh: %v\n%s", err, out)
		}
		return string(out)
	}
	put := func(name string) {
		if err := os.WriteFile(filepath.Join(remote, name), []byte(julyExport), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	put("invoices_july.csv")
	put("customers.csv")
	fetch()
	put("invoices_july.csv")
	if said := fetch(); !strings.Contains(said, "still has a file of this name") {
		t.Errorf("a second file of the same name is not told of: %q", said)
	}
	if got := runJob(); got != 1 {
		t.Errorf("%d events received", got)
	}
	if got := runJob(); got != 1 {
		t.Errorf("after another night, %d events received", got)
	}
	fetch()
	if got := runJob(); got != 1 {
		t.Errorf("with the same rows in a second file, %d events received", got)
	}
	if left, _ := os.ReadDir(remote); len(left) != 1 || left[0].Name() != "customers.csv" {
		t.Errorf("left at the remote: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(inbox, "*.csv*")); len(left) > 0 {
		t.Errorf("left in the inbox: %v", left)
	}
}

// The attachment of a mail that the job asks for gets into its inbox, and nowhere else.
func TestMailRecipe(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("no python3, for which the recipe is written")
	}
	dir, runJob := recipeJob(t, "")
	attachment := func(name string) string {
		return "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"" +
			name + "\"\r\n\r\n" + strings.ReplaceAll(julyExport, "\n", "\r\n") + "\r\n"
	}
	deliver := func(parts string) (string, error) {
		c := exec.Command("python3", example(t, "mail-attachment.py"), filepath.Join(dir, "inbox"),
			"invoices_*.csv")
		c.Stdin = strings.NewReader("From: billing@example.com\r\nMIME-Version: 1.0\r\n" +
			"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nYour export.\r\n" +
			parts + "--b--\r\n")
		out, err := c.CombinedOutput()
		return string(out), err
	}

	out, err := deliver(attachment("../invoices_july.csv") + attachment("logo.png"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := deliver(attachment("invoices_july.csv")); err == nil {
		t.Errorf("a second mail replaces the file of the first: %s", out)
	}
	if out, err := deliver(attachment("logo.png")); err == nil ||
		!strings.Contains(out, "no attachment invoices_*.csv") {
		t.Errorf("a mail without an export: %v %s", err, out)
	}
	if got := runJob(); got != 1 {
		t.Errorf("%d events received", got)
	}
	all, _ := filepath.Glob(filepath.Join(dir, "*"))
	inbox, _ := filepath.Glob(filepath.Join(dir, "inbox", "*.*"))
	if len(all) != 4 || len(inbox) != 0 { // inbox, state, mapping and job file
		t.Errorf("left: %v %v", all, inbox)
	}
}

// From the notice of a real night, the templates for chats make what the chats accept.
func TestNoticeRecipes(t *testing.T) {
	for name, text := range map[string]func(map[string]any) any{
		"slack.json.tmpl": func(posted map[string]any) any { return posted["text"] },
		"teams.json.tmpl": func(posted map[string]any) any {
			attachment := posted["attachments"].([]any)[0].(map[string]any)
			blocks := attachment["content"].(map[string]any)["body"].([]any)
			return blocks[0].(map[string]any)["text"].(string) + "\n" +
				blocks[1].(map[string]any)["text"].(string)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var posted map[string]any
			hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter,
				r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err == nil {
					err = json.Unmarshal(body, &posted)
				}
				if err != nil {
					t.Errorf("%v: %s", err, body)
				}
			}))
			defer hook.Close()
			dir, runJob := recipeJob(t, "    notify: "+hook.URL+"\n    notify_template: "+
				example(t, name)+"\n")
			inbox := filepath.Join(dir, "inbox")
			for path, content := range map[string]string{
				"invoices_\"july\".csv": julyExport, "invoices_\"july\".csv.done": ""} {
				err := os.WriteFile(filepath.Join(inbox, path), []byte(content), 0o600)
				if err != nil {
					t.Fatal(err)
				}
			}

			runJob()
			if posted == nil {
				t.Fatal("nothing was posted")
			}
			said, _ := text(posted).(string)
			for _, want := range []string{"able-import, job shop: exit code 3\n",
				`invoices_"july".csv: archived, exit code 3, 1 delivered, 0 before, `,
				"1 invalid"} {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in %q", want, said)
				}
			}
		})
	}
}
