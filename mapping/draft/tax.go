package draft

import (
	"fmt"
	"strconv"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// withoutTax are the words of amounts that may lack the tax; netWords and taxWords name the parts
// of an amount that has it.
var (
	withoutTax = wordsIn(`gross net subtotal netto ht neto base imponible 税抜 小計`)
	netWords   = wordsIn(`net netto ht neto subtotal imponible 税抜金額 小計`)
	taxWords   = wordsIn(`tax taxes vat gst mwst ust steuer umsatzsteuer tva iva 消費税 税額`)
	noAmount   = wordsIn(`type rate name id code total`)
)

// chooseTax finds the columns of net amount and tax, if the chosen amount may be without tax.
func (d *draft) chooseTax() {
	if d.amount == nil || anyOfWords(d.amount.words, withoutTax) {
		d.net, d.tax = d.headedAmount(netWords), d.headedAmount(taxWords)
	}
	if d.net == nil || d.tax == nil || d.net == d.tax {
		d.net, d.tax = nil, nil
	}
}

// headedAmount is the first column of amounts whose heading has one of the words and little else.
func (d *draft) headedAmount(among wordSet) *profile {
	for _, p := range d.profiles {
		if p.name != "" && !strings.ContainsAny(p.name, "'%") && len(p.words) <= 2 &&
			anyOfWords(p.words, among) && p.largely(p.numbers) && p.nonzero > 0 &&
			!anyOfWords(p.words, noAmount) {
			return p
		}
	}
	return nil
}

// studyTax finds out whether the amount is the net amount with its tax in all rows: then there is
// nothing to ask.
func (d *draft) studyTax() error {
	if d.net == nil || d.amount == nil {
		return nil
	}

	// with a decimal point, with a decimal comma: rows with a tax, and how many of them add up
	var rows, same [2]int
	err := d.eachRow(func(row *cell.Row) {
		amount, net, tax := bothReadings(row, d.amount), bothReadings(row, d.net),
			bothReadings(row, d.tax)
		for i := range rows {
			if !amount[i].Ok || !net[i].Ok || !tax[i].Ok || tax[i].Value.Coef == 0 {
				continue
			}
			rows[i]++
			if sum, err := number.Add(net[i].Value, tax[i].Value); err == nil &&
				sum.Equal(amount[i].Value) {
				same[i]++
			}
		}
	})

	if rows[0] > 0 && rows[0] == same[0] || rows[1] > 0 && rows[1] == same[1] {
		d.net, d.tax = nil, nil
	}
	return err
}

func bothReadings(row *cell.Row, p *profile) (readings [2]number.Reading) {
	var c cell.Cell
	var s number.Scanned
	if cell.Read(&c, row, p.index); !c.Empty() && s.Scan(c.Text) == nil {
		readings[0], readings[1] = s.Readings()
	}
	return readings
}

// askTax offers the sum of a net amount and its tax if no column holds it.
func (d *draft) askTax(s *scribe) {
	if d.net == nil {
		return
	}

	sum := ""
	if d.grouped {
		sum = ", sum: true"
	}

	field := "deal_value: {expr: 'num(" + strconv.Quote(d.net.name) + ") + num(" +
		strconv.Quote(d.tax.name) + ")'" + sum + "}"
	s.ask(1, field, fmt.Sprintf("no column holds the total with tax, and %s is not zero in %d "+
		"rows. For what the buyer paid, use the line marked OPEN instead",
		comment(d.tax.name), d.tax.nonzero), d.net, d.tax)
}
