package draft

import (
	"cmp"
	"slices"
)

// choose finds the columns of every role except those that only the groups show.
func (d *draft) choose() {
	d.chooseID()
	d.grouped = d.id != nil && (d.id.grouping() || d.id.runs == 1 && d.id.filled > 1 &&
		d.id.score[roleID] > 500)
	d.choosePair()

	d.amount = d.best(roleAmount, func(p *profile) bool {
		return p.largely(p.numbers) && !p.dateLike() && p != d.credit && p != d.debit &&
			!d.isBalance(p)
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
		d.lead[r] = d.best(r, func(p *profile) bool {
			return p.filled > 0 && p.emails == 0 && p != d.client && p != d.id
		})
	}

	for _, r := range []role{roleItem, roleSKU, roleCategory} {
		d.items[r] = d.best(r, func(p *profile) bool {
			return p.filled > 0 && p != d.id && (r != roleItem || !p.mostly(p.numbers))
		})
	}

	for _, r := range []role{rolePrice, roleQuantity} {
		d.items[r] = d.best(r, func(p *profile) bool { return p.largely(p.numbers) })
	}

	d.coupon = d.best(roleCoupon, func(p *profile) bool { return p.filled > 0 })
}

// best is the column whose heading names a role best, among those that can be it; of equals the
// fuller one.
func (d *draft) best(r role, can func(*profile) bool) *profile {
	var best *profile
	for _, p := range d.profiles {
		if p.name == "" || p.score[r] == 0 || !can(p) {
			continue
		}
		if best == nil || p.score[r] > best.score[r] || p.score[r] == best.score[r] &&
			p.filled > best.filled {
			best = p
		}
	}
	return best
}

// dateLike reports columns whose values are days: compact ones are also numbers.
func (p *profile) dateLike() bool { return p.mostly(p.dates) && (p.decimals == 0 || p.typed > 0) }

// chooseID looks for what distinguishes the events, by heading and by content. A column that is
// filled once for each stretch of another is the number of an order whose lines that other one
// holds together.
func (d *draft) chooseID() {
	var able []*profile
	for _, p := range d.profiles {
		if p.name != "" && p.filled*2 >= d.rows && p.filled > 0 && !p.dateLike() && p.emails == 0 &&
			p.decimals == 0 && (p.runs > 1 || p.score[roleID] > 500) {
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
		byValues := d.rows >= fewRows && (p.unique() || p.grouping() &&
			mostLines*p.runs >= p.filled) && p.marked == 0 && !p.isSomethingElse()
		return rank(p) <= 0 || p.score[roleID] == 0 && !byValues
	})
	if len(able) == 0 {
		return
	}

	d.id = slices.MaxFunc(able, func(a, b *profile) int { return cmp.Compare(rank(a), rank(b)) })
	if d.id.unique() {
		at := slices.IndexFunc(able, func(p *profile) bool {
			return p.score[roleID] > 500 && p.grouping() && p.filled == d.rows &&
				!anyOfWords(p.words, paymentWords)
		})
		if at >= 0 { // each line has a number of its own, if there are lines
			d.lineID, d.id = d.id, able[at]
			return
		}
	}

	for _, p := range d.profiles {
		if d.id.filled < d.rows && p.holdsTogether(d.id, d.rows) {
			d.id = p
			return
		}
	}
}

// holdsTogether reports whether each stretch of equal values has one value of another column, with
// few exceptions.
func (p *profile) holdsTogether(one *profile, rows int) bool {
	difference := p.distinct() - one.filled
	return p.name != "" && p.filled == rows && p.grouping() && p.mostly(p.ids) && !p.dateLike() &&
		p.emails == 0 && p.decimals == 0 &&
		20*max(difference, -difference) <= one.filled
}

// paymentWords head numbers of a payment rather than of an order.
var paymentWords = wordsIn(`transaction payment charge balance payout purchase`)

// mostLines is how many lines an order has on average, at most: a fee that hardly changes groups
// nothing.
const mostLines = 20

// fewRows prove nothing about what no heading says.
const fewRows = 5

// isSomethingElse reports columns whose heading names another role.
func (p *profile) isSomethingElse() bool {
	for r := range roles {
		if r != roleID && p.score[r] > 0 {
			return true
		}
	}
	return p.mostly(p.clocks) || p.mostly(p.currency)
}

// creditWords name the two sides of an account, in the order credit, debit.
var creditWords = [][2]string{{"credit", "debit"}, {"haben", "soll"}, {"haber", "debe"},
	{"貸方", "借方"}, {"貸方金額", "借方金額"}}

// choosePair finds a column of credits and one of debits, whose names differ only by that word.
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
				if q.name != "" && slices.Equal(q.words, other) &&
					(q.filled == 0 || q.largely(q.numbers)) && p.filled+q.filled > 0 {
					d.credit, d.debit = p, q
					return
				}
			}
		}
	}
}

// isBalance reports columns of credits and debits, which are half of an amount.
func (d *draft) isBalance(p *profile) bool {
	for _, words := range creditWords {
		if slices.Contains(p.words, words[0]) != slices.Contains(p.words, words[1]) {
			return true
		}
	}
	return false
}

// byContent is the only column without a heading that names a role, and in which something holds.
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
