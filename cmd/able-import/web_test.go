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
)

// The page and the command line make the same plan of each sample, send the same bodies, and report the same.
func TestPageAndCommandLineAgree(t *testing.T) {
	for _, sample := range samples.All() {
		t.Run(sample.Name, func(t *testing.T) {
			file := filepath.Join("../../samples", sample.Name, sample.Export)
			typed, typedBodies := typedRun(t, sample.Name, file)
			if typedBodies == nil {
				t.Skip("the sample needs a second file, and nothing of it alone can be sent")
			}
			shown, shownBodies := pageRun(t, sample.Name, file)
			if diff := cmp.Diff(typed, shown); diff != "" {
				t.Errorf("the page reports otherwise (-command line +page):\n%s", diff)
			}
			if diff := cmp.Diff(typedBodies, shownBodies); diff != "" {
				t.Errorf("the page sends other bodies (-command line +page):\n%s", diff)
			}
		})
	}
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
			return demoMark
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

func typedRun(t *testing.T, preset, file string) (summary map[string]any, bodies []string) {
	t.Helper()
	endpoint, sent := keepingReceiver(t)
	var out, errs bytes.Buffer
	run(t.Context(), []string{"run", "--preset", preset, "--json", file}, streams{in: strings.NewReader(""), out: &out, err: &errs}, environment(endpoint, t.TempDir()))
	if out.Len() == 0 {
		t.Fatal(errs.String())
	}
	return comparable(t, out.Bytes()), sent()
}

func pageRun(t *testing.T, preset, file string) (summary map[string]any, bodies []string) {
	t.Helper()
	endpoint, sent := keepingReceiver(t)
	state := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	shown, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"web", "--no-browser"}, streams{in: strings.NewReader(""), out: out, err: io.Discard}, environment(endpoint, state))
	}()
	lines := bufio.NewReader(shown)
	link, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, lines)
	walkThrough(t, strings.TrimSpace(link), preset, file)
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
	return comparable(t, text), sent()
}

// walkThrough does on the page what a person would.
func walkThrough(t *testing.T, link, preset, file string) {
	t.Helper()
	at, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	base := at.Scheme + "://" + at.Host
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	do := func(method, path, kind string, body io.Reader) (page, where string) {
		request, err := http.NewRequest(method, path, body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Origin", base)
		request.Header.Set("Content-Type", kind)
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %s, %v\n%s", method, path, response.Status, err, text)
		}
		return string(text), response.Request.URL.Path
	}
	get := func(path string) string {
		for {
			if page, _ := do("GET", base+path, "", nil); !strings.Contains(page, `class="waiting"`) {
				return page
			}
		}
	}
	form := func(path string, values url.Values) {
		do("POST", base+path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
	}
	do("GET", link, "", nil)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var upload bytes.Buffer
	parts := multipart.NewWriter(&upload)
	part, _ := parts.CreateFormFile("file", filepath.Base(file))
	part.Write(content)
	parts.Close()
	_, where := do("POST", base+"/files", parts.FormDataContentType(), &upload)
	work := strings.TrimSuffix(where, "/found")
	get(work + "/found")
	form(work+"/preset", url.Values{"name": {preset}})
	get(work + "/preview")
	form(work+"/send", url.Values{"target": {"able"}})
	checked := get(work + "/send")
	match := regexp.MustCompile(`name="plan" value="([^"]+)"`).FindStringSubmatch(checked)
	if match == nil {
		t.Fatalf("there is nothing to send: %s", checked)
	}
	form(work+"/start", url.Values{"plan": {match[1]}, "controls": {"yes"}})
	get(work + "/progress")
}
