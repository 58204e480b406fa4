package table

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// numberFormat is what a number format code says about the kind of a value. It leaves out how a
// value is rounded, grouped or coloured: the stored value is read, not its display.
type numberFormat struct {
	date    bool // shows a year, month or day
	time    bool // shows a time of day
	elapsed bool // shows more than 24 hours as such: [h]:mm
	zeros   int  // digits that a 00000 format shows at least; 0: it pads nothing
	split   bool // shows fractions of a second: ss.000

	sign string // the words that it shows beside a number: "€", "CHF", "kg"; "": none
}

// textSection is the index of the section for texts; the sections before it are for positive
// numbers, negative ones and zero.
const textSection = 3

// longestPadding is the longest number format that Excel knows; a longer one is a trap and pads
// nothing.
const longestPadding = 255

func (f numberFormat) temporal() bool { return f.date || f.time || f.elapsed }

// builtinFormat gives the formats that are known by number, without a code in the file (ECMA-376
// part 1, 18.8.30). Some numbers of the Far East mean a date in one language and a time in another:
// they count as both, and the value decides.
func builtinFormat(id int) numberFormat {
	switch {
	case id == 9, id == 10: // 0% and 0.00%
		return numberFormat{sign: "%"}
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57,
		id == 58, id >= 71 && id <= 74:
		return numberFormat{date: true}
	case id == 22, id == 34, id == 35, id == 55, id == 56, id == 77:
		return numberFormat{date: true, time: true}
	case id >= 18 && id <= 21, id == 32, id == 33, id == 45, id == 75, id == 76, id == 78, id == 80:
		return numberFormat{time: true}
	case id == 47: // mm:ss.0
		return numberFormat{time: true, split: true}
	case id == 46, id == 79:
		return numberFormat{elapsed: true}
	}

	return numberFormat{}
}

// parseFormat reads a number format code. A code may have sections for positive, negative and zero
// values; it is a date if one of them is, because the other sections then only hide or mark a
// value.
func parseFormat(code string) numberFormat {
	var format numberFormat
	for i, section := range splitSections(code) {
		parsed := parseSection(section)
		format.date = format.date || parsed.date
		format.time = format.time || parsed.time
		format.elapsed = format.elapsed || parsed.elapsed
		format.split = format.split || parsed.split
		if i == 0 {
			format.zeros = parsed.zeros
		}
		if i < textSection && !parsed.temporal() {
			format.addSign(signBeside(section), i == 0 && showsMinus(section))
		}
	}

	if format.temporal() {
		format.zeros, format.sign = 0, ""
	}
	return format
}

// addSign takes the words of the next section. The words of the first section that has any hold
// for all, but Dr and Cr in two sections tell numbers apart. A dash counts only as a minus: most
// formats show one for zero.
func (f *numberFormat) addSign(sign string, minus bool) {
	words := slices.DeleteFunc(strings.Fields(sign), func(word string) bool {
		return word == "-"
	})
	if minus {
		words = append(words, "-")
	}

	switch sign = strings.Join(words, " "); {
	case f.sign == "":
		f.sign = sign
	case strings.EqualFold(f.sign, "dr") && strings.EqualFold(sign, "cr"),
		strings.EqualFold(f.sign, "cr") && strings.EqualFold(sign, "dr"):
		f.sign += " " + sign
	}
}

// showsMinus reports whether the section for positive numbers shows them with a minus or in
// parentheses: -0.00, "€ -"0.00, (0.00), 0.00-. The dash of 0.- and of "INV-"0 is not a minus.
func showsMinus(section string) bool {
	var before, behind []byte
	for i, around := 0, &before; i < len(section); i++ {
		switch c := section[i]; {
		case c == '"':
			length := quotedLength(section[i:])
			*around = append(*around, strings.Trim(section[i:i+length], `"`)...)
			i += length - 1
		case c == '\\' && i+1 < len(section):
			i++
			*around = append(*around, section[i])
		case c == '_', c == '*':
			_, length := utf8.DecodeRuneInString(section[i+1:])
			i += length
		case c == '[':
			i += max(strings.IndexByte(section[i:], ']'), 0)
		case strings.IndexByte("0#?", c) >= 0:
			around, behind = &behind, behind[:0]
		default: // also the mark of decimals, if no digit follows it
			*around = append(*around, c)
		}
	}

	left := strings.ReplaceAll(string(before), "−", "-")
	if strings.ContainsFunc(left, unicode.IsLetter) {
		return false
	}
	return strings.Contains(left, "-") || strings.TrimSpace(string(behind)) == "-" ||
		strings.Contains(left, "(") && strings.ContainsRune(string(behind), ')')
}

// formatPart is one meaningful piece of a section: a run of one letter, in lower case, or "[h]", or
// a digit placeholder.
type formatPart struct {
	// letter is one of y m d h s e g b, 'a' for AM/PM, '[' for elapsed time, '0' '#' '?' for
	// digits, or '.' ',' '%' 'E' '/' as such.
	letter byte
	length int
}

func parseSection(section string) numberFormat {
	parts := formatParts(section)
	if isNumeric(parts) {
		return numberFormat{zeros: padding(parts)}
	}

	var format numberFormat
	for i, part := range parts {
		switch part.letter {
		case '0': // there are digits after the seconds, otherwise the section would be numeric
			format.split = true
		case 'y', 'd', 'e', 'g', 'b':
			format.date = true
		case 'h', 's', 'a':
			format.time = true
		case '[':
			format.elapsed = true
		case 'm':
			if isMinute(parts, i) {
				format.time = true
			} else {
				format.date = true
			}
		}
	}

	return format
}

// signBeside gives the words that a section shows beside a number, with blanks between: words in
// quotes ("CHF"), a currency ([$€-407]), the percent sign, and unquoted letters (0.00 zł). Which of
// them are currencies is not known here.
func signBeside(section string) string {
	var sign []byte
	add := func(text string) { sign = append(sign, text...) }
	for i := 0; i < len(section); {
		length := 1
		switch c := section[i]; {
		case c == '"':
			length = quotedLength(section[i:])
			add(strings.Trim(section[i:i+length], `"`))
		case c == '\\':
			_, length = utf8.DecodeRuneInString(section[i+1:])
			add(section[i+1 : i+1+length])
			length++
		case c == '_', c == '*': // a gap as wide as the next letter, a filling with it
			_, length = utf8.DecodeRuneInString(section[i+1:])
			add(" ")
			length++
		case strings.HasPrefix(section[i:], "[$"):
			inner, _, _ := strings.Cut(section[i+len("[$"):], "]")
			length = min(len("[$]")+len(inner), len(section)-i)
			inner, _, _ = strings.Cut(inner, "-")
			add(" " + inner + " ")
		case c == '[':
			length = max(strings.IndexByte(section[i:], ']'), 0) + 1
		case len(section)-i >= len("general") &&
			strings.EqualFold(section[i:i+len("general")], "general"):
			length = len("general")
			add(" ")
		case (c == 'E' || c == 'e') && i+1 < len(section) &&
			(section[i+1] == '+' || section[i+1] == '-'):
			length = 2
		case c == '%':
			add(" % ")
		case strings.IndexByte("0#?@.,/()+- ", c) >= 0:
			add(" ")
		default:
			_, length = utf8.DecodeRuneInString(section[i:])
			add(section[i : i+length])
		}

		i += length
	}

	return strings.Join(strings.Fields(string(sign)), " ")
}

// isMinute tells minutes from months as Excel does: minutes follow hours or come before seconds.
func isMinute(parts []formatPart, i int) bool {
	if parts[i].length > 2 {
		return false
	}

	before, after := i-1, i+1
	for before >= 0 && isPoint(parts[before]) { // Finns and Italians write h.mm
		before--
	}
	for after < len(parts) && isPoint(parts[after]) {
		after++
	}

	return before >= 0 && (parts[before].letter == 'h' || parts[before].letter == '[') ||
		after < len(parts) && parts[after].letter == 's'
}

func isPoint(part formatPart) bool { return part.letter == '.' || part.letter == ',' }

// isNumeric reports whether the format shows digits that are not a fraction of a second: then
// letters are literals that a careless writer did not quote, as in `0.00 USD`.
func isNumeric(parts []formatPart) bool {
	for i, part := range parts {
		switch part.letter {
		case '#', '?', '%', 'E':
			return true
		case '0':
			fraction := i > 1 && isPoint(parts[i-1]) &&
				(parts[i-2].letter == 's' || parts[i-2].letter == '[')
			if !fraction {
				return true
			}
		}
	}

	return false
}

// padding gives how many digits a format shows at least if it only has zeros, as 00000 and 000-0000
// do.
func padding(parts []formatPart) int {
	zeros := 0
	for _, part := range parts {
		if part.letter != '0' {
			return 0
		}
		zeros += part.length
	}
	if zeros < 2 || zeros > longestPadding {
		return 0
	}
	return zeros
}

// formatParts cuts a section into its parts and leaves literals, colours and languages out.
func formatParts(section string) []formatPart {
	var parts []formatPart
	for i := 0; i < len(section); i++ {
		c := section[i]
		switch c {
		case '"':
			i += quotedLength(section[i:]) - 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(section[i:], ']')
			if end < 0 {
				return parts
			}
			if isElapsed(section[i+1 : i+end]) {
				parts = append(parts, formatPart{'[', end - 1})
			}
			i += end
		default:
			afterDigit := len(parts) > 0 &&
				strings.IndexByte("0#?.", parts[len(parts)-1].letter) >= 0
			part, length := formatRun(section[i:], afterDigit)
			if part.letter != 0 {
				parts = append(parts, part)
			}
			i += length - 1
		}
	}

	return parts
}

// formatRun reads one part that is neither quoted nor in brackets; letter 0: a literal. An e after
// a digit begins an exponent, elsewhere it is a year.
func formatRun(rest string, afterDigit bool) (formatPart, int) {
	for _, word := range []string{"am/pm", "a/p"} {
		if len(rest) >= len(word) && strings.EqualFold(rest[:len(word)], word) {
			return formatPart{'a', 1}, len(word)
		}
	}

	if length := wordLength(rest); length > 0 {
		return formatPart{}, length
	}
	letter := lower(rest[0])
	if letter == 'e' && afterDigit && len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
		return formatPart{'E', 1}, 2
	}
	if letter == 'b' && len(rest) > 1 && (rest[1] == '1' || rest[1] == '2') {
		return formatPart{}, 2 // B1 and B2 choose a calendar
	}
	if strings.IndexByte("ymdhsegb0#?.,%", letter) < 0 {
		return formatPart{}, 1
	}

	length := 1
	for length < len(rest) && lower(rest[length]) == letter {
		length++
	}

	return formatPart{letter, length}, length
}

// wordLength is the length of a word at the beginning that is not a run of date letters: General,
// which some programs write in the language of their user although the format only has it in
// English (Standard, Geral, G/通用格式), or another word that was not quoted. 0: there is none.
func wordLength(rest string) int {
	if strings.HasPrefix(rest, "G/") && len(rest) > 2 && rest[2] >= utf8.RuneSelf {
		return len("G/")
	}

	length := strings.IndexFunc(rest, func(r rune) bool { return !isLatin(r) })
	if length < 0 {
		length = len(rest)
	}

	word := strings.ToLower(rest[:length])
	if generalWords[word] {
		return length
	}

	// Letters that mean nothing in a format, three different ones, make a word; dd"th" without its
	// quotes and yyyy-mm-ddThh:mm have fewer.
	foreign := map[rune]bool{}
	for _, r := range word {
		if !strings.ContainsRune("ymdhsegb", r) {
			foreign[r] = true
		}
	}

	if len(foreign) >= 3 {
		return length
	}

	return 0
}

func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) }

// generalWords are what the languages of Excel and LibreOffice call General, and the names that
// programs write instead of a format, if fewer than three letters give them away.
var generalWords = map[string]bool{
	"general": true, "genel": true, "umum": true, "text": true, "chung": true, "opšte": true,
	"opće": true,
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// isElapsed recognises h, hh, m, mm, s, ss; anything else in brackets is a colour, a condition or a
// language.
func isElapsed(bracket string) bool {
	if bracket == "" || strings.IndexByte("hms", lower(bracket[0])) < 0 {
		return false
	}
	return strings.Trim(bracket, bracket[:1]) == "" ||
		strings.EqualFold(strings.Repeat(bracket[:1], len(bracket)), bracket)
}

func quotedLength(rest string) int {
	if end := strings.IndexByte(rest[1:], '"'); end >= 0 {
		return end + 2
	}
	return len(rest)
}

// splitSections cuts a code at its semicolons, but not within quotes, escapes and brackets.
func splitSections(code string) []string {
	var sections []string
	from := 0
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			i += quotedLength(code[i:]) - 1
		case '\\', '_', '*':
			i++
		case '[':
			if end := strings.IndexByte(code[i:], ']'); end >= 0 {
				i += end
			}
		case ';':
			sections = append(sections, code[from:i])
			from = i + 1
		}
	}

	return append(sections, code[from:])
}
