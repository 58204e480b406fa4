package report

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strings"
)

// Money is a sum of minor units for each currency, exact to 128 bits. The zero Money is empty. Only
// one goroutine may use it.
type Money struct {
	sums []sum // few; the one used last comes first
}

// sum is a number of 128 bits in two's complement.
type sum struct {
	currency string
	high     int64
	low      uint64
}

// Add adds minor units of a currency. As long as the currency stays the same it costs a comparison
// and an addition, and no map: it runs for every event.
func (m *Money) Add(currency string, minor int64) {
	if len(m.sums) == 0 || m.sums[0].currency != currency {
		m.bringForward(currency)
	}
	s := &m.sums[0]
	low, carry := bits.Add64(s.low, uint64(minor), 0)
	s.low = low
	s.high += minor>>63 + int64(carry)
}

// AddSum adds a sum of minor units, which must fit into 128 bits.
func (m *Money) AddSum(currency string, minor *big.Int) {
	m.bringForward(currency)
	s := &m.sums[0]
	low := new(big.Int).And(minor, maxUint64)
	high := new(big.Int).Rsh(minor, 64)
	var carry uint64
	s.low, carry = bits.Add64(s.low, low.Uint64(), 0)
	s.high += high.Int64() + int64(carry)
}

var maxUint64 = new(big.Int).SetUint64(math.MaxUint64)

func (m *Money) bringForward(currency string) {
	at := slices.IndexFunc(m.sums, func(s sum) bool { return s.currency == currency })
	if at < 0 {
		at = len(m.sums)
		// A currency cut out of a row's buffer must not keep the row alive.
		m.sums = append(m.sums, sum{currency: strings.Clone(currency)})
	}
	m.sums[0], m.sums[at] = m.sums[at], m.sums[0]
}

// Minor returns the sum of a currency in minor units, 0 for one that was never
// added.
func (m *Money) Minor(currency string) *big.Int {
	total := new(big.Int)
	for _, s := range m.sums {
		if s.currency == currency {
			total.SetInt64(s.high)
			total.Lsh(total, 64)
			total.Add(total, new(big.Int).SetUint64(s.low))
		}
	}
	return total
}

// Currencies returns the currencies that were added, sorted.
func (m *Money) Currencies() []string {
	currencies := make([]string, 0, len(m.sums))
	for _, s := range m.sums {
		currencies = append(currencies, s.currency)
	}
	slices.Sort(currencies)
	return currencies
}

// Decimals returns every sum as a decimal number with as many decimals as
// exponent says: {"USD": "120.00"}.
func (m *Money) Decimals(exponent func(currency string) int) map[string]string {
	decimals := make(map[string]string, len(m.sums))
	for _, s := range m.sums {
		decimals[s.currency] = decimal(m.Minor(s.currency), exponent(s.currency))
	}
	return decimals
}

// decimal writes minor units with a point before the last digits.
func decimal(minor *big.Int, exponent int) string {
	digits := new(big.Int).Abs(minor).String()
	if missing := exponent + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}

	sign := ""
	if minor.Sign() < 0 {
		sign = "-"
	}
	if exponent == 0 {
		return sign + digits
	}
	point := len(digits) - exponent
	return sign + digits[:point] + "." + digits[point:]
}
