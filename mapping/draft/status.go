package draft

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"ableimport/mapping/cell"
)

// skipDraft is a line of skip:, or one in question.
type skipDraft struct {
	column    *profile
	reason    string
	condition string
	why       string
}

// saleWords and noSaleWords are the words with which exports distinguish sales from other rows, as
// [headingWords] gives them. A word that speaks against a sale counts more: "Payment Hold".
// doubtWords leave it open: "partially refunded", and "no payment", in which no reads as number.
var (
	saleWords = wordsIn(`paid complete completed settled succeeded success successful captured
		paidout payment payments charge sale sales purchase invoice receipt live bezahlt beglichen
		abgeschlossen erfolgreich verkauf zahlung rechnung paye payee payees regle reglee termine
		terminee reussi reussie vente paiement facture pagado pagada completado completada cobrado
		cobrada venta pago factura cobradas pagadas gezahlt beglichene reglees encaisse encaissee
		支払済み 支払済 支払い済み 入金済み 入金済 完了 決済済み 決済完了 成功 売上 処理済み`)
	noSaleWords = wordsIn(`not nicht kein keine non pas niet nie ikke inte nao ohne sans senza sin
		bez correction bounced return returned unpaid refund refunds refunded failed failure
		canceled cancelled cancellation void voided draft pending declined expired open overdue
		awaiting due sent denied rejected reversed reversal chargeback back dispute disputed fee
		fees payout payouts withdrawal transfer conversion hold release adjustment credit memo note
		test authorization authorized requires incomplete uncollectible debit deposit storniert
		storno entwurf offen ausstehend erstattet erstattung fehlgeschlagen abgelehnt uberfallig
		gutschrift gebuhr auszahlung unbezahlt rembourse remboursee remboursement annule annulee
		brouillon attente echoue echouee refuse refusee impaye impayee avoir frais virement
		reembolsado reembolsada reembolso cancelado cancelada borrador pendiente fallido fallida
		rechazado rechazada anulado anulada comision transferencia vencida abono rectificativa
		rectificada devuelto devuelta devolucion impagada impagado 返金 返金済み キャンセル 未払い 未入金 下書き 保留 失敗
		手数料 取消 取り消し テスト`)
	plainWords = wordsIn(`order orders transaction express checkout general website mobile web
		recurring subscription preapproved approved pre bill user shopping cart instant card credit
		bank online pos point received donation fully and to from in by via with customer direct`)
	doubtWords = wordsIn(`number partially partial overpayment prepayment teilweise teil teils
		partiellement parcialmente parzialmente gedeeltelijk czesciowo 一部返金`)
	statusWords = wordsIn(`status state mode type kind category estado situacion statut etat
		situation zustand zahlungsstatus typ art tipo stand 状態 ステータス 種別 区分 支払状況 支払い状況 入金状況 決済状況 注文状況
		支払ステータス 支払状態`)
	surelyStatus = wordsIn(`status state type estado situacion statut etat situation zustand
		zahlungsstatus typ tipo 状態 ステータス 種別 支払状況 支払い状況 入金状況 決済状況 注文状況 支払ステータス 支払状態`)
	otherStatus = wordsIn(`fulfillment fulfilled shipping delivery address escrow dispute card
		discount tax avs cvc check funding customer entity line lineitem item product location
		source entry currency variant tender net business risk visit user instrument method forma
		medio metodo moyen modo methode zahlungsart zahlungsweise zahlart channel kanal canal 支払方法
		決済方法`)
)

// A wordSet is made when it is first asked for: most commands draft nothing.
type wordSet func() map[string]bool

func wordsIn(text string) wordSet {
	return sync.OnceValue(func() map[string]bool { return cell.WordSet(strings.Fields(text)...) })
}

// anyOfWords reports whether a heading or a value has one of the words.
func anyOfWords(words []string, among wordSet) bool {
	set := among()
	return slices.ContainsFunc(words, func(word string) bool { return set[word] })
}

// isSale reports whether a value of a status column means a sale; known is false if its words do
// not say.
func isSale(value string) (sale, known bool) {
	words := headingWords(value)
	switch {
	case anyOfWords(words, doubtWords):
		return false, false
	case anyOfWords(words, parcelWords): // "awaiting fulfillment" is paid, in most shops
		return false, false
	case slices.Contains(words, "purchase") && slices.Contains(words, "order"):
		return false, false // what a buyer sends, or what we buy
	case anyOfWords(words, noSaleWords), anyOfWords(words, surelyNoSale):
		return false, true
	case slices.Contains(words, "paid") && slices.Contains(words, "out"):
		return true, true
	}

	return true, anyOfWords(words, saleWords) && !slices.ContainsFunc(words,
		func(word string) bool { return !saleWords()[word] && !plainWords()[word] })
}

// chooseSkips makes conditions from the columns that distinguish sales from other rows.
func (d *draft) chooseSkips() {
	for _, p := range d.profiles {
		if p.name == "" || p.filled == 0 || p == d.id || p.emails > 0 {
			continue
		}
		switch {
		case p.isStatus():
			d.skipByStatus(p)
		case !d.skipUnpaid(p):
			d.skipByFlag(p)
		}
	}
}

func (p *profile) isStatus() bool {
	has := func(among wordSet) bool { return anyOfWords(p.words, among) }
	return (has(statusWords) && !isHarmless(p.words) || p.saysStatus()) && !has(otherStatus) &&
		!p.many && !p.mostly(p.numbers) && !p.mostly(p.dates)
}

// saysStatus recognises a status by what the column holds, whatever its heading: only words of such
// columns, and one of them that is surely not a sale.
func (p *profile) saysStatus() bool {
	known, surely := 0, false
	for _, v := range p.values {
		words := headingWords(v.text)
		if len(words) > 0 && !slices.ContainsFunc(words,
			func(word string) bool { return !saleWords()[word] && !noSaleWords()[word] }) {
			known += v.rows
			surely = surely || anyOfWords(words, unpaidWords)
		}
	}
	return surely && 3*known >= 2*p.filled
}

// unpaidWords are the noSaleWords that hardly occur in any column but a status.
var unpaidWords = wordsIn(`unpaid refunded failed canceled cancelled voided draft pending declined
	expired overdue rejected storniert entwurf offen ausstehend erstattet fehlgeschlagen abgelehnt
	unbezahlt rembourse remboursee annule annulee brouillon impaye impayee reembolsado reembolsada
	cancelado cancelada borrador pendiente rechazado rechazada anulado anulada impagada impagado
	返金済み キャンセル 未払い 未入金 下書き 保留`)

// skipByStatus leaves out the rows whose status is not a sale's. It asks about a column with
// unknown values.
func (d *draft) skipByStatus(p *profile) {
	sales, others, doubts := p.sales()
	reason := "other " + p.name
	switch {
	case len(sales)+len(others) == 0 && !p.isStatusHeading():
		// "Collection mode" is only asked about if nothing proves it harmless.
	case len(doubts) > 0:
		d.doubtful = append(d.doubtful, p)
	case len(sales) > 0:
		d.skips = append(d.skips, skipDraft{column: p, reason: reason,
			condition: "not (" + oneOf(p, sales) + ")", why: "rows: " + counts(p.values)})
	default:
		d.skips = append(d.skips, skipDraft{column: p, reason: reason, condition: oneOf(p, others),
			why: "rows: " + counts(p.values)})
	}
}

func (p *profile) saysOverdue() bool {
	return slices.ContainsFunc(p.values,
		func(v valueCount) bool { return strings.EqualFold(v.text, "overdue") })
}

// sides are words that may each mean a sale or not. If a column has both, only the author of the
// file knows which one is the sale. The draft's guess is that debits, purchases and payments are
// not.
var sides = [][2]wordSet{
	{wordsIn("credit credits"), wordsIn("debit debits")},
	{wordsIn("purchase purchases"), wordsIn("sale sales")},
	{paymentNames, documentNames},
}

// isSide reports whether a value names a side, and another value of the column the opposite.
func (p *profile) isSide(text string) bool {
	has := func(text string, among wordSet) bool {
		words := headingWords(text) // a refund receipt is on no side
		return anyOfWords(words, among) && !slices.ContainsFunc(words, isNoSaleWord)
	}
	return slices.ContainsFunc(sides, func(pair [2]wordSet) bool {
		for i, side := range pair {
			if has(text, side) && !has(text, pair[1-i]) && slices.ContainsFunc(p.values,
				func(v valueCount) bool { return has(v.text, pair[1-i]) && !has(v.text, side) }) {
				return true
			}
		}
		return false
	})
}

// sales splits the values of a status into sales, others, and unknown values.
func (p *profile) sales() (sales, others, doubts []valueCount) {
	for _, v := range p.values {
		sale, is := isSale(v.text)
		is = is && !p.isSide(v.text)
		// An invoice that is closed is paid; a closed order may be refunded.
		if !is && strings.EqualFold(v.text, "closed") && p.saysOverdue() {
			sale, is = true, true
		}

		switch {
		case !is && cell.MaskPersonal(v.text) == v.text:
			doubts = append(doubts, v)
		case sale && is:
			sales = append(sales, v)
		default: // somebody's, and not a word of the system's as well
			others = append(others, v)
		}
	}

	return sales, others, doubts
}

// counts lists values with their rows, the most common first.
func counts(values []valueCount) string {
	values = slices.Clone(values)
	slices.SortStableFunc(values, func(a, b valueCount) int { return b.rows - a.rows })
	var shown []string
	for _, v := range values {
		shown = append(shown, fmt.Sprintf("%s %d", comment(cell.MaskPersonal(v.text)), v.rows))
	}
	return strings.Join(shown, ", ")
}

// oneOf is the condition that a column has one of some values.
func oneOf(p *profile, values []valueCount) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = strconv.Quote(value.text)
	}
	slices.Sort(quoted)
	if len(quoted) == 1 {
		return "col(" + strconv.Quote(p.name) + ") == " + quoted[0]
	}
	return "col(" + strconv.Quote(p.name) + ") in [" + strings.Join(quoted, ", ") + "]"
}

// flagWords are in headings of columns that say yes if a row is not a sale. Where a heading has one
// of the askedWords, a yes may mean that or not. notFlags are in headings of other columns.
var (
	flagWords = wordsIn(`refunded test trial void voided canceled cancelled authorization storniert
		erstattet annule annulee rembourse anulado cancelado reembolsado 返金 取消 キャンセル テスト`)
	askedWords = wordsIn(`disputed dispute chargeback`)
	notFlags   = wordsIn(`won amount date at time reason converted email mail quantity qty count
		number menge anzahl quantite cantidad quantita aantal`)
)

// yesWords are what flags say, each with its opposite.
var yesWords = map[string]string{"1": "0", "true": "false", "yes": "no", "y": "n", "t": "f",
	"ja": "nein", "oui": "non", "si": "no", "sí": "no", "はい": "いいえ"}

// skipByFlag leaves out the rows for which a column says that they are not a sale: Refunded? 1.
func (d *draft) skipByFlag(p *profile) {
	has := func(among wordSet) bool { return anyOfWords(p.words, among) }
	if !has(flagWords) && !has(askedWords) || has(notFlags) || p.many {
		return
	}
	yes, ok := p.yes()
	if !ok {
		return
	}

	partly := slices.Contains(p.words, "refunded") && d.saysFully() &&
		!slices.Contains(p.words, "fully")
	if has(askedWords) || partly {
		return // a question, if any row says yes
	}

	d.skips = append(d.skips, skipDraft{column: p, reason: flagReason(p.name),
		condition: oneOf(p, yes), why: "rows: " + counts(p.values)})
}

// paidWords are the headings of columns that say yes if a row is paid.
var paidWords = wordsIn(`paid settled bezahlt beglichen paye payee regle reglee pagado pagada
	betaald pago 支払済み 支払済 入金済み 入金済`)

// skipUnpaid leaves out the rows for which a column says no, or nothing known, if others say yes:
// Paid? No.
func (d *draft) skipUnpaid(p *profile) bool {
	if !anyOfWords(p.words, paidWords) || anyOfWords(p.words, notFlags) || p.many || p.filled == 0 {
		return false
	}

	var yes []valueCount
	for _, v := range p.values {
		word := strings.ToLower(v.text)
		if _, means := yesWords[word]; means {
			yes = append(yes, v)
		} else if !noWords[word] {
			return false
		}
	}

	if len(yes) == 0 {
		yes = []valueCount{{text: inCaseOf(p.values[0].text,
			yesOf(strings.ToLower(p.values[0].text)))}}
	}

	d.skips = append(d.skips, skipDraft{column: p, reason: "not " + flagReason(p.name),
		condition: "not (" + oneOf(p, yes) + ")", why: "rows: " + counts(p.values)})
	return true
}

// noWords are what flags say if they do not say one of yesWords.
var noWords = cell.WordSet("0", "false", "no", "n", "f", "nein", "nee", "non", "いいえ")

// yesOf is the word that a flag has besides one of noWords.
func yesOf(no string) string {
	switch no {
	case "no":
		return "yes"
	case "nee":
		return "ja"
	}

	for yes, opposite := range yesWords {
		if opposite == no {
			return yes
		}
	}

	return "yes"
}

// saysFully reports whether a column of its own distinguishes full refunds from partial ones.
func (d *draft) saysFully() bool {
	return slices.ContainsFunc(d.profiles, func(p *profile) bool {
		return slices.Contains(p.words, "fully") && slices.Contains(p.words, "refunded")
	})
}

// yes are the values of a flag that mean yes; if none does, what yes would be.
func (p *profile) yes() (values []valueCount, ok bool) {
	var opposites []valueCount
	for _, v := range p.values {
		word := strings.ToLower(v.text)
		if _, means := yesWords[word]; means {
			values = append(values, v)
			continue
		}

		for yes, no := range yesWords {
			if no == word && (no != "no" || yes == "yes") {
				opposites = append(opposites, valueCount{text: inCaseOf(v.text, yes)})
				ok = true
			}
		}

		if !ok {
			return nil, false
		}
	}

	if len(values) == 0 {
		return opposites, ok
	}

	return values, true
}

// inCaseOf writes a word in the case of another one: TRUE with FALSE.
func inCaseOf(model, word string) string {
	if model == strings.ToUpper(model) {
		return strings.ToUpper(word)
	}
	return word
}

func flagReason(name string) string {
	return strings.ToLower(strings.Trim(name, " ?"))
}
