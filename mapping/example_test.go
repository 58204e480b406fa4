package mapping_test

import (
	"fmt"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

const invoices = `version: 1
name: invoices
event: Purchase
formats: {number: "1.234,56"}
where: col("Status") == "Paid"
fields:
  order_id: Number
  deal_value: Total
  deal_currency: {const: EUR}
  keys: {email: Customer}
`

// A mapping is parsed once, bound to the heading of a file, and then maps group after group.
func ExampleMapper_Map() {
	config, err := mapping.Parse("invoices.yaml", []byte(invoices), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	mapper, err := config.Bind("june.csv", []string{"Number", "Total", "Customer", "Status"})
	if err != nil {
		fmt.Println(err)
		return
	}
	row := func(number int, texts ...string) []cell.Row {
		r := cell.Row{Number: number}
		for _, text := range texts {
			r.Cells = append(r.Cells, []byte(text))
		}
		return []cell.Row{r}
	}
	var event mapping.Event
	mapper.Map(row(2, "INV-1", "1.250,00", "ann@example.com", "Paid"), &event)
	fmt.Printf("%s\n", event.Body)
	mapper.Map(row(3, "INV-2", "80,00", "bob@example.com", "Draft"), &event)
	fmt.Println(event.State == mapping.Skipped, event.Reason)
	mapper.Map(row(4, "INV-3", "12,5x", "bob@example.com", "Paid"), &event)
	for _, problem := range event.Problems {
		fmt.Printf("june.csv:%d: %s: %s\n", problem.Row, problem.Column, problem.Message())
	}
	// Output:
	// {"event_type":"Purchase","resource":{"order_id":"INV-1","deal_value":1250.00,"deal_currency":"EUR","keys":{"email":"ann@example.com"}}}
	// true where
	// june.csv:4: Total: "12,5x" is not a number
}

// A missing column is reported with its place in the mapping.
func ExampleConfig_Bind() {
	config, err := mapping.Parse("invoices.yaml", []byte(invoices), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = config.Bind("june.csv", []string{"Number", "Totl", "Customer", "Status"})
	fmt.Println(err)
	// Output:
	// invoices.yaml:8:15: no column "Total" in june.csv; nearest: "Totl"
	//   7 |   order_id: Number
	// > 8 |   deal_value: Total
	//     |               ^
}

// All rows of a file prove the formats that the mapping leaves open; otherwise people are asked.
func ExampleConfig_Survey() {
	source :=
		"version: 1\nname: till\nevent: Purchase\nfields:\n  order_id: No\n  deal_value: Total\n" +
			"  deal_currency: {const: EUR}\n  keys: {client_id: No}\n"
	config, err := mapping.Parse("till.yaml", []byte(source), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	survey, err := config.Survey("till.csv", []string{"No", "Total"})
	if err != nil {
		fmt.Println(err)
		return
	}
	survey.Observe(cell.Row{Number: 2, Cells: [][]byte{[]byte("1"), []byte("1.250")}})
	_, err = survey.Resolve()
	fmt.Println(err)
	// Output:
	// till.csv: column "Total" can be read two ways in row 2: 1.250
	//   as 1234.56  1.250      as 1.234,56  1250
	// Say which, in till.yaml:
	//   formats: {number: "1234.56"}
}
