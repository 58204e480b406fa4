package samples_test

// samplesGive is what the importer makes of each sample: rows by fate, the reasons for leaving rows
// out, events with their money, and why events are invalid.
var samplesGive = map[string]string{
	"adyen-settlement": `rows 9 = mapped 0, skipped 4, invalid 5, held 0
skipped: not a settled payment 4
events 5, invalid 5: 96.90 EUR (1 unreadable) 19.95 GBP 1500.00 USD
problems: amount_invalid 1, no_visitor_key 5`,
	"bigcommerce-orders": `rows 9 = mapped 3, skipped 4, invalid 2, held 0
skipped: not paid 3, refunded 1
events 5, invalid 2: 1080.00 EUR 188.60 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"braintree-transactions": `rows 10 = mapped 3, skipped 4, invalid 3, held 0
skipped: not settled 3, refund 1
events 6, invalid 3: 1250.00 EUR 117.50 USD (1 unreadable)
problems: amount_invalid 1, date_invalid 1, no_visitor_key 1`,
	"chargebee-invoices": `rows 8 = mapped 3, skipped 4, invalid 1, held 0
skipped: not paid 3, zero_amount 1
events 4, invalid 1: 1490.00 EUR 4800 JPY 49.00 USD (1 unreadable)
problems: amount_invalid 1`,
	"datev-buchungsstapel": `rows 9 = mapped 0, skipped 4, invalid 5, held 0
skipped: general reversal 1, no revenue 3
events 5, invalid 5: 1190.00 CHF 6158.00 EUR (1 unreadable)
problems: amount_invalid 1, no_visitor_key 5`,
	"eventbrite-attendees": `rows 9 = mapped 5, skipped 2, invalid 2, held 0
skipped: zero_amount 2
events 5, invalid 2: 25.00 EUR 1325.00 USD (1 unreadable)
problems: expression_failed 1, no_visitor_key 1`,
	"freshbooks-invoices": `rows 7 = mapped 0, skipped 2, invalid 4, held 1
skipped: not paid 2
events 3, invalid 3: 650.00 CAD 640.00 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 3`,
	"gocardless-payments": `rows 10 = mapped 5, skipped 4, invalid 1, held 0
skipped: not confirmed 4
events 6, invalid 1: 1250.00 EUR 100.00 GBP (1 unreadable)
problems: amount_invalid 1`,
	"gumroad-sales": `rows 11 = mapped 4, skipped 5, invalid 2, held 0
skipped: authorization only 1, footer 1, free trial 1, refunded 1, zero_amount 1
events 6, invalid 2: 294.50 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"lemonsqueezy-orders": `rows 9 = mapped 4, skipped 3, invalid 2, held 0
skipped: not paid 1, refunded 1, test mode 1
events 6, invalid 2: 1290.00 EUR 5800 JPY 31.97 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"mollie-settlement": `rows 7 = mapped 0, skipped 3, invalid 4, held 0
skipped: not a payment 3
events 4, invalid 4: 119.95 EUR (1 unreadable) 54.00 USD
problems: amount_invalid 1, no_visitor_key 4`,
	"paddle-transactions": `rows 9 = mapped 3, skipped 4, invalid 2, held 0
skipped: not paid 4
events 5, invalid 2: 299.00 EUR 4800 JPY 59.98 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"paypal-activity": `rows 16 = mapped 5, skipped 9, invalid 2, held 0
skipped: negative_amount 1, not a payment 5, not completed 2, returned or held 1
events 7, invalid 2: 84.00 EUR 12.00 GBP 1723.74 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"quickbooks-sales": `rows 14 = mapped 0, skipped 8, invalid 4, held 2
skipped: footer 3, heading 3, not a sale 2
events 4, invalid 4: 5077.57 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 4`,
	"razorpay-payments": `rows 9 = mapped 4, skipped 3, invalid 2, held 0
skipped: not captured 2, refunded 1
events 6, invalid 2: 14497.00 INR (1 unreadable) 49.00 USD
problems: amount_invalid 1, no_visitor_key 1`,
	"recurly-invoices": `rows 10 = mapped 3, skipped 5, invalid 2, held 0
skipped: credit invoice 1, not paid 3, zero_amount 1
events 5, invalid 2: 59.00 EUR 147.00 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"shopify-orders": `rows 74 = mapped 57, skipped 12, invalid 2, held 3
skipped: not paid 7, refunded 5
events 34, invalid 2: 72.95 EUR 246.59 GBP 3199.24 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"square-items": `rows 7 = mapped 4, skipped 1, invalid 2, held 0
skipped: refund 1
events 5, invalid 2: 2406.20 USD (1 unreadable)
problems: expression_failed 1, no_visitor_key 1`,
	"square-transactions": `rows 8 = mapped 3, skipped 3, invalid 2, held 0
skipped: not complete 1, refund 2
events 5, invalid 2: 2410.00 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"squarespace-orders": `rows 8 = mapped 4, skipped 2, invalid 2, held 0
skipped: not paid 1, refunded 1
events 5, invalid 2: 40.00 EUR 1240.00 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"stripe-all-transactions": `rows 9 = mapped 3, skipped 4, invalid 2, held 0
skipped: not a charge 4
events 5, invalid 2: 5800 JPY 1325.50 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"stripe-balance": `rows 10 = mapped 4, skipped 4, invalid 2, held 0
skipped: not a charge 4
events 6, invalid 2: 5800 JPY 500.00 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
	"stripe-invoices": `rows 8 = mapped 3, skipped 4, invalid 1, held 0
skipped: not paid 3, zero_amount 1
events 4, invalid 1: 49.00 EUR (1 unreadable) 5800 JPY 1190.00 USD
problems: amount_invalid 1`,
	"stripe-payments": `rows 16 = mapped 8, skipped 6, invalid 2, held 0
skipped: not paid 4, refunded 1, test mode 1
events 10, invalid 2: 173.50 EUR (1 unreadable) 5800 JPY 890.00 MXN 464.00 USD
problems: amount_invalid 1, no_visitor_key 1`,
	"wix-orders": `rows 8 = mapped 4, skipped 2, invalid 2, held 0
skipped: not paid 1, refunded 1
events 5, invalid 2: 129.50 EUR (1 unreadable) 1124.10 GBP
problems: amount_invalid 1, no_visitor_key 1`,
	"woocommerce-analytics": `rows 9 = mapped 0, skipped 5, invalid 4, held 0
skipped: negative_amount 1, not paid 1, refunded 2, zero_amount 1
events 4, invalid 4: 3064.49 EUR 0 XXX (1 unreadable)
problems: amount_invalid 1, no_visitor_key 4`,
	"woocommerce-order-export": `rows 7 = mapped 2, skipped 3, invalid 2, held 0
skipped: not paid 2, refunded 1
events 4, invalid 2: 72.20 EUR (1 unreadable) 17.40 GBP
problems: amount_invalid 1, no_visitor_key 1`,
	"woocommerce-orders": `rows 10 = mapped 5, skipped 3, invalid 2, held 0
skipped: not paid 2, refunded 1
events 5, invalid 2: 114.50 EUR (1 unreadable) 17.40 GBP
problems: amount_invalid 1, no_visitor_key 1`,
	"xero-invoices": `rows 50 = mapped 31, skipped 6, invalid 5, held 8
skipped: not an invoice 2, not paid 4
events 20, invalid 5: 10448.82 EUR 28429.78 GBP (1 unreadable)
problems: amount_invalid 1, no_visitor_key 4`,
	"zoho-invoices": `rows 9 = mapped 4, skipped 3, invalid 2, held 0
skipped: not paid 3
events 5, invalid 2: 35.50 EUR 1975.50 USD (1 unreadable)
problems: amount_invalid 1, no_visitor_key 1`,
}
