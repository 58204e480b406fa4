package contact

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestReadEmail(t *testing.T) {
	for _, test := range []struct{ cell, want string }{
		{"a@example.com", "a@example.com"},
		{" Ann.Example@Example.COM\u00a0", "ann.example@example.com"},
		{"\ufeff'ann+tag@mail.example.co.uk", "ann+tag@mail.example.co.uk"},
		{"jürgen@MÜNCHEN.de", "jürgen@münchen.de"},
		{"o'neil@example.ie", "o'neil@example.ie"},
		{"x@xn--mnchen-3ya.xn--p1ai", "x@xn--mnchen-3ya.xn--p1ai"},
		{strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com"},
		{strings.Repeat("a", 65) + "@example.com", `"a•••@e•••.com" is not an e-mail address`},
		{"a@" + strings.Repeat("b.", 125) + "com", `"a•••@b•••.com" is not an e-mail address`},
		{"", "is empty"},
		{"ann", `"•••" is not an e-mail address`},
		{"Ann Example <ann@example.com>",
			`"A•••@e•••" contains more than an e-mail address; leave only the address`},
		{"<ann@example.com>",
			`"<•••@e•••" contains more than an e-mail address; leave only the address`},
		{"ann@example.com; bob@example.org",
			`"a•••@e•••.org" holds several e-mail addresses; set split to what is between them`},
		{"ann@example", `"a•••@e•••" is not an e-mail address`},
		{"ann@@example.com", `"a•••@@•••.com" is not an e-mail address`},
		{"ann..b@example.com", `"a•••@e•••.com" is not an e-mail address`},
		{".ann@example.com", `".•••@e•••.com" is not an e-mail address`},
		{"ann@-example.com", `"a•••@-•••.com" is not an e-mail address`},
		{"ann@example.c0m", `"a•••@e•••" is not an e-mail address`},
		{"ann@127.0.0.1", `"a•••@1•••" is not an e-mail address`},
		{"n/a", `"•••" is not an e-mail address`},
		{"\x00@example.com", `"•••@e•••.com" is not an e-mail address`},
	} {
		got, err := ReadEmail(nil, []byte(test.cell))
		text := string(got)
		if err != nil {
			text = err.Error()
		}
		if text != test.want {
			t.Errorf("readEmail(%q): got %s, want %s", test.cell, text, test.want)
		}
	}
}

func TestReadPhone(t *testing.T) {
	for _, test := range []struct{ cell, region, want string }{
		{"+49 170 1234567", "", "+491701234567"},
		{"'+31612345678", "", "+31612345678"},
		{"＋４９ １７０ １２３４５６７", "", "+491701234567"},
		{"(650) 253-0000", "us", "+16502530000"},
		{"650.253.0000 x12", "US", "+16502530000"},
		{"0170 1234567", "DE", "+491701234567"},
		{"0049 170 1234567", "DE", "+491701234567"},
		{"+49 (0)170 1234567", "US", "+491701234567"},
		{"31612345678", "NL", "+31612345678"},
		{"", "", "is empty"},
		{"0170 1234567", "",
			`"017•••67" is not an international phone number (+49...); for national ones say the country: region: DE`},
		{"0170 1234567", "Germany",
			`cannot be read in the region GERMANY, which is not a country code of two letters, such as DE`},
		{"12345", "US", `"1•••" is not a phone number of US`},
		{"+1 555", "", `"+•••" is not a phone number`},
		{"call 650 253 0000", "US", `"c•••" is not a phone number`},
		{"650 253 0000, 650 253 0001", "US", `"6•••" is not a phone number`},
		{"31612345678.0", "NL", "+31612345678"}, // of a program that takes phones for decimals
		{"1701234567.0", "DE", "+491701234567"},
		{"+491701234567.0", "", "+491701234567"},
		{"6502530000.0", "US", "+16502530000"},
		{"650.253.0000.0", "US", `"650•••.0" is not a phone number of US`},
		{"6502530000.5", "US", `"650•••.5" is not a phone number of US`},
		{"3.1612345678E+10", "NL", `"3•••" is not a phone number`},
	} {
		got, err := ReadPhone(nil, []byte(test.cell), test.region)
		text := string(got)
		if err != nil {
			text = err.Error()
		}
		if text != test.want {
			t.Errorf("readPhone(%q, %q): got %s, want %s", test.cell, test.region, text, test.want)
		}
	}
}

// The quick way accepts nothing that the long way refuses, and most of what people have.
func TestUsualEmailsAreEmails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.OneOf(
			rapid.StringOfN(rapid.RuneFrom([]rune("aZ09.-@_+ ü'")), 0, 80, -1),
			rapid.StringMatching(`[aZ.+-]{1,20}@[b0.-]{1,20}\.[a-z0]{1,9}`),
			rapid.StringMatching(`[a-c]{1,64}@b{1,63}\.de`)).Draw(t, "text"))
		at, capitals := UsualEmail(text)
		if at > 0 && (!isEmail(text) || at != bytes.IndexByte(text, '@') ||
			capitals != !bytes.Equal(text, bytes.ToLower(text))) {
			t.Fatalf("%q is a usual address with an @ at %d, capitals: %v", text, at, capitals)
		}
	})

	// Each of these letters is odd, wherever it is; each address without it is usual.
	for size := 8; size <= 64; size++ {
		usual := strings.Repeat("a", size-len("@b.de")) + "@b.de"
		if at, _ := UsualEmail([]byte(usual)); at != size-len("@b.de") {
			t.Errorf("%q is not usual", usual)
		}
		for at := range size {
			for _, odd := range " *@\"\\\x00\x7f(/:[`{" {
				text := []byte(usual)
				if text[at] == byte(odd) {
					continue
				}
				text[at] = byte(odd)
				if at, _ := UsualEmail(text); at > 0 && odd != '@' || at > 0 && !isEmail(text) {
					t.Errorf("%q is usual", text)
				}
			}
		}
	}

	for _, text := range []string{"ann@example.com", "Ann.B+x@mail.example-shop.co.uk",
		"o'brien@a.ie", "1@2345.de", "a-b_c@d-e.io"} {
		if at, _ := UsualEmail([]byte(text)); at == 0 {
			t.Errorf("%q is not usual", text)
		}
	}
}
