// Package number reads numbers and money as people write them, exactly: "1.234,56", "(12.50)",
// "1'234.50 CHF", "12,- €".
//
// A [Format] says how a column writes numbers; [ParseFormat] takes one by example, and a [Proof]
// finds it from all values of a column, or asks. A [Decimal] is the value, with its decimals as
// written; ToMinor turns it into integer minor units, with the decimals of ISO 4217 ([Exponent]).
// Nothing here is a float.
package number
