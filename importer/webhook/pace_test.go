package webhook

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestAskedWait(t *testing.T) {
	tests := []struct {
		name   string
		status int
		fields fields
		want   time.Duration
	}{
		{"seconds", 429, fields{retryAfter: "7"}, 7 * time.Second},
		{"seconds with spaces", 503, fields{retryAfter: " 7 "}, 7 * time.Second},
		{"date", 503, fields{retryAfter: "Mon, 23 Nov 2026 12:01:00 GMT"}, time.Minute},
		{"date by the receiver's own clock", 503,
			fields{
				retryAfter: "Mon, 23 Nov 2026 10:01:00 GMT", date: "Mon, 23 Nov 2026 10:00:00 GMT",
			}, time.Minute},
		{"date that is over", 503, fields{retryAfter: "Mon, 23 Nov 2026 11:59:00 GMT"}, 0},
		{"zero", 429, fields{retryAfter: "0"}, 0},
		{"negative", 429, fields{retryAfter: "-5"}, 0},
		{"garbage", 429, fields{retryAfter: "soon"}, 0},
		{"fraction", 429, fields{retryAfter: "1.5"}, 0},
		{"a day", 429, fields{retryAfter: "86400"}, 24 * time.Hour},
		{"more than a Duration holds", 429, fields{retryAfter: "9223372036854775807"},
			(1 << 32) * time.Second},
		{"more than 64 bits", 429, fields{retryAfter: "99999999999999999999999"},
			(1 << 32) * time.Second},
		{"500 asks, too", 500, fields{retryAfter: "3"}, 3 * time.Second},
		{"a success does not ask", 200, fields{retryAfter: "3"}, 0},
		{"no status", 0, fields{}, 0},
		{"limit used up", 200, fields{limit: `"default";r=0;t=30`}, 30 * time.Second},
		{"limit not used up", 200, fields{limit: `"default";r=9;t=30`}, 0},
		{"limit of an older draft", 200, fields{limit: "limit=10, remaining=0, reset=12"},
			12 * time.Second},
		{"limit in fields of its own", 200, fields{remaining: "0", reset: "12"}, 12 * time.Second},
		{"limit until a time", 200, fields{remaining: "0", reset: "1795435230"}, 30 * time.Second},
		{"limit until a time that is over", 200, fields{remaining: "0", reset: "1795435100"}, 0},
		{"429 with a limit alone", 429, fields{remaining: "3", reset: "12"}, 12 * time.Second},
		{"429 with both", 429, fields{retryAfter: "2", remaining: "0", reset: "12"},
			2 * time.Second},
		{"limit without reset", 200, fields{remaining: "0"}, 0},
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)))
		for _, test := range tests {
			a := answer{status: test.status, fields: test.fields}
			if got := a.askedWait(); got != test.want {
				t.Errorf("%s: askedWait of %d with %+v = %v, want %v", test.name, test.status,
					test.fields, got, test.want)
			}
		}
	})
}
