package table

import (
	"bytes"
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
// lost. Kind Empty: it is no date.
func appendISO(dst, raw []byte, format numberFormat) ([]byte, byte) {
	raw = bytes.Replace(raw, []byte(" "), []byte("T"), 1)
	if at, err := time.Parse("2006-01-02", string(raw)); err == nil {
		return at.AppendFormat(dst, "2006-01-02"), Date
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if at, err := time.Parse(layout, string(raw)); err == nil {
			return at.AppendFormat(dst, "15:04:05.999"), Time
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, string(raw)); err == nil {
			return appendISOTime(dst, at, format)
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if _, err := time.Parse(layout, string(raw)); err == nil {
			return append(dst, raw...), Text
		}
	}
	return dst, Empty
}

// appendISOTime leaves out a midnight that the format does not show.
func appendISOTime(dst []byte, at time.Time, format numberFormat) ([]byte, byte) {
	midnight := at.Truncate(24 * time.Hour).Equal(at)
	if midnight && format.date && !format.time {
		return at.AppendFormat(dst, "2006-01-02"), Date
	}
	return at.AppendFormat(dst, "2006-01-02T15:04:05.999"), DateTime
}
