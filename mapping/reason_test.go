package mapping

import "testing"

func TestReasonText(t *testing.T) {
	for _, test := range []struct{ where, reason, want string }{
		{`'col("Financial Status") == "paid"'`, "where", `Financial Status is not "paid"`},
		{`'col("Mode", "Live") != "Test"'`, "where", `Mode is "Test"`},
		{`'col("A") == "x" and col("B") == "y"'`, "where", "where"},
		{`['col("A") == "x"', 'col("B") == "y"']`, "where", "where"},
		{`'col("A") == "x"'`, "negative_amount", "negative amount"},
	} {
		if got := parse(t, minimal+"where: "+test.where+
			"\n").ReasonText(test.reason); got != test.want {
			t.Errorf("where: %s: ReasonText(%q) = %q, want %q", test.where, test.reason,
				got, test.want)
		}
	}
}
