package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// listWith is a list of 36 sales with one further column.
func listWith(heading string, values ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "ID,Date,Amount,Currency,Email,%q\n", heading)
	for i := range 36 {
		fmt.Fprintf(&b, "T%d,2026-11-%02d,%d.%02d,EUR,u%d@example.com,%q\n", i+1, 20+i%9, 10+i,
			(37*i+15)%100, i+1, values[i%len(values)])
	}
	return b.String()
}

func linesOf(t *testing.T, lines string) []Suggestion {
	t.Helper()
	e := exportOf(lines)
	text, err := Write(e)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, e, text)
	all, err := Suggest(e)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// asksSales reports whether a draft asks which rows are sales by a column, or whether its letters
// are the signs of the amounts.
func asksSales(all []Suggestion, column string) bool {
	return slices.ContainsFunc(all, func(line Suggestion) bool {
		open := strings.HasSuffix(line.Guess, "?") || line.Open && !line.Offer
		return open && slices.Contains(line.Columns, column)
	})
}

// decides reports whether a draft leaves out exactly the rows that are not sales, for certain.
func decides(all []Suggestion, column, none string) bool {
	for _, line := range all {
		if strings.HasPrefix(line.Path, "skip.") && !line.Open && len(line.Columns) == 1 &&
			line.Columns[0] == column {
			return strings.HasPrefix(line.Line[strings.Index(line.Line, ": ")+2:],
				"not (") != strings.Contains(line.Line, fmt.Sprintf("%q", none))
		}
	}
	return false
}

// A column that could distinguish sales from other rows is never passed over: two of three rows
// have the first value, and are sales.
func TestKindsAreAsked(t *testing.T) {
	for _, c := range [][3]string{ // heading, of sales, of others
		{"Soll/Haben", "Haben", "Soll"}, {"Credit/Debit", "Credit", "Debit"},
		{"Dare/Avere", "A", "D"}, {"Sens", "C", "D"}, {"Debe/Haber", "H", "D"},
		{"Kierunek", "Uznanie", "Obciążenie"}, {"Richting", "Ontvangen", "Betaald"},
		{"CdtDbtInd", "CRDT", "DBIT"}, {"Betragskennzeichen", "+", "-"}, {"In/Out", "IN", "OUT"},
		{"Type", "Sale", "Return"}, {"Type", "Charge", "Refund"},
		{"Transaction Type", "SALE", "VOID"}, {"Kind", "sale", "chargeback"},
		{"Category", "Sale", "Refund"}, {"Doc Type", "INV", "CRN"}, {"Record type", "S", "R"},
		{"Event", "T0006", "T1107"}, {"Refunded", "No", "Yes"}, {"Returned", "N", "Y"},
		{"Storniert", "nein", "ja"}, {"Annulé", "non", "oui"}, {"Anulado", "no", "sí"},
		{"Annullata", "No", "Sì"}, {"Geannuleerd", "nee", "ja"}, {"Anulowane", "nie", "tak"},
		{"Cancelado", "não", "sim"}, {"Is Credit", "0", "1"}, {"Credit Note", "FALSE", "TRUE"},
		{"Vorgangsart", "Verkauf", "Retoure"}, {"Buchungsart", "RE", "GS"},
		{"Dokumentart", "Rechnung", "Stornorechnung"},
		{"Type de pièce", "Facture", "Avoir"}, {"Tipo de documento", "Factura", "Nota de crédito"},
		{"Tipo documento", "Fattura", "Nota di credito"}, {"Soort", "Factuur", "Creditnota"},
		{"Rodzaj dokumentu", "FV", "KOR"}, {"Tipo de comprobante", "Ingreso", "Egreso"},
		{"Belge Türü", "Satış", "İade"}, {"単据类型", "销售", "退货"}, {"伝票種別", "売上", "返品"},
		{"Type code", "380", "381"}, {"Statut", "Encaissée", "Annulée"},
		{"Stato", "Pagato", "Annullato"}, {"Stato", "Pagato", "Non pagato"},
		{"Status", "Bezahlt", "Nicht bezahlt"}, {"Statut", "Payée", "Non payée"},
		{"Status zamówienia", "Zrealizowane", "Anulowane"}, {"Stav", "Zaplaceno", "Zrušeno"},
		{"Status", "Betald", "Återbetald"}, {"Tila", "Maksettu", "Peruttu"},
		{"Status", "Оплачено", "Отменено"}, {"상태", "결제완료", "취소"}, {"ステータス", "完了", "返品"},
		{"Order State", "complete", "closed"}, {"Outcome", "Authorised", "Refused"},
		{"Response", "Approved", "Declined"}, {"Resp. code", "00", "51"}, {"Auth result", "A", "R"},
		{"Ergebnis", "ok", "fehler"}, {"Mode", "live", "test"},
		{"Environment", "production", "sandbox"}, {"Test order", "No", "Yes"},
		{"is_test", "0", "1"}, {"Valid", "1", "0"}, {"Active", "Y", "N"},
		{"Captured", "true", "false"}, {"Success", "True", "False"}, {"Deleted", "0", "1"},
		{"Settled", "Y", "N"}, {"Zaplaceno", "ano", "ne"}, {"Betaald", "Ja", "Nee"},
		{"Bezahlt", "ja", "nein"}, {"Payé", "Oui", "Non"}, {"Opłacone", "tak", "nie"},
		{"Paid?", "x", ""}, {"Status", "1", "9"}, {"Status", "20", "40"}, {"st", "P", "C"},
		{"Flag", "", "R"}, {"Kennzeichen", "", "S"}, {"Generalumkehr", "", "1"},
		{"Reversal", "", "X"}, {"Cancellation date", "", "2026-11-22"},
		{"Storno am", "", "22.11.2026"}, {"Date d'annulation", "", "22/11/2026"},
		{"Fecha de anulación", "", "22/11/2026"}, {"Refunded at", "", "2026-11-22T10:00:00Z"},
		{"Chargeback date", "", "2026-11-22"}, {"Voided by", "", "kim"},
		{"Cancel reason", "", "customer changed mind"}, {"Refund reason", "", "damaged"},
		{"Failure message", "", "card declined"}, {"Failure code", "", "insufficient_funds"},
		{"Motivo devolución", "", "defecto"}, {"Original invoice", "", "R-1000"},
		{"Ursprungsrechnung", "", "R-1000"}, {"Related order", "", "T1"},
		{"Credited by", "", "CN-1"}, {"Credit note number", "", "CN-77"}, {"Dispute", "", "dp_1"},
		{"Reversed transaction", "", "T3"}, {"Parent ID", "", "T3"},
		{"Refund transaction ID", "", "9d8f7s9d8f"}, {"Reason", "Sale", "Correction"},
		{"Causale", "Vendita", "Reso"}, {"Operation", "purchase", "payout"},
		{"Vorgang", "Zahlung", "Rückzahlung"}, {"Art", "Einnahme", "Ausgabe"},
		{"Buchungstyp", "Eingang", "Ausgang"},
		{"Type d'opération", "Encaissement", "Décaissement"}, {"Note", "Invoice", "Refund"},
		{"Description", "Payment", "Refund"}, {"Item", "Ticket", "Refund"},
		{"Product", "Mug", "Refund"}, {"Payment method", "Card", "Refund"},
		{"Movement", "Receipt", "Expense"}, {"Payment status", "Paid", "Overdue"},
		{"Lifecycle", "won", "lost"}, {"Stage", "Closed Won", "Closed Lost"},
		{"Confirmed", "yes", "no"}, {"Approved", "yes", "no"},
		{"Quote/Invoice", "Invoice", "Quote"}, {"Art des Belegs", "AR", "AN"},
		{"Transaktion", "Kauf", "Erstattung"}, {"Status", "Completed", "Completed - Refunded"},
		{"Status", "Paid", "Paid back"}, {"Type", "Sale", "Sale return"},
		{"Document", "Invoice", "Invoice correction"},
		{"Typ", "Försäljning", "Retur"}, {"Type", "Salg", "Retur"},
		{"Fakturatyp", "Debet", "Kredit"}, {"Belegtyp", "RG", "GU"}, {"Erledigt", "X", ""},
		{"Mahnstufe", "0", "3"}, {"Widerruf", "", "ja"}, {"Retourengrund", "", "zu klein"},
		{"Multiplier", "1", "-1"}, {"Qty", "1", "-1"}, {"finNFe", "1", "4"},
		{"MTI", "0200", "0400"},
		{"Message Type", "0200", "0420"}, {"Billing type", "F2", "G2"},
		{"Billing category", "F2", "RE"}, {"Gateway mode", "live", "sandbox"},
		{"Return channel", "", "store"}, {"Return method", "", "label"},
		{"RMA number", "", "77120"},
		{"Error message", "", "Insufficient funds"}, {"Fraud", "N", "Y"},
		{"Risk decision", "approve", "deny"}, {"Captured at", "2026-11-21", ""},
		{"Payment received", "2026-11-21", ""}, {"Auth code", "A1", ""},
		{"GL account", "8400", "8700"}, {"Account", "4000 Sales", "4090 Returns"},
		{"Replaced by", "", "INV-90"}, {"No show", "", "1"}, {"Notes", "", "refunded in full"},
		{"Description", "Invoice", "Reversal of invoice"}, {"Text", "Kauf", "Storno Kauf"},
		{"Item", "Mug", "Refund: Mug"}, {"Category", "Goods", "Returns"},
		{"Salesperson", "Kim", "SYSTEM REFUND"},
		{"Delivery status", "delivered", "returned to sender"}, {"Cost type", "Revenue", "Expense"},
		{"Powód zwrotu", "", "uszkodzony"}, {"Причина возврата", "", "брак"},
		{"Метод", "Карта", "Возврат"}, {"キャンセル理由", "", "在庫切れ"}, {"환불일", "", "2026-11-04"},
		{"관리 상태", "배송완료", "반품완료"}, {"Kanaal", "Web", "Retour"}, {"Environment", "PROD", "UAT"},
		{"Återköp", "nej", "ja"}, {"reporting_category", "charge", "dispute"},
		{"Category", "charge", "fee"}, {"Category", "charge", "transfer"},
		{"Title", "Invoice", "Credit note"}, {"Risk", "approve", "decline"},
		{"Type", "Invoice", "Purchase Order"}, {"Type", "Sale", "Purchase"},
		{"Type", "Verkauf", "Einkauf"}, {"Voucher Type", "Sales", "Receipt"},
		{"Transaction type", "Invoice", "Payment"}, {"Vorgangsart", "Rechnung", "Zahlung"},
		{"Tipo", "Factura", "Pago"}, {"Code", "200", "402"}, {"Series", "A", "R"},
		{"Serie", "A", "REC"}, {"Recovered", "Yes", "No"},
		{"Stage", "Closed Won", "Closed Lost"}, {"Deal stage", "Won", "Negotiation"},
		{"Phase", "gewonnen", "Angebot"}, {"Completed at", "2026-11-21", ""},
		{"Zahldatum", "21.11.2026", ""}, {"Date règlement", "21/11/2026", ""},
		{"Data pagamento", "2026-11-21", ""}, {"Pagado el", "2026-11-21", ""},
		{"Betaald op", "2026-11-21", ""}, {"Data płatności", "2026-11-21", ""},
		{"Datum platby", "2026-11-21", ""}, {"Betalingsdato", "2026-11-21", ""},
		{"Maksupäivä", "2026-11-21", ""}, {"Ödeme tarihi", "2026-11-21", ""},
		{"% paid", "100%", "50%"}, {"Bezahlt in %", "100 %", "0 %"}, {"Days overdue", "0", "12"},
		{"Verzugstage", "", "30"}, {"Jours de retard", "0", "7"},
	} {
		t.Run(c[0]+" "+c[2], func(t *testing.T) {
			all := linesOf(t, listWith(c[0], c[1], c[1], c[2]))
			if !asksSales(all, c[0]) && !decides(all, c[0], c[2]) {
				t.Errorf("%q with %q and %q is ignored", c[0], c[1], c[2])
			}
		})
	}
}

// One of the two sides of an account has the sales, and no word says which one.
func TestSidesAreAsked(t *testing.T) {
	for _, c := range [][3]string{{"Type", "credit", "debit"},
		{"Transaction Type", "CREDIT", "DEBIT"},
		{"Type", "Credit transfer", "Direct debit"}} {
		if all := linesOf(t, listWith(c[0], c[1], c[1], c[2])); !asksSales(all, c[0]) {
			t.Errorf("%q with %q and %q is not asked about: %v", c[0], c[1], c[2], all)
		}
	}
}

// A refund's receipt is no payment of an invoice: these kinds are certain.
func TestReceiptsOfRefundsAreOnNoSide(t *testing.T) {
	all := linesOf(t, listWith("Transaction type", "Invoice", "Sales receipt", "Refund receipt"))
	if !decides(all, "Transaction type", "Refund receipt") {
		t.Errorf("not decided: %v", all)
	}
}

// What is plainly about something else is never asked about.
func TestHarmlessColumnsAreNotAsked(t *testing.T) {
	for _, c := range [][4]string{ // heading, three values in turn
		{"Country", "DE", "FR", "DE"}, {"B2B", "yes", "no", "no"}, {"Billing Country", "Germany", "France", "Germany"},
		{"Land", "Deutschland", "Österreich", "Deutschland"}, {"Lieferland", "DE", "AT", "DE"},
		{"Pays", "France", "Belgique", "France"}, {"País", "España", "Portugal", "España"},
		{"Paese", "Italia", "Svizzera", "Italia"}, {"Kraj", "Polska", "Czechy", "Polska"},
		{"Land van levering", "NL", "BE", "NL"}, {"Ülke", "Türkiye", "Almanya", "Türkiye"},
		{"国家", "中国", "日本", "中国"},
		{"Shop Currency", "EUR", "USD", "EUR"}, {"Devise facturation", "EUR", "USD", "EUR"},
		{"Waluta zamówienia", "PLN", "EUR", "PLN"}, {"Language", "en", "de", "en"},
		{"Sprache", "Deutsch", "Englisch", "Deutsch"}, {"Langue", "fr", "en", "fr"},
		{"Idioma", "Español", "Inglés", "Español"}, {"Lingua", "it", "en", "it"},
		{"Taal", "Nederlands", "Engels", "Nederlands"}, {"Język", "polski", "angielski", "polski"},
		{"Locale", "de-DE", "en-US", "de-DE"},
		{"Shipping method", "Standard", "Express", "Standard"},
		{"Versandart", "Standard", "Express", "Standard"}, {"Versandmethode", "DHL", "DPD", "DHL"},
		{"Mode de livraison", "Domicile", "Point relais", "Domicile"},
		{"Método de envío", "Correos", "SEUR", "Correos"},
		{"Metodo di spedizione", "Corriere", "Ritiro", "Corriere"},
		{"Verzendmethode", "PostNL", "Afhalen", "PostNL"},
		{"Metoda dostawy", "Kurier", "Paczkomat", "Kurier"}, {"Carrier", "UPS", "FedEx", "UPS"},
		{"Delivery", "Home", "Pickup", "Home"}, {"Payment method", "Card", "PayPal", "Card"},
		{"Zahlungsart", "Kreditkarte", "Vorkasse", "Kreditkarte"},
		{"Zahlungsmethode", "Kreditkarte", "Rechnung", "Kreditkarte"},
		{"Mode de paiement", "CB", "Virement", "CB"},
		{"Moyen de paiement", "Carte", "Chèque", "Carte"},
		{"Forma de pago", "Tarjeta", "Transferencia", "Tarjeta"},
		{"Método de pago", "Tarjeta", "Bizum", "Tarjeta"},
		{"Metodo di pagamento", "Carta", "Bonifico", "Carta"},
		{"Betaalmethode", "iDEAL", "Creditcard", "iDEAL"},
		{"Metoda płatności", "BLIK", "Karta", "BLIK"},
		{"Sposób płatności", "BLIK", "Karta", "BLIK"},
		{"Forma de pagamento", "Cartão", "Pix", "Cartão"},
		{"Ödeme yöntemi", "Kart", "Havale", "Kart"}, {"支付方式", "支付宝", "微信", "支付宝"},
		{"支払方法", "カード", "代引き", "カード"},
		{"Card brand", "Visa", "Mastercard", "Visa"}, {"Gateway", "stripe", "paypal", "stripe"},
		{"Payment type", "Visa", "PayPal", "Visa"},
		{"Payment Provider", "Adyen", "Stripe", "Adyen"},
		{"Card Type", "credit", "debit", "credit"}, {"Product", "Mug", "Cup", "Mug"},
		{"Produkt", "Tasse", "Becher", "Tasse"},
		{"Produit", "Tasse", "Bol", "Tasse"}, {"Producto", "Taza", "Vaso", "Taza"},
		{"Prodotto", "Tazza", "Bicchiere", "Tazza"}, {"Product name", "Mok", "Beker", "Mok"},
		{"Artikel", "Tasse", "Becher", "Tasse"}, {"Plan", "Basic", "Pro", "Basic"},
		{"Abo", "Monat", "Jahr", "Monat"}, {"Ticket type", "Adult", "Child", "Adult"},
		{"Variant", "Blue", "Red", "Blue"}, {"Size", "S", "M", "S"},
		{"Color", "red", "blue", "red"}, {"Farbe", "rot", "blau", "rot"},
		{"SKU", "A-1", "B-2", "A-1"},
		{"Category", "Kitchen", "Garden", "Kitchen"}, {"Kategorie", "Küche", "Garten", "Küche"},
		{"Marke", "Acme", "Foo", "Acme"}, {"Vendor", "Acme", "Foo", "Acme"},
		{"Salesperson", "Kim", "Lee", "Kim"}, {"Verkäufer", "Kim", "Lee", "Kim"},
		{"Vendeur", "Kim", "Lee", "Kim"}, {"Vendedor", "Kim", "Lee", "Kim"},
		{"Venditore", "Kim", "Lee", "Kim"}, {"Verkoper", "Kim", "Lee", "Kim"},
		{"Sprzedawca", "Kim", "Lee", "Kim"}, {"Sales rep", "Kim", "Lee", "Kim"},
		{"Account manager", "Kim", "Lee", "Kim"}, {"Mitarbeiter", "Kim", "Lee", "Kim"},
		{"Created by", "Kim", "Lee", "Kim"}, {"Cashier", "Kim", "Lee", "Kim"},
		{"Owner", "Kim", "Lee", "Kim"}, {"City", "Berlin", "Paris", "Berlin"},
		{"Stadt", "Berlin", "Köln", "Berlin"}, {"Ort", "Berlin", "Köln", "Berlin"},
		{"Ville", "Paris", "Lyon", "Paris"}, {"Ciudad", "Madrid", "Sevilla", "Madrid"},
		{"Città", "Roma", "Milano", "Roma"}, {"Plaats", "Utrecht", "Delft", "Utrecht"},
		{"Miasto", "Kraków", "Łódź", "Kraków"}, {"State", "CA", "NY", "CA"},
		{"Billing State", "CA", "NY", "CA"}, {"Province", "ON", "QC", "ON"},
		{"Bundesland", "Bayern", "Hessen", "Bayern"}, {"Region", "North", "South", "North"},
		{"Région", "Nord", "Sud", "Nord"}, {"ZIP", "10115", "50667", "10115"},
		{"PLZ", "10115", "50667", "10115"}, {"Warehouse", "A", "B", "A"},
		{"Lager", "Nord", "Süd", "Nord"}, {"Entrepôt", "Nord", "Sud", "Nord"},
		{"Almacén", "Norte", "Sur", "Norte"}, {"Magazzino", "Nord", "Sud", "Nord"},
		{"Magazijn", "A", "B", "A"}, {"Magazyn", "A", "B", "A"}, {"Store", "Main", "Mall", "Main"},
		{"Filiale", "Mitte", "West", "Mitte"}, {"Boutique", "Paris", "Lyon", "Paris"},
		{"Tienda", "Centro", "Norte", "Centro"}, {"Negozio", "Centro", "Nord", "Centro"},
		{"Winkel", "A", "B", "A"}, {"Sklep", "A", "B", "A"}, {"Location", "Main", "Mall", "Main"},
		{"Terminal", "1", "2", "1"}, {"Register", "1", "2", "1"},
		{"Channel", "Web", "POS", "Web"}, {"Sales channel", "Online Store", "POS", "Online Store"},
		{"Kanal", "Web", "Laden", "Web"}, {"Canal", "Web", "Tienda", "Web"},
		{"Canale", "Web", "Negozio", "Web"}, {"Kanał", "Web", "Sklep", "Web"},
		{"Source", "google", "direct", "google"}, {"Quelle", "Google", "Direkt", "Google"},
		{"utm_source", "google", "bing", "google"}, {"Campaign", "spring", "fall", "spring"},
		{"Device", "mobile", "desktop", "mobile"}, {"Platform", "ios", "android", "ios"},
		{"Unit", "kg", "pcs", "kg"}, {"Einheit", "kg", "Stk", "kg"}, {"Unité", "kg", "pce", "kg"},
		{"Unidad", "kg", "ud", "kg"}, {"Quantity", "1", "2", "1"}, {"Menge", "1", "2", "1"},
		{"Qty", "1", "3", "1"}, {"Tax rate", "19", "7", "19"}, {"MwSt-Satz", "19 %", "7 %", "19 %"},
		{"VAT %", "20", "10", "20"}, {"Discount code", "", "SAVE10", ""},
		{"Gutscheincode", "", "SOMMER", ""}, {"Notes", "", "please ring", ""},
		{"Bemerkung", "", "bitte klingeln", ""}, {"Customer note", "", "gift", ""},
		{"Company", "", "Acme", ""}, {"Firma", "", "Acme GmbH", ""},
		{"Phone", "", "+49 30 1234567", ""}, {"VAT number", "", "DE123456789", ""},
		{"USt-IdNr.", "", "DE123456789", ""}, {"PO Number", "", "PO-1", ""},
		{"Tracking number", "", "1Z999", ""}, {"Address line 2", "", "Apt 4", ""},
		{"Gender", "m", "f", "m"}, {"Customer group", "Retail", "Wholesale", "Retail"},
		{"Customer type", "Private", "Business", "Private"}, {"Newsletter", "yes", "no", "yes"},
		{"Accepts Marketing", "yes", "no", "yes"}, {"Month", "Jan", "Feb", "Jan"},
		{"Year", "2025", "2026", "2025"},
		{"Weekday", "Mon", "Tue", "Mon"}, {"Time zone", "Europe/Berlin", "UTC", "Europe/Berlin"},
		{"Fulfillment Status", "fulfilled", "unfulfilled", "fulfilled"},
		{"Delivery status", "delivered", "in transit", "delivered"},
		{"Shipping status", "shipped", "open", "shipped"},
		{"Tags", "vip", "new", "vip"}, {"Department", "A", "B", "A"},
		{"Cost center", "100", "200", "100"}, {"Kostenstelle", "100", "200", "100"},
		{"Project", "A", "B", "A"}, {"Team", "A", "B", "A"}, {"Bank", "ING", "DKB", "ING"},
		{"Website", "shop.de", "shop.fr", "shop.de"}, {"Domain", "a.com", "b.com", "a.com"},
		{"Market", "EU", "US", "EU"}, {"Segment", "SMB", "ENT", "SMB"},
		{"Due date", "2026-12-01", "2026-12-02", "2026-12-01"}, {"Ship date", "", "2026-12-01", ""},
		{"Delivered at", "", "2026-12-01", ""}, {"Agent", "Kim", "Lee", "Kim"},
		{"Bearbeiter", "Kim", "Lee", "Kim"}, {"Affiliate", "", "bob", ""},
		{"Referrer", "", "https://a.com/", ""}, {"Gift", "no", "yes", "no"},
		{"Template", "A", "B", "A"}, {"Brand", "A", "B", "A"},
		{"Straße", "Weg", "Allee", "Weg"}, {"Größe", "XL", "XS", "XL"},
		{"Färg", "blå", "röd", "blå"},
		{"Nazione", "Italia", "San Marino", "Italia"}, {"Страна", "Россия", "Казахстан", "Россия"},
		{"Способ оплаты", "Карта", "Наличные", "Карта"}, {"배송방법", "택배", "직접수령", "택배"},
		{"サイズ", "S", "M", "S"}, {"颜色", "红色", "蓝色", "红色"}, {"性别", "女", "男", "女"},
		{"색상", "빨강", "파랑", "빨강"}, {"담당자", "김", "이", "김"},
		{"Betalningssätt", "Kort", "Faktura", "Kort"},
		{"Způsob platby", "Kartou", "Dobírka", "Kartou"},
		{"Kundenart", "Neukunde", "Bestandskunde", "Neukunde"}, {"Betreuer", "Anna", "Ben", "Anna"},
		{"Zweigstelle", "Bonn", "Ulm", "Bonn"}, {"Agence", "Lille", "Nice", "Lille"},
		{"Oddział", "Gdynia", "Łódź", "Gdynia"}, {"UoM", "each", "box", "each"},
		{"J.m.", "szt", "kpl", "szt"}, {"New or returning", "New", "Returning", "New"},
		{"First order", "no", "yes", "no"}, {"Sexo", "F", "M", "F"},
		{"OS", "Windows", "macOS", "Windows"}, {"Season", "AW26", "SS26", "AW26"},
		{"Table", "12", "14", "12"}, {"Till", "1", "2", "1"},
		{"Price list", "Retail", "Wholesale", "Retail"},
		{"Payment terms", "Net 30", "Net 14", "Net 30"}, {"Term", "12", "24", "12"},
		{"Voucher code", "", "XMAS", ""}, {"Règlement", "Virement", "CB", "Virement"},
		{"3D Secure", "yes", "no", "yes"},
		{"Steuerschlüssel", "8", "9", "8"}, {"Entry mode", "chip", "contactless", "chip"},
		{"Satış kanalı", "Mağaza", "Web", "Mağaza"}, {"Recurring", "no", "yes", "no"},
		{"Industry", "Retail", "Health", "Retail"}, {"Incoterm", "DAP", "EXW", "DAP"},
		{"Geschenkverpackung", "ja", "nein", "ja"}, {"Nights", "1", "2", "1"},
		{"Created by", "Kim", "Lee", "Kim"}, {"Non-refundable rate plan", "Basic", "Pro", "Basic"},
		{"Priority", "high", "low", "high"}, {"VIP", "0", "1", "0"}, {"Affiliate", "", "", "aff1"},
		{"Reverse charge", "no", "no", "yes"}, {"Opt-in", "1", "0", "1"},
		{"Lieferstatus", "geliefert", "offen", "geliefert"},
		{"Attendee type", "Adult", "Child", "Adult"}, {"Meal", "Veg", "Non-veg", "Veg"},
		{"Session", "Morning", "Evening", "Morning"},
		{"Difficulty", "easy", "hard", "easy"}, {"Merchant", "M1", "M2", "M1"},
		{"Distance", "1 km", "3 km", "1 km"}, {"Insurance", "yes", "no", "yes"},
		{"Signature required", "yes", "no", "yes"}, {"Backorder", "no", "no", "yes"},
		{"Digital", "yes", "no", "yes"}, {"Bundle", "yes", "no", "no"},
		{"Upsell", "no", "no", "yes"}, {"NPS", "9", "10", "9"},
		{"Payment method", "Card", "Transfer", "Card"},
		{"Card funding", "credit", "debit", "credit"},
		{"Fulfillment status", "complete", "pending", "complete"},
		{"Series", "A", "B", "A"}, {"Serie", "A", "B", "A"},
		{"Batch", "B1", "B2", "B1"}, {"Batch number", "17", "18", "18"}, {"Page", "1", "2", "2"},
		{"Model", "M1", "M2", "M1"}, {"Modell", "X", "Y", "X"}, {"Layout", "A", "B", "A"},
		{"Locked", "yes", "no", "no"}, {"E-invoice", "yes", "no", "yes"},
		{"E-Rechnung", "ja", "nein", "ja"},
	} {
		t.Run(c[0], func(t *testing.T) {
			for _, line := range linesOf(t, listWith(c[0], c[1:]...)) {
				if line.Guess != "" || line.Open && !line.Offer ||
					strings.HasPrefix(line.Path, "skip.") {
					t.Errorf("%q is asked about: %s", c[0], line)
				}
			}
		})
	}
}

// One question has all columns that are in doubt, the likeliest first, each value with its rows and
// their money.
func TestTheQuestionAboutSales(t *testing.T) {
	var b strings.Builder
	b.WriteString("ID,Date,Amount,Currency,Email,Level,Cancelled at,Cancelled by,Warehouse\n")
	for i := range 12 {
		cancelled, by := "", ""
		if i%4 == 0 {
			cancelled, by = "2026-11-22", "kim"
		}
		fmt.Fprintf(&b, "T%d,2026-11-%02d,%d.50,%s,u%d@example.com,%s,%s,%s,W%d\n", i, 10+i, i+1,
			[]string{"EUR", "USD"}[i%2], i, []string{"x1", "y2"}[i%3%2], cancelled, by, i%2)
	}
	var got []string
	for _, line := range linesOf(t, b.String()) {
		if line.Guess != "" {
			got = append(got, line.Columns[0]+": "+line.Value+": "+line.Guess+" ("+line.Reason+")")
		}
	}
	want := []string{
		"Cancelled at: : yes? (9 rows, 22.50 EUR, 45.00 USD)",
		"Cancelled at: *: no? (3 rows, 16.50 EUR)",
		"Level: x1: yes? (8 rows, 22.00 EUR, 34.00 USD)",
		"Level: y2: yes? (4 rows, 17.00 EUR, 11.00 USD)",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A value with only amounts of zero is also in the question: once it is answered, a row that
// nothing is said about is neither a sale nor left out.
func TestValuesWithoutMoneyAreInTheQuestion(t *testing.T) {
	var b strings.Builder
	b.WriteString("ID,Date,Amount,Currency,Email,Status\n")
	for i := range 12 {
		status, amount := [...]string{"paid", "refunded", "gifted"}[i%3], fmt.Sprint(i+1, ".50")
		if status == "gifted" {
			amount = "0.00"
		}
		fmt.Fprintf(&b, "T%d,2026-11-%02d,%s,EUR,u%d@example.com,%s\n", i, 10+i, amount, i, status)
	}
	all := linesOf(t, b.String())
	if !slices.ContainsFunc(all, func(line Suggestion) bool {
		return line.Value == "gifted" && line.Guess == "yes?" && line.Reason == "4 rows, 0.00 EUR"
	}) {
		t.Errorf("gifted is not asked about in\n%s", texts(all))
	}
}

// What the certain lines leave out distinguishes no other column any more.
func TestWhatIsDecidedIsNotAskedAgain(t *testing.T) {
	all := linesOf(t, strings.ReplaceAll(`ID,Date,Amount,Currency,Email,Status,Stage
		1,2026-11-05,1.00,EUR,a@example.com,paid,S1
		2,2026-11-05,2.00,EUR,b@example.com,refunded,S2
		3,2026-11-05,3.00,EUR,c@example.com,paid,S1
		4,2026-11-05,-4.00,EUR,d@example.com,paid,S3`, "\n\t\t", "\n"))
	for _, line := range all {
		if line.Guess != "" {
			t.Errorf("asked: %s", line)
		}
	}
}

// Texts and numbers of many values distinguish kinds of rows by how they begin.
func TestBeginningsAreAsked(t *testing.T) {
	for _, c := range []struct {
		// of: how the texts of the first and of each further row begin, three in turn
		name, heading, of string
		want              string
	}{
		{"a text", "Description", "Payment for |Payment for |Refund for ",
			"Description begins with Refund in 12 rows, 347.94 EUR"},
		{"a German text", "Verwendungszweck", "Zahlung |Zahlung |Rückerstattung ",
			"Verwendungszweck begins with Rückerstattung in 12 rows, 347.94 EUR"},
		{"numbers of documents", "Document no.", "INV-|INV-|CN-",
			"Document no. begins with CN in 12 rows, 347.94 EUR"},
		{"German numbers", "Belegnummer", "RE|RE|GS",
			"Belegnummer begins with GS in 12 rows, 347.94 EUR"},
		{"nothing to tell apart", "Document no.", "CN-|CN-|CN-", ""},
		{"sales only", "Document no.", "INV-|POS-|WEB-", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			values := make([]string, 36)
			for i := range values {
				values[i] = fmt.Sprintf("%s%d", strings.Split(c.of, "|")[i%3], 100+i)
			}
			var got string
			for _, line := range linesOf(t, listWith(c.heading, values...)) {
				if line.Open && !line.Offer {
					got += line.Reason
				}
			}
			if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("asked %q, want %q", got, c.want)
			}
		})
	}
}

// The numbers of a few documents tell as much as many do.
func TestBeginningsOfFewNumbersAreAsked(t *testing.T) {
	for of, want := range map[string]string{
		"INV-1 INV-2 CN-3":  "Number begins with CN in 1 row, 12.00 EUR",
		"RE1001 RE1002 GS1": "Number begins with GS in 1 row, 12.00 EUR",
		"INV-1 INV-2 POS-3": "",
	} {
		var b strings.Builder
		b.WriteString("Number,Date,Total,Currency,Email\n")
		for i, number := range strings.Fields(of) {
			fmt.Fprintf(&b, "%s,2026-11-2%d,1%d.00,EUR,u%d@example.com\n", number, i, i, i)
		}
		got := ""
		for _, line := range linesOf(t, b.String()) {
			if line.Open && !line.Offer {
				got += line.Reason
			}
		}
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: asked %q, want %q", of, got, want)
		}
	}
}

// Columns with the same heading cannot be mapped; they are not ignored for that.
func TestEqualHeadingsAreAsked(t *testing.T) {
	for heading, want := range map[string]bool{"Status": true, "Country": false} {
		lines := strings.ReplaceAll(listWith("Flag", "a", "a", "b"), "Email,\"Flag\"",
			"Email,"+heading+","+heading)
		lines = strings.ReplaceAll(lines, ",\"", ",ok,\"")
		asked := slices.ContainsFunc(linesOf(t, lines), func(line Suggestion) bool {
			return strings.HasPrefix(line.Reason, "several columns are headed "+heading)
		})
		if asked != want {
			t.Errorf("%s twice: asked is %v", heading, asked)
		}
	}
}

// If no row is a sale, no column distinguishes them: headings, a title or the name of the file say
// it, and the draft asks.
func TestListsWithoutSalesAreAsked(t *testing.T) {
	row := func(header string) string {
		header, value, _ := strings.Cut(header, "=")
		var b strings.Builder
		b.WriteString(header + "\n")
		for i := range 12 {
			fmt.Fprintf(&b, "R%d,2026-11-%d,%d.50,EUR,u%d@example.com,%s\n", i, 11+i, 10+i, i,
				cmp.Or(value, fmt.Sprintf("A%d", 100+i)))
		}
		return b.String()
	}
	for _, c := range []struct {
		name, header, above, file string
		want                      string // what says it; "": nothing
	}{
		{"refunds", "Refund ID,Date,Amount,Currency,Email,Order", "", "", "the heading Refund ID"},
		{"of orders", "Order,Date,Amount,Currency,Email,Refund ID", "", "",
			"the heading Refund ID"},
		{"credit notes", "Credit note,Date,Total,Currency,Email,Order", "", "",
			"the heading Credit note"},
		{"German ones", "Gutschrift-Nr.,Datum,Betrag,Währung,E-Mail,Kunde", "", "",
			"the heading Gutschrift-Nr."},
		{"payouts", "Payout ID,Date,Amount,Currency,Email,Bank", "", "", "the heading Payout ID"},
		{"quotes", "Quote no.,Date,Total,Currency,Email,Ref", "", "", "the heading Quote no."},
		{"French ones", "N° devis,Date,Total,Devise,Email,Ref", "", "", "the heading N° devis"},
		{"days of refunds", "Order,Refund date,Amount,Currency,Email,Ref", "", "",
			"the heading Refund date"},
		{"what was refunded", "Order,Date,Refunded amount,Currency,Email,Ref", "", "",
			"the heading Refunded amount"},
		{"one kind", "Order,Date,Amount,Currency,Email,action=refund", "", "",
			"refund in all rows of action"},
		{"one status, which is left out", "Order,Date,Amount,Currency,Email,Status=refunded", "", "",
			""},
		{"one kind of sales", "Order,Date,Amount,Currency,Email,action=charge", "", "", ""},
		{"a title", "Order,Date,Amount,Currency,Email,Ref", "Refunds, November 2026", "",
			"the title Refunds, November 2026"},
		{"what may be sold", "Deal,Date,Amount,Currency,Email,Probability", "", "",
			"the heading Probability"},
		{"carts", "Cart ID,Date,Cart total,Currency,Email,Ref", "", "", "the heading Cart ID"},
		{"German carts", "Warenkorb-Nr.,Datum,Summe,Währung,E-Mail,Kunde", "", "",
			"the heading Warenkorb-Nr."},
		{"wishes", "Wishlist no.,Date,Total,Currency,Email,Ref", "", "",
			"the heading Wishlist no."},
		{"a file of carts", "Order,Date,Amount,Currency,Email,Ref", "", "abandoned_carts.csv",
			"the name of the file"},
		{"the total of an order's cart", "Order,Date,Cart total,Currency,Email,Ref", "", "", ""},
		{"a file", "Order,Date,Amount,Currency,Email,Ref", "", "credit-notes_2026.csv",
			"the name of the file"},

		{"orders", "Order,Date,Amount,Currency,Email,Ref", "Orders, November 2026", "", ""},
		{"both", "Order,Date,Amount,Currency,Email,Ref", "Orders and refunds",
			"orders_and_refunds.csv", ""},
		{"how long it could be undone", "Order,Date,Amount,Currency,Email,Free cancellation until",
			"", "", ""},
		{"a purchase", "Purchase ID,Purchase date,Amount,Currency,Email,Ref", "", "", ""},
		{"returning customers", "Order,Date,Amount,Currency,Email,Returning customer", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := exportOf(row(c.header))
			if c.above != "" {
				e.Above = [][]string{{c.above}}
			}
			e.File = cmp.Or(c.file, e.File)
			all, err := Suggest(e)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, line := range all {
				if line.Path == "skip.all" {
					got, _, _ = strings.Cut(line.Reason, " says that")
				}
			}
			if got != c.want {
				t.Errorf("%q says that the rows are no sales, want %q", got, c.want)
			}
		})
	}
}

func TestNegativeAmountsAreAsked(t *testing.T) {
	for _, c := range [][3]string{{"-10.50", "-3.00", "1"}, {"-10.50", "3.00", "0"},
		{"(10.50)", "(3.00)", "1"},
		{"10.50", "3.00", "0"}, {"-10,50", "-3,00", "1"}} {
		all := linesOf(t, fmt.Sprintf("ID,Date,Amount,Currency,Email\n"+
			"1,2026-11-05,%q,EUR,a@example.com\n"+
			"2,2026-11-06,%q,EUR,b@example.com\n", c[0], c[1]))
		asked := slices.ContainsFunc(all, func(line Suggestion) bool {
			return line.Open && strings.HasPrefix(line.Reason, "all amounts are negative")
		})
		if asked != (c[2] == "1") {
			t.Errorf("%q and %q: asked %v", c[0], c[1], asked)
		}
	}
}
