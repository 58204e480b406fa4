package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

// Whatever goes wrong is told on a page with the usual head, and with a way to go on. What a form
// has sent, and a browser asks for again, leads to the step that the import has reached.
func TestNoErrorPageIsBare(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv", threeSales))
	for _, path := range []string{"/nothing", "/static/nothing.js", "/import/NONE/preview",
		"/samples/nothing", "/history/nothing", "/history/nothing/failures/a.failures.csv",
		"/history/nothing/failures/summary.json", open + "/progress", "/mappings/nothing",
		"/mappings/..%2f..%2fshadow"} {
		status, page := v.get(path)
		if status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
		v.expects(page, `<header class="top">`, `role="alert"`, `<a href="/">Back to the start</a>`)
	}
	for _, path := range []string{"/import/NONE/send", "/history/nothing/decide", "/sample",
		"/nothing"} {
		status, page, _ := v.post(path, url.Values{"name": {"nothing"}})
		if status < 400 {
			t.Errorf("POST %s: %d", path, status)
		}
		v.expects(page, `<header class="top">`, `role="alert"`, `<a href="/">Back to the start</a>`)
	}
	for path, want := range map[string]string{
		open + "/start": "What was found", open + "/first": "What was found",
		open + "/nonsense": "What was found", "/files": "Turn a billing export",
		"/sample": "Turn a billing export", "/quit": "Turn a billing export",
		"/history/nothing/decide": "There is no such run",
	} {
		_, page := v.get(path)
		v.expects(page, want)
	}
}

// A stranger is told what to do, and is led nowhere else: no other page would let it in.
func TestStrangersAreToldWhatToDo(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	stranger := &visitor{s, &http.Client{}}
	for _, path := range []string{"/", "/open?token=wrong"} {
		_, page := stranger.get(path)
		stranger.expects(page, "Start able-import web again", `<header class="top">`)
		if strings.Contains(page, "Back to the start") || strings.Contains(page, `action="/quit"`) {
			t.Errorf("%s: a stranger is offered what it may not have: %s", path, page)
		}
	}
}
