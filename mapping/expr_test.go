package mapping

import (
	"strings"
	"testing"
)

// compute maps one row whose description is the expression's result.
func compute(t *testing.T, expression string) (result string, failed string) {
	t.Helper()
	source := "formats: {number: \"1,234.56\", date: DD/MM/YYYY, timezone: Europe/Berlin}\n" +
		strings.Replace(minimal, "order_id: Order", "order_id: Order\n  description: {expr: '"+
			strings.ReplaceAll(expression, "'", "''")+"'}", 1)
	header, rows := table(shopHeader+"|Text|Amount|Empty|Day",
		shopRow+"|Ann Lee, Order 17|1,234.50||05/11/2026")
	var e Event
	bind(t, source, header).Map(rows, &e)
	for _, p := range e.Problems {
		return "", p.Message()
	}
	_, rest, _ := strings.Cut(string(e.Body), `"description":"`)
	result, _, _ = strings.Cut(rest, `"`)
	return result, ""
}

func TestExpressions(t *testing.T) {
	for _, test := range []struct{ name, expression, want string }{
		{"decimals are exact", `0.1 + 0.2`, "0.3"},
		{"more decimals than a float has", `0.12345678901234567890123 + 0`,
			"0.12345678901234567890123"},
		{"a number below a float's steps", `num("Amount") * 1.00000000000000000001`,
			"1234.5000000000000000123450"},
		{"zeros at the end of a number", `num("Amount") + 0.50 + 1.000`, "1236.00"},
		{"a number with an exponent and a mark", `1_000.5 + 25e-1 + 1.5E3`, "2503.0"},
		{"whole numbers do not overflow", `9223372036854775807 + 1`, "9223372036854775808"},
		{"a number of a column, in its format", `num("Amount") * 2`, "2469.00"},
		{"an empty number is nothing", `num("Amount") - num("Empty")`, "1234.50"},
		{"a difference below zero", `-num("Amount") + 0.5`, "-1234.00"},
		{"rounding half up", `round(num("Amount") * 0.19, 2)`, "234.56"},
		{"a division that comes out even", `num("Amount") / 4`, "308.625"},
		{"a division with its decimals", `divide(num("Amount"), 7, 2)`, "176.36"},
		{"the smaller one", `min(num("Amount"), 3.5)`, "3.5"},
		{"a choice", `num("Amount") > 1000 ? "big" : "small"`, "big"},
		{"text joined", `upper(before(col("Text"), " ")) + "!"`, "ANN!"},
		{"text after a mark", `after(col("Text"), "Order ")`, "17"},
		{"parts of a list", `last(split(col("Text"), " "))`, "17"},
		{"a part replaced", `replace(col("Text"), "Ann", "Bo")`, "Bo Lee, Order 17"},
		{"a pattern", `col("Text") matches "Order [0-9]+$" ? "yes" : "no"`, "yes"},
		{"text is compared with a list", `col("Text") in ["a", "b"] ? "yes" : "no"`, "no"},
		{"a day", `day("Day")`, "2026-11-05"},
		{"days compare", `day("Day") >= "2026-11-01" ? "new" : "old"`, "new"},
		{"a number from text", `number(after(col("Text"), "Order ")) + 1`, "18"},
		{"a number as text", `text(num("Amount")) + " EUR"`, "1234.50 EUR"},
		{"length", `len(col("Text")) + 1`, "18"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, failed := compute(t, test.expression); got != test.want || failed != "" {
				t.Errorf("%s = %q (%s), want %q", test.expression, got, failed, test.want)
			}
		})
	}
}

func TestExpressionsThatFail(t *testing.T) {
	for _, test := range []struct{ name, expression, want string }{
		{"text that is no number", `num("Text") + 1`, `"Text" does not hold a number here`},
		{"text that is no date", `day("Text")`, `"Text" does not hold a date here`},
		{"a division by zero", `num("Amount") / num("Empty")`, "division by zero"},
		{"a division that does not come out even", `num("Amount") / 7`,
			"the division has no exact result"},
		{"more digits than are kept", strings.Repeat("12345678901234567 * ", 3) + "1.5",
			"the result has too many digits"},
		{"text that multiplies itself", strings.Repeat(`replace(`, 9) + `col("Text")` +
			strings.Repeat(`, "n", "nnnnnnnnnn")`, 9), "the text becomes longer than 100000 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, failed := compute(t, test.expression); !strings.Contains(failed, test.want) {
				t.Errorf("%s = %q (%s), want the error %q", test.expression, got, failed, test.want)
			}
		})
	}
}
