package prepare

import (
	"fmt"
	"strings"

	"ableimport/importer"
	"ableimport/importer/report"
)

// shownAlikes bounds how many look-alikes a question lists.
const shownAlikes = 5

// AlikeLines tells the person who is asked which events may be sales that were sent already: nobody
// else can know.
func AlikeLines(plan *importer.Plan) string {
	if plan.Alike == 0 {
		return ""
	}

	var out strings.Builder
	words := "events look like others under other ids"
	if plan.Alike == 1 {
		words = "event looks like another one under another id"
	}

	fmt.Fprintf(&out, "%s %s: same visitor key, amount and currency, within a day. They may be "+
		"the same sales:\n",
		report.Amount(fmt.Sprint(plan.Alike)), words)

	shown := plan.Alikes[:min(len(plan.Alikes), shownAlikes)]
	for _, a := range shown {
		fmt.Fprintf(&out, "  %s:%d looks like one %s\n", report.Visible(a.File), a.Row, a.Like)
	}
	if more := plan.Alike - int64(len(shown)); more > 0 {
		fmt.Fprintf(&out, "  and %s more\n", report.Amount(fmt.Sprint(more)))
	}

	return out.String()
}
