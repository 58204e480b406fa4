package mapping

import (
	"bytes"
	"strings"
)

// currencyMarks maps the signs and short names of currencies to the codes
// that they may stand for. Signs are those of Unicode's currency block and of
// the CLDR (https://cldr.unicode.org), narrow forms included; short names are
// those printed on price tags. Keys have no point at the end, and ASCII letters
// in capitals.
var currencyMarks = map[string]string{
	"$": "USD AUD CAD NZD SGD HKD TWD MXN ARS CLP COP BBD BMD BND BSD BZD CUP DOP FJD GYD JMD KYD LRD NAD SBD " +
		"SRD TTD UYU XCD",
	"US$": "USD", "USD$": "USD", "U$S": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD NIO", "CA$": "CAD",
	"CAN$": "CAD", "CDN$": "CAD", "NZ$": "NZD", "HK$": "HKD", "NT$": "TWD", "S$": "SGD", "SG$": "SGD",
	"R$": "BRL", "MX$": "MXN", "MEX$": "MXN", "J$": "JMD", "TT$": "TTD", "BZ$": "BZD", "B$": "BND BSD",
	"FJ$": "FJD", "G$": "GYD", "L$": "LRD", "N$": "NAD", "EC$": "XCD", "RD$": "DOP", "AR$": "ARS", "CLP$": "CLP",
	"COL$": "COP", "$U": "UYU", "BDS$": "BBD", "CI$": "KYD", "SI$": "SBD", "MOP$": "MOP", "T$": "TOP", "WS$": "WST",

	"€": "EUR", "EURO": "EUR", "£": "GBP GIP FKP SHP EGP SSP SDG SYP LBP", "E£": "EGP", "£E": "EGP",
	"CHF": "CHF", "FR": "CHF", "SFR": "CHF", "KR": "SEK NOK DKK ISK", "KČ": "CZK", "Kč": "CZK",
	"ZŁ": "PLN", "Zł": "PLN", "FT": "HUF", "LEI": "RON MDL", "LEU": "RON MDL", "ЛВ": "BGN", "лв": "BGN",
	"РУБ": "RUB", "руб": "RUB", "₽": "RUB", "₴": "UAH", "ГРН": "UAH", "грн": "UAH", "₺": "TRY", "TL": "TRY",
	"₼": "AZN", "₾": "GEL", "֏": "AMD", "₸": "KZT",

	"¥": "JPY CNY", "円": "JPY", "JP¥": "JPY", "CN¥": "CNY", "RMB": "CNY", "元": "CNY TWD HKD", "₩": "KRW KPW",
	"원": "KRW", "₹": "INR", "RS": "INR PKR LKR NPR MUR SCR", "₨": "INR PKR LKR NPR MUR SCR", "৳": "BDT",
	"TK": "BDT", "₫": "VND", "đ": "VND", "฿": "THB", "₱": "PHP CUP", "RP": "IDR", "RM": "MYR", "₮": "MNT",
	"₭": "LAK", "៛": "KHR", "؋": "AFN", "₪": "ILS", "DHS": "AED MAD", "DH": "AED MAD", "SR": "SAR", "QR": "QAR",

	"R": "ZAR", "₦": "NGN", "₵": "GHS", "GH₵": "GHS", "KSH": "KES", "TSH": "TZS", "USH": "UGX",
	"FCFA": "XOF XAF", "CFA": "XOF XAF", "S/": "PEN", "BS": "BOB VES VED", "₡": "CRC", "₲": "PYG",
}

// canMean lists the codes that a mark can stand for, with blanks between: an
// ISO 4217 code for itself, "kr." for SEK, NOK, DKK and ISK. It is empty when
// the mark is none.
func canMean(mark []byte) string {
	mark = bytes.TrimRight(mark, ".")
	if found, ok := currencyOf(mark); ok {
		return found.code
	}
	var key [16]byte
	if len(mark) > len(key) {
		return ""
	}
	for i, letter := range mark {
		key[i] = upper(letter)
	}
	return currencyMarks[string(key[:len(mark)])]
}

// markFits tells whether a currency is among those that a cell can mean, as
// canMean lists them. A cell that names none fits all.
func markFits(codes, currency string) bool {
	return codes == "" || len(currency) == 3 && strings.Contains(codes, currency)
}

// markCurrency is the currency that a cell means, if it can mean only one.
func markCurrency(codes string) (string, bool) { return codes, len(codes) == 3 }

// anyOf writes a list of codes for people: USD, AUD, CAD or 26 others.
func anyOf(codes string) string {
	list := strings.Fields(codes)
	if len(list) == 1 {
		return list[0]
	}
	if len(list) > 6 {
		return strings.Join(list[:4], ", ") + " and others"
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}
