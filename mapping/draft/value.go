package draft

import (
	"fmt"
	"slices"
	"strings"

	"ableimport/mapping"
)

// value writes amount and currency.
func (d *draft) value(s *scribe) {
	amounts := d.amounts()
	if len(amounts) == 0 {
		s.line(1, "deal_value: "+missing(d.missingName("Total")), "")
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+
			", required: false}", "")
		s.ask(1, "deal_value: Total", "no column was found that holds the amounts: name one as "+
			"deal_value, and its currency as deal_currency")
		return
	}

	switch {
	case d.amount != nil && d.sign != nil && d.pins.numbers != nil:
		d.askSign(s, d.sign)
	case d.amount == nil:
		s.line(1, "deal_value: {credit: "+scalar(d.credit.name)+", debit: "+scalar(d.debit.name)+
			d.number(d.credit)+"}",
			"likely: a column for money in, one for money out; check which is which",
			d.credit, d.debit)
	case d.askRepeated:
		s.line(1, "deal_value: "+missing(d.missingName("Total")), "")
		d.askReadings(s)
	case d.sum:
		s.line(1, "deal_value: {column: "+scalar(d.amount.name)+", sum: true}",
			d.certainty(d.amount, roleAmount, "numbers")+
				"; it differs between the rows of a group, so they are added up", d.amount)
	case d.cents != nil:
		d.minor(s)
	case d.askMinor && d.pins.numbers != nil:
		d.askCents(s)
	default:
		why := d.certainty(d.amount, roleAmount, "numbers")
		if d.proof != "" {
			why += "; " + d.proof
		}
		s.line(1, "deal_value: "+scalar(d.amount.name), why, d.amount)
	}

	d.askTax(s)
	d.askParts(s)

	if d.amount != nil {
		d.askPieces(s)
		d.askBeside(s)
		d.askMinus(s)
	}

	d.otherAmounts(s, amounts)
	d.money(s, amounts[0])
}

// askMinus asks whether sales have a minus, if all amounts have one: otherwise nothing would be
// sent.
func (d *draft) askMinus(s *scribe) {
	if d.amount.below == 0 || d.amount.below < d.amount.nonzero || d.sign != nil {
		return
	}

	why := "all amounts are negative, and such rows are left out. If they are sales, use the line " +
		"marked OPEN instead; if they are refunds, only remove the question"
	if strings.Contains(d.amount.name, "'") {
		s.ask(1, "deal_value: {expr: ...}", why, d.amount)
		return
	}
	s.ask(1, "deal_value: {expr: '0 - num("+quoted(d.amount.name)+")'"+d.sumOption()+"}", why,
		d.amount)
}

// askSign asks what the letters beside the amounts mean; until somebody says so there is no amount.
func (d *draft) askSign(s *scribe, sign *profile) {
	s.line(1, "deal_value: "+missing(d.missingName("Total")), "")
	amount := scalar(d.amount.name)
	s.ask(1, "deal_value: "+amount, "if all amounts are money in, use the first line marked OPEN "+
		"instead; if only some rows are sales, add a line to skip:", d.amount, sign)

	for i, letter := range sign.values {
		other := "..."
		if len(sign.values) == 2 {
			other = scalar(sign.values[1-i].text)
		}
		s.ask(1, "deal_value: {column: "+amount+", sign: {column: "+scalar(sign.name)+", plus: "+
			scalar(letter.text)+", minus: "+other+"}}",
			fmt.Sprintf("or: %s (%s) tells money in from money out, and %s is money in",
				comment(sign.name), counts(sign.values), comment(letter.text)), d.amount, sign)
	}

	s.open -= len(sign.values)
}

// otherAmounts names the columns that may be meant instead.
func (d *draft) otherAmounts(s *scribe, taken []*profile) {
	var others []string
	for _, p := range d.profiles {
		if p.name == "" || p.filled == 0 || !p.mostly(p.numbers) || slices.Contains(taken, p) ||
			p.dateLike() {
			continue
		}
		if p.score[roleAmount] > 0 && p.decimals > 0 && len(others) < 4 {
			others = append(others, scalar(p.name)+" ("+p.example()+")")
		}
	}

	if len(others) > 0 {
		s.remark(2, "other amounts of the first row: "+strings.Join(others, ", "))
	}
}

// signs is a column of letters for the two sides of an account.
func (d *draft) signs() *profile {
	for _, p := range d.profiles {
		if p.name == "" || p.many || p.filled == 0 || len(p.values) > 2 {
			continue
		}
		for _, words := range creditWords {
			if (slices.Contains(p.words, words[0]) || slices.Contains(p.words, words[1])) &&
				len(p.values[0].text) <= 2 && !p.mostly(p.numbers) {
				return p
			}
		}
	}

	return nil
}

// missing is a field that is empty, and so lacks its value, as long as the file has no such column.
func missing(column string) string { return `{expr: 'col("` + column + `", "")'}` }

// missingName is a name that the file does not use.
func (d *draft) missingName(name string) string {
	for slices.ContainsFunc(d.profiles,
		func(p *profile) bool { return mapping.NormalName(d.export.Header[p.index]) == name }) {
		name += " of buyer"
	}
	return name
}
