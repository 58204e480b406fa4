package opendocument

import (
	"bytes"
	"strings"

	"ableimport/importer/table/grid"
)

// styles are the cell styles of a document, by name, and the number formats that they lead to.
type styles struct {
	formats grid.Formats
	data    map[string]*dataStyle // number formats by their names
	cells   map[string]cellStyle
	hidden  map[string]bool // the styles of sheets that are not shown
	adding  bool            // what is known does not change
	found   map[string]int  // the number of a cell style's format
}

type cellStyle struct{ data, parent string }

// dataStyle is a number format, as far as it is written in itself: other styles may apply to some
// values.
type dataStyle struct {
	code   string
	before []string // the names of the styles for positive numbers
	after  []string // ... and for other values that have one of their own
}

// mostStyles is more than any program creates.
const mostStyles = 200_000

// format gives the number of the format of a cell style.
func (s *styles) format(name []byte) int {
	if len(name) == 0 {
		return 0
	}
	number, known := s.found[string(name)]
	if !known {
		if s.found == nil {
			s.found = map[string]int{}
		}
		number = s.formats.Number(s.codeOf(string(name)))
		if len(s.found) < mostStyles {
			s.found[string(name)] = number
		}
	}
	return number
}

// codeOf follows the parents of a style to one that has a number format.
func (s *styles) codeOf(name string) string {
	for range 16 { // a ring of parents ends here
		style, known := s.cells[name]
		if !known {
			return ""
		}
		if data := s.data[style.data]; data != nil {
			return s.join(data)
		}
		name = style.parent
	}
	return ""
}

// join puts the sections of a format into the order of spreadsheets, which begin with positive
// numbers: the style itself is for the values that no other style applies to.
func (s *styles) join(data *dataStyle) string {
	var sections []string
	add := func(names []string) {
		for _, name := range names {
			if other := s.data[name]; other != nil {
				sections = append(sections, other.code)
			}
		}
	}
	add(data.before)
	sections = append(sections, data.code)
	add(data.after)
	return strings.Join(sections, ";")
}

// read takes the styles from the element that has just begun: the automatic ones of the content, or
// the named ones of a styles part. The content's override the others, so they are read last.
func (s *styles) read(x grid.XML, names *names) error {
	if s.data == nil {
		s.data, s.cells = map[string]*dataStyle{}, map[string]cellStyle{}
		s.hidden = map[string]bool{}
	}

	return grid.Within(x, func(name []byte) error {
		switch string(name) {
		case "number-style", "currency-style", "percentage-style", "date-style", "time-style",
			"boolean-style", "text-style":
			return s.readData(x, names)
		case "style":
			return s.readStyle(x, names)
		}
		return x.Skip()
	})
}

// readStyle takes a style, if it is for cells or sheets.
func (s *styles) readStyle(x grid.XML, names *names) error {
	var name, family string
	var style cellStyle
	for i := 0; ; i++ {
		attribute, value := x.Attribute(i)
		if attribute == nil {
			break
		}
		switch string(attribute) {
		case names.styleName:
			name = string(value)
		case names.family:
			family = string(value)
		case names.dataStyle:
			style.data = string(value)
		case names.parent:
			style.parent = string(value)
		}
	}
	if family == "table-cell" && len(s.cells) < mostStyles {
		s.cells[name] = style
	}
	if family != "table" {
		return x.Skip()
	}

	for depth := x.Depth(); ; {
		token, err := x.Next()
		if err != nil || token == grid.End && x.Depth() < depth {
			return err
		}
		if token == grid.Start && string(attribute(x, names.display)) == "false" &&
			len(s.hidden) < mostStyles {
			s.hidden[name] = true
		}
	}
}

// readData writes a number format as a code of spreadsheets, which package table knows. How a
// number is rounded and grouped is kept, so that people can compare.
func (s *styles) readData(x grid.XML, names *names) error {
	kind := string(x.Name())
	name := strings.Clone(string(attribute(x, names.styleName)))
	elapsed := kind == "time-style" && string(attribute(x, names.truncate)) == "false"
	data := &dataStyle{}
	var code []byte
	err := grid.Within(x, func(element []byte) (err error) {
		switch part := string(element); part {
		case "map":
			other := string(attribute(x, names.apply))
			isPositive := bytes.HasPrefix(attribute(x, names.condition), []byte("value()&gt;"))
			switch {
			case len(data.before)+len(data.after) >= 8:
			case isPositive:
				data.before = append(data.before, other)
			default:
				data.after = append(data.after, other)
			}
			err = x.Skip()
		case "text", "currency-symbol":
			var text []byte
			if text, err = readPlain(x); err == nil {
				code = appendWords(code, text, part == "currency-symbol")
			}
		default:
			before := len(code)
			code = appendPart(code, x, names, part)
			if elapsed && len(code) > before && strings.Contains("hms", string(code[before])) {
				run := "[" + string(code[before:]) + "]" // the first one is what exceeds a day
				code, elapsed = append(code[:before], run...), false
			}
			err = x.Skip()
		}
		if len(code) > 1<<10 {
			code = code[:0] // a trap: no format is that long
		}
		return err
	})
	if err != nil {
		return err
	}

	data.code = string(code)
	if known := s.data[name] != nil; len(s.data) < mostStyles && !(known && s.adding) {
		s.data[name] = data
	}
	return nil
}

// readPlain reads the text of an element.
func readPlain(x grid.XML) (text []byte, err error) {
	for depth := x.Depth(); ; {
		token, err := x.Next()
		switch {
		case err != nil:
			return nil, err
		case token == grid.End && x.Depth() < depth:
			return text, nil
		case token == grid.Chars && len(text) < 1<<10:
			if text, err = x.AppendText(text); err != nil {
				return nil, err
			}
		}
	}
}

// appendWords writes words beside a number. Marks that do not say what the number is stay as they
// are, as spreadsheets write them; everything else is quoted.
func appendWords(code, words []byte, currency bool) []byte {
	words = bytes.ReplaceAll(words, []byte(`"`), nil)
	if len(words) == 0 {
		return code
	}
	if !currency && len(bytes.Trim(words, "+-()/%,.: \u00a0")) == 0 {
		return append(code, bytes.ReplaceAll(words, []byte("\u00a0"), []byte(" "))...)
	}
	return append(append(append(code, '"'), words...), '"')
}

// appendPart writes one part of a number format.
func appendPart(code []byte, x grid.XML, names *names, part string) []byte {
	long := string(attribute(x, names.long)) == "long"
	either := func(long bool, yes, no string) []byte {
		if long {
			return append(code, yes...)
		}
		return append(code, no...)
	}

	switch part {
	case "number":
		return appendDigits(code, x, names)
	case "scientific-number":
		return append(code, "0.00E+00"...)
	case "fraction":
		return append(code, "# ?/?"...)
	case "text-content":
		return append(code, '@')
	case "boolean":
		return append(code, "General"...)
	case "year":
		return either(long, "yyyy", "yy")
	case "month":
		if string(attribute(x, names.textual)) == "true" {
			return either(long, "mmmm", "mmm")
		}
		return either(long, "mm", "m")
	case "quarter": // spreadsheets have no quarters: what matters is that it is a date
		return append(code, 'm')
	case "day", "week-of-year":
		return either(long, "dd", "d")
	case "day-of-week":
		return either(long, "dddd", "ddd")
	case "era":
		return append(code, 'g')
	case "hours":
		return either(long, "hh", "h")
	case "minutes":
		return either(long, "mm", "m")
	case "seconds":
		code = either(long, "ss", "s")
		if decimals, ok := grid.Count(attribute(x, names.decimals)); ok {
			code = append(append(code, '.'), strings.Repeat("0", min(decimals, 9))...)
		}
		return code
	case "am-pm":
		return append(code, "AM/PM"...)
	}
	return code
}

// appendDigits writes the digits of a number format: 00000, #,##0.00.
func appendDigits(code []byte, x grid.XML, names *names) []byte {
	whole, _ := grid.Count(attribute(x, names.whole))
	decimals, _ := grid.Count(attribute(x, names.decimals))
	grouped := string(attribute(x, names.grouping)) == "true"
	hasDecimals := attribute(x, names.decimals) != nil
	if !hasDecimals && whole <= 1 && !grouped {
		return append(code, "General"...)
	}

	digits := strings.Repeat("0", min(whole, 255))
	if digits == "" {
		digits = "#"
	}
	if grouped {
		digits = strings.Repeat("#", max(4-len(digits), 0)) + digits
		digits = digits[:len(digits)-3] + "," + digits[len(digits)-3:]
	}
	code = append(code, digits...)
	if decimals > 0 {
		code = append(append(code, '.'), strings.Repeat("0", min(decimals, 30))...)
	}
	return code
}

// attribute gives the value of one attribute; nil: there is none.
func attribute(x grid.XML, name string) []byte {
	for i := 0; ; i++ {
		switch attribute, value := x.Attribute(i); {
		case attribute == nil:
			return nil
		case string(attribute) == name:
			return value
		}
	}
}
