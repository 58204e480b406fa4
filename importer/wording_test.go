package importer

import (
	"strings"
	"testing"

	"ableimport/importer/history"
	"ableimport/importer/table"
	"ableimport/mapping"
)

// Tables and mappings, which do not know each other, call a column without a heading the same.
func TestColumnsWithoutHeadings(t *testing.T) {
	for column := range 18_000 {
		if table.ColumnName(column) != mapping.LetterName(column) {
			t.Fatalf("%q in tables, %q in mappings", table.ColumnName(column),
				mapping.LetterName(column))
		}
	}
	if got := table.ColumnName(701) + ", " + table.ColumnName(702); got != "column ZZ, column AAA" {
		t.Error(got)
	}
}

// The question before sending agrees in number, and only shows the end of the mark.
func TestQuestion(t *testing.T) {
	im := &Import{job: Job{Target: history.Target{Endpoint: "http://127.0.0.1:1/events",
		Mark: "not-a-real-funnel-mark-a41c"}}}
	for want, plan := range map[string]*Plan{
		"1 event, to 127.0.0.1:1 (funnel …a41c).": {ToSend: 1},
		"1 event, to 127.0.0.1:1 (funnel …a41c). " +
			"1 that looks like another under another id.": {ToSend: 1, Alike: 1},
		"1,200 events, to 127.0.0.1:1 (funnel …a41c). " +
			"2 that look like others under another id.": {ToSend: 1200, Alike: 2},
	} {
		if got := im.Question(plan); got != want || strings.Contains(got, "real") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
