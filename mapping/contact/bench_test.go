package contact

import (
	"testing"
)

func BenchmarkEmail(b *testing.B) {
	cell, dst := []byte(" Ann.Example@Example.COM"), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadEmail(dst, cell); err != nil {
			b.Fatal(err)
		}
	}
}
