package spill_test

import (
	"fmt"

	"ableimport/importer/spill"
)

// Records of one size come back in the order of their bytes.
func ExampleSorter() {
	dir, err := spill.NewPrivateDir()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer dir.Remove()
	sorter := spill.NewSorter(dir.Path(), 8)
	defer sorter.Close()
	for _, record := range []string{"invoice3", "invoice1", "invoice2"} {
		if err := sorter.Add([]byte(record)); err != nil {
			fmt.Println(err)
			return
		}
	}
	for record, err := range sorter.Records() {
		fmt.Println(string(record), err)
	}
	// Output:
	// invoice1 <nil>
	// invoice2 <nil>
	// invoice3 <nil>
}
