package samples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Headings change with a system's version, the account's language, the columns
// that people choose, and the programs through which a file went. The rows are
// our own; the headings are those of real files.
var variants = []struct {
	name, preset string
	file         []string // its lines
	want         string   // events and problems, as inWords tells them
}{
	{
		"Stripe: the columns that are chosen at first", "stripe-payments", []string{
			"ID,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Decline Reason,Description,Fee,Refunded date (UTC),Statement Descriptor,Status,Seller Message,Taxes On Fee,Card ID,Customer ID,Customer Description,Customer Email,Invoice ID,Transfer",
			"ch_1,2026-06-07 02:38:54,49.00,0.00,eur,true,49.00,0.00,eur,,Course,1.02,,,Paid,Payment complete.,0.00,card_1,cus_1,,ann@example.com,,",
			"ch_2,2026-06-07 02:39:54,49.00,0.00,eur,false,,,,insufficient_funds,Course,0.00,,,Failed,,0.00,card_2,cus_2,,ben@example.com,,",
		}, "events 1, invalid 0: 49.00 EUR",
	},
	{
		"Stripe: headings until 2022", "stripe-payments", []string{
			"id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Fee,Tax,Converted Currency,Mode,Status,Customer ID,Customer Email",
			"ch_1,Course,Payment complete.,2021-06-07 02:38,49.00,0.00,usd,49.00,0.00,1.02,0.00,usd,Live,Paid,cus_1,ann@example.com",
			"ch_2,Course,Payment complete.,2021-06-07 02:38,49.00,0.00,usd,49.00,0.00,1.02,0.00,usd,Test,Paid,cus_2,ben@example.com",
		}, "events 1, invalid 0: 49.00 USD",
	},
	{
		"Stripe: snake_case, all quoted", "stripe-payments", []string{
			`"id","description","seller_message","created","amount","amount_refunded","currency","mode","status","customer_id","customer_email","payment_intent_id"`,
			`"ch_1","Entry 316, Event","Payment complete.","2021-02-03 13:12","25.00","0.00","cad","Live","Paid","","ann@example.com","pi_1"`,
		}, "events 1, invalid 0: 25.00 CAD",
	},
	{
		"Stripe: a European Excel's copy, without ids", "stripe-payments", []string{
			"Created date (UTC);Amount;Amount Refunded;Currency;Captured;Converted Amount;Converted Currency;Mode;Status;Customer Email;Invoice Number\r",
			"2024-06-07 02:38:54;1500.50;0.00;usd;TRUE;54618.20;thb;Live;Paid;ann@example.com;INV-1\r",
			"2024-06-07 02:38:54;1500.50;0.00;usd;TRUE;54618.20;thb;Live;Paid;ben@example.com;\r",
		}, "events 2, invalid 0: 3001.00 USD",
	},
	{
		"Stripe: dates that Excel rewrote are not guessed", "stripe-payments", []string{
			"id;Created date (UTC);Amount;Currency;Status;Customer Email",
			"ch_1;07/06/2024 02:38;49.00;eur;Paid;ann@example.com",
		}, "events 1, invalid 1: 49.00 EUR\nproblems: date_invalid 1",
	},
	{
		"Shopify: order fields repeated on every row", "shopify-orders", []string{
			"Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Country,Billing Phone,Shipping Phone,Phone",
			"#1,ann@example.com,paid,2025-12-06 10:37:33 -0500,USD,30.00,2025-12-06 10:37:30 -0500,1,Mug,10.00,US,,,",
			"#1,ann@example.com,paid,2025-12-06 10:37:33 -0500,USD,30.00,2025-12-06 10:37:30 -0500,1,Cup,20.00,US,,,",
		}, "events 1, invalid 0: 30.00 USD",
	},
	{
		"PayPal: classic headings with blanks and a nameless last column", "paypal-activity", []string{
			"Date, Time, Time Zone, Name, Type, Status, Currency, Gross, Fee, Net, From Email Address, To Email Address, Transaction ID, Balance, ",
			`"6/29/2026","07:45:51","America/Los_Angeles","Ann Archer","Web Accept Payment Received","Completed","USD","84.00","-4.25","79.75","ann@example.com","shop@example.com","T1","79.75",`,
			`"6/30/2026","08:00:00","America/Los_Angeles","Bank","Charge From Debit Card","Completed","USD","1,120.00","0.00","1,120.00","","shop@example.com","T2","1,199.75",`,
		}, "events 1, invalid 0: 84.00 USD",
	},
	{
		"PayPal: a Spanish statement", "paypal-activity", []string{
			`"Fecha","Hora","Zona horaria","Descripción","Divisa","Bruto","Comisión","Neto","Saldo","Id. de transacción","Correo electrónico del remitente","Nombre"`,
			`"29/6/2026","07:45:51","PDT","Pago en sitio web","USD","4.626,81","-4,25","4.622,56","4.622,56","T1","ann@example.com","Ann Archer"`,
			`"30/6/2026","07:45:51","PDT","Conversión de divisas general","USD","-78,02","0,00","-78,02","4.544,54","T2","",""`,
		}, "events 1, invalid 0: 4626.81 USD",
	},
	{
		"PayPal: a Spanish statement whose rows lack the last columns of the header", "paypal-activity", []string{
			`"Fecha","Hora","Zona horaria","Descripción","Divisa","Bruto","Comisión","Neto","Saldo","Id. de transacción","Correo electrónico del remitente","Nombre","Banco","Cuenta"`,
			`"29/6/2026","07:45:51","PDT","Pago en sitio web","USD","4.626,81","-4,25","4.622,56","4.622,56","T1","ann@example.com","Ann Archer"`,
			`"30/6/2026","07:45:51","PDT","Conversión de divisas general","USD","-78,02","0,00","-78,02","4.544,54","T2","",""`,
		}, "events 1, invalid 0: 4626.81 USD",
	},
	{
		"PayPal: German headings", "paypal-activity", []string{
			`"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Entgelt","Netto","Absender E-Mail-Adresse","Transaktionscode"`,
			`"29.06.2026","07:45:51","Europe/Berlin","Ann Archer","Website-Zahlung","Abgeschlossen","EUR","1.084,00","-4,25","1.079,75","ann@example.com","T1"`,
		}, "events 1, invalid 0: 1084.00 EUR",
	},
	{
		"WooCommerce: no formatted column, and so no currency", "woocommerce-analytics", []string{
			"Date,Order #,Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net sales,Attribution",
			"2026-09-01 10:15:09,2001,Completed,Ann Archer,new,2× Mug,2,,2999.5,Direct",
		}, "events 1, invalid 1: 0 XXX (1 unreadable)\nproblems: currency_missing 1, no_visitor_key 1",
	},
	{
		"Square: 2018, without status and payment", "square-transactions", []string{
			"Date,Time,Time Zone,Gross Sales,Net Sales,Tax,Tip,Total Collected,Source,Card,Cash,Fees,Net Total,Transaction ID,Device Name,Details,Description,Event Type,Location,Customer ID,Customer Name,Customer Reference ID",
			"07/18/2018,12:59:30,Eastern Time (US & Canada),$8.00,$8.00,$0.50,$0.00,$8.50,Register,$8.50,$0.00,-$0.23,$8.27,T1,Counter,,Mug,Payment,Main Street,C1,Ann Archer,C-1001",
			`07/18/2018,13:59:30,Eastern Time (US & Canada),"$1,149.00","$1,149.00",$0.00,$0.00,"$1,149.00 ",Register,"$1,149.00",$0.00,-$30.00,"$1,119.00",T2,Counter,,Machine,Payment,Main Street,C1,Ann Archer,C-1001`,
		}, "events 2, invalid 0: 1157.50 USD",
	},
	{
		"QuickBooks: headings of the older report", "quickbooks-sales", []string{
			"Example Outfitters,,,,,,,,", "Sales by Customer Detail,,,,,,,,", `"July 1-31, 2026",,,,,,,,`, "",
			",Date,Transaction Type,Num,Product/Service,Memo/Description,Qty,Sales Price,Amount,Balance",
			"Alder & Sons,,,,,,,,,",
			`,07/23/2026,Invoice,1041,Consulting,Workshop,2.00,"1,549.00","3,098.00","3,098.00"`,
			`Total for Alder & Sons,,,,,,,,"$3,098.00",`,
			`TOTAL,,,,,,,,"$3,098.00",`,
		}, "events 1, invalid 1: 3098.00 USD\nproblems: no_visitor_key 1",
	},
	{
		"Paddle Classic", "paddle-transactions", []string{
			"Order ID,Order Status,Order Type,Product ID,Product Name,Product Taxable Category,Customer Email,Customer Country,Customer Zip Code,Coupon Applied,Quantity,Total,Tax,Fee,Currency,Balance Earnings,Balance Currency,Source,Checkout,Date",
			"100-1,completed,subscription,501,Plan,standard,ann@example.com,US,02139,,1,29.99,0.00,2.00,USD,27.99,USD,web,chk_1,2026-07-18 12:59:30",
			"100-2,refunded,subscription,501,Plan,standard,ben@example.com,US,02139,,1,29.99,0.00,2.00,USD,27.99,USD,web,chk_2,2026-07-18 12:59:30",
		}, "events 1, invalid 0: 29.99 USD",
	},
}

func TestVariantsOfHeadings(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "export.csv")
			if err := os.WriteFile(file, []byte(strings.Join(v.file, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			got := inWords(preview(t, v.preset, file).summary)
			want := v.want
			if !strings.Contains(want, "problems:") {
				want += "\nproblems: "
			}
			if !strings.HasSuffix(got, want) {
				t.Errorf("%s gives\n%s\nwant at the end\n%s", v.preset, got, want)
			}
		})
	}
}
