package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/draft"
)

// A zoneWord is a word for a time zone in the files, as in "10:00 CST".
type zoneWord struct {
	Word  string
	Place string // what the mapping says that it means
	Where string // a value of the files that has it; "" if none was met yet
}

// Places are those that are offered: what the letters may mean, and then the usual ones.
func (z zoneWord) Places() []string {
	places := date.ZonePlaces(z.Word)
	for _, usual := range zones {
		if !slices.Contains(places, usual) {
			places = append(places, usual)
		}
	}
	return places
}

// Means tells which places use the letters; "" where that is not known.
func (z zoneWord) Means() string { return strings.Join(date.ZonePlaces(z.Word), ", ") }

// mostZoneWords bounds what a column of senseless values can make us ask.
const mostZoneWords = 30

// ask notes a word that is not clear.
func (c *choice) ask(word, where string) {
	at := slices.IndexFunc(c.unclear, func(z zoneWord) bool { return z.Word == word })
	switch {
	case word == "":
	case at >= 0:
		c.unclear[at].Where = cmp.Or(c.unclear[at].Where, where)
	case len(c.unclear) < mostZoneWords:
		c.unclear = append(c.unclear, zoneWord{Word: word, Where: where})
	}
}

// askZones notes the words for zones that a preview could not read.
func (c *choice) askZones(events []listed) {
	for _, event := range events {
		for _, problem := range event.Problems {
			where := fmt.Sprintf("%s, row %d", event.File, problem.Row)
			if problem.Value != problem.Word {
				where += ": " + problem.Value
			}
			c.ask(problem.Word, where)
		}
	}
}

// asksZones takes the question of a draft that names such words: {CST: ..., IST: ...}.
func (c *choice) asksZones(line draft.Suggestion) bool {
	words, ok := strings.CutPrefix(line.Line, "timezones: ")
	if !ok || !line.Open {
		return false
	}
	var asked yaml.MapSlice
	if yaml.UnmarshalWithOptions([]byte(words), &asked, yaml.UseOrderedMap()) != nil {
		return false
	}

	for _, one := range asked {
		c.ask(fmt.Sprint(one.Key), "")
	}
	return true
}

// meetZones finds a value with each of the words that a draft asks about.
func (c *choice) meetZones(file string, export draft.Export) {
	left := len(c.unclear)
	if left == 0 {
		return
	}

	for row, err := range export.Rows() {
		if err != nil || left == 0 {
			return
		}

		for i := range c.unclear {
			z := &c.unclear[i]
			at := slices.IndexFunc(row.Cells, func(value []byte) bool {
				text := strings.TrimSpace(string(value))
				return text == z.Word || strings.HasSuffix(text, " "+z.Word)
			})
			if at >= 0 && z.Where == "" {
				z.Where = fmt.Sprintf("%s, row %d: %s", file, row.Number,
					cell.MaskPersonal(strings.TrimSpace(string(row.Cells[at]))))
				left--
			}
		}
	}
}

// zoneWords are those that the mapping explains, and those that it has to.
func (c *choice) zoneWords() (all []zoneWord) {
	said, _ := c.doc.get("fields", "event_time", "timezones").(yaml.MapSlice)
	for _, one := range said {
		all = append(all, zoneWord{Word: fmt.Sprint(one.Key), Place: words(one.Value)})
	}

	for _, unclear := range c.unclear {
		at := slices.IndexFunc(all, func(z zoneWord) bool { return z.Word == unclear.Word })
		if at < 0 {
			all = append(all, unclear)
		} else {
			all[at].Where = unclear.Where
		}
	}

	return all
}

// takeZones takes the places that were written for the words.
func (c *choice) takeZones(form url.Values) error {
	var said yaml.MapSlice
	changed := false
	for _, z := range c.zoneWords() {
		place := z.Place
		if form.Has("zone." + z.Word) {
			place = strings.TrimSpace(form.Get("zone." + z.Word))
		}

		changed = changed || place != z.Place
		if place == "" {
			continue
		}
		if err := date.CheckZone(place); err != nil {
			return atField("zone."+z.Word, fmt.Errorf("the place for “%s”: %w", z.Word, err))
		}

		said = append(said, yaml.MapItem{Key: z.Word, Value: place})
	}

	if !changed {
		return nil
	}
	if err := c.spellOut("fields", "event_time"); err != nil {
		return err
	}
	if len(said) == 0 {
		return c.set(nil, "fields", "event_time", "timezones")
	}
	if err := c.set(said, "fields", "event_time", "timezones"); err != nil {
		return err
	}

	if len(said) == len(c.zoneWords()) {
		if err := c.answered("fields.timezones"); err != nil {
			return err
		}
	}

	return c.doc.answered("timezones")
}

// spellOut makes a field that is just a column's name take options.
func (c *choice) spellOut(path ...string) error {
	if name, bare := c.doc.get(path...).(string); bare {
		return c.set(yaml.MapSlice{{Key: "column", Value: name}}, path...)
	}
	return nil
}
