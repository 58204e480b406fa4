// Package mapping turns the rows of a billing export into Able events, as a
// mapping file says. It is pure: values in, values out.
package mapping
