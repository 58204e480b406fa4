package main

import (
	"math"
	"testing"
)

func TestParseRate(t *testing.T) {
	for text, want := range map[string]float64{"": 0, "50": 50, "50/s": 50, "3000/m": 50,
		"0.5/s": 0.5, "none": math.Inf(1)} {
		if got, err := parseRate(text); err != nil || got != want {
			t.Errorf("%q: %g, %v, want %g", text, got, err, want)
		}
	}
	for _, text := range []string{"0", "-1/s", "50x", "5 0/s", "1,5/s", "nan", "inf/s", "50/h",
		"/s", "fast"} {
		if got, err := parseRate(text); err == nil {
			t.Errorf("%q: %g, want an error", text, got)
		}
	}
}
