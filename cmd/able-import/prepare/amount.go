package prepare

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"ableimport/importer/report"
	"ableimport/mapping/number"
)

// spacesAndStrokes stand between thousands: a space of any width, an apostrophe.
var spacesAndStrokes = strings.NewReplacer(" ", "'", "\u00a0", "'", "\u2009", "'", "\u202f", "'",
	"’", "'", "−", "-")

// writtenNumber has its marks between digits, thousands before the decimals. Groups are of three
// digits, or as in India.
var writtenNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^-?\d+(?:[.,']\d+)*$`)
})

// ReadTotal reads a total as people write it: 64,543.57 and 64.543,57, with the code of its
// currency or without. It gives it back in the form of [ParseTotal]. decimal is the mark before the
// decimals where the person reads amounts, a point or a comma: it counts only where all decimals
// are written, so that nothing that could be another sum is taken.
func ReadTotal(currency, text string, decimal byte) (total string, err error) {
	decimals, known := number.Exponent(currency)
	if !known {
		return "", fmt.Errorf("%s is not a currency of ISO 4217", currency)
	}

	plain := strings.TrimSpace(text)
	for _, part := range []string{strings.ToUpper(currency), strings.ToLower(currency)} {
		plain = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(plain, part), part))
	}

	plain = spacesAndStrokes.Replace(plain)
	example := "48,112" + strings.TrimSuffix("."+"2000"[:decimals], ".")
	if decimal == ',' {
		example = strings.NewReplacer(",", ".", ".", ",").Replace(example)
	}
	if !writtenNumber().MatchString(plain) {
		return "", fmt.Errorf("%q is not an amount. Write it in digits, such as %s", text, example)
	}

	var readings []string
	for _, mark := range []byte{'.', ','} {
		if whole, fraction, ok := readAmount(plain, mark, decimals); ok {
			readings = append(readings, whole+"."+fraction)
			if mark == decimal && fraction != "" {
				readings = readings[len(readings)-1:] // as this person's amounts are shown
				break
			}
		}
	}

	switch {
	case len(readings) == 0 || decimals > 0 && strings.HasSuffix(readings[0], ".") &&
		strings.Count(plain, ".")+strings.Count(plain, ",") == 1:
		return "", fmt.Errorf("%q can be read in more than one way, or not at all. Amounts in %s "+
			"have %d decimals: write all of them, such as %s",
			text, currency, decimals, example)
	case len(readings) == 2 && readings[0] != readings[1]:
		return "", fmt.Errorf("%q can be read as %s and as %s. Write it as %s", text,
			report.Amount(strings.TrimSuffix(readings[0], ".")),
			report.Amount(strings.TrimSuffix(readings[1], ".")), example)
	}

	return strings.ToUpper(currency) + "=" + strings.TrimSuffix(readings[0], "."), nil
}

// readAmount reads a number whose decimals stand behind a mark. The other mark and strokes stand
// between thousands.
func readAmount(text string, mark byte, decimals int) (whole, fraction string, ok bool) {
	whole, fraction, _ = strings.Cut(text, string(mark))
	if strings.ContainsAny(fraction, ".,'") || fraction != "" && len(fraction) != decimals {
		return "", "", false
	}
	group := strings.Trim(whole, "-0123456789")
	if group == "" {
		return whole, fraction, true
	}

	sign := ""
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, whole = "-", rest
	}

	groups := strings.Split(whole, group[:1])
	for i, digits := range groups {
		last, first := i == len(groups)-1, i == 0
		switch {
		case strings.Trim(digits, "0123456789") != "": // two marks between thousands
			return "", "", false
		case first && (len(digits) == 0 || len(digits) > 3), last && len(digits) != 3,
			!first && !last && len(digits) != 3 && len(digits) != 2:
			return "", "", false
		}
	}

	return sign + strings.Join(groups, ""), fraction, true
}
