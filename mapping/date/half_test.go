package date

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

// AM and PM as spreadsheets and exporters of other languages write them. Another value proves the
// order of day and month.
func TestHalvesOfTheDay(t *testing.T) {
	berlin := mustZone(t, "Europe/Berlin")
	for _, test := range []struct{ name, value, proof, want string }{
		{"narrow blank", "11/5/2026, 2:03:00\u202fPM", "11/13/2026, 2:03:00\u202fAM", "14:03"},
		{"no-break blank", "11/5/2026 2:03\u00a0PM", "11/13/2026 2:03\u00a0PM", "14:03"},
		{"ISO, with a narrow blank", "2026-11-05 2:03\u202fPM", "", "14:03"},
		{"Spanish", "5/11/2026 2:03:00 p.\u00a0m.", "13/11/2026 2:03:00 a.\u00a0m.", "14:03"},
		{"Spanish, in the morning", "5/11/2026 12:03 a. m.", "13/11/2026 2:03 a. m.", "00:03"},
		{"Spanish, close together", "5/11/2026 2:03p.m.", "13/11/2026 2:03a.m.", "14:03"},
		{"one letter", "11/5/2026 2:03p", "11/13/2026 2:03a", "14:03"},
		{"Greek", "5/11/2026 2:03 μμ", "13/11/2026 2:03 πμ", "14:03"},
		{"Greek, with points and capitals", "5/11/2026 2:03 Μ.Μ.", "13/11/2026 2:03 Π.Μ.", "14:03"},
		{"Greek, with the sign for micro", "5/11/2026 2:03 µµ", "13/11/2026 2:03 πµ", "14:03"},
		{"Vietnamese", "5/11/2026 2:03 CH", "13/11/2026 2:03 SA", "14:03"},
		{"Korean, before the clock", "2026-11-05 오후 2:03", "", "14:03"},
		{"Korean, with points", "2026. 11. 5. 오후 2:03:00", "", "14:03"},
		{"Chinese, before the clock", "2026/11/5 下午2:03", "", "14:03"},
		{"Chinese, in the morning", "2026/11/5 上午12:03", "", "00:03"},
		{"Chinese, in signs", "2026年11月5日下午2:03", "", "14:03"},
		{"Japanese, whose hours begin at 0", "2026/11/05 午後0:03", "", "12:03"},
		{"Arabic", "\u200f٥/١١/٢٠٢٦ ٢:٠٣\u00a0م", "١٣/١١/٢٠٢٦ ٢:٠٣ ص", "14:03"},
		{"Persian", "2026/11/05 2:03 ب.ظ", "", "14:03"},
		{"Hebrew", "5/11/2026 2:03 אחה״צ", "13/11/2026 2:03 לפנה״צ", "14:03"},
		{"Hindi", "5/11/2026 2:03 अपराह्न", "13/11/2026 2:03 पूर्वाह्न", "14:03"},
		{"before the clock, in English", "11/5/2026 PM 2:03", "11/13/2026 AM 2:03", "14:03"},
		{"beside a zone", "2026-11-05 2:03 PM CET", "", "14:03"},
		{"beside an offset", "2026-11-05 2:03 p.m. +01:00", "", "14:03"},

		{"a clock that shows it is none", "2026-11-05 14:03 PM", "", "is not a time of day"},
		{"on both sides", "2026-11-05 PM 2:03 PM", "", "is not a time of day"},
		{"a word of a language that we do not know", "2026-11-05 2:03 illalla", "",
			`has "illalla" after its time, which can be half of a day or a time zone`},
		{"likewise, of two letters", "2026-11-05 2:03 em", "",
			`has "em" after its time, which can be half of a day or a time zone`},
		{"a later hour is no half of a day", "2026-11-05 14:03 illalla",
			"", `"illalla" is not a known time zone`},
		{"what is written like a zone", "2026-11-05 2:03 XYZ", "",
			`"XYZ" is not a known time zone`},
		{"a zone that is misspelt", "2026-11-05 2:03 Europe/Berln", "",
			`"Europe/Berln" is not a known time zone`},
	} {
		var proof Proof
		proof.Observe(2, []byte(test.value), cell.Text)
		if test.proof != "" {
			proof.Observe(3, []byte(test.proof), cell.Text)
		}
		format, open := proof.Resolve()
		if open != nil {
			t.Errorf("%s: %s", test.name, open.Describe("Date", "m.yaml"))
			continue
		}
		when, err := format.Read([]byte(test.value), cell.Text,
			Context{Zone: berlin, TimeOfDay: Clock{Set: true, Hour: 12}})
		got := when.In(berlin.Location).Format("2006-01-02 15:04")
		want := "2026-11-05 " + test.want
		if err != nil {
			got = err.Error()
			if want = test.want; strings.Contains(got, want) {
				got = want
			}
		}
		if got != want {
			t.Errorf("%s: %q as %s: got %s, want %s", test.name, test.value, &format, got, want)
		}
		if format.Mode != Proved || format.Layout == "" {
			continue
		}

		// A format that init fixes must read the same.
		pinned, err := ParseFormat(format.Layout)
		if err != nil {
			t.Errorf("%s: the layout of %q: %v", test.name, test.value, err)
			continue
		}
		again, err := pinned.Read([]byte(test.value), cell.Text, Context{Zone: berlin})
		if err != nil || !again.Equal(when) {
			t.Errorf("%s: %q as %s: got %v, %v; want %v", test.name, test.value, format.Layout,
				again, err, when)
		}
	}
}

// A word that the mapping calls a zone is one, even if it can be half of a day.
func TestZonesOfTheMappingComeFirst(t *testing.T) {
	zones := &ZoneReader{Words: map[string]string{"CH": "Europe/Zurich"}}
	for _, test := range []struct{ name, value, want string }{
		{"in the afternoon", "2026-11-05 14:03 CH", "2026-11-05T13:03:00Z"},
		{"in the morning", "2026-11-05 10:03 CH", "2026-11-05T09:03:00Z"},
		{"the other word", "2026-11-05 10:03 SA", "2026-11-05T15:03:00Z"},
	} {
		var format Format
		when, err := format.Read([]byte(test.value), cell.Text,
			Context{Zones: zones, Zone: mustZone(t, "America/New_York")})
		got := when.Format(time.RFC3339)
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: %s: got %s, want %s", test.name, test.value, got, test.want)
		}
	}
}

// Whatever the language, a clock of twelve hours is read as the hour of the day that it shows.
func TestAnyHalfIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hour, minute := rapid.IntRange(0, 23).Draw(t, "hour"),
			rapid.IntRange(0, 59).Draw(t, "minute")
		words := strings.SplitN(rapid.SampledFrom(halfPairs[:]).Draw(t, "words"), " ", 2)
		word := words[hour/12]
		if rapid.Bool().Draw(t, "capitals") {
			word = strings.ToUpper(word)
		}
		blank := rapid.SampledFrom([]string{"", " ", "\u00a0", "\u202f", "\u2009"}).Draw(t, "blank")
		clock := time.Date(2026, 11, 5, hour, minute, 0, 0, time.UTC)
		written := clock.Format("3:04") + blank + word
		if rapid.Bool().Draw(t, "before") {
			written = word + blank + clock.Format("3:04")
		}
		var format Format
		when, err := format.Read([]byte("2026-11-05 "+written), cell.Text,
			Context{Zone: Zone{Location: time.UTC}})
		if err != nil || !when.Equal(clock) {
			t.Fatalf("%q: got %v, %v; want %v", written, when, err, clock)
		}
	})
}

func TestHalfWordsAreUnambiguous(t *testing.T) {
	seen := map[string]bool{}
	for _, words := range halfWords {
		for _, word := range words {
			if seen[word.text] {
				t.Errorf("%s stands twice", word.text)
			}
			seen[word.text] = true
			if _, zone := abbreviations[strings.ToUpper(word.text)]; zone {
				t.Errorf("%s is the abbreviation of a zone, too", word.text)
			}
		}
	}
}
