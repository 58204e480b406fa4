package table

import (
	"bytes"
	"math/bits"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// serial is a date serial: days since the workbook's epoch, and the rest of the day in
// milliseconds. Spreadsheets store no finer time.
type serial struct {
	negative bool
	days     int64
	millis   int64
}

const (
	millisPerDay = 24 * 60 * 60 * 1000
	lastSerial   = 2958465 // 9999-12-31
	shift1904    = 1462    // days between the two epochs
)

// parseSerial reads plain decimal text. Not ok: more days than any calendar has.
func parseSerial(number []byte) (s serial, ok bool) {
	if len(number) > 0 && number[0] == '-' {
		s.negative = true
		number = number[1:]
	}

	i := 0
	for ; i < len(number) && number[i] != '.'; i++ {
		if s.days = s.days*10 + int64(number[i]-'0'); s.days > 1e9 {
			return s, false
		}
	}

	var fraction, scale uint64 = 0, 1
	for i++; i < len(number) && scale < 1e15; i++ {
		fraction, scale = fraction*10+uint64(number[i]-'0'), scale*10
	}

	high, low := bits.Mul64(fraction, millisPerDay)
	low, carry := bits.Add64(low, scale/2, 0)
	millis, _ := bits.Div64(high+carry, low, scale)
	s.millis = int64(millis)
	if s.millis == millisPerDay {
		s.days, s.millis = s.days+1, 0
	}
	return s, true
}

// roundUp rounds up to the second that a spreadsheet shows without fractions: what a program stores
// for 18:00:00 may be a little less. A fraction that would be rounded down is kept, for whoever
// wants it. A format without a clock goes on showing the day before, however close midnight is.
func (s *serial) roundUp(clock bool) {
	missing := 1000 - s.millis%1000
	switch {
	case missing > 500:
	case s.millis+missing < millisPerDay:
		s.millis += missing
	case clock && missing < 500: // half a second is not enough to make it another day
		s.days, s.millis = s.days+1, 0
	}
}

// appendTemporal writes the number as what its format shows it to be, with its kind. A format never
// hides what the value holds: a date format over a value with a time of day gives a DateTime, and
// so does a time format over more than a day. What is not a date, such as a negative one or the
// 29th of February 1900, becomes an Error.
func appendTemporal(dst, number []byte, format numberFormat, from1904 bool) ([]byte, byte) {
	s, ok := parseSerial(number)
	return appendSerial(dst, number, s, ok, format, from1904)
}

// appendSerial is appendTemporal for a number that was read; not ok: it is beyond any calendar.
func appendSerial(
	dst, number []byte, s serial, ok bool, format numberFormat, from1904 bool,
) ([]byte, byte) {
	if !format.split {
		s.roundUp(format.time || format.elapsed)
	}

	switch {
	case ok && format.elapsed:
		return appendDuration(dst, s), Duration
	case !ok || s.negative:
		return appendNoDate(dst, number), Error
	case s.days == 0 && (!format.date || s.millis > 0 && !from1904):
		return appendClock(dst, s.millis), Time
	}

	day, ok := civilDay(s.days, from1904)
	if !ok {
		return appendNoDate(dst, number), Error
	}
	dst = appendDay(dst, day)
	if s.millis == 0 && !format.time {
		return dst, Date
	}
	return appendClock(append(dst, 'T'), s.millis), DateTime
}

// appendNoDate writes what has a date's format and is not a date; spreadsheets show such a cell as
// ####.
func appendNoDate(dst, number []byte) []byte {
	return append(append(dst, "#DATE! "...), number...)
}

// civilDay turns a serial's day into days since 1970-01-01. The 1900 system counts a 29 February
// 1900 that never existed: serials before it are one day ahead, and that day itself is not a date.
func civilDay(days int64, from1904 bool) (int64, bool) {
	switch {
	case from1904:
		days += shift1904
	case days == 0 || days == 60:
		return 0, false
	case days < 60:
		days++
	}
	return days - 25569, days <= lastSerial
}

// appendDay writes days since 1970-01-01 as YYYY-MM-DD, by the calendar arithmetic of Howard
// Hinnant (howardhinnant.github.io/date_algorithms.html); package time costs more than the rest of
// the cell.
func appendDay(dst []byte, day int64) []byte {
	day += 719468
	era := day / 146097
	ofEra := day - era*146097
	yearOfEra := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*ofYear + 2) / 153
	dayOfMonth := ofYear - (153*shifted+2)/5 + 1
	month, year := shifted+3, yearOfEra+era*400
	if month > 12 {
		month, year = month-12, year+1
	}

	dst = appendTwo(appendTwo(dst, year/100), year%100)
	dst = appendTwo(append(dst, '-'), month)
	return appendTwo(append(dst, '-'), dayOfMonth)
}

// appendClock writes a time of day as HH:MM:SS, with a fraction only when there is one.
func appendClock(dst []byte, millis int64) []byte {
	return appendMinutes(appendTwo(dst, millis/3600000), millis%3600000)
}

// appendDuration writes hours beyond 24 as such: 26:30:00.
func appendDuration(dst []byte, s serial) []byte {
	millis := s.days*millisPerDay + s.millis
	if s.negative && millis > 0 {
		dst = append(dst, '-')
	}
	hours := millis / 3600000
	if hours < 100 {
		dst = appendTwo(dst, hours)
	} else {
		dst = strconv.AppendInt(dst, hours, 10)
	}
	return appendMinutes(dst, millis%3600000)
}

func appendMinutes(dst []byte, millis int64) []byte {
	dst = appendTwo(append(dst, ':'), millis/60000)
	dst = appendTwo(append(dst, ':'), millis/1000%60)
	if millis %= 1000; millis > 0 {
		dst = appendTwo(append(dst, '.', byte('0'+millis/100)), millis%100)
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
	}
	return dst
}

func appendTwo(dst []byte, n int64) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

// setISO reads a cell of type d: a date, a time or both in ISO 8601.
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

// appendISO writes the date as the table writes dates. One with a zone stays text: our dates have
// no zone, and it must not be lost. So does a duration that is not a number of hours, such as a
// month. Kind Empty: it is none of these.
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

// shownSecond rounds up to the second that is shown, if the format shows no fractions.
func shownSecond(at time.Time, format numberFormat) time.Time {
	at = at.Round(time.Millisecond)
	second := at.Round(time.Second)
	if !format.split && second.After(at) && second.Sub(at) < 500*time.Millisecond {
		return second
	}
	return at
}

// isoDuration matches a duration as ISO 8601 writes it, and as clocks do that go beyond 24 hours.
var isoDuration = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?` +
		`(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d{1,9}))?S)?)?$`)
})

var longClock = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(-?)(\d{2,}):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$`)
})

// parseISODuration reads PT26H30M, or 26:30:00. A duration that is found but nil has years or
// months, which are not a number of days, or is longer than any calendar.
func parseISODuration(raw []byte) (duration *serial, found bool) {
	var sign, fraction string
	var counts [5]string // of weeks, days, hours, minutes, seconds
	// This is not a time of day: only a clock beyond 24 hours, or with a sign, shows a duration.
	clock := longClock().FindSubmatch(raw)
	isLong := clock != nil &&
		(len(clock[1]) > 0 || string(clock[2]) >= "24" || len(clock[2]) > 2)
	if isLong {
		sign, fraction = string(clock[1]), string(clock[5])
		counts = [5]string{2: string(clock[2]), 3: string(clock[3]), 4: string(clock[4])}
	} else if parts := isoDuration().FindStringSubmatch(string(raw)); parts != nil {
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
		// There is no error: the pattern allows digits only.
		thousandths, _ := strconv.ParseInt((fraction + "000")[:3], 10, 64)
		millis += thousandths
	}
	return &serial{
		negative: sign == "-", days: millis / millisPerDay, millis: millis % millisPerDay,
	}, true
}

// appendISOTime leaves out a midnight that the format does not show.
func appendISOTime(dst []byte, at time.Time, format numberFormat) ([]byte, byte) {
	midnight := at.Truncate(24 * time.Hour).Equal(at)
	if midnight && format.date && !format.time {
		return at.AppendFormat(dst, "2006-01-02"), Date
	}
	return at.AppendFormat(dst, "2006-01-02T15:04:05.999"), DateTime
}
