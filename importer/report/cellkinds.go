package report

import (
	"math"
	"strconv"
	"time"
)

// Kinds of cells, the same as of the rows that come in: plain bytes, since this package knows
// neither the reader of tables nor the mapper.
const (
	KindEmpty byte = iota
	KindText
	KindNumber
	KindDate
	KindDateTime
	KindTime
	KindDuration
	KindBool
	KindError
	KindNoValue
)

// kindOf returns the kind of a cell of a row.
func kindOf(failure Failure, column int) byte {
	if column >= len(failure.Kinds) {
		return KindText
	}
	return failure.Kinds[column]
}

// typed turns a cell into the value that a workbook stores and the kind by which it is shown. What
// a workbook's type could not hold exactly stays text: long numbers, numbers with leading zeros,
// dates before 1900, fractions of seconds.
func typed(cell string, kind byte) (value any, shown byte) {
	switch kind {
	case KindEmpty, KindNoValue:
		return nil, KindEmpty
	case KindNumber:
		// Only what reads back as it was written becomes a number, so the float loses nothing.
		number, err := strconv.ParseFloat(cell, 64)
		if err == nil && !math.IsNaN(number) && !math.IsInf(number, 0) &&
			strconv.FormatFloat(number, 'f', -1, 64) == cell {
			return number, KindNumber
		}
	case KindBool:
		return cell == "TRUE", KindBool
	case KindDate:
		if at, ok := moment(time.DateOnly, cell); ok {
			return at, KindDate
		}
	case KindDateTime:
		if at, ok := moment("2006-01-02T15:04:05", cell); ok {
			return at, KindDateTime
		}
	case KindTime, KindDuration:
		if length, ok := clock(cell); ok {
			return length, kind
		}
	}
	return cell, KindText
}

// moment reads a date that all workbooks count the same: programs disagree about the first two
// months of 1900.
func moment(layout, cell string) (time.Time, bool) {
	certain := time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	at, err := time.Parse(layout, cell)
	if err != nil || at.Format(layout) != cell || at.Before(certain) {
		return time.Time{}, false
	}
	return at, true
}

// clock reads hours, minutes and seconds; the hours may exceed a day.
func clock(cell string) (time.Duration, bool) {
	if len(cell) < len("0:00:00") || cell[len(cell)-3] != ':' || cell[len(cell)-6] != ':' {
		return 0, false
	}
	hours, err1 := strconv.ParseUint(cell[:len(cell)-6], 10, 16)
	minutes, err2 := strconv.ParseUint(cell[len(cell)-5:len(cell)-3], 10, 8)
	seconds, err3 := strconv.ParseUint(cell[len(cell)-2:], 10, 8)
	if err1 != nil || err2 != nil || err3 != nil || minutes > 59 || seconds > 59 {
		return 0, false
	}
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute +
		time.Duration(seconds)*time.Second, true
}
