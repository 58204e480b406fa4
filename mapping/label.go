package mapping

import (
	"bytes"
	"iter"
	"maps"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/number"
)

// A label is what a cell says about the amount in its row.
type label byte

const (
	noLabel      label = iota
	totalLabel         // of some rows or of all
	grandLabel         // a total of all rows
	partLabel          // a total of some rows
	extraLabel         // what is added to a total: tax, shipping
	forwardLabel       // the sum of the pages before
)

func (l label) isTotal() bool { return l == totalLabel || l == grandLabel || l == partLabel }

// labels are the words that exports and spreadsheets write beside a sum, as small letters. If a
// program puts the name of a group before or after it, "Acme Total", the word is also here.
var labels = sync.OnceValue(func() map[string]label {
	return labelsOf(map[label][]string{
		totalLabel: {
			"total", "totals", "sum", "summe", "gesamt", "gesamtbetrag", "insgesamt", "ergebnis",
			"totale", "totali", "totaux",
			"somme", "suma", "summa", "sammanlagt", "totaal", "totalt", "i alt", "ialt", "razem",
			"łącznie", "ogółem", "celkem",
			"součet", "spolu", "yhteensä", "summa yhteensä", "összesen", "összeg", "toplam", "итого",
			"итог", "всего", "разом",
			"усього", "всього", "сума", "ukupno", "skupaj", "общо", "σύνολο", "المجموع", "الإجمالي",
			"סה\"כ", "סה״כ", "סך הכל", "إجمالي", "รวม", "ผลรวม", "tổng", "tổng cộng", "jumlah",
			"підсумок", "sveukupno", "bendra suma", "iš viso", "kopā", "kokku", "kokonaissumma",
			"totales", "sumă", "samtals", "viso", "कुल", "योग",
			"合計", "合计", "集計", "汇总", "彙總", "总数", "합계", "요약", "계",
		},
		grandLabel: {
			"grand total", "overall total", "gesamtsumme", "gesamtergebnis", "endsumme",
			"total général", "total general",
			"total geral", "totale complessivo", "totale generale", "eindtotaal", "totalsumma",
			"hovedtotal", "suma końcowa",
			"végösszeg", "genel toplam", "celkový součet", "celkový súčet", "kaikki yhteensä",
			"loppusumma", "общий итог",
			"загальний підсумок", "ukupan zbroj", "total global", "γενικό άθροισμα", "الإجمالي الكلي",
			"totalsum", "общ сбор", "ukupni zbroj", "skupna vsota", "bendroji suma", "kopsumma",
			"üldsumma", "סכום כולל", "المجموع الكلي", "jumlah total", "jumlah besar",
			"कुल योग", "heildarsumma",
			"総計", "总计", "總計", "총계", "총합계", "ผลรวมทั้งหมด", "tổng cuối",
		},
		partLabel: {
			"subtotal", "sub-total", "sub total", "subtotals", "zwischensumme", "teilergebnis",
			"teilsumme", "sous-total", "sous total",
			"subtotale", "subtotaal", "subtotalt", "delsumma", "delsum", "välisumma", "suma częściowa",
			"mezisoučet", "részösszeg", "ara toplam",
			"промежуточный итог", "промежуточные итоги", "page total", "page totals", "seitensumme",
			"total page", "day total", "daily total", "week total", "weekly total", "month total",
			"monthly total", "tagessumme", "wochensumme", "monatssumme", "net total", "gross total",
			"nettosumme", "bruttosumme",
			"net", "netto", "nettobetrag", "gross", "brutto", "bruttobetrag", "amount due",
			"balance due", "小計", "小计", "소계", "부분합",
		},
		extraLabel: {
			"tax", "taxes", "vat", "gst", "hst", "pst", "sales tax", "mwst", "ust", "umsatzsteuer",
			"mehrwertsteuer", "steuer", "tva", "taxe", "iva", "imposta", "impuesto", "impuestos",
			"imposto", "btw", "moms", "mva", "alv", "vat podatek", "podatek", "dph", "áfa", "kdv",
			"ндс", "пдв", "税", "消費税", "增值税", "税额", "부가세", "세금", "shipping", "postage", "versand",
			"versandkosten", "livraison", "envío", "spedizione", "verzending", "frakt", "送料", "运费",
			"discount", "discounts", "fees", "rabatt", "remise", "descuento", "sconto", "korting", "割引",
			"tip", "tips",
			"rounding", "rundung",
		},
		forwardLabel: {
			"übertrag", "uebertrag", "vortrag", "carried forward", "brought forward", "carry forward",
			"carry over", "carried over", "c/f", "b/f", "c/fwd", "b/fwd", "b/d", "c/d",
			"à reporter", "a reporter", "report à nouveau", "suma y sigue", "suma anterior",
			"a riportare", "riporto", "a transportar",
			"do przeniesienia", "z przeniesienia", "att överföra", "överförs", "overføres", "siirto",
			"áthozat", "átvitel", "převod", "devir", "繰越", "次頁繰越", "前頁繰越", "次頁へ繰越", "前頁より繰越", "承前页",
			"过次页", "이월",
		},
	})
})

func labelsOf(words map[label][]string) map[string]label {
	all := map[string]label{}
	for kind, list := range words {
		for _, word := range list {
			all[word] = kind
		}
	}
	return all
}

// limitLabel is longer than what anybody writes beside a sum, in bytes.
const limitLabel = 120

// labelOf says what a cell says about the amount in its row. It is certain if the cell is only a
// label, or what is named beside it is of the kind that sums have: a month, a currency, "Total for
// Ann". It sees every id of a file, so it allocates nothing for nearly all that are not labels.
func labelOf(text []byte) (kind label, certain bool) {
	if len(text) < 3 || len(text) > limitLabel || !mayBeginWithLabel(text) && !mayEndInLabel(text) {
		return noLabel, false
	}

	whole := strings.ToLower(NormalName(string(text)))
	whole = strings.Trim(whole, " :.*=-–—()%")
	if kind := labels()[whole]; kind != noLabel {
		return kind, true
	}

	// The label comes before or after what the sum is of. It may have two words: "grand total of
	// June".
	words := strings.FieldsFunc(whole, isBetweenWords)
	if len(words) > 0 {
		words[0] = strings.TrimRight(words[0], ".") // MwSt. 19 %
	}

	for _, n := range []int{3, 2, 1} {
		if len(words) <= n {
			continue
		}
		if kind := labels()[strings.Join(words[:n], " ")]; kind != noLabel {
			return ofSome(kind), ofKnown(words[n:])
		}
		if kind := labels()[strings.Join(words[len(words)-n:], " ")]; kind != noLabel {
			return ofSome(kind), ofKnown(words[:len(words)-n])
		}
	}

	if kind, of := labelBehind(whole); kind != noLabel {
		return ofSome(kind), ofKnown([]string{of})
	}

	return noLabel, false
}

// labelBehind finds a label of two letters after what the sum is of, in scripts without spaces
// between words: 10月合計.
func labelBehind(whole string) (kind label, of string) {
	_, last := utf8.DecodeLastRuneInString(whole)
	_, before := utf8.DecodeLastRuneInString(whole[:len(whole)-last])
	at := len(whole) - last - before
	if last < 3 || before < 3 || at == 0 {
		return noLabel, ""
	}
	return labels()[whole[at:]], whole[:at]
}

// isBetweenWords reports what separates the words of a label.
func isBetweenWords(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(":*=()%", r) }

// ofSome is the label of a sum that says what it is of.
func ofSome(kind label) label {
	if kind == totalLabel || kind == grandLabel {
		return partLabel
	}
	return kind
}

// ofWords lead from a label to what the sum is of.
var ofWords = cell.WordSet(
	"for", "of", "für", "von", "vom", "pour", "de", "du", "del", "per", "voor", "van", "за", "från",
	"fra", "page", "seite", "página", "pagina", "sida", "side", "strona", "to", "from", "auf",
	"aus", "incl", "excl", "inkl", "exkl", "ht", "ttc", "net", "netto", "gross", "brutto", "amount",
	"betrag",
)

// ofKnown reports whether words are what sums are of: the first leads there, or all are months,
// numbers and currencies.
func ofKnown(words []string) bool {
	if ofWords[strings.TrimRight(words[0], ".")] {
		return true
	}
	for _, word := range words {
		if _, err := number.CurrencyCode([]byte(word)); err != nil && !isPeriodWord(word) {
			return false
		}
	}
	return true
}

// mayBeginWithLabel sees from the first word that a text begins with no label: most ids have digits
// in it.
func mayBeginWithLabel(text []byte) bool {
	if !labelStarts().has(text) {
		return text[0] == '*' || text[0] == '='
	}

	for _, b := range text {
		switch {
		case cell.IsDigit(b), b == '@', b == '_', b == '#':
			return false
		case b == ' ', b == ':', b == '(':
			return true
		}
	}

	return true
}

// mayEndInLabel sees from the last word, or the last two letters in a script without spaces, that a
// text ends in no label.
func mayEndInLabel(text []byte) bool {
	n := len(text)
	if n > 6 && text[n-3] >= 0xe0 && text[n-6] >= 0xe0 && labelStarts().has(text[n-6:]) {
		return true
	}
	at := bytes.LastIndexByte(text, ' ')
	return at >= 0 && n > at+2 && labelStarts().has(text[at+1:])
}

// IsTotal reports whether a cell labels a total: "Total", "Summe:", "Total for Ann".
func IsTotal(text []byte) bool {
	kind, certain := labelOf(text)
	return certain && kind.isTotal()
}

// starts sees from two bytes that a text is none of some words, in any case: it saves most ids a
// closer look. Bit i of the first byte's word means a second byte with these low six bits.
type starts [256]uint64

// labelStarts are the first letters of the words in labels.
var labelStarts = sync.OnceValue(func() *starts {
	return startsOf(func(yield func(string) bool) {
		for words := range maps.Keys(labels()) {
			for _, word := range strings.Fields(words) {
				if !yield(word) {
					return
				}
			}
		}
	})
})

func startsOf(words iter.Seq[string]) *starts {
	s := new(starts)
	for word := range words {
		for _, one := range []string{word, strings.ToUpper(word)} {
			for _, other := range []string{word, strings.ToUpper(word)} {
				if len(one) > 1 && len(other) > 1 {
					s[one[0]] |= 1 << (other[1] & 63)
				}
			}
		}
	}
	return s
}

func (s *starts) has(text []byte) bool { return s[text[0]]&(1<<(text[1]&63)) != 0 }

// isPeriodWord reports whether a word, in small letters, is part of the name of a time: a month, a
// year, a quarter, a week.
func isPeriodWord(word string) bool {
	word = strings.Trim(word, ".,/-")
	if date.IsMonth(word) || periodWords[word] {
		return true
	}
	digits := strings.TrimLeft(word, "qtkwv") // Q3, T3, KW 44, W44, v. 44
	return digits != "" && len(word)-len(digits) <= 2 &&
		strings.Trim(digits, "0123456789./-年月日") == ""
}

var periodWords = cell.WordSet(
	"week", "woche", "semaine", "semana", "settimana", "vecka", "uge", "uke", "quarter", "quartal",
	"trimestre", "kwartaal", "kwartał", "квартал",
	"month", "monat", "mois", "mes", "mese", "year", "jahr", "année", "año", "anno", "jaar", "год",
	"kw", "cw", "wk", "fy", "h1", "h2",
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "montag",
	"dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
	"styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec", "lipiec", "sierpień", "wrzesień",
	"październik", "listopad", "grudzień",
	"январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
	"ноябрь", "декабрь",
	"leden", "únor", "březen", "duben", "květen", "červen", "červenec", "srpen", "září", "říjen",
	"prosinec",
	"január", "február", "március", "április", "május", "június", "július", "augusztus",
	"szeptember", "október",
	"ocak", "şubat", "nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül", "ekim", "kasım",
	"aralık",
	"tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu", "heinäkuu", "elokuu",
	"syyskuu", "lokakuu", "marraskuu", "joulukuu",
	"to", "bis", "de", "of", "del", "г", "года")

// isPeriod reports whether a title names a time and nothing more: "October 2026", "Q3 2026",
// "2026年10月", "2026-10".
func isPeriod(title string) bool {
	if monthPattern().MatchString(title) {
		return true
	}

	named := false
	for _, word := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("-–/.,:()", r)
	}) {
		if !isPeriodWord(word) {
			return false
		}
		named = named || strings.IndexFunc(word, unicode.IsLetter) >= 0
	}

	return named
}

// monthPattern matches months and days in digits.
var monthPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((19|20)\d\d[-/.](0[1-9]|1[0-2])([-/.][0-3]\d)?` +
		`|([0-3]?\d[-/.])?(0?[1-9]|1[0-2])[-/.](19|20)\d\d):?$`)
})

var pageWords = cell.WordSet(
	"page", "seite", "página", "pagina", "sida", "side", "strona", "strana", "sivu", "oldal",
	"sayfa", "страница", "стр", "blatt", "hoja", "ページ", "第", "页", "pág", "pag", "pg",
)

// isPage reports whether a title numbers a page and says nothing more: "Page 2 of 3", "- 2 -",
// "Seite 2", "第2页".
func isPage(title string) bool {
	numbered, named := false, false
	for _, word := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("./:-–—", r)
	}) {
		bare := strings.Trim(word, "第页頁ページ")
		switch {
		case bare != "" && strings.Trim(bare, "0123456789") == "":
			numbered, named = true, named || bare != word
		case pageWords[word]:
			named = true
		case !ofWords[word] && word != "di" && word != "av" && word != "z" && word != "из" &&
			word != "sur":
			return false
		}
	}

	return numbered && named
}

// balanceWords are what bank statements write beside what was on the account before and after their
// rows.
var balanceWords = cell.WordSet(
	"opening balance", "closing balance", "starting balance", "beginning balance", "ending balance",
	"final balance",
	"balance brought forward", "balance carried forward", "brought forward", "carried forward",
	"previous balance", "new balance",
	"anfangssaldo", "endsaldo", "schlusssaldo", "schlußsaldo", "eröffnungssaldo", "alter saldo",
	"neuer saldo", "saldovortrag", "kontostand",
	"solde initial", "solde final", "ancien solde", "nouveau solde", "solde précédent",
	"saldo inicial", "saldo final", "saldo anterior",
	"saldo iniziale", "saldo finale", "beginsaldo", "eindsaldo",
	"前日残高", "繰越残高", "期首残高", "期末残高",
)

// IsBalanceLabel knows the labels whatever their case, with or without a colon.
func IsBalanceLabel(text []byte) bool {
	const longest = 60
	if len(text) > longest || bytes.IndexFunc(text, unicode.IsLetter) != 0 {
		return false
	}
	return balanceWords[strings.ToLower(string(bytes.TrimRight(text, " :.")))]
}
