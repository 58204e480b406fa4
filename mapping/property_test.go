package mapping

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

const propertyMapping = `version: 1
name: shop
event: Purchase
group_by: Order
where: col("Status") == "paid"
fields:
  order_id: Order
  deal_value: {column: Line, sum: true}
  deal_currency: Currency
  keys: {email: Email}
items: {name: Item, price: Line}
`

// order is one order of a made-up export.
type order struct {
	number   int
	status   string
	currency string
	lines    []*big.Rat
	blank    bool // fields of the order are only in its first row
}

func drawOrder(t *rapid.T, num int) order {
	o := order{
		number:   num,
		status:   rapid.SampledFrom([]string{"paid", "open"}).Draw(t, "status"),
		currency: rapid.SampledFrom([]string{"EUR", "USD", "JPY", "KWD"}).Draw(t, "currency"),
		blank:    rapid.Bool().Draw(t, "blank"),
	}
	exponent, _ := number.Exponent(o.currency)
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent)), nil)
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		minor := rapid.Int64Range(1, 1e12).Draw(t, "minor")
		o.lines = append(o.lines, new(big.Rat).SetFrac(big.NewInt(minor), scale))
	}
	return o
}

func (o order) rows(from int) []cell.Row {
	exponent, _ := number.Exponent(o.currency)
	var rows []cell.Row
	for i, line := range o.lines {
		cells := []string{fmt.Sprint(o.number), o.status, o.currency, "a@example.com",
			fmt.Sprint("item ", i), line.FloatString(exponent)}
		if o.blank && i > 0 {
			cells[1], cells[2], cells[3] = "", "", ""
		}
		row := cell.Row{Number: from + i}
		for _, value := range cells {
			row.Cells, row.Kinds = append(row.Cells, []byte(value)),
				append(row.Kinds, cell.KindOfText([]byte(value)))
		}
		rows = append(rows, row)
	}
	return rows
}

// TestTotals: the events' money adds up to the cent to an independent sum, paid and left out, and
// each body says the same amount.
func TestTotals(t *testing.T) {
	c := parse(t, propertyMapping)
	rapid.Check(t, func(t *rapid.T) {
		m, err := c.Bind("x.csv", []string{"Order", "Status", "Currency", "Email", "Item", "Line"})
		if err != nil {
			t.Fatal(err)
		}
		want, got := map[string]*big.Rat{}, map[string]*big.Rat{}
		row := 2
		for num := range rapid.IntRange(1, 8).Draw(t, "orders") {
			o := drawOrder(t, num+1)
			var e Event
			m.Map(o.rows(row), &e)
			row += len(o.lines)
			state := Mapped
			if o.status != "paid" {
				state = Skipped
			}
			if e.State != state {
				t.Fatalf("order %+v: state %d, %+v", o, e.State, e.Problems)
			}
			key := fmt.Sprint(o.currency, e.State)
			for _, line := range o.lines {
				sum(want, key, line)
			}
			exponent, _ := number.Exponent(o.currency)
			scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent)), nil)
			sum(got, key, new(big.Rat).SetFrac(big.NewInt(e.Minor), scale))
			if e.State == Mapped {
				checkValue(t, &e, exponent)
			}
		}
		for key := range want {
			if want[key].Cmp(got[key]) != 0 {
				t.Errorf("%s: events add up to %v, rows to %v", key, got[key], want[key])
			}
		}
	})
}

func sum(sums map[string]*big.Rat, key string, amount *big.Rat) {
	if sums[key] == nil {
		sums[key] = new(big.Rat)
	}
	sums[key].Add(sums[key], amount)
}

func checkValue(t *rapid.T, e *Event, exponent int) {
	var body struct {
		Resource struct {
			Value json.Number `json:"deal_value"`
		}
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		t.Fatalf("%s: %v", e.Body, err)
	}
	value, ok := new(big.Rat).SetString(body.Resource.Value.String())
	minor := string(number.AppendMoney(nil, big.NewInt(e.Minor), e.Currency))
	if !ok || value.FloatString(exponent) != minor {
		t.Errorf("body says %s, the event counts %s", body.Resource.Value, minor)
	}
}

// TestOrderOfGroups: what a group becomes depends only on its own rows, not on earlier groups.
func TestOrderOfGroups(t *testing.T) {
	c := parse(t, propertyMapping)
	rapid.Check(t, func(t *rapid.T) {
		var groups [][]cell.Row
		row := 2
		for number := range rapid.IntRange(2, 6).Draw(t, "orders") {
			rows := drawOrder(t, number+1).rows(row)
			groups = append(groups, rows)
			row += len(rows)
		}
		inOrder := mapAll(t, c, groups)
		shuffled := mapAll(t, c, rapid.Permutation(groups).Draw(t, "shuffled"))
		slices.Sort(inOrder)
		slices.Sort(shuffled)
		if !slices.Equal(inOrder, shuffled) {
			t.Errorf("in order:\n%s\nshuffled:\n%s", strings.Join(inOrder, "\n"),
				strings.Join(shuffled, "\n"))
		}
	})
}

func mapAll(t *rapid.T, c *Config, groups [][]cell.Row) (all []string) {
	m, err := c.Bind("x.csv", []string{"Order", "Status", "Currency", "Email", "Item", "Line"})
	if err != nil {
		t.Fatal(err)
	}
	var e Event
	for _, rows := range groups {
		m.Map(rows, &e)
		all = append(all, fmt.Sprintf("%d %q %s %d %s", e.State, e.ID, e.Body, e.Minor, e.Currency))
	}
	return all
}
