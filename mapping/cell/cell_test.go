package cell

import (
	"bytes"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// TestReadAll: reading several cells gives what reading each of them gives.
func TestReadAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		row := Row{Number: 7, Signs: []string{"", "€"}}
		texts := rapid.OneOf(rapid.String(),
			rapid.StringMatching(`[ =\t]?"?[a0é]{0,2}"?[ \x{200b}]?`))
		for range rapid.IntRange(0, 4).Draw(t, "cells") {
			row.Cells = append(row.Cells, []byte(texts.Draw(t, "text")))
		}
		row.Kinds = rapid.SliceOfN(rapid.ByteRange(Empty, NoValue), 0, 4).Draw(t, "kinds")
		columns := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 4).Draw(t, "columns")

		cells := make([]Cell, len(columns))
		for i := range cells { // of the row before
			cells[i] = Cell{Text: []byte("before"), Kind: Number, Row: 6, Conflict: 5, Sign: "$"}
		}
		ReadAll(cells, &row, columns)
		for i, column := range columns {
			var want Cell
			Read(&want, &row, column)
			got := cells[i]
			if string(got.Text) != string(want.Text) || got.Kind != want.Kind ||
				got.Row != want.Row || got.Conflict != want.Conflict || got.Sign != want.Sign {
				t.Errorf("cell %d of %+v: got %+v, want %+v", column, row, got, want)
			}
		}
	})
}

// Whatever a text begins and ends with, the quick looks at its edges change nothing.
func TestTrim(t *testing.T) {
	check := func(text string) {
		want := bytes.TrimFunc([]byte(text), func(r rune) bool {
			return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b'
		})
		if got := Trim([]byte(text)); string(got) != string(want) {
			t.Fatalf("Trim(%q) = %q, want %q", text, got, want)
		}
	}
	for first := range 256 {
		for second := range 256 {
			for _, inner := range []string{"", "a", "é"} {
				edge := string([]byte{byte(first), byte(second)})
				check(edge + inner + edge)
				check(inner + edge)
				check(edge + inner)
			}
		}
	}
	for edge := range rune(0x10000) {
		check(string(edge) + "a" + string(edge))
		check(string(edge) + "a")
		check("a" + string(edge))
	}
}
