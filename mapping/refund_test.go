package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What becomes of a sale of which something was given back: the whole of it goes out, or what is
// left, and it is told; a sale that was given back as a whole is left out.
func TestRefunds(t *testing.T) {
	const whole = "deal_value: {column: Total, refunded: Refund}"
	const left = "deal_value: {column: Total, refunded: [Refund, Returned], partial_refunds: left}"
	const cents = "deal_value: {column: Total, minor_units: true, refunded: Refund, " +
		"partial_refunds: left}"
	for _, test := range []struct{ name, value, columns, row, want string }{
		{"nothing", whole, "|Refund", "10.00|USD|a@example.com|0.00", "10.00"},
		{"an empty cell", whole, "|Refund", "10.00|USD|a@example.com|", "10.00"},
		{"a file without the column", whole, "", "10.00|USD|a@example.com", "10.00"},
		{"a part", whole, "|Refund", "10.00|USD|a@example.com|2.50",
			`10.00 refunded_partly: Refund: "2.50" was refunded; the whole amount is sent ` +
				"(to send what is left: partial_refunds: left)"},
		{"a part, written as negative", whole, "|Refund", "10.00|USD|a@example.com|-2.50",
			`10.00 refunded_partly: Refund: "-2.50" was refunded; the whole amount is sent ` +
				"(to send what is left: partial_refunds: left)"},
		{"a part, and what is left", left, "|Refund", "10.00|USD|a@example.com|2.50",
			`7.50 refunded_partly: Refund: "2.50" was refunded; what is left is sent ` +
				"(partial_refunds: left)"},
		{"two parts", left, "|Refund|Returned", "10.00|USD|a@example.com|2.50|1",
			`6.50 refunded_partly: Returned: "1" was refunded; what is left is sent ` +
				"(partial_refunds: left)"},
		{"cents", cents, "|Refund", "1000|USD|a@example.com|250",
			`7.50 refunded_partly: Refund: "250" was refunded; what is left is sent ` +
				"(partial_refunds: left)"},
		{"all of it", whole, "|Refund", "10.00|USD|a@example.com|10.0", "skipped: refunded"},
		{"all of it, and what is left", left, "|Refund", "10.00|USD|a@example.com|10.00",
			"skipped: refunded"},
		{"more than it", whole, "|Refund", "10.00|USD|a@example.com|10.01", "skipped: refunded"},
		{"no number", whole, "|Refund", "10.00|USD|a@example.com|half",
			`invalid amount_invalid: Refund: "half" is not a number`},
		{"money that went out", whole, "|Refund", "-10.00|USD|a@example.com|1.00",
			"skipped: negative_amount"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, strings.Replace(minimal, "deal_value: Total", test.value, 1),
				shopHeader+test.columns, "1001|"+test.row)
			got := ""
			switch e.State {
			case Skipped:
				got = "skipped: " + e.Reason
			case Invalid:
				got = "invalid"
			default:
				_, after, _ := strings.Cut(string(e.Body), `"deal_value":`)
				got, _, _ = strings.Cut(after, ",")
				if minor := fmt.Sprintf("%d.%02d", e.Minor/100, e.Minor%100); minor != got {
					t.Errorf("the event has %s, and is counted as %s", got, minor)
				}
			}
			for _, p := range e.Problems {
				got += " " + p.Code + ": " + p.Column + ": " + p.Message()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// However much was given back, nothing is sent twice or lost: whole and what is left differ by just
// what was refunded, and a sale that is left out has nothing left.
func TestRefundsAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		total, refund := rapid.Int64Range(1, 1e9).Draw(r, "total"),
			rapid.Int64Range(0, 2e9).Draw(r, "refund")
		minor := func(value string) (int64, State) {
			e := mapOne(t, strings.Replace(minimal, "deal_value: Total", value, 1),
				shopHeader+"|Refund", fmt.Sprintf("1001|%d.%02d|USD|a@example.com|%d.%02d",
					total/100, total%100, refund/100, refund%100))
			return e.Minor, e.State
		}
		whole, state := minor("deal_value: {column: Total, refunded: Refund}")
		left, leftState := minor(
			"deal_value: {column: Total, refunded: Refund, partial_refunds: left}")
		if state != leftState || (state == Skipped) != (refund >= total) ||
			state == Mapped && (whole != total || left != total-refund) {
			r.Fatalf("%d less %d: whole %d (%d), left %d (%d)", total, refund, whole, state, left,
				leftState)
		}
	})
}
