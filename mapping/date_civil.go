package mapping

import (
	"errors"
	"fmt"
	"time"
)

// civil is a date and time as the cell shows it, which needs a zone to be a
// point in time.
type civil struct {
	year, month, day int // year 0: the value has none
	clock            clock
	zoneWord         []byte // the value's own: "PST"
	offset           int    // seconds east of UTC, when hasOffset
	hasOffset        bool
}

// instant is the point in time that a value means.
func (f *dateFormat) instant(when *civil, c *dateContext) (time.Time, error) {
	if when.year == 0 {
		when.year = c.year
	}
	if when.year == 0 && c.yearAbove {
		return time.Time{}, errNoAbove
	}
	if when.year == 0 {
		return time.Time{}, errNoYear
	}
	if !validDay(when.year, when.month, when.day) {
		return time.Time{}, errNoDay
	}
	nominal, err := when.takeClock(c)
	if err != nil {
		return time.Time{}, err
	}
	seconds := daysSince1970(when.year, when.month, when.day)*86400 +
		when.clock.seconds()
	if when.hasOffset {
		seconds -= int64(when.offset)
	} else {
		seconds, err = f.utc(seconds, when, c, nominal)
	}
	// 1970 is what empty and zero dates become in many exporters.
	const start1971 = 365 * 86400
	switch {
	case err != nil && !errors.Is(err, errTwice):
		return time.Time{}, err
	case seconds < start1971:
		return time.Time{}, errTooEarly
	}
	return time.Unix(seconds, int64(when.clock.nanosecond)).UTC(), err
}

// utc takes a local time by the zone of the value or, failing that, of the
// context.
func (f *dateFormat) utc(local int64, when *civil, c *dateContext, nominal bool) (int64, error) {
	place := c.zone
	if len(when.zoneWord) > 0 {
		zones, err := c.zones, error(nil)
		if zones == nil {
			zones = &f.zones
		}
		if place, err = zones.read(when.zoneWord); err != nil {
			return 0, fmt.Errorf("has a time zone that is not clear: %w", err)
		}
	}
	return f.window.utc(local, place, nominal)
}

// takeClock completes a date by the time of its column or of the mapping. A
// nominal time was never read from a clock.
func (when *civil) takeClock(c *dateContext) (nominal bool, err error) {
	own, column := when.clock, c.timeColumn
	switch {
	case column.set && (!own.set || own.midnight()):
		when.clock = column
	case column.set && own != column:
		return false, errTwoTimes
	case own.set:
	case c.timeOfDay.set:
		when.clock = c.timeOfDay
		return true, nil
	default:
		return false, errNoTime
	}
	return false, nil
}

func (c clock) midnight() bool { return c == clock{set: true} }

func (c clock) seconds() int64 { return int64(c.hour)*3600 + int64(c.minute)*60 + int64(c.second) }

// daysSince1970 counts days of the Gregorian calendar, from years that begin
// in March so that the leap day comes last (Hinnant, "chrono-Compatible
// Low-Level Date Algorithms", days_from_civil).
func daysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	return int64(year*365+year/4-year/100+year/400+dayOfYear) - 719468
}

// noSuchYear is the year of 0000-00-00, which is not the same as none.
const noSuchYear = -1

// checkDay refuses days that no calendar has. While the year is missing, 29
// February may be one.
func (when *civil) checkDay() error {
	const leapYear = 2000
	year := when.year
	if year == 0 {
		year = leapYear
	}
	if !validDay(year, when.month, when.day) {
		return errNoDay
	}
	return nil
}

var monthLengths = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func validDay(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || year < 1 {
		return false
	}
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return day <= 29
	}
	return day <= monthLengths[month]
}
