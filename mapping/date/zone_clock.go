package date

import (
	"errors"
	"fmt"
	"time"
)

var (
	errTwice = errors.New("was shown twice")
	errNever = errors.New("was never shown")
)

// zoneWindow remembers a stretch of time in which the clocks of a zone were not changed, since the
// next row is mostly near the one before. The stretch ends a day before the changes on both sides,
// so no local time in it can be missing or come twice.
type zoneWindow struct {
	location *time.Location
	from, to int64 // local seconds
	offset   int64
	name     string
}

// utc turns the seconds of a local clock into Unix time. A nominal time, which no clock showed, is
// never missing and never comes twice.
func (w *zoneWindow) utc(local int64, place Zone, nominal bool, repeated Repeated) (int64, error) {
	if place.Location == nil {
		return 0, ErrNoZone
	}

	if place.Location != w.location || local < w.from || local >= w.to {
		if !w.move(local, place.Location) {
			return change(local, place, nominal, repeated)
		}
	}

	if place.strict && w.name != place.abbreviation {
		return 0, notInForce(place)
	}

	return local - w.offset, nil
}

// move finds the window around a local time; there is none near a change.
func (w *zoneWindow) move(local int64, location *time.Location) bool {
	const day = 86400
	at := time.Unix(local, 0).In(location)
	name, seconds := at.Zone()
	offset := int64(seconds)
	start, end := at.ZoneBounds()
	from, to := int64(-1<<62), int64(1<<62)
	if !start.IsZero() {
		from = start.Unix() + offset + day
	}
	if !end.IsZero() {
		to = end.Unix() + offset - day
	}

	if local < from || local >= to {
		return false
	}

	*w = zoneWindow{location, from, to, offset, name}
	return true
}

// change resolves a local time within a day of a change of the clocks.
func change(local int64, place Zone, nominal bool, repeated Repeated) (int64, error) {
	const day = 86400
	before, _ := offsetAt(local-day, place.Location)
	after, _ := offsetAt(local+day, place.Location)
	earlier, later := local-before, local-after
	nameEarlier, fitsEarlier := inForce(earlier, before, place.Location)
	nameLater, fitsLater := inForce(later, after, place.Location)
	switch {
	case fitsEarlier && fitsLater && earlier != later && !nominal:
		return twice(earlier, later, nameEarlier, nameLater, place, repeated)
	case fitsEarlier && place.strict && nameEarlier != place.abbreviation,
		!fitsEarlier && fitsLater && place.strict && nameLater != place.abbreviation:
		return 0, notInForce(place)
	case fitsEarlier:
		return earlier, nil
	case fitsLater:
		return later, nil
	case nominal:
		return earlier, nil // as far after the change as the clocks were put forward over it
	}

	return 0, fmt.Errorf("%w by the clocks of %v, which went forward over it", errNever,
		place.Location)
}

// offsetAt is the offset in force at a point in time, and its name.
func offsetAt(seconds int64, location *time.Location) (int64, string) {
	name, offset := time.Unix(seconds, 0).In(location).Zone()
	return int64(offset), name
}

func inForce(seconds, offset int64, location *time.Location) (string, bool) {
	found, name := offsetAt(seconds, location)
	return name, found == offset
}

// twice decides between the two times at which clocks that were set back showed the same: by an
// abbreviation, if the file distinguishes them, or by what the mapping says.
func twice(earlier, later int64, nameEarlier, nameLater string, place Zone,
	repeated Repeated) (int64, error) {
	switch place.abbreviation {
	case nameEarlier:
		return earlier, nil
	case nameLater:
		return later, nil
	}

	switch {
	case place.strict:
		return 0, notInForce(place)
	case repeated == Earlier:
		return earlier, nil
	case repeated == Later:
		return later, nil
	}

	return earlier, fmt.Errorf("%w by the clocks of %v, which went back: it can be "+
		"%s or %s UTC; say which counts: formats: {repeated_hour: earlier}, or later", errTwice,
		place.Location, clockText(earlier), clockText(later))
}

func clockText(seconds int64) string { return time.Unix(seconds, 0).UTC().Format("15:04") }

// notInForce refuses PST in July: it can mean eight hours behind UTC, or the clock of the place,
// which is seven hours behind then.
func notInForce(place Zone) error {
	return unclear(place.abbreviation, "says %s, which was not in force in %v then; say what "+
		"it means: timezones: {%s: %v} or {%s: %q}",
		place.abbreviation, place.Location, place.abbreviation, place.Location, place.abbreviation,
		abbreviations[place.abbreviation].offset)
}
