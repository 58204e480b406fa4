package importer_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ableimport/importer"
	"ableimport/mapping"
)

const ordersMapping = `version: 1
name: orders
event: Purchase
group_by: Order
fields:
  order_id: Order
  deal_value: {column: Amount, sum: true}
  deal_currency: {const: EUR}
  keys: {client_id: Order}
items: {name: Item, price: Amount, qty: {const: "1"}}
`

// Where the rows of an order are in the file never changes what the order becomes.
func TestNeighbourhoodDoesNotMatter(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var together []string
		var owners []int // of each row, by its order
		rows := map[int][]string{}
		for order := range rapid.IntRange(1, 8).Draw(t, "orders") {
			for item := range rapid.IntRange(1, 5).Draw(t, "rows of the order") {
				row := fmt.Sprintf("A-%d,%d.%02d,item %d", order, order*7+item+1, item*13, item)
				rows[order], together, owners = append(rows[order], row), append(together, row),
					append(owners, order)
			}
		}
		var apart []string // each order keeps the order of its own rows
		for _, order := range rapid.Permutation(owners).Draw(t, "places") {
			apart, rows[order] = append(apart, rows[order][0]), rows[order][1:]
		}
		want, got := bodiesOf(t, dir, together), bodiesOf(t, dir, apart)
		if !slices.Equal(got, want) {
			t.Fatalf("rows %q become\n%q, want\n%q", apart, got, want)
		}
	})
}

// bodiesOf returns the bodies that a run over the rows would post, sorted.
func bodiesOf(t *rapid.T, dir string, rows []string) []string {
	file := filepath.Join(dir, "orders.csv")
	if err := os.WriteFile(file, []byte("Order,Amount,Item\n"+strings.Join(rows, "\n")+"\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	config, err := mapping.Parse("orders.yaml", []byte(ordersMapping),
		func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.Open(importer.Job{Files: []string{file}, Mapping: config})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	if err := im.WriteEvents(t.Context(), plan, w); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	slices.Sort(lines)
	return lines
}
