package prepare

import (
	"testing"
	"time"

	"ableimport/mapping"
)

func TestWhen(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		field, result string
		zone          *time.Location
		want          string
	}{
		{"event_time", "1765035453", berlin, "6 Dec 2025, 16:37:33 Europe/Berlin"},
		{"event_time", "1765035453", time.UTC, "6 Dec 2025, 15:37:33 UTC"},
		{"event_time", "1765035453000", time.UTC, "6 Dec 2025, 15:37:33 UTC"},
		{"event_time", "2025-12-06T10:37:33-05:00", berlin, "6 Dec 2025, 16:37:33 Europe/Berlin"},
		{"event_time", "-86400", time.UTC, "31 Dec 1969, 00:00:00 UTC"},
		{"event_time", "•••", time.UTC, ""},
		{"deal_value", "1765035453", time.UTC, ""},
	} {
		if got := When(mapping.CellUse{Field: test.field, Result: test.result},
			test.zone); got != test.want {
			t.Errorf("When(%s, %s) = %q, want %q", test.field, test.result, got, test.want)
		}
	}
}
