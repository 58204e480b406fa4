package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ableimport/mapping/document"
	"ableimport/mapping/number"
)

// chooseCurrency takes the currency column that belongs to the amount by its heading, or otherwise
// the currency that all amounts name.
func (d *draft) chooseCurrency() {
	amount := cmp.Or(d.amount, d.credit)
	if amount == nil {
		return
	}

	score := func(p *profile) int {
		score := p.score[roleCurrency]
		for _, word := range amount.words {
			if slices.Contains(p.words, word) {
				score += 600
			}
		}
		return score
	}
	for _, p := range d.profiles {
		if p.name == "" || p.filled > 0 && !p.largely(p.currency) || p.filled == 0 &&
			p.score[roleCurrency] < 500 {
			continue
		}
		if p.score[roleCurrency] > 0 && (d.currency == nil || p.filled > 0 &&
			(d.currency.filled == 0 || score(p) > score(d.currency))) {
			d.currency = p
		}
	}

	// Otherwise the column with such a heading, though many of its values are not a currency: no
	// other column says it better.
	if d.currency == nil {
		d.currency = d.best(roleCurrency,
			func(p *profile) bool { return p.score[roleCurrency] >= 500 && p.currency > 0 })
	}
	if d.currency == nil {
		d.currency = d.byContent(func(p *profile) bool {
			return p.mostly(p.currency) && 2*p.filled >= d.rows
		})
	}

	if d.currency == nil {
		d.constant = headingCurrency(d.export.Header[amount.index])
	}
	if d.currency == nil && d.constant == "" && d.amount != nil && !d.amount.namesCurrency() {
		d.amount = cmp.Or(d.best(roleAmount, func(p *profile) bool {
			return p.largely(p.numbers) && p.namesCurrency() && !d.isBalance(p)
		}), d.amount)
	}
}

// namesCurrency reports whether a sign beside nearly all amounts says which currency each of them
// has.
func (p *profile) namesCurrency() bool {
	named := 0
	for codes, amounts := range p.marks {
		if _, one := number.SignCurrency(codes); one {
			named += amounts
		}
	}
	return p.largely(named)
}

// headingCurrency is the currency in a heading such as "Total (EUR)" or "Betrag in €"; "" if none
// or several can be meant.
func headingCurrency(heading string) string {
	found := ""
	for _, word := range strings.FieldsFunc(heading,
		func(r rune) bool { return strings.ContainsRune(" ()[]/,:", r) }) {
		code, one := number.SignCurrency(number.CanMean([]byte(word)))
		if strings.EqualFold(word, "euros") {
			code, one = "EUR", true
		}
		if one && (word == strings.ToUpper(word) ||
			strings.HasPrefix(strings.ToLower(word), "euro")) {
			if found != "" && found != code {
				return ""
			}
			found = code
		}
	}

	return found
}

// money writes the currency of the amounts.
func (d *draft) money(s *scribe, amount *profile) {
	switch {
	case d.currency != nil && d.currency.filled == 0:
		s.line(1, "deal_currency: "+scalar(d.currency.name), "", d.currency)
		code, above := "EUR", ""
		if found, cell := d.currencyAbove(); found != "" {
			code, above = found, fmt.Sprintf(" Above the headings is %q", comment(cell))
		}
		s.ask(1, "deal_currency: {column: "+scalar(d.currency.name)+", default: "+code+"}",
			"the column is empty in this file: which currency do its amounts have?"+above,
			d.currency)
	case d.currency != nil:
		s.line(1, "deal_currency: "+scalar(d.currency.name),
			d.certainty(d.currency, roleCurrency, "currency codes"), d.currency)
	case d.constant != "":
		s.line(1, "deal_currency: {const: "+d.constant+"}",
			"certain: the heading "+comment(amount.name)+" says so")
	case amount.namesCurrency():
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+", required: false}",
			"certain: the sign beside each amount says it: "+amount.signs(), amount)
	default:
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+
			", required: false}", "")

		code, hint := "USD", ""
		if d.japanese() {
			code = "JPY"
		}
		if signs := document.SortedKeys(amount.marks); len(signs) > 0 {
			code, hint = signs[0][:3], ", and its sign can mean "+number.AnyOf(signs[0])
		}
		if found, cell := d.currencyAbove(); found != "" {
			code, hint = found, fmt.Sprintf(", but above the headings is %q", comment(cell))
		}

		s.ask(1, "deal_currency: {const: "+code+"}", "no column names the currency of "+
			comment(amount.name)+", such as "+amount.example()+hint+
			": use the line marked OPEN instead, with your currency", amount)
	}
}

// signs lists the currencies that signs beside amounts name, with their amounts.
func (p *profile) signs() string {
	var all []valueCount
	for _, codes := range document.SortedKeys(p.marks) {
		all = append(all, valueCount{number.AnyOf(codes), p.marks[codes]})
	}
	return counts(all)
}
