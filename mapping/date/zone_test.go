package date

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

func TestParseZone(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"Europe/Berlin", "Europe/Berlin"},
		{" UTC ", "UTC"},
		{"GMT", "UTC"},
		{"Z", "UTC"},
		{"+01:00", "+01:00"},
		{"-0530", "-05:30"},
		{"UTC+2", "+02:00"},
		{"GMT-06:00", "-06:00"},
		{"Etc/GMT+5", "Etc/GMT+5"},
		{"Eastern Time (US & Canada)", "America/New_York"},
		{"(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"},
		{"Nuku'alofa", "Pacific/Tongatapu"},
		{"Berlin", "Europe/Berlin"},
		{"CET",
			`"CET" is an abbreviation, which does not say when clocks change; name the place: Europe/Berlin`},
		{"IST",
			`"IST" is an abbreviation, which does not say when clocks change; name the place: Asia/Kolkata, Europe/Dublin or Asia/Jerusalem`},
		{"Local", `"Local" is not a time zone; write one such as Europe/Berlin or UTC`},
		{"", `"" is not a time zone; write one such as Europe/Berlin or UTC`},
		{"Europe/Berln",
			`"Europe/Berln" is not a time zone; write one such as Europe/Berlin or UTC`},
		{"../etc/passwd",
			`"../etc/passwd" is not a time zone; write one such as Europe/Berlin or UTC`},
		{"+15:00", `"+15:00" is not a time zone; write one such as Europe/Berlin or UTC`},
		{"+1:5", `"+1:5" is not a time zone; write one such as Europe/Berlin or UTC`},
	} {
		place, err := ParseZone(test.name)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = place.Location.String()
		}
		if got != test.want {
			t.Errorf("parseZone(%q): got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestZoneColumn(t *testing.T) {
	words := map[string]string{"BST": "Europe/London", "CST": "-06:00"}
	for _, test := range []struct{ local, zone, want string }{
		{"2016-02-12 13:30:31", "PST", "2016-02-12T21:30:31Z"},
		{"2016-07-12 13:30:31", "PDT", "2016-07-12T20:30:31Z"},
		{"2016-07-12 13:30:31", "America/Los_Angeles", "2016-07-12T20:30:31Z"},
		{"2016-07-12 13:30:31", "Pacific Time (US & Canada)", "2016-07-12T20:30:31Z"},
		{"2016-07-12 13:30:31", "GMT+02:00", "2016-07-12T11:30:31Z"},
		{"2016-10-20 14:58:48", "CDT", "2016-10-20T19:58:48Z"},
		{"2016-07-12 13:30:31", "CST", "2016-07-12T19:30:31Z"},
		{"2016-07-12 13:30:31", "BST", "2016-07-12T12:30:31Z"},
		{"2016-07-12 13:30:31", "PST", "error: was not in force"},
		{"2016-07-12 13:30:31", "CET", "error: was not in force"},
		{"2016-01-12 13:30:31", "CEST", "error: was not in force"},
		{"2016-07-12 13:30:31", "IST",
			`error: "IST" means several time zones; say which: timezones: {IST: Asia/Kolkata}`},
		{"2016-07-12 13:30:31", "XYZ",
			`error: "XYZ" is not a known time zone; say what it means: timezones: {XYZ: Europe/Berlin}`},
		{"2016-07-12 13:30:31", "", "error: is empty"},

		{"2016-11-06 01:30:00", "America/New_York", "2016-11-06T05:30:00Z, was shown twice"},
		{"2016-11-06 01:30:00", "EDT", "2016-11-06T05:30:00Z"},
		{"2016-11-06 01:30:00", "EST", "2016-11-06T06:30:00Z"},
		{"2016-11-06 00:59:59", "America/New_York", "2016-11-06T04:59:59Z"},
		{"2016-11-06 02:00:00", "America/New_York", "2016-11-06T07:00:00Z"},
		{"2016-03-13 02:30:00", "America/New_York", "error: was never shown"},
		{"2016-03-13 02:30:00", "EST", "error: was never shown"},
		{"2016-03-13 03:00:00", "America/New_York", "2016-03-13T07:00:00Z"},
		{"2016-04-03 01:45:00", "Australia/Lord_Howe", "2016-04-02T14:45:00Z, was shown twice"},
		{"2011-12-30 12:00:00", "Pacific/Apia", "error: was never shown"},
		{"2026-03-29 01:30:00", "BST", "error: was never shown"},
		{"2026-10-25 01:30:00", "BST", "2026-10-25T00:30:00Z"},
	} {
		reader := ZoneReader{Words: words}
		place, err := reader.Read([]byte(test.zone))
		var got string
		if err == nil {
			var format Format
			var when time.Time
			when, err = format.Read([]byte(test.local), cell.Text, Context{Zone: place})
			got = when.Format(time.RFC3339)
			if errors.Is(err, errTwice) {
				got, err = got+", was shown twice", nil
			}
		}
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != test.want && !(strings.HasPrefix(test.want, "error: was") &&
			strings.Contains(got, test.want[7:])) {
			t.Errorf("%s in %q: got %s, want %s", test.local, test.zone, got, test.want)
		}
	}
}

// A time that no clock showed, because the mapping gave it to a day, is never missing and never
// comes twice.
func TestNominalTimeOfDay(t *testing.T) {
	for _, test := range []struct{ day, want string }{
		{"2016-03-13", "2016-03-13T07:30:00Z"},
		{"2016-11-06", "2016-11-06T05:30:00Z"},
	} {
		at := Clock{Set: true, Hour: 1, minute: 30}
		if test.day == "2016-03-13" {
			at.Hour = 2
		}
		var format Format
		got, err := format.Read([]byte(test.day), cell.Date,
			Context{Zone: mustZone(t, "America/New_York"), TimeOfDay: at})
		if err != nil || got.Format(time.RFC3339) != test.want {
			t.Errorf("%s at %d:30: got %v, %v; want %s", test.day, at.Hour, got, err, test.want)
		}
	}
}

// Abbreviations have the offset in the table at all their places, and the refused ones have several
// or are also used for others.
func TestAbbreviationsAgreeWithTheZoneDatabase(t *testing.T) {
	for name, short := range abbreviations {
		for place := range strings.FieldsSeq(short.zones) {
			location, err := time.LoadLocation(place)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if short.offset == "" {
				continue
			}
			seen := false
			for at := time.Date(2015, 1, 1, 0, 0, 0, 0,
				time.UTC); at.Year() < 2026; at = at.AddDate(0, 0, 7) {
				shown, offset := at.In(location).Zone()
				if shown != name {
					continue
				}
				seen = true
				if offsetName(offset) != short.offset {
					t.Errorf("%s in %s on %v: got %s, want %s", name, place, at, offsetName(offset),
						short.offset)
				}
			}
			if !seen {
				t.Errorf("%s is never in force in %s", name, place)
			}
		}
	}
}

func TestDisplayNames(t *testing.T) {
	if got := len(displayNames); got != 150 {
		t.Errorf("display names: got %d, want the 150 of Rails other than UTC", got)
	}
	for name := range displayNames {
		if _, err := ParseZone(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a clock shows is read as the time at which it showed it, or the reader says that it showed
// it twice and takes the earlier time; especially for times around the changes of clocks.
func TestLocalTimesOfAllZones(t *testing.T) {
	names := []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
		"Africa/Casablanca", "Africa/Cairo",
		"America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns", "Europe/Dublin",
		"Asia/Tehran", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		location, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		var format Format // one for several times, since its window moves along
		for range rapid.IntRange(1, 5).Draw(t, "times") {
			at := time.Unix(rapid.Int64Range(50_000_000, 2_000_000_000).Draw(t, "second"),
				0).In(location)
			if start, _ := at.ZoneBounds(); rapid.Bool().Draw(t, "near a change") &&
				!start.IsZero() && start.Year() > 1971 {
				at = start.Add(time.Duration(rapid.IntRange(-10000, 10000).Draw(t,
					"seconds off")) * time.Second).In(location)
			}
			shown := at.Format("2006-01-02 15:04:05")
			got, err := format.Read([]byte(shown), cell.Text,
				Context{Zone: Zone{Location: location}})
			switch {
			case errors.Is(err, errTwice):
				if got.In(location).Format("2006-01-02 15:04:05") != shown || got.After(at) {
					t.Fatalf("%s in %v, shown twice: got %v for %v", shown, location, got, at.UTC())
				}
			case err != nil || !got.Equal(at):
				t.Fatalf("%s in %v: got %v, %v; want %v", shown, location, got, err, at.UTC())
			}
		}
	})
}

// Local times that a zone skipped are refused, all others are read.
func TestSkippedLocalTimes(t *testing.T) {
	location, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(1990, 2035).Draw(t, "year")
		shown := time.Date(year, 3, rapid.IntRange(24, 31).Draw(t, "day"),
			rapid.IntRange(0, 4).Draw(t, "hour"), 30, 0, 0, time.UTC)
		text := shown.Format("2006-01-02 15:04:05")
		normal := time.Date(year, 3, shown.Day(), shown.Hour(), 30, 0, 0, location)
		exists := normal.Format("2006-01-02 15:04:05") == text
		var format Format
		got, err := format.Read([]byte(text), cell.Text, Context{Zone: Zone{Location: location}})
		if exists != (err == nil) || exists && !got.Equal(normal) {
			t.Fatalf("%s: got %v, %v; it exists: %v", text, got, err, exists)
		}
	})
}
