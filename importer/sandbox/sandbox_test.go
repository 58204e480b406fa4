package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"ableimport/samples/secrets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(secrets.Watch(m)) }

// start serves options and gives a client that never reuses a connection.
func start(t *testing.T, options Options) (*Server, *http.Client) {
	t.Helper()
	s, err := Start(options)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{
		Timeout:   20 * time.Second,
		Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s, client
}

// purchase is a valid event; number makes it one of its own.
func purchase(number int, value string) string {
	return `{"funnel_mark":"mark","event_type":"Purchase","resource":{"order_id":"` +
		strconv.Itoa(number) +
		`","deal_value":` + value + `,"deal_currency":"USD","keys":{"email":"buyer@example.com"}}}`
}

// post gives the status, 0 where none was heard, and the answer.
func post(t *testing.T, client *http.Client, url, body string) (int, string, error) {
	t.Helper()
	response, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	secrets.Check(t, "the answer", string(answer))
	return response.StatusCode, string(answer), err
}

func TestFriendlyReceiver(t *testing.T) {
	var log, record, bodies bytes.Buffer
	s, client := start(t, Options{Log: &log, Record: &record, Bodies: &bodies})
	for i, value := range []string{"10.00", "0.10", "0.20"} {
		if status, answer, err := post(t, client, s.URL(), purchase(i, value)); status != 200 ||
			err != nil {
			t.Fatalf("event %d: %d %q, %v", i, status, answer, err)
		}
	}
	if status, answer, _ := post(t, client, s.URL(), `{"funnel_mark":"mark"}`); status != 422 ||
		!strings.Contains(answer, "event_type is required") {
		t.Errorf("an event without a type: %d %q, want 422 that names it", status, answer)
	}
	post(t, client, s.URL(), purchase(0, "10.00"))

	stats := s.Stats()
	if diff := cmp.Diff(map[string]Total{"USD": {4, "20.30"}}, stats.Totals); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	if stats.Requests != 5 || stats.Processed != 4 || stats.Duplicates != 1 || stats.Rejected != 1 {
		t.Errorf("stats: %+v, want 5 requests, 4 processed, 1 duplicate, 1 rejected", stats)
	}
	if events := s.Events(); len(events) != 4 || events[2].OrderID != "2" ||
		events[2].Value != "0.20" {
		t.Errorf("events: %+v", events)
	}
	if want := purchase(0, "10.00") + "\n" + purchase(1, "0.10") +
		"\n"; !strings.HasPrefix(bodies.String(), want) {
		t.Errorf("bodies: %q, want %q first", bodies.String(), want)
	}
	if n := strings.Count(record.String(), "\n"); n != 4 {
		t.Errorf("record has %d lines, want 4", n)
	}
	if strings.Contains(log.String(), "buyer") || strings.Contains(log.String(), "mark") {
		t.Errorf("the log shows personal data or the mark:\n%s", log.String())
	}
	response, err := client.Get(strings.TrimSuffix(s.URL(), "/uip-events/event") + "/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var served Stats
	if err := json.NewDecoder(response.Body).Decode(&served); err != nil || served.Processed != 4 {
		t.Errorf("GET /stats: %+v, %v", served, err)
	}
}

// TestSumOfBodiesIgnoresOrder: the sum over bodies compares what two receivers got.
func TestSumOfBodiesIgnoresOrder(t *testing.T) {
	var sums []string
	for _, order := range [][]int{{1, 2, 3}, {3, 1, 2}, {1, 2, 2}} {
		s, client := start(t, Options{})
		for _, i := range order {
			post(t, client, s.URL(), purchase(i, "1"))
		}
		sums = append(sums, s.Stats().Bodies)
	}
	if sums[0] != sums[1] || sums[0] == sums[2] {
		t.Errorf("sums %v, want the first two equal and the third not", sums)
	}
}

func TestRejectOption(t *testing.T) {
	s, client := start(t, Options{Reject: func(event Event) string {
		if event.OrderID == "7" {
			return "we do not like sevens"
		}
		return ""
	}})
	if status, answer, _ := post(t, client, s.URL(), purchase(7, "1")); status != 422 ||
		!strings.Contains(answer, "sevens") {
		t.Errorf("order 7: %d %q, want 422", status, answer)
	}
	if status, _, _ := post(t, client, s.URL(), purchase(8, "1")); status != 200 {
		t.Errorf("order 8: %d, want 200", status)
	}
}

func TestRequestsThatAreNoEvents(t *testing.T) {
	s, client := start(t, Options{})
	for _, test := range []struct {
		name, method, contentType, body string
		want                            int
	}{
		{"GET", "GET", "", "", 405},
		{"form", "POST", "application/x-www-form-urlencoded", "a=b", 415},
		{"no JSON", "POST", "application/json", "{", 400},
		{"charset", "POST", "application/json; charset=utf-8", purchase(1, "1"), 200},
		{"too large", "POST", "application/json", strings.Repeat(" ", bodyLimit+1), 413},
	} {
		request := httptest.NewRequest(test.method, s.URL(), strings.NewReader(test.body))
		request.RequestURI = ""
		request.Header.Set("Content-Type", test.contentType)
		response, err := client.Do(request)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		response.Body.Close()
		if response.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", test.name, response.StatusCode, test.want)
		}
	}
}

// TestEveryFault meets each fault once, then is treated well: the second time shows what the first
// processed.
func TestEveryFault(t *testing.T) {
	reset := func(err error) bool {
		const onWindows = syscall.Errno(10054) // WSAECONNRESET
		return errors.Is(err, syscall.ECONNRESET) ||
			runtime.GOOS == "windows" && errors.Is(err, onWindows)
	}
	ended := func(err error) bool {
		return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
	late := func(err error) bool {
		return err != nil && strings.Contains(err.Error(), "Client.Timeout")
	}
	broken := func(err error) bool { return err != nil }
	fine := func(err error) bool { return err == nil }
	for _, test := range []struct {
		fault     Fault
		status    int
		failure   func(error) bool
		processed bool
	}{
		{"429", 429, fine, false},
		{"503", 503, fine, false},
		{"429-date", 429, fine, false},
		{"429-past", 429, fine, false},
		{"503-negative", 503, fine, false},
		{"503-garbage", 503, fine, false},
		{"500", 500, fine, true},
		{"302", 302, fine, false},
		{"404", 404, fine, false},
		{ResetBefore, 0, reset, false},
		{ResetMiddle, 0, broken, true},
		{ResetAfter, 0, reset, true},
		{CloseAfter, 0, ended, true},
		{Hang, 0, late, true},
		{Slow, 0, late, true},
		{Drip, 200, late, true},
		{Cut, 200, ended, true},
		{ResetBody, 200, broken, true},
		{Wrong, 200, fine, true},
		{Garbage, 0, broken, true},
		{CutHeader, 0, broken, true},
		{HugeHeader, 200, fine, true},
		{Huge, 200, fine, true},
		{Early, 200, fine, true},
		{EarlyOnly, 0, broken, true},
		{Zipped, 200, fine, true},
		{CloseIdle, 200, fine, true},
		{Limit, 200, fine, true},
	} {
		t.Run(string(test.fault), func(t *testing.T) {
			t.Parallel()
			s, client := start(t,
				Options{Faults: Faults{
					Percent: map[Fault]float64{test.fault: 100}, RetryAfter: -1,
				}})
			impatient := *client
			switch test.fault {
			case Hang, Slow:
				impatient.Timeout = 300 * time.Millisecond
			case Drip: // less than the body takes, and enough for the header on a busy machine
				impatient.Timeout = 900 * time.Millisecond
			}
			status, _, err := post(t, &impatient, s.URL(), purchase(1, "1"))
			if status != test.status || !test.failure(err) {
				t.Errorf("first: status %d, error %v; want %d", status, err, test.status)
			}
			if got := s.Stats().Processed == 1; got != test.processed {
				t.Errorf("first: processed %v, want %v", got, test.processed)
			}
			if status, _, err := post(t, client, s.URL(), purchase(1, "1")); status != 200 ||
				err != nil {
				t.Errorf("second: status %d, error %v; want 200", status, err)
			}
			stats := s.Stats()
			if got := stats.Duplicates == 1; got != test.processed ||
				stats.Faults[test.fault] != 1 {
				t.Errorf("second: %+v, want duplicate %v and the fault once", stats, test.processed)
			}
		})
	}
}

func TestFaultsOfTheWholeRun(t *testing.T) {
	t.Run("burst", func(t *testing.T) {
		s, client := start(t, Options{Faults: Faults{
			Percent: map[Fault]float64{"503": 100}, Burst: 3, RetryAfter: -1,
		}})
		var got []int
		for range 5 {
			status, _, _ := post(t, client, s.URL(), purchase(1, "1"))
			got = append(got, status)
		}
		if diff := cmp.Diff([]int{503, 503, 503, 200, 200}, got); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
	})
	t.Run("401 after", func(t *testing.T) {
		s, client := start(t, Options{Faults: Faults{UnauthorizedAfter: 2}})
		var got []int
		for i := range 4 {
			status, _, _ := post(t, client, s.URL(), purchase(i, "1"))
			got = append(got, status)
		}
		if diff := cmp.Diff([]int{200, 200, 401, 401}, got); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
	})
	t.Run("rate", func(t *testing.T) {
		s, client := start(t, Options{Faults: Faults{Rate: 1}})
		first, _, _ := post(t, client, s.URL(), purchase(1, "1"))
		second, _, _ := post(t, client, s.URL(), purchase(2, "1"))
		time.Sleep(grace + 10*time.Millisecond)
		post(t, client, s.URL(), purchase(3, "1"))
		if first != 200 || second != 429 {
			t.Errorf("statuses %d and %d, want 200 and 429", first, second)
		}
		if n := s.Stats().InsideRetryAfter; n != 1 {
			t.Errorf("%d requests inside the Retry-After window, want 1", n)
		}
	})
	t.Run("latency", func(t *testing.T) {
		s, client := start(t, Options{Latency: 50 * time.Millisecond})
		begin := time.Now()
		done := make(chan bool)
		for i := range 4 {
			go func() { post(t, client, s.URL(), purchase(i, "1")); done <- true }()
		}
		for range 4 {
			<-done
		}
		if took := time.Since(begin); took < 50*time.Millisecond {
			t.Errorf("answered after %v, want 50ms", took)
		}
		if n := s.Stats().InFlight; n < 2 || n > 4 {
			t.Errorf("%d in flight, want 2 to 4", n)
		}
	})
}

// TestCloseEndsWhatHangs: nothing keeps the sandbox from closing.
func TestCloseEndsWhatHangs(t *testing.T) {
	for _, fault := range []Fault{Hang, Slow, Drip} {
		s, err := Start(Options{Faults: Faults{Percent: map[Fault]float64{fault: 100}}})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan bool)
		transport := &http.Transport{}
		go func() {
			post(t, &http.Client{Transport: transport}, s.URL(), purchase(1, "1"))
			close(ended)
		}()
		for s.Stats().Processed == 0 {
			time.Sleep(time.Millisecond)
		}
		begin := time.Now()
		s.Close()
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("%s: Close took %v", fault, took)
		}
		<-ended
		transport.CloseIdleConnections()
	}
}
