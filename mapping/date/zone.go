package date

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"ableimport/mapping/cell"
)

// Zone is the place whose clock showed a local time.
type Zone struct {
	Location     *time.Location // nil: none is known
	abbreviation string         // "PST", if the file itself says so
	strict       bool           // the abbreviation must have been in force at that time
}

// A ZoneError is about a word for a time zone that does not say which.
type ZoneError struct {
	Word, message string
	unknown       bool // nobody knows the word, so it may not mean a zone at all
}

func (e *ZoneError) Error() string { return e.message }

func unclear(word, format string, values ...any) error {
	return &ZoneError{Word: word, message: fmt.Sprintf(format, values...)}
}

// CheckZone says what is wrong with a time zone for a mapping; nil if nothing is.
func CheckZone(name string) error {
	_, err := ParseZone(name)
	return err
}

// ZonePlaces are the places whose clocks an abbreviation may mean.
func ZonePlaces(word string) []string { return strings.Fields(abbreviations[word].zones) }

var errNoOffset = errors.New("is not an offset such as +01:00")

// ParseZone takes a zone as a mapping names it: a name of the IANA time zone database
// ("Europe/Berlin"), UTC, an offset ("+01:00", "UTC-5") or a name that exporters show ("Eastern
// Time (US & Canada)"). Abbreviations are refused: most of them name an offset, which a place only
// has for half of the year.
func ParseZone(name string) (Zone, error) {
	name = strings.TrimSpace(name)
	if offset, err := parseOffset([]byte(name)); err == nil {
		if offset == 0 {
			return Zone{Location: time.UTC}, nil
		}
		return Zone{Location: time.FixedZone(offsetName(offset), offset)}, nil
	}
	if short, known := abbreviations[name]; known {
		return Zone{}, fmt.Errorf("%q is an abbreviation, which does not say when clocks change; "+
			"name the place: %s",
			name, short.places())
	}

	if id, known := displayNames[withoutOffset(name)]; known {
		name = id
	}
	if name == "" || name == "Local" {
		return Zone{}, fmt.Errorf("%q is not a time zone; write one such as Europe/Berlin or UTC",
			name)
	}

	location, err := time.LoadLocation(name)
	if err != nil {
		return Zone{}, fmt.Errorf("%q is not a time zone; write one such as Europe/Berlin or UTC",
			name)
	}

	return Zone{Location: location}, nil
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

func offsetName(offset int) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%c%02d:%02d", sign, offset/3600, offset/60%60)
}

// parseOffset reads Z, UTC, GMT, +01:00, -0500, +1, and the last three after UTC or GMT, in seconds
// east of UTC. (Etc/GMT+5, whose sign is the other way round, is a name and not an offset.)
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

	length, rest := cell.DigitRun(text[1:])
	hours, minutes := text[1:1+length], rest
	switch {
	case length == 4 && len(rest) == 0:
		hours, minutes = text[1:3], text[3:]
	case length > 2 || length == 0,
		len(rest) > 0 && (len(rest) != 3 || rest[0] != ':' || !cell.AllDigits(rest[1:])):
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

// scanZone reads what may follow a time: nothing, an offset, or a word that is left to the zones of
// the context.
func (when *Civil) scanZone(text []byte) error {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil
	}
	if !when.Clock.Set {
		return errNotDate
	}

	offset, err := parseOffset(text)
	if err != nil {
		offset, err = parseOffset(withoutName(text))
	}
	if err == nil {
		when.offset, when.HasOffset = offset, true
		return nil
	}
	if !cell.IsLetter(text[0]) {
		return errNotDate
	}

	when.ZoneWord = text
	return nil
}

// withoutName is an offset without the name that programs write behind it: the offset alone says
// the time. GMT+0100 (Central European Time), +01:00[Europe/Berlin], +0100 CET. A name alone may be
// in brackets: (UTC).
func withoutName(text []byte) []byte {
	if text[0] == '(' && text[len(text)-1] == ')' {
		return text[1 : len(text)-1]
	}
	at := bytes.IndexAny(text, " [")
	if at < 0 || cell.IsLetter(text[0]) && !bytes.ContainsAny(text[:at], "+-Z") {
		return text
	}
	if _, err := parseOffset(text[:at]); err != nil {
		return text
	}

	name := bytes.TrimLeft(text[at:], " ")
	last := name[len(name)-1]
	capitals := len(bytes.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == 0
	if name[0] == '(' && last == ')' || name[0] == '[' && last == ']' || capitals {
		return text[:at]
	}
	return text
}

// ZoneReader reads a column of zones, or zones after a time. Its zero value is ready; only one
// goroutine may use it.
type ZoneReader struct {
	// words of the file, with zones as ParseZone takes them: {"BST": "Europe/London"}
	Words map[string]string
	known map[string]Zone // what was read before
}

// maxZonesKnown bounds what a column of meaningless values can make us remember.
const maxZonesKnown = 1000

// Read returns the zone that a cell names: by a word of the mapping, by an abbreviation that means
// one zone, or as ParseZone takes it.
func (r *ZoneReader) Read(value []byte) (Zone, error) {
	value = bytes.TrimSpace(value)
	if found, ok := r.known[string(value)]; ok {
		return found, nil
	}
	if len(value) == 0 {
		return Zone{}, cell.ErrEmpty
	}

	found, err := r.look(string(value))
	if err == nil && len(r.known) < maxZonesKnown {
		if r.known == nil {
			r.known = make(map[string]Zone)
		}
		r.known[string(value)] = found
	}

	return found, err
}

func (r *ZoneReader) look(name string) (Zone, error) {
	if target, mapped := r.Words[name]; mapped {
		found, err := ParseZone(target)
		found.abbreviation = name
		return found, err
	}

	if short, known := abbreviations[name]; known {
		return short.zone(name)
	}
	found, err := ParseZone(name)
	if err != nil {
		shown := cell.MaskStray(name)
		return Zone{}, &ZoneError{name, fmt.Sprintf("%s is not a known time zone; say what it "+
			"means: timezones: {%s: Europe/Berlin}",
			cell.InQuotes([]byte(shown)), cell.Visible(shown)), true}
	}

	return found, nil
}
