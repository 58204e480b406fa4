package mapping

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestAppendText: what is written reads back as the same text, and is no longer than necessary.
func TestAppendText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(),
			rapid.StringMatching(`[ -~]{0,40}["\\]?[ -~\x00-\x1fé漢]{0,20}`)).Draw(t, "text")
		written := textOf([]byte(text))
		var read string
		if err := json.Unmarshal(written, &read); err != nil || read != text {
			t.Fatalf("textOf(%q) = %s, which reads as %q (%v)", text, written, read, err)
		}
	})
}

// textOf is a text as a list has it, without the comma behind it.
func textOf(text []byte) []byte {
	written, _ := appendText(nil, quote, text)
	return bytes.TrimSuffix(written, []byte{','})
}

func TestAppendTextReplacesWhatIsNotUTF8(t *testing.T) {
	for _, text := range []string{"\xff", "abcdefgh\xffi", "\xe2\x82", "ok\xc0\xaf"} {
		written := textOf([]byte(text))
		if !json.Valid(written) || !utf8.Valid(written) {
			t.Errorf("textOf(%q) = %q, want valid JSON", text, written)
		}
	}
}

// Wherever it is in a text of any length, a byte that is odd is found.
func TestAppendTextLooksAtEveryByte(t *testing.T) {
	for length := 1; length <= 40; length++ {
		for at := range length {
			for odd, want := range map[byte]string{'"': `\"`, '\\': `\\`, '\t': `\t`,
				0x1f: `\u001f`, 0xff: "\ufffd", 0x80: "\ufffd", 0x7f: "\x7f", ' ': " "} {
				text := bytes.Repeat([]byte("z"), length)
				text[at] = odd
				want = `"` + strings.Repeat("z", at) + want + strings.Repeat("z", length-at-1) + `"`
				got, valid := appendText([]byte("before"), quote, text)
				if string(got) != "before"+want+"," || valid != (odd < utf8.RuneSelf) {
					t.Fatalf("%q is written as %s (%v), want %s", text, got, valid, want)
				}
			}
		}
	}
}
