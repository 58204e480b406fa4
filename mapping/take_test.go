package mapping

import (
	"testing"
)

func TestTake(t *testing.T) {
	for _, test := range []struct {
		name       string
		take       take
		cell, want string
	}{
		{"first word", take{firstWord: true}, " Ann Mary Example", "Ann"},
		{"first word alone", take{firstWord: true}, "Ann", "Ann"},
		{"rest", take{restWords: true}, "Ann  Mary Example ", "Mary Example"},
		{"rest of one word", take{restWords: true}, "Ann", ""},
		{"after, to the end", take{after: "gclid="}, "note gclid=Cj0_x-1", "Cj0_x-1"},
		{"after, to a mark", take{after: "gclid="}, "gclid=Cj0, source=google", "Cj0"},
		{"after with a blank", take{after: "Order"}, "Order 1001 paid", "1001"},
		{"after, not there", take{after: "gclid="}, "no click", ""},
		{"query", take{query: "gclid"}, "https://shop.example/?utm_source=g&gclid=Cj0%2B1&x=2",
			"Cj0+1"},
		{"query first", take{query: "gclid"}, "https://shop.example/?gclid=Cj0#top", "Cj0"},
		{"query in a text", take{query: "gclid"}, "came by https://shop.example/?gclid=Cj0 today",
			"Cj0"},
		{"query without address", take{query: "gclid"}, "gclid=Cj0&x=1", "Cj0"},
		{"query of another name", take{query: "gclid"}, "https://shop.example/?wgclid=1", ""},
		{"query with a broken code", take{query: "q"}, "?q=1%2&z=%41", "1%2"},
	} {
		if got := string(test.take.from([]byte(test.cell))); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzTake(f *testing.F) {
	f.Add("https://shop.example/?q=1")
	f.Fuzz(func(t *testing.T, value string) {
		(&take{query: "q"}).from([]byte(value))
		(&take{after: "="}).from([]byte(value))
	})
}
