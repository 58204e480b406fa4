package draft

import (
	"bytes"
	"cmp"
	"fmt"
	"hash"
	"hash/fnv"
	"maps"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/number"
)

// A kindColumn could distinguish sales from other rows, and nothing proves that it does not.
type kindColumn struct {
	*profile
	values []kindValue
	rank   int // how likely it matters
	// which rows it distinguishes: another column that does the same is not asked about as well
	parts  uint64
	others []string
}

// kindValue is a value of such a column, with the rows and money beside it.
type kindValue struct {
	text string // "*": all others
	tally
	sale bool // what the draft guesses
	sure bool // and the words leave no doubt
}

// tally counts rows, or groups of them, and their money.
type tally struct {
	rows int
	sums map[string]*big.Int // minor units by currency
}

// columnTally counts what a column holds, next to the rows that the draft takes for sales so far.
type columnTally struct {
	*profile
	units  int
	empty  tally
	filled tally
	values []kindValue
	many   bool // values is not all of them
	// the values beside amounts of zero: they raise no question, but an answer must have them too
	unpaid []kindValue

	parts  hash.Hash64 // which rows have equal values
	halves hash.Hash64 // which rows have any
}

// mostKinds bounds the different values of a column that distinguishes kinds of rows; a column with
// such a heading may have more.
const (
	mostKinds       = 12
	mostHeadedKinds = limitValues
	longValue       = 40 // letters: longer ones are texts
)

// studyKinds finds the columns that could distinguish kinds of rows. It leaves out the rows that
// the draft surely leaves out, and negative amounts: what is then the same in all rows
// distinguishes nothing any more.
func (d *draft) studyKinds() error {
	tallies := d.kindTallies()
	beside := d.besideColumns()
	d.begun = d.beginnings()
	lacking := d.id != nil && d.id.filled < d.rows
	if len(tallies)+len(beside)+len(d.begun) == 0 && !lacking {
		return nil
	}

	if err := d.countKinds(tallies, beside); err != nil {
		return err
	}
	d.beside = beside

	for i := range tallies {
		if k := d.kindOf(&tallies[i]); k != nil {
			d.kinds = append(d.kinds, *k)
		}
	}

	// There is a question about the money of these rows already.
	d.kinds = slices.DeleteFunc(d.kinds, func(k kindColumn) bool {
		return slices.ContainsFunc(beside, func(b besideColumn) bool {
			return b.isRefund() && b.nonzero > 0 && b.halves.Sum64() == k.parts
		})
	})
	d.kinds = append(d.kinds, d.unsaid()...)
	slices.SortStableFunc(d.kinds, func(a, b kindColumn) int { return b.rank - a.rank })
	d.kinds = withoutTwins(d.kinds)
	return nil
}

// countKinds maps all rows with the draft as it is, and counts the events by the values of these
// columns.
func (d *draft) countKinds(tallies []columnTally, beside []besideColumn) error {
	config, err := mapping.Parse("draft.yaml", d.forKinds().text(), nil)
	if err != nil {
		return fmt.Errorf("%s: no mapping can be drafted: %w", d.export.File, err)
	}
	mapper, err := config.Bind(d.export.File, d.export.Header)
	if err != nil {
		return fmt.Errorf("%s: no mapping can be drafted: %w", d.export.File, err)
	}

	comma := 0
	if main, _ := d.mainNumber(); strings.Contains(main, ",56") {
		comma = 1
	}

	var event mapping.Event
	var group []cell.Row
	var key []byte
	end := func() {
		if len(group) == 0 {
			return
		}

		mapper.Map(group, &event)

		if d.id != nil && event.State != mapping.Skipped && d.lacksID(group) {
			d.nameless++
		}

		for i := range tallies {
			switch t := &tallies[i]; {
			case event.State != mapping.Skipped, event.Reason == provisional+t.name:
				t.count(group, &event)
			case event.Reason == "zero_amount":
				t.countUnpaid(group, &event)
			}
		}

		for i := range d.begun {
			if event.State != mapping.Skipped {
				d.begun[i].count(group, &event)
			}
		}

		for i := range beside {
			if event.State != mapping.Skipped {
				beside[i].count(group, d.amount, comma, d.sum)
			}
		}

		group = group[:0]
	}
	err = d.eachRow(func(row *cell.Row) {
		if mapper.Admit(*row) != nil {
			return
		}
		next := mapper.Key(*row)
		if len(next) == 0 || string(next) != string(key) {
			end()
		}
		key = append(key[:0], next...)
		group = append(group, cloned(row))
	})
	if err != nil {
		return err
	}

	end()
	return nil
}

// lacksID reports whether an event has no id, but more than a title or a total has: an amount and a
// day.
func (d *draft) lacksID(rows []cell.Row) bool {
	if d.amount == nil || len(d.dates) == 0 {
		return false
	}

	filled := func(p *profile) bool {
		return slices.ContainsFunc(rows, func(row cell.Row) bool {
			var c cell.Cell
			cell.Read(&c, &row, p.index)
			return !c.Empty()
		})
	}
	return !filled(d.id) && filled(d.amount) && slices.ContainsFunc(d.dates, filled)
}

// unsaid is a column that would say which rows are paid, if it is empty in all of them and no other
// says so: a list of checkouts that nobody has finished looks like this.
func (d *draft) unsaid() []kindColumn {
	if len(d.skips)+len(d.doubtful)+len(d.kinds) > 0 || len(d.dates) > 0 &&
		d.dates[0].score[rolePaid] > 500 {
		return nil
	}

	for _, p := range d.profiles {
		status := anyOfWords(p.words, statusWords) && anyOfWords(p.words, payingWords) &&
			!anyOfWords(p.words, otherStatus)
		if p.name != "" && p.filled == 0 && (status || p.score[rolePaid] > 500) {
			return []kindColumn{{profile: p,
				values: []kindValue{{tally: tally{rows: d.rows}}, {text: "*", sale: true}}}}
		}
	}

	return nil
}

// payingWords are words of headings of statuses that say which rows are paid.
var payingWords = wordsIn(`financial payment paid zahlung zahlungsstatus paiement reglement pago
	pagamento betaling betaalstatus platnosci odeme 支払状況 支払い状況 入金状況 決済状況 支払ステータス 支払状態 支付状态`)

// begun are the first letters of the texts of a column, INV and CN of INV-17 and CN-18, if there
// are few and one of them is a word for what is not a sale.
type begun struct {
	*profile
	starts []start // the different ones
	many   bool    // starts is not all of them
	others int     // rows that begin otherwise than with what is not a sale
}

// start is how some texts of a column begin.
type start struct {
	kindValue
	against bool // a word for what is not a sale; only these are counted
}

// notAtAll are values that say that nothing of what the heading names was done.
var notAtAll = wordsIn(`none not number keine kein aucun ninguno nessuno geen brak ok`)

// documentCodes begin the numbers of documents that are not sales.
var documentCodes = wordsIn(`cn crn cm rfd rfnd rf rtn gs gu gut sr kn kor kfs korr nc nca nd av avo
	reso rma storno void`)

// firstLetters are the letters at the beginning of a text; nil if they are not a word.
func firstLetters(text []byte) []byte {
	end := bytes.IndexFunc(text, func(letter rune) bool { return !unicode.IsLetter(letter) })
	if end < 2 || end > longValue {
		return nil
	}
	return text[:end]
}

// isNoSaleStart reports letters that mark a number or a text as not a sale's.
func isNoSaleStart(letters string) bool {
	words := headingWords(letters)
	return slices.ContainsFunc(words, isNoSaleWord) || anyOfWords(words, noSaleValues) ||
		documentCodes()[strings.ToLower(letters)]
}

// beginnings lists the columns in which the first letters of a text may say what a row is: columns
// with many different values, and the id.
func (d *draft) beginnings() (all []begun) {
	for _, p := range d.profiles {
		if p.name != "" && (p.many || p == d.id) && p.emails == 0 && !p.mostly(p.numbers) &&
			!p.mostly(p.dates) && !p.isPersonal(d) {
			all = append(all, begun{profile: p})
		}
	}
	return all
}

// isPersonal reports columns of names and companies of buyers.
func (p *profile) isPersonal(d *draft) bool {
	for _, other := range d.lead {
		if other == p {
			return true
		}
	}
	return false
}

func (b *begun) count(rows []cell.Row, event *mapping.Event) {
	var c cell.Cell
	for i := range rows {
		if cell.Read(&c, &rows[i], b.index); !c.Empty() {
			break
		}
	}

	if b.many || c.Empty() {
		return
	}

	letters := firstLetters(c.Text)
	at := slices.IndexFunc(b.starts, func(v start) bool { return v.text == string(letters) })
	if at < 0 {
		at = len(b.starts)
		one := start{kindValue: kindValue{text: string(letters)}}
		one.against = isNoSaleStart(one.text)
		b.starts = append(b.starts, one)
		b.many = len(b.starts) > mostKinds
	}

	if b.starts[at].against {
		b.starts[at].add(event)
	} else {
		b.others++
	}
}

// askBeginnings asks about rows whose texts begin with what is not a sale, while others do not.
func (d *draft) askBeginnings(s *scribe) {
	for _, b := range d.begun {
		if b.many || b.others == 0 {
			continue
		}

		for _, v := range b.starts {
			if !v.against {
				continue
			}
			s.open++
			why := fmt.Sprintf("%s begins with %s in %s: if these are not sales, add under "+
				"skip: the line %s: 'hasPrefix(col(%s), %s)'; otherwise only remove the question",
				comment(b.name), v.text,
				v.words("row", d.namesCurrency()), scalar(v.text), quoted(b.name), quoted(v.text))
			s.add(Suggestion{Path: "skip." + v.text, Open: true, Columns: []string{b.name},
				Reason: why}, nil)
		}
	}
}

// askTwice asks about columns that no mapping can name, since another one has the same heading, if
// they could distinguish sales from other rows.
func (d *draft) askTwice(s *scribe) {
	asked := map[string]bool{}
	for _, p := range d.profiles {
		heading := mapping.NormalName(d.export.Header[p.index])
		different := len(p.values)
		if p.filled < d.rows {
			different++
		}

		switch {
		case p.name != "" || heading == "" || asked[heading] || p.many || p.filled == 0,
			different < 2, p.emails > 0, p.mostly(p.currency):
		case (isHarmless(p.words) || p.mostly(p.dates) || p.marked > 0) && !p.saysNoSale() &&
			!headsNoSale(p.words):
		default:
			asked[heading] = true
			s.open++
			why := fmt.Sprintf("several columns are headed %s, so no mapping can name one, and "+
				"they may tell sales from other rows: give each column in the file a heading "+
				"of its own and draft again, or remove the question if all rows are sales",
				comment(heading))
			s.add(Suggestion{Path: "skip." + strings.ReplaceAll(comment(heading), ".", " "),
				Open:   true,
				Reason: why}, nil)
		}
	}
}

// withoutTwins keeps the first of the columns that distinguish the same rows.
func withoutTwins(kinds []kindColumn) (kept []kindColumn) {
	for _, k := range kinds {
		at := slices.IndexFunc(kept, func(first kindColumn) bool { return first.parts == k.parts })
		if at < 0 {
			kept = append(kept, k)
		} else {
			kept[at].others = append(kept[at].others, comment(k.name))
		}
	}
	return kept
}

func cloned(row *cell.Row) cell.Row {
	c := cell.Row{Number: row.Number, Kinds: slices.Clone(row.Kinds)}
	for _, text := range row.Cells {
		c.Cells = append(c.Cells, slices.Clone(text))
	}
	return c
}

// provisional begins the reasons for which the study of kinds leaves out what a doubtful status
// says for certain.
const provisional = "for certain by "

// forKinds is the draft for studying its rows: questions about the amounts count as answered, so
// that there are sums to show.
func (d *draft) forKinds() *draft {
	one := *d
	one.sign, one.askMinor, one.askRepeated = nil, false, false
	if !d.namesCurrency() {
		one.constant = anyCurrency
	}

	one.skips = slices.Clone(d.skips)
	for _, p := range d.doubtful {
		if _, others, _ := p.sales(); len(others) > 0 {
			one.skips = append(one.skips,
				skipDraft{column: p, reason: provisional + p.name, condition: oneOf(p, others)})
		}
	}

	return &one
}

// anyCurrency replaces one that the file does not name; sums in it are shown without.
const anyCurrency = "USD"

// kindTallies are the columns to examine: all that nothing uses, and others that name what is not a
// sale.
func (d *draft) kindTallies() (all []columnTally) {
	used := map[string]bool{}
	for _, line := range d.lines().all {
		for _, column := range line.Columns {
			used[column] = used[column] || !strings.HasPrefix(line.Path, "skip.") || !line.Open
		}
	}

	for _, p := range d.profiles {
		few := !p.many || 2*p.filled <= d.rows
		switch {
		case p.name == "" || p.filled == 0 || p == d.id || p == d.sign || p == d.carry:
		case p == d.paidDay(), d.saysDone(p) && !used[p.name]:
			all = append(all, columnTally{profile: p, parts: fnv.New64a(), halves: fnv.New64a()})
		case used[p.name] && (p.many || !p.saysNoSale() || !d.isOnlyDescribed(p)):
		case few || headsNoSale(p.words):
			all = append(all, columnTally{profile: p, parts: fnv.New64a(), halves: fnv.New64a()})
		}
	}

	return all
}

// isOnlyDescribed reports columns that do not affect any figure: names of items, notes, a company.
func (d *draft) isOnlyDescribed(p *profile) bool {
	for _, described := range []map[role]*profile{d.items, d.lead} {
		for _, other := range described {
			if other == p {
				return true
			}
		}
	}
	return p == d.coupon
}

// paidDay is the day of payment, next to the day of the order: rows without it may not be paid.
func (d *draft) paidDay() *profile {
	if len(d.dates) < 2 || len(d.skips)+len(d.doubtful) > 0 { // a status says it
		return nil
	}
	return d.dates[0]
}

// saysDone reports columns of days and numbers that only paid rows have: a row without one may not
// be paid.
func (d *draft) saysDone(p *profile) bool {
	return anyOfWords(p.words, doneWords) && p.filled < d.rows &&
		len(d.skips)+len(d.doubtful) == 0 &&
		(p.mostly(p.dates) || p.mostly(p.ids) && !anyOfWords(p.words, measureWords) &&
			(anyOfWords(p.words, idWords) || slices.Contains(p.words, "batch")))
}

// saysNoSale reports whether one of its values consists of words for what is not a sale.
func (p *profile) saysNoSale() bool {
	return slices.ContainsFunc(p.values, func(v valueCount) bool { return isNoSale(v.text) })
}

func (t *tally) add(event *mapping.Event) {
	t.rows++
	if !event.HasAmount || !event.AmountReadable {
		return
	}
	if t.sums == nil {
		t.sums = map[string]*big.Int{}
	}
	if t.sums[event.Currency] == nil {
		t.sums[event.Currency] = new(big.Int)
	}
	t.sums[event.Currency].Add(t.sums[event.Currency], big.NewInt(event.Minor))
}

// valueOf is the first value of a group that is not empty.
func (t *columnTally) valueOf(rows []cell.Row) (c cell.Cell) {
	for i := range rows {
		if cell.Read(&c, &rows[i], t.index); !c.Empty() {
			break
		}
	}
	return c
}

// countUnpaid counts the values beside an amount of zero.
func (t *columnTally) countUnpaid(rows []cell.Row, event *mapping.Event) {
	c := t.valueOf(rows)
	at := slices.IndexFunc(t.unpaid, func(v kindValue) bool { return v.text == string(c.Text) })
	if at < 0 && len(t.unpaid) < limitValues {
		at = len(t.unpaid)
		t.unpaid = append(t.unpaid, kindValue{text: string(c.Text)})
	}
	if at >= 0 {
		t.unpaid[at].add(event)
	}
}

func (t *columnTally) count(rows []cell.Row, event *mapping.Event) {
	c := t.valueOf(rows)

	// The hashes show whether two columns distinguish the same rows.
	t.units++

	if c.Empty() {
		t.parts.Write([]byte{0})
		t.halves.Write([]byte{0})
		t.empty.add(event)
		return
	}

	t.halves.Write([]byte{1})
	t.filled.add(event)
	at := slices.IndexFunc(t.values, func(v kindValue) bool { return v.text == string(c.Text) })
	t.parts.Write([]byte{byte(1 + cmp.Or(at+1, len(t.values)+1))})

	switch {
	case at >= 0:
		t.values[at].add(event)
	case len(t.values) < limitValues:
		one := kindValue{text: string(c.Text)}
		one.add(event)
		t.values = append(t.values, one)
	default:
		t.many = true
	}
}

// kindOf is the question about a column; nil if it is proved harmless, or distinguishes nothing.
func (d *draft) kindOf(t *columnTally) *kindColumn {
	p := t.profile
	headed := anyOfWords(p.words, kindHeadings) || p.isStatus()
	firmly := headsNoSale(p.words) || p == d.paidDay() || d.saysDone(p) ||
		slices.Contains(d.doubtful, p)

	different := len(t.values)
	if t.empty.rows > 0 {
		different++
	}

	switch {
	case t.filled.rows == 0 || different < 2:
		return nil
	case !firmly && p.isHarmless(t), p.isMeasure(t):
		return nil
	case p.mostly(p.emails), p.mostly(p.currency), p.mostly(p.clocks):
		return nil
	}

	k := &kindColumn{profile: p, rank: 1}
	listed := !t.many && !p.mostly(p.dates) && different <= mostKinds || headed && !t.many &&
		!p.mostly(p.dates)
	half := 2*t.filled.rows <= t.units
	few := 2*different <= t.units || headed || firmly || different < t.units && d.hasNoSaleWords(t)
	unique := len(t.values) == t.filled.rows && (p.mostly(p.ids) || !headed && !firmly)
	// If there are few values, the question is about each; otherwise whether filled rows are sales.
	switch {
	case listed && few && !unique && !(half && t.empty.rows > 0 &&
		(len(t.values) == 1 || t.longest() > longValue || t.filled.rows == len(t.values))):
		k.values, k.parts = t.listed(), t.parts.Sum64()
	case t.empty.rows > 0 && (half && (t.units >= 4 || headed) || firmly):
		k.values, k.parts = []kindValue{{tally: t.empty}, {text: "*", tally: t.filled}},
			t.halves.Sum64()
	default:
		return nil
	}

	for i := range k.values {
		v := &k.values[i]
		v.sale, v.sure = d.guess(p, v.text)
		if !v.sale {
			k.rank += 3
		}
	}

	if headed {
		k.rank += 4
	}
	if firmly {
		k.rank += 4
	}

	return k
}

// listed are the values one by one, the most common first; values that are personal, or cannot be
// written, are among the others.
func (t *columnTally) listed() (values []kindValue) {
	var others *kindValue
	for _, v := range t.values {
		if speakable(v.text) && v.text != "*" && cell.MaskPersonal(v.text) == v.text {
			values = append(values, v)
			continue
		}
		if others == nil {
			others = &kindValue{text: "*"}
		}
		others.rows += v.rows
		others.sums = nil
	}

	if t.empty.rows > 0 {
		values = append(values, kindValue{tally: t.empty})
	}

	for _, v := range t.unpaid {
		if v.text != "*" && cell.MaskPersonal(v.text) == v.text &&
			(v.text == "" || speakable(v.text)) &&
			!slices.ContainsFunc(values, func(w kindValue) bool { return w.text == v.text }) {
			values = append(values, v)
		}
	}

	slices.SortStableFunc(values, func(a, b kindValue) int { return b.rows - a.rows })
	if others != nil {
		values = append(values, *others)
	}

	return values
}

func (t *columnTally) longest() (longest int) {
	for _, v := range t.values {
		longest = max(longest, utf8.RuneCountInString(v.text))
	}
	return longest
}

func (d *draft) hasNoSaleWords(t *columnTally) bool {
	return slices.ContainsFunc(t.values, func(v kindValue) bool {
		words := headingWords(v.text)
		return slices.ContainsFunc(words, isNoSaleWord) || anyOfWords(words, moreNoSale) ||
			anyOfWords(words, unpaidWords)
	})
}

// guess is what a value probably is. It is certain if it is a word of statuses, and the column is
// one.
func (d *draft) guess(p *profile, text string) (sale, sure bool) {
	against := headsNoSale(p.words) || anyOfWords(p.words, flagWords) ||
		anyOfWords(p.words, askedWords)
	word := strings.ToLower(text)
	_, yes := yesWords[word]
	switch {
	case text == "":
		return !anyOfWords(p.words, flagSales) && p != d.paidDay() && !d.saysDone(p), false
	case text == "*":
		return !against, false
	case yes || noWords[word]:
		return yes != against || !against && !anyOfWords(p.words, flagSales), false
	case p.isSide(text):
		return !anyOfWords(headingWords(text), wordsIn("debit debits purchase purchases")) &&
			!anyOfWords(headingWords(text), paymentNames), false
	case p.isStatus():
		if sale, known := isSale(text); known {
			return sale, true
		}
	case text == "-":
		return false, false
	}

	words := headingWords(text)
	if slices.Equal(words, []string{"checked", "out"}) { // a guest, or a cart
		return true, false
	}
	if sale, known := isSale(text); known && !headsNoSale(p.words) {
		return sale, false
	}
	if slices.ContainsFunc(words, isNoSaleWord) || anyOfWords(words, moreNoSale) ||
		anyOfWords(words, noSaleValues) || anyOfWords(words, unpaidWords) ||
		anyOfWords(words, doubtWords) {
		return false, false
	}

	if headsNoSale(p.words) { // "Refund status: Approved"
		return anyOfWords(words, notAtAll), false
	}

	return true, false
}

// namesCurrency reports whether the file says which currency its amounts have.
func (d *draft) namesCurrency() bool {
	return d.currency != nil && d.currency.filled > 0 || d.constant != "" || d.amount != nil &&
		d.amount.namesCurrency()
}

// words are the rows and the money of a tally.
func (t *tally) words(of string, named bool) string {
	words := counted(t.rows, of)
	for _, currency := range slices.Sorted(maps.Keys(t.sums)) {
		words += ", " + string(number.AppendMoney(nil, t.sums[currency], currency))
		if named {
			words += " " + currency
		}
	}
	return words
}

// salesTable writes the one question about the columns that could distinguish sales from other rows.
func (d *draft) salesTable(s *scribe) {
	if len(d.kinds) == 0 {
		return
	}

	s.open++
	s.line(0, "sales:", "OPEN: which of these rows are sales? Take the ? off each guess that "+
		"is right, correct the others, and remove a column whose rows all are")

	of := "row"
	if d.grouped {
		of = "group"
	}

	for _, k := range d.kinds {
		why := ""
		if len(k.others) > 0 {
			why = "so do " + strings.Join(k.others, ", ")
		}

		s.line(1, scalar(k.name)+":", why, k.profile)

		for _, v := range k.values {
			answer := map[bool]string{true: "yes", false: "no"}[v.sale]
			if !v.sure {
				answer += "?"
			}
			s.line(2, scalar(v.text)+": "+answer, v.words(of, d.namesCurrency()), k.profile)
			last := &s.all[len(s.all)-1]
			last.Value, last.Guess = v.text, answer
		}
	}
}
