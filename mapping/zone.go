package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// zone is the place whose clock a local time was read from.
type zone struct {
	location     *time.Location // nil: none is known
	abbreviation string         // "PST", when the file says so itself
	strict       bool           // the abbreviation must have been in force at that time
}

// A zoneError is about a word for a time zone that does not say which.
type zoneError struct{ word, message string }

func (e *zoneError) Error() string { return e.message }

func unclear(word, format string, values ...any) error {
	return &zoneError{word, fmt.Sprintf(format, values...)}
}

// CheckZone says what is wrong with a time zone that a mapping is to name; nil if nothing is.
func CheckZone(name string) error {
	_, err := parseZone(name)
	return err
}

// ZonePlaces are the places whose clocks an abbreviation may mean.
func ZonePlaces(word string) []string { return strings.Fields(abbreviations[word].zones) }

var errNoOffset = errors.New("is not an offset such as +01:00")

// parseZone takes a zone as a mapping names it: a name of the IANA time zone
// database ("Europe/Berlin"), UTC, an offset ("+01:00", "UTC-5") or a name that
// exporters show ("Eastern Time (US & Canada)"). Abbreviations are refused:
// most of them name an offset, which a place has for half of the year only.
func parseZone(name string) (zone, error) {
	name = strings.TrimSpace(name)
	if offset, err := parseOffset([]byte(name)); err == nil {
		return zone{location: fixedZone(offset)}, nil
	}
	if short, known := abbreviations[name]; known {
		return zone{}, fmt.Errorf("%q is an abbreviation, which does not say when clocks change; name the place: %s",
			name, short.places())
	}
	if id, known := displayNames[withoutOffset(name)]; known {
		name = id
	}
	if name == "" || name == "Local" {
		return zone{}, fmt.Errorf("%q is not a time zone; write one such as Europe/Berlin or UTC", name)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return zone{}, fmt.Errorf("%q is not a time zone; write one such as Europe/Berlin or UTC", name)
	}
	return zone{location: location}, nil
}

// withoutOffset drops the offset that lists of zones show in front:
// "(GMT-05:00) Eastern Time (US & Canada)".
func withoutOffset(name string) string {
	if strings.HasPrefix(name, "(GMT") || strings.HasPrefix(name, "(UTC") {
		if _, rest, found := strings.Cut(name, ") "); found {
			return rest
		}
	}
	return name
}

func fixedZone(offset int) *time.Location {
	if offset == 0 {
		return time.UTC
	}
	return time.FixedZone(offsetName(offset), offset)
}

func offsetName(offset int) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%c%02d:%02d", sign, offset/3600, offset/60%60)
}

// parseOffset reads Z, UTC, GMT, +01:00, -0500, +1, and the last three behind
// UTC or GMT, in seconds east of UTC. (Etc/GMT+5, whose sign is the other way
// round, is a name and no offset.)
func parseOffset(text []byte) (int, error) {
	for _, name := range [...]string{"UTC", "GMT", "Z"} {
		if rest, found := bytes.CutPrefix(text, []byte(name)); found {
			if len(rest) == 0 {
				return 0, nil
			}
			text = rest
			break
		}
	}
	if len(text) < 2 || text[0] != '+' && text[0] != '-' {
		return 0, errNoOffset
	}
	length, rest := digitRun(text[1:])
	hours, minutes := text[1:1+length], rest
	switch {
	case length == 4 && len(rest) == 0:
		hours, minutes = text[1:3], text[3:]
	case length > 2 || length == 0, len(rest) > 0 && (len(rest) != 3 || rest[0] != ':' || !allDigits(rest[1:])):
		return 0, errNoOffset
	case len(rest) > 0:
		minutes = rest[1:]
	}
	seconds := number(hours)*3600 + number(minutes)*60
	if seconds > 14*3600 || number(minutes) > 59 {
		return 0, errNoOffset
	}
	if text[0] == '-' {
		seconds = -seconds
	}
	return seconds, nil
}

// scanZone reads what may follow a time: nothing, an offset, or a word that is
// left to the zones of the context.
func (when *civil) scanZone(text []byte) error {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil
	}
	if !when.clock.set {
		return errNotDate
	}
	offset, err := parseOffset(text)
	if err == nil {
		when.offset, when.hasOffset = offset, true
		return nil
	}
	if !isLetter(text[0]) {
		return errNotDate
	}
	when.zoneWord = text
	return nil
}

// zoneReader reads a column of zones, or zones behind a time. Its zero value
// is ready; it is for one goroutine.
type zoneReader struct {
	words map[string]string // of the file, to zones as parseZone takes them: {"BST": "Europe/London"}
	known map[string]zone   // what was read before
}

// maxZonesKnown bounds what a column of senseless values can make us remember.
const maxZonesKnown = 1000

// read returns the zone that a cell names: by a word of the mapping, by an
// abbreviation that means one zone, or as parseZone takes it.
func (r *zoneReader) read(cell []byte) (zone, error) {
	cell = bytes.TrimSpace(cell)
	if found, ok := r.known[string(cell)]; ok {
		return found, nil
	}
	if len(cell) == 0 {
		return zone{}, errEmpty
	}
	found, err := r.look(string(cell))
	if err == nil && len(r.known) < maxZonesKnown {
		if r.known == nil {
			r.known = make(map[string]zone)
		}
		r.known[string(cell)] = found
	}
	return found, err
}

func (r *zoneReader) look(name string) (zone, error) {
	if target, mapped := r.words[name]; mapped {
		found, err := parseZone(target)
		found.abbreviation = name
		return found, err
	}
	if short, known := abbreviations[name]; known {
		return short.zone(name)
	}
	found, err := parseZone(name)
	if err != nil {
		shown := maskStray(name)
		return zone{}, unclear(name, "%s is not a known time zone; say what it means: timezones: {%s: Europe/Berlin}",
			inQuotes([]byte(shown)), visible(shown))
	}
	return found, nil
}
