package draft

import (
	"slices"
	"strings"
)

// Vocabularies about columns that could distinguish kinds of rows, in the languages of the exports
// that people have: English, German, French, Spanish, Italian, Dutch, Polish, Portuguese, Turkish,
// Swedish, Danish, Czech, Japanese, Chinese. They rank, and they guess answers. It takes
// harmlessWords and the kinds of its values together to say that a column does not matter: a
// heading means nothing if a value is a word for what is not a sale.
var (
	// kindHeadings are words of headings of columns that separate sales from other rows.
	kindHeadings = wordsIn(`status state stato stan durum durumu situacao situacion situazione stav
		tila statut etat estado zustand tilstand type typ tipo art kind sort soort rodzaj tur turu
		typu typen category class direction sign sens segno znak richting richtung kierunek yon
		debit credit dc dk cr dr sh result outcome resultat ergebnis risultato esito resultado wynik
		sonuc resultaat vysledek response code refund refunded refunds return returned returns void
		voided cancel canceled cancelled cancellation reversal reversed chargeback dispute disputed
		failure failed declined decline error test livemode live sandbox paid unpaid settled
		stage phase pipeline etapa etape fase probability wahrscheinlichkeit probabilite
		probabilidad probabilita recovered recovery recupere recuperado recuperato wiederhergestellt
		captured active valid deleted document voucher beleg belegart vorgang vorgangsart
		buchungsart transaktionsart dokument documento dokumentu docu operation mouvement movimento
		movimiento transaction event action reason grund motif motivo causale powod neden reden
		storno storniert erstattet erstattung gutschrift annule annulee annulation rembourse
		remboursee remboursement avoir anulado anulada reembolsado reembolso devolucion abono
		annullato annullata rimborso rimborsato reso nota geannuleerd terugbetaald terugbetaling
		creditnota anulowano zwrot korekta anulowane cancelado cancelada estornado devolvido
		reembolsada iade iptal avbruten aterbetald annulleret refunderet zruseno vraceno 状態 ステータス 種別
		区分 类型 状态 订单状态 交易状态 支付状态 返金 取消 キャンセル テスト`)

	// harmlessWords are headings of what rows are about, whatever the values: places, people,
	// goods, ways to pay and to ship, texts.
	harmlessWords = wordsIn(`country land pays pais paese kraj ulke lande zeme billing province
		provincia bundesland kanton canton region regione wojewodztwo regio bolge county city town
		stadt ort ville ciudad citta miasto sehir plaats woonplaats gemeente stad cidade localidad
		localita mesto kommune zip postcode postal plz cap cep address address1 address2 adresse
		anschrift direccion indirizzo adres endereco street strasse straat rue calle via ulica cadde
		latitude longitude zone timezone zeitzone locale language sprache langue idioma lingua taal
		jezyk dil sprak sprog jazyk lang currency wahrung waehrung devise moneda divisa valuta
		waluta moeda doviz parabirimi mena monnaie shipping shipment delivery fulfillment fulfilment
		versand versandart versandmethode lieferart lieferung zustellung livraison envio entrega
		spedizione consegna verzending verzendmethode levering leveringsmethode dostawa dostawy
		wysylka wysylki teslimat kargo frakt leverans fragt doprava carrier courier spediteur
		zusteller transporteur vervoerder kurier przewoznik transportista corriere transportadora
		method methode metoda metodo moyen modo forma medio yontem yontemi zahlungsart
		zahlungsmethode zahlungsmittel zahlungsweise zahlart bezahlart betaalmethode betaalwijze
		betalingsmetode betalningsmetod betalingsmate odeme gateway processor provider psp acquirer
		card karte kartentyp carte tarjeta carta kaart karta kart brand scheme issuer bank wallet
		instrument tender 支払方法 決済方法 配送方法 支付方式 配送方式 product produit produkt produkte producto
		prodotto produto urun vara vare vyrobek item items artikel article articulo articolo artigo
		sku barcode ean goods ware warengruppe category kategorie categorie categoria kategori
		kategoria rubrik collection brand marke marque marca merk marka vendor manufacturer
		hersteller fabricant fabricante produttore fabrikant producent uretici supplier lieferant
		fournisseur proveedor fornitore leverancier dostawca fornecedor tedarikci variant variante
		variantti wariant size grosse groesse taille talla taglia maat rozmiar tamanho beden color
		colour farbe couleur color colore kleur kolor cor renk material style plan tarif tariff abo
		package paket edition course kurs salesperson seller sales rep agent verkaufer verkaufer
		vertreter vertrieb vendeur commercial vendedor venditore verkoper sprzedawca vendedora
		satici saljare saelger prodejce employee mitarbeiter staff cashier kassierer caissier cajero
		cassiere kassamedewerker kasjer user benutzer owner assigned account manager operator
		bearbeiter sachbearbeiter team department abteilung service departamento reparto afdeling
		dzial store shop filiale laden magasin boutique tienda negozio winkel sklep loja magaza
		butik butikk obchod branch location standort lieu ubicacion punto warehouse lager lagerort
		entrepot almacen magazzino magazijn magazyn armazem depo outlet site terminal register kasse
		caisse caja cassa kassa kasa device channel kanal canal canale kanaal source quelle herkunft
		origine origen fonte bron zrodlo kaynak origin kilde kalla platform plattform plateforme
		plataforma piattaforma application app website domain browser system campaign kampagne
		campagne campana campagna kampania medium utm referrer referer segment group gruppe groupe
		grupo gruppo groep grupa tag tags label etikett etiquette cost center kostenstelle project
		projekt projet proyecto progetto project proyek market markt marche mercado mercato rynek
		unit units einheit unite unidad unita eenheid jednostka unidade birim enhed enhet mjerna jm
		uom note notes notiz notizen bemerkung bemerkungen kommentar comment comments commentaire
		comentario commento opmerking uwagi observacao notlar message nachricht remarks remark memo
		description beschreibung bezeichnung libelle descripcion descrizione omschrijving opis
		descricao aciklama beskrivning beskrivelse popis details text title titel titre subject
		betreff verwendungszweck footer terms name vorname nachname prenom nom nombre apellido nome
		cognome naam voornaam achternaam imie nazwisko adi soyadi namn navn jmeno customer kunde
		kunden client cliente klant klient musteri kund zakaznik buyer kaufer acheteur comprador
		acquirente koper kupujacy recipient empfanger destinataire contact kontakt contacto contatto
		person company firma societe entreprise empresa azienda bedrijf sirket foretag virksomhed
		gender geschlecht geschlacht salutation anrede title civilite phone telefon telephone
		telefono telefoon mobile email mail newsletter marketing optin consent accepts gift geschenk
		year jahr annee ano anno jaar rok yil month monat mois mes mese maand miesiac mes ay manad
		maned mesic week woche semaine semana settimana tydzien hafta quarter quartal trimestre
		kwartaal kwartal weekday wochentag period periode coupon gutschein gutscheincode promo
		promotion discount rabatt remise descuento sconto korting znizka desconto indirim version
		url link ip referenz cost costs shippingcost 国 地域 言語 通貨 商品 商品名 担当者 店舗 備考 性別 国家 地区 语言 货币 币种
		产品 销售员 店铺 仓库 城市 单位 渠道 备注 tracking po position sposob sekli expedition birimi temsilcisi
		paragraph pay_method upi deliver fulfilled remarques birth geburtstag birthday due
		vat_number stock ordernotes gift wrap tva_intracom ship parcel colis paket pakket paczka tax
		taxes vat ust tva iva btw mwst steuer attribution review rating sent printed emailed
		exported viewed collection bic iban swift gclid fbclid msclkid click metadata ticket fare
		guest room seat satz template delivered shipped dispatched versendet zugestellt expedie
		enviado spedito verzonden wyslano risk
		nazione nazionalita nationality herkunftsland lieferland straat strasse rua wijk barrio
		bairro
		zpusob sposob taxable taxed vatable inclusive incoterm incoterms frankatur
		farg barva farbe farve renk vzor motif muster pattern flavour flavor geschmack sabor gout
		finish fabric
		stoff werkstoff gerat browser os screen resolution useragent marketplace marktplatz
		sparte segmento kategorija kategorie category rubrique famille familia famiglia familie
		betreuer kundenbetreuer ansprechpartner aussendienst innendienst handlaggare prowadzacy
		opiekun handlowiec
		pracownik atendente funcionario empleado dipendente medewerker ansatt anstalld medarbejder
		zamestnanec calisan
		asesor conseiller consigliere consultant advisor clerk waiter kellner stylist trainer
		instructor teacher
		driver fahrer host therapist doctor arzt chauffeur
		niederlassung zweigstelle agence sucursal filial oddzial pobocka sube delegacion standort
		vestiging kontor depot
		afdelning avdelning divisao division geschaftsbereich bereich territory gebiet
		vertriebsgebiet zone sector sektor
		entity mandant mandator industry branche secteur settore branza segmentation
		tier membership mitgliedschaft loyalty stufe rang niveau livello nivel
		shift schicht turno season saison temporada stagione seizoen sezon kw kalenderwoche weekday
		dayofweek
		table tisch tavolo mesa floor etage stock stockwerk piso gate block row reihe aisle regal
		reader pricelist preisliste pricebook listino tarifa tarief prijslijst cennik
		zahlungsziel zahlungsbedingung zahlungsbedingungen interval intervall frequency frequenz
		haufigkeit
		recurring wiederkehrend domestic inland express pickup abholung 3ds 3d gluten
		neukunde bestandskunde firstorder attachment anhang license licence lizenz format landing
		first repeat returning day daytime daypart list term till eu subscription
		sexe sexo sesso geslacht kon plec pohlavi cinsiyet sukupuoli saatavuus
		страна город область регион край адрес улица индекс язык валюта способ доставка доставки
		менеджер продавец
		сотрудник кассир склад магазин филиал канал источник кампания товар товара продукт артикул
		бренд категория
		размер цвет пол клиент клиента покупатель покупателя имя фамилия телефон компания примечание
		комментарий
		единица единицы измерения устройство браузер
		priority prioritat priorite prioridad priorita prioriteit urgency vip b2b b2c affiliate
		optin attendee meal mahlzeit menu diet session shirt difficulty merchant handler insurance
		versicherung signature unterschrift backorder preorder vorbestellung digital bundle upsell
		nps distance temperature skill survey loyal subscriber series serie batch page seite
		pagina model modell modele modelo modello layout
		locked gesperrt`)

	// firmKindWords are words of headings that matter even with a harmless one: "Customer refund",
	// "Delivery cancelled", "Order type".
	firmKindWords = wordsIn(`refund refunded refunds return returned returns void voided cancel
		canceled cancelled cancellation reversal reversed chargeback
		failure failed declined test livemode sandbox unpaid storno storniert erstattet erstattung
		gutschrift annule annulee annulation rembourse
		remboursee remboursement avoir anulado anulada reembolsado reembolso devolucion abono
		annullato annullata rimborso rimborsato reso geannuleerd
		terugbetaald terugbetaling creditnota anulowano zwrot korekta anulowane cancelado cancelada
		estornado devolvido reembolsada iade iptal
		avbruten aterbetald annulleret refunderet zruseno vraceno dispute disputed direction debit
		credit deleted
		status durum durumu situacao situacion situazione statut stav payment paid captured settled
		reason result outcome decision
		gl ledger posting`)

	// fulfilmentWords come before "status" if it says how far a parcel is.
	fulfilmentWords = wordsIn(`fulfillment fulfilled fulfilment shipping shipment delivery address
		escrow card avs cvc cvv check funding entity item product location source
		entry variant tender visit user versand lieferung livraison envio spedizione verzending
		dostawa customer tax line lineitem discount`)

	// parcelWords are words of values that say how far a parcel is.
	parcelWords = wordsIn(`fulfillment fulfilment shipment shipping dispatch delivery pickup versand
		lieferung expedition envio spedizione verzending wysylka`)

	// methodWords make harmless what would otherwise be about payments: "Payment method".
	methodWords = wordsIn(`method methode metoda metodo moyen modo forma medio yontem yontemi
		zahlungsart zahlungsmethode zahlungsmittel zahlungsweise zahlart
		bezahlart betaalmethode betaalwijze betalingsmetode betalningsmetod gateway processor
		provider card brand issuer wallet instrument tender bank
		country city currency language product name email id date time terms fee amount number
		reference 支払方法 決済方法 支付方式
		note notes terms comment comments reference description bemerkung kommentar commentaire
		comentario`)
)

// harmlessStems are parts of compounds and of texts without spaces: Lieferland, Zahlungsmethode,
// 支付方式.
var harmlessStems = []string{"zahlungsart", "zahlungsmeth", "zahlungsmitt", "zahlungsweise",
	"versandart", "versandmeth", "lieferart", "lieferland", "rechnungsland",
	"betaalmeth", "verzendmeth", "leveringsmet", "bestemming", "postleitzahl", "waehrung",
	"wahrung", "sprache", "kostenstelle", "warengruppe", "artikelgruppe",
	"produktgruppe", "kundengruppe", "verkaufer", "verkaeufer", "mitarbeiter", "lagerort",
	"filiale", "herkunft", "telefon", "strasse", "adresse", "bemerkung",
	"kommentar", "beschreibung", "omschrijving", "postnummer", "betalingsm", "betalningsm",
	"leveransm", "steuersatz", "gutschein", "newsletter", "lieferstatus",
	"支付方式", "付款方式", "配送", "快递", "物流", "国家", "省", "城市", "货币", "币种", "语言", "产品", "商品", "销售员", "业务员",
	"仓库", "店铺", "渠道", "备注", "单位", "支払方法", "決済方法",
	"お支払い方法", "国名", "都道府県", "担当", "店舗", "備考", "言語", "通貨", "倉庫", "カテゴリ", "メモ",
	"サイズ", "カラー", "色", "柄", "性別", "住所", "地域", "チャネル", "ブランド", "会員ランク", "配達", "運送", "お届け", "媒体",
	"端末",
	"颜色", "尺码", "尺寸", "规格", "型号", "性别", "地区", "地址", "品牌", "类目", "门店", "来源", "设备", "浏览器", "会员等级",
	"客服",
	"국가", "지역", "도시", "주소", "배송", "택배", "결제수단", "결제방법", "결제방식", "지불", "상품", "제품", "옵션", "색상", "사이즈",
	"담당", "영업",
	"매장", "지점", "창고", "채널", "메모", "비고", "언어", "통화", "단위", "성별", "고객", "회원", "브랜드", "카테고리", "등급",
	"기기",
	"kunde", "kunden", "klient", "klant", "versand", "vertrieb", "lieferart", "lieferweg",
	"lieferlager", "lieferzeit", "lieferfenster",
	"lieferort", "lieferregion", "zahlungsbeding", "betalningssatt", "betalsatt", "leveranssatt",
	"verkoopkanaal", "verkaufskanal",
	"vertriebskanal", "preisliste", "preisgruppe", "verpackung", "mengeneinheit", "masseinheit",
	"werbung", "momssats", "steuerzone",
	"kontaktperson", "warehouse", "salesperson", "landesk", "ländercode", "laendercode",
	"plattform", "rozmiar", "steuerschl", "steuerkenn", "kanal"}

// isHarmless reports whether a heading names something that does not distinguish sales from other
// rows, and nothing that does.
func isHarmless(words []string) bool {
	if slices.Contains(words, "mode") && anyOfWords(words, payingWords) ||
		slices.Equal(words, []string{"charge", "reverse"}) || // who owes the tax
		slices.Equal(words, []string{"in", "opt"}) ||
		len(words) == 2 && words[0] == "e" && documentNames()[words[1]] { // E-Rechnung
		return true
	}
	if !anyOfWords(words, harmlessWords) && !saysWhoDid(words) &&
		!slices.Contains(words, "voucher") && !slices.ContainsFunc(words, func(word string) bool {
		return slices.ContainsFunc(harmlessStems,
			func(stem string) bool { return strings.Contains(word, stem) })
	}) {
		return false
	}

	others := func(word string) bool {
		return harmlessWords()[word] && !documentWords()[word] && !typeWords()[word]
	}
	switch {
	case headsNoSale(words):
		return false
	case slices.Equal(words, []string{"code", "voucher"}):
		// a voucher's number may be any document's
		return true
	case anyOfWords(words, typeWords) && anyOfWords(words, documentWords) &&
		!slices.ContainsFunc(words, others):
		return false // "Billing type", "Message type"
	case slices.Contains(words, "mode") && anyOfWords(words, wordsIn("gateway processor terminal")):
		return false // live or test
	case anyOfWords(words, fulfilmentWords), anyOfWords(words, methodWords):
		return true
	}

	return !anyOfWords(words, firmKindWords) && !slices.Contains(words, "voucher")
}

// typeWords and documentWords together head kinds of documents.
var (
	typeWords     = wordsIn(`type typ tipo art kind class category code`)
	documentWords = wordsIn(`billing message document invoice order transaction posting entry record
		booking cost`)
)

// documentNames and paymentNames are values of columns in which a bill and its payment may be rows
// of their own: only one of them is the sale.
var (
	documentNames = wordsIn(`invoice invoices rechnung rechnungen facture factures factura facturas
		fattura fatture factuur facturen faktura faktury fatura lasku szamla bill bills sale sales`)
	paymentNames = wordsIn(`payment payments receipt receipts zahlung zahlungen zahlungseingang
		paiement paiements reglement reglements encaissement pago pagos cobro cobros pagamento
		pagamenti incasso incassi betaling betalingen platnosc wplata platba inbetalning
		indbetaling innbetaling maksu odeme tahsilat pagamentos recebimento`)
)

// saysWhoDid reports headings of whoever did something, "Created by", and the Danish word for a
// town.
func saysWhoDid(words []string) bool {
	return slices.Contains(words, "by") && (len(words) == 1 || anyOfWords(words, wordsIn(`created
		handled sold entered served
		prepared edited modified updated assigned delivered packed printed ordered booked`)))
}

// headsNoSale reports headings that name what is not a sale; "Credit note" does, and "Credit card"
// does not.
func headsNoSale(words []string) bool {
	return namesCreditNote(words) || slices.ContainsFunc(words, isNoSaleWord) ||
		slices.ContainsFunc(words, func(word string) bool { return returnWords()[word] }) &&
			!anyOfWords(words, harmlessReturns)
}

func namesCreditNote(words []string) bool {
	return anyOfWords(words, wordsIn("note notes memo nota notas noty")) &&
		anyOfWords(words, wordsIn("credit credito kredit credited"))
}

// returnWords head what came back, except with words that make them harmless: "Returning customer",
// "Return address".
var (
	returnWords = wordsIn(`return returns retour retours rma reso resi retur returer noshow
		error fehler erreur errore erro hata chyba fout blad fejl decline replaced superseded
		supersedes corrects`)
	harmlessReturns = wordsIn(`policy address adresse adres flight ticket trip url link new customer
		rate`)
)

// noSaleStems are parts of words in which languages inflect or compound what is not a sale:
// Teilstorno, Zwrotu, キャンセル済.
var noSaleStems = []string{"storn", "gutschrift", "erstatt", "ruckgabe", "ruckzahl", "rucksend",
	"rucklast", "rueckgabe", "rueckzahl", "rueckerst",
	"rueckgebucht", "ruckgebucht", "retoure", "widerruf", "annul",
	"anulow", "anulac", "anulad", "estorn", "devoluc", "devuelt", "devolvid",
	"reembols",
	"rembours", "rimbors", "refund", "chargeback", "contracarg",
	"terugbet", "geretour", "aterbet", "aterkop", "tilbagebet", "tilbakebet", "makuler",
	"krediter", "kreditnot", "creditnot", "creditfact", "dobropis", "zruse", "vracen", "vracet",
	"vratk", "zwrot", "zwroc", "korygu", "korekt", "iptal",
	"возврат",
	"возвращ", "отмен", "аннул", "сторно", "환불", "취소", "반품", "返金", "返品", "返却", "キャンセル", "取消", "赤伝",
	"退款", "退货", "退貨", "作废"}

// isNoSaleWord reports whether a word says what is not a sale, in whatever form.
func isNoSaleWord(word string) bool {
	if strings.HasSuffix(word, "refundable") {
		return false
	}
	return surelyNoSale()[word] || strings.HasPrefix(word, "iade") ||
		slices.ContainsFunc(noSaleStems, func(stem string) bool {
			return strings.Contains(word, stem)
		})
}

// noSaleValues are words of values that each alone say that a row is not a sale; in a heading they
// may be harmless.
var noSaleValues = wordsIn(`return returns retour retours retur rma test testing sandbox staging
	stage dummy expense expenses ausgabe ausgaben ausgang auszahlung depense
	depenses spesa spese gasto gastos egreso egresos uitgave uitgaven wydatek wydatki despesa
	despesas utgift udgift vydaj gider outgoing outflow payout
	reversal noshow deny denied decline refused loss churn proforma quote quotation draft deleted
	dispute disputes einkauf achat compra acquisto inkoop zakup расход
	тест テスト 支出 出金 출금`)

// surelyNoSale are words of headings and values for what is not a sale, in any heading.
var surelyNoSale = wordsIn(`refund refunded refunds returned voided void canceled cancelled
	cancellation reversal reversed chargeback chargebacks storno storniert stornierung erstattet
	erstattung ruckerstattung gutschrift gutschriften rechnungskorrektur stornorechnung ruckzahlung
	retoure retouren annule annulee annulation rembourse remboursee remboursement avoir avoirs
	anulado anulada anulacion reembolsado reembolsada reembolso devolucion devuelto devuelta abono
	annullato annullata annullamento rimborso rimborsato rimborsata storniran reso geannuleerd
	terugbetaald terugbetaling creditnota creditfactuur anulowano anulowane anulowany zwrot zwrocono
	zwrocone korekta cancelado cancelada estorno estornado estornada devolvido devolucao iade iptal
	iptali avbruten aterbetald aterbetalning kreditnota makulerad annulleret refunderet kreditering
	zruseno stornovano vraceno dobropis vratka
	returns unpaid unbezahlt impaye impayee impagado impagada
	onbetaald nieoplacone rejected declined failed failure expired 返金 返金済み キャンセル 取消 退款 已退款 已取消 交易关闭
	已关闭 credited`)

// moreNoSale are words of values that are not a sale, or hardly: they guess an answer and decide
// nothing.
var moreNoSale = wordsIn(`refund return returns rtn rfnd rev cancel credit cn crn debit dr d dbit
	dbt s soll out outgoing sortie sortant salida uscita saida uit af ut ausgang minus failure error
	fail ko declined denied nok rejected test sandbox inactive deleted closed lost archived draft
	quote quotation offer angebot devis presupuesto preventivo offerte oferta proforma estimate
	pending open offen wartend bekleyen oczekujace pendente in_attesa afwachting fee payout transfer
	withdrawal adjustment chargeback dispute reserve hold void wz kor zw gs st sr fs_korekta td04
	td08 avoir storno 402 403 404 500 51 05 失敗 退货 关闭 失败 未支付 待付款`)

// Words of headings.
var (
	// flagSales are words of headings whose yes means a sale.
	flagSales = wordsIn(`paid live livemode success successful succeeded captured valid active
		approved authorised settled complete completed confirmed bezahlt erfolgreich gultig aktiv
		paye payee regle valide pagado pagada valido pagato pagata betaald geslaagd oplacono
		oplacone zaplacono pago paga odendi betald betalt zaplaceno 支払済み 已支付`)

	// doneWords are words of headings of days and numbers that only paid rows have.
	doneWords = wordsIn(`captured capture settled settlement received cleared paid approval
		authorisation authorization auth bezahlt gezahlt eingegangen zahlungseingang
	encaisse encaissement recu cobrado cobro incassato incasso ontvangen zaplacono zaplaceno betald
	betalt pago odendi zahldatum zahltag zahlung bezahldatum beglichen paiement paye reglement regle
	pagamento pagato pagada pagado betaald betaling betaaldatum betaaldag betaldatum betaldag
	betalning betalingsdato platnosci zaplaty oplacono platby zaplatene uhrazeno uhrady uhrada
	maksupaiva maksettu odeme odenme completed finished оплачен оплаты 入金 入金日 決済日
	支付时间 付款时间 결제일 입금일`)

	// measureWords are headings of amounts, counts and rates: harmless where the column holds
	// numbers.
	measureWords = wordsIn(`price preis prix precio prezzo prijs cena preco fiyat pris amount betrag
		montant importe importo bedrag kwota valor tutar belopp belob castka total summe somme suma
		totale totaal fee fees gebuhr gebuhren frais comision commissione kosten oplata taxa ucret
		avgift gebyr poplatek net netto brutto gross subtotal balance tip trinkgeld converted
		exchange quantity menge anzahl quantite cantidad quantita aantal ilosc quantidade adet antal
		mnozstvi weight gewicht poids peso waga agirlik vikt vaegt height width length count lines
		seats percent rate percentage vat ust tva iva btw tax steuer mwst steuersatz taxes number
		cost costs price value valeur waarde wert valore warenwert shipped units sold ordered items
		discount discounted rabatt remise descuento sconto korting znizka desconto indirim shipping
		versand livraison envio spedizione verzending score points punkte sum size age alter
		installments raten days tage jours stk pcs pieces paid received due open outstanding
		capacity duration position line rank version year month day week hour jahr monat ano annee
		mes mois anno mese rok miesiac jaar maand yil ay
		qty qte qta stuck stuckzahl stuks pezzi szt pocet kusy antall st kpl tickets places plazas
		nights nachte nuits noches notti nachten
		adults children kids guests persons personen personnes personas persone pax participants
		attendees teilnehmer visitors
		minutes minuten stunden heures horas ore uren km kilometer distance volume sessions visits
		clicks views pages users
		licenses installment instalment rate ratennummer cuotas parcelas attempt attempts retries
		revision priority dpi stars rating discounted
		数量 個数 点数 人数 件数 数 수량 количество кол во сумма цена скидка`)

	// idWords and thingWords head numbers of things: "Invoice ID", "Checkout session id".
	idWords = wordsIn(
		`id ids number reference ref code token key guid uuid numero nummer gclid bic iban`)
	thingWords = wordsIn(`invoice order session receipt checkout subscription payment charge
		transaction metadata plan price payout batch mandate statement descriptor auth authorization
		intent trace external internal web cart basket quote psp merchant rechnung rechnungs
		bestellung bestell auftrag commande facture pedido factura ordine fattura bestelling factuur
		zamowienie faktura encomenda siparis fatura objednavka beleg`)
)
