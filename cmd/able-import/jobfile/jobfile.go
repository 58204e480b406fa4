package jobfile

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed doc.go
var source string

// Reference is the text of this package in Markdown: every key of a job file, and what becomes of
// every file.
func Reference() string {
	_, text, _ := strings.Cut(source, "\n//\n") // behind the sentence that is for programmers
	var out strings.Builder
	code := false
	for line := range strings.Lines(text) {
		text, isText := strings.CutPrefix(line, "//")
		if !isText {
			break
		}
		if indented := strings.HasPrefix(text, "\t"); indented != code {
			out.WriteString("```\n")
			code = indented
		}
		out.WriteString(text[min(1, len(text)-1):]) // without the tab or the blank
	}
	return out.String()
}

// A File is a job file that was read and found sound in itself.
type File struct {
	StateDir    string // "": not said
	ReportDir   string
	MetricsFile string
	Jobs        []Job
}

// A Job says what is imported, from where and how. Zero values are not said.
type Job struct {
	Name     string
	Inbox    string
	Patterns []string
	Settle   time.Duration // how long a file has to stay unchanged
	Archive  string        // where files go when they are done; a folder for each month
	Refused  string
	Failed   string

	Mapping    string // path
	Preset     string
	Set        []string // NAME=VALUE: what the mapping's settings are
	Endpoint   string
	Mark       string // from a variable
	MarkFile   string
	Headers    []Header
	AcceptWhen string
	Accept     func(answer []byte) (bool, error) // of AcceptWhen; nil: every 2xx is a delivery

	Concurrency string // a number, or auto
	Rate        string
	Timeout     time.Duration
	RetryOn     []int
	OutageWait  time.Duration
	Deadline    time.Duration
	Strict      bool

	RequireApproval bool     // a second person has to approve what is sent
	Approvers       []string // users by name or number; none: anybody else
	Approvals       string   // folder of kept plans and approvals; "": in the state folder

	SharedKeys int // of a hundred events, so many may have a visitor key that many customers share

	Notify         string
	NotifyTemplate string // file that says the form of what is posted there; "": as it is
	OnFailure      []string
	FailOnNew      bool
	ExpectEvery    time.Duration // a file has to come within it; 0: nobody waits for one
}

// A Header is one more header of every request.
type Header struct {
	Name  string
	Value string
	File  string // holds the value
}

// DefaultSettle is how long a file must stay unchanged before it counts as complete.
const DefaultSettle = time.Minute

// DefaultSharedKeys is the share of events, in percent, that may have a visitor key that many
// customers share.
const DefaultSharedKeys = 10

// Find returns the job of this name.
func (f *File) Find(name string) (*Job, error) {
	names := make([]string, len(f.Jobs))
	for i := range f.Jobs {
		if f.Jobs[i].Name == name {
			return &f.Jobs[i], nil
		}
		names[i] = f.Jobs[i].Name
	}
	slices.Sort(names)
	return nil, fmt.Errorf("there is no job %q; the job file has %s", name,
		strings.Join(names, ", "))
}

// Header reads the values of the headers. Its errors show none.
func (j *Job) Header() (http.Header, error) {
	header := http.Header{}
	for _, h := range j.Headers {
		value := h.Value
		if h.File != "" {
			content, err := os.ReadFile(h.File)
			if err != nil {
				return nil, fmt.Errorf("header %s: %s: %w", h.Name, h.File, cause(err))
			}
			if value = strings.TrimSpace(string(content)); value == "" {
				return nil, fmt.Errorf("header %s: %s is empty", h.Name, h.File)
			}
		}
		header.Add(h.Name, value)
	}

	return header, nil
}

func cause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// beside makes a path relative to the folder of the job file. On Windows \in is on the drive of
// that folder: Task Scheduler starts programs on a drive of its own.
func beside(dir, path string) string {
	switch {
	case path == "" || filepath.IsAbs(path):
		return path
	case os.IsPathSeparator(path[0]):
		return filepath.VolumeName(dir) + filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}
