package main

import (
	"bytes"
	"strings"
	"testing"

	"ableimport/importer"
)

// Whoever is asked after the first events sees what may be sent twice, and whoever says no to it
// sends nothing more.
func TestCanaryQuestionShowsLookAlikes(t *testing.T) {
	plan := &importer.Plan{Alike: 7}
	for row := range 7 {
		plan.Alikes = append(plan.Alikes, importer.LookAlike{File: "till.csv", Row: row + 2,
			Like: "delivered from shop.csv:2, run r"})
	}
	for _, test := range []struct {
		plan *importer.Plan
		want []string
		not  string
	}{
		{plan, []string{"1: 200 delivered", "7 events look like others under other ids",
			"till.csv:2 looks like one delivered from shop.csv:2", "and 2 more",
			"Send the rest? [y/N]"}, "till.csv:7"},
		{&importer.Plan{}, []string{"1: 200 delivered", "Send the rest? [y/N]"}, "look"},
	} {
		var said bytes.Buffer
		p := program{streams: streams{in: strings.NewReader("n\n"), err: &said}}
		if p.confirmCanary(t.Context(), test.plan, []string{"1: 200 delivered"}) {
			t.Error("no is taken for yes")
		}
		for _, want := range test.want {
			if !strings.Contains(said.String(), want) {
				t.Errorf("it does not say %q:\n%s", want, said.String())
			}
		}
		if strings.Contains(said.String(), test.not) {
			t.Errorf("it says %q:\n%s", test.not, said.String())
		}
	}
}
