package mapping

import (
	"errors"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/expr-lang/expr"
)

// operatorNames are the names of the functions behind the operators.
var operatorNames = map[string]string{
	"+": "add", "-": "subtract", "*": "multiply", "/": "quotient", "%": "remainder",
	"==": "equal", "!=": "unequal", "<": "less", "<=": "less_or_equal", ">": "more", ">=": "more_or_equal",
}

// exactFunctions are the operators and functions on numbers.
func exactFunctions() []expr.Option {
	var options []expr.Option
	for _, operator := range sortedKeys(operators) {
		options = append(options, operatorOption(operator, operators[operator])...)
	}
	for _, operator := range sortedKeys(comparisons) {
		options = append(options, comparisonOption(operator, comparisons[operator])...)
	}
	return append(options,
		expr.Function("negative", func(p ...any) (any, error) {
			return exact{new(apd.Decimal).Neg(toExact(p[0]).value)}, nil
		}, new(func(exact) exact)),
		expr.Function("abs", func(p ...any) (any, error) {
			return exact{new(apd.Decimal).Abs(toExact(p[0]).value)}, nil
		}, new(func(exact) exact)),
		expr.Function("round", func(p ...any) (any, error) {
			return roundExact(toExact(p[0]), p[1].(int))
		}, new(func(exact, int) exact)),
		expr.Function("divide", func(p ...any) (any, error) {
			return divideExact(toExact(p[0]), toExact(p[1]), p[2].(int))
		}, new(func(exact, exact, int) exact), new(func(exact, int, int) exact)),
		expr.Function("number", func(p ...any) (any, error) {
			return exactText(strings.TrimSpace(p[0].(string)))
		}, new(func(string) exact)),
		expr.Function("text", func(p ...any) (any, error) {
			return toExact(p[0]).value.Text('f'), nil
		}, new(func(exact) string), new(func(int) string)),
		expr.Function("min", func(p ...any) (any, error) { return choose(p, -1), nil }, new(func(exact, exact) exact)),
		expr.Function("max", func(p ...any) (any, error) { return choose(p, 1), nil }, new(func(exact, exact) exact)))
}

func choose(values []any, order int) exact {
	a, b := toExact(values[0]), toExact(values[1])
	if a.value.Cmp(b.value) == order {
		return a
	}
	return b
}

func operatorOption(operator string, compute operation) []expr.Option {
	function := func(p ...any) (any, error) {
		result := new(apd.Decimal)
		if _, err := compute(result, toExact(p[0]).value, toExact(p[1]).value); err != nil {
			if strings.Contains(err.Error(), "inexact") || strings.Contains(err.Error(), "rounded") {
				err = errors.New("the result has too many digits")
			}
			return nil, err
		}
		return exact{result}, nil
	}
	name := operatorNames[operator]
	return []expr.Option{
		expr.Function(name, function, new(func(exact, exact) exact), new(func(exact, int) exact), new(func(int, exact) exact)),
		expr.Operator(operator, name),
	}
}

func comparisonOption(operator string, holds func(int) bool) []expr.Option {
	function := func(p ...any) (any, error) {
		return holds(toExact(p[0]).value.Cmp(toExact(p[1]).value)), nil
	}
	name := operatorNames[operator]
	return []expr.Option{
		expr.Function(name, function, new(func(exact, exact) bool), new(func(exact, int) bool), new(func(int, exact) bool)),
		expr.Operator(operator, name),
	}
}
