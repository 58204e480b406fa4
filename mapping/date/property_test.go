package date

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

// dateStyles are layouts with what Go's own formatter writes for them.
var dateStyles = []struct{ layout, golang string }{
	{"iso", "2006-01-02 15:04:05"},
	{"iso", "2006-01-02T15:04:05Z07:00"},
	{"iso", "2006-01-02 15:04:05 -0700"},
	{"DD/MM/YYYY HH:mm:ss", "02/01/2006 15:04:05"},
	{"DD/MM/YYYY HH:mm:ss", "2/1/2006 15:04:05"},
	{"MM/DD/YYYY hh:mm:ss A", "01/02/2006 03:04:05 PM"},
	{"MM-DD-YY HH:mm:ss", "01-02-06 15:04:05"},
	{"D.M.YYYY HH:mm:ss", "2.1.2006 15:04:05"},
	{"DD MMM YYYY HH:mm:ss", "02 Jan 2006 15:04:05"},
	{"dddd, D MMMM YYYY HH:mm:ss", "Monday, 2 January 2006 15:04:05"},
	{"ddd, DD MMM YYYY HH:mm:ss Z", "Mon, 02 Jan 2006 15:04:05 -0700"},
	{"YYYYMMDDHHmmss", "20060102150405"},
	{"YYYY年M月D日 HH:mm:ss", "2006年1月2日 15:04:05"},
	{"HH:mm:ss DD/MM/YYYY", "15:04:05 02/01/2006"},
	{"YYYY-MM-DD[T]HH:mm:ss.SSSZ", "2006-01-02T15:04:05.000Z07:00"},
}

// anyTime draws a second of this century, for years of two digits as well.
func anyTime(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(946_684_800, 4_102_444_799).Draw(t, "second"), 0).UTC()
}

func TestDateWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		style := rapid.SampledFrom(dateStyles).Draw(t, "style")
		want := anyTime(t)
		written := want.Format(style.golang)
		format, err := ParseFormat(style.layout)
		if err != nil {
			t.Fatal(err)
		}
		got, err := format.Read([]byte(written), cell.Text, Context{Zone: Zone{Location: time.UTC}})
		if err != nil || !got.Equal(want) {
			t.Fatalf("%q as %q: got %v, %v; want %v", written, style.layout, got, err, want)
		}
	})
}

func TestUnixTimeIsRead(t *testing.T) {
	seconds, _ := ParseFormat("unix")
	millis, _ := ParseFormat("unix_ms")
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Int64Range(365*86400, 9_999_999_999).Draw(t, "second")
		got, err := seconds.Read(strconv.AppendInt(nil, want, 10), cell.Number, Context{})
		if err != nil || got.Unix() != want {
			t.Fatalf("%d seconds: got %v, %v", want, got, err)
		}
		if want < 10_000_000 {
			return
		}
		got, err = millis.Read(strconv.AppendInt(nil, want*1000+7, 10), cell.Text, Context{})
		if err != nil || got.UnixMilli() != want*1000+7 {
			t.Fatalf("%d milliseconds: got %v, %v", want*1000+7, got, err)
		}
	})
}

// A column that writes day first, month first or year first is read as it was written, or asked
// about.
func TestDateColumnIsProvedOrAskedAbout(t *testing.T) {
	layouts := []string{"02/01/2006", "01/02/2006", "2.1.2006", "1/2/06", "02-01-06", "06-01-02",
		"2006-01-02", "02012006",
		"01022006", "2 Jan 2006", "January 2, 2006", "02-Jan-06", "2006/1/2", "20060102",
		"2 January 2006 at 3:04 PM",
		"Mon, 02 Jan 2006 15:04:05 -0700", "2006年1月2日"}
	rapid.Check(t, func(t *rapid.T) {
		layout := rapid.SampledFrom(layouts).Draw(t, "layout")
		var proof Proof
		var days []time.Time
		var column []string
		for row := range rapid.IntRange(1, 6).Draw(t, "rows") {
			day := anyTime(t).Truncate(24 * time.Hour)
			days, column = append(days, day), append(column, day.Format(layout))
			proof.Observe(row+1, []byte(column[row]), cell.Text)
		}
		format, open := proof.Resolve()
		if open != nil {
			if open.Contradiction {
				t.Fatalf("column %q contradicts itself: %+v", column, open)
			}
			return
		}
		context := Context{Zone: Zone{Location: time.UTC}, TimeOfDay: Clock{Set: true}}
		for i := range column {
			got, err := format.Read([]byte(column[i]), cell.Text, context)
			if err != nil || !got.Truncate(24*time.Hour).Equal(days[i]) {
				t.Fatalf("column %q proved as %q: %q gives %v, %v; want %v", column,
					format.String(), column[i], got, err, days[i])
			}
		}
		checkProvedLayout(t, format, column, context)
	})
}

// checkProvedLayout fails if the layout that a proof names reads the column differently when a
// mapping fixes it.
func checkProvedLayout(t *rapid.T, format Format, column []string, context Context) {
	if format.String() == "" {
		return
	}
	pinned, err := ParseFormat(format.String())
	if err != nil {
		t.Fatalf("column %q proved as %q: %v", column, format.String(), err)
	}
	for _, value := range column {
		want, _ := format.Read([]byte(value), cell.Text, context)
		if got, err := pinned.Read([]byte(value), cell.Text, context); err != nil ||
			!got.Equal(want) {
			t.Fatalf("%q as %q: got %v, %v; want %v", value, format.String(), got, err, want)
		}
	}
}

// A single value that is a day in two orders is never read without a question.
func TestDateOfTwoReadingsIsNeverGuessed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second := rapid.IntRange(1, 31).Draw(t, "first"),
			rapid.IntRange(1, 31).Draw(t, "second")
		separator := rapid.SampledFrom([]string{"/", "-", ".", " "}).Draw(t, "separator")
		text := strconv.Itoa(first) + separator + strconv.Itoa(second) + separator + "2026"
		_, dayFirst := time.Parse("2-1-2006", strings.ReplaceAll(text, separator, "-"))
		_, monthFirst := time.Parse("1-2-2006", strings.ReplaceAll(text, separator, "-"))
		var proof Proof
		proof.Observe(1, []byte(text), cell.Text)
		format, open := proof.Resolve()
		if wantOpen := dayFirst == nil && monthFirst == nil &&
			first != second; (open != nil) != wantOpen {
			t.Fatalf("%q: got question %+v", text, open)
		}
		var unpinned Format
		if _, err := unpinned.Read([]byte(text), cell.Text, Context{}); !errors.Is(err, errNoISO) {
			t.Fatalf("%q read without a format: %v", text, err)
		}
		_, err := format.Read([]byte(text), cell.Text,
			Context{Zone: Zone{Location: time.UTC}, TimeOfDay: Clock{Set: true}})
		if open == nil && (err == nil) != (dayFirst == nil || monthFirst == nil) {
			t.Fatalf("%q proved as %q: %v", text, format.String(), err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, style := range dateStyles {
		f.Add(style.golang, style.layout)
	}
	f.Add("2026年11月5日", "YYYY年M月D日")
	f.Add("105", "DDMM")
	f.Add("1-1-10", "D-M-YY")
	f.Add("5 de março de 2026", "D [de] MMMM [de] YYYY")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	context := Context{Zone: Zone{Location: berlin}, TimeOfDay: Clock{Set: true, Hour: 12},
		Year: 2018}
	f.Fuzz(func(t *testing.T, text, layout string) {
		format, err := ParseFormat(layout)
		if err == nil {
			got, err := format.Read([]byte(text), cell.Text, context)
			if err == nil && (got.Year() < 1970 || got.Year() > 10000) {
				t.Fatalf("%q as %q: got %v", text, layout, got)
			}
		}
		var proof Proof
		proof.Observe(1, []byte(text), cell.Text)
		proved, open := proof.Resolve()
		if open != nil {
			last := len(open.Examples) - 1
			if last < 1 || open.Examples[0].Result == open.Examples[last].Result {
				t.Fatalf("%q: a question without readings: %+v", text, open)
			}
			return
		}
		if _, err := proved.Read([]byte(text), cell.Text, context); err == nil &&
			proved.String() != "" {
			if _, err := ParseFormat(proved.String()); err != nil {
				t.Fatalf("%q proved as %q: %v", text, proved.String(), err)
			}
		}
		ReadClock([]byte(text), cell.Text)
		ParseZone(text)
	})
}
