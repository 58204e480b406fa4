package mapping

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestAppendString: what is written reads back as the same text, and is no longer than necessary.
func TestAppendString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(),
			rapid.StringMatching(`[ -~]{0,40}["\\]?[ -~\x00-\x1fé漢]{0,20}`)).Draw(t, "text")
		written := appendString(nil, []byte(text))
		var read string
		if err := json.Unmarshal(written, &read); err != nil || read != text {
			t.Fatalf("appendString(%q) = %s, which reads as %q (%v)", text, written, read, err)
		}
	})
}

func TestAppendStringReplacesWhatIsNotUTF8(t *testing.T) {
	for _, text := range []string{"\xff", "abcdefgh\xffi", "\xe2\x82", "ok\xc0\xaf"} {
		written := appendString(nil, []byte(text))
		if !json.Valid(written) || !utf8.Valid(written) {
			t.Errorf("appendString(%q) = %q, want valid JSON", text, written)
		}
	}
}

// Wherever it is in a text of any length, a byte that is odd is found.
func TestAppendCheckedLooksAtEveryByte(t *testing.T) {
	for length := 1; length <= 40; length++ {
		for at := range length {
			for odd, want := range map[byte]string{'"': `\"`, '\\': `\\`, '\t': `\t`,
				0x1f: `\u001f`, 0xff: "\ufffd", 0x80: "\ufffd", 0x7f: "\x7f", ' ': " "} {
				text := bytes.Repeat([]byte("z"), length)
				text[at] = odd
				want = `"` + strings.Repeat("z", at) + want + strings.Repeat("z", length-at-1) + `"`
				got, valid := appendChecked([]byte("before"), text)
				if string(got) != "before"+want || valid != (odd < utf8.RuneSelf) {
					t.Fatalf("%q is written as %s (%v), want %s", text, got, valid, want)
				}
			}
		}
	}
}
