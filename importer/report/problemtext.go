package report

import (
	"path/filepath"
	"strconv"
	"strings"
)

// A message in the text is cut here; summary.json has more of it.
const longestMessage = 160

// writeProblems lists the causes: how many, which, and the first place. The target is the same as
// in [Page].
func (s *Summary) writeProblems(out *strings.Builder, target string) {
	if len(s.Problems) == 0 {
		return
	}

	table := columns{indent: "  ", right: []bool{true}}
	for _, problem := range s.Problems {
		code := Visible(problem.Code)
		if problem.Warning {
			code += " (warning)"
		}
		table.add(count(problem.Count), code, problem.words())

		held := problem.Code == Unknown.String() || problem.Code == Changed.String()
		if held && s.Mode != "preview" {
			run := s.RunID[strings.LastIndexByte(s.RunID, '-')+1:]
			command := "able-import resolve " + Visible(run+" "+target)
			table.add("", "", strings.TrimRight(command, " "))
		}
	}

	table.write(out)
	out.WriteByte('\n')
}

// words returns place, message and order number: `june.xlsx:17: Total:
// "12,5x" is not a number  (#1071)`.
func (p Problem) words() string {
	words := ""
	if p.Example.File != "" {
		words = Visible(filepath.Base(p.Example.File))
		if p.Example.Row != 0 {
			words += ":" + strconv.Itoa(p.Example.Row)
		}
		words += ": "
	}

	column := p.Example.Column
	if strings.HasPrefix(p.Message, column) {
		column = ""
	}
	words += About(column, clip(Visible(p.Message), longestMessage))
	if p.Example.Label != "" {
		words += "  (" + Visible(p.Example.Label) + ")"
	}
	if p.Count > 1 {
		words += "  and " + count(p.Count-1) + " more"
	}
	return words
}

// About joins a column with what is wrong in it: `Total: "12,5x" is not a number`, but `Total is
// empty`. It makes the column visible; the message must be already.
func About(column, message string) string {
	between := ": "
	if strings.HasPrefix(message, "is ") || strings.HasPrefix(message, "has ") {
		between = " "
	}
	if column == "" {
		between = ""
	}
	return Visible(column) + between + message
}
