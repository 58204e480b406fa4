package mapping

import (
	"fmt"
	"strings"
	"testing"
)

// Words for zones are told what they mean, wherever they stand: in a column, or behind the times themselves.
func TestZoneWordsAreToldApart(t *testing.T) {
	header := shopHeader + "|Paid"
	source := func(options string) string {
		return strings.Replace(minimal, "  keys:", "  event_time: {column: Paid"+options+"}\n  keys:", 1)
	}
	for _, test := range []struct{ name, options, paid, want string }{
		{"one that several places use", "", "2026-11-03 10:00 IST", "zone_unknown IST"},
		{"one that nobody knows", "", "2026-11-03 10:00 XYZ", "zone_unknown XYZ"},
		{"one that is told", ", timezones: {IST: Europe/Dublin}", "2026-11-03 10:00 IST", "1793700000"},
		{"another than is told", ", timezones: {IST: Europe/Dublin}", "2026-11-03 10:00 CST", "zone_unknown CST"},
		{"one that was not in force", "", "2026-07-03 10:00 PST", "zone_unknown PST"},
		{"and what it is told to be", `, timezones: {PST: "-08:00"}`, "2026-07-03 10:00 PST", "1783101600"},
		{"what is no word for a zone", "", "yesterday", "date_invalid "},
		{"an address in a column of zones", ", timezone_column: Email", "2026-11-03 10:00", "zone_unknown "},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, source(test.options), header, "1001 | 10.00 | USD | a@example.com | "+test.paid)
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
