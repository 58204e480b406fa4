package number

import (
	"testing"

	"ableimport/mapping/cell"
)

func BenchmarkNumber(b *testing.B) {
	western, _ := ParseFormat("1,234.56")
	german, _ := ParseFormat("1.234,56")
	for _, bench := range []struct {
		name, cell string
		format     Format
	}{
		{"plain", "1299.00", Format{}},
		{"grouped", "$1,149.00", western},
		{"german", "1.234,56 €", german},
		{"full width", "１，２３４円", western},
	} {
		b.Run(bench.name, func(b *testing.B) {
			value := []byte(bench.cell)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bench.format.Read(value, cell.Text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMoney(b *testing.B) {
	cell := []byte("eur")
	b.ReportAllocs()
	for b.Loop() {
		code, _ := CurrencyCode(cell)
		if _, err := ToMinor(Decimal{1299, 2}, code); err != nil {
			b.Fatal(err)
		}
	}
}
