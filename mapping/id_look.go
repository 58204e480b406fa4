package mapping

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"ableimport/mapping/cell"
)

// Two spellings of one id are two events: with another hyphen, in full-width digits, with an
// invisible letter. Such an id is normal if its whole column is written like that; beside ids that
// are written plainly it was copied from somewhere, and comes again.

// What an id can have that others of its column lack.
const (
	idInvisible idFault = 4 << iota // invisible letters
	idHyphen                        // another hyphen
	idWide                          // digits, letters or blanks that also exist in plain form
	idAccent                        // accents apart from their letters
	idGrouped                       // commas between its digits, as spreadsheets show numbers
	idTwin                          // letters of another alphabet that look like A to Z

	// a date among others: a spreadsheet has taken 3-4 for one
	idDay

	// no fault: all are words, such as names of projects
	idWords

	idBlank  // a blank inside: INV 1 beside INV1
	idPacked // no blank inside, where most have one
	idLetter // a letter for a digit: 1OO1
	idLower  // small letters: inv-1 beside INV-1
	idUpper  // capitals only, where most have small letters

	idLooks = idInvisible | idHyphen | idWide | idAccent | idGrouped | idTwin | idSpellings |
		idElsewhere
	idSpellings = idBlank | idPacked | idLetter | idLower | idUpper

	// all ids are written in another way than those of another file: 17 beside 0017
	idElsewhere idFault = 1 << 15
)

// What bytes of ids show.
const (
	digitByte = 1 << iota
	hyphenByte
	commaByte
	beyondASCII
	blankByte
	letterByte
)

var idBytes = func() (all [256]byte) {
	for b := range all {
		switch {
		case cell.IsDigit(byte(b)):
			all[b] = digitByte
		case b == '-':
			all[b] = hyphenByte
		case b == ',':
			all[b] = commaByte
		case b >= utf8.RuneSelf:
			all[b] = beyondASCII
		case b == ' ':
			all[b] = blankByte
		case 'a' <= b|0x20 && b|0x20 <= 'z':
			all[b] = letterByte
		}
	}
	return all
}()

// learnLook takes the next id. Nearly all are plain, and only cost a look at their bytes.
func (c *idColumn) learnLook(text []byte) {
	bits, rest, led := c.leadBits, text, bytes.HasPrefix(text, c.lead)
	if led {
		rest = text[len(c.lead):]
	} else {
		bits = 0
	}
	for _, b := range rest {
		bits |= idBytes[b]
	}

	if bits&digitByte != 0 {
		c.digits = true
	} else if text := cell.Trim(text); len(text) > 0 && !isPlaceholder(text) && !isNoID(text) {
		c.words++
	}

	if bits&(commaByte|beyondASCII) == 0 {
		c.plain |= bits
		c.seen = c.seen || len(text) > 0
		if c.letters == "" && len(text) > 0 {
			c.letters = seriesOf(cell.Trim(text))
			if c.sample == "" {
				c.sample = string(cell.Trim(text))
			}
		}
		if led && bits&(blankByte|letterByte) == 0 {
			c.led++
			c.noteZeros(text, rest)
		} else {
			c.learnSpelling(cell.Trim(text), led)
		}
		return
	}

	look := lookOf(cell.Trim(text))
	c.looks |= look
	c.seen = c.seen || look&idInvisible == 0
	c.accents = c.accents || bits&beyondASCII != 0 && look&idAccent == 0
	if look&idTwin != 0 && c.twins == "" {
		c.twins, c.mixed = latin(seriesOf(cell.Trim(text))), isMixed(text)
	}
	c.otherCommas = c.otherCommas || bits&commaByte != 0 && look&idGrouped == 0
}

// mostSpelled bounds how many ids of a column are looked at letter by letter.
const mostSpelled = 1000

// learnSpelling takes an id that does not just go on with digits after the letters of the one
// before, led: that begins like it.
func (c *idColumn) learnSpelling(text []byte, led bool) {
	if c.spelled == mostSpelled || !hasDigit(text) {
		return
	}
	c.spelled++

	series, look := spellingOf(text)
	c.noteSpelling(series, look, 1)
	if cell.IsDigit(text[0]) {
		c.series[series].inside = true
	}
	if led && c.led > 0 || look&idLetter != 0 {
		return
	}

	c.closeLead()
	c.lead = bytes.Clone(text[:bytes.IndexFunc(text, unicode.IsDigit)])
	c.noteZeros(text, text[len(c.lead):])
	c.leadBits, c.leadSeries, c.leadLook = 0, series, look
	for _, b := range c.lead {
		c.leadBits |= idBytes[b] &^ (blankByte | letterByte)
	}
}

// noteZeros takes an id, and what follows its lead.
func (c *idColumn) noteZeros(text, digits []byte) {
	switch n := len(digits); {
	case n > 1 && digits[0] == '0':
		if c.padded == 0 {
			c.padded, c.sample = n, string(text)
		} else if c.padded != n {
			c.padded = -1
		}
	case n > 0 && (c.shortest == 0 || n < c.shortest):
		c.shortest = n
	}
}

// closeLead counts the ids that went on like the last one of learnSpelling.
func (c *idColumn) closeLead() {
	if c.led > 0 {
		c.noteSpelling(c.leadSeries, c.leadLook, c.led)
		c.led = 0
	}
}

func (c *idColumn) noteSpelling(series string, look idFault, ids int) {
	if c.series == nil {
		c.series = map[string]*spellings{}
	}
	s := c.series[series]
	if s == nil {
		s = new(spellings)
		c.series[series] = s
	}
	switch {
	case look&idLetter != 0:
		s.letters += ids
	case look&idBlank != 0:
		s.blanks += ids
	default:
		s.plain += ids
	}
}

// spellings counts the ids of a series by how they are written.
type spellings struct {
	plain, blanks, letters int
	inside                 bool // the letters of one are behind a digit, as in hashes
}

// mostSeries is in how many series ids come where they are not just any letters and digits.
const mostSeries = 4

// spelling is how few ids of the column are written where others of their series are not.
func (c *idColumn) spelling() (fault idFault) {
	c.closeLead()
	if len(c.series) > mostSeries {
		return 0
	}

	letters, blanks, packed := true, true, len(c.series) == 1
	for _, s := range c.series {
		letters = letters && (s.letters == 0 || s.letters < s.plain+s.blanks)
		blanks = blanks && s.blanks <= s.plain
		packed = packed && s.blanks > s.plain
	}
	for _, s := range c.series {
		if letters && s.letters > 0 {
			fault |= idLetter
		}
		if blanks && s.blanks > 0 {
			fault |= idBlank
		}
		if packed && s.plain > 0 {
			fault |= idPacked
		}
	}
	return fault | c.otherCase()
}

// otherCase finds a series that also comes in other upper or lower case, with fewer ids.
func (c *idColumn) otherCase() (fault idFault) {
	count := map[string]*[2]int{} // ids with small letters, and others, by series
	for series, s := range c.series {
		look := caseOf(series)
		if look == 0 || s.inside {
			continue
		}
		folded := strings.ToLower(series)
		if count[folded] == nil {
			count[folded] = new([2]int)
		}
		which := 0
		if look == idUpper {
			which = 1
		}
		count[folded][which] += s.plain + s.blanks
	}

	alone := idFault(0) // the case of series that come in one only
	for _, counts := range count {
		switch lower, upper := counts[0], counts[1]; {
		case upper == 0:
			alone |= idLower
		case lower == 0:
			alone |= idUpper
		case lower <= upper:
			fault |= idLower
		default:
			fault |= idUpper
		}
	}
	return fault &^ alone
}

// caseOf is idLower for a series with small letters, idUpper for one with capitals only.
func caseOf(series string) idFault {
	switch upper := strings.ToUpper(series); {
	case upper != series:
		return idLower
	case upper != strings.ToLower(series):
		return idUpper
	}
	return 0
}

// Against compares the ids of two files that are imported together, w being the later one. If each
// file writes all its ids in a way of its own, a sale that is in both would be sent twice. The ids
// of the file that lacks leading zeros are then at fault, or else those of the later one.
func (w *IDWatch) Against(earlier *IDWatch) {
	if w == nil || earlier == nil || len(w.columns) != 1 || len(earlier.columns) != 1 {
		return // beside other columns, an id may begin again in each file
	}
	a, b := &earlier.columns[0], &w.columns[0]
	if !a.isOneSeries() || !b.isOneSeries() {
		return
	}

	one, two := plainSeries(a.letters), plainSeries(b.letters)
	switch {
	case one != two, one == "" && !(isNumberSign(a.letters) && isNumberSign(b.letters)):
	case a.isShorterThan(b):
		a.model = b.sample
	case b.isShorterThan(a), a.letters != b.letters:
		b.model = a.sample
	}
}

// isLike reports whether an id is written like one of another file.
func isLike(model string, text []byte) bool {
	digits := func(id []byte) []byte { return bytes.TrimLeftFunc(id, isNoDigit) }
	zeros := digits([]byte(model))
	return seriesOf(text) == seriesOf([]byte(model)) &&
		(!bytes.HasPrefix(zeros, []byte("0")) || len(digits(text)) >= len(zeros))
}

func isNoDigit(r rune) bool { return !unicode.IsDigit(r) }

// isOneSeries reports whether all ids, each in ASCII, have the same letters and signs.
func (c *idColumn) isOneSeries() bool {
	c.closeLead()
	return c.digits && c.words == 0 && c.looks == 0 && !c.accents && len(c.series) == 1 &&
		c.spelled < mostSpelled && c.plain&digitByte != 0
}

// isShorterThan reports whether ids are in part shorter than those that the other column fills up
// with zeros.
func (c *idColumn) isShorterThan(padded *idColumn) bool {
	return padded.padded > 0 && (padded.shortest == 0 || padded.shortest >= padded.padded) &&
		c.padded == 0 && c.shortest > 0 && c.shortest < padded.padded
}

// plainSeries is a series without what spellings of it differ in.
func plainSeries(series string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, series)
}

// isNumberSign tells #1001 and 1001, which one program writes, from 2026/1001.
func isNumberSign(series string) bool { return series == "" || series == "#" }

// digitTwins are letters that look like digits.
var digitTwins = map[byte]byte{'O': '0', 'o': '0', 'I': '1', 'l': '1'}

// spellingOf gives the series of an id without blanks, and whether the id has blanks or letters in
// the place of digits.
func spellingOf(text []byte) (series string, look idFault) {
	plain := make([]byte, 0, len(text))
	for i, b := range text {
		if b == ' ' {
			look |= idBlank
			continue
		}

		if digit := digitTwins[b]; digit > 0 && len(plain) > 0 {
			before, next := plain[len(plain)-1], byte('0') // nothing follows
			if i+1 < len(text) {
				next = text[i+1]
			}
			if (cell.IsDigit(next) || digitTwins[next] > 0) && (cell.IsDigit(before) ||
				i+1 < len(text) && bytes.IndexByte([]byte("-_/#"), before) >= 0) {
				look |= idLetter
				b = digit
			}
		}
		plain = append(plain, b)
	}
	if look&idBlank == 0 {
		look |= idPacked
	}

	series = seriesOf(plain)
	return series, look | caseOf(series)
}

// strange is what some ids of the column have and others lack.
func (c *idColumn) strange() idFault {
	known := idFault(0)
	for look, plain := range map[idFault]bool{
		idInvisible: c.seen,
		idHyphen:    c.plain&hyphenByte != 0,
		idWide:      c.plain&digitByte != 0,
		idAccent:    c.accents,
		idGrouped:   !c.otherCommas,
		idTwin:      c.mixed || c.twins == c.letters,
	} {
		if plain {
			known |= look
		}
	}
	fault := c.looks&known | c.spelling()
	if c.model != "" {
		fault |= idElsewhere
	}
	return fault
}

// lookOf is what an id has that others may lack.
func lookOf(text []byte) (look idFault) {
	if isGroupedID(text) {
		return idGrouped
	}
	if !norm.NFC.IsNormal(text) {
		look |= idAccent
	}
	twins, others := false, false
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		twins = twins || isTwin(r)
		others = others || r >= utf8.RuneSelf && unicode.IsLetter(r) && latinTwin(r) == r
		switch {
		case r < utf8.RuneSelf:
		case isUnseen(r, text):
			look |= idInvisible
		case unicode.Is(unicode.Pd, r) || r == '−':
			if isInWord(text, at, at+size) {
				look |= idHyphen
			}
		case hasPlain(r, text[at:at+size]):
			look |= idWide
		}
		at += size
	}
	if twins && !others { // a word of that alphabet has other letters, too
		look |= idTwin
	}
	return look
}

// lookAlikes are letters of other alphabets, each before the Latin letter that it looks like.
var lookAlikes = func() map[rune]rune {
	table := map[rune]rune{}
	pairs := []rune("АAВBЕEКKМMНHОOРPСCТTУYХXІIЅSЈJаaеeоoрpсcуyхxіiѕsјj" +
		"ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοo")
	for i := 0; i < len(pairs); i += 2 {
		table[pairs[i]] = pairs[i+1]
	}
	return table
}()

// latinTwin is the Latin letter that a letter looks like, or the letter itself.
func latinTwin(r rune) rune {
	if twin, found := lookAlikes[r]; found && r >= utf8.RuneSelf {
		return twin
	}
	return r
}

func isTwin(r rune) bool { return latinTwin(r) != r }

func latin(text string) string { return strings.Map(latinTwin, text) }

// seriesOf is what the ids of a series have in common: INV-17 and INV-18.
func seriesOf(text []byte) string {
	return string(bytes.TrimFunc(text, unicode.IsDigit))
}

// isMixed reports whether a text has letters of ours beside others.
func isMixed(text []byte) bool {
	return bytes.ContainsFunc(text, func(r rune) bool {
		return r < utf8.RuneSelf && unicode.IsLetter(r)
	})
}

// isGroupedID reports whether an id is written as spreadsheets show numbers: 1,001.
func isGroupedID(text []byte) bool {
	parts := bytes.Split(text, []byte(","))
	for i, part := range parts {
		if !cell.AllDigits(part) || i > 0 && len(part) != 3 || i == 0 && (len(part) == 0 ||
			len(part) > 3 || part[0] == '0') {
			return false
		}
	}
	return len(parts) > 1
}

// isUnseen reports whether nobody sees a letter. Two of them join and part letters in some
// writings.
func isUnseen(r rune, text []byte) bool {
	if r == '\u200c' || r == '\u200d' {
		return !bytes.ContainsFunc(text, func(other rune) bool {
			return other >= utf8.RuneSelf && unicode.IsPrint(other)
		})
	}
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector)
}

// isInWord reports whether a letter or a digit is on both sides.
func isInWord(text []byte, from, to int) bool {
	before, _ := utf8.DecodeLastRune(text[:from])
	behind, _ := utf8.DecodeRune(text[to:])
	is := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return is(before) && is(behind)
}

// hasPlain reports whether there is an ASCII character for a letter, a digit or a blank. The one of
// Nº is usual in ids.
func hasPlain(r rune, written []byte) bool {
	if unicode.IsDigit(r) {
		return true
	}
	plain := norm.NFKC.Bytes(written)
	return len(plain) == 1 && plain[0] < utf8.RuneSelf && r != 'º' && r != 'ª'
}

// strangeID says what an id has that others of its column lack, or a model in another file.
func strangeID(look idFault, text []byte, shown, column, model string) string {
	again := fmt.Sprintf(", so it would be sent again beside the same id in plain characters. "+
		"Correct the file, or use {expr: 'col(%q)'} for the id in the mapping if it is right",
		column)
	which := func(is func(r rune, at int) bool) string {
		for at, r := range string(text) {
			if is(r, at) {
				return fmt.Sprintf("%U", r)
			}
		}
		return "U+FFFD"
	}

	switch {
	case look&idGrouped != 0:
		return shown + " has commas between its digits, as spreadsheets show numbers" + again
	case look&idInvisible != 0:
		return fmt.Sprintf("%s has a character that cannot be seen (%s), and other ids of this "+
			"column have none%s", shown,
			which(func(r rune, _ int) bool { return isUnseen(r, text) }), again)
	case look&idHyphen != 0:
		return fmt.Sprintf("%s has another hyphen (%s) than other ids of this column%s", shown,
			which(func(r rune, _ int) bool {
				return r >= utf8.RuneSelf && (unicode.Is(unicode.Pd, r) || r == '−')
			}), again)
	case look&idTwin != 0:
		return fmt.Sprintf("%s has a letter of another alphabet (%s) that looks like the one of "+
			"other ids of this column%s", shown,
			which(func(r rune, _ int) bool { return isTwin(r) }), again)
	case look&idLetter != 0:
		return shown + " has a letter (O, I or l) in the place of a digit, and other ids of this " +
			"column have digits there" + again
	case look&idBlank != 0:
		return shown + " has a blank inside, and other ids of this column have none" + again
	case look&idElsewhere != 0:
		return fmt.Sprintf("%s is written in another way than the ids of another file of this "+
			"run, such as %s%s", shown, cell.Quote(cell.Visible(cell.MaskStray(model))), again)
	case look&(idLower|idUpper) != 0:
		return shown + " differs from other ids of this column in upper and lower case" + again
	case look&idPacked != 0:
		return shown + " lacks the blank that other ids of this column have inside" + again
	case look&idWide != 0:
		return fmt.Sprintf("%s has a character (%s) that other ids of this column have in its "+
			"plain form%s", shown, which(func(r rune, _ int) bool {
			return r >= utf8.RuneSelf && hasPlain(r, []byte(string(r)))
		}), again)
	}
	return shown + " has its accents apart from their letters, and other ids of this column have " +
		"not" + again
}

// quotesOf are the marks that people and word processors put around a text, with the one that ends
// it.
var quotesOf = map[rune]string{'"': `"”`, '“': `”“"`, '”': `”`, '„': `“”"`, '‘': `’‘`, '‚': `‘’`,
	'’': `’`, '«': `»`, '»': `«»`, '‹': `›`, '›': `‹`}

// isQuotedID reports whether an id is in quotation marks, or begins with one: “1001”, ’0017.
func isQuotedID(text []byte) bool {
	if len(text) < 3 || text[0] != '"' && text[0] < utf8.RuneSelf {
		return false
	}
	first, size := utf8.DecodeRune(text)
	ends, opens := quotesOf[first]
	if !opens {
		return false
	}
	last, end := utf8.DecodeLastRune(text)
	inner := len(text) - size - end
	return inner > 0 && bytes.ContainsRune([]byte(ends), last) ||
		(first == '’' || first == '‘') && cell.AllDigits(text[size:])
}
