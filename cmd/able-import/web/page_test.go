package web

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

func multipartOf(t *testing.T, files ...string) (io.Reader, string) {
	t.Helper()
	var content bytes.Buffer
	w := multipart.NewWriter(&content)
	for _, file := range files {
		part, err := w.CreateFormFile("file", filepath.Base(file))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part.Write(text)
	}
	w.Close()
	return &content, w.FormDataContentType()
}

// forOwnerAlone tells by the mode who may use a file. Windows has lists instead, and a file has the
// list of the folder that it is in.
func forOwnerAlone(info os.FileInfo) bool {
	return info.Mode().Perm()&0o077 == 0 || runtime.GOOS == "windows"
}

func TestOnlyTheInvitedBrowserGetsIn(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	info, err := os.Stat(s.redirect)
	if err != nil || !forOwnerAlone(info) {
		t.Fatalf("the redirect file has mode %v, %v", info.Mode(), err)
	}
	link := s.link()
	stranger := &visitor{s, &http.Client{}}
	for _, path := range []string{"/", "/history", "/import/X/found", "/open",
		"/open?token=wrong"} {
		if status, _ := stranger.get(path); status != http.StatusUnauthorized {
			t.Errorf("a stranger gets %s: %d", path, status)
		}
	}
	v := s.visit()
	if status, _ := v.get("/"); status != http.StatusOK {
		t.Errorf("the invited browser gets %d", status)
	}
	if status, _ := stranger.get(link); status != http.StatusUnauthorized {
		t.Errorf("the link counts twice: %d", status)
	}
	if info, err = os.Stat(s.redirect); err != nil || !forOwnerAlone(info) || s.link() == link {
		t.Errorf("the redirect file has no new link, or mode %v, %v", info.Mode(), err)
	}
	// a second browser of the same user
	if status, _ := s.visit().get("/"); status != http.StatusOK {
		t.Errorf("another browser that opens the file gets %d", status)
	}
}

// A browser sends its cookie to every server of this machine, whatever its port, but only where the
// path is the cookie's. No other server gets it.
func TestCookieIsForThisServerAlone(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	_, port, _ := strings.Cut(strings.TrimPrefix(s.host, "http://"), ":")
	if cookies := v.client.Jar.Cookies(parsed(t, s.base+"/")); len(cookies) != 1 ||
		cookies[0].Name != "able_import_"+port {
		t.Errorf("the page gets the cookies %v", cookies)
	}

	got := make(chan string, 8)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- r.Header.Get("Cookie")
	}))
	defer other.Close()
	for _, path := range []string{"/", "/history", "/import/X/found", "/open", "/static/page.css"} {
		response, err := v.client.Get(other.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if cookie := <-got; cookie != "" {
			t.Errorf("another server is sent %s with the cookie %s", path, cookie)
		}
	}

	// the path is another one each time, and the cookie alone opens no other
	next := startSite(t, sandbox.Options{})
	if room := strings.TrimPrefix(s.base, s.host); len(room) < 12 ||
		room == strings.TrimPrefix(next.base, next.host) {
		t.Errorf("the path begins with %s", room)
	}
	for _, path := range []string{"/", "/history", "/AAAAAAAAAAAA/", "/static/page.css",
		"/open"} {
		request, err := http.NewRequest("GET", s.host+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.AddCookie(v.client.Jar.Cookies(parsed(t, s.base+"/"))[0])
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
}

// Every address in a page, and every one that an answer leads to, is below the cookie's path.
func TestPagesLeadNowhereElse(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	room := strings.TrimPrefix(s.base, s.host) + "/"
	work := v.drop("../../../samples/shopify-orders/orders_export_1.csv")
	v.wait(work + "/found")
	for _, path := range []string{"/", "/history", work + "/found", work + "/columns",
		work + "/preview", work + "/send", "/nothing"} {
		response, err := v.client.Get(s.base + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || !strings.HasPrefix(response.Request.URL.Path, room) {
			t.Errorf("%s leads to %s, %v", path, response.Request.URL.Path, err)
		}
		links := regexp.MustCompile(`(?:href|action|src|url)="?(/[^"]*)`).
			FindAllSubmatch(text, -1)
		if len(links) < 3 {
			t.Errorf("%s has %d links", path, len(links))
		}
		for _, link := range links {
			if !strings.HasPrefix(string(link[1]), room) {
				t.Errorf("%s leads to %s", path, link[1])
			}
		}
	}
}

func parsed(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestForeignHostAndOrigin(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	ask := func(method, path string, change func(*http.Request)) int {
		request, err := http.NewRequest(method, v.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		change(request)
		response, err := v.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options",
			"Referrer-Policy"} {
			if response.Header.Get(name) == "" {
				t.Errorf("%s %s has no %s", method, path, name)
			}
		}
		if policy := response.Header.Get("Content-Security-Policy"); strings.Contains(policy,
			"unsafe") {
			t.Errorf("the policy is %s", policy)
		}
		return response.StatusCode
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(v.host, "http://"), ":")
	for _, host := range []string{"evil.example", "localhost:" + port, "127.0.0.1",
		"127.0.0.1.evil.example:" + port} {
		if got := ask("GET", "/",
			func(r *http.Request) { r.Host = host }); got != http.StatusMisdirectedRequest {
			t.Errorf("with Host %s: %d", host, got)
		}
	}
	for _, origin := range []string{"", "null", "https://evil.example", "http://localhost:" + port,
		"http://127.0.0.1", v.host + ".evil.example"} {
		if got := ask("POST", "/sample?name=shopify-orders", func(r *http.Request) {
			if origin != "" {
				r.Header.Set("Origin", origin)
			}
		}); got != http.StatusForbidden {
			t.Errorf("POST with Origin %q: %d", origin, got)
		}
	}
	for _, site := range []string{"cross-site", "same-site"} {
		if got := ask("GET", "/", func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", site)
		}); got != http.StatusForbidden {
			t.Errorf("GET from a %s page: %d", site, got)
		}
	}
}

func TestUploadsAreKeptPrivately(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	v.drop("../../../samples/shopify-orders/orders_export_1.csv")
	root := filepath.Dir(s.redirect)
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err == nil && !forOwnerAlone(info) {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(root); !os.IsNotExist(err) {
		t.Errorf("the uploads are still there: %v", err)
	}
}

func TestSafeNames(t *testing.T) {
	cases := map[string]string{
		"june.csv": "june.csv", `..\..\june.csv`: "june.csv", "../../etc/passwd": "passwd",
		"a\x00b\x1b[31m.csv": "a_b_[31m.csv", "<script>.csv": "_script_.csv", "..": "", "": "",
		"июнь.xlsx": "июнь.xlsx", "a\u202egpj.csv": "a_gpj.csv", "a?*.csv": "a__.csv",
		strings.Repeat("x", 300) + ".csv": strings.Repeat("x", 116) + ".csv",
	}
	for name, want := range cases {
		if got := safeName(name); got != want {
			t.Errorf("safeName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestHostileCells(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	name := "<script>alert(1)<script>.csv"
	if runtime.GOOS == "windows" {
		name = "script.csv" // no name there has brackets
	}
	file := write0600(t, name,
		"Invoice Number,Paid On,Total,Currency,Customer Email,<img src=x onerror=alert(1)>\n"+
			"<script>alert(2)</script>,2026-11-03,10.00,EUR,a@example.com,\"=HYPERLINK(\"\"http://evil.example\"\")\"\n"+
			"\x1b[31mred\u202e,2026-11-04,12.00,EUR,b@example.com,@SUM(A1)\n")
	open := v.drop(file)
	for _, path := range []string{"/found", "/columns", "/preview", "/preview?event=1",
		"/preview?event=2"} {
		page := v.wait(open + path)
		for _, bad := range []string{"<script>alert", "<img src=x", "\x1b", "\u202e"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
	}
	if page := v.wait(open + "/preview?event=1"); !strings.Contains(page,
		"&lt;script&gt;alert(2)") {
		t.Error("the cell is not shown at all")
	}
}

func TestTheWay(t *testing.T) {
	for _, file := range []string{"shopify-orders/orders_export_1.csv",
		"xero-invoices/SalesInvoices.xlsx"} {
		t.Run(filepath.Ext(file), func(t *testing.T) {
			s := startSite(t, sandbox.Options{})
			v := s.visit()
			open := v.drop("../../../samples/" + file)
			// it is second hand, and a draft is proposed, which asks
			if preset, _, _ := strings.Cut(file, "/"); strings.HasSuffix(file, ".xlsx") {
				v.post(open+"/preset", url.Values{"name": {preset}})
			}
			report := v.sendAll(open, url.Values{"target": {"able"}})
			if want := fmt.Sprintf("%d delivered", len(s.receiver.Events())); !strings.Contains(
				report, want) || len(s.receiver.Events()) == 0 {
				t.Errorf("the report does not say %q: %s", want, report)
			}
			if strings.Contains(report, secrets.Mark) {
				t.Error("the report shows the mark")
			}
			_, again := v.get(open + "/send")
			if !strings.Contains(again, "Check against the target") {
				t.Errorf("a second run is not offered: %s", again)
			}
			v.post(open+"/send", url.Values{"target": {"able"}})
			if page := v.wait(open + "/send"); !strings.Contains(page, "There is nothing to send") {
				t.Errorf("what was delivered would be sent again: %s", page)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop("../../../samples/shopify-orders/orders_export_1.csv")
	v.wait(open + "/preview")
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"events": {"7"}}, "expected 7 events to be sent, found 32"},
		{url.Values{"total.USD": {"1.00"}}, "expected 1.00 USD"},
		{url.Values{"total.USD": {"1,00"}}, "expected 1.00 USD"},
		{url.Values{"total.USD": {"1,000"}}, "can be read in more than one way"},
		{url.Values{"strict": {"yes"}}, "all or nothing"},
	} {
		c.form.Set("target", "able")
		c.form.Set("mark", secrets.Mark)
		_, body, _ := v.post(open+"/send", c.form)
		if strings.Contains(body, `class="waiting"`) {
			body = v.wait(open + "/send")
		}
		if !strings.Contains(strings.ToLower(body), strings.ToLower(c.want)) ||
			strings.Contains(body, `action="start"`) {
			t.Errorf("%v is not refused with %q: %s", c.form, c.want, body)
		}
	}
	v.post(open+"/start", url.Values{"plan": {"sha256:00"}})
	if len(s.receiver.Events()) > 0 {
		t.Error("something was sent")
	}
}

// Whoever closes the program while it sends loses nothing, and sends nothing twice.
func TestEndingDrains(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 200 * time.Millisecond}) // the end comes in between
	v := s.visit()
	open := v.drop("../../../samples/shopify-orders/orders_export_1.csv")
	v.begin(open, url.Values{"target": {"able"}})
	for len(s.receiver.Events()) < 4 {
		time.Sleep(time.Millisecond)
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	before := s.eachOnce()
	if before >= 32 {
		t.Fatal("everything was sent before the program ended")
	}
	s.serve()
	v = s.visit()
	if status, page := v.get("/"); status != http.StatusOK ||
		!strings.Contains(page, strconv.Itoa(before)+" delivered") {
		t.Errorf("the first page does not tell of %d that were delivered: %s", before, page)
	}
	open = v.drop("../../../samples/shopify-orders/orders_export_1.csv")
	report := v.sendAll(open, url.Values{"target": {"able"}})
	if got := s.eachOnce(); got != 32 {
		t.Errorf("%d orders arrived, want 32: %s", got, report)
	}
}

func TestPauseAndStop(t *testing.T) {
	s := startSite(t, sandbox.Options{Latency: 100 * time.Millisecond})
	v := s.visit()
	open := v.drop("../../../samples/shopify-orders/orders_export_1.csv")
	v.begin(open, url.Values{"target": {"able"}})
	for len(s.receiver.Events()) == 0 {
		time.Sleep(time.Millisecond)
	}
	v.post(open+"/pause", url.Values{"hold": {"yes"}})
	held := -1
	// what was under way is finished
	for now := len(s.receiver.Events()); now != held; now = len(s.receiver.Events()) {
		held = now
		time.Sleep(300 * time.Millisecond)
	}
	if _, page := v.get(open + "/run"); held < 32 && !strings.Contains(page, "Paused") {
		t.Errorf("the page does not say that it is paused: %s", page)
	}
	v.post(open+"/stop", nil)
	report := v.report(open)
	if held < 32 && !strings.Contains(report, "you stopped it") {
		t.Errorf("the report does not say who stopped it: %s", report)
	}
	if got := s.eachOnce(); got != held {
		t.Errorf("%d arrived, %d while it was paused", got, held)
	}
	v.sendAll(open, url.Values{"target": {"able"}})
	if got := s.eachOnce(); got != 32 {
		t.Errorf("%d orders arrived in the end, want 32", got)
	}
}

// Whoever stops a run that still reads its file is told so, and not what ended inside.
func TestStoppedBeforeAnythingIsSent(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	var sales strings.Builder
	sales.WriteString(threeSales)
	for n := range 30_000 {
		fmt.Fprintf(&sales, "S-%d,2026-11-05,10.00,EUR,a%d@example.com\n", n, n)
	}
	open := v.drop(write0600(t, "sales.csv", sales.String()))
	v.begin(open, url.Values{"target": {"able"}})
	v.post(open+"/stop", nil)
	report := v.report(open)
	if !strings.Contains(strings.ToLower(report), "you stopped it") {
		t.Errorf("the report does not say who stopped it: %s", report)
	}
	if n := len(s.receiver.Events()); n > 0 && strings.Contains(report, "Nothing was sent") {
		t.Errorf("the report says that nothing was sent, and %d events were", n)
	}
}

func TestCustomerList(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop("../../../samples/mollie-settlement/settlement.csv")
	v.wait(open + "/found")
	v.post(open+"/preset", url.Values{"name": {"mollie-settlement"}})
	v.post(open+"/columns", url.Values{"set.timezone": {"UTC"}})
	orders := write0600(t, "orders.csv",
		"Mollie ID,Email\ntr_Example01,ann@example.com\ntr_Example05,cleo@example.com\n")
	content, kind := multipartOf(t, orders)
	v.send(open+"/customers", kind, content)
	v.post(open+"/customers", url.Values{"on": {"ID"}, "key": {"Mollie ID"}, "email": {"Email"}})
	if page := v.wait(open + "/preview"); !strings.Contains(page, "2 events ready to send") {
		t.Errorf("the list gives no e-mails: %s", page)
	}
}

func TestMarkIsKeptOnlyOnRequest(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop("../../../samples/shopify-orders/orders_export_1.csv")
	v.wait(open + "/preview")
	kept := filepath.Join(s.state, MarkFile)
	v.post(open+"/send", url.Values{"target": {"able"}, "mark": {secrets.Mark}})
	v.wait(open + "/send")
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("the mark was kept without being asked to: %v", err)
	}
	v.post(open+"/send", url.Values{"target": {"able"}, "mark": {secrets.Mark}, "keep": {"yes"}})
	page := v.wait(open + "/send")
	info, err := os.Stat(kept)
	if err != nil || !forOwnerAlone(info) {
		t.Errorf("the mark is kept as %v, %v", info, err)
	}
	if strings.Contains(page, secrets.Mark) {
		t.Error("the page shows the mark")
	}
	v.post(open+"/send", url.Values{"target": {"able"}, "forget": {"yes"}})
	v.wait(open + "/send")
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("the mark is not forgotten: %v", err)
	}
}

// What may have arrived waits for a person, and what that person says is what the next run goes by.
func TestDecidingAboutUnknownEvents(t *testing.T) {
	faults, err := sandbox.ParseFaults("reset-after=100%")
	if err != nil {
		t.Fatal(err)
	}
	s := startSite(t, faults)
	v := s.visit()
	open := v.drop(write0600(t, "two.csv", "Invoice Number,Paid On,Total,Currency,Customer Email\n"+
		"INV-1,2026-11-03,10.00,EUR,a@example.com\nINV-2,2026-11-04,12.00,EUR,b@example.com\n"))
	report := v.sendAll(open, url.Values{"target": {"able"}})
	ids := regexp.MustCompile(`name="event" value="([0-9a-f]+)"`).FindAllStringSubmatch(report, -1)
	run := regexp.MustCompile(`action="(/history/[^"]+/decide)"`).FindStringSubmatch(report)
	if len(ids) != 2 || run == nil {
		t.Fatalf("the report asks about %d events: %s", len(ids), report)
	}
	v.post(run[1], url.Values{"event": {ids[0][1]}, "decision": {"delivered"}})
	v.post(run[1], url.Values{"event": {ids[1][1]}, "decision": {"not_delivered"}})
	if page := v.wait(open + "/run"); !strings.Contains(page,
		"Everything that was held is decided") {
		t.Errorf("something is still open: %s", page)
	}
	v.post(open+"/send", url.Values{"target": {"able"}})
	if page := v.wait(open + "/send"); !strings.Contains(page, "Send 1 event") ||
		!strings.Contains(page, "already delivered") {
		t.Errorf("the next run goes by something else: %s", page)
	}
	status, page := v.get("/history?order=INV-1")
	if status != http.StatusOK || !strings.Contains(page, `class="state is-unknown"`) {
		t.Errorf("the history does not know the order: %s", page)
	}
}

// A browser that is told to look again at an address with a place in it, as in send#check, only
// scrolls there.
func TestWaitingLooksAgain(t *testing.T) {
	s, err := newServer(t.Context(), Options{}, "127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	open, err := s.newImport()
	if err != nil {
		t.Fatal(err)
	}
	open.busy = "Comparing with what was sent before"
	s.keep(open)
	request := httptest.NewRequest("GET", s.base()+"/import/"+open.id+"/send?checked", nil)
	request.AddCookie(&http.Cookie{Name: s.access.cookie, Value: s.access.secret})
	page := httptest.NewRecorder()
	s.handler().ServeHTTP(page, request)
	want := `http-equiv="refresh" content="1;url=` + s.access.room + `/import/` + open.id +
		`/send?checked"`
	if body := page.Body.String(); page.Code != http.StatusOK || !strings.Contains(body, want) {
		t.Errorf("%d, without %s:\n%s", page.Code, want, body)
	}
	open.busy = ""
	page = httptest.NewRecorder()
	s.handler().ServeHTTP(page, request)
	if to := page.Header().Get("Location"); to != s.access.room+"/import/"+open.id+"/send#check" {
		t.Errorf("then it leads to %q", to)
	}
}

// The report names what was left out as the preview does.
func TestReportSaysWhatTheDraftLeftOut(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop(write0600(t, "sales.csv", "Invoice,Date,Email,Total,Currency,Status\n"+
		"A1,2026-01-25T10:00:00Z,ann@example.com,10.00,EUR,Paid\n"+
		"A2,2026-01-26T10:00:00Z,bea@example.com,12.50,EUR,Unpaid\n"+
		"A3,2026-01-27T10:00:00Z,cleo@example.com,12.75,EUR,Paid\n"))
	v.wait(open + "/found")
	const words = "Status is not Paid"
	if page := v.wait(open + "/preview"); !strings.Contains(page, words) {
		t.Fatalf("the preview does not say %q: %s", words, page)
	}
	if page := v.sendAll(open, url.Values{"target": {"able"}}); !strings.Contains(page, words) {
		t.Errorf("the report does not say %q: %s", words, page)
	}
}
