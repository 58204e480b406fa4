package main

import (
	"bytes"
	"testing"
)

// Characters are written out wherever a buffer ends within them.
func TestShownWriter(t *testing.T) {
	text := "a\x1b[1m\r\ab\n\tc\u009b2Jb\u202ec\u2066d\u007fe\u0085 ü 日 \u200d \U0001f600 \xff\xc2"
	want := `a\u001b[1m\u000d\u0007b` + "\n\tc" + `\u009b2Jb\u202ec\u2066d\u007fe\u0085 ü 日 ` +
		"\u200d \U0001f600 \xff\xc2"
	for size := 1; size <= len(text); size++ {
		var got bytes.Buffer
		w := &shownWriter{to: &got}
		for rest := text; rest != ""; {
			n := min(size, len(rest))
			if written, err := w.Write([]byte(rest[:n])); written != n || err != nil {
				t.Fatal(written, err)
			}
			rest = rest[n:]
		}
		w.flush()
		if got.String() != want {
			t.Errorf("in writes of %d bytes: %q, want %q", size, got.String(), want)
		}
	}
}
