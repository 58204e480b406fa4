package draft

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Which column is what the buyer paid: what arithmetic over all rows proves is taken, with the
// relation as the reason, and the rest is asked.
func TestAmountsAreCompared(t *testing.T) {
	for _, c := range []struct {
		name, columns string
		rows          [3]string
		want          string // a line, and how its reason ends
		asks          string // a part of the question; "": nothing is asked
	}{
		{"net, fee and gross", "Net,Fee,Gross", [3]string{"117.00,3.00,120.00", "58.50,1.50,60.00",
			"48.80,1.20,50.00"}, "deal_value: Gross", ""},
		{"an amount that lacks the tax", "Amount,VAT,Amount incl. VAT",
			[3]string{"100.00,20.00,120.00", "50.00,10.00,60.00", "40.00,10.00,50.00"},
			"deal_value: Amount incl. VAT", ""},
		{"subtotal and shipping", "Subtotal,Shipping,Amount", [3]string{"100.00,20.00,120.00",
			"50.00,10.00,60.00", "40.00,10.00,50.00"}, "deal_value: Amount", ""},
		{"tax in a percentage, and in money", "Net,VAT %,VAT,Gross",
			[3]string{"100.50,20,20.10,120.60", "20.25,10,2.03,22.28", "10.00,10,1.00,11.00"},
			"deal_value: Gross", ""},
		{"an Indian invoice", "Taxable value,CGST,SGST,Invoice value",
			[3]string{"100.00,9.00,9.00,118.00", "50.00,4.50,4.50,59.00", "40.00,3.60,3.60,47.20"},
			"deal_value: Invoice value", ""},
		{"counts are no money", "Total Shipped,Total Units,Order Amount",
			[3]string{"1,2,120.00", "2,3,60.00", "3,4,50.00"}, "deal_value: Order Amount", ""},
		{"a total that says that its tax is in it", "Order Total (ex tax),Order Total (inc tax)",
			[3]string{"100.00,120.00", "50.00,60.00", "40.00,50.00"},
			"deal_value: Order Total (inc tax)", ""},
		{"what is still due", "Total,Amount due", [3]string{"120.00,0.00", "60.00,60.00",
			"50.00,20.00"}, "deal_value: Total", "Amount due is not zero in 2 rows"},
		{"an open balance", "Invoice Total,Balance", [3]string{"120.00,0.00", "60.00,60.00",
			"50.00,20.00"}, "deal_value: Invoice Total", "Balance is not zero in 2 rows"},
		{"whole amounts that went back", "Total,Amount refunded",
			[3]string{"120,0", "22,22", "50,10"}, "", "Amount refunded is not zero in 2 rows"},
		{"credit notes", "Total,Credit note amount", [3]string{"120.00,0", "60.00,60.00",
			"50.00,0"}, "deal_value: Total", "Credit note amount is not zero in 1 row"},
		{"an adjusted total", "Order Total,Adjusted Order Total",
			[3]string{"120.00,", "60.00,40.00", "50.00,"}, "", "another amount in"},
		{"nothing is due", "Total,Amount due", [3]string{"120.00,0.00", "60.00,0.00", "50.00,0.00"},
			"deal_value: Total", ""},
		{"tax and shipping that may be in it", "Amount,Tax amount,Shipping",
			[3]string{"100.00,20.00,5.00", "50.00,10.00,5.00", "40.00,10.00,0.00"},
			"", "Tax amount"},
		{"a German tax that may be in it", "Betrag,MwSt,Satz",
			[3]string{"100.50,19.10,19", "20.25,1.42,7", "40.00,7.60,19"}, "", "MwSt"},
		{"the price of one piece", "Price,Quantity", [3]string{"10.00,2", "5.00,3", "4.00,1"},
			"deal_value: Price", "may be the price of one piece"},
		{"an amount beside what was sold", "Product,Amount,Qty",
			[3]string{"Lamp,30.00,2", "Bulb,4.10,3", "Desk,80.00,1"},
			"deal_value: Amount", "may be the price of one piece"},
		{"an amount beside what was sold, one of each", "Product,Amount,Qty",
			[3]string{"Lamp,30.00,1", "Bulb,4.10,1", "Desk,80.00,1"}, "deal_value: Amount", ""},
		{"a total beside what was sold", "Product,Total,Qty",
			[3]string{"Lamp,60.00,2", "Bulb,12.30,3", "Desk,80.00,1"}, "deal_value: Total", ""},
		{"an amount beside what was sold, and its price", "Product,Unit price,Qty,Amount",
			[3]string{"Lamp,30.00,2,60.00", "Bulb,4.10,3,12.30", "Desk,80.00,1,80.00"},
			"deal_value: Amount", ""},
		{"an amount and how much was sold, not what", "Amount,Qty",
			[3]string{"30.00,2", "4.10,3", "80.00,1"}, "deal_value: Amount", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := "Order,Date," + c.columns + ",Currency,Email\n"
			for i, row := range c.rows {
				n := string(rune('1' + i))
				lines += "O" + n + ",2026-11-2" + n + "," + row + ",EUR,u" + n + "@example.com\n"
			}
			all := linesOf(t, lines)
			if c.want != "" && !slices.ContainsFunc(all,
				func(line Suggestion) bool { return !line.Open && line.Line == c.want }) {
				t.Errorf("no line %q in\n%s", c.want, texts(all))
			}
			asked := slices.IndexFunc(all, func(line Suggestion) bool {
				return line.Open && strings.Contains(line.Reason, c.asks)
			})
			if (asked >= 0) != (c.asks != "") {
				t.Errorf("asked is %v, want %q, in\n%s", asked >= 0, c.asks, texts(all))
			}
		})
	}
}

func texts(all []Suggestion) string {
	var b strings.Builder
	for _, line := range all {
		b.WriteString(line.String() + "\n")
	}
	return b.String()
}

func TestTheProofOfAnAmountIsTold(t *testing.T) {
	text := draftOf(t,
		"Order,Date,Net,VAT,Gross,Currency,Email\n"+
			"1,2026-11-05,10.00,2.00,12.00,EUR,a@example.com\n"+
			"2,2026-11-05,20.00,4.00,24.00,EUR,b@example.com\n")
	if want := "deal_value: Gross   # certain: heading and values agree, numbers, all 2 rows; it " +
		"is Net + VAT in all rows\n"; !strings.Contains(
		text, want) {
		t.Errorf("lacks %q:\n%s", want, text)
	}
}

// An amount that is the same on all lines of an order is the order's, or each line's: price and
// quantity prove it, or it is asked.
func TestEqualAmountsOnLines(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"each line's own",
			"Order ID,Date,Item,Price,Qty,Amount,Currency,Email\n" +
				"1,2026-11-20,A,10.00,2,20.00,EUR,a@example.com\n" +
				"1,2026-11-20,B,10.00,2,20.00,EUR,a@example.com\n" +
				"2,2026-11-21,C,5.00,1,5.00,EUR,b@example.com\n",
			"  deal_value: {column: Amount, sum: true}"},
		{"the order's",
			"Order ID,Date,Item,Price,Qty,Amount,Currency,Email\n" +
				"1,2026-11-20,A,10.00,1,30.00,EUR,a@example.com\n" +
				"1,2026-11-20,B,20.00,1,30.00,EUR,a@example.com\n" +
				"2,2026-11-21,C,5.00,1,5.00,EUR,b@example.com\n", "  deal_value: Amount"},
		{"it is asked",
			"Order ID,Date,Item,Amount,Currency,Email\n1,2026-11-20,A,20.00,EUR,a@example.com\n" +
				"1,2026-11-20,B,20.00,EUR,a@example.com\n" +
				"2,2026-11-21,C,5.00,EUR,b@example.com\n",
			"  # deal_value: {column: Amount, sum: true}"},
		{"each line has a number of its own",
			"Transaction ID,Order ID,Date,Item,Item total,Currency,Email\n" +
				"901,1,2026-11-20,A,20.00,EUR,a@example.com\n" +
				"902,1,2026-11-20,B,25.00,EUR,a@example.com\n" +
				"903,2,2026-11-21,C,5.00,EUR,b@example.com\n",
			"group_by: Order ID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if text := "\n" + draftOf(t, c.lines); !strings.Contains(text, "\n"+c.want+"   # ") {
				t.Errorf("no line %q in%s", c.want, text)
			}
		})
	}
}

// The seller's own address is not a visitor key, and names of accounts and deals are nobody's.
func TestPeople(t *testing.T) {
	lines := "Order ID,Date,Total,Currency,Email,Account Name,Payment Method Name,Deal Name\n"
	for i := range 20 {
		n := string(rune('a' + i))
		lines += n + "1,2026-11-05,5.00,EUR,shop@example.com,Acme,Visa,Deal " + n + "\n"
	}
	text := draftOf(t, lines)
	for _, want := range []string{"  fields.keys.email:\n",
		"    # email: Email   # OPEN: 1 address in 20 rows, probably the seller's own"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	for _, not := range []string{"\n    email: Email", "firstName", "lead:"} {
		if strings.Contains(text, not) {
			t.Errorf("%q is in\n%s", not, text)
		}
	}
}

// Money that went back for single lines is looked for in all lines of an order, not just in the
// first one.
func TestWhatWentBackOfLinesIsAsked(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"of one line", "Order,Day,Article,Line amount,Amount refunded,Currency,Email\n" +
			"S1,2026-11-02,Lamp,30.00,0.00,EUR,ann@example.com\n" +
			"S1,2026-11-02,Bulb,4.00,4.00,EUR,ann@example.com\n" +
			"S2,2026-11-03,Desk,80.00,0.00,EUR,bob@example.com\n",
			`deal_value: {expr: 'num("Line amount") - abs(num("Amount refunded"))', sum: true}`},
		{"of the order, on its last line",
			"Order,Day,Article,Order total,Amount refunded,Currency,Email\n" +
				"S1,2026-11-02,Lamp,34.00,0.00,EUR,ann@example.com\n" +
				"S1,2026-11-02,Bulb,34.00,4.00,EUR,ann@example.com\n" +
				"S2,2026-11-03,Desk,80.00,0.00,EUR,bob@example.com\n",
			`deal_value: {column: Order total, net_of: Amount refunded}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := linesOf(t, c.lines)
			if !slices.ContainsFunc(all, func(line Suggestion) bool {
				return line.Open && line.Line == c.want
			}) {
				t.Errorf("no question %q in\n%s", c.want, texts(all))
			}
		})
	}
}

// Money that is still due, was paid at first, comes on top or was written off is never passed over.
func TestMoneyBesideTheAmountIsAsked(t *testing.T) {
	for _, c := range [][2]string{
		{"Kwota", "Pozostało do zapłaty"}, {"Belopp", "Kvar att betala"},
		{"Bedrag", "Nog te betalen"}, {"Total", "Written off"}, {"Amount", "Surcharge"},
		{"Total", "Deposit"}, {"Gesamtbetrag", "Anzahlung"}, {"Montant total", "Acompte versé"},
		{"Total", "Instalment amount"}, {"Estimated total", "Final total"},
		{"Total", "Open amount"}, {"Betrag", "Offene Posten"}, {"Belopp", "Kvarstår"},
		{"Total", "Kalan tutar"}, {"Amount", "未付金额"},
	} {
		t.Run(c[1], func(t *testing.T) {
			var b strings.Builder
			fmt.Fprintf(&b, "Order,Date,%s,%s,Currency,Email\n", c[0], c[1])
			for i := range 12 {
				fmt.Fprintf(&b, "O%d,2026-11-%d,%d.50,%d.25,EUR,u%d@example.com\n",
					i, 10+i, 20+i, i, i)
			}
			all := linesOf(t, b.String())
			if !slices.ContainsFunc(all, func(line Suggestion) bool {
				return line.Open && !line.Offer && slices.Contains(line.Columns, c[1]) ||
					line.Path == "fields.deal_value" && line.Columns[0] == "Final total"
			}) {
				t.Errorf("%q is ignored beside %q", c[1], c[0])
			}
		})
	}
}
