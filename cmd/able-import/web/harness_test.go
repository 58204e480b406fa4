package web

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ableimport/importer/history"
	"ableimport/importer/sandbox"
	"ableimport/importer/webhook"
	"ableimport/samples/secrets"
)

func TestMain(m *testing.M) {
	tryWithin = time.Minute // on a busy machine, too
	os.Exit(secrets.WatchProcesses(m).Run())
}

// A site is a page that is served for a test, with a receiver of its own.
type site struct {
	t        *testing.T
	host     string // http://, name and port
	base     string // host and room
	redirect string // the file that opens the page
	receiver *sandbox.Server
	endpoint string
	state    string
	end      func() error // ends the program and returns what Run did
}

// startSite serves the page. The receiver behaves as faults says.
func startSite(t *testing.T, faults sandbox.Options) *site {
	t.Helper()
	receiver, err := sandbox.Start(faults)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { receiver.Close() })
	s := &site{t: t, receiver: receiver, endpoint: receiver.URL(), state: t.TempDir()}
	s.serve()
	return s
}

// eachOnce tells how many orders the receiver has processed, and fails if it has processed any
// twice.
func (s *site) eachOnce() int {
	s.t.Helper()
	seen := map[string]bool{}
	for _, event := range s.receiver.Events() {
		if seen[event.OrderID] {
			s.t.Errorf("order %s came twice", event.OrderID)
		}
		seen[event.OrderID] = true
	}
	return len(seen)
}

// serve starts the program; a second time it finds the same state and receiver.
func (s *site) serve() {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	opened := make(chan string, 1)
	done := make(chan error, 1)
	said := new(heard)
	go func() {
		done <- Run(ctx, Options{
			Target:  history.Target{Endpoint: s.endpoint, StateDir: s.state},
			Webhook: webhook.Options{Concurrency: 4, OutageWait: 2 * time.Minute},
			Version: "test", Getenv: func(string) string { return "" }, Out: said,
			Browse: func(file string) error { opened <- file; return nil },
		})
	}()
	ended := false
	s.end = func() error {
		if ended {
			return nil
		}
		ended = true
		cancel()
		return <-done
	}
	s.t.Cleanup(func() {
		if err := s.end(); err != nil {
			s.t.Error("the program ended with", err)
		}
		secrets.Check(s.t, "what the program prints", said.text())
	})
	select {
	case s.redirect = <-opened:
	case err := <-done:
		s.t.Fatal("the page was not served:", err)
	}
	link, err := url.Parse(s.link())
	if err != nil {
		s.t.Fatal(err)
	}
	s.host = link.Scheme + "://" + link.Host
	s.base = s.host + strings.TrimSuffix(link.Path, "/open")
}

// heard keeps what the program prints.
type heard struct {
	mu   sync.Mutex
	kept strings.Builder
}

func (h *heard) Write(text []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept.Write(text)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept.String()
}

// link is the one in the redirect file.
func (s *site) link() string {
	s.t.Helper()
	text, err := os.ReadFile(s.redirect)
	if err != nil {
		s.t.Fatal(err)
	}
	match := regexp.MustCompile(`href="([^"]+)"`).FindSubmatch(text)
	if match == nil {
		s.t.Fatalf("no link in %s", text)
	}
	return string(match[1])
}

// A visitor is a browser without a screen.
type visitor struct {
	*site
	client *http.Client
}

// visit opens the page as a browser does.
func (s *site) visit() *visitor {
	s.t.Helper()
	jar, _ := cookiejar.New(nil)
	v := &visitor{s, &http.Client{Jar: jar}}
	if status, _ := v.get(s.link()); status != http.StatusOK {
		s.t.Fatalf("opening the page: %d", status)
	}
	return v
}

func (v *visitor) get(path string) (status int, body string) {
	v.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = v.base + path
	}
	response, err := v.client.Get(path)
	return v.read(response, err)
}

func (v *visitor) read(response *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	// which has an invented row to show what a file looks like
	if at := v.path(response); at != "/" && at != "/files" {
		secrets.Check(v.t, at, string(body))
	}
	room := strings.TrimPrefix(v.base, v.host)
	return response.StatusCode, strings.ReplaceAll(string(body), room+"/", "/")
}

// path is where an answer comes from, within the room.
func (v *visitor) path(response *http.Response) string {
	return strings.TrimPrefix(response.Request.URL.Path, strings.TrimPrefix(v.base, v.host))
}

// post sends a form, as the page would; it returns the page that comes of it, and its path.
func (v *visitor) post(path string, form url.Values) (status int, body, at string) {
	v.t.Helper()
	return v.send(path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (v *visitor) send(path, kind string, content io.Reader) (status int, body, at string) {
	v.t.Helper()
	request, err := http.NewRequest("POST", v.base+path, content)
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Origin", v.host)
	response, err := v.client.Do(request)
	status, body = v.read(response, err)
	return status, body, v.path(response)
}

// drop uploads files, and returns the path of the import.
func (v *visitor) drop(files ...string) (open string) {
	v.t.Helper()
	content, kind := multipartOf(v.t, files...)
	status, body, at := v.send("/files", kind, content)
	if status != http.StatusOK {
		v.t.Fatalf("upload: %d %s", status, body)
	}
	return strings.TrimSuffix(at, "/found")
}

// wait gets a page until it is no longer busy.
func (v *visitor) wait(path string) string {
	v.t.Helper()
	for {
		status, body := v.get(path)
		if status != http.StatusOK {
			v.t.Fatalf("%s: %d %s", path, status, body)
		}
		if !strings.Contains(body, `class="waiting"`) {
			return body
		}
	}
}

// begin starts the sending of an import to the test's receiver.
func (v *visitor) begin(open string, form url.Values) {
	v.t.Helper()
	v.wait(open + "/preview")
	form.Set("mark", secrets.Mark)
	if status, body, _ := v.post(open+"/send", form); status != http.StatusOK {
		v.t.Fatalf("target: %d %s", status, body)
	}
	page := v.wait(open + "/send")
	match := regexp.MustCompile(`name="plan" value="([^"]+)"`).FindStringSubmatch(page)
	if match == nil {
		v.t.Fatalf("there is nothing to send, or it is refused: %s", page)
	}
	v.post(open+"/start", url.Values{"plan": {match[1]}})
}

// sendAll sends an import, and returns its report.
func (v *visitor) sendAll(open string, form url.Values) (report string) {
	v.t.Helper()
	v.begin(open, form)
	return v.report(open)
}

// report waits for the end of a run.
func (v *visitor) report(open string) string {
	v.t.Helper()
	if status, _ := v.get(open + "/progress"); status != http.StatusOK { // it ends with the run
		v.t.Fatalf("progress: %d", status)
	}
	return v.wait(open + "/run")
}

func write0600(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
