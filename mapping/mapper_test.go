package mapping

import (
	"strings"
	"testing"
)

// A text does not change, whatever is added after it, and however long it is.
func TestTextsStay(t *testing.T) {
	var all texts
	var want, got []string
	for i := range 2000 {
		text := strings.Repeat(string(rune('a'+i%26)), i*7%(textBlock/40))
		if i%500 == 7 {
			text = strings.Repeat("x", textBlock+i)
		}
		buffer := []byte(text)
		want, got = append(want, text), append(got, all.add(buffer))
		clear(buffer)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("text %d is %q, want %q", i, got[i], want[i])
		}
	}
}
