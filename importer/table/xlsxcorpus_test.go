package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sheetExpectation is what a careful person expects of one file of the corpus.
type sheetExpectation struct {
	Verdict   string            `json:"verdict"`
	Accept    []string          `json:"accept"`
	Sheet     string            `json:"sheet"`
	Header    []string          `json:"header"`
	HeaderRow *int              `json:"header_row"`
	Records   *int              `json:"records"`
	Cells     map[string]string `json:"cells"`
	Raw       map[string]any    `json:"raw"`
	Dates     map[string]string `json:"dates"`
	Note      string            `json:"note"`
}

// emptyTexts counts rows that hold nothing but empty text: the expectations count them, and allow to leave them out.
var emptyTexts = map[string]int{
	"calamine__empty_shared_string.xlsx": 1,
	"calamine__issue446.xlsx":            1,
}

// TestCorpusXLSX compares what is read with what a careful person expects, over a folder of hostile and real files.
func TestCorpusXLSX(t *testing.T) {
	folder := os.Getenv("CORPUS")
	if folder == "" {
		t.Skip("CORPUS names no folder with xlsx/expect.json")
	}
	source, err := os.ReadFile(filepath.Join(folder, "xlsx", "expect.json"))
	if err != nil {
		t.Skip(err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(source, &entries); err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(entries))
	for name := range entries {
		if name != "_meta" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	counts := map[string]int{}
	for _, name := range names {
		var want sheetExpectation
		if err := json.Unmarshal(entries[name], &want); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		verdict, why := judgeSheet(filepath.Join(folder, "xlsx", name), want)
		if took := time.Since(begun); took > 10*time.Second {
			verdict, why = "forbidden", append(why, fmt.Sprintf("took %s", took))
		}
		counts[verdict]++
		t.Logf("%-9s %s %s", verdict, name, strings.Join(why, "; "))
	}
	t.Logf("%d files: %d ok, %d wrong, %d forbidden", len(names), counts["ok"], counts["wrong"], counts["forbidden"])
	if counts["forbidden"] > 0 || counts["ok"]*100 < len(names)*95 {
		t.Error("the corpus is not read as expected")
	}
	if peak := peakMemory(); peak > 300 {
		t.Errorf("peak memory is %d MiB", peak)
	}
}

// peakMemory gives the process's highest resident size in MiB; 0 where the system does not tell.
func peakMemory() int {
	status, _ := os.ReadFile("/proc/self/status")
	match := regexp.MustCompile(`VmHWM:\s*(\d+) kB`).FindSubmatch(status)
	if match == nil {
		return 0
	}
	kilobytes, _ := strconv.Atoi(string(match[1]))
	return kilobytes / 1024
}

// readCell is a cell as the test keeps it.
type gotCell struct {
	text string
	kind byte
}

func judgeSheet(path string, want sheetExpectation) (verdict string, why []string) {
	accepted := append([]string{want.Verdict}, want.Accept...)
	cells, records, info, header, err := readAll(path, want)
	if err != nil {
		if slices.Contains(accepted, "error") {
			return "ok", []string{err.Error()}
		}
		return "wrong", []string{err.Error()}
	}
	if !slices.Contains(accepted, "ok") {
		return "forbidden", []string{fmt.Sprintf("accepted with %d records", records)}
	}
	verdict = "ok"
	worse := func(to, format string, values ...any) {
		if verdict != "forbidden" {
			verdict = to
		}
		why = append(why, fmt.Sprintf(format, values...))
	}
	if want.Sheet != "" && info.Sheet != want.Sheet {
		worse("wrong", "sheet %q, want %q", info.Sheet, want.Sheet)
		return verdict, why
	}
	if want.Records != nil && *want.Records != records && *want.Records-emptyTexts[filepath.Base(path)] != records {
		worse("forbidden", "%d records, want %d", records, *want.Records)
	}
	wantRow := 0
	if want.HeaderRow != nil {
		wantRow = *want.HeaderRow
	}
	if detected, err := Open(path, Options{}); err == nil {
		if row := detected.Info().HeaderRow; row != wantRow {
			why = append(why, fmt.Sprintf("finds header row %d, want %d", row, wantRow))
		}
		detected.Close()
	}
	if len(want.Header) > 0 && !sameHeader(header, want.Header) {
		worse("wrong", "header %q, want %q", header, want.Header)
	}
	for place, problem := range compareCells(cells, want) {
		worse("forbidden", "%s %s", place, problem)
	}
	for _, warning := range info.Warnings {
		why = append(why, "warns: "+warning)
	}
	return verdict, why
}

// readAll reads the file twice: with the header that a careful person names, and without any, for all cells.
func readAll(path string, want sheetExpectation) (cells map[string]gotCell, records int, info Info, names []string, err error) {
	header := -1
	if want.HeaderRow != nil {
		header = *want.HeaderRow
	}
	table, err := Open(path, Options{Header: header})
	if err != nil {
		return nil, 0, Info{}, nil, err
	}
	defer table.Close()
	info, names = table.Info(), table.Header()
	for row, err := range table.Rows() {
		if bad := (*RowError)(nil); err != nil && !errors.As(err, &bad) {
			return nil, 0, info, names, err
		}
		if len(row.Cells) != len(names) || len(row.Kinds) != len(names) {
			return nil, 0, info, names, fmt.Errorf("%d: %d cells, but %d columns", row.Number, len(row.Cells), len(names))
		}
		records++
	}
	all, err := Open(path, Options{Header: -1, Sheet: info.Sheet})
	if err != nil {
		return nil, 0, info, names, fmt.Errorf("without header: %w", err)
	}
	defer all.Close()
	cells = map[string]gotCell{}
	for row, err := range all.Rows() {
		for column, cell := range row.Cells {
			place := fmt.Sprintf("r%dc%d", row.Number, column+1)
			if want.wants(place) {
				cells[place] = gotCell{string(cell), row.Kinds[column]}
				if err != nil {
					cells[place] = gotCell{err.Error(), Error}
				}
			}
		}
	}
	return cells, records, info, names, nil
}

func (e *sheetExpectation) wants(place string) bool {
	_, cell := e.Cells[place]
	_, raw := e.Raw[place]
	_, date := e.Dates[place]
	return cell || raw || date
}

func sameHeader(got, want []string) bool {
	trim := func(names []string) []string {
		out := make([]string, 0, 40)
		for _, name := range names[:min(len(names), 40)] {
			out = append(out, strings.TrimSpace(name))
		}
		for len(out) > 0 && out[len(out)-1] == "" {
			out = out[:len(out)-1]
		}
		return out
	}
	return slices.EqualFunc(trim(got), trim(want), sameText)
}

func compareCells(got map[string]gotCell, want sheetExpectation) map[string]string {
	problems := map[string]string{}
	for place := range want.Cells {
		if _, date := want.Dates[place]; date {
			continue
		}
		expected := want.Cells[place]
		if raw, ok := want.Raw[place]; ok {
			expected = fmt.Sprint(raw)
			if got[place].text == want.Cells[place] {
				continue // leading zeros
			}
		}
		if number, ok := strings.CutPrefix(got[place].text, "#DATE! "); ok && sameText(number, expected) {
			continue // a number that is formatted as a date and is none, which a spreadsheet shows as ####
		}
		if !sameText(got[place].text, expected) {
			problems[place] = fmt.Sprintf("is %q, want %q", got[place].text, expected)
		}
	}
	for place, raw := range want.Raw {
		_, cell := want.Cells[place]
		_, date := want.Dates[place]
		if !cell && !date && !sameText(got[place].text, fmt.Sprint(raw)) {
			problems[place] = fmt.Sprintf("is %q, want %v", got[place].text, raw)
		}
	}
	for place, date := range want.Dates {
		text, kinds := wantedDate(date)
		got[place] = withoutMidnight(got[place], date)
		if got[place].text != text && !(text == "" && got[place].kind == Error) || !bytes.ContainsRune(kinds, rune(got[place].kind)) {
			problems[place] = fmt.Sprintf("is %q of kind %d, want %s", got[place].text, got[place].kind, date)
		}
	}
	return problems
}

// withoutMidnight allows for T00:00:00 where the expectation gives the day and does not say that a time is not shown.
func withoutMidnight(got gotCell, want string) gotCell {
	day, ok := strings.CutSuffix(got.text, "T00:00:00")
	if ok && !strings.Contains(want, "only") && !strings.Contains(want, "T") {
		return gotCell{day, Date}
	}
	return got
}

func sameText(got, want string) bool {
	if strings.TrimSpace(got) == strings.TrimSpace(want) {
		return true
	}
	a, errA := strconv.ParseFloat(got, 64)
	b, errB := strconv.ParseFloat(want, 64)
	return errA == nil && errB == nil && (a == b || math.Abs(a-b) <= 1e-14*math.Abs(b) || shownSame(a, want))
}

// shownSame allows for the six decimals that expectations show of long numbers.
func shownSame(a float64, want string) bool {
	_, decimals, _ := strings.Cut(want, ".")
	return len(decimals) >= 4 && strconv.FormatFloat(a, 'f', len(decimals), 64) == want
}

var (
	wordedDays     = regexp.MustCompile(`^(\d+) days?, (\d+):(\d+:\d+)`)
	wordedDate     = regexp.MustCompile(`^\d{4}-\d\d-\d\d`)
	wordedDateTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?)`)
	wordedTime     = regexp.MustCompile(`(\d\d:\d\d:\d\d)((?:\.\d+)?)`)
)

// wantedDate reads the words of an sheetExpectation: the text and the kinds that it allows.
func wantedDate(words string) (text string, kinds []byte) {
	switch {
	case strings.Contains(words, "no real date"), strings.Contains(words, "does not exist"), strings.Contains(words, "error"):
		return "", []byte{Error}
	case words == "duration 36 h":
		return "36:00:00", []byte{Duration}
	}
	if m := wordedDays.FindStringSubmatch(words); m != nil {
		days, _ := strconv.Atoi(m[1])
		hours, _ := strconv.Atoi(m[2])
		return fmt.Sprintf("%d:%s", days*24+hours, m[3]), []byte{Duration}
	}
	if m := wordedDateTime.FindStringSubmatch(words); m != nil && strings.Contains(words, "date only") {
		return words[:10], []byte{Date}
	} else if m != nil {
		return m[1] + strings.TrimRight(m[2], "0"), []byte{DateTime}
	}
	if m := wordedDate.FindString(words); m != "" {
		return m, []byte{Date}
	}
	m := wordedTime.FindStringSubmatch(words)
	return m[1] + strings.TrimRight(m[2], "0"), []byte{Time, Duration}
}
