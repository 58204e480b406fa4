package number_test

import (
	"fmt"
	"math/big"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// A format is given by example. What does not fit it is an error, never a guess.
func ExampleParseFormat() {
	german, err := number.ParseFormat("1.234,56")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"1.250,00", "-12,5 €", "1,250.00"} {
		value, err := german.Read([]byte(text), cell.Text)
		fmt.Println(value, err)
	}
	// Output:
	// 1250.00 <nil>
	// -12.5 <nil>
	// 0 "1,250.00" does not fit the number format "1.234,56"
}

// One value that makes sense with only one decimal mark decides for its column.
func ExampleProof() {
	var proof number.Proof
	for i, text := range []string{"1.250", "900", "12,50"} {
		proof.Observe(i+2, []byte(text), cell.Text, "EUR")
	}
	format, open := proof.Resolve()
	fmt.Println(format, open == nil)
	// Output: 1.234,56 true
}

// If no value decides, the proof asks.
func ExampleProof_Resolve() {
	var proof number.Proof
	proof.Observe(2, []byte("1.250"), cell.Text, "")
	_, open := proof.Resolve()
	fmt.Print(open.Describe("Total", "mapping.yaml"))
	// Output:
	// column "Total" can be read two ways in row 2: 1.250
	//   as 1234.56  1.250      as 1.234,56  1250
	// Say which, in mapping.yaml:
	//   formats: {number: "1234.56"}
}

// Amounts are counted in the minor units of their currency.
func ExampleToMinor() {
	for _, currency := range []string{"EUR", "JPY", "KWD"} {
		minor, err := number.ToMinor(number.Decimal{Coef: 125, Scale: 1}, currency)
		fmt.Println(currency, minor, err)
	}
	// Output:
	// EUR 1250 <nil>
	// JPY 0 12.5 has more decimals than JPY has (0)
	// KWD 12500 <nil>
}

func ExampleAppendMoney() {
	fmt.Println(string(number.AppendMoney(nil, big.NewInt(-1250), "EUR")))
	// Output: -12.50
}
