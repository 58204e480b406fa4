package samples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Headings change with a system's version, the account's language, the columns that people choose,
// and the programs that a file went through. The rows are our own; the headings are from real
// files.
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
		"PayPal: classic headings with blanks and a nameless last column",
		"paypal-activity", []string{
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
		"PayPal: a Spanish statement whose rows lack the last columns of the header",
		"paypal-activity", []string{
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
			"Example Outfitters,,,,,,,,", "Sales by Customer Detail,,,,,,,,",
			`"July 1-31, 2026",,,,,,,,`, "",
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
	{
		"PayPal: a German statement", "paypal-activity", []string{
			`"Datum","Uhrzeit","Zeitzone","Beschreibung","Währung","Brutto","Entgelt","Netto","Guthaben","Transaktionscode","Absender E-Mail-Adresse","Name","Name der Bank","Bankkonto","Rechnungsnummer","Zugehöriger Transaktionscode"`,
			`"29.06.2026","07:45:51","Europe/Berlin","Allgemeine Zahlung","EUR","1.084,00","-4,25","1.079,75","1.079,75","T1","ann@example.com","Ann Archer","","","",""`,
			`"30.06.2026","08:00:00","Europe/Berlin","Allgemeine Währungsumrechnung","EUR","43,34","0,00","43,34","1.123,09","T2","","","","","",""`,
			`"30.06.2026","08:00:00","Europe/Berlin","Rückzahlung","EUR","-20,00","0,00","-20,00","1.103,09","T3","ann@example.com","Ann Archer","","","","T1"`,
		}, "events 1, invalid 0: 1084.00 EUR",
	},
	{
		"PayPal: French activity", "paypal-activity", []string{
			`"Date","Heure","Fuseau horaire","Nom","Type","État","Devise","Avant commission","Commission","Net","De l'adresse email","À l'adresse email","Numéro de transaction"`,
			`"29/06/2026","07:45:51","CEST","Ann Archer","Paiement Express Checkout","Terminé","EUR","1 084,00","-4,25","1 079,75","ann@example.com","shop@example.com","T1"`,
			`"29/06/2026","07:45:51","CEST","Ann Archer","Remboursement de paiement","Terminé","EUR","-84,00","0,25","-83,75","shop@example.com","ann@example.com","T2"`,
		}, "events 1, invalid 0: 1084.00 EUR",
	},
	{
		"PayPal: Italian activity", "paypal-activity", []string{
			`"Data","Orario","Fuso orario","Nome","Tipo","Stato","Valuta","Lordo","Tariffa","Netto","Indirizzo email mittente","Codice transazione"`,
			`"29/06/2026","07:45:51","CEST","Ann Archer","Pagamento Express Checkout","Completata","EUR","1.084,00","-4,25","1.079,75","ann@example.com","T1"`,
			`"29/06/2026","07:46:51","CEST","","Prelievo generico","Completata","EUR","-1.000,00","0,00","-1.000,00","","T2"`,
		}, "events 1, invalid 0: 1084.00 EUR",
	},
	{
		"PayPal: a cleared cheque, its update, and a sale that was refunded",
		"paypal-activity", []string{
			`"Date","Time","Time Zone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","Transaction ID"`,
			`"6/29/2026","07:45:51","PDT","Ann","Payment Received","Cleared","USD","84.00","-4.25","79.75","ann@example.com","T1"`,
			`"6/29/2026","07:45:51","PDT","Ann","Update to Payment Received","Completed","USD","84.00","-4.25","79.75","ann@example.com","T2"`,
			`"6/29/2026","07:45:51","PDT","Ben","Payment Received","Refunded","USD","84.00","-4.25","79.75","ben@example.com","T3"`,
			`"6/29/2026","07:45:51","PDT","Cleo","Donation Received","Partially Refunded","USD","16.00","-1.25","14.75","cleo@example.com","T4"`,
		}, "events 2, invalid 0: 100.00 USD",
	},
	{
		"PayPal: yen have no decimals, dinars three", "paypal-activity", []string{
			`"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","Transaction ID"`,
			`"29/06/2026","07:45:51","JST","Ann","Website Payment","Completed","JPY","1,084","-43","1,041","ann@example.com","T1"`,
			`"29/06/2026","07:45:51","JST","Ben","Website Payment","Completed","USD","1,653.75","-4.25","1,649.50","ben@example.com","T2"`,
		}, "events 2, invalid 0: 1084 JPY 1653.75 USD",
	},
	{
		"Shopify: the fewest columns, statuses in capitals", "shopify-orders", []string{
			"Name,Financial Status,Paid at,Currency,Total,Created at,Email",
			"#1,Paid,,JPY,3200,2025-12-06 10:37:30 +0900,ann@example.com",
			"#2,PARTIALLY_REFUNDED,,JPY,1200,2025-12-06 10:37:30 +0900,ann@example.com",
			"#3,Partially_paid,,JPY,99,2025-12-06 10:37:30 +0900,ann@example.com",
		}, "events 2, invalid 0: 4400 JPY",
	},
	{
		"Square: pounds, by their sign", "square-transactions", []string{
			"Date,Time,Time Zone,Gross Sales,Net Sales,Tax,Tip,Total Collected,Source,Fees,Net Total,Transaction ID,Payment ID,Details,Description,Event Type,Location,Customer ID,Customer Name,Customer Reference ID,Transaction Status",
			`18/07/2026,12:59:30,London,£8.00,£8.00,£0.50,£0.00,£8.50,Register,-£0.23,£8.27,T1,P1,,Mug,Payment,Main Street,C1,Ann Archer,C-1001,Complete`,
			`18/07/2026,12:59:30,London,"£1,149.00","£1,149.00",£0.00,£0.00,"£1,149.00",Register,-£30.00,"£1,119.00",T2,P2,,Machine,Payment,Main Street,C1,Ann Archer,C-1001,Complete`,
			`18/07/2026,12:59:30,London,-£8.00,-£8.00,£0.00,£0.00,-£8.00,Register,£0.00,-£8.00,T3,P3,,Mug,Refund,Main Street,C1,Ann Archer,C-1001,Complete`,
		}, "events 2, invalid 0: 1157.50 GBP",
	},
	{
		"Square: items of a shop in Japan", "square-items", []string{
			"Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Event Type,Customer ID,Customer Name,Customer Reference ID",
			`2026-07-18,12:59:30,Tokyo,Tea,Sencha,1.0,Regular,,"¥1,200",¥0,"¥1,200",¥120,T1,P1,Payment,C1,Ann,C-1001`,
			`2026-07-18,12:59:30,Tokyo,Tea,Matcha,2.0,Regular,,"¥2,400",¥0,"¥2,400",¥240,T1,P1,Payment,C1,Ann,C-1001`,
		}, "events 1, invalid 0: 3960 JPY",
	},
	{
		"WooCommerce: a shop with decimal commas", "woocommerce-analytics", []string{
			"Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue",
			`2026-09-01 10:15:09,2001,"2.999,00 €",completed,Ann Archer,new,2× Mug,2,,2999`,
			`2026-09-01 10:15:09,2002,"45,50 €",processing,Ben,new,1× Mug,1,,45.5`,
			`2026-09-01 10:15:09,2002,"'-45,50 €",refunded,Ben,new,1× Mug,1,,'-45.5`,
		}, "events 2, invalid 2: 3044.50 EUR\nproblems: no_visitor_key 2",
	},
	{
		"WooCommerce: a German site's export by the plugin", "woocommerce-orders", []string{
			"Order Number,Order Status,Order Date,First Name (Billing),Last Name (Billing),Email (Billing),Item Name,Quantity,Item Cost,Order Total Amount,Order Currency",
			"2001,Fertiggestellt,2026-09-01 10:15,Ann,Archer,ann@example.com,Mug,2,10,24.00,EUR",
			"2002,Storniert,2026-09-01 10:15,Ann,Archer,ann@example.com,Mug,2,10,24.00,EUR",
		}, "events 1, invalid 0: 24.00 EUR",
	},
	{
		"Xero: without a postal address, day first", "xero-invoices", []string{
			"ContactName,EmailAddress,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,InventoryItemCode,Description,Quantity,UnitAmount,Discount,LineAmount,AccountCode,TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2,Currency,Type,Sent,Status",
			"Ann Ltd,ann@example.com,INV-1,,23/06/2026,23/07/2026,120.0000,20.0000,120.0000,0.0000,,Advice,1.0000,100.0000,,100.0000,200,20% (VAT on Income),20.0000,,,,,GBP,Sales invoice,Sent,Paid",
			"Ann Ltd,ann@example.com,INV-2,,05/06/2026,05/07/2026,120.0000,20.0000,60.0000,60.0000,,Advice,1.0000,100.0000,,100.0000,200,20% (VAT on Income),20.0000,,,,,GBP,Sales invoice,Sent,Awaiting Payment",
			"Ann Ltd,ann@example.com,CN-1,,05/06/2026,,20.0000,0,20.0000,0.0000,,Advice,1.0000,20.0000,,20.0000,200,No VAT,0,,,,,GBP,Sales credit note,Sent,Paid",
		}, "events 1, invalid 0: 120.00 GBP",
	},
	{
		"QuickBooks: another currency than dollars, in a column that was added",
		"quickbooks-sales", []string{
			"Example Outfitters,,,,,,,,,", "Sales by Customer Detail,,,,,,,,,",
			`"July 1-31, 2026",,,,,,,,,`, "",
			",Transaction date,Transaction type,Num,Product/Service full name,Description,Quantity,Sales price,Amount,Currency",
			"Alder & Sons,,,,,,,,,",
			`,23/07/2026,Invoice,1041,Consulting,Workshop,2.00,"1,549.00","3,098.00",GBP`,
			`Total for Alder & Sons,,,,,,,,"3,098.00",`,
			`TOTAL,,,,,,,,"3,098.00",`,
		}, "events 1, invalid 1: 3098.00 GBP\nproblems: no_visitor_key 1",
	},
	{
		"Gumroad: flags that Excel rewrote, and older headings", "gumroad-sales", []string{
			"Purchase ID,Item Name,Buyer Name,Purchase Email,Buyer Email,Purchase Date,Purchase Time (UTC timezone),Subtotal ($),Sale Price ($),Fully Refunded?,Disputed?,Free trial purchase?",
			"p1,Guide,Ann,ann@example.com,,2026-09-01,2026-09-01 12:34:56 UTC,29,29,FALSE,FALSE,FALSE",
			"p2,Guide,Ben,ben@example.com,,2026-09-01,2026-09-01 12:34:56 UTC,29,29,TRUE,FALSE,FALSE",
			"Totals,,,,,,,58,58,,,",
		}, "events 1, invalid 0: 29.00 USD",
	},
	{
		"FreshBooks: names of lines left out", "freshbooks-invoices", []string{
			"Client Name,Invoice #,Date Issued,Invoice Status,Date Paid,Line Total,Currency",
			"Acme,0000007,2026-01-28,Paid,2026-02-03,650.00,KWD",
			"Acme,0000007,2026-01-28,Paid,2026-02-03,1.125,KWD",
		}, "events 1, invalid 1: 651.125 KWD\nproblems: no_visitor_key 1",
	},
	{
		"Mollie: Dutch headings", "mollie-settlement", []string{
			"Datum,Betaalmethode,Valuta,Bedrag,Status,ID,Omschrijving,Naam consument,Settlement currency,Settlement amount,Settlement reference,Amount refunded",
			"2026-10-01 10:12:00,ideal,EUR,100.00,paidout,tr_1,Order 1001,Ann,EUR,100.00,1.1,",
			"2026-10-04 00:00:00,,EUR,-2.88,paidout,,Withheld fees,,EUR,-2.88,1.1,",
		}, "events 1, invalid 1: 100.00 EUR\nproblems: no_visitor_key 1",
	},
	{
		"GoCardless: the columns of one payment alone", "gocardless-payments", []string{
			"id,created_at,charge_date,amount,description,currency,status,amount_refunded,reference,transaction_fee,payout_date,app_fee,links.mandate,links.creditor,links.customer,links.payout,links.subscription",
			"PM1,2026-07-18T12:59:30.000Z,2026-07-21,25.00,Plan,GBP,confirmed,0.00,,0.20,,,MD1,CR1,CU1,,",
			"PM2,2026-07-18T12:59:30.000Z,2026-07-21,25.00,Plan,GBP,charged_back,0.00,,0.20,,,MD1,CR1,CU1,,",
		}, "events 1, invalid 0: 25.00 GBP",
	},
	{
		"Zoho: an older export, statuses as in the API", "zoho-invoices", []string{
			"Invoice Date,Invoice ID,Invoice Number,Invoice Status,Customer Name,Due Date,PurchaseOrder,Currency Code,Item Name,Item Desc,Quantity,Item Price,Item Total,SubTotal,Total,Balance,Last Payment Date",
			"2026-06-11,1234567890123456789,INV-1,paid,Acme,2026-07-11,,INR,Advice,,1.00,10.00,10.00,10.00,11.80,0.00,2026-06-20",
			"2026-06-11,1234567890123456788,INV-2,Void,Acme,2026-07-11,,INR,Advice,,1.00,10.00,10.00,10.00,11.80,11.80,",
		}, "events 1, invalid 1: 11.80 INR\nproblems: no_visitor_key 1",
	},
	{
		"Recurly: credit and charge invoices, zones in the dates", "recurly-invoices", []string{
			"id,invoice_number,billed_date,due_on,closed_at,state,net_terms,type,currency,total,account_code,email",
			"i1,1291,2026-02-19 12:01:33 PST,2026-02-19 12:01:33 PST,2026-02-19 12:01:40 PST,Paid,0,charge,JPY,4900,ann,ann@example.com",
			"i2,1292,2026-02-19 12:01:33 PST,,,past_due,0,charge,JPY,4900,ann,ann@example.com",
			"i3,1293,2026-02-19 12:01:33 PST,,2026-02-19 12:01:40 PST,paid,0,credit,JPY,-900,ann,ann@example.com",
		}, "events 1, invalid 0: 4900 JPY",
	},
	{
		"Paddle: headings in words", "paddle-transactions", []string{
			"Transaction ID,Status,Customer ID,Customer Email,Currency Code,Grand Total,Created At,Billed At",
			"txn_1,completed,ctm_1,ann@example.com,USD,29.99,2026-07-18T12:59:30.123Z,2026-07-18T12:59:30.123Z",
			"txn_2,past_due,ctm_1,ann@example.com,USD,29.99,2026-07-18T12:59:30.123Z,",
		}, "events 1, invalid 0: 29.99 USD",
	},
	{
		"Adyen: the order of columns before 2021", "adyen-settlement", []string{
			"Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,Modification Merchant Reference,Batch Number",
			"Acme,AcmeShop,8814769000000001,A-1,visa,2020-01-05 00:21:32,CET,Settled,8815769000000001,EUR,,96.9,1,EUR,,95.1,,0.9,0.5,0.4,visa,,380",
			"Acme,AcmeShop,8814769000000001,A-1,visa,2020-01-06 00:21:32,CET,Chargeback,8815769000000009,EUR,96.9,,1,EUR,111.9,,15,,,,visa,,380",
			"Acme,AcmeShop,,,,2020-01-07 00:00:00,CET,MerchantPayout,TX1,,,,,EUR,80,,,,,,,,380",
		}, "events 1, invalid 1: 96.90 EUR\nproblems: no_visitor_key 1",
	},
	{
		"Braintree: credits are refunds, settling counts", "braintree-transactions", []string{
			"Transaction ID,Subscription ID,Transaction Type,Transaction Status,Escrow Status,Created Datetime,Created Timezone,Settlement Date,Disbursement Date,Merchant Account,Currency ISO Code,Amount Authorized,Amount Submitted For Settlement,Service Fee,Tax Amount,Order ID,Customer ID,Customer Email",
			"b1,,Sale,Settled,,07/18/2026 12:59:30,America/Chicago,07/19/2026,,acme,JPY,4900,4900,,,o1,c1,ann@example.com",
			"b2,,Credit,Settled,,07/18/2026 12:59:30,America/Chicago,07/19/2026,,acme,JPY,4900,4900,,,o1,c1,ann@example.com",
			"b3,,Sale,gateway_rejected,,07/18/2026 12:59:30,America/Chicago,,,acme,JPY,4900,,,,o3,c1,ann@example.com",
		}, "events 1, invalid 0: 4900 JPY",
	},
	{
		"PayPal: German subscriptions and donations, days that could be months",
		"paypal-activity", []string{
			`"Datum","Uhrzeit","Zeitzone","Name","Typ","Status","Währung","Brutto","Gebühr","Netto","Absender E-Mail-Adresse","Empfänger E-Mail-Adresse","Transaktionscode","Artikelbezeichnung","Zugehöriger Transaktionscode","Telefon","Betreff","Auswirkung auf Guthaben"`,
			`"03.04.2026","18:00:00","Europe/Berlin","Ann M","PayPal Express-Zahlung","Abgeschlossen","EUR","1.250,50","-30,00","1.220,50","ann@example.com","me@example.com","T1","Kessel","","+4930231250123","","Haben"`,
			`"04.04.2026","18:00:00","Europe/Berlin","Ben M","Zahlung im Einzugsverfahren mit Zahlungsrechnung","Abgeschlossen","EUR","9,90","-0,60","9,30","ben@example.com","me@example.com","T2","","","","Abo","Haben"`,
			`"04.04.2026","18:00:00","Europe/Berlin","Cy M","Spendenzahlung","Abgeschlossen","EUR","25,00","-1,00","24,00","cy@example.com","me@example.com","T3","","","","","Haben"`,
			`"05.04.2026","18:00:00","Europe/Berlin","","Bankgutschrift auf PayPal-Konto","Abgeschlossen","EUR","59,90","0,00","59,90","","me@example.com","T4","","","","","Haben"`,
			`"05.04.2026","18:00:00","Europe/Berlin","Ann M","Rückzahlung","Abgeschlossen","EUR","12,00","0,00","12,00","shop@example.com","me@example.com","T5","","T0","","","Haben"`,
			`"05.04.2026","18:00:00","Europe/Berlin","","Allgemeine Auszahlung","Abgeschlossen","EUR","-100,00","0,00","-100,00","me@example.com","","T6","","","","","Soll"`,
			`"05.04.2026","18:00:00","Europe/Berlin","","Stornierung einer Einbehaltung","Abgeschlossen","EUR","5,00","0,00","5,00","","me@example.com","T7","","","","","Haben"`,
		}, "events 3, invalid 0: 1285.40 EUR",
	},
	{
		"PayPal: a French statement, days that could be months", "paypal-activity", []string{
			`"Date","Heure","Fuseau horaire","Description","Devise","Avant commission","Commission","Net","Solde","Numéro de transaction","Adresse email de l'expéditeur","Nom","Nom de la banque","Compte bancaire","Montant des frais de livraison et de traitement","TVA","Identifiant de facture","Numéro de la transaction de référence"`,
			`"03/04/2026","07:45:51","Europe/Paris","Paiement Express Checkout","EUR","1 084,00","-4,25","1 079,75","1 079,75","T1","ann@example.com","Ann Archer","","","0,00","0,00","",""`,
			`"04/04/2026","07:45:51","Europe/Paris","Paiement de don","EUR","16,00","-1,25","14,75","1 094,50","T2","ben@example.com","Ben Baker","","","0,00","0,00","",""`,
			`"04/04/2026","07:46:51","Europe/Paris","Paiement préapprouvé d'une facture utilisateur","EUR","9,90","-0,60","9,30","1 103,80","T3","cy@example.com","Cy Carter","","","0,00","0,00","F1",""`,
			`"05/04/2026","07:46:51","Europe/Paris","Virement bancaire sur le compte PayPal","EUR","50,00","0,00","50,00","1 153,80","T4","","","Banque","01","0,00","0,00","",""`,
			`"05/04/2026","07:46:51","Europe/Paris","Remboursement de paiement","EUR","12,00","0,00","12,00","1 165,80","T5","shop@example.com","Shop","","","0,00","0,00","","T0"`,
		}, "events 3, invalid 0: 1109.90 EUR",
	},
	{
		"PayPal: the whole Italian header", "paypal-activity", []string{
			`"Data","Orario","Fuso orario","Nome","Tipo","Stato","Valuta","Lordo","Tariffa","Netto","Indirizzo email mittente","Indirizzo email destinatario","Codice transazione","Titolo oggetto","Codice transazione di riferimento","N° ordine commerciante","Saldo","Telefono","Oggetto","Messaggio","Impatto sul saldo"`,
			`"03/04/2026","10:09:43","CEST","Ann Archer","Pagamento preautorizzato utenza","Completata","EUR","25,00","-0,90","24,10","ann@example.com","me@example.com","T1","","","F1","24,10","+390612345678","Abbonamento","","Accredito"`,
			`"04/04/2026","10:09:43","CEST","Ben Baker","Pagamento donazione","Completata","EUR","1.016,00","-1,25","1.014,75","ben@example.com","me@example.com","T2","Libro","","","1.038,85","","","","Accredito"`,
			`"05/04/2026","10:09:43","CEST","","Storno di blocco conto generico","Completata","EUR","4,72","0,00","4,72","","me@example.com","T3","","","","1.043,57","","","","Accredito"`,
			`"05/04/2026","10:09:43","CEST","","Versamento generico con carta","Completata","EUR","30,00","0,00","30,00","","me@example.com","T4","","","","1.073,57","","","","Accredito"`,
			`"05/04/2026","10:09:43","CEST","Shop","Rimborso pagamento","Completata","EUR","8,00","0,00","8,00","shop@example.com","me@example.com","T5","","","","1.081,57","","","","Accredito"`,
		}, "events 2, invalid 0: 1041.00 EUR",
	},
	{
		"PayPal: Spanish activity with refunds only", "paypal-activity", []string{
			`"Fecha","Hora","Zona horaria","Nombre","Tipo","Estado","Divisa","Bruto","Comisión","Neto","Correo electrónico del remitente","Id. de transacción"`,
			`"03/04/2026","07:45:51","Europe/Madrid","Ann","Reembolso de pago","Completado","EUR","-84,00","0,00","-84,00","me@example.com","T1"`,
			`"04/04/2026","07:45:51","Europe/Madrid","Ben","Pago reembolsado","Completado","EUR","84,00","0,00","84,00","ben@example.com","T2"`,
		}, "events 0, invalid 0:\nproblems: all_left_out 1",
	},
	{
		"Stripe: decimal commas", "stripe-payments", []string{
			"id;Created date (UTC);Amount;Amount Refunded;Currency;Status;Customer Email",
			"ch_1;2026-06-07 02:38:54;1249,50;0,00;eur;Paid;ann@example.com",
			"ch_2;2026-06-07 02:39:54;49,00;49,00;eur;Refunded;ben@example.com",
			"ch_3;2026-06-07 02:40:54;5800;0;jpy;Paid;cy@example.com",
		}, "events 2, invalid 0: 1249.50 EUR 5800 JPY",
	},
	{
		"Stripe: decimal commas, and points for thousands", "stripe-payments", []string{
			"id;Created date (UTC);Amount;Amount Refunded;Currency;Status;Customer Email",
			"ch_1;2026-06-07 02:38:54;1.112,50;0,00;eur;Paid;ann@example.com",
			"ch_2;2026-06-07 02:39:54;49,00;0,00;eur;Paid;ben@example.com",
			"ch_3;2026-06-07 02:40:54;5.800;0;jpy;Paid;cy@example.com",
		}, "events 3, invalid 0: 1161.50 EUR 5800 JPY",
	},
	{
		"Stripe: a point that no amount with decimals shows to be one for thousands",
		"stripe-payments", []string{
			"id;Created date (UTC);Amount;Amount Refunded;Currency;Status;Customer Email",
			"ch_1;2026-06-07 02:38:54;1.112;0,00;eur;Paid;ann@example.com",
			"ch_2;2026-06-07 02:39:54;49,00;0,00;eur;Paid;ben@example.com",
		}, "events 2, invalid 1: 49.00 EUR (1 unreadable)\nproblems: amount_invalid 1",
	},
	{
		"Stripe: the columns of a real export of invoices, without numbers of its own",
		"stripe-invoices", []string{
			"id,Amount Due,Closed,Currency,Customer,Date (UTC),Due Date (UTC),Ending Balance,Forgiven,Paid,Paid At (UTC),Marked Uncollectible At (UTC),Voided At (UTC),Finalized At (UTC),Minimum Line Item Period Start (UTC),Maximum Line Item Period End (UTC),Period Start (UTC),Period End (UTC),Starting Balance,Subscription,Subtotal,Total Discount Amount,Applied Coupons,Tax,Tax Percent,Total,Amount Paid,Status,Exclusive Tax Amount,Inclusive Tax Amount",
			`in_1,"49,00",TRUE,eur,cus_1,2026-02-27 9:56,,"0,00",FALSE,TRUE,2026-02-27 9:58,,,2026-02-27 9:57,2026-02-27 9:56,2026-03-27 9:56,2026-01-27 9:56,2026-02-27 9:56,"0,00",sub_1,"49,00","0,00",,"0,00",20,"49,00","49,00",paid,"0,00","0,00"`,
			`in_2,"0,00",FALSE,eur,cus_2,2026-02-27 9:56,,,FALSE,FALSE,,,,,2026-02-27 9:56,2026-03-27 9:56,2026-01-27 9:56,2026-02-27 9:56,"-7,60",sub_2,"0,00","0,00",,"0,00",20,"0,00","0,00",draft,"0,00","0,00"`,
		}, "events 1, invalid 0: 49.00 EUR",
	},
	{
		"FreshBooks: the header of 2024 with the day that is due", "freshbooks-invoices", []string{
			"Client Name,Invoice #,Date Issued,Date Due,Invoice Status,Date Paid,Item Name,Item Description,Rate,Quantity,Discount Percentage,Line Subtotal,Tax 1 Type,Tax 1 Amount,Tax 2 Type,Tax 2 Amount,Line Total,Currency",
			"Acme,196810,2026-02-05,2026-02-19,paid,2026-02-28,Planning,,95.00,4.00000000,0.0000,380.00,,0.00,,0.00,380.00,USD",
			"Acme,196810,2026-02-05,2026-02-19,paid,2026-02-28,Planning,,95.00,3.50000000,0.0000,332.50,,0.00,,0.00,332.50,USD",
			"Acme,196811,2026-02-05,2026-02-19,overdue,,Planning,,95.00,3.50000000,0.0000,332.50,,0.00,,0.00,332.50,USD",
		}, "events 1, invalid 1: 712.50 USD\nproblems: no_visitor_key 1",
	},
	{
		"Stripe: decimal commas in invoices, without a status", "stripe-invoices", []string{
			`id,Amount Due,Currency,Customer,Date (UTC),Number,Paid,Paid At (UTC),Subscription,Total,Amount Paid`,
			`in_1,"49,00",eur,cus_1,2026-09-01 02:38,EX-1,true,2026-09-01 03:39,sub_1,"49,00","49,00"`,
			`in_2,"49,00",eur,cus_2,2026-09-01 02:38,EX-2,false,,sub_2,"49,00","0,00"`,
		}, "events 1, invalid 0: 49.00 EUR",
	},
	{
		"Stripe: all transactions as they were in 2017, refunds among them",
		"stripe-all-transactions", []string{
			"id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Description,Customer Facing Amount,Customer Facing Currency,Transfer,Transfer Date (UTC),email (metadata)",
			"txn_1,transfer,tr_1,-824.08,0.00,-824.08,usd,2017-01-28 01:13,2017-01-29 00:00,STRIPE TRANSFER,,,,,",
			"txn_2,refund,ch_1,-249.00,-7.52,-241.48,usd,2016-07-25 15:34,2016-07-25 15:34,REFUND FOR CHARGE,-249.00,usd,tr_1,,ann@example.com",
			`txn_3,charge,ch_2,249.00,7.52,241.48,usd,2016-07-25 15:34,2016-07-25 15:34,Order,249.00,usd,tr_1,,ann@example.com`,
		}, "events 1, invalid 0: 249.00 USD",
	},
	{
		"DATEV: the revenue account first, with H", "datev-buchungsstapel", []string{
			`"EXTF";700;21;"Buchungsstapel";9;20260306102500000;;"XY";;;1001;456;20260101;4;20260201;20260228;"Februar";;1;;0;"EUR";;;;;;;;;`,
			`Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basisumsatz;WKZ Basisumsatz;Konto;Gegenkonto;BU;Belegdatum;Belegfeld 1;Buchungstext;E-Mail`,
			`5950,00;H;EUR;;;;8400;10000;;2202;RE-1;Kessel;ann@example.com`,
			`119,00;S;EUR;;;;10001;8400;;2302;RE-2;Tasse;ben@example.com`,
			`119,00;S;EUR;;;;8400;10001;;2302;GS-2;Gutschrift;ben@example.com`,
			`24,95;H;EUR;;;;1200;4940;;2402;B-1;Porto;`,
		}, "events 2, invalid 0: 6069.00 EUR",
	},
	{
		"Mollie: decimal commas", "mollie-settlement", []string{
			"Datum;Betaalmethode;Valuta;Bedrag;Status;ID;Omschrijving;Email",
			"2026-10-01 10:12:00;ideal;EUR;1100,50;paidout;tr_1;Order 1001;ann@example.com",
		}, "events 1, invalid 0: 1100.50 EUR",
	},
	{
		"BigCommerce: the fewest columns", "bigcommerce-orders", []string{
			"Order ID,Customer Name,Customer Email,Order Date,Order Status,Order Total (inc tax),Order Currency Code",
			`101,Ann,ann@example.com,2026-09-21,Completed,"1118.00",USD`,
			"102,Ben,ben@example.com,2026-09-22,Declined,18.00,USD",
		}, "events 1, invalid 0: 1118.00 USD",
	},
	{
		"Eventbrite: British headings, refunds only", "eventbrite-attendees", []string{
			"Order no.,Order Date,First Name,Surname,Email,Quantity,Ticket Type,Attendee no.,Order Type,Currency,Total Paid,Attendee Status",
			"11,2026-10-01 18:00,Ann,Archer,ann@example.com,1,VIP,1,Eventbrite Completed,GBP,25.00,Refunded",
		}, "events 0, invalid 0:",
	},
	{
		"WooCommerce: a plugin's export of another make, one row for each item",
		"woocommerce-order-export", []string{
			"order_id,order_number_formatted,date,status,shipping_total,order_total,order_currency,billing_email,item_name",
			"901,#1001,2026-09-01 10:15:00,processing,4.90,54.80,EUR,ann@example.com,Cup",
			"901,#1001,2026-09-01 10:15:00,processing,4.90,54.80,EUR,ann@example.com,Kettle",
		}, "events 1, invalid 0: 54.80 EUR",
	},
	{
		"an export without a row", "stripe-payments", []string{
			"id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer Email",
		}, "events 0, invalid 0:",
	},
	{
		"a report with nothing but its totals", "gumroad-sales", []string{
			"Purchase ID,Item Name,Buyer Name,Purchase Email,Buyer Email,Purchase Time (UTC timezone),Sale Price ($),Fully Refunded?,Free trial purchase?",
			"Totals,,,,,,0.0,,",
		}, "events 0, invalid 0:",
	},
}

func TestVariantsOfHeadings(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "export.csv")
			if err := os.WriteFile(file, []byte(strings.Join(v.file, "\n")+"\n"),
				0o600); err != nil {
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
