package draft

import (
	"slices"
	"strings"
	"testing"
)

// What a draft concludes from values, titles and sums, and what it asks because they do not prove
// it.
func TestDraftsHaveEvidence(t *testing.T) {
	cases := []struct {
		name  string
		lines string
		above [][]string
		want  []string // lines, without what follows them
		not   []string
	}{
		{"a status by its values, whatever its heading", `Factura,Total,Moneda,Email,Cobro
			1,5.00,EUR,a@example.com,cobrada
			2,6.00,EUR,b@example.com,pendiente`, nil, []string{`  other Cobro: not (col("Cobro") == "cobrada")   # rows: cobrada 1, pendiente 1`}, nil},
		{"words of statuses among others are none", `Order ID,Total,Currency,Email,Product
			1,5.00,EUR,a@example.com,Annual fee
			2,6.00,EUR,b@example.com,Open course`, nil, nil, []string{"skip:", "other Product"}},
		{"a way to pay is no status", `Order ID,Total,Currency,Email,Forma de pago
			1,5.00,EUR,a@example.com,transferencia
			2,6.00,EUR,b@example.com,tarjeta`, nil, nil, []string{"skip:"}},
		{"statuses in a language that is not known are asked", `Order ID,Total,Currency,Email,Status
			1,5.00,EUR,a@example.com,zapłacone
			2,6.00,EUR,b@example.com,anulowane
			3,6.00,EUR,c@example.com,zapłacone`, nil, []string{`    zapłacone: yes?   # 2 rows, 11.00 EUR`, `    anulowane: no   # 1 row, 6.00 EUR`}, []string{"skip:"}},
		{"no total, but net and tax", `Order ID,Net Sales,Tax,Currency,Email
			1,5.00,1.00,EUR,a@example.com
			2,6.00,1.20,EUR,b@example.com`, nil, []string{`  # deal_value: {expr: 'num("Net Sales") + num("Tax")'}   # OPEN: no column holds the total with tax, and Tax is not zero in 2 rows. ` +
			`For what the buyer paid, use the line marked OPEN instead`}, nil},
		{"the amount is net and tax: nothing to ask", `Order ID,Net,VAT,Gross,Currency,Email
			1,"1.005,00","1,00","1.006,00",EUR,a@example.com
			2,"6,00","1,20","7,20",EUR,b@example.com`, nil, []string{`  deal_value: Gross`}, []string{"num("}},
		{"currencies by the signs of the amounts", `Order ID,Total,Email
			1,€5.00,a@example.com
			2,₹6.00,b@example.com`, nil, []string{`  deal_currency: {column: Currency, required: false}   # certain: the sign beside each amount says it: EUR 1, INR 1`}, []string{"OPEN: no column names"}},
		{"of two amounts the one with a sign", `Order ID,Net Sales,Revenue,Email
			1,5,€5.00,a@example.com
			2,6,€6.00,b@example.com`, nil, []string{`  deal_value: Revenue`}, nil},
		{"a sign of many currencies is asked", `Order ID,Total,Email
			1,$5.00,a@example.com
			2,$6.00,b@example.com`, nil, []string{`  # deal_currency: {const: USD}   # OPEN: no column names the currency of Total, such as $5.00, and its sign can mean USD, AUD, CAD, NZD and others: ` +
			`use the line marked OPEN instead, with your currency`}, nil},
		{"a title that names the currency", `Order ID,Total,Email
			1,5.00,a@example.com`, [][]string{{"ALL INVOICES"}, {"October (amounts in GBP)"}}, []string{`  # deal_currency: {const: GBP}   # OPEN: no column names the currency of Total, such as 5.00, ` +
			`but above the headings is "October (amounts in GBP)": use the line marked OPEN instead, with your currency`}, nil},
		{"the year stands above days without one", `Belegfeld 1,Belegdatum,Umsatz,Währung,Email
			1,2202,5.00,EUR,a@example.com
			2,2302,6.00,EUR,b@example.com`, [][]string{{"EXTF", "20180306102500000", "20180201", "20180228"}}, []string{
			`  event_time: {column: Belegdatum, date: DDMM, year: 2018}   # likely: days without a year, such as 2202; above the headings are 20180201, 20180228 and no other year`}, []string{
			"OPEN"}},
		{"two years above leave it open", `Belegfeld 1,Belegdatum,Umsatz,Währung,Email
			1,2202,5.00,EUR,a@example.com
			2,2302,6.00,EUR,b@example.com`, [][]string{{"20171201", "20180228"}}, []string{`  event_time: {column: Belegdatum, date: DDMM}`}, []string{"year: 2018"}},
		{"letters that may tell the two sides of an account", `Belegfeld 1,Umsatz,Soll/Haben,Währung,Email
			1,5.00,S,EUR,a@example.com
			2,6.00,H,EUR,b@example.com`, nil, []string{`  deal_value: {expr: 'col("Total", "")'}`, `  # deal_value: {column: Umsatz, sign: {column: Soll/Haben, plus: S, minus: H}}`}, nil},
		{"Japanese names begin with the family's", `注文番号,合計,通貨,お名前,電話番号
			1,500,JPY,佐藤 花子,03-1234-5678
			2,600,JPY,鈴木 一郎,090-1234-5678`, nil, []string{`    lastName: {column: お名前, take: first_word, required: false}`,
			`    # phone: {column: 電話番号, region: US, required: false}   # OPEN: 2 of 2 numbers have no country code, such as 03-•••78: whose numbers are they?`}, nil},
		{"several addresses in one cell", `Order ID,Total,Currency,Email
			1,5.00,EUR,a@example.com
			2,6.00,EUR,"b@example.com, c@example.com"`, nil, []string{`    email: {column: Email, split: ","}`}, nil},
		{"the address of somebody else", `Order ID,Total,Currency,From Email Address,To Email Address
			1,5.00,EUR,a@example.com,shop@example.com
			2,6.00,EUR,b@example.com,other@example.com`, nil, []string{`    email: From Email Address`}, []string{"To Email"}},
		{"a customer's number is a key only if Able knows it", `Order ID,Total,Currency,Email,Customer ID
			1,5.00,EUR,a@example.com,c1
			2,6.00,EUR,,c2`, nil, []string{`    # client_id: {column: Customer ID, required: false}   # OPEN: Customer ID, such as c1, is filled in 2 of 2 rows. ` +
			`If your site tells Able this number to say who somebody is, use it as client_id`}, []string{
			"\n    client_id"}},
		{"one order alone, of several lines", `Invoice #,Line Total,Currency,Email,Item Name
			1,5.00,EUR,a@example.com,Mug
			1,6.00,EUR,a@example.com,Cup`, nil, []string{`group_by: 'Invoice #'`, `  deal_value: {column: Line Total, sum: true}`}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := exportOf(strings.ReplaceAll(c.lines, "\n\t\t\t", "\n"))
			e.Above = c.above
			text, err := Write(e)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, e, text)
			lines := strings.Split(string(text), "\n")
			for _, want := range c.want {
				if !slices.ContainsFunc(lines, func(line string) bool {
					return line == want || strings.HasPrefix(line, want+"   # ")
				}) {
					t.Errorf("no line %q in\n%s", want, text)
				}
			}
			for _, not := range c.not {
				if strings.Contains(string(text), not) {
					t.Errorf("%q is in\n%s", not, text)
				}
			}
		})
	}
}
