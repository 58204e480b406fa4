// Package mapping turns the rows of a billing export into events for Able's webhook, as a mapping
// file says. It is pure: it opens no files and no sockets, reads no clock and no environment, and
// starts no goroutines.
//
//	mapping file --Parse--> Config --Bind(header)--> Mapper
//	                          |                        |  Admit   each row in order: data, or why not
//	                          +--Survey (open formats) |  Key     the group of a row
//	                             --Resolve--> Apply -->|  Map     the rows of one group -> Event
//
// Start from [Parse], [Config.Bind] and [Mapper.Map]. Packages cell, number, date and contact read
// what a cell holds, and know nothing of mappings; package document reads the file itself, and
// package draft writes one for an export that has none.
//
// # Order of work
//
// A group's values are the first that are not empty in its rows. Then come skip: and where:, and
// only then is the event checked, so a group that is left out is never invalid. What is wrong with
// an event is data: [Event].Problems, each with row, column and a masked value. Errors are only for
// mistakes in the mapping file, as [*document.Error] with place and excerpt, and for files that
// leave open how to read them, as [*OpenQuestion].
//
// # Nothing is guessed
//
// Amounts are decimals from cell to wire, never floats. A number or date that can be read in two
// ways is decided by the mapping, or proved by all values of its column, or refused. Text is
// written unchanged, except for white space around it, the apostrophe with which exporters guard
// formulas, and ="01234", with which they protect text in Excel.
//
// # The mapping file
//
// Its fields mirror the webhook's JSON. A bare string is the name of a column ("column C" is one
// without heading, by its letter); an object says where the value comes from and how to read it:
//
//	column: Name            or [A, B] with join: " " between them
//	first: [A, B]           the first that is not empty
//	const: text             the same for all
//	expr: num("A") - 1.5    see below
//	credit: A, debit: B     an amount, from a pair of columns
//	lookup: contacts        with column: a column of a second file, see lookups:
//
// Options of any value: map ({from: to, "*": all others}), default (for an empty cell), take
// (first_word, rest_words, {after: text}, {query: name}), join (the different values of all rows of
// the group), required (true: must be filled; false: the column may be missing). Of keys: split
// (several in one cell), region and region_column (of phones). Of numbers: number (by example),
// minor_units, sum (over the rows of the group), net_of (columns that are subtracted), refunded and
// partial_refunds (whole, left), sign ({column, plus, minus}). Of times: date (a layout), year,
// time_column, time_of_day, timezone, timezone_of ({column: zone}), timezone_column, timezones
// (what its words mean), as (unix, unix_ms, rfc3339).
//
// Besides fields: the file has settings ({name: {question, values, default}}: what the export does
// not say, which other lines have as ${name}), set (the answers), languages ({heading: {number,
// date}}: what a language version brings with it), version, name, namespace, event, source (sheet,
// header, encoding, delimiter, comment, unlike: headings of other exports, carry: columns whose
// value comes once above the rows, footer and data: conditions for single rows that are not data,
// or are, whatever they look like, tables: which of several tables count), formats (number, date,
// timezone, time_of_day, years, repeated_hour), columns (other headings), group_by, where, skip
// ({reason: condition}), id, items (name, price, qty, sku, category, where, add_up: false; or list:
// {column, split, pattern}), lookups, marker (custom_data.NAME: the event's stable id in its body),
// visitors ({placeholders, allow}: keys that name nobody, or many), tests.
//
// # Expressions
//
// The language is expr-lang.org's, with exact numbers: col("Name") is the text of a column,
// num("Name") its number (0 if it is empty), day("Name") its day as 2026-11-05. A second argument
// is the value for files without the column: col("Mode", "Live"). There are also: number, text,
// round(x, places), divide(x, y, places), abs, min, max, before(text, mark), after(text, mark),
// like(text, "8400,83xx"), and from the language itself len, trim, trimPrefix, trimSuffix, upper,
// lower, replace, split, join, indexOf, lastIndexOf, hasPrefix, hasSuffix, first, last.
package mapping
