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

// textOf is a text as a list has it, without the comma behind it. It is the same whether or not
// there is room for it.
func textOf(text []byte) []byte {
	written, _ := appendText(nil, quote, text)
	roomy, _ := appendText(make([]byte, 0, len(written)+memberBlock), quote, text)
	if !bytes.Equal(written, roomy) {
		return append(written, roomy...)
	}
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
				got, valid := appendText(append(make([]byte, 0, 100), "before"...), quote, text)
				if string(got) != "before"+want+"," || valid != (odd < utf8.RuneSelf) {
					t.Fatalf("%q is written as %s (%v), want %s", text, got, valid, want)
				}
			}
		}
	}
}

// Names of any length begin a field, whether or not there is room.
func TestMembers(t *testing.T) {
	for size := 1; size <= 2*memberBlock; size++ {
		name := strings.Repeat("n", size-1) + "\""
		want := `"` + strings.Repeat("n", size-1) + `\"":`
		for _, room := range []int{0, memberBlock - 1, memberBlock, 4 * memberBlock} {
			dst := append(make([]byte, 0, room+1), '{')
			dst, _ = appendText(textMember(name).appendTo(dst), quote, []byte("v"))
			dst, _ = appendText(dst, textMember(name), []byte("text"))
			dst = append(valueMember(name).appendTo(dst), "12,"...)
			got := string(appendEnd(dst, 1, '}'))
			if got != "{"+want+`""v",`+want+`"text",`+want+"12}," {
				t.Fatalf("%d bytes, room for %d: got %s", size, room, got)
			}
		}
	}
}

func TestAppendEnd(t *testing.T) {
	for before, want := range map[string]string{"x[": "x[],", "x[1,": "x[1],"} {
		if got := string(appendEnd([]byte(before), 2, ']')); got != want {
			t.Errorf("%s ends as %s, want %s", before, got, want)
		}
	}
}
