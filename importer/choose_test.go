package importer

import (
	"maps"
	"testing"

	"pgregory.net/rapid"
)

// The choice does not depend on the order of the events, is never larger than wanted, and shows the
// largest amount first.
func TestChoice(t *testing.T) {
	event := rapid.Custom(func(t *rapid.T) record {
		return record{
			input:     rapid.Uint16Max(3).Draw(t, "input"),
			rows:      rapid.Uint32Range(1, 3).Draw(t, "rows"),
			minor:     rapid.Int64Range(0, 5).Draw(t, "minor"),
			hasAmount: rapid.Bool().Draw(t, "hasAmount"),
			currency:  rapid.SampledFrom([]string{"EUR", "USD"}).Draw(t, "currency"),
			traits:    rapid.SampledFrom([]uint32{1, 2, 3, 1 | itemsTrait}).Draw(t, "traits"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(event, 1, 30).Draw(t, "events")
		size := rapid.IntRange(1, 12).Draw(t, "size")
		for i := range events {
			events[i].seq = uint64(i)
		}
		forth, back := canaryChoice{size: size}, canaryChoice{size: size}
		for i := range events {
			forth.consider(&events[i])
			back.consider(&events[len(events)-1-i])
		}
		picked := forth.picked()
		if !maps.Equal(picked, back.picked()) {
			t.Fatalf("picked %v, and %v in another order", picked, back.picked())
		}
		if len(picked) > size || len(picked) == 0 {
			t.Fatalf("picked %d events, want at most %d", len(picked), size)
		}
		shown := map[trait]bool{}
		for seq := range picked {
			for _, w := range events[seq].shows() {
				shown[w] = true
			}
		}
		for w := range forth.best {
			if len(picked) < size && !shown[w] {
				t.Errorf("nothing shows %v, though there was room", w)
			}
		}
	})
}
