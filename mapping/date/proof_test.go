package date

import (
	"strings"
	"testing"
	"time"

	"ableimport/mapping/cell"
)

func TestDateProof(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []string
		want   string
	}{
		{"ISO", []string{"2026-04-03", "2026-04-03 10:00 +0100"}, "iso"},
		{"nothing", nil, "iso"},
		{"day first", []string{"03/04/2026", "13/04/2026"}, "DD/MM/YYYY 2026-04-03"},
		{"month first", []string{"03/04/2026 2:30 PM", "04/13/2026 1:00 AM"},
			"MM/DD/YYYY hh:mm A 2026-03-04"},
		{"the same either way", []string{"05/05/2026"}, "DD/MM/YYYY 2026-05-05"},
		{"compact", []string{"13042026"}, "DDMMYYYY 2026-04-13"},
		{"compact with the year first", []string{"20260413"}, " 2026-04-13"},
		{"month names", []string{"5 Nov 2026", "Nov 6, 2026"}, " 2026-11-05"},
		{"Unix time", []string{"1709251200"}, " 2024-03-01"},
		{"what JavaScript writes", []string{
			"Thu Nov 05 2026 14:03:00 GMT+0100 (Mitteleuropäische Normalzeit)"}, " 2026-11-05"},
		{"what Java writes", []string{"Thu Nov 05 14:03:00 UTC 2026"}, " 2026-11-05"},
		{"what C writes", []string{"Thu Nov  5 14:03:00 2026"}, " 2026-11-05"},
		{"days, names and years without signs", []string{"05NOV2026", "13Nov26"}, " 2026-11-05"},
		{"compact with a time", []string{"20261105T140300Z", "20261113 02:03:00"}, " 2026-11-05"},
		{"th of", []string{"5th of November 2026"}, " 2026-11-05"},
		{"a word for the clock", []string{"05.11.2026 14:03 Uhr", "13.11.2026 02:03 Uhr"},
			"DD.MM.YYYY HH:mm [Uhr] 2026-11-05"},
		{"a word before the clock", []string{"13/11/2026 à 14:03"},
			"DD/MM/YYYY [à] HH:mm 2026-11-13"},
		{"a dash before the clock", []string{"13/11/2026 - 14:03"},
			"DD/MM/YYYY - HH:mm 2026-11-13"},
		{"compact, day first, with a time", []string{"13112026 14:03"}, "iso"},
		{"an order number", []string{"20261105140300"}, "iso"},
		{"Chinese signs", []string{"2026年11月5日"}, " 2026-11-05"},
		{"slashes, year first", []string{"2026/3/4"}, " 2026-03-04"},
		{"the month last", []string{"2026-04-03", "2026-25-03 10:15"}, `column "Date" has a month beyond 12 and no day beyond 12, as if the day came before the month:
  row 3: 2026-25-03 10:15   as YYYY-DD-MM HH:mm  25 March 2026
  row 2: 2026-04-03   as YYYY-MM-DD  3 April 2026
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {date: "YYYY-DD-MM HH:mm"}
`},
		{"the month last, with points", []string{"2026.25.03"}, `column "Date" has a month beyond 12 and no day beyond 12, as if the day came before the month:
  row 2: 2026.25.03   as YYYY.DD.MM  25 March 2026
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {date: "YYYY.DD.MM"}
`},
		{"a slip among days that are certain", []string{"2026-04-03", "2026-25-03", "2026-03-25"},
			"iso"},
		{"a slip beside slashes", []string{"2026/03/25", "2026-25-03"}, " 2026-03-25"},
		{"no day in any order", []string{"2026-04-03", "2026-31-02"}, "iso"},
		{"two-digit years with a late day", []string{"99-03-31", "26-03-04"},
			"YY-MM-DD 2099-03-31"},
		{"time and zone", []string{"13.04.2026 10:00:00 PST"}, "DD.MM.YYYY HH:mm:ss Z 2026-04-13"},
		{"undecided", []string{"03/04/2026", "05/05/2026"}, `column "Date" can be read two ways in 1 of 2 rows, for example row 2: 03/04/2026
  as DD/MM/YYYY  3 April 2026      as MM/DD/YYYY  4 March 2026
Say which, in mapping.yaml:
  formats: {date: "DD/MM/YYYY"}
`},
		{"undecided three ways", []string{"03/04/05", "03/04/05"}, `column "Date" can be read three ways in all 2 rows, for example row 2: 03/04/05
  as DD/MM/YY  3 April 2005      as MM/DD/YY  4 March 2005      as YY/MM/DD  5 April 2003
Say which, in mapping.yaml:
  formats: {date: "DD/MM/YY"}
`},
		{"contradiction", []string{"13/04/2026", "04/13/2026"}, `column "Date" contradicts itself:
  row 3: 04/13/2026   as MM/DD/YYYY  13 April 2026
  row 2: 13/04/2026   as DD/MM/YYYY  13 April 2026
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {date: "MM/DD/YYYY"}
`},
		{"a slash proves nothing about points", []string{"05.11.2026", "11/13/2026"}, `column "Date" can be read two ways in 1 of 2 rows, for example row 2: 05.11.2026
  as DD.MM.YYYY  5 November 2026      as MM.DD.YYYY  11 May 2026
Row 3, 11/13/2026, is written differently and proves nothing about these. If you set one format, dates written in other ways become invalid.
Say which, in mapping.yaml:
  formats: {date: "DD.MM.YYYY"}
`},
		{"nor points about slashes", []string{"11/13/2026", "13.11.2026", "05/11/2026"},
			" 2026-11-13"},
		{"AM and PM beside some clocks only", []string{"11/14/2026 4:10 PM", "11/15/2026 4:12"},
			`column "Date" has AM or PM with only some of its times:
  row 2: 11/14/2026 4:10 PM   as MM/DD/YYYY hh:mm A  14 November 2026
  row 3: 11/15/2026 4:12   as MM/DD/YYYY HH:mm  15 November 2026
Fix the file, or say which is right, and rows that do not fit become invalid; in mapping.yaml:
  formats: {date: "MM/DD/YYYY hh:mm A"}
`},
		{"the other clocks have 24 hours", []string{"11/14/2026 4:10 PM", "11/15/2026 16:12",
			"11/15/2026 0:12", "11/16/2026"}, " 2026-11-14"},
		{"two ways, each with its own proof",
			[]string{"05.11.2026", "13.11.2026", "05/11/2026", "11/13/2026"}, " 2026-11-05"},
		{"a year of two digits is another way", []string{"05/11/26", "13/11/2026"}, `column "Date" can be read three ways in 1 of 2 rows, for example row 2: 05/11/26
  as DD/MM/YY  5 November 2026      as MM/DD/YY  11 May 2026      as YY/MM/DD  26 November 2005
Row 3, 13/11/2026, is written differently and proves nothing about these. If you set one format, dates written in other ways become invalid.
Say which, in mapping.yaml:
  formats: {date: "DD/MM/YY"}
`},
		{"a clock of twelve hours is another way", []string{"05/11/2026 2:03 PM", "13/11/2026 14:03"}, `column "Date" can be read two ways in 1 of 2 rows, for example row 2: 05/11/2026 2:03 PM
  as DD/MM/YYYY hh:mm A  5 November 2026      as MM/DD/YYYY hh:mm A  11 May 2026
Row 3, 13/11/2026 14:03, is written differently and proves nothing about these. If you set one format, dates written in other ways become invalid.
Say which, in mapping.yaml:
  formats: {date: "DD/MM/YYYY hh:mm A"}
`},
		{"days with and without a time are one way", []string{"05/11/2026", "13/11/2026 14:03"},
			"DD/MM/YYYY 2026-11-05"},
		{"the same day either way needs no proof", []string{"13.11.2026", "05/05/2026"},
			" 2026-11-13"},
		{"ISO proves nothing", []string{"2026-11-13", "05/11/2026"}, `column "Date" can be read two ways in 1 of 2 rows, for example row 3: 05/11/2026
  as DD/MM/YYYY  5 November 2026      as MM/DD/YYYY  11 May 2026
Say which, in mapping.yaml:
  formats: {date: "DD/MM/YYYY"}
`},
		{"other digits", []string{"٠٥/١١/٢٠٢٦", "١٣/١١/٢٠٢٦"}, "DD/MM/YYYY 2026-11-05"},
		{"Devanagari digits", []string{"२०२६-११-०५"}, " 2026-11-05"},
		{"a point behind the year", []string{"05.11.2026.", "13.11.2026."},
			"DD.MM.YYYY. 2026-11-05"},
		{"the year 0", []string{"01/01/0000", "13/04/2026"}, "DD/MM/YYYY error"},
		{"no day of any calendar proves nothing", []string{"31/02/2026", "13/04/2026"},
			"DD/MM/YYYY error"},
	} {
		var proof Proof
		for i, value := range test.values {
			proof.Observe(i+2, []byte(value), cell.Text)
		}
		format, open := proof.Resolve()
		got := format.String()
		switch {
		case open != nil:
			got = open.Describe("Date", "mapping.yaml")
		case got != "iso":
			when, err := format.Read([]byte(test.values[0]), cell.Text, Context{
				Zone: Zone{Location: time.UTC}, TimeOfDay: Clock{Set: true, Hour: 12},
				Zones: &ZoneReader{Words: map[string]string{"PST": "-08:00"}}})
			got += " " + when.Format(time.DateOnly)
			if err != nil {
				got = format.String() + " error"
			}
		}
		if got != test.want {
			t.Errorf("%s: %q:\n got %s\nwant %s", test.name, test.values, got, test.want)
		}
	}
}

func TestDateProofOfHalfConvertedWorkbook(t *testing.T) {
	var proof Proof
	proof.Observe(2, []byte("2026-04-03"), cell.Date) // was 03/04/2026 or 04/03/2026
	proof.Observe(3, []byte("13/04/2026"), cell.Text)
	_, open := proof.Resolve()
	if open == nil || !strings.Contains(open.Describe("Date", "m.yaml"),
		"swapped day and month") {
		t.Errorf("date cells up to the 12th beside texts above: got %+v", open)
	}
	proof.Observe(4, []byte("2026-04-30"), cell.Date)
	if _, open := proof.Resolve(); open != nil {
		t.Errorf("with a date cell above the 12th: got %+v", open)
	}
}

// Two digits that would be a year far ahead are the day: 29/11/26 is not in 2029.
func TestDateCellsProveWhereTheDayIs(t *testing.T) {
	for day, asks := range map[string]bool{"2026-04-03": true, "2026-04-13": false} {
		var proof Proof
		proof.Observe(2, []byte(day), cell.Date)
		proof.Observe(3, []byte("2026-25-03"), cell.Text)
		if _, open := proof.Resolve(); (open != nil) != asks {
			t.Errorf("a date cell of %s above 2026-25-03: %v, want a question: %v", day, open,
				asks)
		}
	}
}

func TestYearsAheadProveTheOrder(t *testing.T) {
	for _, test := range []struct {
		values []string
		want   string
	}{
		{[]string{"05/11/26", "13/11/26", "29/11/26"}, "DD/MM/YY 2026-11-05"},
		{[]string{"05.11.26", "31.12.25"}, "DD.MM.YY 2026-11-05"},
		{[]string{"26-11-05", "26-11-30"}, "YY-MM-DD 2026-11-05"},
		{[]string{"05/11/26", "13/11/26", "28/11/26"}, "two ways"},
		{[]string{"05/11/26", "31/11/26"}, "three ways"},
	} {
		p := Proof{LastYear: 2028}
		for i, value := range test.values {
			p.Observe(i+2, []byte(value), cell.Text)
		}
		format, question := p.Resolve()
		got := ""
		if question != nil {
			got = question.Describe("Date", "mapping.yaml")
		} else {
			at, err := format.Read([]byte(test.values[0]), cell.Text,
				Context{Zone: Zone{Location: time.UTC}, TimeOfDay: Clock{Set: true}})
			got = format.Layout + at.Format(" 2006-01-02")
			if err != nil {
				t.Error(err)
			}
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("%v: %s, want %s", test.values, got, test.want)
		}
	}
}
