package draft

import (
	"slices"
	"strings"
	"sync"
	"unicode"
)

// role is what a column can be for an event.
type role byte

const (
	roleID role = iota
	roleAmount
	roleCurrency
	rolePaid // the day of payment
	roleDate // any other day that can replace it
	roleTime
	roleZone
	roleEmail
	rolePhone
	roleClient
	roleFirstName
	roleLastName
	rolePerson
	roleCompany
	roleCountry
	roleItem
	rolePrice
	roleQuantity
	roleSKU
	roleCategory
	roleCoupon
	roles
)

// vocabulary is how exports head the columns of a role: English, German, French, Spanish and
// Japanese, the likeliest first and compared like [headingWords]. A heading that has one of the
// words in without, and more than a name, belongs to another role.
type vocabulary struct{ names, without string }

// vocabularies come from the exports of the presets and from the usual words of bookkeeping.
var vocabularies = [roles]vocabulary{
	roleID: {names: `order id|order number|order name|order|invoice number|invoice id|invoice|
		transaction id|transaction number|purchase id|sale id|payment id|charge id|receipt number|
		receipt id|document number|balance transaction id|bestellnummer|bestellnr|auftragsnummer|
		rechnungsnummer|rechnungsnr|rechnung number|rechnung|belegnummer|beleg number|belegnr|belegfeld 1|
		transaktionscode|transaktionsnummer|transaktions id|commande number|commande|
		reference commande|facture number|facture|piece number|transaction reference|pedido number|
		pedido|factura number|factura|folio|id transaccion|注文番号|注文id|受注番号|請求書番号|
		請求番号|取引id|取引番号|伝票番号|決済id|merchant reference|psp reference|id|reference|number|payment intent id`,
		without: `item line lineitem product sku customer customers client user card account parent
			original modification type status date time total price email phone coupon discount
			subscription mandate payout staff device location batch estimate purchaseorder po tax
			links tracking`},
	roleAmount: {names: `grand total|total amount|order total amount|order total|invoice total|
		invoice amount|total|amount|gross amount|gross|sale price|total price|total collected|
		amount submitted for settlement|gross sales|net sales|n revenue formatted|n revenue|revenue|
		line total|line amount|item total|gesamtbetrag|gesamtsumme|rechnungsbetrag|bruttobetrag|
		gesamt|brutto|betrag|summe|umsatz|total ttc|montant ttc|montant total|montant|prix total|
		importe total|importe|total factura|monto|bruto|valor|totaalbedrag|totaal|bedrag|
		totale fattura|totale ordine|totale|importo|kwota brutto|kwota|valor total|tutar|belopp|
		belob|castka|合計金額|請求金額|税込金額|総額|合計|支払金額|売上金額|金額|売上|value|price`,
		without: `tax taxes fee fees net discount shipping refund refunded refunds converted balance
			due tip subtotal paypal stripe affiliate disputed steuer mwst ust gebuhr gebuhren rabatt
			versand netto commission frais taxe tva ht remise livraison impuesto iva descuento envio
			comision neto number count items qty quantity compare outstanding card exchange rate
			authorized partial adjustment percentage percent
		estimated estimate budget quoted list geschatzt estime estimado stimato forecast forecasted
			weighted projected expected potential lifetime ltv clv gewichtet prognose previsionnel
			pondere previsto prevista pronostico
		type id service unit units shipped
			ordered sold tickets seats pieces menge anzahl stuck stk quantite cantidad quantita
			aantal ilosc adet antal weight points offen offene offener offenes open restbetrag
			restant pendiente saldo
			gutschrift avoir credit credits variants item line lineitem app transaction exclusive
			settlement taxable imponible igst cgst sgst gst cess`},
	roleCurrency: {names: `currency|currency code|currency iso code|gross currency|
		transaction currency|payment currency|wahrung|waehrung|wkz umsatz|wkz|devise|monnaie|divisa|
		moneda|通貨|通貨コード`,
		without: `converted settlement fee net balance basisumsatz payout exchange`},
	rolePaid: {names: `paid at|paid date|date paid|paid on|payment date|last payment date|
		bezahlt am|zahlungsdatum|date paiement|paye|fecha pago|支払日|入金日|決済日|支払日時`,
		without: `due next expected`},
	roleDate: {names: `purchase time|created date|created at|created datetime|created utc|created|
		order date|transaction date|invoice date|date issued|issue date|purchase date|sale date|
		billed at|billed date|creation date|booked at|booking date|booked on|ordered at|sold at|
		datetime|date time|timestamp|charge date|date|bestelldatum|rechnungsdatum|belegdatum|buchungsdatum|erstellt am|datum|date commande|
		date facture|date creation|date emission|fecha factura|fecha emision|fecha pedido|
		fecha creacion|fecha|注文日時|注文日|受注日時|受注日|購入日時|購入日|販売日|請求日|
		取引日時|取引日|作成日時|作成日|発行日|日付|日時`,
		without: `due refund refunded available updated settlement payout disbursement expiry exp
			end cancelled canceled fulfilled shipped delivery dispute evidence birth customer
			customers deposit planned expected authorization closed fallig echeance vencimiento next
			期限`},
	roleTime: {names: `time|uhrzeit|zeit|heure|hora|時刻|時間`, without: `zone timezone`},
	roleZone: {names: `timezone|time zone|zeitzone|fuseau horaire|zona horaria|タイムゾーン`},
	roleEmail: {names: `purchase email|customer email|buyer email|billing email|from email address|
		account email|contact email|email address|email|mail|emailadresse|mailadresse|courriel|
		adresse mail|correo electronico|correo|メールアドレス|メール`,
		without: `to seller merchant support giftee recipient shipping staff affiliate sent
			empfanger destinataire supplier vendor lieferant lieferanten fournisseur proveedor
			fornitore leverancier dostawca fornecedor leverandor dodavatel payee`},
	rolePhone: {names: `customer phone|billing phone|contact phone number|phone number|phone|
		telephone|tel|mobile phone|mobile|telefon|telefonnummer|handy|mobil|rufnummer|portable|
		telefono|movil|電話番号|電話|携帯電話`,
		without: `shipping seller merchant fax`},
	roleClient: {names: `customer reference id|client reference id|customer id|client id|user id|
		account id|customer number|client number|customers id|kundennummer|kundennr|kunden id|
		id client|code client|id cliente|cliente number|codigo cliente|
		顧客id|顧客番号|会員番号|account code`},
	roleFirstName: {names: `first name|given name|vorname|prenom|nombre pila|名`,
		without: `shipping`},
	roleLastName: {names: `last name|family name|surname|nachname|familienname|nom famille|
		apellidos|apellido|姓`,
		without: `shipping`},
	rolePerson: {names: `customer name|buyer name|billing name|cardholder name|card name|
		contact name|consumer name|name|kundenname|nom client|nombre cliente|氏名|顧客名|お名前`,
		without: `shipping item product company client business statement lineitem user first last
			tax discount order location account payment method gateway deal opportunity campaign
			plan store shop bank file list event ticket category brand variant service subscription
			class course project seller merchant vendor supplier agent staff employee team group
			file sheet form page site channel source coupon state country city street verkaufer
			produkt artikel`},
	roleCompany: {names: `company|company name|billing company|business name|customer company|
		client name|firma|firmenname|societe|entreprise|empresa|会社名`,
		without: `shipping`},
	roleCountry: {names: `billing country|country code|country|address country code|land|pays|pais|
		国`,
		without: `shipping card issue`},
	roleItem: {names: `lineitem name|line item name|item name|product name|
		product service full name|product service|product|item|artikelname|artikel|produktname|
		produkt|bezeichnung|produit|article|designation|libelle|producto|articulo|concepto|商品名|品名|
		品目|商品|description|item desc|item description|beschreibung`,
		without: `id sku number discount seller customer statement fulfillment cost type status
			price`},
	rolePrice: {names: `lineitem price|item price|unit price|unit amount|sales price|rate|item cost|
		price|einzelpreis|preis|prix unitaire|precio unitario|precio|単価|価格`,
		without: `compare exchange total sale tax`},
	roleQuantity: {names: `lineitem quantity|quantity|qty|menge|anzahl|stuckzahl|quantite|qte|
		cantidad|数量|個数`},
	roleSKU: {names: `lineitem sku|sku|item code|inventory item code|item number|artikelnummer|
		artikelnr|reference article|codigo articulo|商品コード|品番`},
	roleCategory: {names: `category|product category|kategorie|categorie|categoria|カテゴリ`,
		without: `reporting tax`},
	roleCoupon: {names: `coupon|coupon code|discount code|promo code|gutscheincode|gutschein|
		code promo|cupon|クーポン`},
}

// roleNames has the vocabularies in the form in which headings are compared.
var roleNames = sync.OnceValue(func() *[roles][][]string {
	names := new([roles][][]string)
	for r, v := range vocabularies {
		for name := range strings.SplitSeq(v.names, "|") {
			names[r] = append(names[r], headingWords(name))
		}
	}
	return names
})

// headingScore says how well a heading names a role: from 1000 down if it is one of its names, less
// if it contains one, and 0 if it does not.
func headingScore(words []string, r role) int {
	best := 0
	for rank, name := range roleNames()[r] {
		switch {
		case slices.Equal(words, name):
			return 1000 - rank
		case len(name) < len(words) && containsAll(words, name):
			best = max(best, 500-rank-20*(len(words)-len(name))+10*len(name))
		}
	}

	for _, word := range words {
		if slices.Contains(strings.Fields(vocabularies[r].without), word) {
			return 0
		}
	}

	return best
}

func containsAll(words, wanted []string) bool {
	return !slices.ContainsFunc(wanted,
		func(word string) bool { return !slices.Contains(words, word) })
}

// sameWords are spellings of a word, and words that mean nothing.
var sameWords = map[string]string{
	"no": "number", "nr": "number", "num": "number", "numero": "number", "n°": "number",
	"nº": "number", "№": "number", "nummer": "number", "de": "", "du": "", "des": "", "la": "",
	"le": "", "der": "", "die": "", "of": "", "the": "", "del": "", "el": "", "d": "", "l": "",
	"gc": "", "nc": "", "txn": "transaction", "emailid": "email", "transaccion": "transaction",
}

// headingWords splits a heading into its words, in small letters without accents, sorted, so that
// "InvoiceNumber", "Invoice #" and "Numero de facture" can be compared. Words in brackets count.
func headingWords(heading string) []string {
	var b strings.Builder
	previous := ' '
	letters := []rune(heading)
	for i, letter := range letters {
		if spelt, known := ligatures[letter]; known {
			b.WriteString(spelt)
			previous = letter
			continue
		}

		// POCity is PO City.
		begins := unicode.IsUpper(previous) && i+2 < len(letters) &&
			unicode.IsLower(letters[i+1]) && unicode.IsLower(letters[i+2])
		switch {
		case letter == '#':
			b.WriteString(" number ")
		case unicode.IsUpper(letter) && (unicode.IsLower(previous) || begins):
			b.WriteByte(' ')
			fallthrough
		case unicode.IsLetter(letter) || unicode.IsDigit(letter) || letter == '°' || letter == 'º':
			b.WriteRune(unaccented(letter))
		default:
			b.WriteByte(' ')
		}

		previous = letter
	}

	text := strings.ReplaceAll(b.String(), "e mail", "email")
	text = strings.ReplaceAll(" "+text+" ", " no show ", " noshow ") // its no is no number
	text = strings.ReplaceAll(text, " mw st ", " mwst ")
	var words []string
	for word := range strings.FieldsSeq(text) {
		if same, known := sameWords[word]; known {
			word = same
		}
		if word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}

	slices.Sort(words)
	return words
}

// ligatures are letters that mean two.
var ligatures = map[rune]string{'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe"}

func unaccented(letter rune) rune {
	letter = unicode.ToLower(letter)
	if plain, found := accents()[letter]; found {
		return plain
	}
	return letter
}

var accents = sync.OnceValue(func() map[rune]rune {
	table := map[rune]rune{}
	for plain, accented := range map[rune]string{'a': "äáàâãåąăā", 'e': "éèêëęěėē", 'i': "íìîïıī",
		'o': "öóòôõøőō", 'u': "üúùûůűū",
		'n': "ñńň", 'c': "çćč", 'l': "ł", 's': "śşšș", 'z': "źżž", 'g': "ğ", 'r': "ř", 't': "ťț",
		'd': "ďđ", 'y': "ý"} {
		for _, letter := range accented {
			table[letter] = plain
		}
	}
	return table
})
