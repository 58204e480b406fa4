package prepare

import (
	"strconv"
	"time"

	"ableimport/mapping"
)

// latestSeconds is far above any day in seconds: greater numbers are milliseconds.
const latestSeconds = 100_000_000_000

// When says for people what an event has as its time, as the clocks of a zone show it: "6 Dec 2025,
// 16:37:33 Europe/Berlin". It is "" for any other field.
func When(use mapping.CellUse, zone *time.Location) string {
	if use.Field != "event_time" {
		return ""
	}

	moment, err := time.Parse(time.RFC3339Nano, use.Result)
	if seconds, numeric := strconv.ParseInt(use.Result, 10, 64); numeric == nil {
		moment, err = time.Unix(seconds, 0), nil
		if seconds > latestSeconds || seconds < -latestSeconds {
			moment = time.UnixMilli(seconds)
		}
	}

	if err != nil {
		return ""
	}

	return moment.In(zone).Format("2 Jan 2006, 15:04:05 ") + zone.String()
}
