package cell

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMask(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{"ann@example.com", "a•••@e•••.com"},
		{"+491701234512", "+49•••12"},
		{"Ann Example", "A•••"},
		{"Ann", "•••"},
		{"", "•••"},
		{"ann@example.com, and a secret", "a•••@e•••"},
		{"Cj0KCQjw", "C•••"},
	} {
		if got := Mask(test.value); got != test.want {
			t.Errorf("mask(%q): got %s, want %s", test.value, got, test.want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("ann@example.com")
	f.Add("+49 170 1234567")
	f.Fuzz(func(t *testing.T, value string) {
		got := Mask(value)
		if !utf8.ValidString(value) {
			return
		}
		if !utf8.ValidString(got) {
			t.Fatalf("mask(%q) is broken: %q", value, got)
		}
		text := strings.TrimSpace(value)
		if utf8.RuneCountInString(text) > 8 && strings.Contains(got, text) {
			t.Fatalf("mask(%q) shows all: %q", value, got)
		}
	})
}
