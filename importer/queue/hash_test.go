package queue

import (
	"strings"
	"testing"
)

func TestHashHasItsLength(t *testing.T) {
	good := strings.Repeat("0a", 16)
	var h Hash
	if err := h.UnmarshalText([]byte(good)); err != nil || h[15] != 10 {
		t.Errorf("%x: %v", h, err)
	}
	for _, text := range []string{"", good[:30], good + "0", good + "0a", strings.Repeat("x", 32)} {
		if h.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is read as a hash", text)
		}
	}
}
