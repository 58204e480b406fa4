package mapping

import (
	"bytes"
	"fmt"
	"strings"
)

// The currencies of ISO 4217:2015, lists A.1 and A.2 (https://www.iso.org/iso-4217-currency-codes.html,
// kept by SIX), up to amendment 177: VES, SLE, ZWG and XCG are in. Codes that
// were withdrawn since 2021 (ANG, BGN, CUC, HRK, SLL, ZWL) stay in, since
// exports look back. Left out are the codes that no amount can be in: metals,
// bond units, special drawing rights, testing and "no currency".
const (
	withoutDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
	twoDecimals     = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD " +
		"BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR " +
		"FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD " +
		"KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO " +
		"NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD " +
		"SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER " +
		"ZAR ZMW ZWG ZWL"
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

// currencyIndex numbers the combinations of three capitals; for anything else
// it is that of AAA, which is no currency.
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
	row := currencies.index[currencyIndex(upper(code[0]), upper(code[1]), upper(code[2]))]
	return currencies.rows[row], row > 0
}

func upper(letter byte) byte {
	if 'a' <= letter && letter <= 'z' {
		return letter - 'a' + 'A'
	}
	return letter
}

// currencyCode reads an ISO 4217 code in any case, with white space around it.
// A symbol is refused with the codes it may stand for.
func currencyCode(cell []byte) (string, error) {
	cell = bytes.TrimSpace(cell)
	if found, ok := currencyOf(cell); ok {
		return found.code, nil
	}
	if len(cell) == 0 {
		return "", errEmpty
	}
	if codes := canMean(cell); codes != "" {
		return "", fmt.Errorf("%s is not a currency code of ISO 4217; it can mean %s: say which with map",
			inQuotes(cell), anyOf(codes))
	}
	return "", fmt.Errorf("%s is not a currency code of ISO 4217, such as EUR", inQuotes(cell))
}

// Exponent tells how many decimals a currency has: 2 for USD, 0 for JPY. It
// is false for anything but an ISO 4217 code in capitals.
func Exponent(currency string) (int, bool) {
	if len(currency) != 3 {
		return 0, false
	}
	row := currencies.index[currencyIndex(currency[0], currency[1], currency[2])]
	return currencies.rows[row].exponent, row > 0
}
