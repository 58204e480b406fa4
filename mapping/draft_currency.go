package mapping

import "fmt"

// money writes the currency of the amounts.
func (d *draft) money(s *scribe, amount *profile) {
	switch {
	case d.currency != nil && d.currency.filled == 0:
		s.line(1, "deal_currency: "+scalar(d.currency.name), "", d.currency)
		code, above := "EUR", ""
		if found, cell := d.currencyAbove(); found != "" {
			code, above = found, fmt.Sprintf(" Above the headings stands %q", comment(cell))
		}
		s.ask(1, "deal_currency: {column: "+scalar(d.currency.name)+", default: "+code+"}", "the column is empty in this file: which currency do its amounts have?"+above, d.currency)
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
		if d.japanese() {
			code = "JPY"
		}
		if signs := sortedKeys(amount.marks); len(signs) > 0 {
			code, hint = signs[0][:3], ", and its sign can mean "+anyOf(signs[0])
		}
		if found, cell := d.currencyAbove(); found != "" {
			code, hint = found, fmt.Sprintf(", but above the headings stands %q", comment(cell))
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
