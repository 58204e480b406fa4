package report

import (
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a formula", `=HYPERLINK("http://x","y")`, `'=HYPERLINK("http://x","y")`},
		{"a telephone number", "+49 170 1234567", "'+49 170 1234567"},
		{"a macro of Lotus", "@SUM(1)", "'@SUM(1)"},
		{"a tab", "\t=1", "'\t=1"},
		{"a carriage return", "\r=1", "'\r=1"},
		{"a minus before a name", "-A1+cmd|' /C calc'!A0", "'-A1+cmd|' /C calc'!A0"},
		{"a minus before a sum", "-2+3", "'-2+3"},
		{"a minus alone", "-", "'-"},
		{"a dash as text", "- none -", "'- none -"},
		{"full-width equals sign", "＝1+1", "'＝1+1"},
		{"a negative amount", "-12.50", "-12.50"},
		{"a negative amount of a German", "-1.234,56 €", "-1.234,56 €"},
		{"a negative amount of a Swiss", "-1’234.56", "-1’234.56"},
		{"a negative percentage", "-5%", "-5%"},
		{"an amount", "12.50", "12.50"},
		{"a text", "Total", "Total"},
		{"nothing", "", ""},
		{"an apostrophe", "'t Hooft", "'t Hooft"},
		{"an apostrophe before a formula", "'=1", "''=1"},
	}
	for _, test := range tests {
		if got := Guard(test.in); got != test.want {
			t.Errorf("%s: Guard(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
		if got := Unguard(Guard(test.in)); got != test.in {
			t.Errorf("%s: Unguard(Guard(%q)) = %q", test.name, test.in, got)
		}
	}
}

func FuzzGuard(f *testing.F) {
	for _, seed := range []string{"=1", "-1", "-1+1", "''=", "'", "+", "\t", "-١"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		guarded := Guard(value)
		if back := Unguard(guarded); back != value {
			t.Errorf("Unguard(%q) = %q, want %q", guarded, back, value)
		}
		if strings.IndexAny(guarded, "=+@\t\r") == 0 {
			t.Errorf("Guard(%q) = %q is a formula", value, guarded)
		}
		if strings.HasPrefix(guarded, "-") && strings.ContainsAny(guarded, "()!|+*/^&=<>:") {
			t.Errorf("Guard(%q) = %q computes", value, guarded)
		}
	})
}
