package importer

import (
	"testing"

	"ableimport/importer/spill"
)

// Events that nobody asks for, with a fate or without, do not shift the fates of others.
func TestFatesOfSomeEvents(t *testing.T) {
	plan := &Plan{fates: spill.NewSorter(t.TempDir(), fateNoteSize)}
	defer plan.fates.Close()
	for _, n := range []fateNote{{seq: 1, fate: duplicate}, {seq: 3, fate: changed, twin: 2},
		{seq: 4, fate: unknown}, {seq: 7, fate: kept, after: 9}} {
		if err := plan.fates.Add(n.append(nil)); err != nil {
			t.Fatal(err)
		}
	}

	fates := plan.openFates()
	defer fates.close()
	for _, want := range []fateNote{{seq: 0}, {seq: 3, fate: changed, twin: 2}, {seq: 5},
		{seq: 7, fate: kept, after: 9}, {seq: 8}} {
		if got, err := fates.of(want.seq); got != want || err != nil {
			t.Errorf("fates.of(%d) = %+v, %v; want %+v", want.seq, got, err, want)
		}
	}
}
