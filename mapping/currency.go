package mapping

import "errors"

// currencyCode reads an ISO 4217 code, in any case.
func currencyCode(cell []byte) (string, error) { return "", errors.New("not yet") }

// Exponent tells how many decimals a currency has: 2 for USD, 0 for JPY.
func Exponent(currency string) (int, bool) { return 0, false }

// markFits tells whether what a cell calls its currency ("$", "EUR") can
// mean the currency.
func markFits(mark, currency string) bool { return false }

// markCurrency is the one currency that a mark can mean, if it is one.
func markCurrency(mark string) (string, bool) { return "", false }
