package web

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math/big"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/mapping/number"
)

//go:embed static pages
var assets embed.FS

// A page is what the layout needs to know.
type page struct {
	Title   string
	Refresh string // what a browser does without a click: "1;url=/import/…", "0;url=/"
	Step    string // of steps; "": none
	Import  *openImport
	Body    any
	Bare    bool // for a browser that may do nothing here
}

// A step of the way, as the head of a page shows it.
type step struct{ Name, Label, Path string }

var steps = []step{
	{"found", "Files", "found"}, {"columns", "Columns", "columns"},
	{"preview", "Preview", "preview"},
	{"send", "Target", "send"}, {"run", "Report", "run"},
}

// templates are parsed when the first page is asked for: the program starts often, and rarely for
// its page.
var templates = sync.OnceValue(func() map[string]*template.Template {
	layout := template.Must(template.New("layout.html").Funcs(template.FuncMap{
		"amount": amountOf, "minor": minorOf, "count": countOf, "day": dayOf,
		"visible": report.Visible, "here": here, "about": about, "leftOut": leftOut,
		"rowsOf": rowsOf, "cause": cause, "lines": hereLines,
		"steps": func() []step { return steps }, "size": report.Size, "plural": report.Plural,
		"place": place, "add": func(a, b int) int { return a + b },
		"has": strings.Contains, "short": short, "stateWords": stateWords, "headline": headline,
		"toSend": toSend, "isZero": report.IsZero,
		"dropOf": dropOf, "commandOf": func(line, mapping string, lists []string) any {
			return struct {
				Line, Mapping string
				Lists         []string
			}{line, mapping, lists}
		},
		"pair": func(first, second any) any {
			return struct{ First, Second any }{first, second}
		},
		"harmless": harmless, "ofRows": ofRows,
		"periodName": prepare.PeriodName, "helpOn": helpOn, "tick": tickOf,
		"terms": terms, "unbroken": unbroken, "ids": ids, "sums": sums, "saleField": saleField,
		"eventField": eventField, "sortOf": sortOf,
		"wordField": wordField, "wordsField": wordsField,
		"if1": func(n int64, one, more string) string {
			if n == 1 {
				return one
			}
			return more
		},
		"sum":     func(s prepare.Sum) amount { return amountOf(s.Decimal(), s.Currency) },
		"abs":     func(n int64) int64 { return max(n, -n) },
		"num":     func(n int) int64 { return int64(n) },
		"numbers": numberForms, "sentence": capital, "runName": runName, "reading": readingOf,
		"keyName": keyName,
	}).ParseFS(assets, "pages/layout.html"))

	all := map[string]*template.Template{}
	entries, _ := assets.ReadDir("pages") // they are part of the program
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".html")
		all[name] = template.Must(template.Must(layout.Clone()).ParseFS(assets,
			"pages/"+entry.Name()))
	}

	return all
})

// render writes a page as a whole, or an error. The addresses in pages begin with / and get the
// room before it; what comes out of files has no quotation marks in HTML.
func (s *server) render(w http.ResponseWriter, status int, name string, p page) {
	if p.Import != nil && p.Step != "" {
		p.Import.at = p.Step // whoever renders an import's page holds its lock
	}
	p.Refresh = strings.Replace(p.Refresh, "url=/", "url="+s.access.room+"/", 1)

	var out bytes.Buffer
	err := templates()[name].ExecuteTemplate(&out, "layout.html", p)
	if err != nil && name != "problem" {
		s.problem(w, http.StatusInternalServerError, "The page could not be shown",
			"This is a mistake in the program: "+err.Error()+"\nWhat is being sent goes on. Go "+
				"back, and try another way.")
		return
	} else if err != nil {
		http.Error(w, "The page could not be shown: "+err.Error(), http.StatusInternalServerError)
		return
	}

	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	text := bytes.ReplaceAll(out.Bytes(), []byte(`="/`), []byte(`="`+s.access.room+"/"))
	w.Write(text)
}

// A problemPage tells why something was not done, and what to do next.
type problemPage struct {
	Title, Text string
	Stranger    bool // no other page would let this browser in
}

// problem is the page that tells why something was not done.
func (s *server) problem(w http.ResponseWriter, status int, title, text string) {
	stranger := status == http.StatusUnauthorized || status == http.StatusForbidden ||
		status == http.StatusMisdirectedRequest
	s.render(w, status, "problem",
		page{Title: title, Bare: stranger, Body: problemPage{title, text, stranger}})
}

// waiting is the page that is shown while an import is busy. It looks again until that is done, at
// an address that is given: with a place in it, as in send#check, a browser would only scroll to
// that place, again and again.
func (s *server) waiting(w http.ResponseWriter, r *http.Request, o *openImport, step string) {
	s.render(w, http.StatusOK, "waiting", page{Title: o.busy, Step: step, Import: o,
		Refresh: "1;url=" + r.URL.RequestURI(), Body: o.busy})
}

func (s *server) serveStatic(w http.ResponseWriter, r *http.Request) {
	content, err := assets.ReadFile("static/" + path.Base(r.PathValue("file")))
	if err != nil {
		s.noPage(w, r)
		return
	}

	kind := "text/css; charset=utf-8"
	switch path.Ext(r.PathValue("file")) {
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".svg":
		kind = "image/svg+xml"
	}

	w.Header().Set("Content-Type", kind)
	w.Write(content)
}

// noPage answers where nothing is.
func (s *server) noPage(w http.ResponseWriter, _ *http.Request) {
	s.problem(w, http.StatusNotFound, "There is no such page",
		"Check the address, or go to the start: open imports and earlier runs are listed there.")
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}

// attach makes a browser keep what follows as a file.
func attach(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", "application/octet-stream")
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	w.Header().Set("Content-Disposition",
		fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, ascii, escapeName(name)))
}

func escapeName(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' ||
			c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// sentence is an error as a page says it.
func sentence(err error) string {
	text := strings.TrimSpace(hereLines(err.Error()))
	if word, _, _ := strings.Cut(text, " "); strings.ContainsAny(word, "./:") {
		return text // a file's name
	}
	return capital(text)
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + hereLines(text[size:])
}

// runName is the end of a run's name, by which people call it.
func runName(id string) string { return id[strings.LastIndexByte(id, '-')+1:] }

// An amount is a sum of money as its digits: no page, and no script, calculates with it.
type amount struct{ Value, Shown, Currency string }

func amountOf(decimal, currency string) amount {
	return amount{decimal, report.Amount(decimal), currency}
}

func minorOf(minor int64, currency string) amount {
	return amountOf(string(number.AppendMoney(nil, big.NewInt(minor), currency)), currency)
}

// Zero is nothing, with as many decimals.
func (a amount) Zero() string {
	_, decimals, found := strings.Cut(a.Value, ".")
	if !found {
		return "0"
	}
	return "0." + strings.Repeat("0", len(decimals))
}

// between separates the first values of a column when they are in one line.
const between = " · "

// terms are the values of one line, each of which goes to the next line as a whole.
func terms(few string) template.HTML {
	if few == "" {
		return ""
	}
	parts := strings.Split(report.Visible(few), between)
	for i, part := range parts {
		dot := ""
		if i < len(parts)-1 {
			dot = "&nbsp;·" // stays on the line of what is before it
		}
		parts[i] = `<span class="term">` + template.HTMLEscapeString(part) + dot + `</span>`
	}
	return template.HTML(strings.Join(parts, " "))
}

// runID is the name of a run.
var runID = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9.]+Z-[0-9a-f]{4}`)
})

// ids is a sentence in which no line ends within the name of a run.
func ids(text string) template.HTML {
	return template.HTML(runID().ReplaceAllString(template.HTMLEscapeString(text),
		`<span class="term">$0</span>`))
}

// plainSum is money as drafts write it: 1660.30 EUR.
var plainSum = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(-?\d+(?:\.\d+)?) ([A-Z]{3})\b`)
})

// sums is a sentence whose amounts are shown as all others.
func sums(text string) template.HTML {
	escaped := template.HTMLEscapeString(report.Visible(text))
	return template.HTML(plainSum().ReplaceAllString(escaped,
		`<span class="sum"><data class="money" value="$1" data-currency="$2">$1</data> $2</span>`))
}

// keyNames are the visitor keys that the page calls otherwise than the mapping.
var keyNames = map[string]string{"email": "e\u2011mail"}

// keyName is a visitor key in words.
func keyName(key string) string {
	return cmp.Or(keyNames[key], strings.ReplaceAll(key, "_", " "))
}

// ofRows takes a total apart that the command line writes as "EUR 3,615.34".
func ofRows(total string) amount {
	currency, sum, _ := strings.Cut(total, " ")
	return amountOf(strings.ReplaceAll(sum, ",", ""), currency)
}

// unbroken is a sentence in which no line ends within the word e-mail.
func unbroken(text string) string {
	return strings.ReplaceAll(report.Visible(text), "e-mail", "e\u2011mail")
}

// countOf writes a number as people read it: 1,024.
func countOf(n any) string {
	switch n := n.(type) {
	case int:
		return report.Amount(strconv.Itoa(n))
	case int64:
		return report.Amount(strconv.FormatInt(n, 10))
	}
	return fmt.Sprint(n)
}

func dayOf(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }

// unixOf is the inverse of dayOf; 0 for what is no time.
func unixOf(day string) int64 {
	moment, err := time.Parse(time.RFC3339, day)
	if err != nil {
		return 0
	}
	return moment.Unix()
}

// place words rows: "row 17", "rows 2–4".
func place(first, last int) string {
	if first == last {
		return "row " + strconv.Itoa(first)
	}
	return fmt.Sprintf("rows %d–%d", first, last)
}

// rowsOf words rows as receipts have them: "17", "2-4".
func rowsOf(rows string) string {
	if first, last, several := strings.Cut(rows, "-"); several {
		return "rows " + first + "–" + last
	}
	return "row " + rows
}

var counted = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\d[\d.,]* (?:not )?[a-z]+`)
})

// headline says what a run came to. A number and what it counts stay on one line.
func headline(s *report.Summary) template.HTML {
	text := template.HTMLEscapeString(s.Headline())
	// what a person has to look at, too
	for _, state := range []report.State{report.Invalid, report.Changed} {
		if n := s.Events.Of(state); n > 0 && s.Mode != "preview" && strings.HasSuffix(text, ".") {
			text = strings.TrimSuffix(text, ".") + ", " + countOf(n) + " " + state.String() + "."
		}
	}
	// the program's own words and numbers
	return template.HTML(counted().ReplaceAllString(text, `<span class="sum">$0</span>`))
}

func short(plan string) string {
	plan = strings.TrimPrefix(plan, "sha256:")
	return plan[:min(8, len(plan))]
}

// leftOut is why a row or an event is left out, in words.
func leftOut(reason string) string {
	switch reason {
	case "footer":
		return "not data, such as a total"
	case "balance":
		return "an account balance"
	case "heading":
		return "belongs to the rows below it"
	case "corrected":
		return "corrected and sent by a later run"
	case "header_again":
		return "the header row again"
	case "page":
		return "the top or the end of a page"
	case "carried_forward":
		return "carried forward from earlier pages"
	case "other_table":
		return "belongs to another table"
	}

	return report.Visible(reason)
}

// stateWords are the states of events in words.
func stateWords(state string) string {
	switch state {
	case "ready":
		return "ready to send"
	case "not_sent":
		return "not sent"
	}
	return strings.ReplaceAll(state, "_", " ")
}

// A drop is a form that takes files.
type drop struct{ Action, ID, Title, Hint, Verb, Button string }

func dropOf(action, id, title, hint, verb, button string) drop {
	return drop{action, id, title, hint, verb, button}
}

// numberForms are the ways to write numbers that are offered, and the one that a mapping has.
func numberForms(current string) []string {
	forms := []string{"1234.56", "1,234.56", "1234,56", "1.234,56", "1 234,56", "1'234.56"}
	if current != "" && !slices.Contains(forms, current) {
		forms = append(forms, current)
	}
	return forms
}

// readingOf takes the line that answers an ambiguity apart, where the page has a field for it.
func readingOf(setting string) any {
	key, value, _ := strings.Cut(setting, ": ")
	if key == "table" { // the page has one field for sheets and tables
		key, value = "sheet", "table "+value
	}
	if !slices.Contains([]string{"sheet", "header", "encoding", "delimiter"}, key) {
		return nil
	}
	if text, err := strconv.Unquote(value); err == nil {
		value = text
	}
	return struct{ Key, Value string }{key, strings.Trim(value, "'")}
}
