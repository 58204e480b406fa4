// Package cell is what a cell of an export holds: its text, its kind, and how both are shown to
// people. The reader of a file hands over a [Row]; a [Cell] is one trimmed value of it.
//
// [PlainText] makes texts comparable (full-width characters, dashes, white space), [Visible] makes
// them fit for terminals, and [Mask] and its sisters keep them from strangers' eyes. A [Question]
// is what the values of a column leave open.
package cell
