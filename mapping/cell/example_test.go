package cell_test

import (
	"fmt"

	"ableimport/mapping/cell"
)

func ExampleVisible() {
	fmt.Println(cell.Visible("INV-1\x1b[2J\u202e"))
	// Output: INV-1␛[2J�
}

func ExampleMaskPersonal() {
	for _, value := range []string{"ann@example.com", "+49 30 901820", "INV-2041"} {
		fmt.Println(cell.MaskPersonal(value))
	}
	// Output:
	// a•••@e•••.com
	// +49•••20
	// INV-2041
}
