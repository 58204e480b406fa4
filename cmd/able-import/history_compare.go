package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"

	"github.com/gocarina/gocsv"
	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping"
)

func (p *program) compareCommand() *cobra.Command {
	var f historyFlags
	c := &cobra.Command{
		Use:   "compare [-m MAPPING | --preset NAME] FILE...",
		Short: "Compare an export with what was delivered",
		Long: `Reads files through their mapping, as run would, and compares their events with what was
delivered under the mapping's namespace, according to the ledger. Shows the events that are
only here, only there, or have another amount, and how one total becomes the other, to the
cent. Without --from and --to it compares the days from the files' first event to their last.
With --received it goes on to what the receiver has, read from the receiver's own export;
without FILE it begins at the ledger. Exits with 3 if anything differs. Nothing is sent.`,
		Example: `  able-import history compare -m mapping.yaml november.csv
  able-import history compare --preset shopify-orders --from 2025-11 --to 2025-11 --csv orders.csv`,
		Args: usageArgs(func(c *cobra.Command, args []string) error {
			if f.received.file != "" {
				return nil
			}
			return wantFiles(c, args)
		}),
		RunE: func(c *cobra.Command, args []string) error {
			if f.servers != "" && (f.received.file == "" || len(args) > 0) {
				return usagef("--queue needs --received and takes no files: the queue's ledger " +
					"has no order numbers to compare files with")
			}
			if f.received.file == "" {
				return p.compare(c.Context(), &f, args)
			}
			if len(args) == 0 {
				f.received.mapping = cmp.Or(f.received.mapping, f.mapping)
				return p.compareReceived(c.Context(), &f)
			}
			return p.compare(c.Context(), &f, args)
		},
	}
	f.importFlags.add(c)

	c.Flags().BoolVar(&f.csv, "csv", false, "print the differences as CSV")
	c.MarkFlagsMutuallyExclusive("json", "csv")
	f.addPeriod(c, "event_time")
	f.received.add(c)
	f.queueFlags.add(c, "with --received: the events went over this queue")
	f.addJob(c)
	return c
}

func (p *program) compare(ctx context.Context, f *historyFlags, files []string) error {
	period, err := f.period()
	if err != nil {
		return err
	}
	job, err := p.job(ctx, &f.importFlags, files)
	if err != nil {
		return err
	}
	if job.Target.Mark == "" {
		return usageError{errNoMark}
	}

	job.KeepPlan = true // for the order numbers
	im, err := importer.OpenContext(ctx, job)
	if err != nil {
		return err
	}
	defer im.Close()
	c, err := im.Compare(ctx, period)
	if err != nil {
		return err
	}

	if !c.Equal() {
		p.code = exitInvalid
	}

	var arrivals *importer.Arrivals
	if f.received.file != "" {
		if arrivals, err = p.arrivals(ctx, f); err != nil {
			return err
		}
	}

	switch {
	case f.json:
		shown := asComparisonJSON(c, files)
		if arrivals != nil {
			there := asArrivalsJSON(arrivals, f.received.file)
			shown.AtReceiver = &there
		}
		return p.printObject(shown)
	case f.csv:
		found := slices.Clone(c.Found)
		for i := range found {
			f := &found[i]
			f.Order, f.File, f.DeliveredFromFile = report.Guard(report.Visible(f.Order)),
				report.Guard(report.Visible(f.File)),
				report.Guard(report.Visible(f.DeliveredFromFile))
		}
		if err := gocsv.Marshal(found, p.out); err != nil {
			return err
		}
	default:
		writeComparison(p.out, c)
	}

	if arrivals == nil {
		return nil
	}
	fmt.Fprintln(p.out)
	return p.printArrivals(arrivals, f)
}

// A step is one line of a comparison, with its sign: the lines between the first and the last lead
// from one to the other.
type step struct {
	sign, words string
	*importer.Step
}

func steps(c *importer.Comparison) []step {
	return []step{
		{"", "in the file", &c.InFile},
		{"-", "only here, not delivered", &c.OnlyHere},
		{"+", "delivered with another amount", &c.Differs},
		{"+", "delivered, invalid in the file", &c.InvalidHere},
		{"+", "only there, not in the file", &c.OnlyThere},
		{"+", "delivered more than once", &c.Again},
		{"=", "delivered", &c.Delivered},
	}
}

// A comparisonJSON is what history compare --json prints. What its steps mean, [steps] says.
type comparisonJSON struct {
	Version   int      `json:"version"` // 1
	Files     []string `json:"files"`
	Namespace string   `json:"namespace"`
	From      string   `json:"from"` // RFC 3339; "": no limit
	To        string   `json:"to"`
	Steps     struct {
		InFile      sentJSON `json:"in_file"`
		OnlyHere    sentJSON `json:"only_here"`
		Differs     sentJSON `json:"differs"`
		InvalidHere sentJSON `json:"invalid_here"`
		OnlyThere   sentJSON `json:"only_there"`
		Again       sentJSON `json:"again"`
		Delivered   sentJSON `json:"delivered"`
	} `json:"steps"`
	Invalid         int64            `json:"invalid"` // events of the file
	OtherNamespaces sentJSON         `json:"other_namespaces"`
	Differences     []importer.Found `json:"differences"`
	NotListed       int64            `json:"not_listed"`            // differences beyond these
	AtReceiver      *arrivalsJSON    `json:"at_receiver,omitempty"` // with --received
}

func asComparisonJSON(c *importer.Comparison, files []string) comparisonJSON {
	shown := comparisonJSON{
		Version: 1, Files: files, Namespace: c.Namespace, From: stamp(c.Period.From),
		To: stamp(c.Period.To), Invalid: c.Invalid, OtherNamespaces: asSentJSON(&c.Elsewhere),
		Differences: append([]importer.Found{}, c.Found...), NotListed: c.NotListed,
	}

	to := &shown.Steps
	to.InFile, to.OnlyHere, to.Differs = asSentJSON(&c.InFile), asSentJSON(&c.OnlyHere),
		asSentJSON(&c.Differs)
	to.InvalidHere, to.OnlyThere = asSentJSON(&c.InvalidHere), asSentJSON(&c.OnlyThere)
	to.Again, to.Delivered = asSentJSON(&c.Again), asSentJSON(&c.Delivered)
	return shown
}

func asSentJSON(s *importer.Step) sentJSON { return sentJSON{s.Events, decimals(&s.Money)} }

// shownFound bounds the differences of a table; CSV and JSON have all of them.
const shownFound = 40

func writeComparison(out io.Writer, c *importer.Comparison) {
	fmt.Fprintf(out, "The file, and what was delivered under the namespace %s %s\n\n",
		report.Visible(c.Namespace), c.Period.String())
	writeSteps(out, steps(c), c.Currencies())

	if c.Invalid > 0 {
		fmt.Fprintf(out, "Invalid in the file: %s; able-import preview shows them.\n",
			report.Plural(c.Invalid, "event"))
	}
	if c.Elsewhere.Events > 0 {
		fmt.Fprintf(out, "Delivered under other namespaces, and not compared: %s.\n",
			report.Plural(c.Elsewhere.Events, "event"))
	}
	if c.Equal() {
		fmt.Fprintln(out, "Nothing differs.")
		return
	}

	var list [][]string
	for i := range c.Found[:min(len(c.Found), shownFound)] {
		list = append(list, foundLine(&c.Found[i]))
	}

	fmt.Fprintln(out, report.Table(list))
	if more := int64(len(c.Found)-len(list)) + c.NotListed; more > 0 {
		fmt.Fprintf(out, "  and %d more; --csv lists them\n", more)
	}
}

// writeSteps writes the lines of a comparison, and leaves out those that add nothing.
func writeSteps(out io.Writer, steps []step, currencies []string) {
	rows := [][]string{append([]string{"", "events"}, currencies...)}
	for _, s := range steps {
		if s.Events == 0 && (s.sign == "-" || s.sign == "+") {
			continue
		}
		row := []string{s.sign + " " + s.words, report.Amount(fmt.Sprint(s.Events))}
		if s.sign == "" {
			row[0] = s.words
		}
		for _, currency := range currencies {
			row = append(row, signed(s.sign, s.Money.Minor(currency), currency))
		}
		rows = append(rows, row)
	}

	fmt.Fprintln(out, report.Table(rows))
}

// signed writes an amount with the sign of its step.
func signed(sign string, minor *big.Int, currency string) string {
	switch {
	case sign == "-":
		minor = new(big.Int).Neg(minor)
	case sign != "+":
		return report.Amount(prepare.Money(minor, currency))
	}
	if minor.Sign() > 0 {
		return "+" + report.Amount(prepare.Money(minor, currency))
	}
	return report.Amount(prepare.Money(minor, currency))
}

// foundLine words one difference.
func foundLine(f *importer.Found) []string {
	here := ""
	if f.File != "" {
		here = fmt.Sprintf("%s:%d  %s", report.Visible(f.File), f.Row, f.Amount)
	}

	there := "never tried"
	switch {
	case f.Delivered != "":
		there = fmt.Sprintf("%s %s on %s, from %s:%d", f.State, f.Delivered, f.DeliveredAt[:10],
			report.Visible(f.DeliveredFromFile), f.DeliveredFromRow)
	case f.State != "":
		there = f.State + " in run " + f.Run
	}

	return []string{f.Kind, report.Visible(f.Order), here, there}
}

// receivedFlags say what the receiver has: its own export, and how that is read.
type receivedFlags struct{ file, mapping string }

func (f *receivedFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "received", "", "the receiver's own export of what it has")
	c.Flags().StringVar(&f.mapping, "received-mapping", "", "mapping of that export: order_id, "+
		"deal_value, deal_currency, event_time; or -m, if no other file needs one")
}

// A receivedFile is the receiver's export, and the import that has it open.
type receivedFile struct {
	*importer.ReceivedFile
	im *importer.Import
}

// Close gives both back.
func (f *receivedFile) Close() error { return errors.Join(f.ReceivedFile.Close(), f.im.Close()) }

// readReceived reads the receiver's export.
func (p *program) readReceived(ctx context.Context, f *receivedFlags) (*receivedFile, error) {
	if f.mapping == "" {
		return nil, usagef("--received: use -m to say which columns of %s are order_id, "+
			"deal_value, deal_currency and event_time", f.file)
	}
	source, err := os.ReadFile(f.mapping)
	if err != nil {
		return nil, usagef("%s: %w", f.mapping, table.Cause(err))
	}

	config, err := mapping.ParseReceived(f.mapping, source, p.getenv)
	if err != nil {
		return nil, usageError{err}
	}
	im, err := importer.OpenContext(ctx, importer.Job{Files: []string{f.file}, Stdin: p.in,
		Mapping: config, MappingDir: filepath.Dir(f.mapping), Version: version})
	if err != nil {
		return nil, err
	}

	file, err := im.ReadReceived(ctx)
	if err != nil {
		im.Close()
		return nil, err
	}
	return &receivedFile{file, im}, nil
}

// compareReceived leads from what was delivered to what the receiver has.
func (p *program) compareReceived(ctx context.Context, f *historyFlags) error {
	a, err := p.arrivals(ctx, f)
	if err != nil {
		return err
	}
	return p.printArrivals(a, f)
}

// arrivals compares what was delivered with what the receiver has.
func (p *program) arrivals(ctx context.Context, f *historyFlags) (*importer.Arrivals, error) {
	period, err := f.period()
	if err != nil {
		return nil, err
	}
	received, err := p.readReceived(ctx, &f.received)
	if err != nil {
		return nil, err
	}
	defer received.Close()

	target, err := p.knownTarget(&f.importFlags)
	if err != nil {
		return nil, err
	}
	keeper, done, err := p.keeper(ctx, &f.importFlags, &f.queueFlags, target)
	if err != nil {
		return nil, err
	}
	defer done()
	entries, err := keeper.entries(received.ReceivedFile)
	if err != nil {
		return nil, err
	}
	a, err := importer.CompareReceived(ctx, entries, period, received.ReceivedFile)
	if err != nil {
		return nil, err
	}

	if !a.Equal() {
		p.code = exitInvalid
	}
	return a, nil
}

func (p *program) printArrivals(a *importer.Arrivals, f *historyFlags) error {
	switch {
	case f.json:
		return p.printObject(asArrivalsJSON(a, f.received.file))
	case f.csv:
		found := slices.Clone(a.Found)
		for i := range found {
			found[i].Order = report.Guard(found[i].Order)
		}
		return gocsv.Marshal(found, p.out)
	}

	writeArrivals(p.out, a)
	return nil
}

func arrivalSteps(a *importer.Arrivals) []step {
	return []step{
		{"", "delivered, by the ledger", &a.Delivered},
		{"-", "missing at the receiver", &a.Missing},
		{"+", "there with another amount", &a.Differs},
		{"+", "there more than once", &a.Doubled},
		{"+", "unknown here, and there", &a.Arrived},
		{"+", "there, and not sent by us", &a.Extra},
		{"=", "received", &a.Received},
	}
}

// An arrivalsJSON is what history compare --received --json prints. What its steps mean,
// [arrivalSteps] says.
type arrivalsJSON struct {
	Version  int    `json:"version"` // 1
	Received string `json:"received"`
	Steps    struct {
		Delivered sentJSON `json:"delivered"`
		Missing   sentJSON `json:"missing"`
		Differs   sentJSON `json:"differs"`
		Doubled   sentJSON `json:"doubled"`
		Arrived   sentJSON `json:"arrived"`
		Extra     sentJSON `json:"extra"`
		Received  sentJSON `json:"received"`
	} `json:"steps"`
	Unknown     sentJSON           `json:"unknown"`
	Nameless    sentJSON           `json:"nameless"` // no order number is known any more
	Differences []importer.Arrival `json:"differences"`
	NotListed   int64              `json:"not_listed"` // differences beyond these
}

func asArrivalsJSON(a *importer.Arrivals, file string) arrivalsJSON {
	shown := arrivalsJSON{
		Version: 1, Received: file, Unknown: asSentJSON(&a.Unknown),
		Nameless:    asSentJSON(&a.Nameless),
		Differences: append([]importer.Arrival{}, a.Found...), NotListed: a.NotListed,
	}

	to := &shown.Steps
	to.Delivered, to.Missing, to.Differs = asSentJSON(&a.Delivered), asSentJSON(&a.Missing),
		asSentJSON(&a.Differs)
	to.Doubled, to.Arrived = asSentJSON(&a.Doubled), asSentJSON(&a.Arrived)
	to.Extra, to.Received = asSentJSON(&a.Extra), asSentJSON(&a.Received)
	return shown
}

func writeArrivals(out io.Writer, a *importer.Arrivals) {
	fmt.Fprintf(out, "What was delivered, and what the receiver has\n\n")
	writeSteps(out, arrivalSteps(a), a.Currencies())

	if a.Unknown.Events > 0 {
		fmt.Fprintf(out, "Unknown here, and not there: %s; able-import resolve RUN --received "+
			"settles them.\n", report.Plural(a.Unknown.Events, "event"))
	}
	if a.Nameless.Events > 0 {
		fmt.Fprintf(out, "Not compared, because their order numbers are no longer known: %s.\n",
			report.Plural(a.Nameless.Events, "event"))
	}
	if a.Equal() {
		fmt.Fprintln(out, "Nothing differs.")
		return
	}

	var list [][]string
	for i := range a.Found[:min(len(a.Found), shownFound)] {
		f := &a.Found[i]
		there := ""
		if f.Received != "" {
			there = fmt.Sprintf("there %s, row %d", f.Received, f.Row)
		}
		here := ""
		if f.Delivered != "" {
			here = "here " + f.Delivered
		}
		list = append(list, []string{f.Kind, report.Visible(f.Order), here, there})
	}

	fmt.Fprintln(out, report.Table(list))
	if more := int64(len(a.Found)-len(list)) + a.NotListed; more > 0 {
		fmt.Fprintf(out, "  and %d more; --csv lists them\n", more)
	}
}
