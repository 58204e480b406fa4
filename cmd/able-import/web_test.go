package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer/sandbox"
	"ableimport/samples"
	"ableimport/samples/secrets"
)

// The page and the command line make the same plan of each sample, send the same bodies, and report
// the same.
func TestPageAndCommandLineAgree(t *testing.T) {
	for _, sample := range samples.All() {
		t.Run(sample.Name, func(t *testing.T) {
			file := filepath.Join("../../samples", sample.Name, sample.Export)
			list, needed := customerLists[sample.Name]
			if !needed {
				typed, typedBodies := typedRun(t, file,
					append([]string{"--preset", sample.Name}, setFlags(sample.Name)...)...)
				agree(t, typed, typedBodies)(pageRun(t, file, func(p *pageWalk) {
					p.form("/preset", url.Values{"name": {sample.Name}})
					p.say(sample.Name)
				}))
				return
			}
			mapping, second := list.write(t, sample.Name)
			typed, typedBodies := typedRun(t, file,
				append([]string{"-m", mapping}, setFlags(sample.Name)...)...)
			// with the mapping that somebody has written
			agree(t, typed, typedBodies)(pageRun(t, file, func(p *pageWalk) {
				p.drop("/mapping", "mapping", mapping)
				p.say(sample.Name)
				p.drop("/customers", "file", second)
			}))
			delete(typed, "mapping")
			// and with the one that is made on the page
			page, bodies := pageRun(t, file, func(p *pageWalk) {
				p.form("/preset", url.Values{"name": {sample.Name}})
				p.say(sample.Name)
				if list.year != "" {
					p.form("/columns", url.Values{"year": {list.year}})
				}
				p.drop("/customers", "file", second)
				p.form("/customers", url.Values{"on": {list.on}, "key": {list.key},
					"email": {list.email}})
			})
			delete(page, "mapping")
			agree(t, typed, typedBodies)(page, bodies)
		})
	}
}

// said are the settings that the exports of the samples do not say: the form's field, and its
// value.
var said = map[string][2]string{
	"chargebee-invoices": {"set.timezone", "UTC"}, "eventbrite-attendees": {"set.timezone", "UTC"},
	"lemonsqueezy-orders": {"set.minor_units", "yes"}, "mollie-settlement": {"set.timezone", "UTC"},
	"wix-orders": {"set.timezone", "UTC"}, "woocommerce-analytics": {"set.timezone", "UTC"},
	"woocommerce-order-export": {"set.timezone", "UTC"},
	"woocommerce-orders":       {"set.timezone", "UTC"},
}

func setFlags(sample string) []string {
	field, needed := said[sample]
	if !needed {
		return nil
	}
	_, name, _ := strings.Cut(field[0], ".")
	return []string{"--set", name + "=" + field[1]}
}

func (p *pageWalk) say(sample string) {
	if field, needed := said[sample]; needed {
		p.form("/columns", url.Values{field[0]: {field[1]}})
	}
}

// agree compares what the page came to with what the command line came to.
func agree(t *testing.T, typed map[string]any, typedBodies []string) func(shown map[string]any,
	shownBodies []string) {
	return func(shown map[string]any, shownBodies []string) {
		t.Helper()
		if len(typedBodies) == 0 {
			t.Error("nothing was sent: there is nothing to compare")
		}
		if diff := cmp.Diff(typed, shown); diff != "" {
			t.Errorf("the page reports otherwise (-command line +page):\n%s", diff)
		}
		if diff := cmp.Diff(typedBodies, shownBodies); diff != "" {
			t.Errorf("the page sends other bodies (-command line +page):\n%s", diff)
		}
	}
}

// A customerListOf a sample is the second file that its notes mention.
type customerListOf struct {
	file, content  string
	on, key, email string // the export's column, and the list's
	year           string // that somebody says on the page, though the file says it; "": none
}

var customerLists = map[string]customerListOf{
	"adyen-settlement": {
		file: "orders.csv", content: "Order,Email\nA-1001,ann@example.com\n" +
			"A-1002,ben@example.com\nA-1003,cleo@example.com\nA-1004,dan@example.com\n",
		on: "Merchant Reference", key: "Order", email: "Email",
	},
	"datev-buchungsstapel": {
		file: "debitoren.csv", content: "Konto;Name;E-Mail\n10001;Ann Archer;ann@example.com\n" +
			"10002;Ben Baker;ben@example.com\n10004;Dan Dyer;dan@example.com\n" +
			"10005;Eva Eaton;eva@example.com\n",
		on: "Konto", key: "Konto", email: "E-Mail", year: "2026",
	},
	"freshbooks-invoices": {
		file: "clients.csv", content: "Organization,Email\nAlder & Sons,ann@example.com\n" +
			"\"Birch Bakery, Ltd\",ben@example.com\nDogwood Dance,dan@example.com\n",
		on: "Client Name", key: "Organization", email: "Email",
	},
	"mollie-settlement": {
		file: "orders.csv", content: "Mollie ID,Email\ntr_Example01,ann@example.com\n" +
			"tr_Example05,cleo@example.com\ntr_Example06,dan@example.com\n",
		on: "ID", key: "Mollie ID", email: "Email",
	},
	"quickbooks-sales": {
		file: "customers.csv", content: "Customer,Email\n\"Alder & Sons, LLC\",ann@example.com\n" +
			"Birch Bakery,ben@example.com\n",
		on: "column A", key: "Customer", email: "Email",
	},
	"woocommerce-analytics": {
		file: "addresses.csv", content: "Order,Email\n2001,ann@example.com\n" +
			"2002,ben@example.com\n2006,finn@example.com\n",
		on: "Order #", key: "Order", email: "Email",
	},
}

var suggestedKey = regexp.MustCompile(`email: \{.*# not in this .*: (\{lookup: .*\})`)

// write makes the files that the notes of a sample describe: the preset with its lookup, and the
// list beside it.
func (l customerListOf) write(t *testing.T, preset string) (mapping, list string) {
	t.Helper()
	source, err := samples.Mapping(preset)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(suggestedKey.ReplaceAllString(string(source), "email: $1"),
		"\n# lookups:", "\nlookups:", 1)
	dir := t.TempDir()
	mapping, list = filepath.Join(dir, preset+".yaml"), filepath.Join(dir, l.file)
	for path, content := range map[string]string{mapping: text, list: l.content} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return mapping, list
}

// keepingReceiver is a sandbox that keeps the bodies; bodies gives them in order of their text.
func keepingReceiver(t *testing.T) (url string, bodies func() []string) {
	t.Helper()
	var kept bytes.Buffer
	server, err := sandbox.Start(sandbox.Options{Bodies: &kept, Reject: rejectSome})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server.URL(), func() []string {
		server.Close()
		if kept.Len() == 0 {
			return nil
		}
		lines := strings.Split(strings.TrimSpace(kept.String()), "\n")
		slices.Sort(lines)
		return lines
	}
}

func environment(endpoint, state string) func(string) string {
	return func(name string) string {
		switch name {
		case "ABLE_FUNNEL_MARK":
			return secrets.Mark
		case "ABLE_ENDPOINT":
			return endpoint
		case "ABLE_IMPORT_STATE_DIR":
			return state
		}
		return ""
	}
}

// comparable reads a summary without what differs from run to run.
func comparable(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var summary map[string]any
	if err := json.Unmarshal(text, &summary); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, name := range []string{"run_id", "timing", "target", "reports"} {
		delete(summary, name)
	}
	return summary
}

func typedRun(t *testing.T, file string, mapping ...string) (summary map[string]any,
	bodies []string) {
	t.Helper()
	endpoint, sent := keepingReceiver(t)
	var out, errs bytes.Buffer
	run(t.Context(), append([]string{"run", "--json", file}, mapping...), streams{
		in: strings.NewReader(""), out: &out, err: &errs}, environment(endpoint, t.TempDir()))
	secrets.Check(t, "the run", out.String(), errs.String())
	if out.Len() == 0 {
		t.Fatal(errs.String())
	}
	return comparable(t, out.Bytes()), sent()
}

// pageRun imports a file on the page. How its mapping is chosen is the caller's.
func pageRun(t *testing.T, file string, choose func(*pageWalk)) (summary map[string]any,
	bodies []string) {
	t.Helper()
	endpoint, sent := keepingReceiver(t)
	state := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	shown, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"web", "--no-browser"}, streams{in: strings.NewReader(""),
			out: out, err: io.Discard}, environment(endpoint, state))
		out.Close()
	}()
	lines := bufio.NewReader(shown)
	link, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, lines)
	walkThrough(t, strings.TrimSpace(link), file, choose)
	cancel()
	if code := <-ended; code != exitDone {
		t.Errorf("the page ended with exit code %d", code)
	}
	written, err := filepath.Glob(filepath.Join(state, "runs", "*", "summary.json"))
	if err != nil || len(written) != 1 {
		t.Fatalf("summaries %v, %v", written, err)
	}
	text, err := os.ReadFile(written[0])
	if err != nil {
		t.Fatal(err)
	}
	secrets.CheckFolder(t, state)
	return comparable(t, text), sent()
}

// A pageWalk does on the page what a person would.
type pageWalk struct {
	*testing.T
	client     *http.Client
	base, open string // addresses
}

func (p *pageWalk) do(method, address, kind string, body io.Reader) (page, where string) {
	p.Helper()
	request, err := http.NewRequest(method, address, body)
	if err != nil {
		p.Fatal(err)
	}
	at := *request.URL
	request.Header.Set("Origin", at.Scheme+"://"+at.Host)
	request.Header.Set("Content-Type", kind)
	response, err := p.client.Do(request)
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		p.Fatalf("%s %s: %s, %v\n%s", method, address, response.Status, err, text)
	}
	// which has an invented row to show what a file looks like
	where = "/" + strings.TrimPrefix("http://"+response.Request.URL.Host+
		response.Request.URL.Path, p.base+"/")
	if where != "/" {
		secrets.Check(p, where, string(text))
	}
	return string(text), where
}

// get waits until what is being done is done.
func (p *pageWalk) get(path string) string {
	p.Helper()
	for {
		if page, _ := p.do("GET", p.open+path, "", nil); !strings.Contains(page,
			`class="waiting"`) {
			return page
		}
	}
}

func (p *pageWalk) form(path string, values url.Values) {
	p.Helper()
	p.do("POST", p.open+path, "application/x-www-form-urlencoded",
		strings.NewReader(values.Encode()))
}

// drop uploads a file in a field of a form, and returns where that leads.
func (p *pageWalk) drop(path, field, file string) (where string) {
	p.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		p.Fatal(err)
	}
	var upload bytes.Buffer
	parts := multipart.NewWriter(&upload)
	part, _ := parts.CreateFormFile(field, filepath.Base(file))
	part.Write(content)
	parts.Close()
	_, where = p.do("POST", p.open+path, parts.FormDataContentType(), &upload)
	return where
}

func walkThrough(t *testing.T, link, file string, choose func(*pageWalk)) {
	t.Helper()
	at, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	base := at.Scheme + "://" + at.Host + strings.TrimSuffix(at.Path, "/open")
	jar, _ := cookiejar.New(nil)
	p := &pageWalk{T: t, client: &http.Client{Jar: jar}, base: base, open: base}
	p.do("GET", link, "", nil)
	p.open = base + strings.TrimSuffix(p.drop("/files", "file", file), "/found")
	p.get("/found")
	choose(p)
	p.get("/preview")
	p.form("/send", url.Values{"target": {"able"}})
	checked := p.get("/send")
	match := regexp.MustCompile(`name="plan" value="([^"]+)"`).FindStringSubmatch(checked)
	if match == nil {
		t.Fatalf("there is nothing to send: %s", checked)
	}
	p.form("/start", url.Values{"plan": {match[1]}, "controls": {"yes"}})
	p.get("/progress")
}
