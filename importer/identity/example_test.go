package identity_test

import (
	"fmt"

	"ableimport/importer/identity"
	"ableimport/mapping"
)

// An event whose amount an export writes with fewer zeros is the same event with the same content.
func ExampleIdentifier_Identify() {
	event := func(value string) *mapping.Event {
		return &mapping.Event{
			Type: "Purchase", ID: mapping.AppendID(nil, []byte("INV-1")), HasAmount: true,
			Minor: 1250, Currency: "EUR",
			Body: []byte(`{"event_type":"Purchase","resource":{"order_id":"INV-1","deal_value":` +
				value + `}}`),
		}
	}
	ids := identity.Identifier{Namespace: "invoices"}
	a, b := ids.Identify(event("12.50")), ids.Identify(event("12.5"))
	fmt.Println(a.ID == b.ID, a.Content == b.Content, a.Body == b.Body)
	// Output: true true false
}
