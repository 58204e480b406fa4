package webhook

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestExcerpt(t *testing.T) {
	m := newMask([]string{"MARK-1234", `quo"ted`, "ab"}, nil)
	for _, test := range []struct {
		name, body string
		whole      bool
		want       string
	}{
		{"nothing", "", true, ""},
		{"plain", `{"status":"ok"}`, true, `{"status":"ok"}`},
		{"white space", " {\r\n\t\"a\": 1\n}\n", true, `{ "a": 1 }`},
		{"terminal", "\x1b]0;x\x07", true, `\x1b]0;x\a`},
		{"bidirectional", "a\u202eb\u2066c", true, `a\u202eb\u2066c`},
		{"invisible", "a\u200bb\ufeff", true, `a\u200bb\ufeff`},
		{"not UTF-8", "M\xfcller", true, `M\xfcller`},
		{"letters of the world", "Zürich 東京 👍", true, "Zürich 東京 👍"},
		{"mark", "xMARK-1234x", true, "x***x"},
		{"mark in JSON", `quo\"ted`, true, "***"},
		{"short secrets stay", "about", true, "about"},
		{"mark cut in two", "error for MARK-12", false, "error for"},
		{"e-mail", "to a.b+c@mail.example.com.", true, "to ***."},
		{"e-mail cut in two", "to buyer@exam", false, "to"},
		{"phone", "call +1 (555) 123-4567 now", true, "call *** now"},
		{"no phone", "order 20412345678 at 1+1", true, "order 20412345678 at 1+1"},
		{"long", strings.Repeat("x", 400), true, strings.Repeat("x", 300) + "…"},
		{"just not too long", strings.Repeat("x", 300), true, strings.Repeat("x", 300)},
	} {
		if got := m.excerpt([]byte(test.body), test.whole); got != test.want {
			t.Errorf("%s: excerpt(%q) = %q, want %q", test.name, test.body, got, test.want)
		}
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("x\x1bMARK-1234\u202e@\xff", true)
	f.Add(strings.Repeat("MARK-1234", 50)+"MARK", false)
	m := newMask([]string{"MARK-1234"}, nil)
	f.Fuzz(func(t *testing.T, body string, whole bool) {
		got := m.excerpt([]byte(body), whole)
		if strings.Contains(got, "MARK-1234") {
			t.Errorf("excerpt(%q) = %q shows a secret", body, got)
		}
		if n := utf8.RuneCountInString(got); n > 10*(excerptLength+1) {
			t.Errorf("excerpt(%q) has %d characters", body, n)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("excerpt(%q) = %q has %U", body, got, r)
			}
		}
	})
}
