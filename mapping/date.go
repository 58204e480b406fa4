package mapping

import (
	"errors"
	"time"
)

// dateFormat says how a column writes dates. The zero value reads ISO dates
// and the typed cells of spreadsheets only.
type dateFormat struct{ layout string }

// clock is a time of day.
type clock struct {
	set                  bool
	hour, minute, second int
	nanosecond           int
}

// dateContext is what a date value may lack.
type dateContext struct {
	zone       zone  // for values without an offset
	timeOfDay  clock // for values without a time
	timeColumn clock // the time when it stands in a column of its own
	year       int   // for layouts without a year; 0: none
}

// parseDateFormat takes a layout of tokens ("DD/MM/YYYY HH:mm"), or one of
// "iso", "unix", "unix_ms".
func parseDateFormat(layout string) (dateFormat, error) { return dateFormat{}, errors.New("not yet") }

// read returns the time in a cell, in UTC.
func (f *dateFormat) read(cell []byte, kind byte, c dateContext) (time.Time, error) {
	return time.Time{}, errors.New("not yet")
}

// readClock returns a time of day that stands alone: "14:30", "2:30:00 PM".
func readClock(cell []byte, kind byte) (clock, error) { return clock{}, errors.New("not yet") }

// String is the layout, as it stands in a mapping.
func (f dateFormat) String() string { return f.layout }
