// Package draft writes the first mapping of an export that nobody has mapped: what `able-import
// init` and the page begin with. [Write] looks at every row, says which column is what and why, and
// asks about everything that the values do not prove.
package draft
