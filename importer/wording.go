package importer

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"ableimport/importer/report"
	"ableimport/mapping"
	"ableimport/mapping/number"
)

// ShortID is the beginning of the plan's hash, enough to name it.
func (p *Plan) ShortID() string { return p.ID()[len("sha256:"):][:8] }

// Outcome says in a few words what the example's rows become: "Purchase 1,398.00 INR 3 items".
func (e *Example) Outcome() string {
	switch e.Event.State {
	case mapping.Skipped:
		return "skipped: " + e.Event.Reason
	case mapping.Invalid:
		return "invalid"
	}

	out := e.Event.Type
	if e.Event.HasAmount {
		out += "  " + people(big.NewInt(e.Event.Minor), e.Event.Currency)
	}

	if e.Event.Items > 0 {
		out += fmt.Sprintf("   %d item", e.Event.Items)
		if e.Event.Items > 1 {
			out += "s"
		}
	}

	return out
}

// people writes an amount as people read it: "1,398.00 INR".
func people(minor *big.Int, currency string) string {
	return report.Amount(string(number.AppendMoney(nil, minor, currency))) + " " + currency
}

// Question says in one line what a run would do: "49 events, 588,104.29 INR, to app.ablecdp.com
// (funnel …a41c). 1 already delivered, 1 invalid."
func (im *Import) Question(plan *Plan) string {
	line := report.Plural(plan.ToSend, "event")
	for _, currency := range plan.Tally.Money(report.NotSent).Currencies() {
		line += ", " + people(plan.Tally.Money(report.NotSent).Minor(currency), currency)
	}

	line += ", to " + im.job.Target.Host()
	if mark := im.job.Target.Mark; len(mark) >= 12 {
		line += " (funnel …" + mark[len(mark)-4:] + ")"
	}

	var rest []string
	for _, state := range []report.State{report.AlreadyDelivered, report.Kept, report.Changed,
		report.Unknown, report.Invalid} {
		if n := plan.Tally.Events(state); n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", n,
				strings.ReplaceAll(state.String(), "_", " ")))
		}
	}

	if plan.Alike == 1 {
		rest = append(rest, "1 that looks like another under another id")
	} else if plan.Alike > 1 {
		rest = append(rest, fmt.Sprintf("%d that look like others under another id", plan.Alike))
	}
	if len(rest) == 0 {
		return line + "."
	}

	return line + ". " + strings.Join(rest, ", ") + "."
}

// answerWords are what a receiver says in its answer: the text of a JSON object that has one,
// otherwise the answer as it is.
func answerWords(answer string) string {
	var object map[string]any
	if json.Unmarshal([]byte(answer), &object) != nil {
		return answer
	}
	for _, name := range []string{"error", "message", "detail", "reason"} {
		if text, ok := object[name].(string); ok && text != "" {
			return text
		}
	}
	return answer
}

// exponent is the number of decimals of a currency, for the reports.
func exponent(currency string) int {
	n, _ := number.Exponent(currency)
	return n
}

// appendRows describes the rows of an event: "17" or "2-4".
func appendRows(to []byte, first, last int) []byte {
	to = strconv.AppendInt(to, int64(first), 10)
	if first != last {
		to = strconv.AppendInt(append(to, '-'), int64(last), 10)
	}
	return to
}
