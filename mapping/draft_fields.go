package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// formats writes the formats that the file proves, and the questions that it leaves.
func (d *draft) formats(s *scribe) {
	var f scribe
	d.numberFormat(&f)
	d.dateFormat(&f)
	d.timezone(&f)
	if f.Len() == 0 {
		return
	}
	heading := "formats:"
	if !hasSetting(f.String()) {
		heading = "# formats:"
	}
	s.line(0, heading, "")
	s.WriteString(f.String())
	s.open += f.open
}

// hasSetting tells whether a part has more than comments.
func hasSetting(text string) bool {
	return slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool {
		line = strings.TrimSpace(line)
		return line != "" && !strings.HasPrefix(line, "#")
	})
}

// amounts are the columns that are read as money.
func (d *draft) amounts() []*profile {
	if d.amount != nil {
		return []*profile{d.amount}
	}
	if d.credit != nil {
		return []*profile{d.credit, d.debit}
	}
	return nil
}

// numberFormat pins the format of the amounts; that of other columns where it is another stands with them.
func (d *draft) numberFormat(s *scribe) {
	var columns []*profile
	columns = append(columns, d.amounts()...)
	if d.grouped {
		for _, r := range []role{rolePrice, roleQuantity} {
			if p := d.items[r]; p != nil {
				columns = append(columns, p)
			}
		}
	}
	for _, p := range columns {
		pin, known := d.pins.numbers[p.index]
		if known && pin.question != nil {
			d.askFormat(s, p, pin.question)
		}
	}
	if format := d.mainNumber(); format != "" {
		s.line(1, "number: "+quoted(format), "by example; proved by all rows of "+comment(columns[0].name))
	}
}

// mainNumber is the format for the whole file: that of the amounts.
func (d *draft) mainNumber() string {
	format := ""
	for _, p := range d.amounts() {
		pin, known := d.pins.numbers[p.index]
		switch {
		case !known || pin.question != nil:
			return ""
		case format == "" || !pin.whole:
			format = pin.format
		}
	}
	return format
}

// askFormat shows a value in each of its readings, with the line that decides for it.
func (d *draft) askFormat(s *scribe, p *profile, q *question) {
	for _, example := range q.Examples {
		s.ask(1, q.Setting+": "+quoted(example.Format), fmt.Sprintf("%s, row %d: %s is %s", comment(p.name), example.Row,
			comment(example.Value), comment(example.Result)))
	}
	s.open -= len(q.Examples) - 1 // one question
}

// number is the format option of a field, where the column is written otherwise than the amounts.
func (d *draft) number(p *profile) string {
	pin, known := d.pins.numbers[p.index]
	main := d.mainNumber()
	if !known || pin.question != nil || pin.whole || pin.format == main || pin.format == "1234.56" && !strings.Contains(main, ",56") {
		return ""
	}
	return ", number: " + quoted(pin.format)
}

// written are the dates that are not Unix times.
func (d *draft) written() []*profile {
	return slices.DeleteFunc(slices.Clone(d.dates), func(p *profile) bool { return p.unixUnit() != "" })
}

func (d *draft) dateFormat(s *scribe) {
	format := ""
	for i, p := range d.written() {
		pin, known := d.pins.dates[p.index]
		switch {
		case !known:
			return
		case pin.question != nil:
			d.askFormat(s, p, pin.question)
			return
		case pin.format == "":
			s.line(1, "# date:", "dates are written in more than one way: each file has to prove how")
			return
		case i > 0 && pin.format != format:
			s.ask(1, "date: "+quoted(pin.format), fmt.Sprintf("that is how %s is written, but %s is %s; left out, each file proves it by itself",
				comment(p.name), comment(d.dates[0].name), quoted(format)))
			return
		}
		format = pin.format
	}
	if format != "" {
		s.line(1, "date: "+quoted(format), "proved by all rows of "+comment(d.written()[0].name)+"; the first is "+d.written()[0].example())
	}
}

// timezone says where the clock of the dates stood, if the file does; and what stands for the time of days without one.
func (d *draft) timezone(s *scribe) {
	local, untimed := false, false
	utc := len(d.dates) > 0
	for _, p := range d.written() {
		local = local || p.zoned < p.dates
		untimed = untimed || p.timed < p.dates && d.clock == nil
		utc = utc && (slices.Contains(p.words, "utc") || slices.Contains(p.words, "gmt"))
	}
	timed := slices.ContainsFunc(d.dates, func(p *profile) bool { return p.timed > 0 }) || d.clock != nil
	switch {
	case !local, d.zone != nil && d.zone.filled >= d.rows:
	case utc:
		s.line(1, "timezone: UTC", "certain: the heading says so")
	case !timed:
		s.line(1, "timezone: UTC", "the dates are days without a time: noon UTC is the same day almost everywhere; say your own zone if you like")
	default:
		s.ask(1, "timezone: Europe/Berlin", "the times have no zone, such as "+d.written()[0].example()+": where did the clock stand? A place, or UTC")
	}
	if untimed {
		s.line(1, `time_of_day: "12:00"`, "for days without a time")
	}
}

// fields writes the event.
func (d *draft) fields(s *scribe) {
	d.identity(s)
	s.line(0, "fields:", "")
	if d.id != nil {
		s.line(1, "order_id: "+scalar(d.id.name), d.idCertainty())
	}
	d.time(s)
	d.value(s)
	if item := d.items[roleItem]; item != nil && !d.grouped {
		s.line(1, "description: {column: "+scalar(item.name)+", required: false}", "")
	}
	d.campaign(s)
	d.visitor(s)
	d.people(s)
	if d.coupon != nil {
		s.line(1, "custom_data: {coupon: {column: "+scalar(d.coupon.name)+", required: false}}", "")
	}
}

func (d *draft) identity(s *scribe) {
	if d.id != nil {
		return
	}
	s.line(0, "id: content", "")
	s.ask(1, "", "no column tells the events apart: their whole content does, so a changed row is a new event. Is there an export with ids?")
}

func (d *draft) idCertainty() string {
	p := d.id
	switch {
	case d.grouped:
		return d.certainty(p, roleID, "one for each group")
	case p.unique() || d.rows == 1:
		return d.certainty(p, roleID, "each one once")
	}
	return "likely: by its heading; its values repeat, and the same id with other content is invalid"
}

func (d *draft) time(s *scribe) {
	if d.yearless != nil {
		d.timeWithoutYear(s)
		return
	}
	if len(d.dates) == 0 {
		s.line(1, "event_time: "+missing(d.missingName("Date")), "")
		s.ask(1, "event_time: Date", "no column was found that holds the days of the sales: name one here, in place of the line above, "+
			"or remove both, and the receiver takes the time of arrival")
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
		text = "{first: [" + scalar(d.dates[0].name) + ", " + scalar(last.name) + "]" + options + "}"
		why = fmt.Sprintf("the day of payment, filled in %d of %d rows, or else the other", d.dates[0].filled, d.rows)
	} else if options != "" {
		text = "{column: " + scalar(last.name) + options + "}"
	}
	s.line(1, "event_time: "+text, why)
	d.askZones(s)
}

// askZones asks what the words of the zone column mean that several places use.
func (d *draft) askZones(s *scribe) {
	if d.zone == nil {
		return
	}
	unclear, _ := d.zone.zones()
	var words []string
	for _, word := range unclear {
		words = append(words, scalar(comment(word))+": ...")
	}
	if len(words) > 0 {
		s.ask(1, "timezones: {"+strings.Join(words, ", ")+"}", "which places does "+comment(d.zone.name)+
			" mean by these? Add it to event_time, each with a place such as Europe/London")
	}
}

// timeWithoutYear writes the field so that no event is sent before the year is said.
func (d *draft) timeWithoutYear(s *scribe) {
	layouts := d.yearless.dayMonth()
	field := func(layout, year string) string {
		return "event_time: {column: " + scalar(d.yearless.name) + ", date: " + layout + year + "}"
	}
	s.line(1, field(layouts[0], ""), "likely: days without a year, such as "+d.yearless.example())
	for _, layout := range layouts {
		s.ask(1, field(layout, ", year: 2026"), "which year? This line, with the year, in place of the one above")
	}
	s.open -= len(layouts) - 1
}

// value writes amount and currency.
func (d *draft) value(s *scribe) {
	amounts := d.amounts()
	if len(amounts) == 0 {
		s.line(1, "deal_value: "+missing(d.missingName("Total")), "")
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+", required: false}", "")
		s.ask(1, "deal_value: Total", "no column was found that holds the amounts: name one here, and its currency, in place of the two lines above")
		return
	}
	switch {
	case d.amount == nil:
		s.line(1, "deal_value: {credit: "+scalar(d.credit.name)+", debit: "+scalar(d.debit.name)+d.number(d.credit)+"}",
			"likely: a column for money in, one for money out; check which is which")
	case d.sum:
		s.line(1, "deal_value: {column: "+scalar(d.amount.name)+", sum: true}", d.certainty(d.amount, roleAmount, "numbers")+
			"; it differs between the rows of a group, so they are added up")
	default:
		s.line(1, "deal_value: "+scalar(d.amount.name), d.certainty(d.amount, roleAmount, "numbers"))
	}
	d.otherAmounts(s, amounts)
	d.money(s, amounts[0])
}

// otherAmounts names the columns that may be meant instead, and what may have gone back.
func (d *draft) otherAmounts(s *scribe, taken []*profile) {
	var others []string
	for _, p := range d.profiles {
		if p.name == "" || p.filled == 0 || !p.mostly(p.numbers) || slices.Contains(taken, p) || p.dateLike() {
			continue
		}
		refund := slices.Contains(p.words, "refunded") || slices.Contains(p.words, "refund") || slices.Contains(p.words, "refunds")
		switch {
		case refund && p.nonzero > 0 && p.decimals > 0 && d.amount != nil && !slices.Contains(p.words, "converted"):
			s.ask(1, "deal_value: {column: "+scalar(d.amount.name)+", net_of: "+scalar(p.name)+"}",
				fmt.Sprintf("%s is not zero in %d rows: this line, in place of the one above, subtracts it", comment(p.name), p.nonzero))
		case p.score[roleAmount] > 0 && p.decimals > 0 && len(others) < 4:
			others = append(others, scalar(p.name)+" ("+p.example()+")")
		}
	}
	if sign := d.signs(); sign != nil && d.amount != nil {
		s.ask(1, "deal_value: {column: "+scalar(d.amount.name)+", sign: {column: "+scalar(sign.name)+", plus: "+scalar(sign.values[0].text)+", minus: ...}}",
			"does "+comment(sign.name)+" ("+sign.counts()+") tell money in from money out? If only some of it are sales, add a line to skip:")
	}
	if len(others) > 0 {
		s.line(2, "# other amounts of the first row: "+strings.Join(others, ", "), "")
	}
}

func (d *draft) money(s *scribe, amount *profile) {
	switch {
	case d.currency != nil && d.currency.filled == 0:
		s.line(1, "deal_currency: "+scalar(d.currency.name), "")
		s.ask(1, "deal_currency: {column: "+scalar(d.currency.name)+", default: EUR}", "the column is empty in this file: which currency do its amounts have?")
	case d.currency != nil:
		s.line(1, "deal_currency: "+scalar(d.currency.name), d.certainty(d.currency, roleCurrency, "currency codes"))
	case d.constant != "":
		s.line(1, "deal_currency: {const: "+d.constant+"}", "certain: the heading "+comment(amount.name)+" says so")
	default:
		s.line(1, "deal_currency: {column: "+scalar(d.missingName("Currency"))+", required: false}", "")
		s.ask(1, "deal_currency: {const: USD}", "no column names the currency of "+comment(amount.name)+", such as "+amount.example()+
			": put this line, with your currency, in place of the one above")
	}
}

// signs is a column of letters that tell the two sides of an account.
func (d *draft) signs() *profile {
	for _, p := range d.profiles {
		if p.name == "" || p.many || p.filled == 0 || len(p.values) > 2 {
			continue
		}
		for _, words := range creditWords {
			if (slices.Contains(p.words, words[0]) || slices.Contains(p.words, words[1])) && len(p.values[0].text) <= 2 && !p.mostly(p.numbers) {
				return p
			}
		}
	}
	return nil
}

// missing is a field that is empty, and therefore wanting, for as long as the file has no such column.
func missing(column string) string { return `{expr: 'col("` + column + `", "")'}` }

// missingName is a name that the file does not use.
func (d *draft) missingName(name string) string {
	for slices.ContainsFunc(d.profiles, func(p *profile) bool { return normalName(d.export.Header[p.index]) == name }) {
		name += " of buyer"
	}
	return name
}

// campaign maps columns that are headed as the fields are called.
func (d *draft) campaign(s *scribe) {
	for _, field := range flatFields {
		if p := d.headed(field); p != nil && (strings.HasPrefix(field, "utm_") || field == "referrer_url") {
			s.line(1, field+": {column: "+scalar(p.name)+", required: false}", "")
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

// visitor writes what tells who the buyer is; there has to be something.
func (d *draft) visitor(s *scribe) {
	s.line(1, "keys:", "")
	found := len(d.email) > 0 && d.email[0].filled > 0
	d.emailKey(s)
	d.phoneKey(s)
	if d.client != nil {
		s.line(2, "client_id: {column: "+scalar(d.client.name)+", required: false}", d.certainty(d.client, roleClient, "your own number of the customer, if Able knows it"))
		found = true
	}
	for _, key := range KeyNames[3:] {
		if p := d.headed(key); p != nil {
			s.line(2, key+": {column: "+scalar(p.name)+", required: false}", "")
			found = true
		}
	}
	if !found && d.phone == nil {
		s.ask(2, "email: {lookup: contacts, column: Email}", "no column tells who the buyer is, and Able needs that: name one, or a second file: "+
			"lookups: {contacts: {file: contacts.csv, on: {Customer: Name}}}")
	}
}

func (d *draft) emailKey(s *scribe) {
	if len(d.email) == 0 {
		if d.phone == nil && d.client == nil || d.phone != nil {
			s.line(2, "email: {column: "+scalar(d.missingName("Email"))+", required: false}", "not in this file")
		}
		return
	}
	first := d.email[0]
	if len(d.email) == 1 {
		s.line(2, "email: "+scalar(first.name), d.certainty(first, roleEmail, "e-mail addresses"))
		return
	}
	var others []string
	for _, p := range d.email[1:] {
		others = append(others, scalar(p.name))
	}
	s.line(2, "email: "+scalar(first.name), d.certainty(first, roleEmail, "e-mail addresses"))
	s.line(2, "# also addresses: "+strings.Join(others, ", ")+"; as a second choice: {first: ["+scalar(first.name)+", "+others[0]+"]}", "")
}

func (d *draft) phoneKey(s *scribe) {
	p := d.phone
	switch {
	case p == nil:
	case p.abroad == p.looked:
		s.line(2, "phone: {column: "+scalar(p.name)+", required: false}", d.certainty(p, rolePhone, "international numbers"))
	case d.region != nil:
		s.line(2, "phone: {column: "+scalar(p.name)+", region_column: "+scalar(d.region.name)+", required: false}",
			fmt.Sprintf("likely: %d of %d numbers have no country code, which %s tells", p.looked-p.abroad, p.looked, comment(d.region.name)))
	default:
		s.ask(2, "phone: {column: "+scalar(p.name)+", region: US, required: false}",
			fmt.Sprintf("%d of %d numbers have no country code, such as %s: whose numbers are they?", p.looked-p.abroad, p.looked, mask(p.values[0].text)))
	}
}

// people writes what is known about the buyer.
func (d *draft) people(s *scribe) {
	var lead []string
	add := func(field string, p *profile, take string) {
		if p != nil {
			lead = append(lead, field+": {column: "+scalar(p.name)+take+", required: false}")
		}
	}
	if d.lead[roleFirstName] != nil || d.lead[roleLastName] != nil {
		add("firstName", d.lead[roleFirstName], "")
		add("lastName", d.lead[roleLastName], "")
	} else {
		add("firstName", d.lead[rolePerson], ", take: first_word")
		add("lastName", d.lead[rolePerson], ", take: rest_words")
	}
	add("company", d.lead[roleCompany], "")
	add("country", d.lead[roleCountry], "")
	if len(lead) == 0 {
		return
	}
	s.line(1, "lead:", "by their headings")
	for _, line := range lead {
		s.line(2, line, "")
	}
}

// lines writes the items of a group.
func (d *draft) lines(s *scribe) {
	if !d.grouped {
		return
	}
	var fields []string
	for i, r := range []role{roleItem, rolePrice, roleQuantity, roleSKU, roleCategory} {
		p := d.items[r]
		if p == nil {
			continue
		}
		options := ""
		if r == rolePrice || r == roleQuantity {
			options = d.number(p)
		}
		fields = append(fields, itemFields[i]+": {column: "+scalar(p.name)+options+", required: false}")
	}
	if len(fields) == 0 {
		return
	}
	s.line(0, "items:", "one for each row of a group, by their headings")
	for _, field := range fields {
		s.line(1, field, "")
	}
}
