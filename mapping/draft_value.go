package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// value writes amount and currency.
func (d *draft) value(s *scribe) {
	amounts := d.amounts()
	if len(amounts) == 0 {
		s.line(1, "deal_value: "+missing(d.missingName("Total")), "")
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+", required: false}", "")
		s.ask(1, "deal_value: Total", "no column was found that holds the amounts: name one here, and its currency, in place of the two lines above")
		return
	}
	switch {
	case d.amount == nil:
		s.line(1, "deal_value: {credit: "+scalar(d.credit.name)+", debit: "+scalar(d.debit.name)+d.number(d.credit)+"}",
			"likely: a column for money in, one for money out; check which is which", d.credit, d.debit)
	case d.sum:
		s.line(1, "deal_value: {column: "+scalar(d.amount.name)+", sum: true}", d.certainty(d.amount, roleAmount, "numbers")+
			"; it differs between the rows of a group, so they are added up", d.amount)
	default:
		s.line(1, "deal_value: "+scalar(d.amount.name), d.certainty(d.amount, roleAmount, "numbers"), d.amount)
	}
	d.askTax(s)
	d.otherAmounts(s, amounts)
	d.money(s, amounts[0])
}

// askTax offers the sum of a net amount and its tax where no column holds it, as far as headings tell.
func (d *draft) askTax(s *scribe) {
	if d.amount != nil && !anyOfWords(d.amount.words, withoutTax) {
		return
	}
	net := d.plain(netWords)
	tax := d.plain(taxWords)
	if net == nil || tax == nil || net == tax {
		return
	}
	sum := ""
	if d.grouped {
		sum = ", sum: true"
	}
	field := "deal_value: {expr: 'num(" + strconv.Quote(net.name) + ") + num(" + strconv.Quote(tax.name) + ")'" + sum + "}"
	s.ask(1, field, fmt.Sprintf("no column is headed as the total with tax, and %s is not zero in %d rows. For what the buyer paid: this line, in place of the one above",
		comment(tax.name), tax.nonzero), net, tax)
}

// withoutTax are the words of amounts that may lack the tax; with netWords and taxWords they name its parts.
var (
	withoutTax = wordsIn(`gross net subtotal netto ht neto base imponible 税抜 小計`)
	netWords   = wordsIn(`net netto ht neto subtotal imponible 税抜金額 小計`)
	taxWords   = wordsIn(`tax taxes vat gst mwst ust steuer umsatzsteuer tva iva 消費税 税額`)
)

// plain is the first column of amounts whose heading has one of the words and little else.
func (d *draft) plain(among map[string]bool) *profile {
	for _, p := range d.profiles {
		if p.name != "" && !strings.Contains(p.name, "'") && len(p.words) <= 2 && anyOfWords(p.words, among) && p.largely(p.numbers) && p.nonzero > 0 &&
			!anyOfWords(p.words, wordsIn("type rate name id code total")) {
			return p
		}
	}
	return nil
}

// otherAmounts names the columns that may be meant instead, and what may have gone back.
func (d *draft) otherAmounts(s *scribe, taken []*profile) {
	var others []string
	for _, p := range d.profiles {
		if p.name == "" || p.filled == 0 || !p.mostly(p.numbers) || slices.Contains(taken, p) || p.dateLike() {
			continue
		}
		refund := slices.Contains(p.words, "refunded") || slices.Contains(p.words, "refund") || slices.Contains(p.words, "refunds")
		switch {
		case refund && p.nonzero > 0 && p.decimals > 0 && d.amount != nil && !slices.Contains(p.words, "converted"):
			s.ask(1, "deal_value: {column: "+scalar(d.amount.name)+", net_of: "+scalar(p.name)+"}",
				fmt.Sprintf("%s is not zero in %d rows: this line, in place of the one above, subtracts it", comment(p.name), p.nonzero), d.amount, p)
		case p.score[roleAmount] > 0 && p.decimals > 0 && len(others) < 4:
			others = append(others, scalar(p.name)+" ("+p.example()+")")
		}
	}
	if sign := d.signs(); sign != nil && d.amount != nil {
		s.ask(1, "deal_value: {column: "+scalar(d.amount.name)+", sign: {column: "+scalar(sign.name)+", plus: "+scalar(sign.values[0].text)+", minus: ...}}",
			"does "+comment(sign.name)+" ("+counts(sign.values)+") tell money in from money out? If only some of it are sales, add a line to skip:", d.amount, sign)
	}
	if len(others) > 0 {
		s.remark(2, "other amounts of the first row: "+strings.Join(others, ", "))
	}
}

func (d *draft) money(s *scribe, amount *profile) {
	switch {
	case d.currency != nil && d.currency.filled == 0:
		s.line(1, "deal_currency: "+scalar(d.currency.name), "", d.currency)
		s.ask(1, "deal_currency: {column: "+scalar(d.currency.name)+", default: EUR}", "the column is empty in this file: which currency do its amounts have?", d.currency)
	case d.currency != nil:
		s.line(1, "deal_currency: "+scalar(d.currency.name), d.certainty(d.currency, roleCurrency, "currency codes"), d.currency)
	case d.constant != "":
		s.line(1, "deal_currency: {const: "+d.constant+"}", "certain: the heading "+comment(amount.name)+" says so")
	case amount.namesCurrency():
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+", required: false}",
			"certain: the sign beside each amount says it: "+amount.signs(), amount)
	default:
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+", required: false}", "")
		code, hint := "USD", ""
		if signs := sortedKeys(amount.marks); len(signs) > 0 {
			code, hint = signs[0][:3], ", and its sign can mean "+anyOf(signs[0])
		}
		s.ask(1, "deal_currency: {const: "+code+"}", "no column names the currency of "+comment(amount.name)+", such as "+amount.example()+hint+
			": put this line, with your currency, in place of the one above", amount)
	}
}

// signs lists the currencies that signs beside amounts name, with their amounts.
func (p *profile) signs() string {
	var all []valueCount
	for _, codes := range sortedKeys(p.marks) {
		all = append(all, valueCount{anyOf(codes), p.marks[codes]})
	}
	return counts(all)
}

// signs is a column of letters that tell the two sides of an account.
func (d *draft) signs() *profile {
	for _, p := range d.profiles {
		if p.name == "" || p.many || p.filled == 0 || len(p.values) > 2 {
			continue
		}
		for _, words := range creditWords {
			if (slices.Contains(p.words, words[0]) || slices.Contains(p.words, words[1])) && len(p.values[0].text) <= 2 && !p.mostly(p.numbers) {
				return p
			}
		}
	}
	return nil
}

// missing is a field that is empty, and therefore wanting, for as long as the file has no such column.
func missing(column string) string { return `{expr: 'col("` + column + `", "")'}` }

// missingName is a name that the file does not use.
func (d *draft) missingName(name string) string {
	for slices.ContainsFunc(d.profiles, func(p *profile) bool { return normalName(d.export.Header[p.index]) == name }) {
		name += " of buyer"
	}
	return name
}
