package draft

import (
	"bytes"
	"encoding/csv"
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// exportOf makes an export of lines of comma-separated cells, the first of them the header.
func exportOf(lines string) Export {
	r := csv.NewReader(strings.NewReader(lines))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	records, _ := r.ReadAll()
	e := Export{File: "orders_2026-11.csv", Read: "CSV"}
	if len(records) == 0 {
		records = [][]string{{}}
	}
	e.Header = records[0]
	e.Rows = func() iter.Seq2[cell.Row, error] {
		return func(yield func(cell.Row, error) bool) {
			for i, record := range records[1:] {
				row := cell.Row{Number: i + 2, Cells: make([][]byte, len(e.Header)),
					Kinds: make([]byte, len(e.Header))}
				for j := range min(len(record), len(e.Header)) {
					row.Cells[j] = []byte(record[j])
					row.Kinds[j] = cell.KindOfText(row.Cells[j])
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return e
}

func draftOf(t *testing.T, lines string) string {
	t.Helper()
	text, err := Write(exportOf(lines))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A draft says "all rows" of a column only where each of them proves it.
func TestDraftSaysHowManyRowsProveIt(t *testing.T) {
	const header = "Order,Date,Net,VAT,Gross,Currency,Email\n"
	good := func(id string) string {
		return id + ",2026-11-05,10.00,2.00,12.00,EUR,a@example.com\n"
	}
	for _, test := range []struct {
		name, lines string
		want        []string
	}{
		{"every row", good("1") + good("2"), []string{
			`number: "1234.56"   # by example; proved by all rows of Gross`,
			`date: "iso"   # proved by all rows of Date; the first is 2026-11-05`,
			"; it is Net + VAT in all rows\n"}},
		{"one bad amount", good("1") + good("2") + good("3") + "4,2026-11-05,10.00,2.00,x,EUR,b@example.com\n",
			[]string{`# by example; proved by 3 of 4 rows of Gross`, "# proved by all rows of Date;",
				"; it is Net + VAT in all 3 rows that have these numbers\n"}},
		{"one bad date", good("1") + good("2") + good("3") + "4,soon,10.00,2.00,12.00,EUR,b@example.com\n",
			[]string{"proved by all rows of Gross", "# proved by 3 of 4 rows of Date;"}},
		{"an empty date", good("1") + good("2") + "4,,10.00,2.00,12.00,EUR,b@example.com\n",
			[]string{"# proved by 2 of 3 rows of Date;"}},
		{"whole amounts", strings.ReplaceAll(good("1")+good("2"), ".00", ""),
			[]string{"# by example; Gross has only whole numbers, which any format reads"}},
	} {
		text := draftOf(t, header+test.lines)
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: lacks %q:\n%s", test.name, want, text)
			}
		}
	}

	e := exportOf(header + good("1") + good("2"))
	rows := e.Rows
	e.Rows = func() iter.Seq2[cell.Row, error] {
		return func(yield func(cell.Row, error) bool) {
			for row, err := range rows() {
				row.Kinds[1], row.Kinds[4] = cell.Date, cell.Number // as in a workbook
				if !yield(row, err) {
					return
				}
			}
		}
	}
	text, err := Write(e)
	if err != nil || !strings.Contains(string(text), "proved by all rows of Gross") {
		t.Errorf("cells of a workbook: %v\n%s", err, text)
	}
}

func TestSuggestGivesTheDraftAsValues(t *testing.T) {
	e := exportOf(
		"Order ID,Date,Total ($),Customer Email,Status\n1,03/04/2026,5.00,a@example.com,paid\n" +
			"2,05/06/2026,6.00,b@example.com,pending\n")
	text, err := Write(e)
	if err != nil {
		t.Fatal(err)
	}
	suggestions, err := Suggest(e)
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	found := map[string]Suggestion{}
	for _, one := range suggestions {
		lines.WriteString(one.String() + "\n")
		found[one.Path+map[bool]string{true: "?"}[one.Open]] = one
	}
	if diff := cmp.Diff(string(text), lines.String()); diff != "" {
		t.Errorf("the lines are not those of the draft (-draft +lines):\n%s", diff)
	}
	for path, want := range map[string]Suggestion{
		"fields.order_id": {Line: "order_id: Order ID", Columns: []string{"Order ID"},
			Certainty: Certain, Reason: "heading and values agree, each one once, all 2 rows"},
		"fields.keys.email": {Line: "email: Customer Email",
			Columns: []string{"Customer Email"}, Certainty: Certain,
			Reason: "heading and values agree, e-mail addresses, all 2 rows"},
		"skip.other Status": {Line: `other Status: not (col("Status") == "paid")`,
			Columns: []string{"Status"}, Reason: "rows: paid 1, pending 1"},
		"formats.date?": {Line: `date: "MM/DD/YYYY"`, Columns: []string{"Date"},
			Reason: "Date, row 2: 03/04/2026 is 4 March 2026", Open: true},
		"fields.deal_currency?": {Line: "deal_currency: {const: USD}",
			Columns: []string{"Total ($)"}, Reason: "no column names the currency of Total ($), " +
				"such as 5.00: use the line marked OPEN instead, with your currency",
			Open: true},
	} {
		got := found[path]
		got.Path, got.indent = "", 0
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Suggestion{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestDraftTellsHowManyValuesFit(t *testing.T) {
	text := draftOf(t,
		"Order,Date,Email,Total,Currency\n1,2026-11-20,a@example.com,10.00,EUR\n"+
			"2,2026-11-21,none,20.00,EUR\n3,2026-11-22,b@example.com,12.x,EUR")
	for _, want := range []string{
		"email: Email   # likely: all but 1 of 3 values are e-mail addresses\n",
		"deal_value: Total   # likely: all but 1 of 3 values are numbers\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestDraft(t *testing.T) {
	cases := []struct {
		name  string
		lines string
		want  []string // lines, without what follows them
		not   []string
	}{
		{"English headings, ISO dates with offsets", `Order Number,Created At,Total,Currency,Customer Email,Status
			1,2026-11-05T10:00:00Z,5.00,EUR,a@example.com,paid
			2,2026-11-06T10:00:00Z,6.00,EUR,b@example.com,refunded`, []string{
			`name: orders`, `  number: "1234.56"`, `  date: "iso"`,
			`  other Status: not (col("Status") == "paid")`,
			`  order_id: Order Number`, `  event_time: Created At`, `  deal_value: Total`,
			`  deal_currency: Currency`, `    email: Customer Email`},
			[]string{"OPEN", "group_by"}},
		{"German", `Rechnungsnummer,Rechnungsdatum,Gesamtbetrag,Währung,E-Mail,Zustand
			R-1,13.04.2026,"1.234,50",EUR,a@example.com,bezahlt
			R-2,05.04.2026,"12,00",EUR,b@example.com,storniert`, []string{
			`  number: "1.234,56"`, `  date: "DD.MM.YYYY"`, `  timezone: UTC`,
			`  time_of_day: "12:00"`, `  other Zustand: not (col("Zustand") == "bezahlt")`,
			`  order_id: Rechnungsnummer`, `  deal_value: Gesamtbetrag`,
			`    email: E-Mail`}, []string{"OPEN"}},
		{"French", `Numéro de facture,Date de facture,Montant TTC,Devise,Courriel,Statut
			F-1,13/04/2026,"12,50",EUR,a@example.com,payée
			F-2,05/04/2026,"14,00",EUR,b@example.com,annulée`, []string{
			`  number: "1234,56"`, `  date: "DD/MM/YYYY"`,
			`  other Statut: not (col("Statut") == "payée")`, `  order_id: Numéro de facture`,
			`  event_time: Date de facture`, `  deal_value: Montant TTC`, `  deal_currency: Devise`,
			`    email: Courriel`}, []string{"OPEN"}},
		{"Spanish", `Número de factura,Fecha,Importe total,Moneda,Correo electrónico,Estado
			F-1,13/04/2026,"12,50",EUR,a@example.com,pagado
			F-2,05/04/2026,"14,00",EUR,b@example.com,pendiente`, []string{
			`  order_id: Número de factura`, `  event_time: Fecha`, `  deal_value: Importe total`,
			`  deal_currency: Moneda`, `    email: Correo electrónico`,
			`  other Estado: not (col("Estado") == "pagado")`}, []string{"OPEN"}},
		{"Japanese", `注文番号,注文日時,合計金額,通貨,メールアドレス,ステータス
			A1,2026/11/05 10:00,1200,JPY,a@example.jp,支払済み
			A2,2026/11/06 10:00,3400,JPY,b@example.jp,キャンセル`, []string{
			`  date: "YYYY/MM/DD HH:mm"`,
			`  # timezone: Asia/Tokyo   # OPEN: the times have no zone, such as 2026/11/05 10:00: which zone did the clock show? A place, or UTC`,
			`  order_id: 注文番号`, `  event_time: 注文日時`, `  deal_value: 合計金額`, `  deal_currency: 通貨`,
			`    email: メールアドレス`,
			`  other ステータス: not (col("ステータス") == "支払済み")`}, nil},
		{"amounts in cents, and beside them as people read them", `id,created_at,total,currency,user_email,total_formatted
			1,2026-11-05T10:00:00Z,2999,USD,a@example.com,$29.99
			2,2026-11-06T10:00:00Z,123456,USD,b@example.com,"$1,234.56"
			3,2026-11-06T10:00:00Z,1200,JPY,c@example.com,"¥1,200"`, []string{`  deal_value: {column: total, minor_units: true}`}, []string{"OPEN"}},
		{"amounts of a payment system, which writes cents", `id,created,amount,currency,customer_email
			ch_1,1795176000,1250,usd,a@example.com
			ch_2,1795262400,99,usd,b@example.com`, []string{
			`  # deal_value: {column: amount, minor_units: true}   # OPEN: or this one, if they are in cents`}, nil},
		{"few short amounts among whole ones", `id,created_at,total,currency,user_email
			1,2026-11-05T10:00:00Z,1250,USD,a@example.com
			2,2026-11-05T10:00:00Z,99,USD,b@example.com
			3,2026-11-05T10:00:00Z,22,USD,b@example.com`, []string{`  deal_value: total`}, []string{"OPEN", "minor_units"}},
		{"a day until which to pay", `Invoice,Due date,Total,Currency,Email
			1,2026-12-05,10.50,EUR,a@example.com
			2,2026-12-06,20.50,EUR,b@example.com`, []string{
			`  # event_time: Date   # OPEN: no column was found that holds the days of the sales: name one as event_time, or remove event_time, and the receiver takes the time of arrival`},
			[]string{"event_time: Due date"}},
		{"amounts that are not a sale's", `Customer number,Last order date,Lifetime value,Currency,Email
			1,2026-12-05,10.50,EUR,a@example.com
			2,2026-12-06,20.50,EUR,b@example.com`, nil, []string{"deal_value: Lifetime value"}},
		{"an open amount", `Rechnung,Datum,Offener Betrag,Währung,E-Mail
			1,2026-12-05,10.50,EUR,a@example.com
			2,2026-12-06,20.50,EUR,b@example.com`, nil, []string{"deal_value: Offener Betrag"}},
		{"an id that some rows lack", `Transaction ID,Date,Total,Currency,Email
			t1,2026-11-05,10.50,EUR,a@example.com
			,2026-11-06,20.50,EUR,b@example.com
			t3,2026-11-07,30.50,EUR,c@example.com`, []string{
			`  order_id: Transaction ID`,
			`  # OPEN: Transaction ID is empty in 1 of 3 rows, which are invalid without an id: is there a column that all have? If these are not sales, only remove the question`}, nil},
		{"whole amounts that may be cents", `id,created_at,total,currency,user_email
			1,2026-11-05T10:00:00Z,1000,USD,a@example.com
			2,2026-11-06T10:00:00Z,2550,USD,b@example.com`, []string{`  number: "1234.56"`, `  deal_value: {expr: 'col("Total", "")'}`,
			`  # deal_value: total   # OPEN: all amounts are whole numbers, such as 1000: if they mean just that, use the first line marked OPEN instead; if they are in cents, the second`,
			`  # deal_value: {column: total, minor_units: true}   # OPEN: or this one, if they are in cents`}, nil},
		{"whole amounts that are none", `id,created_at,total,currency,user_email,total_rounded
			1,2026-11-05T10:00:00Z,1000,USD,a@example.com,"1,000"
			2,2026-11-06T10:00:00Z,200,USD,b@example.com,200`, []string{`  deal_value: total`}, []string{"OPEN", "minor_units"}},
		{"a column that says yes where it is paid", `Invoice,Date,Email,Total,Currency,Paid?
			1,2026-11-05,a@example.com,12.00,USD,Yes
			2,2026-11-06,b@example.com,13.00,USD,No`, []string{`  not paid: not (col("Paid?") == "Yes")`}, []string{"OPEN"}},
		{"one where nothing is paid yet", `Invoice,Date,Email,Total,Currency,Paid
			1,2026-11-05,a@example.com,12.00,USD,FALSE
			2,2026-11-06,b@example.com,13.00,USD,FALSE`, []string{`  not paid: not (col("Paid") == "TRUE")`}, []string{"OPEN"}},
		{"an e-mail column with much else in it", `Order,Date,Email,Total,Currency
			1,2026-11-20,a@example.com,10.00,EUR
			2,2026-11-21,none,20.00,EUR
			3,2026-11-22,ask her,30.00,EUR`, []string{`    email: Email`}, []string{"OPEN"}},
		{"a currency column with a moved row", `Invoice,Date,Email,Total,Currency,Note
			1,2026-11-05,a@example.com,10.00,USD,
			2,2026-11-06,b@example.com,1,200.00,USD`, []string{`  deal_currency: Currency`}, nil},
		{"roles by content alone", `a,b,c,d,e
			x1,5.00,EUR,a@example.com,2026-11-05
			x2,6.00,EUR,b@example.com,2026-11-06
			x3,7.00,EUR,c@example.com,2026-11-07
			x4,8.00,EUR,d@example.com,2026-11-08
			x5,9.00,EUR,e@example.com,2026-11-09`, []string{
			`  order_id: a`, `  event_time: e`, `    email: d`,
			`  deal_value: {expr: 'col("Total", "")'}`}, nil},
		{"an id that repeats on neighbouring rows", `Order ID,Total,Currency,Email,Item,Qty,Unit Price
			1,30.00,EUR,a@example.com,Mug,1,10.00
			1,,,,Cup,2,10.00
			2,5.00,EUR,b@example.com,Pen,1,5.00`, []string{
			`group_by: Order ID`, `  deal_value: Total`,
			`items:`, `  name: {column: Item, required: false}`,
			`  qty: {column: Qty, required: false}`}, nil},
		{"no total but those of the lines", `Order ID,Line Total,Currency,Email,Item
			1,10.00,EUR,a@example.com,Mug
			1,20.00,EUR,a@example.com,Cup
			2,5.00,EUR,b@example.com,Pen`, []string{`  deal_value: {column: Line Total, sum: true}`}, nil},
		{"repeated ids without lines are a question", `Order ID,Total,Currency,Email,Type
			1,10.00,EUR,a@example.com,sale
			1,-10.00,EUR,a@example.com,refund
			2,5.00,EUR,b@example.com,sale`, []string{`# group_by: Order ID   # OPEN: Order ID repeats in neighbouring rows (2 different in 3 rows), ` +
			`and nothing looks like lines of one order. If they are, this makes one event of them`},
			[]string{
				"\ngroup_by"}},
		{"days that can be read two ways are a question", `Order ID,Date,Total,Currency,Email
			1,03/04/2026,5.00,EUR,a@example.com
			2,05/06/2026,6.00,EUR,b@example.com`, []string{
			`  # date: "DD/MM/YYYY"   # OPEN: Date, row 2: 03/04/2026 is 3 April 2026`,
			`  # date: "MM/DD/YYYY"   # OPEN: Date, row 2: 03/04/2026 is 4 March 2026`},
			[]string{"\n  date:"}},
		{"numbers that can be read two ways are a question", `Order ID,Total,Currency,Email
			1,"1,234",KWD,a@example.com
			2,"2,345",KWD,b@example.com`, []string{`  # number: "1,234.56"   # OPEN: Total, row 2: 1,234 is 1234`, `  # number: "1234,56"   # OPEN: Total, row 2: 1,234 is 1.234`},
			[]string{"\n  number:"}},
		{"a currency nobody names", `Order ID,Total ($),Email
			1,5.00,a@example.com
			2,6.00,b@example.com`, []string{`  deal_currency: {column: Currency, required: false}`}, []string{"const: USD}\n"}},
		{"a currency that the heading names", `Order ID,Betrag (EUR),Email
			1,5.00,a@example.com
			2,6.00,b@example.com`, []string{`  deal_currency: {const: EUR}`}, []string{"OPEN: no column names"}},
		{"credit and debit", `Reference,Gross Debit (GC),Gross Credit (GC),Gross Currency,Type,Email
			1,,5.00,EUR,Settled,a@example.com
			2,4.00,,EUR,Refunded,b@example.com`, []string{`  deal_value: {credit: Gross Credit (GC), debit: Gross Debit (GC)}`}, nil},
		{"a status that is not known is asked, with its rows and their money", `Order ID,Total,Currency,Email,Status
			1,5.00,EUR,a@example.com,paid
			2,7.00,EUR,b@example.com,partially_refunded`, []string{
			`  Status:`, `    paid: yes   # 1 row, 5.00 EUR`,
			`    partially_refunded: no?   # 1 row, 7.00 EUR`}, []string{"skip:"}},
		{"flags", `Order ID,Total,Currency,Email,Fully Refunded?,Refunded?,Test
			1,5.00,EUR,a@example.com,0,1,FALSE
			2,5.00,EUR,b@example.com,1,1,FALSE`, []string{
			`  fully refunded: col("Fully Refunded?") == "1"`,
			`  test: col("Test") == "TRUE"`}, nil},
		{"date, time and zone in three columns", `Transaction ID,Date,Time,TimeZone,Gross,Currency,From Email Address
			1,29/12/2026,07:45:51,PST,5.00,USD,a@example.com
			2,30/12/2026,07:45:51,PST,5.00,USD,b@example.com`, []string{`  event_time: {column: Date, time_column: Time, timezone_column: TimeZone}`}, []string{"OPEN"}},
		{"one address in a column of notes makes it none of addresses", `Order ID,Total,Currency,Note,Status
			1,5.00,USD,a@example.com,paid
			2,6.00,USD,none,paid
			3,7.00,USD,none,paid`, []string{`    email: {column: Email, required: false}`}, []string{"email: Note"}},
		{"a phone number among the words of a status", `Order ID,Total,Currency,Email,Status
			1,5.00,USD,a@example.com,paid
			2,6.00,USD,b@example.com,paid
			3,7.00,USD,c@example.com,+1 202 555 0143`, []string{`  other Status: not (col("Status") == "paid")   # rows: paid 2, +1 •••43 1`}, []string{"555"}},
		{"zones that mean nothing by themselves", `Order ID,Created,TimeZone,Total,Currency,Email
			1,2026-12-29 07:45:51,CET,5.00,USD,a@example.com
			2,2026-12-30 07:45:51,CST,5.00,USD,b@example.com`, []string{`  event_time: {column: Created, timezone_column: TimeZone}`, `  # timezones: {CST: ...}`}, nil},
		{"zones behind the times that mean nothing by themselves", `Order ID,Created,Total,Currency,Email
			1,2026-12-29 07:45:51 CET,5.00,USD,a@example.com
			2,2026-12-30 07:45:51 IST,5.00,USD,b@example.com
			3,2026-12-30 07:45:51 CST,5.00,USD,b@example.com`, []string{`  event_time: Created`, `  # timezones: {CST: ..., IST: ...}`}, nil},
		{"Unix times", `Order ID,Created,Total,Currency,Email
			1,1793872800,5.00,USD,a@example.com
			2,1793872801,5.00,USD,b@example.com`, []string{`  event_time: {column: Created, date: unix}`}, []string{"OPEN"}},
		{"nobody to be seen", `Order ID,Total,Currency
			1,5.00,USD
			2,6.00,USD`, []string{`    email: {column: Email, required: false}`}, nil},
		{"a fee that hardly changes is no number of orders", `Total,Currency,Email,Handling
			5.00,USD,a@example.com,0.00
			6.00,USD,b@example.com,0.00
			7.00,USD,c@example.com,0.00
			8.00,USD,d@example.com,0.00
			9.00,USD,e@example.com,1.00`, []string{`id: content`}, []string{"group_by"}},
		{"national phones", `Order ID,Total,Currency,Phone,Country
			1,5.00,USD,(202) 555-0143,US
			2,6.00,USD,(202) 555-0144,US`, []string{`    phone: {column: Phone, region_column: Country, required: false}`}, nil},
		{"headings that YAML would read otherwise", `"Order #","Total: all","yes","Mail, e-mail",Currency,"- x"
			1,5.00,no,a@example.com,EUR,1
			2,6.00,no,b@example.com,EUR,1`, []string{`  order_id: 'Order #'`, `  deal_value: 'Total: all'`, `    email: 'Mail, e-mail'`}, nil},
		{"a heading twice", `Order ID,Total,Total,Currency,Email
			1,5.00,5.00,USD,a@example.com
			2,6.00,5.00,USD,b@example.com`, []string{`# column Total is in the file 2 times, so none of them can be used`}, []string{"deal_value: Total\n"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := draftOf(t, strings.ReplaceAll(c.lines, "\n\t\t\t", "\n"))
			sound(t, exportOf(strings.ReplaceAll(c.lines, "\n\t\t\t", "\n")), []byte(text))
			lines := strings.Split(text, "\n")
			for _, want := range c.want {
				if !slices.ContainsFunc(lines, func(line string) bool {
					return line == want || strings.HasPrefix(line, want+"   # ")
				}) {
					t.Errorf("no line %q in\n%s", want, text)
				}
			}
			for _, not := range c.not {
				if strings.Contains(text, not) {
					t.Errorf("%q is in\n%s", not, text)
				}
			}
		})
	}
}

// sound checks what is true of every draft: it can be read, it binds to its file, and it shows
// nobody's address.
func sound(t *testing.T, e Export, text []byte) {
	t.Helper()
	config, err := mapping.Parse("mapping.yaml", text, func(string) string { return "" })
	if err != nil {
		t.Fatalf("the draft cannot be read: %v\n%s", err, text)
	}
	if _, err := config.Bind(e.File, e.Header); err != nil {
		t.Fatalf("the draft does not fit its file: %v\n%s", err, text)
	}
	if found := regexp.MustCompile(`[a-z]@example`).Find(text); found != nil &&
		!bytes.Contains([]byte(strings.Join(e.Header, ",")), found) {
		t.Errorf("the draft shows %s:\n%s", found, text)
	}
}

// FuzzDraft: whatever a file contains, its draft can be read and bound to it.
func FuzzDraft(f *testing.F) {
	for _, lines := range []string{"",
		"a", "Order ID,Total,Currency,Email\n1,5.00,USD,a@example.com\n",
		"Status,Total\npaid,1\n\"x\"\"y\",2\n",
		"Order #,Total: x,'a',\"b\"\"\",#\n1,2,3,4,5\n", ",,\n1,2,3\n", "column A,,B\n1,2,3\n",
		"Fully Refunded?,Test\n1,TRUE\n", "Belegdatum,Soll,Haben\n2202,1,2\n",
		"id,Created,Amount\n1,1793872800,\"1,234\"\n1,1793872800,\"1,234\"\n",
		"Status \\,Type {}\n\\,\"a\nb\"\n",
		"Total,Date,Email,Phone\nTotal,05/04/2026,x,+1 202\n"} {
		f.Add(lines)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		e := exportOf(lines)
		text, err := Write(e)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, e, text)
	})
}
