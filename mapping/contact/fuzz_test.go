package contact

import (
	"bytes"
	"net/mail"
	"regexp"
	"strings"
	"testing"
)

func FuzzEmail(f *testing.F) {
	for _, seed := range []string{"ann@example.com", " Ann@Example.COM ", "a b@example.com",
		"Ann <ann@example.com>", "ö@ü.de", "a@b@c.de", "a@b..c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, _ := UsualEmail([]byte(text)); at > 0 && !isEmail([]byte(text)) {
			t.Fatalf("%q is a usual address, and is none", text)
		}
		got, err := ReadEmail([]byte("before"), []byte(text))
		if err != nil {
			if address := strings.TrimSpace(text); len(address) > 8 &&
				strings.Contains(err.Error(), address) {
				t.Fatalf("the message shows the address: %v", err)
			}
			return
		}
		address := string(bytes.TrimPrefix(got, []byte("before")))
		again, err := ReadEmail(nil, []byte(address))
		if err != nil || string(again) != address {
			t.Fatalf("%q gives %q, which gives %q, %v", text, address, again, err)
		}
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address ||
			parsed.Name != "" {
			t.Fatalf("%q gives %q, which net/mail reads as %v, %v", text, address, parsed, err)
		}
	})
}

func FuzzPhone(f *testing.F) {
	for _, seed := range []string{"+49 170 1234567", "(650) 253-0000 x12", "0049170", "+1;ext=5",
		"'+31612345678"} {
		f.Add(seed, "US")
		f.Add(seed, "")
	}
	e164 := regexp.MustCompile(`^\+[1-9]\d{3,14}$`)
	f.Fuzz(func(t *testing.T, text, region string) {
		got, err := ReadPhone(nil, []byte(text), region)
		if err != nil {
			return
		}
		if !e164.Match(got) {
			t.Fatalf("%q in %q gives %q", text, region, got)
		}
		if again, err := ReadPhone(nil, got, ""); err != nil || string(again) != string(got) {
			t.Fatalf("%q gives %q, which gives %q, %v", text, got, again, err)
		}
	})
}
