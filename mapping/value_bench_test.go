package mapping

import "testing"

func BenchmarkNumber(b *testing.B) {
	western, _ := parseNumberFormat("1,234.56")
	german, _ := parseNumberFormat("1.234,56")
	for _, bench := range []struct {
		name, cell string
		format     numberFormat
	}{
		{"plain", "1299.00", numberFormat{}},
		{"grouped", "$1,149.00", western},
		{"german", "1.234,56 €", german},
		{"full width", "１，２３４円", western},
	} {
		b.Run(bench.name, func(b *testing.B) {
			cell := []byte(bench.cell)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bench.format.read(cell, KindText); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDate(b *testing.B) {
	berlin, _ := parseZone("Europe/Berlin")
	context := dateContext{zone: berlin, timeOfDay: clock{set: true, hour: 12}}
	for _, bench := range []struct{ name, layout, cell string }{
		{"ISO day", "iso", "2025-12-06"},
		{"ISO local", "iso", "2025-12-06 10:37:33"},
		{"ISO offset", "iso", "2025-12-06 10:37:33 -0500"},
		{"ISO abbreviation", "iso", "2025-12-06 10:37:33 PST"},
		{"layout", "DD/MM/YYYY HH:mm", "06/12/2025 10:37"},
		{"month name", "D MMM YYYY", "6 Dec 2025"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			format, err := parseDateFormat(bench.layout)
			if err != nil {
				b.Fatal(err)
			}
			cell := []byte(bench.cell)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := format.read(cell, KindText, context); err != nil {
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
		code, _ := currencyCode(cell)
		if _, err := toMinor(Decimal{1299, 2}, code); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEmail(b *testing.B) {
	cell, dst := []byte(" Ann.Example@Example.COM"), make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readEmail(dst, cell); err != nil {
			b.Fatal(err)
		}
	}
}
