package report

import (
	"fmt"
	"strings"
)

// Page is what the text of a summary needs beyond the summary. All of it may
// be left out.
type Page struct {
	Colour   bool
	Expected Expected
	// Reasons are words for skip reasons: "where" is `Financial Status is not "paid"`.
	Reasons map[string]string
	Notes   map[State]string // after a state's line: "on 3 Nov, from orders_oct.csv"
	Keys    []KeyCount       // in a preview
	Picture string           // in a preview: lines that draw the money by day
	Command string           // in a preview: the command that sends exactly this
	// Target has the flags that commands need to mean the same target, as typed; "" for the
	// default.
	Target string
}

// Expected is what --expect-events and --expect-total said.
type Expected struct {
	Events *int64            // nil: not said
	Totals map[string]string // decimal strings by currency
	OfRows []string          // "EUR 66.00": totals that match the rows of data, not the events
}

// KeyCount is how many events have a visitor key.
type KeyCount struct {
	Name   string
	Events int64
}

// Text returns the end of a run as people read it: what happened, where every row and every amount
// went, what is wrong and what to do about it.
func (s *Summary) Text(page Page) string {
	var out strings.Builder
	out.WriteString(page.in(strong, s.Headline()))
	if s.RunID != "" {
		out.WriteString(gap + " run " + Visible(s.RunID))
	}
	out.WriteString("\n\n")

	s.writeBody(&out, page)
	s.writeFixing(&out)
	if s.ExitCode != 0 {
		fmt.Fprintf(&out, "exit %d\n", s.ExitCode)
	}
	return out.String()
}

// PreviewText returns the totals of a preview as people read them. It is the text of the run,
// without what only a run can know.
func (s *Summary) PreviewText(page Page) string {
	var out strings.Builder
	s.writeBody(&out, page)
	if s.Plan == "" {
		return out.String()
	}
	if s.Events.NotSent == 0 {
		return out.String() + "Nothing to send.\n"
	}

	fmt.Fprintf(&out, "Plan %s.", short(s.Plan))
	if page.Command != "" {
		out.WriteString(" To send exactly this:  " + Visible(page.Command))
	}
	out.WriteByte('\n')
	return out.String()
}

// short returns as much of a plan's hash as people compare: 8 digits.
func short(plan string) string {
	digits := strings.TrimPrefix(plan, "sha256:")
	return Visible(digits[:min(8, len(digits))])
}

func (s *Summary) writeBody(out *strings.Builder, page Page) {
	s.writeRows(out, page)
	s.writeEvents(out, page)
	if err := s.Check(); err != nil {
		out.WriteString(page.in(bad, "  The figures do not add up; please report this:") + "\n")
		for line := range strings.Lines(err.Error() + "\n") {
			out.WriteString("    " + line)
		}
		out.WriteByte('\n')
	}

	if page.Picture != "" {
		out.WriteString(page.Picture + "\n")
	}
	writeKeys(out, page.Keys)
	s.writeProblems(out, page.Target)
}

// Headline says in one sentence how the run ended.
func (s *Summary) Headline() string {
	how := "Done in "
	switch s.ExitCode {
	case 1:
		how = "Failed after "
	case 2, 6:
		return "Refused: nothing was sent."
	case 5:
		how = "Stopped after "
	case 129, 130, 143:
		how = "Interrupted after "
	}

	var outcomes []string
	for _, state := range []State{Delivered, Rejected, Unknown, NotSent} {
		if n := s.Events.Of(state); n > 0 {
			outcomes = append(outcomes, count(n)+" "+s.word(state))
		}
	}
	if outcomes == nil {
		outcomes = []string{"nothing to send"}
	}

	return how + duration(s.Timing.PreflightSeconds+s.Timing.SendSeconds) + ": " +
		strings.Join(outcomes, ", ") + "."
}

// word is a state as people read it.
func (s *Summary) word(state State) string {
	if state == NotSent && s.Mode == "preview" {
		return "ready to send"
	}
	return strings.ReplaceAll(state.String(), "_", " ")
}

// writeRows says where the rows went, after a line for each file if there are several.
func (s *Summary) writeRows(out *strings.Builder, page Page) {
	parts := []string{count(s.Rows.Mapped) + " mapped", s.skippedWords(page)}
	parts = append(parts, count(s.Rows.Invalid)+" invalid", count(s.Rows.Held)+" held")
	where := strings.Join(parts, gap)
	if len(s.Files) < 2 {
		out.WriteString("  " + Plural(s.Rows.Read, "row") + gap + where + "\n\n")
		return
	}

	table := columns{indent: "  ", right: []bool{false, true}}
	for _, file := range s.Files {
		table.add(Visible(file.Name), Plural(file.Rows, "row"))
	}
	table.add(Plural(int64(len(s.Files)), "file"), Plural(s.Rows.Read, "row"), where)
	table.write(out)
	out.WriteByte('\n')
}

func (s *Summary) skippedWords(page Page) string {
	words := count(s.Rows.Skipped) + " skipped"
	var reasons []string
	for _, skipped := range s.Skipped {
		reason := skipped.Reason
		if said := page.Reasons[reason]; said != "" {
			reason = said
		}
		if len(s.Skipped) > 1 {
			reason = count(skipped.Rows) + " " + reason
		}
		reasons = append(reasons, Visible(reason))
	}

	if reasons == nil {
		return words
	}
	return words + " (" + strings.Join(reasons, "; ") + ")"
}

// writeFixing says what to do next.
func (s *Summary) writeFixing(out *strings.Builder) {
	if s.Events.NotSent > 0 {
		out.WriteString("  To send the rest:  run the same command again.\n")
	}
	if s.Events.Invalid+s.Events.Rejected+s.Rows.Invalid == 0 {
		// What waits for a decision has nothing to correct.
		return
	}

	switch files := s.Reports.Failures; len(files) {
	case 0:
	case 1:
		out.WriteString("  To fix and send again:  fix the " + cells(files[0]) + " in  " +
			Visible(files[0]) + "  and run that file.\n")
	default:
		out.WriteString("  To fix and send again:  fix the " + cells(files[0]) +
			" in these files and run them.\n")
		for _, file := range files {
			out.WriteString("    " + Visible(file) + "\n")
		}
	}
}

// cells says how a failures file shows what is wrong: a workbook by colour.
func cells(failures string) string {
	if strings.HasSuffix(failures, ".xlsx") {
		return "marked cells"
	}
	return `cells named under "column"`
}
