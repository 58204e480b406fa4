package web

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"ableimport/importer/report"
)

// access decides who may use the page: the browser that was given the token.
type access struct {
	address string
	// room begins the path of every page: a browser sends a cookie to all servers of a host, but
	// only to paths below the cookie's, and no other server can know this one
	room   string
	cookie string // its name, with the port
	secret string // its value

	mu    *sync.Mutex
	token *string // counts once; "": it was used
}

func newAccess(address string) access {
	_, port, _ := strings.Cut(address, ":")
	token := rand.Text()
	return access{address: address, room: "/" + rand.Text()[:12],
		cookie: "able_import_" + port, secret: rand.Text(),
		mu: new(sync.Mutex), token: &token}
}

// renew makes the next token: the file that opens the page may open another browser, too.
func (a *access) renew() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	*a.token = rand.Text()
	return *a.token
}

// take uses the token up.
func (a *access) take(token string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if *a.token == "" || !same(token, *a.token) {
		return false
	}
	*a.token = ""
	return true
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// headers allow the page what it needs, and nothing else. With the policy no-referrer browsers
// would not tell the origin of a form.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src " +
		"'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
	"Cache-Control":                "no-store",
}

// A roomWriter leads to addresses within the room, which handlers do not know of.
type roomWriter struct {
	http.ResponseWriter
	room string
}

func (w *roomWriter) WriteHeader(status int) {
	if to := w.Header().Get("Location"); strings.HasPrefix(to, "/") {
		w.Header().Set("Location", w.room+to)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *roomWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// guard lets through what comes from the page itself, by the name that the page has. What it lets
// through has the path that it has within the room.
func (a *access) guard(next http.Handler,
	refuse func(http.ResponseWriter, int, string, string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}

		most := int64(mostForm)
		if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
			most = mostBytes
		}

		r.Body = http.MaxBytesReader(w, r.Body, most)
		known := a.knows(r)
		if known {
			welcome(r)
		}

		path, inside := strings.CutPrefix(r.URL.Path, a.room)
		next := http.StripPrefix(a.room, next)
		w = &roomWriter{w, a.room}

		switch site := r.Header.Get("Sec-Fetch-Site"); {
		case r.Host != a.address:
			refuse(w, http.StatusMisdirectedRequest, "This is not the address of the page",
				"The page answers to http://"+a.address+" only.")
		case inside && (path == "/open" || strings.HasPrefix(path, "/static/")):
			next.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead &&
			r.Header.Get("Origin") != "http://"+a.address,
			site == "cross-site", site == "same-site":
			refuse(w, http.StatusForbidden, "Another site sent this",
				"Only the page itself may do that. Nothing was done.")
		case !known || !inside:
			refuse(w, http.StatusUnauthorized, "This browser is not known here",
				"Start able-import web again: it opens the page in your browser with a link that "+
					"works once.")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (a *access) knows(r *http.Request) bool {
	cookie, err := r.Cookie(a.cookie)
	return err == nil && same(cookie.Value, a.secret)
}

// open takes the token and gives the cookie. The page is then asked for by a page of this server: a
// browser that comes from a file would not send a strict cookie along.
func (s *server) open(w http.ResponseWriter, r *http.Request) {
	if !s.access.take(r.URL.Query().Get("token")) {
		if s.access.knows(r) {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		s.problem(w, http.StatusUnauthorized, "This link has been used",
			"It works once. Start able-import web again for a new one.")
		return
	}

	if err := s.writeInvitation(s.access.renew()); err != nil {
		fmt.Fprintf(s.options.Out, "No other browser can open the page: %v\n", err)
	}

	http.SetCookie(w, &http.Cookie{
		Name: s.access.cookie, Value: s.access.secret, Path: s.access.room + "/",
		MaxAge: 7 * 24 * 60 * 60, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	s.render(w, http.StatusOK, "open", page{Title: "Opening", Refresh: "0;url=/"})
}

var redirect = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url={{.}}"><title>able-import</title>
<p><a href="{{.}}">Open the page of able-import</a>
`))

// invitation is the file that opens the page.
func (s *server) invitation() string { return filepath.Join(s.dir, "open.html") }

// base begins the addresses of all pages.
func (s *server) base() string { return "http://" + s.address + s.access.room }

func (s *server) link(token string) string {
	return s.base() + "/open?token=" + url.QueryEscape(token)
}

// writeInvitation puts a token into the file, if there is a browser to open it.
func (s *server) writeInvitation(token string) error {
	if s.options.Browse == nil {
		return nil
	}
	var page strings.Builder
	if err := redirect.Execute(&page, s.link(token)); err != nil {
		return fmt.Errorf("write the file that opens the page: %w", err)
	}

	if err := report.WriteWhole(s.invitation(), []byte(page.String())); err != nil {
		return fmt.Errorf("write the file that opens the page: %w", err)
	}

	return nil
}

// invite opens the page in the browser, by way of a file that only this user can read: the
// arguments of a browser can be read by everybody on the machine.
func (s *server) invite() error {
	if s.options.Browse == nil {
		fmt.Fprintf(s.options.Out, "%s\nOpen this link in a browser on this machine; it works "+
			"once. Ctrl-C ends the program.\n", s.link(*s.access.token))
		return nil
	}
	if err := s.writeInvitation(*s.access.token); err != nil {
		return err
	}
	if err := s.options.Browse(s.invitation()); err != nil {
		fmt.Fprintf(s.options.Out, "No browser could be opened. Open this file in a browser: %s\n"+
			"Ctrl-C ends the program.\n", s.invitation())
		return nil
	}

	fmt.Fprintf(s.options.Out, "The page is open in your browser, at %s/\nAnother browser "+
		"opens it with this file: %s\nCtrl-C, or closing this window, ends the program; events "+
		"under way are finished.\n", s.base(), s.invitation())
	return nil
}
