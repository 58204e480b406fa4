package draft_test

import (
	"fmt"

	"ableimport/mapping/draft"
)

// LooksLike says what kind of value a cell holds, for people who match columns.
func ExampleLooksLike() {
	for _, text := range []string{"2026-11-05", "1.250,00 €", "ann@example.com", "Mug"} {
		fmt.Printf("%q\n", draft.LooksLike([]byte(text)))
	}
	// Output:
	// "date"
	// "number"
	// "e-mail"
	// ""
}
