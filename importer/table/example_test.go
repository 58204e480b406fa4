package table_test

import (
	"fmt"
	"os"
	"path/filepath"

	"ableimport/importer/table"
)

// Open finds out how a file is written; Rows streams the rows below the header row.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "june.csv")
	text := "Exported on 1 July\n\nNumber;Customer;Total\nINV-1;\"Ann; Bob\";12,50\nINV-2;Cy;8,00\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	t, err := table.Open(path, table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer t.Close()
	info := t.Info()
	fmt.Printf("%s, %s, %q, header in row %d: %q\n",
		info.Format, info.Encoding, info.Delimiter, info.HeaderRow, t.Header())
	for row, err := range t.Rows() {
		fmt.Printf("%d %q %v\n", row.Number, row.Cells, err)
	}
	// Output:
	// csv, utf-8, ";", header in row 3: ["Number" "Customer" "Total"]
	// 4 ["INV-1" "Ann; Bob" "12,50"] <nil>
	// 5 ["INV-2" "Cy" "8,00"] <nil>
}
