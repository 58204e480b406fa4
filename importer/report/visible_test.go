package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text", "Total: 12.50", "Total: 12.50"},
		{"other scripts", "Müller 請求書 ฿ 👨‍👩‍👧", "Müller 請求書 ฿ 👨‍👩‍👧"},
		{"no-break space as in French amounts", "1 234,56", "1 234,56"},
		{"escape sequence", "\x1b[2J\x07", `\x1b[2J\a`},
		{"line breaks and tabs", "a\r\n\tb", `a\r\n\tb`},
		{"right-to-left override", "a\u202ecod.exe", `a\u202ecod.exe`},
		{"isolates", "\u2066x\u2069", `\u2066x\u2069`},
		{"zero-width space and byte order mark", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"C1 control", "\u009b31m", `\u009b31m`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"tag characters", "a\U000e0041", `a\U000e0041`},
		{"not UTF-8", "a\xff\xe4b", `a\xff\xe4b`},
		{"the replacement character itself", "\ufffd", "\ufffd"},
	}
	for _, test := range tests {
		if got := Visible(test.in); got != test.want {
			t.Errorf("%s: Visible(%q) = %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, seed := range []string{"", "abc", "\x1b]0;x\a", "\u202e\xff", "a\u2066"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		if !utf8.ValidString(got) {
			t.Errorf("Visible(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("Visible(%q) = %q keeps %U", s, got, r)
			}
		}
		if Visible(got) != got {
			t.Errorf("Visible(%q) is not stable", s)
		}
		if width(got) < 0 || strings.Contains(got, "\n") {
			t.Errorf("Visible(%q) breaks the line", s)
		}
	})
}

func TestVisibleLines(t *testing.T) {
	got := VisibleLines("mapping.yaml:3: odd\n> 3 | a\x1b[2J\n\n    ^\t")
	if want := "mapping.yaml:3: odd\n> 3 | a\\x1b[2J\n\n    ^\\t"; got != want {
		t.Errorf("VisibleLines = %q, want %q", got, want)
	}
}
