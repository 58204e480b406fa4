package webhook

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestEndpoint(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://app.ablecdp.com/uip-events/event": "",
		"https://app.ablecdp.com":                  "",
		" https://app.ablecdp.com/ ":               "",
		"https://büro.example/":                    "",
		"https://[2001:db8::1]:8443/":              "",
		"http://127.0.0.1:8080/event":              "",
		"http://127.9.9.9/event":                   "",
		"http://[::1]:8080/event":                  "",
		"http://localhost:8080/event":              "",
		"":                                         "not an address",
		"app.ablecdp.com/event":                    "not an address",
		"https:///event":                           "not an address",
		"https://:8080/event":                      "not an address",
		"://":                                      "not an address",
		"ftp://app.ablecdp.com/":                   "only https",
		"http://app.ablecdp.com/uip-events/event":  "plain http",
		"http://10.0.0.1/":                         "plain http",
		"http://localhost.example.com/":            "plain http",
		"http://0.0.0.0/":                          "plain http",
		"http://me:geheim@example.com/?t=geheim":   "plain http",
	} {
		c, err := New(Options{Endpoint: endpoint})
		switch {
		case want == "" && err != nil:
			t.Errorf("New(%q): %v, want a client", endpoint, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("New(%q): %v, want an error with %q", endpoint, err, want)
		case err != nil && strings.Contains(err.Error(), "geheim"):
			t.Errorf("New(%q): %v shows a secret", endpoint, err)
		}
		if c != nil {
			c.Close()
		}
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for want, options := range map[string]Options{
		"concurrency -1":        {Concurrency: -1},
		"concurrency 4097":      {Concurrency: MaxConcurrency + 1},
		"timeout -1s":           {Timeout: -time.Second},
		"rate -1":               {Rate: -1},
		"attempts -1":           {Attempts: -1},
		"budget -1":             {Budget: -1},
		"outage wait -1s":       {OutageWait: -time.Second},
		"retry on 200":          {RetryOn: []int{500, 200}},
		"sets it itself":        {Header: http.Header{"idempotency-key": {"x"}}},
		"Proxy-Authorization: ": {Header: http.Header{"proxy-authorization": {"geheim"}}},
		"not a name":            {Header: http.Header{"a b": {"x"}}},
		"a header cannot carry": {Header: http.Header{"X-Token": {"geheim\r\nEvil: 1"}}},
	} {
		options.Endpoint = "https://app.ablecdp.com/"
		_, err := New(options)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%+v): %v, want an error with %q", options, err, want)
		} else if strings.Contains(err.Error(), "geheim") {
			t.Errorf("New: %v shows a secret", err)
		}
	}
}
