package table

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"ableimport/importer/table/grid"
)

// A number that contains the delimiter and is not in quotes, such as 1,250.00 or 12,50 in a file
// with commas, becomes two cells. The row then has a cell more than the header, and every cell
// after the number moves to the next heading.

// signAndCurrency may come before a number.
const signAndCurrency = `[-+(]?(?:[A-Z]{2,3} ?|\p{Sc} ?)?[-+]?`

var (
	// leftOfThousands and rightOfThousands are the halves of 1,250.00.
	leftOfThousands = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^` + signAndCurrency + `[1-9]\d{0,2}$`)
	})
	rightOfThousands = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\d{3}(?:\.\d+)?(?: ?(?:[A-Z]{2,3}|\p{Sc})|[-)])?$`)
	})
	// leftOfDecimals and rightOfDecimals are the halves of 12,50.
	leftOfDecimals = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^` + signAndCurrency +
			`(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[.' \x{a0}]\d{3})+)$`)
	})
	// rightOfWhole is what else may follow the comma; whole numbers look like this too.
	rightOfWhole = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\d{1,2}$`)
	})
	rightOfDecimals = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\d{2}(?: ?(?:[A-Z]{2,3}|\p{Sc})|[-)])?$`)
	})
)

// halves gives the columns whose cell makes one number with the next one, and also those where two
// whole numbers may.
func (r *records) halves(record []byte) (columns, whole []int) {
	if r.delimiter != ',' {
		return nil, nil
	}

	plain := func(i int) []byte {
		at := r.spans[i]
		if at.start > 0 && record[at.start-1] == r.quote && r.quote != 0 {
			return nil
		}
		return bytes.TrimSpace(record[at.start:at.end])
	}

	for i := range len(r.spans) - 1 {
		left, right := plain(i), plain(i+1)
		if len(left) == 0 || len(right) == 0 || left[len(left)-1]-'0' > 9 || right[0]-'0' > 9 {
			continue
		}
		if leftOfThousands().Match(left) && rightOfThousands().Match(right) ||
			leftOfDecimals().Match(left) && rightOfDecimals().Match(right) {
			columns, whole = append(columns, i), append(whole, i)
		} else if leftOfDecimals().Match(left) && rightOfWhole().Match(right) {
			whole = append(whole, i)
		}
	}

	return columns, whole
}

// learnHalves finds out from the first rows below the header which neighbours regularly look like
// halves of a number, and where a row as wide as the header may still be shifted: others are
// narrower, or the last heading is not a name.
func (s *textSource) learnHalves(below []headRow) {
	l := &s.layout
	width := len(l.names)
	unnamed := l.headed && width > 1 && l.names[width-1] == ""
	for _, row := range below {
		narrow := len(row.cells) < width
		if !narrow && !(unnamed && len(row.cells) == width && row.cells[width-1] == "") {
			continue
		}

		l.shifts = l.shifts || narrow

		for _, column := range row.halves {
			if !slices.Contains(l.pairs, column) {
				l.pairs = append(l.pairs, column)
			}
		}

		for i, cell := range row.cells {
			if l.missing == 0 && narrow && leftOfThousands().MatchString(cell) {
				l.pairs = append(l.pairs, i) // whole numbers are normal here
			}
		}
	}

	l.shifts = l.shifts || unnamed
	s.learnCents(below)
}

// A centsColumn is one in which all numbers have the same count of decimals.
type centsColumn struct{ column, decimals int }

// learnCents finds these columns in the first rows below the header, whatever first halves of
// numbers they contain. One number is enough if the second half of another has as many decimals.
func (s *textSource) learnCents(below []headRow) {
	if s.dialect.delimiter != ',' {
		return
	}

	for column := range len(s.layout.names) - 1 {
		common, seen, half := 0, 0, 0
		for _, row := range below {
			if column >= len(row.cells) || row.cells[column] == "" {
				continue
			}
			if slices.Contains(row.halves, column) {
				half = endingOf(row.cells[column+1]).decimals
				continue
			}
			found := endingOf(row.cells[column]).decimals
			if seen++; seen > 1 && found != common {
				common = 0
				break
			}
			common = found
		}

		if common > 0 && (seen > 1 || half == common && s.isAmount(column)) {
			s.layout.cents = append(s.layout.cents, centsColumn{column, common})
		}
	}
}

// lacksCents gives the column, -1 for none, in which a record that is as wide as the header has a
// number without decimals where all others have some, and in the next cell the rest of it: 1 and
// 250.00. A note or an empty cell after it is then missing somewhere.
func (r *records) lacksCents(record []byte, l *layout) int {
	for _, cents := range l.cents {
		left, last := r.spans[cents.column], cents.column+1
		point := left.end - cents.decimals - 1
		if point > left.start && record[point] == '.' {
			continue // nearly always
		}
		for last+1 < len(r.spans) && r.spans[last].end-r.spans[last].start == len("250") &&
			r.spans[last+1].end-r.spans[last+1].start > len("250") {
			last++ // 1, 250 and 000.00
		}

		right := r.spans[last]
		n := right.end - right.start
		if left.end == left.start || n < len("250.0") || record[right.start+len("250")] != '.' {
			continue
		}

		columns, _ := r.halves(record)
		rest := endingOf(string(bytes.TrimSpace(record[right.start:right.end])))

		parts := 0
		for column := cents.column; column < last && slices.Contains(columns, column); column++ {
			parts++
		}
		if rest.decimals == cents.decimals && parts == last-cents.column {
			return cents.column
		}
	}

	return -1
}

// splitAlike gives the column in which each of these rows has the first half of a number; -1: there
// is none. Two whole numbers, such as 12 and 5, count as one if the mapping uses the first column
// and not the second.
func (s *textSource) splitAlike(rows []headRow) int {
	if len(rows) == 0 {
		return -1
	}

	for _, column := range rows[0].whole {
		alike, certain := true, true
		for _, row := range rows {
			alike = alike && slices.Contains(row.whole, column)
			certain = certain && slices.Contains(row.halves, column)
		}
		if certain || alike && s.needs(column) && !s.needs(column+1) {
			return column
		}
	}

	return -1
}

// isShiftedAlike gives the column, -1 for none, in which rows as wide as the header have the first
// part of a number that goes on up to their last cell: for each comma an empty cell was left out.
// The mapping uses the first part's column and none after it, and no column of whole numbers holds
// the last parts.
func (s *textSource) isShiftedAlike(rows []headRow) int {
	if len(rows) == 0 {
		return -1
	}

	last := len(s.layout.names) - 1
	column := last
	for column > 0 && !s.needs(column) && !slices.ContainsFunc(rows, func(row headRow) bool {
		return !slices.Contains(row.whole, column-1)
	}) {
		column-- // 1, 250 and 000.00, and 1, 25 and 000.00
	}
	if column == last || !s.needs(column) {
		return -1
	}

	texts := s.isAmount(column) && !s.headsNumbers(last)
	zeros := slices.ContainsFunc(rows, func(row headRow) bool { return row.cells[last][0] == '0' })
	vary := slices.ContainsFunc(rows, func(row headRow) bool {
		return row.cells[last] != rows[0].cells[last]
	})
	// In two rows, and with cents that do not begin with 0, the last cells may be numbers of their
	// own, but not amounts below a heading of texts.
	if len(rows) < 3 && !texts || slices.ContainsFunc(rows, func(row headRow) bool {
		right := row.cells[last]
		isCents := rightOfDecimals().MatchString(right) && (zeros || texts && vary)
		return !strings.Contains(right, ".") && !(isCents && len(rows) > 1)
	}) {
		return -1
	}
	return column
}

// isSplitTwice gives the column of amounts, -1 for none, in which each of these rows has the first
// half of a number, and so has another one further right. One of the second halves begins with 0,
// as numbers of their own do not. The mapping uses no second half.
func (s *textSource) isSplitTwice(rows []headRow) int {
	first, zeros := -1, false
	for column := range len(s.layout.names) - 1 {
		if s.needs(column+1) || numberHeading.MatchString(s.layout.names[column+1]) ||
			slices.ContainsFunc(rows, func(row headRow) bool {
				return !slices.Contains(row.halves, column)
			}) {
			continue
		}

		if first < 0 && !s.isAmount(column) || column == first+1 {
			continue
		}
		zeros = zeros || slices.ContainsFunc(rows, func(row headRow) bool {
			return strings.HasPrefix(row.cells[column+1], "0")
		})
		if first >= 0 && zeros {
			return first
		}
		if first < 0 {
			first = column
		}
	}
	return -1
}

// splitAtAnyWidth gives the column of amounts that has the first half of a number in every row,
// where rows are not as wide as the header: some leave out empty cells at their end, so that others
// are as wide as the header although their cells are shifted. The mapping does not use the next
// column.
func (s *textSource) splitAtAnyWidth(rows []headRow) int {
	width := len(s.layout.names)
	wider := slices.ContainsFunc(rows, func(row headRow) bool { return len(row.cells) > width })
	for column := range width - 1 {
		if !s.isAmount(column) || s.needs(column+1) {
			continue
		}

		halved, certain := 0, wider && !s.headsNumbers(column+1)
		other := slices.ContainsFunc(rows, func(row headRow) bool {
			if column+1 >= len(row.cells) || row.cells[column] == "" {
				return false
			}
			right := row.cells[column+1]
			certain = certain || strings.Contains(right, ".") || strings.HasPrefix(right, "0")
			halved++
			return !slices.Contains(row.halves, column)
		})
		if !other && halved > 1 && certain {
			return column
		}
	}
	return -1
}

// numberHeading matches headings under which numbers of three digits are at home: rooms, points,
// numbers of things.
var numberHeading = regexp.MustCompile(`(?i)(^|[^\pL])(no|nr|n°|num|numer|number|numero|número|` +
	`id|code|ref|reference|room|zimmer|chambre|seat|table|tisch|platz|qty|quantity|menge|anzahl|` +
	`stück|count|items?|units?|pieces|pcs|stk|stock|points?|punkte|score|ext|extension|pos|` +
	`position|store|branch|filiale|terminal|till|kasse|account|konto|batch|lot|weight|gewicht|` +
	`size|year|age|days|nights|minutes|km|sku|plu|kunde|customer|member|dept|kostenstelle|` +
	`flight|flug|vol|siège|(post|bar|qr|pin)code|größe|grösse|taille|poids|quantité|qté|numéro|` +
	`\pL*(nummer|anzahl|menge))([^\pL]|$)|#|№|[号数点]`)

// amountHeading matches headings of amounts, rates and small numbers.
var amountHeading = regexp.MustCompile(`(?i)(^|[^\pL])(amount|betrag|montant|importe|importo|` +
	`total|sum|summe|net|netto|gross|brutto|tax|vat|gst|mwst|ust|tva|iva|btw|fees?|gebühr|` +
	`shipping|versand|porto|discount|rabatt|refund(ed)?|price|preis|prix|cost|kosten|tips?|paid|` +
	`due|balance|saldo|margin|profit|rate|percent|prozent|rating|marge|gewinn|bénéfice|frais|` +
	`remise|taxe|solde|provision|commission|trinkgeld|pourboire|bewertung|` +
	`weeks?|woche|kw|semaine|months?|monat|mois|jahr|année|tage?|jours?|hours?|stunden|heures?|` +
	`dauer|laufzeit|term|duration|durée|alter|âge|nächte|nuits|channel|kanal|lane|gate|gleis|` +
	`quai|row|reihe|rang|rank|floor|etage|étage|` +
	`\pL*(betrag|summe|preis|kosten|gebühr|steuer|rabatt|guthaben|kontostand))([^\pL]|$)|` +
	`%|[税料額価率引週月年]`)

// headsNumbers reports whether numbers are at home in a column, as far as its heading says.
func (s *textSource) headsNumbers(column int) bool {
	name := s.layout.names[column]
	return numberHeading.MatchString(name) || amountHeading.MatchString(name)
}

// learnThousands finds a column of whole numbers that are all below a thousand and that sometimes
// have three digits more in the next cell, which is otherwise empty or has words: 1 and 250, beside
// 940 and nothing. The mapping uses the first column and not the next one.
func (s *textSource) learnThousands(below []headRow) {
	if s.dialect.delimiter != ',' || len(below) < 3 {
		return
	}

	for column := range len(s.layout.names) - 1 {
		if !s.needs(column) || s.needs(column+1) ||
			numberHeading.MatchString(s.layout.names[column+1]) {
			continue
		}

		pairs := 0
		other := slices.ContainsFunc(below, func(row headRow) bool {
			left, right := row.at(column), row.at(column+1)
			if left != "" && !leftOfThousands().MatchString(left) {
				return true
			}
			if threeDigits([]byte(right)) && slices.Contains(row.halves, column) {
				pairs++
				return false
			}
			return right != "" && looksNumeric([]byte(right))
		})
		if !other && pairs > 1 {
			s.layout.thousands = column + 1
			s.layout.cure = cureTwoCells(column + 1)
			return
		}
	}
}

func cureTwoCells(second int) string {
	return "; if they are two cells, use column " + grid.Letters(second) +
		", too, as `custom_data`"
}

// splitsThousands reports whether a record has such a number, in the column that learnThousands
// found.
func (r *records) splitsThousands(record []byte, l *layout) bool {
	right := r.spans[l.thousands]
	if !threeDigits(record[right.start:right.end]) {
		return false
	}
	columns, _ := r.halves(record)
	return slices.Contains(columns, l.thousands-1)
}

func threeDigits(text []byte) bool {
	return len(text) == 3 && text[0]-'0' <= 9 && text[1]-'0' <= 9 && text[2]-'0' <= 9
}

// needs reports whether a mapping uses a column.
func (s *textSource) needs(column int) bool { return s.isOf(s.options.Needs, column) }

// isAmount reports whether a mapping takes amounts from a column.
func (s *textSource) isAmount(column int) bool { return s.isOf(s.options.Amounts, column) }

func (s *textSource) isOf(columns [][]string, column int) bool {
	return slices.ContainsFunc(columns, func(alternatives []string) bool {
		return s.column(alternatives) == column
	})
}

// isShifted reports whether a record only has the header's width because a number is in two halves.
func (r *records) isShifted(record []byte, l *layout) bool {
	last := r.spans[len(r.spans)-1]
	if l.split == 0 && last.start == last.end {
		return false
	}
	columns, whole := r.halves(record)
	if l.split > 0 {
		return slices.Contains(whole, l.split-1)
	}
	return slices.ContainsFunc(columns, func(column int) bool {
		return !slices.Contains(l.pairs, column)
	})
}
