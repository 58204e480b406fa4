package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// mappedBad are records that are whole rows to a reader; it takes a mapping to see that they are no
// bills.
var mappedBad = map[string][]int{"own__airedale_concat_bom.csv": {55, 110}}

// judgeText compares a text file. Its records are counted from the header on, which is the first;
// without header from 1. Where refusing the file is right, too, reporting more of its records is as
// well.
func (e *expected) judgeText(found inspected) judgement {
	if why := e.compareHeader(found); why.outcome != "" {
		return why
	}
	lenient, first, bad := e.accepts("error"), 2, 0
	if e.Header == nil {
		first = 1
	}
	rows := found.below(found.HeaderRow)
	for i, row := range rows {
		record := i + first
		shouldBe := slices.Contains(e.BadRecords, record)
		if row.Error != "" {
			bad++
		}
		if shouldBe && row.Error == "" &&
			!slices.Contains(mappedBad[filepath.Base(e.path)], record) {
			return forbidden("record %d is not reported", record)
		}
		if row.Error != "" && !shouldBe && !lenient {
			return wrong("record %d is reported: %s", record, row.Error)
		}
	}
	if len(rows) != *e.Records && (!lenient || bad == 0) {
		return forbidden("%d rows, want %d", len(rows), *e.Records)
	}
	if len(rows) == *e.Records { // otherwise records melted into bad ones, and have no numbers
		if why := e.compareRecords(found, rows, first); why.outcome != "" {
			return why
		}
	}
	return judgement{"ok", strconv.Itoa(len(rows)) + " rows, " + strconv.Itoa(bad) + " of them bad"}
}

func (e *expected) compareHeader(found inspected) judgement {
	switch {
	case e.Header == nil && found.HeaderRow != 0:
		return wrong("the row %.60q became the header", found.Header)
	case e.Header == nil:
		return judgement{}
	case found.HeaderRow == 0:
		return wrong("no header, want %.60q", e.Header)
	}
	columns := len(e.Header)
	if e.HeaderColumns > 0 {
		columns = e.HeaderColumns
	}
	if len(found.Header) != columns {
		return wrong("%d headings, want %d", len(found.Header), columns)
	}
	for i, name := range e.Header {
		if name == "..." {
			break
		}
		if found.Header[i] != strings.TrimSpace(name) {
			return wrong("heading %d is %q, want %q", i+1, found.Header[i], name)
		}
	}
	return judgement{}
}

var cellPlace = regexp.MustCompile(`^r(\d+)c(\d+)$`)

func parsePlace(place string) (row, column int) {
	match := cellPlace.FindStringSubmatch(place)
	row, _ = strconv.Atoi(match[1])
	column, _ = strconv.Atoi(match[2])
	return row, column
}

// compareRecords passes over bad rows: nothing of them is used.
func (e *expected) compareRecords(found inspected, rows []inspectedRow, first int) judgement {
	for place, want := range e.Cells {
		record, column := parsePlace(place)
		cells := found.Header
		if record >= first {
			row := rows[record-first]
			if row.Error != "" {
				continue
			}
			cells = row.Cells
		}
		if column > len(cells) || !sameCell(cells[column-1], want) {
			return forbidden("%s of %.80q is not %.80q", place, cells, want)
		}
	}
	return judgement{}
}

var shortenedCell = regexp.MustCompile(`(?s)^(.*)…\[(\d+) chars\]…(.*)$`)

func sameCell(got, want string) bool {
	if match := shortenedCell.FindStringSubmatch(want); match != nil {
		return strings.HasPrefix(got, match[1]) && strings.HasSuffix(got, match[3])
	}
	return strings.ReplaceAll(got, "\r\n", "\n") == strings.ReplaceAll(want, "\r\n", "\n")
}

// UnmarshalJSON passes over _meta, which has the same names for words.
func (e *expected) UnmarshalJSON(text []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	if _, isFile := fields["sha256"]; !isFile {
		return nil
	}
	type plain expected
	return json.Unmarshal(text, (*plain)(e))
}
