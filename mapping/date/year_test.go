package date

import (
	"fmt"
	"strings"
	"testing"
)

func TestYearAbove(t *testing.T) {
	for _, test := range []struct {
		name  string
		above string
		want  string
	}{
		{"days of one year", "EXTF|700|20260306102500000|1001|20260101|4|20260201|20260228",
			"2026 [20260101 20260201 20260228]"},
		{"days of two years", "20260701|20270101", "0 []"},
		{"a number that may be a year beside a day", "2015|20260101", "2026 [20260101]"},
		{"a year alone", "Sales from January to March 2026", "2026 [2026]"},
		{"two years", "2025/2026", "0 []"},
		{"numbers that are no years", "1001|4711|20269999|18991231", "0 []"},
		{"nothing", "", "0 []"},
	} {
		year, words := YearAbove([][]string{{"Title"}, strings.Split(test.above, "|")})
		if got := fmt.Sprint(year, " ", words); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
