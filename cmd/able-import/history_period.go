package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/gocarina/gocsv"
	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
)

// historyFlags say of what, and in which form.
type historyFlags struct {
	received receivedFlags
	importFlags
	queueFlags
	from, to, by string
	csv          bool
}

func (f *historyFlags) addForm(c *cobra.Command) {
	f.addTarget(c)
	f.addJob(c)
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
	c.Flags().BoolVar(&f.csv, "csv", false, "print CSV")
	c.MarkFlagsMutuallyExclusive("json", "csv")
}

func (f *historyFlags) addPeriod(c *cobra.Command, by string) {
	c.Flags().StringVar(&f.from, "from", "", "first day, or month: 2025-11-01 or 2025-11")
	c.Flags().StringVar(&f.to, "to", "", "last day, or month")
	c.Flags().StringVar(&f.by, "by", by, "which time counts: sent or event_time")
}

// period reads the flags. Days begin and end in this machine's time zone.
func (f *historyFlags) period() (history.Period, error) {
	byEventTime, err := choice("--by", f.by, "sent", "event_time")
	if err != nil {
		return history.Period{}, err
	}
	period := history.Period{ByEventTime: byEventTime}
	if period.From, _, err = parseDay("--from", f.from); err != nil {
		return period, err
	}

	_, period.To, err = parseDay("--to", f.to)
	if err == nil && !period.From.IsZero() && !period.To.IsZero() &&
		!period.From.Before(period.To) {
		err = usagef("--from %s is later than --to %s", f.from, f.to)
	}

	return period, err
}

// parseDay returns where a day or a month begins and ends.
func parseDay(flag, text string) (begins, ends time.Time, err error) {
	if text == "" {
		return begins, ends, nil
	}
	if begins, err = time.ParseInLocation("2006-01-02", text, time.Local); err == nil {
		return begins, begins.AddDate(0, 0, 1), nil
	}
	if begins, err = time.ParseInLocation("2006-01", text, time.Local); err == nil {
		return begins, begins.AddDate(0, 1, 0), nil
	}
	return begins, ends, usagef("%s %q: write a day as 2025-11-30, or a month as "+
		"2025-11", flag, text)
}

// A sentTotal is what reached the target in one state, or from one file.
type sentTotal struct {
	Events int64
	Money  report.Money
}

// sentTotals add up by a word.
type sentTotals map[string]*sentTotal

func (s sentTotals) add(word string, past *history.Past) {
	total := s[word]
	if total == nil {
		total = new(sentTotal)
		s[word] = total
	}
	total.Events++
	if past.Currency != "" {
		total.Money.Add(past.Currency, past.Minor)
	}
}

// sentJSON is a total as --json prints it.
type sentJSON struct {
	Events int64             `json:"events"`
	Totals map[string]string `json:"totals"`
}

func (s sentTotals) json() map[string]sentJSON {
	out := map[string]sentJSON{}
	for word, total := range s {
		out[word] = sentJSON{total.Events, decimals(&total.Money)}
	}
	return out
}

func decimals(m *report.Money) map[string]string {
	out := map[string]string{}
	for _, currency := range m.Currencies() {
		out[currency] = prepare.Money(m.Minor(currency), currency)
	}
	return out
}

// A sentEvents is what history --from, --to --json prints: the events, one a line, then the rest.
type sentEvents struct {
	Events []history.Past `json:"events"`
	periodJSON
}

// A periodJSON is what history prints of a period as a whole.
type periodJSON struct {
	Version int                 `json:"version"` // 1
	From    string              `json:"from"`    // RFC 3339; "": no limit
	To      string              `json:"to"`
	By      string              `json:"by"`     // sent or event_time
	States  map[string]sentJSON `json:"states"` // delivered, unknown, ...
	Files   map[string]sentJSON `json:"files"`  // of what is not unknown
}

// A foundEvents is what history find --json prints.
type foundEvents struct {
	Events []history.Past `json:"events"`
	foundJSON
}

// A foundJSON is what history find prints beside the events.
type foundJSON struct {
	Version int `json:"version"` // 1
}

// sent shows what was sent in a period: as CSV and JSON each event, as a table what they add up to.
func (p *program) sent(f *historyFlags) error {
	period, err := f.period()
	if err != nil {
		return err
	}
	target, opened, err := p.openLedger(&f.importFlags)
	if err != nil {
		return err
	}
	defer opened.Close()
	states, files := sentTotals{}, sentTotals{}
	out := pastWriter{out: p.out, csv: f.csv, json: f.json}
	for past, err := range target.Sent(opened, period) {
		if err != nil {
			return err
		}
		states.add(past.State, &past)
		if past.Ledger != ledger.Unknown {
			files.add(past.File, &past)
		}
		if err := out.write(&past); err != nil {
			return err
		}
	}

	if f.csv {
		return out.end(nil)
	}

	if f.json {
		return out.end(periodJSON{Version: 1, From: stamp(period.From), To: stamp(period.To),
			By: f.by, States: states.json(), Files: files.json()})
	}

	fmt.Fprintf(p.out, "Sent to %s, %s\n\n", target.Host(), period.String())
	writeTotals(p.out, "", states)
	writeTotals(p.out, "from", files)
	return nil
}

// stamp is a moment as JSON has it, "" for an open end.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// writeTotals writes a table with a line for each word and a column for each currency.
func writeTotals(out io.Writer, heading string, totals sentTotals) {
	var all sentTotal
	var currencies []string
	for _, total := range totals {
		currencies = append(currencies, total.Money.Currencies()...)
	}

	slices.Sort(currencies)
	currencies = slices.Compact(currencies)
	rows := [][]string{append([]string{heading, "events"}, currencies...)}
	line := func(word string, total *sentTotal) {
		row := []string{word, report.Amount(fmt.Sprint(total.Events))}
		for _, currency := range currencies {
			row = append(row, report.Amount(prepare.Money(total.Money.Minor(currency), currency)))
		}
		rows = append(rows, row)
	}
	for _, word := range slices.Sorted(maps.Keys(totals)) {
		line(report.Visible(word), totals[word])
		all.Events += totals[word].Events
		for _, currency := range currencies {
			all.Money.AddSum(currency, totals[word].Money.Minor(currency))
		}
	}

	line("total", &all)
	fmt.Fprintln(out, report.Table(rows))
}

// A pastWriter writes what is known of events, one after the other, as CSV or as the list "events"
// of a JSON object.
type pastWriter struct {
	out       io.Writer
	csv, json bool
	begun     bool
	lines     *gocsv.SafeCSVWriter
}

func (w *pastWriter) write(past *history.Past) error {
	switch {
	case w.csv:
		return w.begin(past)
	case w.json:
		separator := ","
		if !w.begun {
			separator = `{"events":[`
		}
		w.begun = true
		content, err := json.Marshal(past)
		if err == nil {
			_, err = fmt.Fprintf(w.out, "%s\n%s", separator, content)
		}
		return err
	}

	return nil
}

// begin writes a line of CSV, and before the first the headings.
func (w *pastWriter) begin(past *history.Past) error {
	guarded := *past
	guarded.Order, guarded.File, guarded.By, guarded.RequestID =
		report.Guard(report.Visible(past.Order)), report.Guard(report.Visible(past.File)),
		report.Guard(report.Visible(past.By)), report.Guard(report.Visible(past.RequestID))
	if w.begun {
		return gocsv.MarshalCSVWithoutHeaders([]history.Past{guarded}, w.lines)
	}
	w.begun, w.lines = true, gocsv.NewSafeCSVWriter(csv.NewWriter(w.out))
	return gocsv.MarshalCSV([]history.Past{guarded}, w.lines)
}

// end ends the object with the keys that come after the events, or the CSV.
func (w *pastWriter) end(rest any) error {
	if w.json {
		begin := ""
		if !w.begun {
			begin = `{"events":[`
		}
		keys, err := json.Marshal(rest)
		if err == nil {
			_, err = fmt.Fprintf(w.out, "%s\n],%s\n", begin, keys[1:]) // without its {
		}
		return err
	}

	if !w.begun {
		return gocsv.MarshalCSV([]history.Past{}, gocsv.NewSafeCSVWriter(csv.NewWriter(w.out)))
	}

	return nil
}

// openLedger opens the ledger of a target whose funnel mark is known.
func (p *program) openLedger(f *importFlags) (*history.Target, *ledger.Ledger, error) {
	target, err := p.knownTarget(f)
	if err != nil {
		return nil, nil, err
	}
	opened, err := target.Ledger()
	return target, opened, err
}
