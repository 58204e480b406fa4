// Package date reads days and times as exports write them, and moments from zones.
//
// A [Format] says how a column writes dates: ISO 8601, the tokens of a layout ("DD/MM/YYYY HH:mm"),
// Unix time, or any way of writing with a proved order of day and month. A [Proof] finds that order
// from all values of a column, or asks. A [Context] adds what a date itself does not say: the zone,
// the time of day, the year.
//
// Zone names come from the IANA database and from Windows; words such as CET only count if they
// mean one offset.
package date
