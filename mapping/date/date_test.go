package date

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ableimport/mapping/cell"
)

func mustZone(t *testing.T, name string) Zone {
	t.Helper()
	if name == "" {
		return Zone{}
	}
	place, err := ParseZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return place
}

func TestDateRead(t *testing.T) {
	for _, test := range []struct{ format, zone, cell, want string }{
		{"", "UTC", "2024-02-29", "2024-02-29T12:00:00Z"},
		{"", "UTC", "2023-02-29", `"2023-02-29" is not a day of the calendar`},
		{"", "UTC", "2024-13-01", `"2024-13-01" is not a day of the calendar`},
		{"", "UTC", "0000-00-00", `"0000-00-00" is not a day of the calendar`},
		{"", "UTC", "1970-01-01",
			`"1970-01-01" is before 1971, like an empty date that was read as 0`},
		{"", "UTC", "9999-12-31", "9999-12-31T12:00:00Z"},
		{"", "", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"},
		{"", "", "2024-01-01 10:00:00.250+01:00", "2024-01-01T09:00:00.25Z"},
		{"", "", "2024-01-01 10:00 +0530", "2024-01-01T04:30:00Z"},
		{"", "", "2025-12-06 10:37:33 -0500", "2025-12-06T15:37:33Z"},
		{"", "", "2026-09-01 12:34:56 UTC", "2026-09-01T12:34:56Z"},
		{"", "", "2026-09-01 12:34:56 GMT-06:00", "2026-09-01T18:34:56Z"},
		{"", "", "2012-02-19 12:01:33 PST", "2012-02-19T20:01:33Z"},
		{"", "", "2012-07-19 12:01:33 PDT", "2012-07-19T19:01:33Z"},
		{"", "", "2012-07-19 12:01:33 PST",
			`"2012-07-19 12:01:33 PST" says PST, which was not in force in America/Los_Angeles then; ` +
				`say what it means: timezones: {PST: America/Los_Angeles} or {PST: "-08:00"}`},
		{"", "", "2012-07-19 12:01:33 IST",
			`"2012-07-19 12:01:33 IST" has a time zone that is not clear: "IST" means several time zones; say which: timezones: {IST: Asia/Kolkata}`},
		{"", "", "2024-01-01 10:00",
			`"2024-01-01 10:00" has no time zone; say which zone its clock shows: timezone: Europe/Berlin`},
		{"", "Europe/Berlin", "2024-01-01 10:00", "2024-01-01T09:00:00Z"},
		{"", "Europe/Berlin", "2024-07-01 10:00", "2024-07-01T08:00:00Z"},
		{"", "-05:00", "2024-07-01 10:00", "2024-07-01T15:00:00Z"},
		{"", "UTC", "2024-01-01 24:00:00", `"2024-01-01 24:00:00" is not a time of day`},
		{"", "UTC", "2024-06-30T23:59:60Z", `"2024-06-30T23:59:60Z" is not a time of day`},
		{"", "UTC", "03/04/2026",
			`"03/04/2026" is not a date as YYYY-MM-DD; say how dates are written, such as date: "DD/MM/YYYY"`},
		{"", "UTC", "2024-3-5",
			`"2024-3-5" is not a date as YYYY-MM-DD; say how dates are written, such as date: "DD/MM/YYYY"`},
		{"", "UTC", "", "is empty"},

		{"DD/MM/YYYY HH:mm", "UTC", "01/02/2024 10:30", "2024-02-01T10:30:00Z"},
		{"DD/MM/YYYY HH:mm", "UTC", "1/2/2024 9:05", "2024-02-01T09:05:00Z"},
		{"DD/MM/YYYY HH:mm", "UTC", "01/02/2024",
			`"01/02/2024" does not fit the date format "DD/MM/YYYY HH:mm"`},
		{"DD/MM/YYYY", "UTC", "31/02/2026", `"31/02/2026" is not a day of the calendar`},
		{"DD/MM/YYYY", "UTC", "12/31/2026", `"12/31/2026" is not a day of the calendar`},
		{"DD/MM/YYYY", "UTC", "01-02-2024",
			`"01-02-2024" does not fit the date format "DD/MM/YYYY"`},
		{"DD/MM/YYYY", "UTC", "01/02/24", `"01/02/24" does not fit the date format "DD/MM/YYYY"`},
		{"DD.MM.YY", "UTC", "01.02.24", "2024-02-01T12:00:00Z"},
		{"MM/DD/YYYY hh:mm A", "UTC", "07/18/2026 2:30 PM", "2026-07-18T14:30:00Z"},
		{"MM/DD/YYYY hh:mm A", "UTC", "07/18/2026 2:30\u202fPM", "2026-07-18T14:30:00Z"},
		{"MM/DD/YYYY hh:mm A", "UTC", "07/18/2026 12:05 a.m.", "2026-07-18T00:05:00Z"},
		{"MM/DD/YYYY hh:mm A", "UTC", "07/18/2026 13:05 PM",
			`"07/18/2026 13:05 PM" is not a time of day`},
		{"D MMM YYYY", "UTC", "5 Nov 2026", "2026-11-05T12:00:00Z"},
		{"iso", "UTC", "2026-11-05 14:03 (UTC)", "2026-11-05T14:03:00Z"},
		{"iso", "UTC", "2026-11-05 14:03:00 +0100 CET", "2026-11-05T13:03:00Z"},
		{"iso", "UTC", "2026-11-05T14:03:00+01:00[Europe/Berlin]", "2026-11-05T13:03:00Z"},
		{"iso", "UTC", "'2026-11-05", "2026-11-05T12:00:00Z"},
		{"iso", "UTC", "2026‑11‑05", "2026-11-05T12:00:00Z"},
		{"D MMM YYYY", "UTC", "5 mars 2024", "2024-03-05T12:00:00Z"},
		{"D. MMMM YYYY", "UTC", "3. März 2026", "2026-03-03T12:00:00Z"},
		{"D MMMM YYYY", "UTC", "3 août 2026", "2026-08-03T12:00:00Z"},
		{"D [de] MMMM [de] YYYY", "UTC", "3 de março de 2026", "2026-03-03T12:00:00Z"},
		{"dddd, MMMM DD, YYYY hh:mm A Z", "", "Monday, August 03, 2026 04:19 PM GMT-06:00",
			"2026-08-03T22:19:00Z"},
		{"YYYY年M月D日", "UTC", "2026年11月5日", "2026-11-05T12:00:00Z"},
		{"YYYY年M月D日", "UTC", "２０２６年１１月５日", "2026-11-05T12:00:00Z"},
		{"YYYYMMDD", "UTC", "20261105", "2026-11-05T12:00:00Z"},
		{"DDMM", "UTC", "2202", "2018-02-22T12:00:00Z"},
		{"DDMM", "UTC", "105", "2018-05-01T12:00:00Z"},
		{"DDMM", "UTC", "2902", `"2902" is not a day of the calendar`},
		{"YYYY-MM-DD HH:mm:ss.SSS Z", "", "2026-01-02 03:04:05.678 +01:00",
			"2026-01-02T02:04:05.678Z"},
		{"unix", "", "1709251200", "2024-03-01T00:00:00Z"},
		{"unix", "", "1709251200000",
			`"1709251200000" is too large for seconds since 1970; milliseconds are date: unix_ms`},
		{"unix_ms", "", "1709251200123", "2024-03-01T00:00:00.123Z"},
		{"unix_ms", "", "1709251200",
			`"1709251200" is too small for milliseconds since 1970; seconds are date: unix`},
		{"unix", "", "-5", `"-5" is not a date`},
	} {
		var format Format
		if test.format != "" {
			var err error
			if format, err = ParseFormat(test.format); err != nil {
				t.Errorf("format %q: %v", test.format, err)
				continue
			}
		}
		context := Context{Zone: mustZone(t, test.zone), TimeOfDay: Clock{Set: true, Hour: 12},
			Year: 2018}
		when, err := format.Read([]byte(test.cell), cell.Text, context)
		got := when.Format(time.RFC3339Nano)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q as %q in %q:\n got %s\nwant %s", test.cell, test.format, test.zone,
				got, test.want)
		}
	}
}

func TestDateKinds(t *testing.T) {
	noon := Clock{Set: true, Hour: 12}
	six := Clock{Set: true, Hour: 18}
	for _, test := range []struct {
		format     string
		kind       byte
		cell, want string
		context    Context
	}{
		{"DD/MM/YYYY", cell.Date, "2026-04-03", "2026-04-03T12:00:00Z", Context{TimeOfDay: noon}},
		{"DD/MM/YYYY", cell.DateTime, "2026-04-03T10:00:00", "2026-04-03T10:00:00Z",
			Context{TimeOfDay: noon}},
		{"DD/MM/YYYY", cell.DateTime, "2026-04-03T00:00:00", "2026-04-03T00:00:00Z",
			Context{TimeOfDay: noon}},
		{"", cell.Date, "2026-04-03", "2026-04-03T18:00:00Z",
			Context{TimeOfDay: noon, TimeColumn: six}},
		{"", cell.DateTime, "2026-04-03T00:00:00", "2026-04-03T18:00:00Z",
			Context{TimeColumn: six}},
		{"", cell.DateTime, "2026-04-03T18:00:00", "2026-04-03T18:00:00Z",
			Context{TimeColumn: six}},
		{"", cell.DateTime, "2026-04-03T10:00:00",
			`"2026-04-03T10:00:00" has its own time of day, which differs from the time column`,
			Context{TimeColumn: six}},
		{"", cell.Date, "2026-04-03",
			`"2026-04-03" has no time of day; say which to take: time_of_day: "12:00"`, Context{}},
		{"", cell.Number, "45992", `"45992" is a number, not a date`, Context{TimeOfDay: noon}},
		{"unix", cell.Number, "1709251200", "2024-03-01T00:00:00Z", Context{}},
		{"YYYYMMDD", cell.Number, "20260403", "2026-04-03T12:00:00Z", Context{TimeOfDay: noon}},
		{"DDMM", cell.Number, "304", "2026-04-03T12:00:00Z", Context{TimeOfDay: noon, Year: 2026}},
		{"DDMM", cell.Number, "304",
			`"304" has no year; say it with the field, as in {column: Date, year: 2018}`,
			Context{TimeOfDay: noon}},
		{"", cell.Time, "10:00:00", `"10:00:00" is a time of day, not a date`, Context{}},
		{"", cell.Error, "#REF!", `"#REF!" is a spreadsheet error, not a date`,
			Context{}},
	} {
		format := Format{}
		if test.format != "" {
			var err error
			if format, err = ParseFormat(test.format); err != nil {
				t.Fatal(err)
			}
		}
		test.context.Zone = mustZone(t, "UTC")
		when, err := format.Read([]byte(test.cell), test.kind, test.context)
		got := when.Format(time.RFC3339)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q of kind %d as %q: got %s, want %s", test.cell, test.kind, test.format,
				got, test.want)
		}
	}
}

func TestReadClock(t *testing.T) {
	for _, test := range []struct {
		cell string
		kind byte
		want string
	}{
		{"14:30", cell.Text, "14:30:00"},
		{"2:30:05 PM", cell.Text, "14:30:05"},
		{"2:30\u202fp.m.", cell.Text, "14:30:00"},
		{"12:00 AM", cell.Text, "0:00:00"},
		{"12:00 PM", cell.Text, "12:00:00"},
		{"18:00:00", cell.Time, "18:00:00"},
		{"1899-12-31T18:00:00", cell.DateTime, "18:00:00"},
		{"24:00", cell.Text, `"24:00" is not a time of day`},
		{"0:30 AM", cell.Text, `"0:30 AM" is not a time of day`},
		{"12:60", cell.Text, `"12:60" is not a time of day`},
		{"noon", cell.Text, `"noon" is not a time of day`},
		{"14:30 Uhr", cell.Text, `"14:30 Uhr" is not a time of day`},
		{"", cell.Text, "is empty"},
		{"0.75", cell.Number, `"0.75" is a number, not a time of day`},
	} {
		c, err := ReadClock([]byte(test.cell), test.kind)
		got := fmt.Sprintf("%d:%02d:%02d", c.Hour, c.minute, c.second)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("readClock(%q, %d): got %s, want %s", test.cell, test.kind, got, test.want)
		}
	}
}

func TestParseDateFormatRefuses(t *testing.T) {
	for _, test := range []struct{ layout, want string }{
		{"dd/mm/yyyy", `"dd" is not part of a date layout`},
		{"YYYY-mm-DD", `has no month (MM or MMM); minutes are mm`},
		{"YYYY-MM-DD HH:MM", `has MM and MM; months are MM, minutes are mm`},
		{"MM/YYYY", `has no day (DD)`},
		{"DD/MM/YYYY hh:mm", `hours are HH without AM and PM, or hh with A`},
		{"DD/MM/YYYY HH:mm A", `hours are HH without AM and PM, or hh with A`},
		{"DD/MM/YYYY mm", `has no hour (HH) and minute (mm) for its time`},
		{"DD/MM/YYYY HH:mm.SSS", `has decimals of a second (S) and no seconds (ss)`},
		{"D de MMMM", `"d" is not part of a date layout`},
		{"[DD", `has a bracket that is not closed`},
		{"", `has no month`},
	} {
		_, err := ParseFormat(test.layout)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("parseDateFormat(%q): got %v, want %s", test.layout, err, test.want)
		}
	}
}

// A name for two months would be read as one of them.
func TestMonthNamesAreUnambiguous(t *testing.T) {
	seen := map[string]int{}
	for i, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			if before, known := seen[name]; known {
				t.Errorf("%s is month %d and %d", name, before+1, i+1)
			}
			seen[name] = i
		}
	}
	for _, test := range []struct {
		name string
		want int
	}{
		{"March", 3}, {"MÄRZ", 3}, {"Mär", 3}, {"février", 2}, {"août", 8}, {"déc.", 12},
		{"enero", 1}, {"giugno", 6}, {"mrt", 3}, {"março", 3}, {"maj", 5}, {"Jänner", 1},
		{"sept.", 9}, {"listopad", 0}, {"", 0}, {"月", 0},
	} {
		if got, _ := scanMonth([]byte(test.name)); got != test.want {
			t.Errorf("scanMonth(%q): got %d, want %d", test.name, got, test.want)
		}
	}
}
