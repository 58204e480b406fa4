package draft

import (
	"fmt"
	"slices"
	"strings"

	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// fields writes the event.
func (d *draft) fields(s *scribe) {
	if d.id == nil {
		s.line(0, "id: content", "")
		s.ask(1, "", "no column tells the events apart: their whole content does, so a changed "+
			"row is a new event. Is there an export with ids?")
	}

	s.line(0, "fields:", "")
	if d.id != nil {
		s.line(1, "order_id: "+scalar(d.id.name), d.idCertainty(), d.id)
		if d.nameless > 0 {
			s.ask(1, "", fmt.Sprintf("%s is empty in %d of %d rows, which are invalid without an "+
				"id: is there a column that all have? If these are not sales, only remove the "+
				"question", comment(d.id.name), d.nameless, d.rows), d.id)
		}
	}

	d.time(s)
	d.value(s)
	if item := d.items[roleItem]; item != nil && !d.grouped {
		s.line(1, "description: {column: "+scalar(item.name)+", required: false}", "", item)
	}

	d.campaign(s)
	d.visitor(s)
	d.people(s)

	if d.coupon != nil {
		s.line(1, "custom_data: {coupon: {column: "+scalar(d.coupon.name)+", required: false}}",
			"", d.coupon)
	}
}

func (d *draft) idCertainty() string {
	p := d.id
	switch {
	case d.grouped:
		return d.certainty(p, roleID, "one for each group")
	case p.unique() || d.rows == 1:
		return d.certainty(p, roleID, "each one once")
	}
	return "likely: by its heading; its values repeat, and the same id with different " +
		"content is invalid"
}

func (d *draft) time(s *scribe) {
	if d.yearless != nil {
		d.timeWithoutYear(s)
		return
	}

	if len(d.dates) == 0 {
		s.line(1, "event_time: "+missing(d.missingName("Date")), "")
		s.ask(1, "event_time: Date",
			"no column was found that holds the days of the sales: name one as event_time, or "+
				"remove event_time, and the receiver takes the time of arrival")
		return
	}

	last := d.dates[len(d.dates)-1]
	options := ""
	if d.clock != nil {
		options += ", time_column: " + scalar(d.clock.name)
	}
	if d.zone != nil {
		options += ", timezone_column: " + scalar(d.zone.name)
	}
	if unit := last.unixUnit(); unit != "" && len(d.written()) == 0 {
		options += ", date: " + unit
	}

	r := roleDate
	if last.score[rolePaid] > last.score[roleDate] {
		r = rolePaid
	}

	text := scalar(last.name)
	why := d.certainty(last, r, "days")
	if len(d.dates) > 1 {
		text = "{first: [" + scalar(d.dates[0].name) + ", " + scalar(last.name) +
			"]" + options + "}"
		why = fmt.Sprintf("the day of payment, filled in %d of %d rows, otherwise the other",
			d.dates[0].filled, d.rows)
	} else if options != "" {
		text = "{column: " + scalar(last.name) + options + "}"
	}

	s.line(1, "event_time: "+text, why, append(slices.Clone(d.dates), d.clock, d.zone)...)
	d.askZones(s)
}

// askZones asks what the words mean that several places use, or none: words of the zone column, or
// after the times.
func (d *draft) askZones(s *scribe) {
	in, words := d.zone, []string(nil)
	if in != nil {
		words, _ = in.zones()
	}
	for _, date := range d.dates {
		if unclear := date.unclearWords(); d.zone == nil && len(unclear) > 0 {
			in, words = date, append(words, unclear...)
		}
	}

	slices.Sort(words)
	var lines []string
	for _, word := range slices.Compact(words) {
		lines = append(lines, scalar(comment(word))+": ...")
	}
	if len(lines) > 0 {
		s.ask(1, "timezones: {"+strings.Join(lines, ", ")+"}",
			"which places does "+comment(in.name)+
				" mean by these? Add it to event_time, each with a place such as Europe/London", in)
	}
}

// campaign maps columns whose headings are the names of the fields.
func (d *draft) campaign(s *scribe) {
	for _, field := range mapping.FlatFields {
		if p := d.headed(field); p != nil &&
			(strings.HasPrefix(field, "utm_") || field == "referrer_url") {
			s.line(1, field+": {column: "+scalar(p.name)+", required: false}", "", p)
		}
	}
}

// headed is the column whose heading is the name of a field.
func (d *draft) headed(field string) *profile {
	words := headingWords(strings.ReplaceAll(field, "_", " "))
	for _, p := range d.profiles {
		if p.name != "" && p.filled > 0 && slices.Equal(p.words, words) {
			return p
		}
	}
	return nil
}

// visitor writes what says who the buyer is; there has to be something.
func (d *draft) visitor(s *scribe) {
	s.line(1, "keys:", "")
	found := len(d.email) > 0 && d.email[0].filled > 0
	d.emailKey(s)
	d.phoneKey(s)

	if d.client != nil {
		ask := s.ask
		if d.hasEmails() {
			ask = s.offer
		}
		ask(2, "client_id: {column: "+scalar(d.client.name)+", required: false}", fmt.Sprintf(
			"%s, such as %s, is filled in %d of %d rows. If your site tells Able this number to "+
				"say who somebody is, use it as client_id",
			comment(d.client.name), d.client.example(), d.client.filled, d.rows), d.client)
		found = true
	}

	for _, key := range mapping.KeyNames[3:] {
		if p := d.headed(key); p != nil {
			s.line(2, key+": {column: "+scalar(p.name)+", required: false}", "", p)
			found = true
		}
	}

	if !found && d.sellers != nil {
		s.ask(2, "email: "+scalar(d.sellers.name),
			fmt.Sprintf("%s in %d rows, probably the seller's own: Able would take all "+
				"sales for one visitor's. If they are the buyers', use the line marked OPEN",
				counted(len(d.sellers.values), "address"),
				d.sellers.filled), d.sellers)
	} else if !found && d.phone == nil {
		s.ask(2, "email: {lookup: contacts, column: Email}",
			"no column tells who the buyer is, and Able needs that: name one, or a second file: "+
				"lookups: {contacts: {file: contacts.csv, on: {Customer: Name}}}")
	}
}

// hasEmails reports whether every event has an e-mail address: then no other key is needed.
func (d *draft) hasEmails() bool {
	if len(d.email) == 0 {
		return false
	}
	return d.email[0].filled >= d.rows || d.grouped && d.email[0].filled >= d.id.runs
}

func (d *draft) emailKey(s *scribe) {
	if len(d.email) == 0 {
		s.line(2, "email: {column: "+scalar(d.missingName("Email"))+", required: false}",
			"not in this file")
		return
	}

	first := d.email[0]
	for i, cells := range first.several {
		if cells > 0 {
			s.line(2, "email: {column: "+scalar(first.name)+", split: "+quoted(separators[i])+"}",
				d.certainty(first, roleEmail, "e-mail addresses")+
					fmt.Sprintf("; several in one cell in %d of them", cells), first)
			return
		}
	}

	if len(d.email) == 1 {
		s.line(2, "email: "+scalar(first.name),
			d.certainty(first, roleEmail, "e-mail addresses"), first)
		return
	}

	var others []string
	for _, p := range d.email[1:] {
		others = append(others, scalar(p.name))
	}

	s.line(2, "email: "+scalar(first.name),
		d.certainty(first, roleEmail, "e-mail addresses"), first)
	s.remark(2, "also addresses: "+strings.Join(others, ", ")+"; as a second choice: {first: ["+
		scalar(first.name)+", "+others[0]+"]}")
}

func (d *draft) phoneKey(s *scribe) {
	p := d.phone
	switch {
	case p == nil:
	case p.abroad == p.looked:
		s.line(2, "phone: {column: "+scalar(p.name)+", required: false}",
			d.certainty(p, rolePhone, "international numbers"), p)
	case d.region != nil:
		s.line(2, "phone: {column: "+scalar(p.name)+", region_column: "+scalar(d.region.name)+
			", required: false}",
			fmt.Sprintf("likely: %d of %d numbers have no country code, which %s tells",
				p.looked-p.abroad, p.looked, comment(d.region.name)), p, d.region)
	default:
		ask := s.ask
		if d.hasEmails() {
			ask = s.offer
		}
		ask(2, "phone: {column: "+scalar(p.name)+", region: US, required: false}",
			fmt.Sprintf("%d of %d numbers have no country code, such as %s: whose numbers are "+
				"they?", p.looked-p.abroad, p.looked, cell.Mask(p.values[0].text)), p)
	}
}

// people writes what is known about the buyer.
func (d *draft) people(s *scribe) {
	lead := scribe{path: []string{"fields", "lead"}}
	add := func(field string, p *profile, take string) {
		if p != nil {
			lead.line(2, field+": {column: "+scalar(p.name)+take+", required: false}", "", p)
		}
	}
	if d.lead[roleFirstName] != nil || d.lead[roleLastName] != nil {
		add("firstName", d.lead[roleFirstName], "")
		add("lastName", d.lead[roleLastName], "")
	} else if d.japanese() { // the family's name comes first
		add("lastName", d.lead[rolePerson], ", take: first_word")
		add("firstName", d.lead[rolePerson], ", take: rest_words")
	} else {
		add("firstName", d.lead[rolePerson], ", take: first_word")
		add("lastName", d.lead[rolePerson], ", take: rest_words")
	}

	add("company", d.lead[roleCompany], "")
	add("country", d.lead[roleCountry], "")
	if len(lead.all) == 0 {
		return
	}

	s.line(1, "lead:", "by their headings")
	s.take(&lead)
}

// itemLines writes the items of a group.
func (d *draft) itemLines(s *scribe) {
	if !d.grouped {
		return
	}

	part := scribe{path: []string{"items"}}
	for i, r := range []role{roleItem, rolePrice, roleQuantity, roleSKU, roleCategory} {
		p := d.items[r]
		if p == nil {
			continue
		}
		options := ""
		if r == rolePrice || r == roleQuantity {
			options = d.number(p)
		}
		part.line(1, mapping.ItemFields[i]+": {column: "+scalar(p.name)+options+
			", required: false}", "", p)
	}

	if len(part.all) == 0 {
		return
	}

	s.line(0, "items:", "one for each row of a group, by their headings")
	s.take(&part)
}
