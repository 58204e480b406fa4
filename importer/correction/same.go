package correction

import (
	"bytes"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"ableimport/importer/table"
)

// sameCell reports whether a cell that was fed back is the original one, either exactly or as a
// spreadsheet program writes it when it saves a file that it has opened. A workbook keeps texts as
// they are, so only cells of other kinds are compared by what they mean; a CSV file does not say
// whether a program took a cell for a number or a date.
func sameCell(was []byte, wasKind byte, is []byte, isKind byte, csv bool) (same, exact bool) {
	if bytes.Equal(was, is) {
		return true, true
	}
	if bytes.Equal(lineEnds(was), lineEnds(is)) {
		return true, false
	}
	if !csv && wasKind == table.Text && isKind == table.Text {
		return false, false
	}
	return sameShown(was, is) || wasKind == table.Number && sameAcross(was, is), false
}

// lineEnds makes all line breaks the same.
func lineEnds(cell []byte) []byte { return bytes.ReplaceAll(cell, []byte("\r\n"), []byte("\n")) }

// A locale is how a spreadsheet program is set: which texts it takes for numbers and dates, and how
// it writes these.
type locale struct {
	decimal, group string
	dayFirst       bool
}

var locales = []locale{
	{".", ",", false}, // United States
	{".", ",", true},  // United Kingdom
	{",", ".", true},  // Germany
	{",", " ", true},  // France
	{".", "'", true},  // Switzerland
}

// sameShown reports whether some locale reads both texts as the same value: the program writes what
// it has read.
func sameShown(was, is []byte) bool {
	a, b := strings.TrimSpace(string(was)), strings.TrimSpace(string(is))
	if a == "" || b == "" {
		return a == b
	}
	if a == b || truth(a) != "" && truth(a) == truth(b) || sameDay(a, b) {
		return true
	}

	for _, l := range locales {
		if sameNumber(l, a, l, b) || sameMoment(l, a, b) {
			return true
		}
	}

	// A number that can be read in only one way may have been read with one setting and written
	// with another.
	return oneReading.MatchString(a) && sameAcross(was, is)
}

// sameAcross compares a plain number with one that any locale may have written.
func sameAcross(was, is []byte) bool {
	for _, l := range locales {
		if sameNumber(locales[0], string(was), l, strings.TrimSpace(string(is))) {
			return true
		}
	}
	return false
}

// oneReading matches plain numbers whose point cannot be one between thousands.
var oneReading = regexp.MustCompile(`^[+-]?(\d+|\d*\.(\d{1,2}|\d{4,}))$`)

// truth is the one name of what programs write for true and false.
func truth(text string) string {
	switch strings.ToUpper(text) {
	case "TRUE", "WAHR", "VRAI":
		return "TRUE"
	case "FALSE", "FALSCH", "FAUX":
		return "FALSE"
	}
	return ""
}

var (
	decimalNumber = regexp.MustCompile(
		`^([+-]?)(\d+|\d{1,3}(?:G\d{3})+)?(?:D(\d*))?(?:[eE]([+-]?\d{1,3}))?(%?)$`)
	notNumber = regexp.MustCompile(`[GD]`)
)

// longestNumber bounds what is computed with.
const longestNumber = 400

// number reads a number as a locale writes it. Of a number with an exponent, only so many digits
// count; 0: all.
func (l locale) number(text string) (value *big.Rat, digits int) {
	if len(text) > longestNumber || notNumber.MatchString(text) {
		return nil, 0
	}

	text = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "'", "−", "-").Replace(text)
	text = strings.NewReplacer(l.decimal, "D", l.group, "G").Replace(text)
	parts := decimalNumber.FindStringSubmatch(text)
	if parts == nil || parts[2]+parts[3] == "" {
		return nil, 0
	}

	whole := strings.ReplaceAll(parts[2], "G", "")
	plain := parts[1] + whole + "." + parts[3] + "0"
	if parts[4] != "" {
		plain += "e" + parts[4]
		digits = len(strings.TrimLeft(whole+parts[3], "0"))
	}

	value, ok := new(big.Rat).SetString(strings.Replace(plain, "+.", "0.", 1))
	if !ok {
		return nil, 0
	}

	if parts[5] == "%" {
		value.Quo(value, big.NewRat(100, 1))
	}
	return value, digits
}

// spreadsheetDigits is how many digits a spreadsheet program keeps of a number.
const spreadsheetDigits = 15

func sameNumber(la locale, a string, lb locale, b string) bool {
	was, _ := la.number(a)
	is, digits := lb.number(b)
	if was == nil || is == nil {
		return false
	}
	if was.Cmp(is) == 0 {
		return true
	}

	if digits == 0 {
		digits = spreadsheetDigits
	}

	rounded := rounding(was, digits)
	return rounded.Cmp(is) == 0 || digits == spreadsheetDigits && cut(a) != "" && cut(a) == cut(b)
}

// rounding is a number with a given count of digits.
func rounding(value *big.Rat, digits int) *big.Rat {
	text := new(big.Float).SetPrec(2048).SetRat(value).Text('e', digits-1)
	out, _ := new(big.Rat).SetString(text)
	return out
}

// cut is a long whole number with zeros after the digits that a spreadsheet program keeps.
func cut(text string) string {
	if len(text) <= spreadsheetDigits || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return text[:spreadsheetDigits] + strings.Repeat("0", len(text)-spreadsheetDigits)
}

var (
	dateAndTime = regexp.MustCompile(`^(\d{1,4})([-./ ])(\d{1,2})([-./ ])(\d{1,4})(?:[T, ]+(.*))?$`)
	timeOfDay   = regexp.MustCompile(
		`(?i)^(\d{1,4}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(AM|PM)?Z?$`)
)

// sameMoment reports whether a locale reads both as the same date and time. The program may have
// left out the seconds.
func sameMoment(l locale, a, b string) bool {
	dayA, clockA, okA := l.moment(a)
	dayB, clockB, okB := l.moment(b)
	if !okA || !okB || dayA != dayB {
		return false
	}

	timeA, secondsA := clock(clockA)
	timeB, secondsB := clock(clockB)
	if timeA < 0 || timeB < 0 {
		return false
	}
	if !secondsA || !secondsB {
		return timeA/60 == timeB/60
	}

	return timeA == timeB
}

// moment splits a date from its time. A time alone has no day.
func (l locale) moment(text string) (day [3]int, clock string, ok bool) {
	if timeOfDay.MatchString(text) {
		return day, text, true
	}
	parts := dateAndTime.FindStringSubmatch(text)
	if parts == nil || parts[2] != parts[4] {
		return day, "", false
	}

	first, _ := strconv.Atoi(parts[1])
	second, _ := strconv.Atoi(parts[3])
	third, _ := strconv.Atoi(parts[5])
	switch {
	case len(parts[1]) == 4:
		day = [3]int{first % 100, second, third}
	case l.dayFirst:
		day = [3]int{third % 100, second, first}
	default:
		day = [3]int{third % 100, first, second}
	}

	ok = day[1] >= 1 && day[1] <= 12 && day[2] >= 1 && day[2] <= 31 && len(parts[1])+
		len(parts[5]) <= 6
	return day, parts[6], ok
}

// clock reads a time of day in seconds, and whether it has seconds; no text is midnight, and -1 is
// not a time.
func clock(text string) (seconds int, said bool) {
	if text == "" {
		return 0, true
	}
	parts := timeOfDay.FindStringSubmatch(text)
	if parts == nil {
		return -1, false
	}

	hours, _ := strconv.Atoi(parts[1])
	minutes, _ := strconv.Atoi(parts[2])
	rest, _ := strconv.Atoi(parts[3])

	switch half := strings.ToUpper(parts[4]); {
	case half == "PM" && hours < 12:
		hours += 12
	case half == "AM" && hours == 12:
		hours = 0
	}

	return hours*3600 + minutes*60 + rest, parts[3] != ""
}

// monthNames are the beginnings of the names that English and German programs write.
var monthNames = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6,
	"jul": 7, "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}

var dayAndMonth = regexp.MustCompile(
	`(?i)^(?:(\d{1,2})[-. ]+([a-zä]{3})[a-z.]*|([a-zä]{3})[a-z.]*[- ]+(\d{1,2}))$`)

var twoNumbers = regexp.MustCompile(`^(\d{1,2})[-./](\d{1,2})\.?$`)

// sameDay knows texts that were taken for a day or a month without a year: 1-2 becomes 2-Jan, 12.5
// becomes 12. Mai, 1.50 becomes Jan 50, and 3/4 becomes 03/04 of the year in which it was opened.
func sameDay(was, is string) bool {
	numbers, named := twoNumbers.FindStringSubmatch(was), dayAndMonth.FindStringSubmatch(is)
	if numbers == nil {
		return false
	}
	if named == nil {
		return sameDayOfSomeYear(numbers, is)
	}

	month, known := monthNames[strings.ToLower(named[2]+named[3])]
	other, _ := strconv.Atoi(named[1] + named[4])
	a, _ := strconv.Atoi(numbers[1])
	b, _ := strconv.Atoi(numbers[2])
	return known && (a == month && b == other || b == month && a == other)
}

func sameDayOfSomeYear(numbers []string, is string) bool {
	a, _ := strconv.Atoi(numbers[1])
	b, _ := strconv.Atoi(numbers[2])
	for _, l := range locales {
		day, time, ok := l.moment(is)
		if !ok || time != "" || !dateAndTime.MatchString(is) {
			continue
		}
		if l.dayFirst && day[1] == b && day[2] == a || !l.dayFirst && day[1] == a && day[2] == b {
			return true
		}
	}

	return false
}
