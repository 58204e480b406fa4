package mapping

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The mapping says what words for zones mean, wherever they are: in a column, or after the times
// themselves.
func TestZoneWordsAreToldApart(t *testing.T) {
	header := shopHeader + "|Paid"
	source := func(options string) string {
		return strings.Replace(minimal, "  keys:", "  event_time: {column: Paid"+options+
			"}\n  keys:", 1)
	}
	for _, test := range []struct{ name, options, paid, want string }{
		{"one that several places use", "", "2026-11-03 10:00 IST", "zone_unknown IST"},
		{"one that nobody knows", "", "2026-11-03 10:00 XYZ", "zone_unknown XYZ"},
		{"one that is told", ", timezones: {IST: Europe/Dublin}", "2026-11-03 10:00 IST",
			"1793700000"},
		{"another than is told", ", timezones: {IST: Europe/Dublin}", "2026-11-03 10:00 CST",
			"zone_unknown CST"},
		{"one that was not in force", "", "2026-07-03 10:00 PST", "zone_unknown PST"},
		{"and what it is told to be", `, timezones: {PST: "-08:00"}`, "2026-07-03 10:00 PST",
			"1783101600"},
		{"what is no word for a zone", "", "yesterday", "date_invalid "},
		{"an address in a column of zones", ", timezone_column: Email", "2026-11-03 10:00",
			"zone_unknown "},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, source(test.options), header,
				"1001 | 10.00 | USD | a@example.com | "+test.paid)
			got := fmt.Sprint(e.Time)
			if len(e.Problems) > 0 {
				got = e.Problems[0].Code + " " + e.Problems[0].Word
			}
			if got != test.want {
				t.Errorf("got %s, want %s: %v", got, test.want, e.Problems)
			}
		})
	}
}

// Years that are not in this calendar, or in another century, are reported, unless the mapping says
// them.
func TestYearsOfEvents(t *testing.T) {
	november2026 := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC).Unix()
	header := shopHeader + "|Paid"
	for _, test := range []struct{ name, formats, paid, want string }{
		{"this year", `date: DD/MM/YYYY`, "05/11/2026", "2026"},
		{"the first", `date: DD/MM/YYYY`, "01/01/1990", "1990"},
		{"before it", `date: DD/MM/YYYY`, "31/12/1989",
			"is in the year 1989, and years are expected from 1990 to 2028. If it is right: " +
				"formats: {years: \"1989-2028\"}"},
		{"two ahead", `date: DD/MM/YYYY`, "31/12/2028", "2028"},
		{"three ahead", `date: DD/MM/YYYY`, "01/01/2029",
			"is in the year 2029, and years are expected from 1990 to 2028. If it is right: " +
				"formats: {years: \"1990-2029\"}"},
		{"a Buddhist year", `date: DD/MM/YYYY`, "05/11/2569",
			"as a year of the Buddhist era it is 2026"},
		{"its two digits", `date: DD/MM/YY`, "05/11/69", "can be one of the Buddhist era (2026)"},
		{"the last century", `date: DD/MM/YY`, "05/11/99",
			"is in the year 2099, and years are expected from 1990 to 2028; a year of two digits " +
				"counts as 20YY"},
		{"a Persian year", `date: YYYY/MM/DD`, "1405/08/14", "is before 1971"},
		{"ISO, mistyped", `date: iso`, "2062-11-05", "is in the year 2062"},
		{"said", `date: DD/MM/YYYY, years: "1980-2600"`, "05/11/2569", "2569"},
		{"said, and before", `date: DD/MM/YYYY, years: "1980-2027"`, "31/12/1980", "1980"},
		{"said, and beyond", `date: DD/MM/YYYY, years: "1980-2027"`, "05/11/2028",
			"expected from 1980 to 2027"},
		// in UTC
		{"a clock that is ahead of UTC", `date: DD/MM/YYYY, timezone: Pacific/Auckland`,
			"01/01/1990", "1989"},
	} {
		t.Run(test.name, func(t *testing.T) {
			formats := test.formats
			if !strings.Contains(formats, "timezone") {
				formats += ", timezone: UTC"
			}
			source := strings.Replace(minimal, "fields:",
				`formats: {`+formats+`, time_of_day: "00:30"}`+"\nfields:\n  event_time: Paid", 1)
			mapper := bind(t, source, strings.Split(header, "|"))
			mapper.Now = november2026
			_, rows := table(header, "1001 | 10.00 | USD | a@example.com | "+test.paid)
			var e Event
			mapper.Map(rows, &e)
			got := fmt.Sprint(time.Unix(e.Time, 0).UTC().Year())
			if e.State == Invalid {
				got = e.Problems[0].Code + ": " + e.Problems[0].Message()
			}
			if got != test.want && !(e.State == Invalid &&
				strings.HasPrefix(got, "date_invalid: ") && strings.Contains(got, test.want)) {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if e.State == Invalid && len(e.Problems) > 1 {
				t.Errorf("more is said than once: %v", e.Problems)
			}
		})
	}
}

// A mapping without a clock, as in its own tests, knows no year that is too late.
func TestYearsWithoutAClock(t *testing.T) {
	source := strings.Replace(minimal, "fields:",
		"formats: {date: YYYY-MM-DD, timezone: UTC, time_of_day: \"12:00\"}\nfields:\n"+
			"  event_time: Paid",
		1)
	for paid, want := range map[string]State{"2099-01-01": Mapped, "1989-01-01": Invalid} {
		if e := mapOne(t, source, shopHeader+"|Paid",
			"1001 | 10.00 | USD | a@example.com | "+paid); e.State != want {
			t.Errorf("%s: got %v, want %v: %v", paid, e.State, want, e.Problems)
		}
	}
}

// An hour that clocks showed twice is asked about, unless something says which is meant.
func TestTheHourThatComesTwice(t *testing.T) {
	for _, test := range []struct{ name, formats, paid, want string }{
		{"nothing is said", "", "2026-10-25 02:30",
			`date_invalid: "2026-10-25 02:30" was shown twice by the clocks of Europe/Berlin, which went back: ` +
				`it can be 00:30 or 01:30 UTC; say which counts: formats: {repeated_hour: earlier}, or later`},
		{"the earlier", ", repeated_hour: earlier", "2026-10-25 02:30", "2026-10-25T00:30:00Z"},
		{"the later", ", repeated_hour: later", "2026-10-25 02:30", "2026-10-25T01:30:00Z"},
		{"an offset tells", ", repeated_hour: earlier", "2026-10-25 02:30 +01:00",
			"2026-10-25T01:30:00Z"},
		{"an abbreviation tells", ", repeated_hour: earlier", "2026-10-25 02:30 CET",
			"2026-10-25T01:30:00Z"},
		{"an hour before", ", repeated_hour: later", "2026-10-25 01:30", "2026-10-24T23:30:00Z"},
		{"an hour that was never shown", ", repeated_hour: later", "2026-03-29 02:30",
			`date_invalid: "2026-03-29 02:30" was never shown by the clocks of Europe/Berlin, which went forward over it`},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := strings.Replace(minimal,
				"fields:", "formats: {date: iso, timezone: Europe/Berlin"+test.formats+
					"}\nfields:\n  event_time: Paid", 1)
			e := mapOne(t, source, shopHeader+"|Paid",
				"1001 | 10.00 | USD | a@example.com | "+test.paid)
			got := time.Unix(e.Time, 0).UTC().Format(time.RFC3339)
			if e.State == Invalid {
				got = e.Problems[0].Code + ": " + e.Problems[0].Message()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// A day is the same whichever hour is meant.
func TestConditionsOnDaysOfTheHourThatComesTwice(t *testing.T) {
	source := strings.Replace(minimal, "fields:",
		"formats: {date: iso, timezone: Europe/Berlin}\nwhere: day(\"Paid\") == \"2026-10-25\"\n"+
			"fields:",
		1)
	if e := mapOne(t, source, shopHeader+"|Paid",
		"1001 | 10.00 | USD | a@example.com | 2026-10-25 02:30"); e.State != Mapped {
		t.Errorf("got %v: %v", e.State, e.Problems)
	}
}

// rfc3339 shows the time by the clocks of the mapping's zone.
func TestTimesShowTheirZone(t *testing.T) {
	for _, test := range []struct{ name, formats, paid, want string }{
		{"winter", "timezone: Europe/Berlin", "2026-11-05 14:03", "2026-11-05T14:03:00+01:00"},
		{"summer", "timezone: Europe/Berlin", "2026-07-05 14:03", "2026-07-05T14:03:00+02:00"},
		{"UTC", "timezone: UTC", "2026-11-05 14:03", "2026-11-05T14:03:00Z"},
		{"an offset of its own", "timezone: Europe/Berlin", "2026-11-05 14:03 -05:00",
			"2026-11-05T20:03:00+01:00"},
		{"no zone but its own", "date: iso", "2026-11-05 14:03 -05:00", "2026-11-05T19:03:00Z"},
	} {
		source := strings.Replace(minimal, "fields:",
			"formats: {"+test.formats+"}\nfields:\n  event_time: {column: Paid, as: rfc3339}", 1)
		e := mapOne(t, source, shopHeader+"|Paid",
			"1001 | 10.00 | USD | a@example.com | "+test.paid)
		if !strings.Contains(string(e.Body), `"event_time":"`+test.want+`"`) {
			t.Errorf("%s: got %s, want %s: %v", test.name, e.Body, test.want, e.Problems)
		}
		if local := !strings.HasSuffix(test.want, "Z"); e.LocalTime != local {
			t.Errorf("%s: LocalTime is %v", test.name, e.LocalTime)
		}
	}
}
