package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// count writes a count for people: 1,234,567.
func count(n int64) string { return commas(strconv.FormatInt(n, 10)) }

// commas sets a comma after every third digit before the point of a plain
// decimal number: -48112.20 is -48,112.20.
func commas(number string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(number, "-"); negative {
		sign, number = "-", rest
	}

	whole, fraction, hasFraction := strings.Cut(number, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if hasFraction {
		whole += "." + fraction
	}
	return sign + whole
}

// Plural puts a count into words: 1 row, 1,000 rows.
func Plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}

// Size puts a number of bytes into words: 612 B, 48 KB, 1.2 MB.
func Size(bytes int64) string {
	const kilo, mega, giga = 1_000, 1_000_000, 1_000_000_000
	switch {
	case bytes < kilo:
		return fmt.Sprintf("%d B", bytes)
	case bytes < mega:
		return fmt.Sprintf("%d KB", bytes/kilo)
	case bytes < giga:
		return fmt.Sprintf("%d.%d MB", bytes/mega, bytes%mega/(mega/10))
	}
	return fmt.Sprintf("%d.%d GB", bytes/giga, bytes%giga/(giga/10))
}

// duration puts a number of seconds into words, as exactly as people care: 0.2 s, 14 s, 3 min 5 s,
// 2 h 40 min.
func duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < 50*time.Millisecond:
		return "under 0.1 s"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Truncate(time.Second).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

// Amount writes a plain decimal string as people read it: 48112.20 is 48,112.20.
func Amount(decimal string) string { return commas(decimal) }
