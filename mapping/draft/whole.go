package draft

import (
	"fmt"
	"slices"
	"strings"
)

// A file may contain no sale at all: refunds, credit notes, payouts, quotes, expenses. No column
// distinguishes its rows then, so headings, a title or the name of the file have to say it.

// noSaleLists are names of lists without sales, besides the words for what is undone.
var noSaleLists = wordsIn(`payout payouts auszahlung auszahlungen quote quotes quotation quotations
	estimate estimates proforma angebot angebote angebots kostenvoranschlag devis presupuesto
	presupuestos preventivo preventivi offerte offertes oferta ofertas expense expenses ausgabe
	ausgaben depense depenses gasto gastos spesa spese uitgave uitgaven eingangsrechnung
	eingangsrechnungen withdrawal withdrawals chargeback chargebacks dispute disputes`)

// unfinished are words for what nobody has bought yet, in headings of ids: "Cart total" may be an
// order's.
var unfinished = wordsIn(`cart carts basket baskets warenkorb warenkorbe panier paniers carrito
	carritos carrello carrelli winkelwagen winkelmand koszyk koszyki sepet wishlist wishlists
	wunschliste abandoned abandonne abandonnes abandonado abandonados abbandonati abgebrochen
	abgebrochene verlassene porzucone カート 购物车 장바구니`)

// forecastWords head how likely a sale is: whoever writes this has not sold everything.
var forecastWords = wordsIn(`probability wahrscheinlichkeit abschlusswahrscheinlichkeit probabilite
	probabilidad probabilita waarschijnlijkheid prawdopodobienstwo forecast 確度`)

// saleLists are names of lists of sales, which may contain what was undone.
var saleLists = wordsIn(`order orders sale sales invoice invoices payment payments transaction
	transactions charge charges receipt receipts purchase purchases booking bookings bestellung
	bestellungen rechnung rechnungen verkauf verkaufe umsatz umsatze zahlung zahlungen commande
	commandes facture factures vente ventes paiement paiements pedido pedidos factura facturas venta
	ventas pago pagos ordine ordini fattura fatture vendite bestelling bestellingen factuur facturen
	zamowienia faktury zahlungseingang export`)

// untilWords are words of days up to which something could still be undone.
var untilWords = wordsIn("until by before deadline policy bis frist spatestens jusqu hasta entro")

// listsNoSale reports whether words name a list of what is not a sale.
func listsNoSale(words []string) bool {
	return (anyOfWords(words, noSaleLists) || slices.ContainsFunc(words, isNoSaleWord) ||
		headsNoSale(words)) && !anyOfWords(words, untilWords)
}

// askWhole asks whether the rows are sales, if something says that none of them is.
func (d *draft) askWhole(s *scribe) {
	what := d.saysNoSales()
	if what == "" {
		return
	}
	s.open++
	s.add(Suggestion{Path: "skip.all", Open: true, Reason: fmt.Sprintf("%s says that these rows "+
		"are not sales. If that is right, do not import this file; if they are sales, only "+
		"remove the question", what)}, nil)
}

// saysNoSales is what says that no row is a sale; "" if nothing does.
func (d *draft) saysNoSales() string {
	taken := slices.Concat([]*profile{d.id, d.amount}, d.dates[:min(1, len(d.dates))])
	for _, p := range d.profiles {
		if p.name == "" || p.filled == 0 {
			continue
		}
		all := p.filled == d.rows && (p.mostly(p.ids) || p.mostly(p.dates)) &&
			(slices.ContainsFunc(p.words, isNoSaleWord) || namesCreditNote(p.words))
		if (all || slices.Contains(taken, p)) && listsNoSale(p.words) ||
			p == d.id && anyOfWords(p.words, unfinished) && !anyOfWords(p.words, saleLists) {
			return "the heading " + comment(p.name)
		}
		if anyOfWords(p.words, forecastWords) && p.distinct() > 1 {
			return "the heading " + comment(p.name)
		}
		if p.filled == d.rows && !p.many && len(p.values) == 1 && isNoSale(p.values[0].text) &&
			!slices.ContainsFunc(d.skips, func(skip skipDraft) bool { return skip.column == p }) {
			return comment(p.values[0].text) + " in all rows of " + comment(p.name)
		}
	}

	for _, row := range d.export.Above {
		for _, title := range row {
			words := headingWords(title)
			if listsNoSale(words) && !anyOfWords(words, saleLists) ||
				anyOfWords(words, unfinished) {
				return "the title " + comment(title)
			}
		}
	}

	name, _, _ := strings.Cut(d.export.File, ".")
	if words := headingWords(name); listsNoSale(words) && !anyOfWords(words, saleLists) ||
		anyOfWords(words, unfinished) {
		return "the name of the file"
	}

	return ""
}
