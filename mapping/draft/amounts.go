package draft

import (
	"fmt"
	"hash"
	"hash/fnv"
	"math/bits"
	"slices"
	"strings"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// A part is what a column of money holds besides the amount of a sale.
type part byte

const (
	noPart part = iota
	taxPart
	shippingPart // and tips: what the buyer pays besides the goods
	discountPart
	feePart // of the seller
	duePart
)

// partWords are the headings of the parts, in the order in which they are looked for: "Taxes on
// fee" is a fee.
var partWords = [...]struct {
	part
	words wordSet
}{
	{duePart, wordsIn(`due outstanding remaining reste rest unpaid faltante noch offen offener
		restbetrag restant pendiente saldo residuo openstaand openstaande zalegle nezaplaceno aberto
		acik pozostalo zaplaty kvar nog zbyva uhradit rimanente mangler skyldig open offene offenen
		kvarstar restbelop avoinna kalan долг задолженность остаток 未付金额 未付款 미수금 未払 未払額 残金
		残高 未付 欠款 미납`)},
	{feePart, wordsIn(`fee fees gebuhr gebuhren frais comision commission comisiones commissione
		commissioni kosten provision prowizja taxa ucret avgift gebyr 手数料`)},
	{discountPart, wordsIn(`discount discounts rabatt nachlass remise reduction descuento sconto
		korting znizka desconto indirim 割引 値引`)},
	{taxPart, wordsIn(`tax taxes vat gst hst pst mwst ust steuer umsatzsteuer tva iva btw moms kdv
		dph podatek imposto impuesto imposta igst cgst sgst cess qst igv icms alv 消費税 税額`)},
	{shippingPart, wordsIn(`shipping handling postage delivery freight versand versandkosten porto
		fracht livraison port envio portes spedizione spese verzending verzendkosten wysylka dostawa
		frakt kargo doprava tip tips gratuity trinkgeld pourboire propina mancia wrapping surcharge
		surcharges zuschlag supplement recargo supplemento toeslag doplata priplatek tillagg tillaeg
		送料 配送料`)},
}

// noMoney are words for numbers that are not money; a percent sign in a heading says the same.
var noMoney = wordsIn(`quantity qty count items item units unit pieces pcs menge anzahl stuck stk
	stuckzahl quantite qte cantidad unidades quantita pezzi aantal stuks ilosc szt quantidade adet
	antal pocet kusy shipped ordered sold tickets seats plazas nights days hours points weight
	gewicht poids peso percent percentage rate satz taux tasa aliquota exchange id number code type
	数量 個数 点数`)

// partOf is the part that a heading names.
func (p *profile) partOf() part {
	if strings.Contains(p.name, "%") || anyOfWords(p.words, noMoney) &&
		!anyOfWords(p.words, wordsIn("amount betrag montant importe")) {
		return noPart
	}
	for _, one := range partWords {
		if anyOfWords(p.words, one.words) {
			return one.part
		}
	}
	return noPart
}

// withTax are the words with which a heading says that an amount includes its tax, or excludes it:
// "Order Total (inc tax)".
var (
	withTax = []string{"inc", "incl", "including", "includes", "inkl", "inklusive",
		"mit", "with", "avec", "ttc", "con", "incluido", "incluida", "incluso", "inclusief",
		"med", "z", "dahil"}
	taxAfterIt = partWords[3].words
)

// saysWithTax reports whether a heading says that the tax is included.
func saysWithTax(words []string) bool {
	return anyOfWords(words, taxAfterIt) &&
		slices.ContainsFunc(words, func(word string) bool { return slices.Contains(withTax, word) })
}

// amountWords are the words of a heading without those for included tax.
func amountWords(words []string) []string {
	if !saysWithTax(words) {
		return words
	}
	return slices.DeleteFunc(slices.Clone(words),
		func(word string) bool { return taxAfterIt()[word] || slices.Contains(withTax, word) })
}

// A relation says how a sum consists of a base and parts of it, in all rows with numbers.
type relation struct {
	sum, base *profile
	parts     []*profile
	held      int // rows in which it was compared, and holds
	rows      int // of these, rows in which the parts are not all zero
	seen      int // bits of the parts that were not zero
	broken    bool
}

func (r *relation) String() string {
	text := comment(r.base.name)
	for _, p := range r.parts {
		sign := " + "
		if p.partOf() == discountPart {
			sign = " less "
		}
		text += sign + comment(p.name)
	}
	return text
}

// mostParts bounds how many columns a sum consists of; mostMoney bounds the columns that are
// compared.
const (
	mostParts = 4
	mostMoney = 12
)

// studyAmounts compares the columns of money by arithmetic over all rows, and takes the one with
// tax and without discount for what the buyer paid.
func (d *draft) studyAmounts() error {
	if d.amount == nil {
		return nil
	}

	relations := d.possibleRelations()
	values := make([][2]number.Reading, len(d.profiles))
	filled := make([]bool, len(d.profiles))

	read := map[*profile]bool{}
	for _, r := range relations {
		read[r.sum], read[r.base] = true, true
		for _, p := range r.parts {
			read[p] = true
		}
	}

	// with a decimal point, with a decimal comma
	live := [2][]relation{slices.Clone(relations), slices.Clone(relations)}
	var c cell.Cell
	err := d.eachRow(func(row *cell.Row) {
		for p := range read {
			values[p.index] = bothReadings(row, p)
			cell.Read(&c, row, p.index)
			filled[p.index] = !c.Empty()
		}
		for i := range live {
			live[i] = slices.DeleteFunc(live[i], func(r relation) bool { return r.broken })
			for j := range live[i] {
				live[i][j].observe(i, values, filled)
			}
		}
	})

	for i := range live {
		for _, r := range live[i] {
			if !r.broken && r.rows > 0 && bits.OnesCount(uint(r.seen)) == len(r.parts) {
				d.relations = append(d.relations, r)
			}
		}
	}

	slices.SortStableFunc(d.relations,
		func(a, b relation) int { return len(a.parts) - len(b.parts) })
	d.climb()
	return err
}

// possibleRelations are the sums that are tried: each column that can be the amount, from each
// other column of money and up to a few of the parts.
func (d *draft) possibleRelations() (all []relation) {
	var sums, parts []*profile
	for _, p := range d.profiles {
		switch {
		case p.name == "" || p.nonzero == 0 || !p.largely(p.numbers) || p.dateLike():
		case p.partOf() != noPart && !saysWithTax(p.words) && len(parts) < mostMoney:
			parts = append(parts, p)
		case (p == d.amount || p.score[roleAmount] > 0 || anyOfWords(p.words, baseWords)) &&
			!anyOfWords(p.words, noMoney) && len(sums) < mostMoney:
			sums = append(sums, p)
		}
	}

	for _, sum := range sums {
		for _, base := range sums {
			for chosen := 1; chosen < 1<<min(len(parts), mostMoney) && sum != base; chosen++ {
				if bits.OnesCount(uint(chosen)) > mostParts {
					continue
				}
				r := relation{sum: sum, base: base}
				for i, p := range parts {
					if chosen&(1<<i) != 0 {
						r.parts = append(r.parts, p)
					}
				}
				all = append(all, r)
			}
		}
	}

	return all
}

// baseWords head amounts that lack something.
var baseWords = wordsIn(`net netto ht neto subtotal zwischensumme sous imponible goods waren paid
	bezahlt payout proceeds auszahlung amount total sum gross brutto taxable 小計 税抜`)

// observe compares the columns in one row.
func (r *relation) observe(reading int, values [][2]number.Reading, filled []bool) {
	sum, base := values[r.sum.index][reading], values[r.base.index][reading]
	if !filled[r.sum.index] || !filled[r.base.index] {
		return
	}
	if !sum.Ok || !base.Ok { // what is not a number proves nothing
		return
	}

	total, all := base.Value, true
	for i, p := range r.parts {
		value := values[p.index][reading]
		if !filled[p.index] {
			all = false
			continue
		}
		if !value.Ok {
			return
		}

		part := value.Value
		switch p.partOf() {
		case discountPart:
			part.Coef = -number.Abs(part.Coef)
		case feePart:
			part.Coef = number.Abs(part.Coef)
		}

		if part.Coef != 0 {
			r.seen |= 1 << i
		} else {
			all = false
		}

		added, err := number.Add(total, part)
		if r.broken = err != nil; r.broken {
			return
		}

		total = added
	}

	if r.broken = !total.Equal(sum.Value); r.broken {
		return
	}
	if r.held++; all || len(r.parts) > 1 {
		r.rows++
	}
}

// proves says what a relation shows about its sum, and for how many rows.
func (d *draft) proves(r *relation) string {
	if r.held < d.rows {
		return fmt.Sprintf("it is %s in all %d rows that have these numbers", r, r.held)
	}
	return fmt.Sprintf("it is %s in all rows", r)
}

// climb goes from an amount that is the base of another one to that one, as long as there is one.
func (d *draft) climb() {
	for range mostMoney {
		at := slices.IndexFunc(d.relations, func(r relation) bool {
			return r.base == d.amount && r.sum.score[roleAmount] > 0 && !d.isBalance(r.sum)
		})
		if at < 0 {
			break
		}
		r := d.relations[at]
		d.amount, d.proof = r.sum, d.proves(&r)
	}

	if d.proof != "" {
		return
	}

	for _, r := range d.relations {
		if r.sum == d.amount {
			d.proof = d.proves(&r)
			return
		}
	}
}

// unexplained are the parts that are not zero and that nothing proves to be in the amount, unless
// its heading says that it is the total.
func (d *draft) unexplained() (found []*profile) {
	if d.amount == nil || d.proof != "" || d.net != nil ||
		anyOfWords(amountWords(d.amount.words), wholeWords) || saysWithTax(d.amount.words) {
		return nil
	}

	for _, p := range d.profiles {
		switch p.partOf() {
		case taxPart, shippingPart, discountPart:
			if p != d.amount && p.name != "" && p.nonzero > 0 && p.largely(p.numbers) &&
				(p.marked > 0 || p.decimals > 0) {
				found = append(found, p)
			}
		}
	}

	return found
}

// wholeWords head amounts that include everything; "Item total" does not.
var wholeWords = wordsIn(`grand order invoice gross brutto bruto ttc collected charged captured
	payable paid bezahlt gesamtbetrag gesamtsumme rechnungsbetrag bruttobetrag endbetrag zahlbetrag
	payment settled settlement 税込金額 合計金額 請求金額 支払金額 総額`)

// askParts asks about parts that may have to be added to the amount, or subtracted from it.
func (d *draft) askParts(s *scribe) {
	parts := d.unexplained()
	if len(parts) == 0 || onlyTotal(d.amount.words) {
		return
	}

	var names []string
	sum := "num(" + quoted(d.amount.name) + ")"
	speakable := !strings.Contains(d.amount.name, "'")
	for _, p := range parts {
		names = append(names, comment(p.name))
		sign := " + "
		if p.partOf() == discountPart {
			sign = " - "
		}
		sum += sign + "num(" + quoted(p.name) + ")"
		speakable = speakable && !strings.Contains(p.name, "'")
	}

	why := fmt.Sprintf("%s may be in %s or not: no sum of columns proves it. As it is: delete "+
		"the question", strings.Join(names, ", "), comment(d.amount.name))
	if d.grouped || !speakable {
		s.ask(1, "deal_value: {column: "+scalar(d.amount.name)+d.sumOption()+"}", why,
			append(parts, d.amount)...)
		return
	}

	s.ask(1, "deal_value: {expr: '"+sum+"'}", why+". If they come on top of it, use the "+
		"line marked OPEN instead", append(parts, d.amount)...)
}

// plainAmount are headings that leave open whether an amount is for one piece or for all.
var plainAmount = wordsIn(`amount betrag montant monto importe importo valor value bedrag kwota
	belopp belob castka tutar 金額`)

// askPieces asks whether a price is for one piece, if no column says what all pieces cost. An
// amount whose heading says no more may be such a price, if there is what was sold and no other
// price.
func (d *draft) askPieces(s *scribe) {
	quantity := d.items[roleQuantity]
	plain := len(d.amount.words) == 1 && anyOfWords(d.amount.words, plainAmount) &&
		d.items[roleItem] != nil && d.items[rolePrice] == nil
	price := !d.sum && d.amount.score[rolePrice] > 500
	if d.proof != "" || quantity == nil || !plain && !price ||
		strings.Contains(d.amount.name+quantity.name, "'") ||
		!slices.ContainsFunc(quantity.values, func(v valueCount) bool {
			return v.text != "0" && strings.Trim(v.text, "0") != "1" && v.text != "1.00" &&
				v.text != "1,00"
		}) {
		return
	}

	product := "num(" + quoted(d.amount.name) + ") * num(" + quoted(quantity.name) + ")"
	why := fmt.Sprintf("%s may be the price of one piece, and %s is not 1 in all rows. If it is, "+
		"use the line marked OPEN instead", comment(d.amount.name), comment(quantity.name))
	s.ask(1, "deal_value: {expr: '"+product+"'"+d.sumOption()+"}", why, d.amount, quantity)
}

func (d *draft) sumOption() string {
	if d.sum {
		return ", sum: true"
	}
	return ""
}

// onlyTotal reports headings that say total and no more.
func onlyTotal(words []string) bool {
	return !slices.ContainsFunc(amountWords(words), func(word string) bool {
		return !slices.Contains([]string{"total", "amount", "gesamt", "summe", "importe", "montant",
			"totale", "totaal", "valor", "sum", "合計"}, word)
	}) && slices.ContainsFunc(words, func(word string) bool {
		return word != "amount" && word != "importe" && word != "montant" && word != "valor" &&
			word != "sum"
	})
}

// saysOrderTotal reports headings of amounts that cannot be a line's.
func saysOrderTotal(words []string) bool {
	total := wordsIn(`total totale totaal gesamtbetrag gesamtsumme`)
	order := wordsIn(`grand order invoice receipt cart bill bestellung commande pedido ordine
		factura facture fattura`)
	both := wordsIn(`rechnungsbetrag rechnungssumme 請求金額 合計金額`)
	return anyOfWords(words, total) && anyOfWords(words, order) || anyOfWords(words, both)
}

// studyLines finds out whether an amount that repeats on the lines of one order is each line's own:
// if so, what a line costs is the amount.
func (d *draft) studyLines() error {
	if !d.grouped || d.amount == nil || d.amount.repeated == 0 {
		return nil
	}

	price := d.items[rolePrice]
	var lines []*profile // amounts of lines, besides price and quantity
	for _, p := range d.profiles {
		if p != d.amount && p != price && p.varies && p.largely(p.numbers) &&
			p.score[roleAmount] > 0 {
			lines = append(lines, p)
		}
	}

	if price == d.amount || price == nil && len(lines) == 0 {
		return nil
	}

	same, differs := 0, 0
	var key []byte
	var rows [][]number.Decimal // of a group: amount and what the line costs
	end := func() {
		for _, row := range rows {
			if len(rows) < 2 {
				break
			}
			if slices.ContainsFunc(row[1:],
				func(cost number.Decimal) bool { return cost.Equal(row[0]) }) {
				same++
			} else {
				differs++
			}
		}

		rows = rows[:0]
	}
	err := d.eachRow(func(row *cell.Row) {
		var c cell.Cell
		if cell.Read(&c, row, d.id.index); string(c.Text) != string(key) {
			end()
			key = append(key[:0], c.Text...)
		}

		if line := d.lineOf(row, lines); len(line) > 1 {
			rows = append(rows, line)
		}
	})

	end()
	d.ofLines, d.ofOrder = same > 0 && differs == 0, differs > 0
	return err
}

// lineOf is the amount of a row, followed by what its line may cost: price times quantity, and the
// amounts of lines. It is nil if the amount cannot be read.
func (d *draft) lineOf(row *cell.Row, lines []*profile) []number.Decimal {
	read := func(p *profile) (number.Decimal, bool) {
		readings := bothReadings(row, p)
		if readings[0].Ok {
			return readings[0].Value, true
		}
		return readings[1].Value, readings[1].Ok
	}
	amount, ok := read(d.amount)
	if !ok {
		return nil
	}

	line := []number.Decimal{amount}
	if price := d.items[rolePrice]; price != nil {
		if cost, ok := read(price); ok {
			count := number.Decimal{Coef: 1}
			if quantity := d.items[roleQuantity]; quantity != nil {
				if n, ok := read(quantity); ok {
					count = n
				}
			}
			line = append(line, times(cost, count))
		}
	}

	for _, p := range lines {
		if cost, ok := read(p); ok {
			line = append(line, cost)
		}
	}

	return line
}

// times multiplies a price by a number of pieces. A product that is too large is not a line's.
func times(a, b number.Decimal) number.Decimal {
	if number.Abs(a.Coef) > 1<<31 || number.Abs(b.Coef) > 1<<31 {
		return number.Decimal{Coef: -1}
	}
	return number.Decimal{Coef: a.Coef * b.Coef, Scale: a.Scale + b.Scale}
}

// askReadings asks whether an amount that repeats on the lines of an order is the order's or each
// line's.
func (d *draft) askReadings(s *scribe) {
	amount := scalar(d.amount.name)
	s.ask(1, "deal_value: "+amount, fmt.Sprintf("%s is the same on all lines of an order, in "+
		"%s: if it is the order's, use the first line marked OPEN instead; if it is each line's "+
		"own, the second",
		comment(d.amount.name), counted(d.amount.repeated, "further line")), d.amount)
	s.ask(1, "deal_value: {column: "+amount+", sum: true}", "each line's own, which are added up",
		d.amount)
	s.open--
}

// A besideColumn holds money that may have to be subtracted from the amount, or be meant instead.
type besideColumn struct {
	*profile
	nonzero int // rows, among the sales
	differs int // rows in which it is another amount
	beyond  int // rows in which it is more than the amount

	halves hash.Hash64 // which rows have any
}

var (
	refundWords = wordsIn(`refund refunds return returns credit credits credited gutschrift
		gutschriften avoir abono nota reso rimborso zwrot`)
	adjustedWords = wordsIn(`adjusted adjustment adjustments korrigiert korrektur ajuste ajustado
		ajustada ajustement rettifica rettificato correctie korekta corrected revised final written
		write writeoff abgeschrieben abschreibung`)
	paidSumWords = wordsIn(`paid received captured settled collected charged encaisse bezahlt
		erhalten paye paye recu pagado pagada cobrado pagato pagata incassato betaald ontvangen
		zaplacono oplacono pago recebido odenen alinan betalt betald zaplaceno deposit deposits
		anzahlung acompte anticipo acconto aanbetaling zaliczka handpenning depositum zaloha sinal
		kapora instalment installment teilzahlung mensualite cuota parcela termijn rata delbetalning
		頭金 定金 분할금 предоплата`)
	balanceWords = wordsIn(`balance saldo solde`)
)

func (p *profile) isRefund() bool {
	return headsNoSale(p.words) || anyOfWords(p.words, refundWords)
}

// besideColumns are the columns that are examined.
func (d *draft) besideColumns() (all []besideColumn) {
	if d.amount == nil {
		return nil
	}

	for _, p := range d.profiles {
		switch {
		case p.name == "" || p == d.amount || p == d.id || p.nonzero == 0 ||
			!p.largely(p.numbers) || p.dateLike() || p.isFlag():
		case p.partOf() == feePart, p.partOf() == taxPart, anyOfWords(p.words, noMoney),
			anyOfWords(p.words, wordsIn("converted")), strings.Contains(p.name, "%"), d.paired(p):
		case p.partOf() == duePart, p.isRefund(), anyOfWords(p.words, adjustedWords),
			anyOfWords(p.words, paidSumWords), anyOfWords(p.words, balanceWords):
			all = append(all, besideColumn{profile: p, halves: fnv.New64a()})
		}
	}

	return all
}

// isFlag reports columns of 0 and 1.
func (p *profile) isFlag() bool {
	return !slices.ContainsFunc(p.values,
		func(v valueCount) bool { return v.text != "0" && v.text != "1" })
}

// paired reports the two sides of an account.
func (d *draft) paired(p *profile) bool {
	for _, words := range creditWords {
		for i := range words {
			if !slices.Contains(p.words, words[i]) {
				continue
			}
			other := slices.Clone(p.words)
			other[slices.Index(other, words[i])] = words[1-i]
			slices.Sort(other)
			if slices.ContainsFunc(d.profiles,
				func(q *profile) bool { return slices.Equal(q.words, other) }) {
				return true
			}
		}
	}

	return false
}

// count compares the column with the amount of a sale: the sum of all lines if these are added up,
// otherwise the first line that is not zero.
func (b *besideColumn) count(rows []cell.Row, amount *profile, comma int, summed bool) {
	of := func(p *profile) (all number.Decimal, ok bool) {
		var c cell.Cell
		for i := range rows {
			if cell.Read(&c, &rows[i], p.index); c.Empty() {
				continue
			}

			reading := bothReadings(&rows[i], p)[comma]
			if !reading.Ok {
				return all, false
			}
			if all.Coef != 0 && !summed {
				break
			}

			var err error
			if all, err = number.Add(all, reading.Value); err != nil {
				return all, false
			}
			ok = true
		}
		return all, ok
	}

	size, ok := of(b.profile)
	if !ok || size.Coef == 0 {
		size = number.Decimal{}
		b.halves.Write([]byte{0})
	} else {
		b.halves.Write([]byte{1})
		b.nonzero++
	}

	all, ok := of(amount)
	if !ok {
		return
	}

	size.Coef, all.Coef = -number.Abs(size.Coef), number.Abs(all.Coef)
	if !size.Equal(number.Decimal{Coef: -all.Coef, Scale: all.Scale}) {
		b.differs++
	}
	if left, err := number.Add(all, size); err == nil && left.Coef < 0 {
		b.beyond++
	}
}

// askBeside asks about money that was given back, is still due, or replaces the amount.
func (d *draft) askBeside(s *scribe) {
	amount := scalar(d.amount.name)
	for _, b := range d.beside {
		net := "deal_value: {column: " + amount + d.sumOption() + ", net_of: " +
			scalar(b.name) + "}"
		if d.sum && b.varies && !strings.Contains(d.amount.name+b.name, "'") { // each line's own
			net = "deal_value: {expr: 'num(" + quoted(d.amount.name) + ") - abs(num(" +
				quoted(b.name) + "))', sum: true}"
		}

		instead := "deal_value: " + scalar(b.name)

		switch {
		case b.nonzero == 0:
		case b.isRefund():
			s.ask(1, net, fmt.Sprintf("%s is not zero in %s: to subtract it, use the "+
				"line marked OPEN instead", comment(b.name), counted(b.nonzero, "row")),
				d.amount, b.profile)
		case anyOfWords(b.words, adjustedWords):
			if b.differs > 0 {
				s.ask(1, instead, fmt.Sprintf("%s is another amount in %s: if that "+
					"is what the buyer paid, use the line marked OPEN instead", comment(b.name),
					counted(b.differs, "row")), d.amount, b.profile)
			}
		case b.partOf() == duePart || anyOfWords(b.words, balanceWords) && b.beyond == 0 &&
			b.differs > 0:
			s.ask(1, net, fmt.Sprintf("%s is not zero in %s, not paid in full: to subtract "+
				"it, use the line marked OPEN instead", comment(b.name), counted(b.nonzero, "row")),
				d.amount, b.profile)
		case anyOfWords(b.words, paidSumWords) && b.differs > 0:
			s.ask(1, instead, fmt.Sprintf("%s is another amount in %s: if that is what counts, "+
				"use the line marked OPEN instead", comment(b.name), counted(b.differs, "row")),
				d.amount, b.profile)
		}
	}
}
