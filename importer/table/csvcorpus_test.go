package table

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// expected is what a careful person reads in one file of the corpus; its expect.json explains the fields.
type expected struct {
	Verdict       string            `json:"verdict"`
	Accept        []string          `json:"accept"`
	Delimiter     string            `json:"delimiter"`
	Encoding      string            `json:"encoding"`
	Quote         string            `json:"quote"`
	Escape        string            `json:"escape"`
	Comment       string            `json:"comment"`
	SkipRows      int               `json:"skip_rows"`
	Header        []string          `json:"header"`
	HeaderColumns int               `json:"header_columns"`
	Records       *int              `json:"records"`
	BadRecords    []int             `json:"bad_records"`
	Cells         map[string]string `json:"cells"`
	headless      bool              // the header is null, not missing
}

func (e *expected) UnmarshalJSON(text []byte) error {
	type plain expected
	if err := json.Unmarshal(text, (*plain)(e)); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	e.headless = string(fields["header"]) == "null"
	return nil
}

// mappedBad are records that are whole rows to a reader; it takes a mapping to see that they are no bills.
var mappedBad = map[string][]int{"own__airedale_concat_bom.csv": {55, 110}}

// TestCorpusCSV reads every file of CORPUS/csv, first without settings, then with those of a careful person, and
// compares. Forbidden is a wrong value, a lost or shifted row, a silent acceptance of what must be refused.
func TestCorpusCSV(t *testing.T) {
	corpus := os.Getenv("CORPUS")
	if corpus == "" {
		t.Skip("CORPUS does not name a folder with csv/expect.json")
	}
	text, err := os.ReadFile(filepath.Join(corpus, "csv", "expect.json"))
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(text, &entries); err != nil {
		t.Fatal(err)
	}
	delete(entries, "_meta")
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(300 << 20))
	names := slices.Sorted(maps.Keys(entries))
	count := map[string]int{}
	for _, name := range names {
		var want expected
		if err := json.Unmarshal(entries[name], &want); err != nil {
			t.Fatal(err)
		}
		outcome, why, settings := bestOutcome(filepath.Join(corpus, "csv", name), name, want)
		count[outcome]++
		t.Logf("%-9s %s: %s%s", outcome, name, why, settings)
	}
	t.Logf("%d files: %d ok, %d wrong, %d forbidden", len(names), count["ok"], count["wrong"], count["forbidden"])
	if count["forbidden"] > 0 || count["ok"]*100 < 95*len(names) {
		t.Errorf("got %d forbidden and %d of %d ok, want none and 95 %%", count["forbidden"], count["ok"], len(names))
	}
}

// bestOutcome tries without settings, then with all that a careful person would give.
func bestOutcome(path, name string, want expected) (outcome, why, settings string) {
	outcome, why = judgeFile(path, name, want, Options{Blank: true})
	if outcome == "ok" {
		return outcome, why, ""
	}
	options := Options{Blank: true, Delimiter: want.Delimiter, Quote: want.Quote, Escape: want.Escape, Comment: want.Comment}
	if !strings.HasSuffix(want.Encoding, "(BOM)") {
		options.Encoding = want.Encoding
	}
	if want.headless {
		options.Header = -1
	}
	if want.SkipRows > 0 && want.SkipRows < 3 && !strings.Contains(name, "_sep_") {
		options.Header = want.SkipRows + 1
	}
	plain := why
	outcome, why = judgeFile(path, name, want, options)
	return outcome, why, fmt.Sprintf(" (without settings: %s)", plain)
}

// seen is what was read of a file.
type seen struct {
	header  []string
	rows    [][]string
	bad     map[int]string // by index of rows
	refused error
}

func readFile(path string, options Options) (s seen) {
	s.bad = map[int]string{}
	table, err := Open(path, options)
	if err != nil {
		s.refused = err
		return s
	}
	defer table.Close()
	if table.Info().HeaderRow > 0 {
		s.header = table.Header()
	}
	for row, err := range table.Rows() {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			s.refused = err
			return s
		}
		if bad != nil {
			s.bad[len(s.rows)] = bad.Message
		}
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = string(cell)
		}
		s.rows = append(s.rows, cells)
	}
	return s
}

// judgeFile reads one file and compares.
func judgeFile(path, name string, want expected, options Options) (outcome, why string) {
	began := time.Now()
	got := readFile(path, options)
	if took := time.Since(began); took > 10*time.Second {
		return "wrong", fmt.Sprintf("took %s", took)
	}
	accepts := func(verdict string) bool { return want.Verdict == verdict || slices.Contains(want.Accept, verdict) }
	if got.refused != nil {
		if !strings.HasPrefix(got.refused.Error(), name+": ") {
			return "wrong", "the message does not begin with the file's name: " + got.refused.Error()
		}
		if accepts("error") {
			return "ok", "refused: " + got.refused.Error()
		}
		return "wrong", "refused: " + got.refused.Error()
	}
	if !accepts("ok") {
		return "forbidden", "accepted"
	}
	return compare(got, name, want)
}

// compare holds what was read against what a careful person reads.
func compare(got seen, name string, want expected) (outcome, why string) {
	strict := slices.Contains(want.Accept, "error")
	for i, row := range got.rows {
		if got.bad[i] == "" && strings.ContainsAny(strings.Join(row, ""), "\ufffd") {
			return "forbidden", "a good row with U+FFFD in it"
		}
	}
	if want.Records == nil {
		return "ok", fmt.Sprintf("%d rows, %d of them bad", len(got.rows), len(got.bad))
	}
	if why := compareHeader(got, want); why != "" {
		return "forbidden", why
	}
	if len(got.rows) != *want.Records && (!strict || len(got.bad) == 0) {
		return "forbidden", fmt.Sprintf("%d rows, want %d", len(got.rows), *want.Records)
	}
	first := 2
	if want.headless {
		first = 1
	}
	for i := range got.rows {
		isBad, shouldBe := got.bad[i] != "", slices.Contains(want.BadRecords, i+first)
		if shouldBe && !isBad && !slices.Contains(mappedBad[name], i+first) {
			return "forbidden", fmt.Sprintf("record %d is not reported", i+first)
		}
		if isBad && !shouldBe && !strict {
			return "wrong", fmt.Sprintf("record %d is reported: %s", i+first, got.bad[i])
		}
	}
	if why := compareText(got, want, first); why != "" {
		return "forbidden", why
	}
	return "ok", fmt.Sprintf("%d rows, %d of them bad", len(got.rows), len(got.bad))
}

func compareHeader(got seen, want expected) string {
	if want.headless {
		if got.header != nil {
			return fmt.Sprintf("the first row %.60q became the header", got.header)
		}
		return ""
	}
	if want.HeaderColumns == 0 {
		want.HeaderColumns = len(want.Header)
	}
	if len(got.header) != want.HeaderColumns {
		return fmt.Sprintf("%d headings, want %d", len(got.header), want.HeaderColumns)
	}
	for i, name := range want.Header {
		if name == "..." {
			break
		}
		if got.header[i] != strings.TrimSpace(name) {
			return fmt.Sprintf("heading %d is %q, want %q", i+1, got.header[i], name)
		}
	}
	return ""
}

var cellPlace = regexp.MustCompile(`^r(\d+)c(\d+)$`)

// compareText passes over bad rows: nothing of them is used.
func compareText(got seen, want expected, first int) string {
	for place, text := range want.Cells {
		match := cellPlace.FindStringSubmatch(place)
		record, _ := strconv.Atoi(match[1])
		column, _ := strconv.Atoi(match[2])
		index := record - first
		cells := got.header
		if index >= 0 {
			if index >= len(got.rows) || got.bad[index] != "" {
				continue
			}
			cells = got.rows[index]
		}
		if column > len(cells) {
			return fmt.Sprintf("%s is missing", place)
		}
		if !sameCell(cells[column-1], text) {
			return fmt.Sprintf("%s is %.80q, want %.80q", place, cells[column-1], text)
		}
	}
	return ""
}

var shortenedCell = regexp.MustCompile(`(?s)^(.*)…\[(\d+) chars\]…(.*)$`)

func sameCell(got, want string) bool {
	if match := shortenedCell.FindStringSubmatch(want); match != nil {
		return strings.HasPrefix(got, match[1]) && strings.HasSuffix(got, match[3])
	}
	return got == want || strings.ReplaceAll(got, "\r\n", "\n") == strings.ReplaceAll(want, "\r\n", "\n")
}
