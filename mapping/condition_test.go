package mapping

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ableimport/mapping/cell"
)

// A value that differs only by case or blanks from one in a condition is neither left out nor kept,
// if that makes a difference.
func TestConditionsOnValuesThatAreNearlyNamed(t *testing.T) {
	const unclear = "condition_unclear"
	for _, test := range []struct{ name, conditions, status, kind, want string }{
		{"the value itself", `where: col("Status") == "Paid"`, "Paid", "Sale", ""},
		{"another", `where: col("Status") == "Paid"`, "Open", "Sale", "where"},
		{"none", `where: col("Status") == "Paid"`, "", "Sale", "where"},
		{"another case", `where: col("Status") == "Paid"`, "PAID", "Sale", unclear},
		{"blanks between", `where: col("Status") == "Partially paid"`, "Partially  Paid",
			"Sale", unclear},
		{"a no-break blank", `where: col("Status") == "Partially paid"`, "Partially\u00a0paid",
			"Sale", unclear},
		{"letters beyond ASCII", `where: col("Status") == "bezahlt (März)"`, "BEZAHLT (MÄRZ)",
			"Sale", unclear},
		{"an accent behind its letter", `where: col("Status") == "Réglé"`, "Re\u0301gle\u0301",
			"Sale", unclear},
		{"an accent behind its letter, another case", `where: col("Status") == "RÉGLÉ"`,
			"re\u0301gle\u0301", "Sale", unclear},
		{"one letter for two", `skip: {gone: 'col("Status") == "Cancelled"'}`, "Canceled", "Sale",
			unclear},
		{"two letters for one", `where: col("Status") != "canceled"`, "CANCELLED", "Sale", unclear},
		{"another sign between words", `where: col("Status") == "partially_paid"`, "Partially paid",
			"Sale", unclear},
		{"a hyphen between words", `where: col("Status") in ["pre-order", "paid"]`, "preorder",
			"Sale", unclear},
		{"a Cyrillic letter", `where: col("Status") == "Paid"`, "Рaid", "Sale", unclear},
		{"full-width letters", `where: col("Status") == "PAID"`, "ＰＡＩＤ", "Sale", unclear},
		{"full-width letters in the condition, another case", `skip: {no: 'col("Status") == "Ｖoid"'}`,
			"void", "Sale", unclear},
		{"half-width signs", `where: col("Status") == "ペイド"`, "ﾍﾟｲﾄﾞ", "Sale", unclear},
		{"a letter that nobody sees", `where: col("Status") == "Paid"`, "Pa\u200bid", "Sale", unclear},
		{"another hyphen", `where: col("Status") == "Pre-order"`, "Pre\u2011order", "Sale", unclear},
		{"a word of another alphabet", `where: col("Status") == "Paid"`, "Оплачено", "Sale",
			"where"},
		{"short words", `where: col("Kind") == "A"`, "Paid", "AA", "where"},
		{"digits", `where: col("Kind") == "1-1"`, "Paid", "11", "where"},
		{"a longer word", `where: col("Status") == "Cancel"`, "Cancelled", "Sale", "where"},
		{"an accent left out", `where: col("Status") == "Réglé"`, "Regle", "Sale", "where"},
		{"another word with an accent", `where: col("Status") == "Réglé"`, "Re\u0301clame\u0301",
			"Sale", "where"},
		{"only the beginning is the same", `where: col("Status") == "Paid"`, "PAID BACK",
			"Sale", "where"},
		{"both are named", `where: col("Status") in ["Paid", "PAID"]`, "PAID", "Sale", ""},
		{"one of a list", `where: col("Status") in ["Paid", "Settled"]`, "settled",
			"Sale", unclear},
		{"none of a list", `where: col("Status") not in ["Void", "Open"]`, "VOID", "Sale", unclear},
		{"named by another condition", `where: col("Status") == "Paid"` + "\n" +
			`skip: {other: 'col("Status") == "PAID"'}`, "PAID", "Sale", "other"},
		{"is not", `where: col("Status") != "Void"`, "void", "Sale", unclear},
		{"the value stands first", `where: '"Paid" == col("Status")'`, "paid", "Sale", unclear},
		{"a skip", `skip: {refund: 'col("Kind") == "Refund"'}`, "Paid", "REFUND", unclear},
		{"case made equal by the condition", `where: lower(col("Status")) == "paid"`,
			"PAID", "Sale", ""},
		{"another part decides", `where: col("Status") == "Paid" and col("Kind") == "Sale"`, "PAID",
			"Refund", "where"},
		{"two parts, both nearly", `where: col("Status") == "Paid" and col("Kind") == "Sale"`,
			"PAID", "SALE", unclear},
		{"either part is enough", `where: col("Status") == "Paid" or col("Kind") == "Sale"`,
			"PAID", "Sale", ""},
		{"left out for another reason anyway",
			`skip: {test: 'col("Kind") == "Test"', open: 'col("Status") == "Open"'}`, "OPEN",
			"Test", "test"},
		{"a part in another case", `where: col("Status") contains "Paid"`, "now PAID", "Sale",
			unclear},
		{"a part, beside one of another condition", `where: col("Kind") contains "Order"` + "\n" +
			`skip: {gone: 'col("Kind") contains "Refund"'}`, "Paid", "REFUND of Order 7", unclear},
		{"one of two parts", `where: col("Status") contains "Paid" and col("Status") contains "Card"`,
			"PAID, Card", "Sale", unclear},
		{"two parts in another case", `where: col("Status") contains "Paid" and ` +
			`col("Status") endsWith "Card"`, "PAID, CARD", "Sale", unclear},
		{"a part that another condition names", `where: col("Status") contains "Paid"` + "\n" +
			`skip: {other: 'col("Status") contains "PAID"'}`, "PAID", "Sale", "other"},
		{"all of it is a part that another condition names", `where: col("Status") == "Paid"` + "\n" +
			`skip: {other: 'col("Status") contains "PAID"'}`, "PAID", "Sale", "other"},
		{"a part as it is named", `where: col("Status") contains "Paid"`, "PAID, Paid", "Sale", ""},
		{"no such part", `where: col("Status") contains "Paid"`, "open", "Sale", "where"},
		{"a beginning", `skip: {gone: 'col("Kind") startsWith "Refund"'}`, "Paid", "REFUND of 7",
			unclear},
		{"only in the middle", `skip: {gone: 'col("Kind") startsWith "Refund"'}`, "Paid",
			"no REFUND", ""},
		{"a beginning, by a function", `skip: {gone: 'hasPrefix(col("Kind"), "CN-")'}`, "Paid",
			"cn-17", unclear},
		{"an end", `where: col("Status") endsWith "paid"`, "fully PAID", "Sale", unclear},
		{"an end, by a function", `where: hasSuffix(col("Status"), "paid")`, "all PAID", "Sale",
			unclear},
		{"not at the end", `where: hasSuffix(col("Status"), "paid")`, "PAID back", "Sale", "where"},
		{"a pattern of a word", `where: col("Status") matches "^Paid$"`, "PAID", "Sale", unclear},
		{"a pattern of some words", `where: col("Status") matches "^(Paid|Done)$"`, "done", "Sale",
			unclear},
		{"a pattern of a beginning", `where: col("Status") matches "^Paid"`, "paid by card", "Sale",
			unclear},
		{"a pattern of a part", `where: col("Status") matches "Paid|Done"`, "all done", "Sale",
			unclear},
		{"a pattern of more than words", `where: col("Status") matches "^P.id$"`, "PAID", "Sale",
			"where"},
		{"a whole number with decimals", `where: col("Kind") == "1"`, "Paid", "1.0", unclear},
		{"another number", `where: col("Kind") == "1"`, "Paid", "10", "where"},
		{"a column that the file lacks", `where: col("Nothing", "Paid") == "Paid"`,
			"PAID", "Sale", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := strings.Replace(minimal, "fields:", test.conditions+"\nfields:", 1)
			e := mapOne(t, source, shopHeader+"|Status|Kind",
				"1001 | 10.00 | USD | a@example.com | "+test.status+" | "+test.kind)
			got := e.Reason
			if e.State == Invalid {
				got = e.Problems[0].Code
			}
			if got != test.want || e.LeftOut != (test.want != "" && test.want != unclear) {
				t.Errorf("got %q (%v, left out %v), want %q: %v", got, e.State, e.LeftOut,
					test.want, e.Problems)
			}
		})
	}
}

func TestConditionsOnNearlyNamedCells(t *testing.T) {
	source := strings.Replace(minimal, "fields:", `where: col("Status") == "true"`+"\nfields:", 1)
	header, rows := table(shopHeader+"|Status", "1001 | 10.00 | USD | a@example.com | TRUE")
	rows[0].Kinds[4] = cell.Bool
	var e Event
	bind(t, source, header).Map(rows, &e)
	want :=
		`"TRUE" differs only in case or blanks from "true", with which the mapping compares it; say in the condition what it means, as in col("Status") in ["true", "TRUE"]`
	if e.State != Invalid || e.Problems[0].Message() != want || e.Problems[0].Column != "Status" {
		t.Errorf("a yes of a workbook: got %v, %v", e.State, e.Problems)
	}
}

func FuzzSameLetters(f *testing.F) {
	f.Add("Paid", "PAID ")
	f.Add("Straße", "STRASSE")
	f.Add("\xff", "ÿ")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return // bytes that are none may be a letter without the blank between them
		}
		same := sameLetters([]byte(a), []byte(b))
		if same != sameLetters([]byte(b), []byte(a)) {
			t.Fatalf("%q and %q: it matters which stands first", a, b)
		}
		if fields := strings.Join(strings.Fields(a), ""); !sameLetters([]byte(a), []byte(fields)) {
			t.Fatalf("%q without its blanks is another", a)
		}
		if strings.EqualFold(a, b) && !same {
			t.Fatalf("%q and %q differ only in case", a, b)
		}
	})
}
