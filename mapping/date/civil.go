package date

import (
	"errors"
	"fmt"
	"time"

	"ableimport/mapping/cell"
)

// Civil is a date and time as the cell shows it, which needs a zone to be a
// point in time.
type Civil struct {
	Year, Month, Day int // year 0: the value has none
	Clock            Clock
	half             bool   // there was AM or PM with the clock
	ZoneWord         []byte // the value's own: "PST"
	offset           int    // seconds east of UTC, when hasOffset
	HasOffset        bool
}

// instant is the point in time that a value means.
func (f *Format) instant(when *Civil, c *Context) (time.Time, error) {
	if when.Year == 0 {
		when.Year = c.Year
	}
	if when.Year == 0 && c.YearAbove {
		return time.Time{}, errNoAbove
	}
	if when.Year == 0 {
		return time.Time{}, errNoYear
	}
	if !validDay(when.Year, when.Month, when.Day) {
		return time.Time{}, errNoDay
	}

	nominal, err := when.takeClock(c)
	if err != nil {
		return time.Time{}, err
	}

	seconds := daysSince1970(when.Year, when.Month, when.Day)*86400 +
		when.Clock.seconds()
	if when.HasOffset {
		seconds -= int64(when.offset)
	} else {
		seconds, err = f.utc(seconds, when, c, nominal)
	}

	// Many exporters turn empty and zero dates into 1970.
	const start1971 = 365 * 86400
	switch {
	case err != nil && !errors.Is(err, errTwice):
		return time.Time{}, err
	case seconds < start1971:
		return time.Time{}, errTooEarly
	}

	return time.Unix(seconds, int64(when.Clock.nanosecond)).UTC(), err
}

// utc converts a local time by the zone of the value or, failing that, of the context.
func (f *Format) utc(local int64, when *Civil, c *Context, nominal bool) (int64, error) {
	place := c.Zone
	if len(when.ZoneWord) > 0 {
		zones, err := c.Zones, error(nil)
		if zones == nil {
			zones = &f.zones
		}
		if place, err = zones.Read(when.ZoneWord); err != nil {
			return 0, when.unclearZone(err)
		}
	}
	return f.window.utc(local, place, nominal, c.Repeated)
}

// unclearZone words the error of a word after a clock. It does not call it a zone if it may be AM
// or PM.
func (when *Civil) unclearZone(err error) error {
	zone := new(ZoneError)
	if errors.As(err, &zone) && zone.unknown && when.canBeHalf() {
		word := cell.Visible(cell.MaskStray(string(when.ZoneWord)))
		return fmt.Errorf("has %q after its time, which can be half of a day or a time zone; "+
			"write AM or PM, or say which zone it is: timezones: {%s: Europe/Berlin}", word, word)
	}
	return fmt.Errorf("has a time zone that is not clear: %w", err)
}

// takeClock completes a date with the time of its column or of the mapping. A nominal time was
// never read from a clock.
func (when *Civil) takeClock(c *Context) (nominal bool, err error) {
	own, column := when.Clock, c.TimeColumn
	switch {
	case column.Set && (!own.Set || own.midnight()):
		when.Clock = column
	case column.Set && own != column:
		return false, errTwoTimes
	case own.Set:
	case c.TimeOfDay.Set:
		when.Clock = c.TimeOfDay
		return true, nil
	default:
		return false, errNoTime
	}

	return false, nil
}

func (c Clock) midnight() bool { return c == Clock{Set: true} }

func (c Clock) seconds() int64 { return int64(c.Hour)*3600 + int64(c.minute)*60 + int64(c.second) }

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

// noSuchYear is the year of 0000-00-00, which is not the same as no year.
const noSuchYear = -1

// checkDay refuses days that no calendar has. While the year is missing, 29 February may be one.
func (when *Civil) checkDay() error {
	const leapYear = 2000
	year := when.Year
	if year == 0 {
		year = leapYear
	}
	if !validDay(year, when.Month, when.Day) {
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
