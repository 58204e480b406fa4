package contact_test

import (
	"fmt"

	"ableimport/mapping/contact"
)

// Refused addresses are shown masked.
func ExampleReadEmail() {
	for _, text := range []string{" Ann.Example@Example.COM ", "ann@example"} {
		address, err := contact.ReadEmail(nil, []byte(text))
		fmt.Printf("%s %v\n", address, err)
	}
	// Output:
	// ann.example@example.com <nil>
	//  "a•••@e•••" is not an e-mail address
}

// Numbers without a country code need a region.
func ExampleReadPhone() {
	phone, err := contact.ReadPhone(nil, []byte("030 901820"), "DE")
	fmt.Printf("%s %v\n", phone, err)
	// Output: +4930901820 <nil>
}
