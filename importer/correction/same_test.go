package correction

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ableimport/importer/table"
)

func TestSpreadsheetsOwnWritingIsNoChange(t *testing.T) {
	for _, test := range []struct {
		was, is string
		want    bool
	}{
		{"1.50", "1.5", true},
		{"1.50", "1,5", true},
		{"00123", "123", true},
		{"1,234.50", "1234.5", true},
		{"1.234,50", "1234,5", true},
		{"4111111111111111111", "4111111111111110000", true},
		{"12345678901", "1.23457E+10", true},
		{"2025-11-03", "11/3/2025", true},
		{"2025-11-03", "03.11.25", true},
		{"2025-11-03 10:00:00", "11/3/2025 10:00", true},
		{"11/3/2025 1:05 PM", "11/3/2025 13:05:00", true},
		{"1.234", "1234", true}, // points between thousands
		{"1-2", "2-Jan", true},
		{"3/4", "03/04/2026", true},
		{"1.50", "Jan 50", true},
		{"12.5", "12. Mai", true},
		{"true", "WAHR", true},
		{"50%", "50.00%", true},
		{"", "", true},

		{"1.50", "1.51", false},
		{"3/4", "03/05/2026", false},
		{"03/11/2025", "11/03/2025", false},
		{"2025-11-03", "2025-03-11", false},
		{"2025-11-03 10:00:00", "2025-11-03 10:01", false},
		{"INV-1", "INV-01", false},
		{"twelve", "12", false},
		{"", "0", false},
		{"0", "", false},
		{"-5", "5", false},
		{"4111111111111111111", "4111111111111120000", false},
	} {
		same, _ := sameCell([]byte(test.was), table.Text, []byte(test.is), table.Text, true)
		if same != test.want {
			t.Errorf("%q written as %q: same is %v, want %v", test.was, test.is, same, test.want)
		}
	}
}

func TestWorkbooksKeepTexts(t *testing.T) {
	if same, _ := sameCell([]byte("1.50"), table.Text, []byte("1.5"), table.Text, false); same {
		t.Error("a text that was changed in a workbook does not count as a change")
	}
	if same, _ := sameCell([]byte("1.5"), table.Number, []byte("1,5"), table.Text, false); !same {
		t.Error("a number with a decimal comma is a change")
	}
}

// Whatever a program with one of the settings takes for a number or a date, it may write in any of
// its ways.
func TestWrittenBySpreadsheet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(locales).Draw(t, "locale")
		whole := rapid.Int64Range(0, 99_999_999).Draw(t, "whole")
		cents := rapid.IntRange(0, 99).Draw(t, "cents")
		was := fmt.Sprintf("%d%s%02d", whole, l.decimal, cents)
		if rapid.Bool().Draw(t, "zeros") {
			was = "00" + was
		}
		is := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d%s%02d", whole, l.decimal, cents),
			"0"), l.decimal)
		if is == "" || whole == 0 && cents == 0 {
			is = "0"
		} else if cents == 0 {
			is = fmt.Sprint(whole)
		}
		if same, _ := sameCell([]byte(was), table.Text, []byte(is), table.Text, true); !same {
			t.Fatalf("%q written as %q is a change", was, is)
		}
		other := fmt.Sprintf("%d%s%02d", whole+1, l.decimal, cents)
		if same, _ := sameCell([]byte(was), table.Text, []byte(other), table.Text, true); same {
			t.Fatalf("%q changed to %q is none", was, other)
		}

		at := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "time"), 0).UTC()
		layouts := []string{"2006-01-02 15:04:05", "1/2/2006 15:04", "1/2/06 3:04:05 PM",
			"01/02/2006 15:04:05"}
		if l.dayFirst {
			layouts = []string{"2006-01-02 15:04:05", "02.01.2006 15:04", "2/1/06 15:04:05",
				"02-01-2006 15:04:05"}
		}
		read, wrote := rapid.SampledFrom(layouts).Draw(t, "read"),
			rapid.SampledFrom(layouts).Draw(t, "wrote")
		if same, _ := sameCell([]byte(at.Format(read)), table.Text, []byte(at.Format(wrote)),
			table.Text, true); !same {
			t.Fatalf("%q written as %q is a change", at.Format(read), at.Format(wrote))
		}
		later := at.Add(time.Hour).Format(wrote)
		if same, _ := sameCell([]byte(at.Format(wrote)), table.Text, []byte(later), table.Text,
			true); same {
			t.Fatalf("%q changed to %q is none", at.Format(wrote), later)
		}
	})
}

func FuzzSameCell(f *testing.F) {
	f.Add("1.50", "1,5")
	f.Add("2025-11-03", "3.11.25 10:00")
	f.Fuzz(func(t *testing.T, was, is string) {
		sameCell([]byte(was), table.Text, []byte(is), table.Text, true) // must end
		if same, exact := sameCell([]byte(was), table.Number, []byte(was), table.Text,
			false); !same || !exact {
			t.Errorf("%q is not itself", was)
		}
	})
}
