package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

var (
	nightFiles = flag.Int("night-files", 8, "files that are dropped into the inboxes")
	nightEvery = flag.Duration("night-every", 200*time.Millisecond, "how often a run is started")
)

// A night is a job file with two inboxes and one target, files that arrive in them in every
// possible way, and runs that start again and again, as real processes, without waiting for each
// other.
type night struct {
	t        *testing.T
	dir      string
	receiver *sandbox.Server
	running  sync.WaitGroup
	atOnce   atomic.Int64
	mu       sync.Mutex
	runs     []nightRun
	dropped  []nightFile
	orders   []string // that the receiver is to get, once each
}

type nightFile struct {
	inbox, name, content string
	codes                []int  // one of them
	became               string // in the end
}

// A nightRun is one process.
type nightRun struct {
	code   int
	stdout []byte
	stderr []byte
}

const (
	nightSettle = 2 * time.Second
	nightAtOnce = 6 // processes
)

func TestNight(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	n := newNight(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.dropAll()
	}()
	ticker := time.NewTicker(*nightEvery)
	defer ticker.Stop()
	for started, dropping := 0, true; dropping || !n.isQuiet(); {
		select {
		case <-done:
			dropping = false
		default:
		}
		<-ticker.C
		if n.atOnce.Load() >= nightAtOnce {
			continue
		}
		if started > *nightFiles*20 {
			n.running.Wait()
			t.Fatalf(
				"after %d runs the inboxes still hold files that should be put away; the last "+
					"run said\n%s",
				started, n.runs[len(n.runs)-1].stderr)
		}
		// two at a time: they want the same lock
		for _, wait := range []string{"0s", "5s"} {
			started++
			n.atOnce.Add(1)
			n.running.Go(func() {
				defer n.atOnce.Add(-1)
				n.start("--wait-lock", wait)
			})
		}
	}
	n.running.Wait()
	n.start("--wait-lock", "1m")
	n.checkReceiver()
	n.checkFiles()
	n.checkCodes()
	n.checkMetrics()
	n.checkPrivacy()
}

func newNight(t *testing.T) *night {
	receiver, err := sandbox.Start(sandbox.Options{Latency: 20 * time.Millisecond,
		Reject: rejectSome})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { receiver.Close() })
	n := &night{t: t, dir: t.TempDir(), receiver: receiver}
	n.writeJobs("settle: " + nightSettle.String())
	return n
}

// writeJobs writes the job file, the mapping and the inboxes.
func (n *night) writeJobs(settle string) {
	n.write("able-import.yaml", fmt.Sprintf(`version: 1
metrics_file: able.prom
jobs:
  - {name: shop, inbox: shop, pattern: "*.csv*", %[1]s, mapping: mapping.yaml, concurrency: 1}
  - {name: desk, inbox: desk, pattern: "*.csv*", %[1]s, mapping: mapping.yaml, concurrency: 1}
`, settle))
	n.write("mapping.yaml", `version: 1
name: night
event: Purchase
formats: {number: "1.00"}
fields:
  order_id: Number
  deal_value: Total
  deal_currency: Currency
  keys: {email: Email, phone: {column: Phone, required: false}}
`)
	os.Mkdir(filepath.Join(n.dir, "shop"), 0o700)
	os.Mkdir(filepath.Join(n.dir, "desk"), 0o700)
}

func (n *night) write(name, content string) {
	if err := os.WriteFile(filepath.Join(n.dir, name), []byte(content), 0o600); err != nil {
		n.t.Error(err)
	}
}

const nightHeading = "Number,Total,Currency,Email,Phone\n"

// rows makes sound rows, whose orders are to arrive.
func (n *night) rows(file int) string {
	var text strings.Builder
	for row := 1; row <= 5; row++ {
		order := fmt.Sprintf("N%03d-%d", file, row)
		n.orders = append(n.orders, order)
		fmt.Fprintf(&text, "%s,10.%02d,EUR,anna.%d@example.com,+49 30 12345%02d\n", order,
			row, row, row)
	}
	return text.String()
}

// dropAll puts files into the inboxes, of every kind in turn.
func (n *night) dropAll() {
	good := ""
	for i := range *nightFiles {
		inbox := []string{"shop", "desk"}[i/2%2]
		f := nightFile{inbox: inbox, name: fmt.Sprintf("%02d.csv", i), codes: []int{0},
			became: archived}
		switch i % 8 {
		case 0, 6: // written to another name, and renamed
			f.content = nightHeading + n.rows(i)
			good = f.content
			n.write(filepath.Join(inbox, f.name+".part"), f.content)
			time.Sleep(50 * time.Millisecond)
			os.Rename(filepath.Join(n.dir, inbox, f.name+".part"),
				filepath.Join(n.dir, inbox, f.name))
		case 1: // written bit by bit under its own name
			f.content, f.codes = nightHeading+n.rows(i), []int{0, 1}
			n.dropSlowly(f)
		case 2: // what was there before, under another name
			f.content = good
			n.write(filepath.Join(inbox, f.name), f.content)
		case 3: // another export
			f.content, f.codes, f.became = "Something,Else\n1,2\n", []int{2}, refused
			n.write(filepath.Join(inbox, f.name), f.content)
		case 4: // an event that the receiver refuses, and one that is none
			f.content = nightHeading + n.rows(i) + fmt.Sprintf(
				"N%03d-7,1.00,EUR,boris@example.com,\nN%03d-8,1x,EUR,chloe@example.com,\n", i, i)
			f.codes = []int{3}
			n.write(filepath.Join(inbox, f.name), f.content)
		case 5: // rows that do not add up to the total below them
			f.content = nightHeading +
				fmt.Sprintf("N%03d-1,10.00,EUR,dora@example.com,\nTotal,99.00,,,\n", i)
			f.codes, f.became = []int{6}, refused
			n.write(filepath.Join(inbox, f.name), f.content)
		case 7: // cut off, but marked as complete
			f.name += ".gz"
			f.content, f.codes, f.became = "\x1f\x8b\x08\x00\x00\x00\x00\x00", []int{1}, stays
			n.write(filepath.Join(inbox, f.name), f.content)
			n.write(filepath.Join(inbox, f.name+".done"), "")
		}
		n.dropped = append(n.dropped, f)
		time.Sleep(*nightEvery / 2)
	}
}

func (n *night) dropSlowly(f nightFile) {
	file, err := os.Create(filepath.Join(n.dir, f.inbox, f.name))
	if err != nil {
		n.t.Error(err)
		return
	}
	defer file.Close()
	for line := range strings.Lines(f.content) {
		file.WriteString(line)
		time.Sleep(100 * time.Millisecond)
	}
}

// isQuiet tells whether the inboxes hold nothing but what stays. It may be asked once everything
// was dropped.
func (n *night) isQuiet() bool {
	for _, f := range n.dropped {
		if _, err := os.Lstat(filepath.Join(n.dir, f.inbox, f.name)); err == nil &&
			f.became != stays {
			return false
		}
	}
	return true
}

// command is the program in the night's folder.
func (n *night) command(args ...string) *exec.Cmd {
	c := exec.Command("able-import", args...)
	c.Dir = n.dir
	c.Env = append(os.Environ(), "ABLE_FUNNEL_MARK="+secrets.Mark,
		"ABLE_ENDPOINT="+n.receiver.URL(), "ABLE_IMPORT_STATE_DIR="+filepath.Join(n.dir, "state"))
	return c
}

// start runs all jobs as a process.
func (n *night) start(args ...string) {
	var stdout, stderr bytes.Buffer
	c := n.command(append([]string{"run", "--all-jobs", "--json", "--log-format", "json"},
		args...)...)
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		n.t.Error(err)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.runs = append(n.runs, nightRun{c.ProcessState.ExitCode(), stdout.Bytes(), stderr.Bytes()})
}

// checkReceiver proves that every event arrived once, and that no two runs ever posted at the same
// time: each has one event in flight.
func (n *night) checkReceiver() {
	var got []string
	for _, event := range n.receiver.Events() {
		got = append(got, event.OrderID)
	}
	slices.Sort(got)
	slices.Sort(n.orders)
	if !slices.Equal(got, n.orders) {
		n.t.Errorf("the receiver has %d events %q,\nwant %d %q", len(got), got,
			len(n.orders), n.orders)
	}
	if inFlight := n.receiver.Stats().InFlight; inFlight != 1 {
		n.t.Errorf("%d events were in flight at once, want 1", inFlight)
	}
}

// checkFiles proves that every file is where it should be, and once.
func (n *night) checkFiles() {
	for _, f := range n.dropped {
		places := map[string]string{archived: "archive", refused: "refused", stays: "."}
		var found []string
		filepath.WalkDir(filepath.Join(n.dir, f.inbox),
			func(path string, entry fs.DirEntry, err error) error {
				if err == nil && (entry.Name() == f.name ||
					strings.HasSuffix(entry.Name(), "-"+f.name)) {
					if content, _ := os.ReadFile(path); string(content) == f.content {
						name, _ := filepath.Rel(filepath.Join(n.dir, f.inbox), path)
						found = append(found, filepath.ToSlash(name))
					}
				}
				return err
			})
		if len(found) != 1 || f.became != stays && !strings.HasPrefix(found[0],
			places[f.became]+"/") || f.became == stays && found[0] != f.name {
			n.t.Errorf("%s/%s was to be %s, and is at %q", f.inbox, f.name, f.became, found)
		}
	}
	reasons, _ := filepath.Glob(filepath.Join(n.dir, "*", "refused", "*.reason.txt"))
	failed, _ := filepath.Glob(filepath.Join(n.dir, "*", "failed", "*.failures.xlsx"))
	wantReasons, wantFailed := 0, 0
	for _, f := range n.dropped {
		if f.became == refused {
			wantReasons++
		}
		if f.codes[0] == exitInvalid {
			wantFailed++
		}
	}
	if len(reasons) != wantReasons || len(failed) != wantFailed {
		n.t.Errorf("%d reasons and %d failures files, want %d and %d", len(reasons), len(failed),
			wantReasons, wantFailed)
	}
}

// checkCodes proves that every process ended with the highest claim of what it did, and that each
// file had the code it should.
func (n *night) checkCodes() {
	wanted := map[string][]int{}
	for _, f := range n.dropped {
		wanted[f.name] = f.codes
	}
	locked := 0
	var delivered int64
	for _, run := range n.runs {
		var printed passesJSON
		if err := json.Unmarshal(run.stdout, &printed); err != nil {
			n.t.Errorf("a run printed %q: %v", run.stdout, err)
			continue
		}
		highest := 0
		for _, job := range printed.Jobs {
			ofJob := 0
			for _, file := range job.Runs {
				if !slices.Contains(wanted[file.File], file.ExitCode) {
					n.t.Errorf("%s ended with %d, want one of %v: %s", file.File, file.ExitCode,
						wanted[file.File], file.Error)
				}
				ofJob = highestClaim(ofJob, file.ExitCode)
				if file.Summary != nil {
					delivered += file.Summary.Events.Delivered
				}
			}
			if strings.Contains(job.Error, "another run to this target is under way") {
				ofJob = exitLocked
				locked++
			}
			if job.ExitCode != ofJob {
				n.t.Errorf("job %s ended with %d, and its files with %d: %s", job.Job, job.ExitCode,
					ofJob, job.Error)
			}
			highest = highestClaim(highest, ofJob)
		}
		if run.code != highest || printed.ExitCode != highest {
			n.t.Errorf("a process ended with %d and said %d, want %d", run.code,
				printed.ExitCode, highest)
		}
	}
	if locked == 0 {
		n.t.Error("no run ever found another one under way")
	}
	if int(delivered) != len(n.orders) {
		n.t.Errorf("the runs say that they delivered %d events, want %d", delivered, len(n.orders))
	}
	n.t.Logf("%d files, %d events, %d processes; %d times a job found the target taken",
		len(n.dropped), len(n.orders), len(n.runs), locked)
}

// checkMetrics proves that the metrics tell how the last run of each job ended: what is cut stays,
// and says so every time.
func (n *night) checkMetrics() {
	content, err := os.ReadFile(filepath.Join(n.dir, "able.prom"))
	if err != nil {
		n.t.Fatal(err)
	}
	cut := map[string]int{}
	for _, f := range n.dropped {
		if f.became == stays {
			cut[f.inbox]++
		}
	}
	for _, job := range []string{"shop", "desk"} {
		code := 0
		if cut[job] > 0 {
			code = 1
		}
		for _, want := range []string{
			`able_import_exit_code\{job="` + job + `"\} ` + strconv.Itoa(code),
			`able_import_unknown_events\{job="` + job + `"\} 0`,
			`able_import_files\{job="` + job + `",became="stays"\} ` + strconv.Itoa(cut[job]),
			`able_import_files\{job="` + job + `",became="waiting"\} 0`,
		} {
			if !regexp.MustCompile(`(?m)^` + want + `$`).Match(content) {
				n.t.Errorf("the metrics lack %s:\n%s", want, content)
			}
		}
	}
	if !bytes.HasSuffix(content, []byte("# EOF\n")) {
		n.t.Error("the metrics are cut")
	}
	secrets.Check(n.t, "metrics", string(content))
}

func (n *night) checkPrivacy() {
	for _, run := range n.runs {
		secrets.Check(n.t, "a run's output", string(run.stdout), string(run.stderr))
	}
	secrets.CheckFolder(n.t, filepath.Join(n.dir, "state"))
}
