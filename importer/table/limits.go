package table

import "fmt"

// defaultLimits are far beyond what a billing export needs and far below what a machine has.
var defaultLimits = Limits{Cell: 4 << 20, Row: 16 << 20, Columns: 16384, Unpacked: 16 << 30}

// orDefaults fills in what the caller left open.
func (l Limits) orDefaults() Limits {
	if l.Cell <= 0 {
		l.Cell = defaultLimits.Cell
	}
	if l.Row <= 0 {
		l.Row = defaultLimits.Row
	}
	if l.Columns <= 0 {
		l.Columns = defaultLimits.Columns
	}
	if l.Unpacked <= 0 {
		l.Unpacked = defaultLimits.Unpacked
	}
	return l
}

// byteSize writes a limit for people: "4 MiB".
func byteSize(n int64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	unit := 0
	for n >= 1024 && n%1024 == 0 && unit < len(units)-1 {
		n /= 1024
		unit++
	}
	return fmt.Sprintf("%d %s", n, units[unit])
}
