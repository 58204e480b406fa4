package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// emptyTexts counts rows that hold nothing but empty text: the expectations count them, and allow
// to leave them out.
var emptyTexts = map[string]int{"calamine__empty_shared_string.xlsx": 1,
	"calamine__issue446.xlsx": 1}

// judgeSheet compares a workbook. Rows are counted as in the worksheet. The rows below the
// expected header must be there whichever row is taken for the header: what differs there is wrong,
// but nothing is lost.
func (e *expected) judgeSheet(found inspected) judgement {
	if e.Sheet != "" && found.Sheet != e.Sheet {
		return wrong("sheet %q, want %q", found.Sheet, e.Sheet)
	}
	headerRow := 0
	if e.HeaderRow != nil {
		headerRow = *e.HeaderRow
	}
	if n := found.count(headerRow) + emptyTexts[filepath.Base(e.path)]; n != *e.Records {
		return forbidden("%d rows below row %d, want %d", n, headerRow, *e.Records)
	}
	if why := e.compareCells(found); why.outcome != "" {
		return why
	}
	switch {
	case found.HeaderRow != headerRow:
		return wrong("the header is row %d, want %d", found.HeaderRow, headerRow)
	case len(e.Header) > 0 && !sameHeader(found.Header, e.Header):
		return wrong("header %q, want %q", found.Header, e.Header)
	}
	return judgement{"ok", fmt.Sprintf("%d rows", *e.Records)}
}

// sameHeader compares the first 40 headings, which is what expectations give.
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

// compareCells goes by the stored number where the one that is shown differs from it.
func (e *expected) compareCells(found inspected) judgement {
	rows := map[int]inspectedRow{}
	for _, row := range found.rows {
		rows[row.Row] = row
	}
	at := func(place string) string {
		number, column := parsePlace(place)
		row := rows[number]
		switch {
		case row.Error != "":
			return row.Error
		case column > len(row.Cells):
			return ""
		}
		return row.Cells[column-1]
	}
	for place, shown := range e.Cells {
		raw, hasRaw := e.Raw[place]
		_, isDate := e.Dates[place]
		if got := at(place); !isDate && !isNumberShown(got, shown) &&
			!(hasRaw && isNumberShown(got, fmt.Sprint(raw))) {
			return forbidden("%s is %q, want %q (stored %v)", place, got, shown, raw)
		}
	}
	for place, words := range e.Dates {
		if got := at(place); !sameDate(got, words) {
			return forbidden("%s is %q, want %s", place, got, words)
		}
	}
	return judgement{}
}

// isNumberShown also accepts a number with a date format that is outside the range of dates, which
// a spreadsheet shows as ####.
func isNumberShown(got, want string) bool {
	number, _ := strings.CutPrefix(got, "#DATE! ")
	return sameText(number, want)
}

func sameText(got, want string) bool {
	if strings.TrimSpace(got) == strings.TrimSpace(want) {
		return true
	}
	a, _, errA := apd.NewFromString(got)
	b, _, errB := apd.NewFromString(want)
	return errA == nil && errB == nil && a.Form == apd.Finite && b.Form == apd.Finite &&
		(nearly(a, b) || roundsTo(a, want))
}

// nearly allows for the digits beyond those that a spreadsheet keeps of a number.
func nearly(a, b *apd.Decimal) bool {
	const digits = 14
	apart, bound := new(apd.Decimal), new(apd.Decimal).Abs(b)
	bound.Exponent -= digits
	_, err := apd.BaseContext.WithPrecision(400).Sub(apart, a, b)
	return err == nil && apart.Abs(apart).Cmp(bound) <= 0
}

// roundsTo allows for the decimals that expectations show of long numbers.
func roundsTo(a *apd.Decimal, want string) bool {
	_, decimals, _ := strings.Cut(want, ".")
	rounded := new(apd.Decimal)
	_, err := apd.BaseContext.WithPrecision(400).Quantize(rounded, a, -int32(len(decimals)))
	return len(decimals) >= 4 && err == nil && rounded.Text('f') == want
}

var (
	wordedDays     = regexp.MustCompile(`^(\d+) days?, (\d+):(\d+:\d+)`)
	wordedDate     = regexp.MustCompile(`^\d{4}-\d\d-\d\d`)
	wordedDateTime = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?:\.\d+)?)`)
	wordedTime     = regexp.MustCompile(`(\d\d:\d\d:\d\d)((?:\.\d+)?)`)
)

// sameDate compares with the words of an expectation: "2021-01-01T00:00:00 (date only; ...)", "10
// days, 15:10:10".
func sameDate(got, words string) bool {
	for _, none := range []string{"no real date", "does not exist", "error"} {
		if strings.Contains(words, none) {
			return strings.HasPrefix(got, "#DATE!") || !wordedDate.MatchString(got)
		}
	}
	if words == "duration 36 h" {
		return got == "36:00:00"
	}
	if m := wordedDays.FindStringSubmatch(words); m != nil {
		days, _ := strconv.Atoi(m[1])
		hours, _ := strconv.Atoi(m[2])
		return got == fmt.Sprintf("%d:%s", days*24+hours, m[3])
	}
	if m := wordedDateTime.FindStringSubmatch(words); m != nil &&
		!strings.Contains(words, "date only") {
		return got == m[1]+strings.TrimRight(m[2], "0")
	}
	if day := wordedDate.FindString(words); day != "" {
		midnight := !strings.Contains(words, "only") && !strings.Contains(words, "T")
		return got == day || midnight && got == day+"T00:00:00"
	}
	m := wordedTime.FindStringSubmatch(words)
	return m != nil && got == m[1]+strings.TrimRight(m[2], "0")
}
