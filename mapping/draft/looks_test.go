package draft

import (
	"testing"
)

func TestLooksLike(t *testing.T) {
	for text, want := range map[string]string{
		"12.50": "number", "1.234,50 €": "number", "-5": "number", "2026-01-31": "date",
		"31.01.2026 10:00": "date", "07/03/2026": "date", "ann@example.com": "e-mail", "Ann": "",
		"A-1": "", "": "", "12,5x": "",
	} {
		if got := LooksLike([]byte(text)); got != want {
			t.Errorf("LooksLike(%q) = %q, want %q", text, got, want)
		}
	}
}
