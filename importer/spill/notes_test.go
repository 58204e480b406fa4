package spill

import (
	"encoding/binary"
	"math/rand"
	"os"
	"testing"
)

// Each record is given back by its number, in memory and in the file, in any order.
func TestNotes(t *testing.T) {
	for _, size := range []int{8, 16, 24} {
		for _, count := range []int{0, 1, 5000, 50_000} {
			dir := t.TempDir()
			notes := NewNotes(dir, size)
			for i := 0; i < count; {
				var records []byte
				for range min(1+i%7, count-i) { // several at once
					records = append(records, make([]byte, size)...)
					binary.LittleEndian.PutUint64(records[len(records)-8:], uint64(i))
					i++
				}
				if err := notes.Add(records); err != nil {
					t.Fatal(err)
				}
			}
			if notes.Len() != uint64(count) {
				t.Errorf("there are %d records, want %d", notes.Len(), count)
			}

			random := rand.New(rand.NewSource(1))
			for i := range min(count, 2000) {
				number := count - 1 - i
				if i%2 == 0 {
					number = random.Intn(count)
				}
				raw, err := notes.At(uint64(number))
				if err != nil || len(raw) != size ||
					binary.LittleEndian.Uint64(raw[size-8:]) != uint64(number) {
					t.Fatalf("of %d records of %d bytes, number %d is %v, %v", count, size,
						number, raw, err)
				}
			}

			if err := notes.Close(); err != nil {
				t.Fatal(err)
			}
			if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
				t.Errorf("the files %v are left: %v", left, err)
			}
		}
	}
}
