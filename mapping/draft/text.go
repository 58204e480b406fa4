package draft

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// comment is a text of the file in a form for comments: one line, not endless.
func comment(text string) string {
	text = cell.Visible(mapping.NormalName(text))
	if letters := []rune(text); len(letters) > 60 {
		return string(letters[:60]) + "…"
	}
	return text
}

// scalar writes a text for YAML: plain if it can only be read in one way, otherwise quoted.
func scalar(text string) string {
	plain := text != "" && text == strings.TrimSpace(text) && !strings.Contains(text, "  ")
	for i, letter := range text {
		switch {
		case unicode.IsLetter(letter) || i > 0 && (unicode.IsDigit(letter) ||
			strings.ContainsRune(" _./()$%+?;=", letter) || letter == '-'):
		default:
			plain = false
		}
	}

	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "none", "content":
		plain = false
	}
	if plain {
		return text
	}

	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// condition writes an expression, whose quotes YAML does not change within single ones.
func condition(text string) string {
	if strings.ContainsAny(text, "'#:") {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return text
}

// text is the whole mapping.
func (d *draft) text() []byte {
	var text []byte
	for _, line := range d.lines().all {
		text = append(append(text, line.String()...), '\n')
	}
	return text
}

func (d *draft) lines() *scribe {
	var body scribe
	d.source(&body)
	d.formats(&body)
	d.groups(&body)

	if len(d.skips) > 0 {
		body.line(0, "skip:",
			"rows that are not sales; negative and zero amounts are left out anyway")
	}
	for _, skip := range d.skips {
		body.line(1, scalar(skip.reason)+": "+condition(skip.condition), skip.why, skip.column)
	}

	d.askWhole(&body)
	d.askTwice(&body)
	d.askBeginnings(&body)
	d.salesTable(&body)
	d.fields(&body)
	d.itemLines(&body)
	s := new(scribe)
	d.head(s, body.open)
	d.questions(s, &body)
	s.all = append(s.all, body.all...)

	return s
}

func (d *draft) head(s *scribe, open int) {
	s.remark(0, fmt.Sprintf("Drafted from %s: %s", comment(d.export.File), comment(d.export.Read)))
	s.remark(0, "Beside each line is the reason for it. \"certain\": heading and values agree; "+
		"\"likely\": one of them says so.")

	if open > 0 {
		s.remark(0, fmt.Sprintf("%s: look for OPEN. check, preview and run end with 6 until each "+
			"is answered.", counted(open, "open question")))
	}
	for _, note := range d.notes {
		s.remark(0, note)
	}

	s.remark(0, "Then: able-import check -m MAPPING FILE, and able-import preview -m MAPPING FILE")
	s.line(0, "version: 1", "")
	s.line(0, "name: "+scalar(d.mappingName()),
		"also says whose ids these are: the same name for all files of this system")

	if d.export.Space != "" && d.export.Space != d.mappingName() {
		s.line(0, "namespace: "+scalar(d.export.Space),
			"whose ids these are, as in the import before")
	}

	s.line(0, "event: Purchase", "or Lead, Subscribe, CompleteRegistration, ...")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "s") {
		noun += "e"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// longestName bounds a mapping's name.
const longestName = 64

func isASCII(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// mappingName is the file's name in small letters, without what changes from one export to the
// next.
func (d *draft) mappingName() string {
	if d.export.Name != "" {
		return d.export.Name
	}

	base, _, _ := strings.Cut(d.export.File, ".")
	var words []string
	for word := range strings.FieldsFuncSeq(strings.ToLower(base),
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if strings.Trim(word, "0123456789") != "" && isASCII(word) && len(strings.Join(words, "-"))+
			len(word) < longestName {
			words = append(words, word)
		}
	}

	if name := strings.Join(words, "-"); name != "" && speakable(name) {
		return name
	}

	return "my-export"
}

func (d *draft) source(s *scribe) {
	if d.carry == nil && len(d.export.Source) == 0 {
		return
	}
	s.line(0, "source:", "")
	for _, line := range d.export.Source {
		s.line(1, line, "")
	}
	if d.carry != nil {
		s.line(1, "carry: ["+scalar(d.carry.name)+"]",
			"is alone on rows above the rows that it is for", d.carry)
	}
}

// groups writes what makes several rows one event.
func (d *draft) groups(s *scribe) {
	switch {
	case d.grouped:
		why := fmt.Sprintf("certain: the same in neighbouring rows only, %d different in %d rows",
			d.id.runs, d.id.filled)
		if d.id.returns > 0 {
			why = fmt.Sprintf("likely: the same in neighbouring rows, %d different in %d rows, "+
				"of which %d stand apart", d.id.distinct(), d.id.filled, d.id.returns)
		}
		s.line(0, "group_by: "+scalar(d.id.name), why, d.id)
	case d.group != "":
		s.ask(0, "group_by: "+scalar(d.id.name), d.group, d.id)
	}
}

// japanese reports whether the headings are in Japanese.
func (d *draft) japanese() bool {
	return slices.ContainsFunc(d.export.Header, func(heading string) bool {
		return strings.ContainsFunc(heading, func(letter rune) bool {
			return unicode.In(letter, unicode.Han, unicode.Hiragana, unicode.Katakana)
		})
	})
}

// fits counts how many of the examined values can be what a role needs.
func (p *profile) fits(r role) int {
	switch r {
	case roleEmail:
		return p.emails
	case roleAmount:
		return p.numbers
	case roleCurrency:
		return p.currency
	}
	return p.looked
}

// certainty says how sure the role of a column is.
func (d *draft) certainty(p *profile, r role, content string) string {
	filled := fmt.Sprintf("all %d rows", d.rows)
	if d.rows == 1 {
		filled = "the only row"
	}
	if p.filled < d.rows {
		filled = fmt.Sprintf("filled in %d of %d rows", p.filled, d.rows)
	}

	switch {
	case p.filled == 0:
		return "likely: by its heading; it is empty in this file"
	case p.fits(r) < p.looked:
		return fmt.Sprintf("likely: all but %d of %d values are %s", p.looked-p.fits(r),
			p.looked, content)
	case p.score[r] == 0:
		return "likely: by its values only, " + content + ", " + filled
	case p.score[r] <= 500:
		return "likely: its heading has the word, and its values are " + content + ", " + filled
	}

	return "certain: heading and values agree, " + content + ", " + filled
}

// example is the first value of a column, masked if it may be personal.
func (p *profile) example() string {
	if len(p.values) == 0 {
		return "empty"
	}
	return comment(cell.MaskPersonal(p.values[0].text))
}

func quoted(text string) string { return strconv.Quote(text) }
