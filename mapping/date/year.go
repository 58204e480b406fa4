package date

import (
	"slices"
	"strconv"

	"ableimport/mapping/cell"
)

// YearAbove is the only year that the rows above a header name, and how they do: by days such as
// 20180201, or otherwise by a year alone. It is 0 if they name none, or several.
func YearAbove(above [][]string) (year int, words []string) {
	if year, words = yearOf(above, len("20180201")); len(words) == 0 {
		year, words = yearOf(above, len("2018"))
	}
	if year == 0 {
		return 0, nil
	}
	return year, words
}

// yearOf looks at the words of so many digits; with words and without a year, they name several.
func yearOf(above [][]string, length int) (year int, words []string) {
	several := false
	cell.WordsOf(above, func(word, _ string) {
		found := yearIn(word, length)
		if found == 0 {
			return
		}
		several = several || year != 0 && year != found
		year = found
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	})

	if several {
		return 0, words
	}

	return year, words
}

// yearIn is the year that a word of so many digits means; 0: it means none.
func yearIn(word string, length int) int {
	if len(word) != length || !cell.AllDigits([]byte(word)) {
		return 0
	}
	var day Civil
	if length == len("20180201") &&
		day.ScanISO([]byte(word[:4]+"-"+word[4:6]+"-"+word[6:])) != nil {
		return 0
	}

	year, _ := strconv.Atoi(word[:4])
	if year < 1990 || year > 2100 {
		return 0
	}

	return year
}
