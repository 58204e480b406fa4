package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// dateFormat says how a column writes dates. The zero value reads ISO dates
// and the typed cells of spreadsheets only. A dateFormat is for one goroutine:
// it remembers what it found out about its zone.
type dateFormat struct {
	mode   dateMode
	layout string
	tokens []dateToken
	order  dateOrder // of dateProved
	window zoneWindow
	zones  zoneReader // of contexts without one
}

type dateMode byte

const (
	dateISO    dateMode = iota // 2025-12-01, with time and offset or without
	dateLayout                 // the tokens of a layout
	dateProved                 // any way of writing, with a proved order of day and month
	dateUnix                   // seconds since 1970
	dateMillis                 // milliseconds since 1970
)

// clock is a time of day.
type clock struct {
	set                  bool
	hour, minute, second int8
	nanosecond           int32
}

// dateContext is what a date value may lack.
type dateContext struct {
	zone       zone        // for values without an offset
	zones      *zoneReader // for zones that stand in the value; nil: the mapping has no words for them
	timeOfDay  clock       // for values without a time
	timeColumn clock       // the time when it stands in a column of its own
	year       int         // for layouts without a year; 0: none
	yearAbove  bool        // it was to be found above the header
}

var (
	errNotDate  = errors.New("is not a date")
	errNoISO    = errors.New("is not a date as YYYY-MM-DD; say how dates are written, such as date: \"DD/MM/YYYY\"")
	errNoDay    = errors.New("is not a day of the calendar")
	errNoClock  = errors.New("is not a time of day")
	errNoYear   = errors.New("has no year; say it with the field, as in {column: Date, year: 2018}")
	errNoAbove  = errors.New("has no year, and the rows above the header name none, or several; say it with the field, as in {column: Date, year: 2018}")
	errNoTime   = errors.New("has no time of day; say which to take: time_of_day: \"12:00\"")
	errNoZone   = errors.New("has no time zone; say where its clock stood: timezone: Europe/Berlin")
	errTwoTimes = errors.New("has a time of day of its own, other than the time column")
	errTooEarly = errors.New("lies before 1971, as empty dates do that were read as 0")
	errMillis   = errors.New("is too large for seconds since 1970; milliseconds are date: unix_ms")
	errSeconds  = errors.New("is too small for milliseconds since 1970; seconds are date: unix")
)

// parseDateFormat takes a layout of tokens ("DD/MM/YYYY HH:mm"), or one of
// "iso", "unix" and "unix_ms". Tokens are YYYY YY, MMMM MMM MM M, DD D, dddd
// ddd, HH H hh h, mm, ss, S (decimals of the second), A (AM or PM) and Z (offset
// or zone); text that is no token stands in [brackets]. YY means 20YY.
func parseDateFormat(layout string) (dateFormat, error) {
	switch layout {
	case "iso":
		return dateFormat{layout: layout}, nil
	case "unix":
		return dateFormat{mode: dateUnix, layout: layout}, nil
	case "unix_ms":
		return dateFormat{mode: dateMillis, layout: layout}, nil
	}
	tokens, err := parseLayout(layout)
	return dateFormat{mode: dateLayout, layout: layout, tokens: tokens}, err
}

// String is the layout, as it stands in a mapping. It is empty for a column of
// dates that are written in words or in several ways.
func (f *dateFormat) String() string {
	if f.mode == dateISO {
		return "iso"
	}
	return f.layout
}

// read returns the time in a cell, in UTC. A time that the clocks of its zone
// showed twice comes with the earlier of both and an error that is errTwice.
func (f *dateFormat) read(cell []byte, kind byte, c dateContext) (time.Time, error) {
	var when civil
	err := f.scan(&when, cell, kind)
	if err != nil {
		return time.Time{}, err
	}
	result, err := f.instant(&when, &c)
	if err != nil {
		err = problem(cell, err)
	}
	return result, err
}

// scan reads what stands in the cell: calendar and clock, not yet a time.
func (f *dateFormat) scan(when *civil, cell []byte, kind byte) error {
	mode := f.mode
	switch kind {
	case KindText:
	case KindDate, KindDateTime:
		mode = dateISO
	case KindNumber:
		if mode == dateISO {
			return kindError(cell, kind, "a date")
		}
	default:
		return kindError(cell, kind, "a date")
	}
	text := bytes.TrimSpace(cell)
	if len(text) == 0 {
		return errEmpty
	}
	err := f.scanText(when, text, mode)
	if err == errNotDate && !isASCII(text) {
		var buffer [96]byte
		if text, ok := plainText(buffer[:0], text); ok {
			*when = civil{}
			err = f.scanText(when, text, mode)
		}
	}
	switch {
	case err == nil:
		return nil
	case err != errNotDate:
	case mode == dateLayout:
		return fmt.Errorf("%s does not fit the date format %q", inQuotes(cell), f.layout)
	case mode == dateISO:
		err = errNoISO
	}
	return problem(cell, err)
}

func (f *dateFormat) scanText(when *civil, text []byte, mode dateMode) error {
	switch mode {
	case dateLayout:
		return when.scanLayout(text, f.tokens)
	case dateProved:
		if err := when.scanISO(text); err != errNotDate {
			return err
		}
		return when.scanProved(text, f.order)
	case dateUnix, dateMillis:
		return when.scanUnix(text, mode == dateMillis)
	}
	return when.scanISO(text)
}
