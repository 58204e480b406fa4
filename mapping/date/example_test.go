package date_test

import (
	"fmt"
	"time"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
)

// A layout consists of tokens; what a value does not say comes from the context.
func ExampleParseFormat() {
	format, err := date.ParseFormat("DD/MM/YYYY HH:mm")
	if err != nil {
		fmt.Println(err)
		return
	}
	berlin, err := date.ParseZone("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	when, err := format.Read([]byte("05/11/2026 14:03"), cell.Text, date.Context{Zone: berlin})
	fmt.Println(when.Format(time.RFC3339), err)
	// Output: 2026-11-05T13:03:00Z <nil>
}

// A day after the twelfth decides the order of day and month for its column.
func ExampleProof() {
	var proof date.Proof
	for i, text := range []string{"03/04/2026", "05/04/2026", "17/04/2026"} {
		proof.Observe(i+2, []byte(text), cell.Text)
	}
	format, open := proof.Resolve()
	fmt.Println(format.String(), open == nil)
	// Output: DD/MM/YYYY true
}

// If no day decides, the proof asks.
func ExampleProof_Resolve() {
	var proof date.Proof
	proof.Observe(2, []byte("03/04/2026"), cell.Text)
	_, open := proof.Resolve()
	for _, reading := range open.Examples {
		fmt.Println(reading.Format, "-", reading.Result)
	}
	// Output:
	// DD/MM/YYYY - 3 April 2026
	// MM/DD/YYYY - 4 March 2026
}
