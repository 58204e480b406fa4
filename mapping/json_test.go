package mapping

import (
	"encoding/json"
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
