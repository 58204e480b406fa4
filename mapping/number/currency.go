package number

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping/cell"
)

// The currencies of ISO 4217:2015, lists A.1 and A.2
// (https://www.iso.org/iso-4217-currency-codes.html, kept by SIX), up to amendment 177: VES, SLE,
// ZWG and XCG are in. Codes that were withdrawn since 2021 (ANG, BGN, CUC, HRK, SLL, ZWL) stay in,
// since exports look back. Codes that no amount can be in are left out: metals, bond units, special
// drawing rights, testing and "no currency".
const (
	withoutDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
	twoDecimals     = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV " +
		"BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP " +
		"DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS " +
		"INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP " +
		"MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR " +
		"RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS " +
		"TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL"
	threeDecimals = "BHD IQD JOD KWD LYD OMR TND"
	fourDecimals  = "CLF UYW"
)

// isoCurrency is one row of the table.
type isoCurrency struct {
	code     string
	exponent int
}

// currencies holds the rows, the first of them empty, and for every
// combination of three letters the number of its row: money is read for each
// row of a file, and this is quicker than a map.
var currencies = func() (table struct {
	rows  []isoCurrency
	index [26 * 26 * 26]uint8
}) {
	table.rows = make([]isoCurrency, 1, 200)
	for exponent, codes := range map[int]string{
		0: withoutDecimals, 2: twoDecimals, 3: threeDecimals, 4: fourDecimals,
	} {
		for code := range strings.FieldsSeq(codes) {
			table.index[currencyIndex(code[0], code[1], code[2])] = uint8(len(table.rows))
			table.rows = append(table.rows, isoCurrency{code, exponent})
		}
	}
	return table
}()

// currencyIndex numbers the combinations of three capitals; for other bytes it gives the number of
// AAA, which is not a currency.
func currencyIndex(a, b, c byte) int {
	a, b, c = a-'A', b-'A', c-'A'
	if a > 25 || b > 25 || c > 25 {
		return 0
	}
	return (int(a)*26+int(b))*26 + int(c)
}

// currencyOf looks a code up in any case.
func currencyOf(code []byte) (isoCurrency, bool) {
	if len(code) != 3 {
		return isoCurrency{}, false
	}
	row := currencies.index[currencyIndex(cell.Upper(code[0]), cell.Upper(code[1]),
		cell.Upper(code[2]))]
	return currencies.rows[row], row > 0
}

// minorOf is the currency whose hundredth part a mark means, "" if it means none: GBX and, only
// with a small letter at the end, GBp, ZAc, ILA and USd, as price lists and brokers write them.
// Read as the currency, they would make a hundred times the money.
func minorOf(mark []byte) string {
	if len(mark) != 3 {
		return ""
	}

	switch string(mark) {
	case "GBX", "gbx", "Gbx", "GBx":
		return "GBP"
	case "ZAc", "ZAC":
		return "ZAR"
	case "ILA", "ILa":
		return "ILS"
	}

	if !isCapital(mark[0]) || !isCapital(mark[1]) || isCapital(mark[2]) {
		return ""
	}

	found, _ := currencyOf(mark)
	return found.code
}

func isCapital(letter byte) bool { return 'A' <= letter && letter <= 'Z' }

// CellCurrency reads a currency as exports write it: as [CurrencyCode] does, or as a sign that can
// only mean one currency, such as € and zł.
func CellCurrency(value []byte) (string, error) {
	if len(value) == 3 { // nearly all cells have a code in capitals
		row := currencies.index[currencyIndex(value[0], value[1], value[2])]
		if row > 0 {
			return currencies.rows[row].code, nil
		}
	}

	if mark := bytes.TrimSpace(value); isSign(mark) {
		if code, one := SignCurrency(CanMean(mark)); one {
			return code, nil
		}
	}
	return CurrencyCode(value)
}

// CurrencyCode reads an ISO 4217 code in any case, with white space around it. It refuses a symbol
// and names the codes it may mean.
func CurrencyCode(value []byte) (string, error) {
	value = bytes.TrimSpace(value)
	if code := minorOf(value); code != "" {
		return "", fmt.Errorf("%s means hundredths of %s (cents, pence); "+
			"if the amounts are in them, set minor_units: true for them, and here map: {%s: %s}",
			cell.InQuotes(value), code, value, code)
	}
	if found, ok := currencyOf(value); ok {
		return found.code, nil
	}
	if len(value) == 0 {
		return "", cell.ErrEmpty
	}

	if codes := CanMean(value); codes != "" {
		return "", fmt.Errorf("%s is not a currency code of ISO 4217; it can mean %s",
			cell.InQuotes(value), AnyOf(codes))
	}

	return "", fmt.Errorf("%s is not a currency code of ISO 4217, such as EUR",
		cell.InQuotes(value))
}

// isSign reports whether a mark can hardly be anything but money: a sign, a word with letters
// beyond ASCII, or the word euro. R, TL and RM may be codes of something else.
func isSign(mark []byte) bool {
	if bytes.EqualFold(mark, []byte("euro")) || bytes.EqualFold(mark, []byte("euros")) {
		return true
	}
	return bytes.ContainsFunc(mark, func(letter rune) bool {
		return unicode.Is(unicode.Sc, letter) || letter > unicode.MaxASCII
	})
}

// Exponent says how many decimals a currency has: 2 for USD, 0 for JPY. It is false for anything
// but an ISO 4217 code in capitals.
func Exponent(currency string) (int, bool) {
	if len(currency) != 3 {
		return 0, false
	}
	row := currencies.index[currencyIndex(currency[0], currency[1], currency[2])]
	return currencies.rows[row].exponent, row > 0
}

// currencySigns maps the signs and short names of currencies to the codes that they may mean. Signs
// come from Unicode's currency block and from the CLDR (https://cldr.unicode.org), including narrow
// forms; short names are those printed on price tags. Keys have no point at the end, and their
// letters are capitals. Short names that are also words or units are left out: KM, Q, L.
var currencySigns = map[string]string{
	"$": "USD AUD CAD NZD SGD HKD TWD MXN ARS CLP COP BBD BMD BND BSD BZD CUP DOP FJD GYD JMD " +
		"KYD LRD NAD SBD SRD TTD UYU XCD",
	"US$": "USD", "USD$": "USD", "U$S": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD NIO",
	"CA$": "CAD", "CAN$": "CAD", "CDN$": "CAD", "NZ$": "NZD", "HK$": "HKD", "NT$": "TWD",
	"S$": "SGD", "SG$": "SGD", "R$": "BRL", "MX$": "MXN", "MEX$": "MXN", "J$": "JMD", "TT$": "TTD",
	"BZ$": "BZD", "B$": "BND BSD", "FJ$": "FJD", "G$": "GYD", "L$": "LRD", "N$": "NAD",
	"EC$": "XCD", "RD$": "DOP", "AR$": "ARS", "CLP$": "CLP", "COL$": "COP", "$U": "UYU",
	"BDS$": "BBD", "CI$": "KYD", "SI$": "SBD", "MOP$": "MOP", "T$": "TOP", "WS$": "WST",

	"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "ΕΥΡΩ": "EUR", "ЕВРО": "EUR",
	"£": "GBP GIP FKP SHP EGP SSP SDG SYP LBP", "E£": "EGP", "£E": "EGP", "CHF": "CHF", "FR": "CHF",
	"SFR": "CHF", "KR": "SEK NOK DKK ISK", "NKR": "NOK", "SKR": "SEK", "DKR": "DKK", "KČ": "CZK",
	"KC": "CZK", "ZŁ": "PLN", "ZL": "PLN", "ZŁOTYCH": "PLN", "FT": "HUF", "LEI": "RON MDL",
	"LEU": "RON MDL", "ЛЕЙ": "MDL RON", "ЛВ": "BGN", "ДИН": "RSD", "ДЕН": "MKD", "КМ": "BAM",
	"КН": "HRK", "KN": "HRK", "РУБ": "RUB BYN", "Р": "RUB BYN", "РУБЛЕЙ": "RUB BYN",
	"РУБЛЬ": "RUB BYN", "РУБЛЯ": "RUB BYN", "₽": "RUB", "BR": "BYN ETB", "₴": "UAH", "ГРН": "UAH",
	"₺": "TRY", "TL": "TRY", "₼": "AZN", "₾": "GEL", "֏": "AMD", "ԴՐ": "AMD", "₸": "KZT",
	"ТГ": "KZT", "ТЕНГЕ": "KZT", "СОМ": "KGS", "СУМ": "UZS", "СЎМ": "UZS", "СМН": "TJS",

	"¥": "JPY CNY", "円": "JPY", "圓": "JPY TWD HKD", "JP¥": "JPY", "CN¥": "CNY", "RMB": "CNY",
	"元": "CNY TWD HKD", "人民币": "CNY", "₩": "KRW KPW", "원": "KRW", "₹": "INR",
	"RS": "INR PKR LKR NPR MUR SCR", "₨": "INR PKR LKR NPR MUR SCR", "रु": "INR NPR",
	"रू": "INR NPR", "रुपये": "INR NPR", "ரூ": "INR LKR", "රු": "LKR", "روپے": "PKR INR",
	"৳": "BDT", "TK": "BDT", "টাকা": "BDT INR", "₫": "VND", "Đ": "VND", "ĐỒNG": "VND", "VNĐ": "VND",
	"฿": "THB", "บาท": "THB", "บ": "THB", "₱": "PHP CUP", "RP": "IDR", "RM": "MYR", "₮": "MNT",
	"₭": "LAK", "ກີບ": "LAK", "៛": "KHR", "؋": "AFN", "₪": "ILS", "ש״ח": "ILS", "ש\"ח": "ILS",

	"DHS": "AED MAD", "DH": "AED MAD", "SR": "SAR", "QR": "QAR", "د.إ": "AED", "د.ا": "JOD",
	"د.أ": "JOD", "د.ب": "BHD", "د.ج": "DZD", "د.ع": "IQD", "د.ك": "KWD", "د.ل": "LYD",
	"د.م": "MAD", "د.ت": "TND", "ج.م": "EGP", "ج.س": "SDG", "ل.ل": "LBP", "ل.س": "SYP",
	"أ.م": "MRU", "ر.ع": "OMR", "ر.ق": "QAR", "ر.س": "SAR", "ر.ي": "YER", "درهم": "AED MAD",
	"دينار": "KWD BHD JOD IQD LYD DZD TND", "جنيه": "EGP SDG", "ليرة": "SYP LBP TRY",
	"ريال": "SAR QAR OMR YER IRR", "ریال": "IRR", "﷼": "IRR SAR QAR OMR YER",

	"R": "ZAR", "₦": "NGN", "₵": "GHS", "GH₵": "GHS", "KSH": "KES", "TSH": "TZS", "USH": "UGX",
	"FCFA": "XOF XAF", "CFA": "XOF XAF", "S/": "PEN", "B/": "PAB", "BS": "BOB VES VED", "₡": "CRC",
	"₲": "PYG", "GS": "PYG",
}

// CanMean lists the codes that a mark can mean, with blanks between: an ISO 4217 code itself, "kr."
// SEK, NOK, DKK and ISK. It is empty if the mark means none.
func CanMean(mark []byte) string {
	mark = bytes.TrimRight(mark, ".")
	if minorOf(mark) != "" {
		return ""
	}
	if found, ok := currencyOf(mark); ok {
		return found.code
	}
	if codes := currencySigns[string(mark)]; codes != "" {
		return codes
	}

	var plain, key [32]byte
	mark, fits := cell.PlainText(plain[:0], mark) // ￥ is ¥
	if !fits || len(mark) > len(key)/2 {          // a capital may be longer than its small letter
		return ""
	}

	upper := key[:0]
	for _, letter := range string(mark) {
		upper = utf8.AppendRune(upper, unicode.ToUpper(letter))
	}

	return currencySigns[string(upper)]
}

// BothSigns lists the codes that two signs beside the same amount can mean: USD for a $ and USD.
// Not ok: they contradict each other. A sign that means none contradicts nothing.
func BothSigns(a, b string) (codes string, ok bool) {
	switch {
	case a == b, b == "":
		return a, true
	case a == "", len(b) == 3 && SignFits(a, b):
		return b, true
	case len(a) == 3 && SignFits(b, a):
		return a, true
	}
	return "", false
}

// SignsIn lists the codes that the words of a number format can mean, like CanMean; words that are
// not a currency are left out. Not ok: they contradict each other.
func SignsIn(words string) (codes string, ok bool) {
	for word := range strings.FieldsSeq(words) {
		if codes, ok = BothSigns(codes, CanMean([]byte(word))); !ok {
			return "", false
		}
	}
	return codes, true
}

// SignFits reports whether a currency is among those that a cell can mean, as CanMean lists them. A
// cell that names none fits all.
func SignFits(codes, currency string) bool {
	return codes == "" || len(currency) == 3 && strings.Contains(codes, currency)
}

// SignCurrency is the currency that a cell means, if it can only mean one.
func SignCurrency(codes string) (string, bool) { return codes, len(codes) == 3 }

// AnyOf writes a list of codes for people: USD, AUD or CAD. Of a long list it names the first four.
func AnyOf(codes string) string {
	list := strings.Fields(codes)
	if len(list) == 1 {
		return list[0]
	}
	if len(list) > 6 {
		return strings.Join(list[:4], ", ") + " and others"
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}
