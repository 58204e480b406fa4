package report

import "math/big"

// Money is a sum of minor units for each currency, exact to 128 bits. The zero
// Money is empty. It is for one goroutine.
type Money struct {
	sums []sum // few; the one used last comes first
}

type sum struct {
	currency string
	high     int64
	low      uint64
}

// Add adds minor units of a currency.
func (m *Money) Add(currency string, minor int64) {}

// Minor returns the sum of a currency in minor units.
func (m *Money) Minor(currency string) *big.Int { return new(big.Int) }

// Currencies returns the currencies that were added, sorted.
func (m *Money) Currencies() []string { return nil }

// Decimals returns every sum as a decimal number with as many decimals as
// exponent says: {"USD": "120.00"}.
func (m *Money) Decimals(exponent func(currency string) int) map[string]string { return nil }
