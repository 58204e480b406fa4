package webpage

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"ableimport/importer/table/grid"
)

// tag is what the attributes of a start tag say.
type tag struct {
	name          string
	class, style  string
	format        string // a number format in words of its own
	unseen        bool
	columns, rows int

	kind     grid.Kind
	value    string
	given    bool // the value is in an attribute
	shown    bool // the text is the value, as spreadsheets store it
	computed bool
	formula  string

	stored, described string // LibreOffice's: the value, and its format
}

// take takes one attribute. Excel's begin with x:, LibreOffice's with sd.
func (t *tag) take(key, value []byte) {
	switch string(key) {
	case "class":
		t.class = string(value)
	case "style":
		t.style = string(value)
	case "hidden":
		t.unseen = true
	case "colspan":
		t.columns = spanned(value, mostColumns)
	case "rowspan":
		if t.rows = spanned(value, mostRows); string(value) == "0" { // to the end of the section
			t.rows = mostRows
		}
	case "x:num":
		if t.kind = grid.Text; len(value) == 0 {
			t.shown = true
			return
		}
		t.kind = grid.Number
		t.value, t.given = string(value), true
	case "x:bool":
		t.kind, t.value, t.given = grid.Bool, string(value), true
	case "x:err":
		t.kind, t.value, t.given = grid.Error, string(value), true
	case "x:str":
		if len(value) > 0 {
			t.value, t.given = string(value), true
		}
	case "x:fmla":
		t.computed, t.formula = true, strings.TrimPrefix(string(value), "=")
	case "sdval":
		t.stored = string(value)
		t.store()
	case "sdnum":
		t.described = string(value)
		t.store()
	}
}

// store takes the value that LibreOffice gives. Its format is in words of a language: English words
// say what the value is, with others the visible text is read.
func (t *tag) store() {
	program, rest, _ := strings.Cut(t.described, ";")
	language, code, _ := strings.Cut(rest, ";")
	if language == "" || language == "0" {
		language = program
	}

	number, err := strconv.Atoi(language)
	const english = 9 // the lower ten bits of all kinds of English
	if t.stored == "" || err != nil || number&0x3ff != english {
		return
	}

	if t.format = code; code == "" {
		t.format = "General"
	}
	t.kind, t.value, t.given = grid.Number, t.stored, true
	if strings.EqualFold(code, "BOOLEAN") {
		t.kind = grid.Bool
	}

	// The page does not say what days are counted from. What it shows of a date is certain.
	if code == "@" || isMoment(code) {
		t.kind, t.given = grid.Text, false
	}
}

// isMoment reports whether a number format shows a date or a time.
func isMoment(code string) bool {
	code = strings.ToLower(aside.ReplaceAllString(code, ""))
	return strings.ContainsAny(code, "ydhs") ||
		strings.Contains(code, "m") && !strings.ContainsAny(code, "0#?")
}

// aside is literal text in a number format, and its colours and languages.
var aside = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]hms]*\]|(?i:general)`)

func spanned(value []byte, most int) int {
	count, err := strconv.Atoi(string(bytes.TrimSpace(value)))
	if err != nil || count < 1 {
		return 1
	}
	return min(count, most)
}

func (t *tag) isHidden() bool {
	if t.unseen {
		return true
	}
	if !strings.Contains(t.style, "isplay") && !strings.Contains(t.style, "ISPLAY") {
		return false
	}
	return strings.Contains(strings.ToLower(strings.ReplaceAll(t.style, " ", "")), "display:none")
}

// formats are the number formats of a page.
type formats struct {
	numbers grid.Formats
	classes map[string]string // by the class that has them
	styles  map[string]string // by the text in an attribute
}

const mostClasses = 65_536

// of gives the number format of an element; "": it has none.
func (f *formats) of(t *tag) string {
	if t.format != "" {
		return t.format
	}

	if strings.Contains(t.style, "number") || strings.Contains(t.style, "NUMBER") {
		code, known := f.styles[t.style]
		if !known {
			code = formatIn(t.style)
			if f.styles == nil {
				f.styles = map[string]string{}
			}
			if len(f.styles) < mostClasses {
				f.styles[t.style] = code
			}
		}
		if code != "" {
			return code
		}
	}

	if len(f.classes) == 0 {
		return ""
	}
	for _, class := range strings.Fields(t.class) {
		if code := f.classes[class]; code != "" {
			return code
		}
	}
	return ""
}

// read takes the formats from a style sheet: .xl65 {mso-number-format:"0\.00";}
func (f *formats) read(sheet []byte) {
	for _, rule := range strings.Split(string(sheet), "}") {
		selectors, declarations, found := strings.Cut(rule, "{")
		if !found {
			continue
		}
		code := formatIn(declarations)
		if code == "" {
			continue
		}

		for _, selector := range strings.Split(selectors, ",") {
			_, class, found := strings.Cut(strings.TrimSpace(selector), ".")
			if !found || strings.ContainsAny(class, " >+~:.[") {
				continue
			}
			if f.classes == nil {
				f.classes = map[string]string{}
			}
			if len(f.classes) < mostClasses {
				f.classes[class] = code
			}
		}
	}
}

// formatIn finds a number format among the declarations of a style.
func formatIn(style string) string {
	lower := strings.ToLower(style)
	for _, name := range []string{"mso-number-format", "vnd.ms-excel.numberformat"} {
		if at := strings.Index(lower, name); at >= 0 && len(lower) == len(style) {
			rest := strings.TrimLeft(style[at+len(name):], " \t\r\n")
			if value, found := strings.CutPrefix(rest, ":"); found {
				return grid.Code(cssText(strings.TrimLeft(value, " \t\r\n")))
			}
		}
	}
	return ""
}

// cssText reads a value to its end: in quotes, or up to a semicolon. After a backslash the next
// character is text, or four digits give a character, as Excel writes it.
func cssText(value string) string {
	var text strings.Builder
	quote := byte(0)
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		quote, value = value[0], value[1:]
	}

	for i := 0; i < len(value) && text.Len() < 1<<10; i++ {
		c := value[i]
		switch {
		case c == '\\' && i+1 < len(value):
			if i+5 <= len(value) {
				code, err := strconv.ParseUint(value[i+1:i+5], 16, 16)
				if err == nil {
					text.WriteRune(rune(code))
					i += 4
					continue
				}
			}
			i++
			text.WriteByte(value[i])
		case quote != 0 && c == quote, quote == 0 && c == ';':
			return strings.TrimSpace(text.String())
		default:
			text.WriteByte(c)
		}
	}

	return strings.TrimSpace(text.String())
}
