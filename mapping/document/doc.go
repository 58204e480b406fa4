// Package document reads YAML files, mappings and job files, and reports every mistake with its
// place.
//
//	mapping.yaml:12:11: no column "Custmer Email" in invoices.csv; nearest: "Customer Email"
//	  11 |   keys:
//	> 12 |     email: Custmer Email
//	     |            ^
//
// A [Document] is the text and makes the [Error]s; a [Node] keeps a scalar as it is written (1.10
// stays 1.10); a [Reader] passes the values of an object to the readers of their keys, fills in
// ${ABLE_...} variables, and collects all mistakes. A [Setting] does the same for files other than
// mappings.
package document
