package mapping

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/apd/v3"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// exact is a number inside an expression. It hides the library's type, since an expression could
// otherwise call its methods.
type exact struct{ value *apd.Decimal }

// arithmetic refuses to round: what cannot be computed exactly in 40 digits is
// an error.
var arithmetic = apd.Context{
	Precision: 40, MaxExponent: 60, MinExponent: -60, Rounding: apd.RoundHalfUp,
	Traps: apd.DefaultTraps | apd.Inexact | apd.Rounded,
}

// rounding is the context of round(), which says where it rounds.
var rounding = apd.Context{
	Precision: 60, MaxExponent: 60, MinExponent: -60, Rounding: apd.RoundHalfUp,
	Traps: apd.DefaultTraps,
}

type operation func(result, left, right *apd.Decimal) (apd.Condition, error)

// operators are the arithmetic operators on numbers.
var operators = map[string]operation{
	"+": arithmetic.Add,
	"-": arithmetic.Sub,
	"*": arithmetic.Mul,
	"/": divide,
	"%": arithmetic.Rem,
}

// divide drops the zeros that a quotient of fixed precision would carry.
func divide(result, left, right *apd.Decimal) (apd.Condition, error) {
	if right.IsZero() {
		return 0, errors.New("division by zero")
	}

	context := arithmetic
	context.Traps &^= apd.Rounded

	condition, err := context.Quo(result, left, right)
	if err != nil {
		return condition, errors.New("the division has no exact result; write divide(a, b, " +
			"places), which rounds")
	}

	result.Reduce(result)
	return condition, nil
}

var comparisons = map[string]func(order int) bool{
	"==": func(order int) bool { return order == 0 },
	"!=": func(order int) bool { return order != 0 },
	"<":  func(order int) bool { return order < 0 },
	"<=": func(order int) bool { return order <= 0 },
	">":  func(order int) bool { return order > 0 },
	">=": func(order int) bool { return order >= 0 },
}

// toExact takes what an expression can pass to an operator.
func toExact(value any) exact {
	switch value := value.(type) {
	case exact:
		return value
	case int:
		return exact{apd.New(int64(value), 0)}
	}
	return exact{new(apd.Decimal)}
}

// exactText reads a plain number: -12.50.
func exactText(text string) (exact, error) {
	var format number.Format
	d, err := format.Read([]byte(text), cell.Text)
	return exact{d.APD()}, err
}

// roundExact rounds half up to a number of decimals.
func roundExact(value exact, places int) (exact, error) {
	if places < 0 || places > 12 {
		return exact{}, fmt.Errorf("round to 0 to 12 decimals, not %d", places)
	}
	result := new(apd.Decimal)
	_, err := rounding.Quantize(result, value.value, -int32(places))
	return exact{result}, err
}

// divideExact divides and rounds half up to a number of decimals.
func divideExact(a, b exact, places int) (exact, error) {
	if b.value.IsZero() {
		return exact{}, errors.New("division by zero")
	}
	result := new(apd.Decimal)
	if _, err := rounding.Quo(result, a.value, b.value); err != nil {
		return exact{}, err
	}
	return roundExact(exact{result}, places)
}
