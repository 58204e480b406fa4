package importer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/big"
	"slices"
	"strings"
	"time"

	"ableimport/importer/identity"
	"ableimport/importer/report"
	"ableimport/importer/table"
)

// compareOrKeep keeps the parts of a preview's plan, or says how the plan differs from the wanted
// one.
func (p *preflight) compareOrKeep() error {
	if p.im.job.KeepPlan {
		if err := p.keep(); err != nil {
			p.plan.Problems.Add(report.Incident{
				Code: "plan_not_kept", Warning: true,
				Message: fmt.Sprintf("if the plan is different later, --plan cannot say how: "+
					"%v", table.Cause(err)),
			})
		}
	}

	if p.im.job.Plan == "" || p.plan.Is(p.im.job.Plan) {
		return nil
	}
	hash := wantedHash(p.im.job.Plan)
	if len(hash) < 8 {
		return nil // too short to look for
	}

	parts, err := openParts(p.im.job.Target.StateDir, hash)
	if err != nil {
		p.plan.Differences = fmt.Sprintf("  What differs is not known: %v (preview keeps the "+
			"latest %d plans, for %d days, in its state folder).\n",
			err, maxPartsFiles, maxPartsAge/(24*time.Hour))
		return nil
	}
	defer parts.close()
	d := difference{preflight: p, earlier: parts}
	if err := d.compare(); err != nil {
		return fmt.Errorf("compare with the plan that was kept: %w", err)
	}

	p.plan.Differences = d.text()
	return nil
}

// A difference is how a plan differs from one that was kept.
type difference struct {
	*preflight
	earlier                 *planParts
	added, removed, changed firstPairs
	pairs                   []pair // events of both plans
	moved                   *pair  // the first of them whose place differs
}

// A pair is an event in both plans; if it is only in one of them, that half counts.
type pair struct {
	now, then record
}

// shownDifferences of each kind are shown; the others are only counted.
const shownDifferences = 5

// firstPairs keeps the first pairs in the order of a run.
type firstPairs struct {
	count int
	first []pair
}

func (f *firstPairs) add(p pair, order func(pair) uint64) {
	f.count++
	at, _ := slices.BinarySearchFunc(f.first,
		p, func(a, b pair) int { return cmp.Compare(order(a), order(b)) })
	if at < shownDifferences {
		f.first = slices.Insert(f.first, at, p)
		f.first = f.first[:min(len(f.first), shownDifferences)]
	}
}

func now(p pair) uint64 { return p.now.seq }

func then(p pair) uint64 { return p.then.seq }

// compare merges the events of both plans, which are in the order of their ids. Without records on
// both sides only blocks are compared.
func (d *difference) compare() error {
	if !d.byEvent() {
		return nil
	}

	next, stop := iter.Pull2(d.records.Records())
	defer stop()
	var names interned
	var have, was record
	step := func() (bool, error) {
		for {
			raw, err, ok := next()
			if err != nil || !ok {
				return false, err
			}
			if !rawRecord(raw).isInvalid() {
				have.read(raw, &names)
				return true, nil
			}
		}
	}
	more, err := step()

	earlierErr := d.earlier.next(&was)
	for err == nil && (more || earlierErr == nil) {
		order := 0
		switch {
		case earlierErr == io.EOF:
			order = -1
		case earlierErr != nil:
			return earlierErr
		case !more:
			order = 1
		default:
			order = slices.Compare(have.ID[:], was.ID[:])
		}

		d.note(order, pair{have, was})
		if order <= 0 {
			more, err = step()
		}
		if order >= 0 {
			earlierErr = d.earlier.next(&was)
		}
	}

	if earlierErr != io.EOF {
		err = errors.Join(err, earlierErr)
	}

	d.findMoved()
	return err
}

func (d *difference) byEvent() bool {
	return d.plan.Events <= maxPartsEvents && d.earlier.Events <= maxPartsEvents
}

func (d *difference) note(order int, p pair) {
	switch {
	case order < 0:
		d.added.add(p, now)
	case order > 0:
		d.removed.add(p, then)
	default:
		d.pairs = append(d.pairs, p)
		if p.now.Body != p.then.Body { // a plan means exact bytes
			d.changed.add(p, now)
		}
	}
}

// findMoved looks for the first event that came before its predecessor in the plan that was kept.
func (d *difference) findMoved() {
	slices.SortFunc(d.pairs, func(a, b pair) int { return cmp.Compare(a.now.seq, b.now.seq) })
	for i := 1; i < len(d.pairs); i++ {
		if d.pairs[i].then.seq < d.pairs[i-1].then.seq {
			d.moved = &d.pairs[i]
			return
		}
	}
}

// text words the difference, with a line for each cause and event.
func (d *difference) text() string {
	var b strings.Builder
	have := d.describe()
	fmt.Fprintf(&b, "  previewed on %s\n",
		time.Unix(d.earlier.When, 0).UTC().Format("2 Jan 2006 15:04 UTC"))

	if have.Mapping != d.earlier.Mapping {
		fmt.Fprintf(&b, "  mapping   %s\n", mappingChange(have.Mapping, d.earlier.Mapping))
	}
	if have.Namespace != d.earlier.Namespace {
		fmt.Fprintf(&b, "  namespace is %q, was %q: every event counts as a new one\n",
			have.Namespace, d.earlier.Namespace)
	}
	for i := range max(len(have.Files), len(d.earlier.Files)) {
		b.WriteString(fileChange(at(have.Files, i), at(d.earlier.Files, i)))
	}
	if !slices.Equal(have.Lookups, d.earlier.Lookups) {
		b.WriteString("  lookups   a second file of the mapping has changed\n")
	}

	fmt.Fprintf(&b, "  events    %d, were %d", have.Events, d.earlier.Events)

	if d.byEvent() {
		fmt.Fprintf(&b, ": %d added, %d removed, %d changed", d.added.count, d.removed.count,
			d.changed.count)
	} else {
		fmt.Fprintf(&b, ", the first difference among events %d to %d",
			d.earlier.firstBlock(d.plan.blocks)*identity.BlockEvents+1,
			(d.earlier.firstBlock(d.plan.blocks)+1)*identity.BlockEvents)
	}

	b.WriteString("\n")
	d.writeTotals(&b, have.Totals)
	d.writeEvents(&b)
	return b.String()
}

func at(files []partsInput, i int) *partsInput {
	if i < len(files) {
		return &files[i]
	}
	return nil
}

func mappingChange(is, was report.Mapping) string {
	if is.Name != was.Name {
		return fmt.Sprintf("is %s, was %s", report.Visible(is.Name), report.Visible(was.Name))
	}
	return report.Visible(is.Name) + " has changed"
}

func fileChange(is, was *partsInput) string {
	switch {
	case was == nil:
		return fmt.Sprintf("  file      %s was not there\n", report.Visible(is.Name))
	case is == nil:
		return fmt.Sprintf("  file      %s is not there\n", report.Visible(was.Name))
	case is.SHA256 == was.SHA256:
		return ""
	case is.Name != was.Name:
		return fmt.Sprintf("  file      %s (%s), was %s (%d)\n", report.Visible(is.Name),
			report.Plural(is.Rows, "row"), report.Visible(was.Name), was.Rows)
	}

	return fmt.Sprintf("  file      %s has changed (%s, had %d)\n", report.Visible(is.Name),
		report.Plural(is.Rows, "row"), was.Rows)
}

func (d *difference) writeTotals(b *strings.Builder, totals map[string]string) {
	currencies := d.plan.Tally.Currencies()
	for currency := range d.earlier.Totals {
		currencies = append(currencies, currency)
	}

	slices.Sort(currencies)

	for _, currency := range slices.Compact(currencies) {
		is, was := cmp.Or(totals[currency], "0"), cmp.Or(d.earlier.Totals[currency], "0")
		if is != was {
			fmt.Fprintf(b, "  total     %s %s, was %s\n", report.Amount(is),
				report.Visible(currency), report.Amount(report.Visible(was)))
		}
	}
}

// writeEvents lists the first events of each kind.
func (d *difference) writeEvents(b *strings.Builder) {
	is, was := map[uint64]string{}, map[uint64]string{}
	for _, p := range slices.Concat(d.changed.first, d.added.first) {
		is[p.now.seq] = ""
	}
	for _, p := range d.removed.first {
		was[p.then.seq] = ""
	}
	if d.moved != nil {
		is[d.moved.now.seq] = ""
	}

	d.labels.of(is)
	d.earlier.labels.of(was)

	for _, p := range d.changed.first {
		fmt.Fprintf(b, "    changed  %s  %s  %s\n", label(is[p.now.seq]), d.place(&p.now),
			amountChange(&p))
	}

	writeMore(b, &d.changed)

	for _, p := range d.added.first {
		fmt.Fprintf(b, "    added    %s  %s  %s\n", label(is[p.now.seq]), d.place(&p.now),
			p.now.amount())
	}

	writeMore(b, &d.added)

	for _, p := range d.removed.first {
		fmt.Fprintf(b, "    removed  %s  was %s:%d  %s\n", label(was[p.then.seq]),
			report.Visible(d.earlier.fileName(p.then.input)), p.then.row, p.then.amount())
	}

	writeMore(b, &d.removed)

	if m := d.moved; m != nil {
		fmt.Fprintf(b, "  order     the events come in another order, first %s  %s, which was "+
			"event %d and is %d\n",
			label(is[m.now.seq]), d.place(&m.now), m.then.seq+1, m.now.seq+1)
	}
}

func writeMore(b *strings.Builder, f *firstPairs) {
	if more := f.count - len(f.first); more > 0 {
		fmt.Fprintf(b, "             and %d more\n", more)
	}
}

func label(text string) string { return report.Visible(cmp.Or(text, "(no order number)")) }

func (d *difference) place(r *record) string {
	return fmt.Sprintf("%s:%d", report.Visible(d.im.inputs[r.input].name), r.row)
}

// amount is the record's money as people read it.
func (r *record) amount() string {
	if !r.hasAmount {
		return "no amount"
	}
	return people(big.NewInt(r.minor), r.currency)
}

func amountChange(p *pair) string {
	if p.now.Value == p.then.Value {
		return p.now.amount() + " as before, but different content"
	}
	return fmt.Sprintf("%s, was %s", p.now.amount(), p.then.amount())
}
