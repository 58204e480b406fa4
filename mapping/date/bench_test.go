package date

import (
	"testing"

	"ableimport/mapping/cell"
)

func BenchmarkDate(b *testing.B) {
	berlin, _ := ParseZone("Europe/Berlin")
	context := Context{Zone: berlin, TimeOfDay: Clock{Set: true, Hour: 12}}
	for _, bench := range []struct{ name, layout, cell string }{
		{"ISO day", "iso", "2025-12-06"},
		{"ISO local", "iso", "2025-12-06 10:37:33"},
		{"ISO offset", "iso", "2025-12-06 10:37:33 -0500"},
		{"ISO abbreviation", "iso", "2025-12-06 10:37:33 PST"},
		{"layout", "DD/MM/YYYY HH:mm", "06/12/2025 10:37"},
		{"month name", "D MMM YYYY", "6 Dec 2025"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			format, err := ParseFormat(bench.layout)
			if err != nil {
				b.Fatal(err)
			}
			value := []byte(bench.cell)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := format.Read(value, cell.Text, context); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
