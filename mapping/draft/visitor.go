package draft

import (
	"slices"
	"strings"
)

// chooseVisitor finds what says who the buyer is.
func (d *draft) chooseVisitor() {
	for _, p := range d.profiles {
		if p.name != "" && p.mostly(p.emails) && p.score[roleEmail] > 0 && p.isSellers() &&
			d.sellers == nil {
			d.sellers = p
		}
	}

	for _, p := range d.profiles {
		if p.name != "" && (p.mostly(p.emails) || p.largely(p.emails) && p.score[roleEmail] > 0) &&
			!p.isSellers() && !p.isOthers() || p.name != "" && p.filled == 0 &&
			p.score[roleEmail] > 500 {
			d.email = append(d.email, p)
		}
	}

	// Otherwise the column with such a heading, though many of its values are not an address: the
	// preview lists each of them.
	if len(d.email) == 0 && d.sellers == nil {
		if p := d.best(roleEmail,
			func(p *profile) bool { return p.score[roleEmail] > 500 && p.emails > 0 }); p != nil {
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

	d.phone = d.best(rolePhone, func(p *profile) bool {
		return p.filled > 0 && p.emails == 0 && p.mostly(p.abroad+p.phones+p.numbers)
	})
	if d.phone == nil {
		d.phone = d.byContent(func(p *profile) bool { return p.mostly(p.abroad) && p.dates == 0 })
	}
	if d.phone != nil && d.phone.abroad < d.phone.looked {
		d.region = d.best(roleCountry, func(p *profile) bool { return p.countries() })
	}

	d.client = d.best(roleClient,
		func(p *profile) bool { return p.filled > 0 && p != d.id && !p.largely(p.emails) })
}

// isOthers reports addresses of people other than buyers by the heading: "To Email Address".
func (p *profile) isOthers() bool {
	return p.score[roleEmail] == 0 && anyOfWords(p.words, othersWords) &&
		anyOfWords(p.words, addressWords)
}

var (
	othersWords  = wordsIn(vocabularies[roleEmail].without)
	addressWords = wordsIn("email mail address")
)

// isSellers distinguishes addresses of the seller, few over many rows, from addresses of buyers,
// unless the heading says whose they are.
func (p *profile) isSellers() bool {
	if p.score[roleEmail] == 0 && len(p.values) == 1 && p.filled > 1 {
		return true
	}
	return p.filled >= manyRows && !p.many && len(p.values) <= max(1, p.filled/20) &&
		!anyOfWords(p.words, buyerWords)
}

// manyRows are so many that buyers would differ.
const manyRows = 10

// buyerWords are words of headings that say that something is the buyer's.
var buyerWords = wordsIn(`customer buyer billing purchase purchaser client contact from consumer
	guest attendee subscriber member user kunde kunden kaufer besteller rechnung acheteur comprador
	cliente acquirente klant koper klient kupujacy musteri kund zakaznik 顧客 購入者 会員`)

// countries reports whether its values are countries of two letters.
func (p *profile) countries() bool {
	return p.filled > 0 && !slices.ContainsFunc(p.values, func(v valueCount) bool {
		return len(v.text) != 2 || strings.ToUpper(v.text) != v.text ||
			strings.Trim(v.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != ""
	})
}
