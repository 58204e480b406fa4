package jobfile

import (
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"ableimport/importer/webhook"
	"ableimport/mapping/document"
)

// reader reads one job file.
type reader struct {
	dir  string // of the job file
	file *File
}

// Parse reads a job file. getenv gives the values of the ${ABLE_...} variables in it. Its error
// names every mistake, each with its place and an excerpt.
func Parse(name string, source []byte, getenv func(string) string) (*File, error) {
	root, err := document.ReadSettings(name, "job", source, getenv)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, err
	}

	r := reader{dir, &File{}}
	version, jobs := 0, false
	root.Keys("job file", map[string]func(*document.Setting){
		"version": func(s *document.Setting) {
			if version = s.Count("version", 1); version > 1 {
				s.Problem("this able-import reads version 1 of job files, and this file has "+
					"version %d; use a newer able-import", version)
			}
		},
		"state_dir":    r.path(&r.file.StateDir),
		"report_dir":   r.path(&r.file.ReportDir),
		"metrics_file": r.path(&r.file.MetricsFile),
		"jobs": func(s *document.Setting) {
			jobs = true
			for _, each := range s.List("jobs") {
				r.job(each)
			}
		},
	})

	if root.IsObject() && version == 0 {
		root.Problem("the job file has no version; begin it with: version: 1")
	}
	if root.IsObject() && !jobs {
		root.Problem("the job file has no jobs; add jobs: with - name: and inbox: below it")
	}

	return r.file, root.Err()
}

func (r *reader) path(to *string) func(*document.Setting) {
	return func(s *document.Setting) { *to = beside(r.dir, said(s, "a path")) }
}

// said reads a text that is not empty: what is left out has its default, and an empty line looks as
// if it had not.
func said(s *document.Setting, what string) string {
	if s.IsEmpty() {
		s.Problem("%s is expected here; give it, or leave the line out", what)
		return ""
	}
	return s.Text(what)
}

// wait reads a time for which 0 would mean its default, or that nothing is waited for.
func wait(to *time.Duration, what string) func(*document.Setting) {
	return func(s *document.Setting) {
		d, err := time.ParseDuration(s.Written())
		if *to = s.Duration(what); s.IsEmpty() || err == nil && d == 0 {
			s.Problem("%s: give a time above 0, such as 60s, 10m or 26h, or leave the line out",
				what)
		}
	}
}

// settings answers the mapping's settings, as --set does.
func settings(s *document.Setting) (all []string) {
	s.Each("set", func(name string, value *document.Setting) {
		all = append(all, name+"="+value.Text(name))
	})
	return all
}

func text(to *string, what string) func(*document.Setting) {
	return func(s *document.Setting) { *to = said(s, what) }
}

// jobName keeps names fit for file names, metrics and command lines.
var jobName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func (r *reader) job(s *document.Setting) {
	j := Job{Settle: DefaultSettle, SharedKeys: DefaultSharedKeys}
	keys := map[string]func(*document.Setting){
		"name":         func(s *document.Setting) { j.Name = r.name(s) },
		"inbox":        r.path(&j.Inbox),
		"pattern":      func(s *document.Setting) { j.Patterns = patterns(s) },
		"settle":       func(s *document.Setting) { j.Settle = s.Duration("settle") },
		"archive":      r.path(&j.Archive),
		"refused":      r.path(&j.Refused),
		"failed":       r.path(&j.Failed),
		"mapping":      r.path(&j.Mapping),
		"preset":       text(&j.Preset, "preset"),
		"set":          func(s *document.Setting) { j.Set = settings(s) },
		"expect_every": wait(&j.ExpectEvery, "expect_every"),
	}
	r.targetKeys(&j, keys)

	r.sendingKeys(&j, keys)
	r.tellingKeys(&j, keys)
	s.Keys("job", keys)

	if s.IsObject() {
		r.complete(s, &j)
	}

	r.file.Jobs = append(r.file.Jobs, j)
}

func (r *reader) targetKeys(j *Job, keys map[string]func(*document.Setting)) {
	keys["endpoint"] = text(&j.Endpoint, "endpoint")
	keys["funnel_mark_file"] = r.path(&j.MarkFile)
	keys["funnel_mark"] = func(s *document.Setting) {
		if s.Written() != "${ABLE_FUNNEL_MARK}" { // that is what a job has that says nothing
			j.Mark = secret(s, "funnel_mark")
		}
	}
	keys["headers"] = func(s *document.Setting) {
		s.Each("headers", func(name string, value *document.Setting) { r.header(j, name, value) })
	}
	keys["accept_when"] = func(s *document.Setting) {
		var err error
		if j.AcceptWhen = said(s, "accept_when"); j.AcceptWhen == "" {
			return
		}
		if j.Accept, err = compile(j.AcceptWhen); err != nil {
			if s.Written() != j.AcceptWhen { // what is wrong may quote a variable's value
				err = errNotCompiled
			}
			s.Problem("accept_when: %v", err)
		}
	}
}

func (r *reader) sendingKeys(j *Job, keys map[string]func(*document.Setting)) {
	keys["concurrency"] = func(s *document.Setting) {
		j.Concurrency = s.Text("concurrency")
		if n, err := strconv.Atoi(j.Concurrency); j.Concurrency != "auto" &&
			(err != nil || n < 1 || n > webhook.MaxConcurrency) {
			s.Problem("concurrency is a whole number from 1 on, or auto, and at most %d, not %q",
				webhook.MaxConcurrency, s.Written())
		}
	}
	keys["rate"] = text(&j.Rate, "rate")
	keys["timeout"] = wait(&j.Timeout, "timeout")
	keys["outage_wait"] = wait(&j.OutageWait, "outage_wait")
	keys["deadline"] = wait(&j.Deadline, "deadline")

	keys["strict"] = func(s *document.Setting) { j.Strict = s.Flag("strict") }
	keys["require_approval"] = func(s *document.Setting) {
		j.RequireApproval = s.Flag("require_approval")
	}
	keys["approvers"] = func(s *document.Setting) { j.Approvers = s.Texts("approvers") }
	keys["approvals"] = r.path(&j.Approvals)
	keys["shared_keys"] = func(s *document.Setting) {
		percent, of := strings.CutSuffix(s.Text("shared_keys"), "%")
		n, err := strconv.Atoi(strings.TrimSpace(percent))
		if j.SharedKeys = n; !of || err != nil || n < 0 || n > 100 {
			s.Problem("shared_keys: expected the share of events that may have a visitor "+
				"key that many customers share, such as 10%%, not %q", s.Written())
		}
	}
	keys["retry_on"] = func(s *document.Setting) {
		for _, each := range s.List("retry_on") {
			j.RetryOn = append(j.RetryOn, each.Count("retry_on", 400))
		}
	}
}

func (r *reader) tellingKeys(j *Job, keys map[string]func(*document.Setting)) {
	keys["notify_template"] = r.path(&j.NotifyTemplate)
	keys["notify"] = func(s *document.Setting) {
		j.Notify = s.Text("notify")
		if j.Notify == "" && s.Written() != "" {
			return // which is told: the variable is not set
		}
		u, err := url.Parse(j.Notify)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			s.Problem("notify: expected an address such as https://example.com/hook")
		}
	}
	keys["on_failure"] = func(s *document.Setting) {
		j.OnFailure = s.Texts("on_failure")
		// A name without a slash is looked for in PATH.
		if len(j.OnFailure) > 0 && strings.ContainsAny(j.OnFailure[0], `/\`) {
			j.OnFailure[0] = beside(r.dir, j.OnFailure[0])
		}
	}
	keys["fail_on"] = func(s *document.Setting) {
		switch text := s.Text("fail_on"); text {
		case "new":
			j.FailOnNew = true
		case "any", "":
		default:
			s.Problem("fail_on: expected any or new, not %q", s.Written())
		}
	}
}

func (r *reader) name(s *document.Setting) string {
	if s.Text("name") == "" {
		return ""
	}

	name := s.Written() // a variable has no place in it
	if runtime.GOOS == "windows" && !filepath.IsLocal(name) {
		s.Problem("each job has a folder named after it, and Windows reserves %q for a device; "+
			"choose another name", name)
	}
	if !jobName.MatchString(name) {
		s.Problem("a job's name can have letters, digits, dots, dashes and underscores, not %q",
			name)
	}
	if slices.ContainsFunc(r.file.Jobs,
		func(j Job) bool { return strings.EqualFold(j.Name, name) }) {
		s.Problem("two jobs have the name %q", name)
	}

	return name
}

func patterns(s *document.Setting) []string {
	all := s.Texts("pattern")
	for _, pattern := range all {
		if _, err := path.Match(pattern, "x"); err != nil || strings.ContainsAny(pattern, `/\`) {
			s.Problem("pattern: expected a file name with * and ?, such as invoices_*.csv; " +
				"folders in the inbox are ignored")
		}
	}
	return all
}

// sharesFiles reports whether two jobs surely want the same files. Where patterns overlap in part
// only, it shows with the first such file, which is then refused.
func sharesFiles(a, b *Job) bool {
	if a.Inbox == "" || a.Inbox != b.Inbox {
		return false
	}
	return len(a.Patterns) == 0 || len(b.Patterns) == 0 ||
		slices.ContainsFunc(a.Patterns, func(pattern string) bool {
			return slices.ContainsFunc(b.Patterns,
				func(other string) bool { return strings.EqualFold(pattern, other) })
		})
}

// complete checks what only the whole job shows, and fills in where files go.
func (r *reader) complete(s *document.Setting, j *Job) {
	switch {
	case j.Name == "":
		s.Problem("a job needs a name; add for example name: shop")
	case j.Inbox == "":
		s.Problem("job %s has no inbox; add inbox: with the folder of its files", j.Name)
	case (j.Mapping == "") == (j.Preset == ""):
		s.Problem("job %s needs mapping: or preset:, and only one of them", j.Name)
	case !j.RequireApproval && len(j.Approvers) > 0:
		s.Problem("job %s names approvers but does not ask them; add require_approval: true",
			j.Name)
	case j.Mark != "" && j.MarkFile != "":
		s.Problem("job %s: use funnel_mark: or funnel_mark_file:, not both", j.Name)
	}

	for i := range r.file.Jobs {
		if other := &r.file.Jobs[i]; sharesFiles(other, j) {
			s.Problem("job %s takes the same files from the same inbox as job %s; give the two "+
				"jobs patterns that never fit the same file", j.Name, other.Name)
		}
	}

	for i, folder := range []*string{&j.Archive, &j.Refused, &j.Failed} {
		name := []string{"archive", "refused", "failed"}[i]
		if *folder == "" && j.Inbox != "" {
			*folder = filepath.Join(j.Inbox, name)
		}
		if *folder != "" && filepath.Clean(*folder) == filepath.Clean(j.Inbox) {
			s.Problem("job %s: %s is the inbox itself, so its files would be imported again",
				j.Name, name)
		}
	}
}
