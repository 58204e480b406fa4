package mapping

import (
	"cmp"
	"slices"
	"strings"
)

// choose finds the columns of every role but those that only the groups tell.
func (d *draft) choose() {
	d.chooseID()
	d.grouped = d.id != nil && (d.id.grouping() || d.id.runs == 1 && d.id.filled > 1 && d.id.score[roleID] > 500)
	d.choosePair()
	d.amount = d.best(roleAmount, func(p *profile) bool {
		return p.largely(p.numbers) && !p.dateLike() && p != d.credit && p != d.debit && !d.isBalance(p)
	})
	if d.amount != nil && d.amount.score[roleAmount] > 500 {
		d.credit, d.debit = nil, nil
	} else if d.credit != nil {
		d.amount = nil
	}
	d.chooseCurrency()
	d.chooseTax()
	d.chooseDates()
	d.chooseVisitor()
	for _, r := range []role{roleFirstName, roleLastName, rolePerson, roleCompany, roleCountry} {
		d.lead[r] = d.best(r, func(p *profile) bool { return p.filled > 0 && p.emails == 0 && p != d.client })
	}
	for _, r := range []role{roleItem, roleSKU, roleCategory} {
		d.items[r] = d.best(r, func(p *profile) bool { return p.filled > 0 && p != d.id && (r != roleItem || !p.mostly(p.numbers)) })
	}
	for _, r := range []role{rolePrice, roleQuantity} {
		d.items[r] = d.best(r, func(p *profile) bool { return p.largely(p.numbers) })
	}
	d.coupon = d.best(roleCoupon, func(p *profile) bool { return p.filled > 0 })
}

// best is the column whose heading names a role best, of those that can be it; of equals the fuller one.
func (d *draft) best(r role, can func(*profile) bool) *profile {
	var best *profile
	for _, p := range d.profiles {
		if p.name == "" || p.score[r] == 0 || !can(p) {
			continue
		}
		if best == nil || p.score[r] > best.score[r] || p.score[r] == best.score[r] && p.filled > best.filled {
			best = p
		}
	}
	return best
}

// dateLike tells columns whose values are days: compact ones are numbers, too.
func (p *profile) dateLike() bool { return p.mostly(p.dates) && (p.decimals == 0 || p.typed > 0) }

// chooseID looks for what tells the events apart, by heading and by content. A column that is filled once for each
// stretch of another is the number of an order whose lines that other one holds together.
func (d *draft) chooseID() {
	var able []*profile
	for _, p := range d.profiles {
		if p.name != "" && p.filled*2 >= d.rows && p.filled > 0 && !p.dateLike() && p.emails == 0 && p.decimals == 0 && (p.runs > 1 || p.score[roleID] > 500) {
			able = append(able, p)
		}
	}
	rank := func(p *profile) int {
		score := p.score[roleID]
		switch {
		case score == 0 && !p.mostly(p.ids):
			return 0
		case p.unique() || d.rows == 1:
			score += 300
		case p.grouping():
			score += 250
		case p.returns > 0:
			score -= 600
		}
		return score + 1000*p.filled/max(1, d.rows)
	}
	able = slices.DeleteFunc(able, func(p *profile) bool {
		byValues := d.rows >= fewRows && (p.unique() || p.grouping()) && !p.isSomethingElse()
		return rank(p) <= 0 || p.score[roleID] == 0 && !byValues
	})
	if len(able) == 0 {
		return
	}
	d.id = slices.MaxFunc(able, func(a, b *profile) int { return cmp.Compare(rank(a), rank(b)) })
	for _, p := range d.profiles {
		if d.id.filled < d.rows && p.holdsTogether(d.id, d.rows) {
			d.id = p
			return
		}
	}
}

// holdsTogether tells whether each stretch of equal values has one value of another column, but for a few.
func (p *profile) holdsTogether(one *profile, rows int) bool {
	difference := p.distinct() - one.filled
	return p.name != "" && p.filled == rows && p.grouping() && p.mostly(p.ids) && !p.dateLike() && p.emails == 0 && p.decimals == 0 &&
		20*max(difference, -difference) <= one.filled
}

// fewRows prove nothing about what no heading says.
const fewRows = 5

// isSomethingElse tells columns whose heading names another role.
func (p *profile) isSomethingElse() bool {
	for r := range roles {
		if r != roleID && p.score[r] > 0 {
			return true
		}
	}
	return p.mostly(p.clocks) || p.mostly(p.currency)
}

// creditWords tell the two sides of an account, in the order credit, debit.
var creditWords = [][2]string{{"credit", "debit"}, {"haben", "soll"}, {"haber", "debe"}, {"貸方", "借方"}, {"貸方金額", "借方金額"}}

// choosePair finds a column of credits and one of debits, which are called the same but for that word.
func (d *draft) choosePair() {
	for _, words := range creditWords {
		for _, p := range d.profiles {
			at := slices.Index(p.words, words[0])
			if at < 0 || p.name == "" || p.filled > 0 && !p.largely(p.numbers) {
				continue
			}
			other := slices.Clone(p.words)
			other[at] = words[1]
			slices.Sort(other)
			for _, q := range d.profiles {
				if q.name != "" && slices.Equal(q.words, other) && (q.filled == 0 || q.largely(q.numbers)) && p.filled+q.filled > 0 {
					d.credit, d.debit = p, q
					return
				}
			}
		}
	}
}

// isBalance tells columns of credits and debits, which are half of an amount.
func (d *draft) isBalance(p *profile) bool {
	for _, words := range creditWords {
		if slices.Contains(p.words, words[0]) != slices.Contains(p.words, words[1]) {
			return true
		}
	}
	return false
}

// chooseCurrency takes the currency that is headed like the amount, or else the one that all amounts name.
func (d *draft) chooseCurrency() {
	amount := cmpOr(d.amount, d.credit)
	if amount == nil {
		return
	}
	score := func(p *profile) int {
		score := p.score[roleCurrency]
		for _, word := range amount.words {
			if slices.Contains(p.words, word) {
				score += 600
			}
		}
		return score
	}
	for _, p := range d.profiles {
		if p.name == "" || p.filled > 0 && !p.largely(p.currency) || p.filled == 0 && p.score[roleCurrency] < 500 {
			continue
		}
		if p.score[roleCurrency] > 0 && (d.currency == nil || p.filled > 0 && (d.currency.filled == 0 || score(p) > score(d.currency))) {
			d.currency = p
		}
	}
	if d.currency == nil {
		d.currency = d.byContent(func(p *profile) bool { return p.mostly(p.currency) && 2*p.filled >= d.rows })
	}
	if d.currency == nil {
		d.constant = headingCurrency(d.export.Header[amount.index])
	}
	if d.currency == nil && d.constant == "" && d.amount != nil && !d.amount.namesCurrency() {
		d.amount = cmpOr(d.best(roleAmount, func(p *profile) bool { return p.largely(p.numbers) && p.namesCurrency() && !d.isBalance(p) }), d.amount)
	}
}

// namesCurrency tells whether a sign beside nearly all amounts says which currency each of them has.
func (p *profile) namesCurrency() bool {
	named := 0
	for codes, amounts := range p.marks {
		if _, one := markCurrency(codes); one {
			named += amounts
		}
	}
	return p.largely(named)
}

// byContent is the only column without a heading that names a role of which something holds.
func (d *draft) byContent(holds func(*profile) bool) *profile {
	var found *profile
	for _, p := range d.profiles {
		if p.name == "" || !holds(p) {
			continue
		}
		if found != nil {
			return nil
		}
		found = p
	}
	return found
}

// headingCurrency is the currency in a heading such as "Total (EUR)" or "Betrag in €"; "" when none or several can be meant.
func headingCurrency(heading string) string {
	found := ""
	for _, word := range strings.FieldsFunc(heading, func(r rune) bool { return strings.ContainsRune(" ()[]/,:", r) }) {
		code, one := markCurrency(canMean([]byte(word)))
		if strings.EqualFold(word, "euros") {
			code, one = "EUR", true
		}
		if one && (word == strings.ToUpper(word) || strings.HasPrefix(strings.ToLower(word), "euro")) {
			if found != "" && found != code {
				return ""
			}
			found = code
		}
	}
	return found
}

// chooseDates takes the day of payment, or else, where that is empty, the day of the order.
func (d *draft) chooseDates() {
	can := func(p *profile) bool { return p.largely(p.dates) || p.unixUnit() != "" }
	paid := d.best(rolePaid, can)
	made := d.bestDate(can)
	if paid != nil {
		d.dates = append(d.dates, paid)
	}
	if made != nil && made != paid && (paid == nil || paid.filled < d.rows) {
		d.dates = append(d.dates, made)
	}
	if len(d.dates) == 0 {
		if p := d.byContent(func(p *profile) bool { return p.mostly(p.dates) }); p != nil {
			d.dates = append(d.dates, p)
		}
	}
	if len(d.dates) == 0 {
		d.yearless = d.best(roleDate, func(p *profile) bool { return len(p.dayMonth()) > 0 })
		return
	}
	first := d.dates[len(d.dates)-1]
	if first.timed == 0 {
		d.clock = d.best(roleTime, func(p *profile) bool { return p.mostly(p.clocks) })
	}
	if first.zoned == 0 && first.unixUnit() == "" {
		d.zone = d.bestZone(first)
	}
}

// dayMonth are the layouts in which all its values are days without a year: 2202.
func (p *profile) dayMonth() (layouts []string) {
	for _, layout := range [2]string{"DDMM", "MMDD"} {
		format, err := parseDateFormat(layout)
		if err == nil && len(p.values) > 0 && !slices.ContainsFunc(p.values, func(v valueCount) bool {
			var when civil
			return format.scan(&when, []byte(v.text), KindText) != nil
		}) {
			layouts = append(layouts, layout)
		}
	}
	return layouts
}

// bestDate prefers days with a time to days alone, and days that all rows have.
func (d *draft) bestDate(can func(*profile) bool) *profile {
	var best *profile
	score := func(p *profile) int {
		score := p.score[roleDate]
		if p.timed > 0 || p.unixUnit() != "" {
			score += 15
		}
		if p.timed > 0 && p.timed == p.zoned { // the very moment, in whatever words
			score += 600
		}
		return score + 400*p.filled/max(1, d.rows)
	}
	for _, p := range d.profiles {
		if p.name != "" && p.score[roleDate] > 0 && can(p) && (best == nil || score(p) > score(best)) {
			best = p
		}
	}
	return best
}

// unixUnit is the format of a column of Unix times, which only one headed as a date can be.
func (p *profile) unixUnit() string {
	for i, unit := range [2]string{"unix", "unix_ms"} {
		if p.mostly(p.unix[i]) && (p.score[roleDate] > 0 || p.score[rolePaid] > 0) {
			return unit
		}
	}
	return ""
}

// bestZone is the column of time zones that is headed like the date.
func (d *draft) bestZone(date *profile) *profile {
	var best *profile
	score := func(p *profile) int {
		score := p.score[roleZone]
		for _, word := range p.words {
			if slices.Contains(date.words, word) {
				score += 100
			}
		}
		return score
	}
	for _, p := range d.profiles {
		if p.name == "" || p.score[roleZone] == 0 {
			continue
		}
		if _, ok := p.zones(); ok && (best == nil || score(p) > score(best)) {
			best = p
		}
	}
	return best
}

// chooseVisitor finds what tells who the buyer is.
func (d *draft) chooseVisitor() {
	for _, p := range d.profiles {
		if p.name != "" && (p.mostly(p.emails) || p.largely(p.emails) && p.score[roleEmail] > 0) && !p.isSellers() && !excluded(p, roleEmail) || p.name != "" && p.filled == 0 && p.score[roleEmail] > 500 {
			d.email = append(d.email, p)
		}
	}
	slices.SortStableFunc(d.email, func(a, b *profile) int {
		rank := func(p *profile) int { return p.score[roleEmail] + 2000*min(1, p.filled) }
		return rank(b) - rank(a)
	})
	if len(d.email) > 1 && d.email[0].filled > 0 {
		d.email = slices.DeleteFunc(d.email, func(p *profile) bool { return p.filled == 0 })
	}
	d.phone = d.best(rolePhone, func(p *profile) bool { return p.filled > 0 && p.emails == 0 && p.mostly(p.abroad+p.phones+p.numbers) })
	if d.phone == nil {
		d.phone = d.byContent(func(p *profile) bool { return p.mostly(p.abroad) && p.dates == 0 })
	}
	if d.phone != nil && d.phone.abroad < d.phone.looked {
		d.region = d.best(roleCountry, func(p *profile) bool { return p.countries() })
	}
	d.client = d.best(roleClient, func(p *profile) bool { return p.filled > 0 && p != d.id && !p.largely(p.emails) })
}

// excluded tells columns whose heading names a role for somebody else: "To Email Address".
func excluded(p *profile, r role) bool {
	return p.score[r] == 0 && anyOfWords(p.words, wordsIn(vocabularies[r].without)) && anyOfWords(p.words, wordsIn("email mail address"))
}

// isSellers tells the address of the seller, which is the same in all rows, from those of buyers.
func (p *profile) isSellers() bool {
	return p.score[roleEmail] == 0 && len(p.values) == 1 && p.filled > 1
}

// countries tells whether its values are countries of two letters.
func (p *profile) countries() bool {
	return p.filled > 0 && !slices.ContainsFunc(p.values, func(v valueCount) bool {
		return len(v.text) != 2 || strings.ToUpper(v.text) != v.text || strings.Trim(v.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != ""
	})
}
