package ledger

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// perCommit is how many events a commit of a child has.
const perCommit = 4

// childOutcome is what a child says of an event, a commit after its intent; 0 = nothing, ever.
func childOutcome(n int) State {
	return []State{Delivered, Delivered, Rejected, Unknown, NotSent, 0, Delivered}[n%7]
}

// wantAfter adds to want what the commits [first, end) of runs that died after them say.
func wantAfter(want map[int]string, first, end int) map[int]string {
	after := map[int]string{}
	maps.Copy(after, want)
	for n := first * perCommit; n < end*perCommit; n++ {
		state := childOutcome(n)
		if state == 0 || n/perCommit == end-1 {
			state = Unknown
		}
		if state.isIndexed() {
			after[n] = state.String() + " 0"
		}
	}
	return after
}

func childEvents(c int) []Event {
	events := make([]Event, perCommit)
	for i := range events {
		events[i] = numberedEvent(c*perCommit+i, 0)
	}
	return events
}

// childCommit commits the events of c and the outcomes of the events of c-1, if that was in the
// same run.
func childCommit(r *Run, c int, first bool) error {
	var outcomes []Outcome
	for n := (c - 1) * perCommit; n < c*perCommit && !first; n++ {
		if state := childOutcome(n); state != 0 {
			outcomes = append(outcomes, outcome(n, state))
		}
	}
	return r.Commit(childEvents(c), outcomes)
}

// child is the program that the crash tests kill: it commits, and says so after each Commit that
// returns.
func child(work string) int {
	path, first := "", 0
	limit := uint64(0)
	if _, err := fmt.Sscan(work, &first, &limit, &path); err != nil {
		panic(err)
	}
	if limit > 0 {
		limitFileSize(limit)
	}
	l, err := Open(path, target)
	if err != nil {
		fmt.Println("open:", err)
		return 3
	}
	l.limits = smallLimits
	r, err := l.Begin(RunInfo{ID: fmt.Sprint("from ", first)})
	if err != nil {
		fmt.Println("begin:", err)
		return 3
	}
	for c := first; ; c++ {
		if err := childCommit(r, c, c == first); err != nil {
			again := childCommit(r, c+1, false)
			fmt.Println("commit:", err, "| again:", again)
			return 3
		}
		fmt.Println(c)
	}
}

// runChild starts a child and kills it shortly after the given number of commits. It returns the
// number of the first commit that was not reported, and the last line that is not a number.
func runChild(
	t *testing.T, path string, first int, limit uint64, commits int, moment time.Duration,
) (next int, said string) {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(),
		fmt.Sprintf("LEDGER_TEST_CHILD=%d %d %s", first, limit, path))
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer command.Wait()
	next = first
	lines := bufio.NewReader(output)
	read := func() bool {
		line, err := lines.ReadString('\n')
		if err != nil {
			return false
		}
		if _, err := fmt.Sscan(line, &next); err != nil {
			said = line
			return true
		}
		next++
		return true
	}
	for next < first+commits && read() {
	}
	time.Sleep(moment)
	if err := command.Process.Kill(); err != nil && commits < 1000 {
		t.Fatal(err)
	}
	for read() { // what it said before it died, it had done
	}
	return next, said
}

// wantCommits checks that the ledger has the commits up to next, and perhaps one more that was not
// reported. It returns where they end.
func wantCommits(
	t *testing.T, l *Ledger, want map[int]string, first, next int,
) (int, map[int]string) {
	t.Helper()
	got, err := findNumbers(l, (next+1)*perCommit)
	if err != nil {
		t.Fatal(err)
	}
	told, more := wantAfter(want, first, next), wantAfter(want, first, next+1)
	if maps.Equal(got, more) {
		return next + 1, more
	}
	if diff := cmp.Diff(told, got); diff != "" {
		t.Fatalf("killed after commit %d, -want +got:\n%s", next-1, diff)
	}
	return next, told
}

func TestKilledAtAnyMoment(t *testing.T) {
	kills := 40
	if testing.Short() {
		kills = 8
	}
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	path := filepath.Join(t.TempDir(), "l.sqlite")
	want := map[int]string{}
	for first := 0; kills > 0; kills-- {
		next, said := runChild(t, path, first, 0, random.IntN(30),
			time.Duration(random.IntN(3000))*time.Microsecond)
		if said != "" {
			t.Fatalf("the child said: %s", said)
		}
		l := open(t, path)
		first, want = wantCommits(t, l, want, first, next)
		closeLedger(t, l)
	}
}

// TestTornLog cuts the write-ahead log where a power loss could have, also with rubbish after the
// cut, and wants exactly the commits that are whole before it.
func TestTornLog(t *testing.T) {
	if testing.Short() {
		t.Skip("a great deal of work for one goroutine")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "l.sqlite")
	l := open(t, path)
	l.limits = smallLimits
	r := begin(t, l, "torn")
	var sizes []int64 // of the log after each commit
	for c := range 12 {
		if err := childCommit(r, c, c == 0); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
	}
	file, log := readFile(t, path), readFile(t, path+"-wal")
	closeLedger(t, l)

	const header, frame = 32, pageSize + 24
	copied := filepath.Join(dir, "copy.sqlite")
	for start := header; start <= len(log); start += frame {
		for _, cut := range []int{start - 1, start, start + 1, start + 24, start + frame/2} {
			cut = min(cut, len(log))
			rubbish := []byte(strings.Repeat("rubbish ", (len(log)-cut)/8))
			for _, tail := range [][]byte{nil, rubbish, make([]byte, len(log)-cut)} {
				writeFile(t, copied, file)
				writeFile(t, copied+"-wal", slices.Concat(log[:cut], tail))
				whole := 0
				for whole < len(sizes) && sizes[whole] <= int64(cut) {
					whole++
				}
				l := open(t, copied)
				got, err := findNumbers(l, 60)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(wantAfter(nil, 0, whole), got); diff != "" {
					t.Fatalf("cut at %d with %d bytes behind, %d commits are whole %v, "+
						"-want +got:\n%s", cut, len(tail), whole, sizes, diff)
				}
				closeLedger(t, l)
			}
		}
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
}
