package mapping

import (
	"errors"
	"time"
)

// zone is the place whose clock a local time was read from.
type zone struct {
	location     *time.Location // nil: none is known
	abbreviation string         // "PST", when the file says so itself
	strict       bool           // the abbreviation must be in force at that time
}

// parseZone takes a zone as a mapping names it: IANA name, offset, or the
// display name that exporters use.
func parseZone(name string) (zone, error) { return zone{}, errors.New("not yet") }

// zoneReader reads a column of zones. words maps words of the file to zones
// as a mapping names them: {"BST": "Europe/London"}.
type zoneReader struct{ words map[string]string }

func (r *zoneReader) read(cell []byte) (zone, error) { return zone{}, errors.New("not yet") }
