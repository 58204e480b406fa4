// Package table reads any export, delimited text or a spreadsheet, as rows of typed cells.
//
// [Open] finds out what a file is (never by its name alone), how its text is encoded and delimited
// and which row holds the headings; [Table.Rows] then streams the rows below, with memory that does
// not grow with their number; only an old Excel workbook is entirely in memory. The sheet of an
// XLSX workbook is read and proved whole by Open: its rows wait in a private file, packed and
// encrypted, so that it need not be unpacked again.
//
// Spreadsheets are XLSX, which is read here, and OpenDocument, old Excel workbooks, XML Spreadsheet
// 2003 and the tables of web pages, which have their own packages. The same code here interprets
// the cells of all: number formats, dates, currencies, formulas that nobody computed, which sheet
// is meant and where its header is.
//
// Two promises shape everything here. A file is read exactly, or refused with a sentence that says
// what to do: what can be read two ways is an [AmbiguousError], never a guess. And nothing is lost
// on the way: a row that cannot be trusted becomes a [RowError] with its place, and reading goes on
// where the next row is certain; if none is, the iterator ends with an error. Rows never disappear
// silently, and cells never move into other columns.
package table
