package date

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"ableimport/mapping/cell"
)

// Format says how a column writes dates. The zero value only reads ISO dates and the typed cells of
// spreadsheets. Only one goroutine may use a Format: it remembers what it has found out about its
// zone.
type Format struct {
	Mode   Mode
	Layout string
	Tokens []dateToken
	Orders [ways]Order // of Proved: in each way of writing, 0 if none is proved
	window zoneWindow
	zones  ZoneReader // of contexts without one
}

// A Mode is the way in which a Format reads dates.
type Mode byte

const (
	ISO        Mode = iota // 2025-12-01, with time and offset or without
	Layout                 // the tokens of a layout
	Proved                 // any way of writing, each with a proved order of day and month
	dateUnix               // seconds since 1970
	dateMillis             // milliseconds since 1970
)

// Clock is a time of day.
type Clock struct {
	Set                  bool
	Hour, minute, second int8
	nanosecond           int32
}

// Context is what a date value may lack.
type Context struct {
	Zone Zone // for values without an offset
	// for zones that are in the value; nil: the mapping has no words for them
	Zones      *ZoneReader
	TimeOfDay  Clock    // for values without a time
	TimeColumn Clock    // the time if it has a column of its own
	Repeated   Repeated // for times that the clocks of the zone showed twice
	Year       int      // for layouts without a year; 0: none
	YearAbove  bool     // it should have been above the header
}

// ErrNoZone is the error of a time for which nothing says where its clock was.
var ErrNoZone = errors.New("has no time zone; say which zone its clock shows: " +
	"timezone: Europe/Berlin")

// Repeated says which of two times is meant if the clocks of a zone showed both alike, in the hour
// that comes twice when they are set back.
type Repeated byte

const (
	AskWhich Repeated = iota // neither can be chosen
	Earlier
	Later
)

var (
	errNotDate = errors.New("is not a date")
	errNoISO   = errors.New("is not a date as YYYY-MM-DD; say how dates are written, such as " +
		"date: \"DD/MM/YYYY\"")
	errNoDay   = errors.New("is not a day of the calendar")
	errNoClock = errors.New("is not a time of day")
	errNoOrder = errors.New("can be read in several ways, and no similar value in the column " +
		"proves which one is right")
	errNoYear  = errors.New("has no year; say it with the field, as in {column: Date, year: 2018}")
	errNoAbove = errors.New("has no year, and the rows above the header name none, or several; " +
		"say it with the field, as in {column: Date, year: 2018}")
	errNoTime   = errors.New("has no time of day; say which to take: time_of_day: \"12:00\"")
	errTwoTimes = errors.New("has its own time of day, which differs from the time column")
	errTooEarly = errors.New("is before 1971, like an empty date that was read as 0")
	errMillis   = errors.New("is too large for seconds since 1970; milliseconds are date: unix_ms")
	errSeconds  = errors.New("is too small for milliseconds since 1970; seconds are date: unix")
)

// ParseFormat takes a layout of tokens ("DD/MM/YYYY HH:mm"), or one of "iso", "unix" and "unix_ms".
// Tokens are YYYY YY, MMMM MMM MM M, DD D, dddd ddd, HH H hh h, mm, ss, S (decimals of the second),
// A (AM or PM) and Z (offset or zone); text that is not a token goes in [brackets]. YY means 20YY.
func ParseFormat(layout string) (Format, error) {
	switch layout {
	case "iso":
		return Format{Layout: layout}, nil
	case "unix":
		return Format{Mode: dateUnix, Layout: layout}, nil
	case "unix_ms":
		return Format{Mode: dateMillis, Layout: layout}, nil
	}
	tokens, err := parseLayout(layout)
	return Format{Mode: Layout, Layout: layout, Tokens: tokens}, err
}

// String is the layout, as written in a mapping. It is empty for a column of dates that are written
// in words or in several ways.
func (f *Format) String() string {
	if f.Mode == ISO {
		return "iso"
	}
	return f.Layout
}

// Read returns the time in a cell, in UTC. A time that the clocks of its zone showed twice comes
// with the earlier of both and the error errTwice, unless the context says which is meant.
func (f *Format) Read(value []byte, kind byte, c Context) (time.Time, error) {
	var when Civil
	var zoneWord []byte
	if c.Zones != nil && len(c.Zones.Words) > 0 {
		zoneWord = c.zoneWord(value, f.Mode)
	}

	err := f.Scan(&when, value[:len(value)-len(zoneWord)], kind)
	if err != nil {
		return time.Time{}, err
	}

	if len(zoneWord) > 0 {
		when.ZoneWord = zoneWord
	}

	result, err := f.instant(&when, &c)
	if err != nil {
		err = cell.Problem(value, err)
	}

	return result, err
}

// zoneWord is the word at the end of a value that the mapping calls a zone, though it could also be
// half of a day: CH for Switzerland.
func (c *Context) zoneWord(value []byte, mode Mode) []byte {
	if mode == Layout { // a layout has A for one and Z for the other
		return nil
	}

	value = bytes.TrimSpace(value)
	word := value[bytes.LastIndexByte(value, ' ')+1:]
	if _, named := c.Zones.Words[string(word)]; !named {
		return nil
	}
	if rest, half := scanHalf(word); half == nil || len(rest) > 0 {
		return nil
	}

	return word
}

// Scan reads what the cell holds: calendar and clock, not yet a time.
func (f *Format) Scan(when *Civil, value []byte, kind byte) error {
	mode := f.Mode
	switch kind {
	case cell.Text:
	case cell.Date, cell.DateTime:
		mode = ISO
	case cell.Number:
		if mode == ISO {
			return cell.WrongKind(value, kind, "a date")
		}
	default:
		return cell.WrongKind(value, kind, "a date")
	}

	text := bytes.TrimSpace(value)
	if len(text) == 0 {
		return cell.ErrEmpty
	}

	err := f.scanText(when, text, mode)
	// PM after a narrow blank looks like a zone.
	// An apostrophe keeps a date as text.
	if (err != nil || len(when.ZoneWord) > 0) && (!cell.IsASCII(text) || text[0] == '\'') {
		var buffer [96]byte
		if text, ok := cell.PlainText(buffer[:0], text); ok {
			*when = Civil{}
			err = f.scanText(when, text, mode)
			when.ZoneWord = bytes.Clone(when.ZoneWord) // it is in the buffer
		}
	}

	switch {
	case err == nil:
		return nil
	case err != errNotDate:
	case mode == Layout:
		return fmt.Errorf("%s does not fit the date format %q", cell.InQuotes(value), f.Layout)
	case mode == ISO:
		err = errNoISO
	}

	return cell.Problem(value, err)
}

func (f *Format) scanText(when *Civil, text []byte, mode Mode) error {
	switch mode {
	case Layout:
		return when.scanLayout(text, f.Tokens)
	case Proved:
		if err := when.ScanISO(text); err != errNotDate {
			return err
		}
		return when.scanProved(text, f)
	case dateUnix, dateMillis:
		return when.scanUnix(text, mode == dateMillis)
	}

	return when.ScanISO(text)
}

// Reads reports whether the text is a day as the layout writes it; it does not ask for the zone and
// clock that a time also needs.
func (f *Format) Reads(text []byte) bool {
	var when Civil
	if f.Scan(&when, text, cell.Text) != nil {
		return false
	}
	_, err := f.instant(&when, &Context{TimeOfDay: Clock{Set: true}, Year: 2024})
	return !errors.Is(err, errNoDay)
}
