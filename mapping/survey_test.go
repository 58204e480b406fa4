package mapping

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// survey runs a survey over lines of a table.
func survey(t *testing.T, source string, lines ...string) (*Resolution, error) {
	t.Helper()
	header, rows := table(lines...)
	s, err := parse(t, source).Survey("invoices.csv", header)
	if err != nil {
		t.Fatal(err)
	}
	if s == nil {
		t.Fatal("Survey: nil, want one: the mapping leaves formats open")
	}
	for _, row := range rows {
		s.Observe(row)
	}
	return s.Resolve()
}

// surveyed mapping: only the zone is fixed.
var unpinned = strings.Replace(minimal, "  keys:",
	"  event_time: {column: Date, timezone: UTC, time_of_day: \"12:00\"}\n  keys:", 1)

const surveyHeader = shopHeader + "|Date"

func TestSurveyProves(t *testing.T) {
	for _, test := range []struct {
		name string
		rows []string
		want []string // deal_value and event_time of each row
	}{
		{"a decimal comma and the day first", []string{"1|1.234,50|EUR|a@example.com|03/04/2026",
			"2|7,5|EUR|a@example.com|29/04/2026"},
			[]string{"1234.50 1775217600", "7.5 1777464000"}},
		{"by the decimals of the currency", []string{"1|1,234|JPY|a@example.com|2026-04-03"},
			[]string{"1234 1775217600"}},
		{"plain numbers and ISO dates", []string{"1|1234.50|EUR|a@example.com|2026-04-03"},
			[]string{"1234.50 1775217600"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := append([]string{surveyHeader}, test.rows...)
			resolution, err := survey(t, unpinned, lines...)
			if err != nil {
				t.Fatalf("Resolve: %v", err)
			}
			header, rows := table(lines...)
			m := bind(t, unpinned, header)
			m.Apply(resolution)
			var got []string
			for i := range rows {
				var e Event
				m.Map(rows[i:i+1], &e)
				got = append(got, valueAndTime(string(e.Body)))
				if e.State != Mapped {
					t.Errorf("row %d: %+v", rows[i].Number, e.Problems)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func valueAndTime(body string) string {
	part := func(name string) string {
		_, rest, _ := strings.Cut(body, name)
		return rest[:strings.IndexAny(rest+",", ",}")]
	}
	return part(`"deal_value":`) + " " + part(`"event_time":`)
}

func TestSurveyAsks(t *testing.T) {
	for _, test := range []struct {
		name, source string
		rows         []string
		want         string
	}{
		{"day or month first", unpinned,
			[]string{"1|5|EUR|a@example.com|03/04/2026", "2|5|EUR|a@example.com|05/06/2026"},
			"invoices.csv: column \"Date\" can be read two ways in all 2 rows, for example row " +
				"2: 03/04/2026\n" +
				"  as DD/MM/YYYY  3 April 2026      as MM/DD/YYYY  4 March 2026\n" +
				"Say which, in mapping.yaml:\n  formats: {date: \"DD/MM/YYYY\"}"},
		{"a point of thousands or of decimals", unpinned,
			[]string{"1|1.234|KWD|a@example.com|2026-04-03"},
			`invoices.csv: column "Total" can be read two ways in row 2: 1.234`},
		{"both at once", unpinned, []string{"1|1.234|KWD|a@example.com|03/04/2026"},
			`column "Date" can be read two ways`},
		{"values that contradict each other", unpinned, []string{
			"1|1.234,50|EUR|a@example.com|2026-04-03", "2|1,234.50|EUR|a@example.com|2026-04-03"},
			`invoices.csv: column "Total" writes decimals in two ways:`},
		{"where formats: stands already", "formats: {timezone: UTC}\n" + unpinned,
			[]string{"1|5|EUR|a@example.com|03/04/2026"},
			"Say which, in mapping.yaml, under the formats: of line 1:\n  date: \"DD/MM/YYYY\""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := survey(t, test.source, append([]string{surveyHeader}, test.rows...)...)
			var question *OpenQuestion
			if !errors.As(err, &question) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Resolve: %v\nwant an OpenQuestion that says:\n%s", err, test.want)
			}
		})
	}
}

func TestSurveyLeavesFootersOut(t *testing.T) {
	_, err := survey(t, unpinned, surveyHeader, "1|1,234.50|USD|a@example.com|2026-04-03",
		"2|5.00|USD|a@example.com|2026-04-03", "Total|1.239,50|||")
	if err != nil {
		t.Errorf("Resolve: %v, want the total to prove nothing", err)
	}
}

func TestSurveyIsNotNeededWhenAllIsPinned(t *testing.T) {
	header, _ := table(surveyHeader)
	s, err := parse(t, unpinned+
		"formats: {number: \"1,234.56\", date: unix}\n").Survey("invoices.csv", header)
	if s != nil || err != nil {
		t.Errorf("Survey = %v, %v; want none", s, err)
	}
}

func TestPinnedDaysAndMonthsAreNotExchanged(t *testing.T) {
	line := func(day string) string { return "1|5|EUR|a@example.com|" + day }
	for _, test := range []struct {
		name, layout string
		days         []string
		want         string // "": the mapping is right
	}{
		{"the layout", "DD/MM/YYYY", []string{"03/04/2026", "04/13/2026"},
			"does not fit DD/MM/YYYY: 1 of 2 rows, for example row 3: 04/13/2026. MM/DD/YYYY fits"},
		{"the layout, beside a word", "DD/MM/YYYY", []string{"soon", "03/04/2026", "04/13/2026"},
			"does not fit DD/MM/YYYY: 1 of 3 rows, for example row 4: 04/13/2026. MM/DD/YYYY fits"},
		{"one day that fits", "DD/MM/YYYY", []string{"04/13/2026", "13/04/2026"}, ""},
		{"ISO", "iso", []string{"2026-04-03", "2026-25-03"},
			"does not fit iso: 1 of 2 rows, for example row 3: 2026-25-03. YYYY-DD-MM fits"},
		{"ISO with a time", "iso", []string{"2026-04-03T10:15:00Z", "2026-25-03T10:15:00Z"},
			"write YYYY-DD-MMTHH:mm:ssZ where it says iso."},
		{"a slip among ISO dates", "iso", []string{"2026-04-03", "2026-25-03", "2026-03-25"}, ""},
		{"plain ISO", "iso", []string{"2026-04-03", "2026-04-05"}, ""},
	} {
		lines := []string{surveyHeader}
		for _, day := range test.days {
			lines = append(lines, line(day))
		}
		_, err := survey(t, unpinned+"formats: {number: \"1,234.56\", date: "+test.layout+"}\n",
			lines...)
		if test.want == "" && err != nil || test.want != "" && (err == nil ||
			!strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %q: %v, want %q", test.name, test.days, err, test.want)
		}
	}
}

func TestUnpinned(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []int // lines
	}{
		{"fields", unpinned, []int{6, 8}},
		{"pinned fields", unpinned + "formats: {number: \"1,234.56\", date: iso}\n", nil},
		{"an expression", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {expr: num(\"Net\")}", 1) + "where: day(\"Date\") > \"2026\"\n",
			[]int{9, 6}},
		{"an expression on a column that a field pins", strings.Replace(minimal,
			"deal_value: Total", "deal_value: {column: Total, number: \"1.0\"}", 1) +
			"where: num(\"Total\") > 0\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []int
			for _, open := range parse(t, test.source).Unpinned() {
				got = append(got, open.Line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSurveyKnowsTheYearOfTheRun(t *testing.T) {
	lines := []string{surveyHeader, "1|10.00|EUR|a@example.com|05/11/26",
		"2|10.00|EUR|a@example.com|29/11/26"}
	header, rows := table(lines...)
	for now, proved := range map[int64]bool{0: false, 1793887380: true, 1893887380: false} {
		s, err := parse(t, unpinned).Survey("list.csv", header)
		if err != nil {
			t.Fatal(err)
		}
		s.At(now)
		for _, row := range rows {
			s.Observe(row)
		}
		if _, err = s.Resolve(); (err == nil) != proved {
			t.Errorf("at %d: %v, want proved: %v", now, err, proved)
		}
	}
}
