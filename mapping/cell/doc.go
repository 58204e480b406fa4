// Package cell is what a cell of an export holds: its text, its kind, and how both are shown to
// people. A [Row] is what the reader of a file hands over, a [Cell] one trimmed value of it.
//
// Texts are made comparable by [PlainText] (full-width characters, dashes, white space), kept fit
// for terminals by [Visible], and kept from strangers' eyes by [Mask] and its sisters. A [Question]
// is what the values of a column leave open.
package cell
