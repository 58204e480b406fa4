package draft

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"ableimport/mapping/cell"
)

// isHarmless reports whether heading and values prove that a column does not distinguish sales from
// other rows.
func (p *profile) isHarmless(t *columnTally) bool {
	switch {
	case slices.ContainsFunc(t.values, func(v kindValue) bool { return isNoSale(v.text) }),
		p.saysBoth(t), anyOfWords(p.words, wordsIn("series serie")) && t.hasDocumentCode():
		return false
	case isHarmless(p.words), p.isNumbered():
		return true
	case p.mostly(p.dates) && 2*t.filled.rows > t.units && !anyOfWords(p.words, kindHeadings):
		return true
	case p.mostly(p.emails), p.mostly(p.currency), p.mostly(p.abroad), p.mostly(p.clocks):
		return true
	case 2*t.filled.rows > t.units &&
		!slices.ContainsFunc(t.values, func(v kindValue) bool { return !isLongID(v.text) }):
		return true
	case p.isStatusHeading() || t.many || len(t.values) == 0:
		return false
	}

	for _, kind := range valueKinds {
		if kind.coded && anyOfWords(p.words, kindHeadings) {
			continue // two letters may be the code of a kind or of a country
		}
		if !slices.ContainsFunc(t.values, func(v kindValue) bool { return !kind.is(v.text) }) &&
			slices.ContainsFunc(t.values, func(v kindValue) bool { return kind.surely(v.text) }) {
			return true
		}
	}

	return false
}

// hasDocumentCode reports whether a value is the code of a document that is not a sale: Spanish
// series of bills have R or REC for corrections.
func (t *columnTally) hasDocumentCode() bool {
	return slices.ContainsFunc(t.values, func(v kindValue) bool {
		code := strings.ToLower(v.text)
		return documentCodes()[code] || code == "r" || code == "rec"
	})
}

// saysBoth reports whether all values are words of statuses, some of them sales and others not, in
// a column whose heading is about goods or texts: "Category" with charges and fees.
func (p *profile) saysBoth(t *columnTally) bool {
	if t.many || anyOfWords(p.words, fulfilmentWords) || anyOfWords(p.words, otherStatus) ||
		anyOfWords(p.words, methodWords) || fulfils(p.words) {
		return false
	}

	var both [2]bool
	for _, v := range t.values {
		sale, known := isSale(v.text)
		if !known {
			return false
		}
		both[map[bool]int{true: 1}[sale]] = true
	}
	return both[0] && both[1]
}

// fulfils recognises one-word headings that say how far a parcel is: Lieferstatus.
func fulfils(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		return strings.HasPrefix(word, "liefer") || strings.HasPrefix(word, "versand")
	})
}

// isNoSale reports whether a value has a word for what is not a sale, or consists of words that
// alone say so.
func isNoSale(text string) bool {
	words := headingWords(text)
	return slices.ContainsFunc(words, isNoSaleWord) || len(words) > 0 && !slices.ContainsFunc(words,
		func(word string) bool { return !noSaleValues()[word] })
}

// isMeasure reports columns of amounts, counts and rates. Codes are also numbers: yes and no, or
// the same count of digits in all rows.
func (p *profile) isMeasure(t *columnTally) bool {
	if !slices.ContainsFunc(t.values,
		func(v kindValue) bool { return !strings.HasSuffix(v.text, "%") }) {
		return !anyOfWords(p.words, flagSales) // 50% of what is paid is no sale, or half of one
	}
	if !p.largely(p.numbers) {
		return false
	}
	if p.tellsDirections(t) || anyOfWords(p.words, overdueWords) {
		return false
	}
	if anyOfWords(p.words, measureWords) && !p.isStatusHeading() &&
		!(headsNoSale(p.words) && anyOfWords(p.words, idWords)) {
		return true
	}

	if !p.mostly(p.numbers) || anyOfWords(p.words, idWords) || p.marked == 0 &&
		anyOfWords(p.words, kindHeadings) {
		return false
	}

	code := !t.many && len(t.values) <= mostKinds && !isHarmless(p.words) &&
		!slices.ContainsFunc(t.values,
			func(v kindValue) bool {
				return len(v.text) > longestCode || strings.Trim(v.text, "0123456789") != ""
			})
	return p.marked > 0 || !code && !slices.ContainsFunc(t.values,
		func(v kindValue) bool { return strings.ContainsFunc(v.text, unicode.IsLetter) })
}

// overdueWords head days for which a bill was not paid.
var overdueWords = wordsIn(`overdue uberfallig verzug verzugstage retard vencido vencidos scaduto
	ritardo achterstallig zaleglosci forsenad`)

// tellsDirections reports columns with only a number and its opposite: 1 and -1 are not a measure.
func (p *profile) tellsDirections(t *columnTally) bool {
	if t.many || len(t.values) < 2 || len(t.values) > mostKinds ||
		anyOfWords(p.words, partWords[2].words) {
		return false
	}

	above, below := false, false
	for _, v := range t.values {
		digits, negative := strings.CutPrefix(v.text, "-")
		if digits == "" || strings.Trim(digits, "0123456789") != "" {
			return false
		}
		above, below = above || !negative, below || negative
	}

	return above && below
}

// longID is how long numbers of things are that are never a kind of rows.
const longID = 9

func isLongID(text string) bool {
	return len(text) >= longID && !strings.Contains(text, " ") &&
		strings.ContainsAny(text, "0123456789")
}

// isStatusHeading reports headings that only name a status: "State" may be one of the United
// States.
func (p *profile) isStatusHeading() bool {
	return anyOfWords(p.words, surelyStatus) && !slices.Contains(p.words, "state") &&
		!anyOfWords(p.words, wordsIn("type typ tipo estado stato"))
}

// longestCode is how many digits a code of a kind of rows has: 402, 0381.
const longestCode = 4

// isNumbered reports columns of numbers of things by heading and values: "Invoice ID", not
// "Original invoice".
func (p *profile) isNumbered() bool {
	return p.mostly(p.ids) && anyOfWords(p.words, idWords) && // "Code" alone may be an answer's
		!slices.Equal(p.words, []string{"code"}) &&
		!slices.ContainsFunc(p.words, func(word string) bool {
			return !idWords()[word] && !thingWords()[word] && !harmlessWords()[word]
		})
}

// A valueKind is a kind of values that do not say what a row is: all values are of it, and at least
// one is of no other kind.
type valueKind struct {
	is, surely func(text string) bool
	coded      bool
}

var valueKinds = []valueKind{
	{isRegion, ofList("US", "GB", "DE", "FR", "IT", "ES", "NL", "AT", "PL", "SE", "DK", "PT", "CA",
		"AU", "JP", "BR", "MX", "CZ", "BE", "FI", "IE", "CN"), true},
	{isLanguage, ofList("en", "de", "fr", "es", "it", "nl", "pl", "pt", "zh", "sv", "da", "en-US",
		"en-GB", "de-DE", "fr-FR", "en_US", "de_DE"), true},
	{ofWords(countryNames), ofWords(countryNames), false},
	{ofWords(methodNames), ofWords(methodBrands), false},
	{ofWords(carrierNames), ofWords(carrierBrands), false},
	{ofWords(deviceNames), ofWords(deviceNames), false},
	{ofWords(mannerNames), ofWords(mannerNames), false},
	{ofWords(unitNames), ofWords(surelyUnits), false},
	{ofWords(buyerNames), ofWords(surelyBuyers), false},
	{isAddress, isAddress, false},
	{ofList(states...), ofList("CA", "NY", "TX", "FL", "WA", "IL", "PA", "GA", "NJ", "VA", "MA",
		"AZ", "ON", "QC", "BC", "AB", "NSW", "VIC", "QLD"), false},
}

// states are the states of the United States, Canada and Australia.
var states = strings.Fields(`AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS
	MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR ON QC BC AB
	MB SK NS NB NL PE YT NT NU NSW VIC QLD SA TAS ACT`)

func ofList(texts ...string) func(string) bool {
	set := cell.WordSet(texts...)
	return func(text string) bool { return set[text] }
}

// ofWords reports texts in which each word is in a list.
func ofWords(among wordSet) func(string) bool {
	return func(text string) bool {
		words := headingWords(text)
		return len(words) > 0 && !slices.ContainsFunc(words,
			func(word string) bool { return !among()[word] })
	}
}

// isRegion reports country codes of two letters, except those that are words of other columns.
func isRegion(text string) bool {
	if len(text) != 2 || strings.ToUpper(text) != text ||
		ofList("CR", "IN", "NO", "SI", "RE", "GS", "ST", "AF", "KR", "VO", "PD")(text) {
		return false
	}
	region, err := language.ParseRegion(text)
	return err == nil && region.IsCountry()
}

func isLanguage(text string) bool {
	if _, yes := yesWords[strings.ToLower(text)]; yes && text != "ja" ||
		noWords[strings.ToLower(text)] || text == "in" {
		return false
	}
	if len(text) != 2 && !strings.ContainsAny(text, "-_") || len(text) > 8 {
		return false
	}
	_, err := language.Parse(text)
	return err == nil && text[:2] == strings.ToLower(text[:2])
}

// isAddress reports addresses of pages and machines.
func isAddress(text string) bool {
	return strings.Contains(text, "://") || strings.HasPrefix(text, "www.") ||
		bytes.Count([]byte(text), []byte(".")) == 3 && strings.Trim(text, "0123456789.") == ""
}

var (
	countryNames = wordsIn(`germany deutschland allemagne alemania germania duitsland france
		frankreich francia frankrijk spain spanien espagne espana spagna italy italien italie italia
		netherlands niederlande nederland belgium belgien belgique belgie austria osterreich
		autriche switzerland schweiz suisse svizzera poland polen pologne polska portugal sweden
		schweden sverige denmark danemark danmark norway norwegen norge finland finnland ireland
		irland united kingdom states kingdom great britain england scotland wales usa us uk canada
		kanada mexico brazil brasil argentina chile colombia australia zealand new japan china india
		turkey turkei turkiye greece griechenland czechia czech republic tschechien hungary ungarn
		romania luxembourg luxemburg`)

	methodBrands = wordsIn(`pal visa mastercard amex american paypal klarna ideal bancontact maestro
		apple google sofort giropay twint blik przelewy24 alipay wechat discover diners jcb sepa ach
		multibanco mbway pix boleto swish vipps mobilepay eps stripe unionpay afterpay clearpay
		affirm
		cb virement prelevement especes uberweisung ueberweisung lastschrift kreditkarte bonifico
		contrassegno tarjeta`)
	methodNames = wordsIn(`pal master visa mastercard amex american express paypal klarna ideal
		bancontact maestro apple google pay sofort giropay twint blik przelewy24 alipay wechat
		discover diners club jcb sepa ach multibanco mbway pix boleto swish vipps mobilepay eps
		stripe unionpay afterpay clearpay affirm card cards credit debit kreditkarte karte carte
		bancaire tarjeta cash bar bank transfer wire direct uberweisung ueberweisung virement
		lastschrift cheque check gift upi wallet cb prelevement especes bonifico contrassegno
		efectivo contanti vorkasse`)

	carrierBrands = wordsIn(`dhl ups fedex usps dpd gls hermes postnord colissimo chronopost mondial
		seur correos inpost bpost postnl tnt express standard`)
	carrierNames = wordsIn(`dhl ups fedex usps dpd gls hermes postnord colissimo chronopost mondial
		relay seur correos inpost bpost postnl tnt royal mail express standard priority overnight
		ground economy pickup pick up free flat rate shipping delivery home post paket packet parcel
		international domestic 24 48 saver air next day same abholung click collect`)

	mannerNames = wordsIn(`automatic manual auto automatisch manuell automatique manuel automatico
		manuale chip contactless swipe swiped keyed nfc magstripe tap insert ecommerce moto`)

	surelyUnits = wordsIn(`kg pcs pc each box stk szt pce ltr stuck pkg pack kpl pieces piece bottle
		carton pallet flasche karton`)
	unitNames = wordsIn(`kg pcs pc each box stk szt pce ltr stuck pkg pack kpl pieces piece bottle
		carton pallet flasche karton g l ml m cm ea bx st
		op ud uds pz un und ks unit units stunde hour hours h set`)

	surelyBuyers = wordsIn(`returning existing neukunde bestandskunde registered wholesale retail
		b2b b2c`)
	buyerNames = wordsIn(`new returning existing repeat neukunde bestandskunde registered guest
		first time customer wholesale retail b2b b2c`)
	deviceNames = wordsIn(`mobile desktop tablet phone ios android windows mac macos linux iphone
		ipad chrome safari firefox edge web browser app pos online shop store instore in facebook
		instagram google amazon ebay etsy shopify organic newsletter email`)
)
