package mapping

import (
	"fmt"
	"strings"
	"testing"
)

func TestDaysTakeTheYearAbove(t *testing.T) {
	source := strings.Replace(minimal, "  keys:",
		"  event_time: {column: Day, date: DDMM, timezone: UTC, time_of_day: \"12:00\", year: "+
			"above}\n  keys:",
		1)
	header, rows := table(shopHeader+"|Day", shopRow+"|2902")
	for year, want := range map[int]string{
		2024: `"event_time":1709208000`, 2026: "date_invalid",
		0: "and the rows above the header name none, or several",
	} {
		m := bind(t, source, header)
		if !m.NeedsYear() {
			t.Fatal("the mapper does not ask for the year")
		}
		m.UseYear(year)
		var e Event
		m.Map(rows, &e)
		if got := fmt.Sprintf("%s %+v", e.Body, e.Problems); !strings.Contains(got, want) {
			t.Errorf("in %d: %s, want %s", year, got, want)
		}
	}
}
