package report_test

import (
	"fmt"

	"ableimport/importer/report"
)

func ExampleAmount() {
	fmt.Println(report.Amount("1234567.50"))
	// Output: 1,234,567.50
}

func ExamplePlural() {
	fmt.Println(report.Plural(1, "row"), report.Plural(1000, "row"))
	// Output: 1 row 1,000 rows
}

// A formula in a cell must not run when somebody opens the report.
func ExampleGuard() {
	fmt.Println(report.Guard("=HYPERLINK(1)"), report.Unguard(report.Guard("=HYPERLINK(1)")))
	// Output: '=HYPERLINK(1) =HYPERLINK(1)
}

func ExampleSize() {
	for _, bytes := range []int64{0, 999, 1_000, 999_999, 1_249_999, 52_428_800, 3_200_000_000} {
		fmt.Println(report.Size(bytes))
	}
	// Output:
	// 0 B
	// 999 B
	// 1 KB
	// 999 KB
	// 1.2 MB
	// 52.4 MB
	// 3.2 GB
}
