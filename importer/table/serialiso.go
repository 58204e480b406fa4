package table

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// setISO reads a cell of type d: a date, a time or both as ISO 8601 has them.
func (s *sheetReader) setISO(cell *sheetCell, raw []byte) {
	var format numberFormat
	if cell.style < len(s.book.formats) {
		format = s.book.formats[cell.style]
	}
	from := len(s.row.text)
	text, kind := appendISO(s.row.text, raw, format)
	if kind == Empty {
		s.fail(cell, raw, "should be an ISO date")
		return
	}
	s.row.text = text
	s.row.set(cell.column, text[from:], kind)
}

// appendISO writes the date as the table has dates. One with a zone stays text: our dates have none, and it must not be
// lost. So does a duration that is no number of hours, such as a month. Kind Empty: it is none of these.
func appendISO(dst, raw []byte, format numberFormat) ([]byte, byte) {
	if duration, found := parseISODuration(raw); found {
		if duration == nil {
			return append(dst, raw...), Text
		}
		if !format.split {
			duration.roundUp(true)
		}
		return appendDuration(dst, *duration), Duration
	}

	raw = bytes.Replace(raw, []byte(" "), []byte("T"), 1)
	if at, err := time.Parse("2006-01-02", string(raw)); err == nil {
		return at.AppendFormat(dst, "2006-01-02"), Date
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if at, err := time.Parse(layout, string(raw)); err == nil {
			return shownSecond(at, format).AppendFormat(dst, "15:04:05.999"), Time
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, string(raw)); err == nil {
			return appendISOTime(dst, shownSecond(at, format), format)
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if _, err := time.Parse(layout, string(raw)); err == nil {
			return append(dst, raw...), Text
		}
	}
	return dst, Empty
}

// shownSecond rounds up to the second that is shown, where the format shows no fractions of one.
func shownSecond(at time.Time, format numberFormat) time.Time {
	at = at.Round(time.Millisecond)
	if second := at.Round(time.Second); second.Sub(at) < 500*time.Millisecond && second.After(at) && !format.split {
		return second
	}
	return at
}

// isoDuration matches a duration as ISO 8601 writes it, and as clocks do that go beyond 24 hours.
var isoDuration = regexp.MustCompile(`^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?` +
	`(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?)?$`)

var longClock = regexp.MustCompile(`^(-?)(\d{2,}):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$`)

// parseISODuration reads PT26H30M, or 26:30:00. A nil duration that is found has years or months, which are no number of
// days, or is longer than any calendar.
func parseISODuration(raw []byte) (duration *serial, found bool) {
	var sign, fraction string
	var counts [5]string // of weeks, days, hours, minutes, seconds
	if clock := longClock.FindSubmatch(raw); clock != nil && (len(clock[1]) > 0 || string(clock[2]) >= "24" || len(clock[2]) > 2) {
		sign, fraction = string(clock[1]), string(clock[5])
		counts = [5]string{2: string(clock[2]), 3: string(clock[3]), 4: string(clock[4])}
	} else if parts := isoDuration.FindStringSubmatch(string(raw)); parts != nil {
		if !strings.ContainsAny(string(raw), "0123456789") {
			return nil, false
		}
		if parts[2] != "" || parts[3] != "" {
			return nil, true
		}
		sign, fraction = parts[1], parts[9]
		counts = [5]string(parts[4:9])
	} else {
		return nil, false
	}

	var millis int64
	for i, unit := range []int64{7 * millisPerDay, millisPerDay, millisPerDay / 24, 60_000, 1000} {
		if counts[i] == "" {
			continue
		}
		count, err := strconv.ParseInt(counts[i], 10, 40)
		if err != nil || count > lastSerial*millisPerDay/unit {
			return nil, true
		}
		millis += count * unit
	}
	if fraction != "" {
		thousandths, _ := strconv.ParseInt((fraction + "000")[:3], 10, 64) // the pattern allows digits only
		millis += thousandths
	}
	return &serial{negative: sign == "-", days: millis / millisPerDay, millis: millis % millisPerDay}, true
}

// appendISOTime leaves out a midnight that the format does not show.
func appendISOTime(dst []byte, at time.Time, format numberFormat) ([]byte, byte) {
	midnight := at.Truncate(24 * time.Hour).Equal(at)
	if midnight && format.date && !format.time {
		return at.AppendFormat(dst, "2006-01-02"), Date
	}
	return at.AppendFormat(dst, "2006-01-02T15:04:05.999"), DateTime
}
