package mapping

import (
	"errors"
	"math/big"
)

// toMinor counts an amount in minor units: 12.5 EUR is 1250.
func toMinor(d Decimal, currency string) (int64, error) { return 0, errors.New("not yet") }

// fromMinor is the amount that a number of minor units means: 1250 EUR is 12.50.
func fromMinor(d Decimal, currency string) (Decimal, error) { return Decimal{}, errors.New("not yet") }

// AppendMoney adds an amount given in minor units: 4811220 USD is 48112.20.
func AppendMoney(dst []byte, minor *big.Int, currency string) []byte { return dst }
