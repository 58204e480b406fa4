package draft

import (
	"slices"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
)

// chooseDates takes the day of payment, or the day of the order if that is empty.
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
		p := d.byContent(func(p *profile) bool { return p.mostly(p.dates) })
		if p != nil && !anyOfWords(p.words, laterWords) {
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

// laterWords head days that are not the day of the sale: when a payment is due or expected, and
// birthdays.
var laterWords = wordsIn(`due next upcoming renewal expected planned scheduled expiry expires
	expiration fallig falligkeit falligkeitsdatum nachste nachstes echeance prochain prochaine
	vencimiento proximo proxima scadenza prossimo vervaldatum volgende forfallsdato forfaldsdato
	forfallodatum termin birth birthday geburtstag geburtsdatum naissance nacimiento nascita
	geboortedatum 支払期限 期限 到期 生年月日 生日`)

// dayMonth are the layouts in which all its values are days without a year: 2202.
func (p *profile) dayMonth() (layouts []string) {
	for _, layout := range [2]string{"DDMM", "MMDD"} {
		format, err := date.ParseFormat(layout)
		if err == nil && len(p.values) > 0 &&
			!slices.ContainsFunc(p.values, func(v valueCount) bool {
				var when date.Civil
				return format.Scan(&when, []byte(v.text), cell.Text) != nil
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
		if p.timed > 0 && p.timed == p.zoned { // the exact moment, in whatever words
			score += 600
		}
		return score + 400*p.filled/max(1, d.rows)
	}
	for _, p := range d.profiles {
		if p.name != "" && p.score[roleDate] > 0 && can(p) &&
			(best == nil || score(p) > score(best)) {
			best = p
		}
	}

	return best
}

// unixUnit is the format of a column of Unix times; only a column headed as a date can be one.
func (p *profile) unixUnit() string {
	for i, unit := range [2]string{"unix", "unix_ms"} {
		if p.mostly(p.unix[i]) && (p.score[roleDate] > 0 || p.score[rolePaid] > 0) {
			return unit
		}
	}
	return ""
}

// bestZone is the column of time zones whose heading belongs to the date.
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
