// Package table reads any export, delimited text or a spreadsheet, as rows of typed cells.
//
// [Open] finds out what a file is (never by its name alone), how its text is encoded and delimited
// and which row holds the headings; [Table.Rows] then streams the rows below, with memory that does
// not grow with their number.
//
// Spreadsheets are XLSX, which is read here, and OpenDocument, XML Spreadsheet 2003 and the tables
// of web pages, whose readers are packages of their own. What they find in cells is interpreted
// here, by the same code for all: number formats, dates, currencies, formulas that nobody computed,
// which sheet is meant and where its header is.
//
// Two promises shape everything in here. A file is read as it stands or refused with a sentence
// that says what to do: what can be read two ways is an [AmbiguousError], never a guess. And
// nothing is lost on the way: a row that cannot be trusted comes as a [RowError] with its place and
// reading goes on where the next row is certain; where it is not, the iterator ends with an error.
// There are never fewer rows in silence, and cells never move into other columns.
package table
