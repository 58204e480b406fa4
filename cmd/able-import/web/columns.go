package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"ableimport/importer"
	"ableimport/importer/history"
	"ableimport/mapping"
	"ableimport/samples"
)

// A field of the webhook, as the page of the columns shows it.
type field struct {
	Path, Label, Help string
	Need              string // required; one: one of these is needed
	Column            string // that it is taken from
	Words             string // what it is, where that is more than a column
	Certainty, Reason string
	Options           bool // a constant can replace it
	OwnWords          bool // its values can be sent as other words
	Values            []sentValue
	Elsewhere         bool   // the column is not in the files: a second file may have it
	Samples           string // first values of the column
	Wanting           bool   // nothing is chosen, and something has to be
}

type fieldGroup struct {
	Label, Help string
	More        bool // shown on request
	Fields      []field
}

var fieldGroups = []fieldGroup{
	{Label: "The sale", Fields: []field{
		{Path: "fields.order_id", Label: "Order or invoice number",
			Help: "tells events apart: nothing is sent twice", Need: "required"},
		{Path: "fields.event_time", Label: "Day of the sale",
			Help: "the day of payment, if there is one"},
		{Path: "fields.deal_value", Label: "Amount", Help: "the full value", Need: "required"},
		{Path: "fields.deal_currency", Label: "Currency", Help: "a code such as EUR",
			Need: "required", Options: true, OwnWords: true},
	}},
	{Label: "Who bought", Help: "Able uses these to find the visitor. At least one needs a value.",
		Fields: []field{
			{Path: "fields.keys.email", Label: "E-mail", Need: "one"},
			{Path: "fields.keys.phone", Label: "Phone", Need: "one"},
			{Path: "fields.keys.client_id", Label: "Customer number",
				Help: "your application's own",
				Need: "one"},
		}},
	{Label: "What was bought", More: true, Fields: []field{
		{Path: "fields.description", Label: "Description", OwnWords: true},
		{Path: "items.name", Label: "Item: name"}, {Path: "items.price", Label: "Item: price"},
		{Path: "items.qty", Label: "Item: quantity"}, {Path: "items.sku", Label: "Item: SKU"},
		{Path: "items.category", Label: "Item: category", OwnWords: true},
	}},
	{Label: "More about the buyer and where the sale came from", More: true, Fields: []field{
		{Path: "fields.lead.firstName", Label: "First name"},
		{Path: "fields.lead.lastName", Label: "Last name"},
		{Path: "fields.lead.company", Label: "Company"},
		{Path: "fields.lead.country", Label: "Country", OwnWords: true},
		{Path: "fields.event_source", Label: "Source", OwnWords: true,
			Help: "an address, or the name of a system"},
		{Path: "fields.referrer_url", Label: "Referrer"},
		{Path: "fields.utm_source", Label: "UTM source", OwnWords: true},
		{Path: "fields.utm_medium", Label: "UTM medium", OwnWords: true},
		{Path: "fields.utm_campaign", Label: "UTM campaign", OwnWords: true},
		{Path: "fields.keys.gclid", Label: "Google click id"},
		{Path: "fields.keys.fbclid", Label: "Facebook click id"},
		{Path: "fields.custom_data.coupon", Label: "Coupon", OwnWords: true},
		{Path: "fields.custom_data.status", Label: "Status", OwnWords: true,
			Help: "passed on to Able as it is"},
	}},
}

// A heading of the files with its first value.
type heading struct {
	Name, Example string
	Samples       []string
	Used          []string // fields that are taken from it
}

// FirstValues are its first values, as one line.
func (h heading) FirstValues() string { return strings.Join(h.Samples, between) }

// columnsPage is what the page of the columns shows.
type columnsPage struct {
	*choice
	Presets, All []samples.Sample
	Groups       []fieldGroup
	Headings     []heading
	Unused       int // columns that nothing uses
	Formats      map[string]string
	Asked        map[string]bool // formats that the mapping asks for as settings
	Skips        []skip
	GroupBy      string
	Where        string
	Event        string
	List         *customerList
	Feedback     bool
	Accepted     bool // every change in the failures file is taken
	Zones        []string
	ZoneWords    []zoneWord
	Pinned       []opened
	Yearless     bool   // days are written without a year
	Year         string // that they are of
	Second       []secondFile
	Questions    []question // those that are not pinned
	Settings     []saidSetting
	ByValue      []valueColumn // columns by whose values rows can be left out
	EventBy      string        // the column that says which event a row is
	Refused      *faults       // of the other forms
	Wanting      string        // what is required and not chosen yet
}

// Wanted reports whether the mapping takes values from a second file that is not here yet.
func (p columnsPage) Wanted() bool {
	return slices.ContainsFunc(p.Second, func(f secondFile) bool { return !f.Here })
}

// SettingsOpen reports whether something has to be said that no file says.
func (p columnsPage) SettingsOpen() bool {
	return slices.ContainsFunc(p.Settings, func(s saidSetting) bool { return s.Needed })
}

// ZonesOpen reports whether a word for a time zone has no place yet.
func (p columnsPage) ZonesOpen() bool {
	return slices.ContainsFunc(p.ZoneWords, func(z zoneWord) bool { return z.Place == "" })
}

// A skip is a condition by which rows are left out.
type skip struct{ Name, Words, Condition, Reason string }

// otherThan are the conditions by which a draft leaves out all values of a column but one.
var otherThan = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^not \(col\("([^"\\]+)"\) == "([^"\\]+)"\)$`)
})

// skipWords say what a condition leaves out, where its name does not.
func skipWords(name, condition string) string {
	if parts := otherThan().FindStringSubmatch(condition); parts != nil && name == "other "+parts[1] {
		return parts[1] + " is not " + parts[2]
	}
	return name
}

// opened are the ways to read one column.
type opened struct {
	Setting, Column string
	Choices         []mapping.Choice
}

func (s *server) columns(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	untried := o.choice != nil && o.choice.untried()
	o.mu.Unlock()

	if untried {
		s.begin(o, "Trying the answers", func(ctx context.Context) { s.tryAnswers(ctx, o) })
	}

	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.busy != "":
		s.waiting(w, r, o, "columns")
	case o.failure != "" || o.choice == nil:
		http.Redirect(w, r, "/import/"+o.id+"/found", http.StatusSeeOther)
	default:
		s.render(w, http.StatusOK, "columns", page{Title: "Columns", Step: "columns", Import: o,
			Body: o.columnsPage(s.options.Getenv)})
	}
}

func (o *openImport) columnsPage(getenv func(string) string) columnsPage {
	c := o.choice
	body := columnsPage{
		Refused: o.takeFaults(),
		choice:  c, Presets: o.presets, All: samples.All(), Headings: o.headings(), List: o.list,
		Feedback: o.feedback != nil, Accepted: o.accepted, Zones: zones,
		GroupBy: words(c.doc.get("group_by")), Where: words(c.doc.get("where")),
		Event: words(c.doc.get("event")), Formats: map[string]string{}, Asked: map[string]bool{},
	}
	for _, setting := range []string{"number", "date", "timezone", "time_of_day"} {
		body.Formats[setting] = words(c.doc.get("formats", setting))
		body.Asked[setting] = c.settingOf(setting) != ""
	}

	body.ZoneWords = c.zoneWords()
	body.Yearless, body.Year = c.yearless(), words(c.doc.get("fields", "event_time", "year"))

	if config, err := c.config(getenv); err == nil {
		body.Second = o.secondFiles(config)
		body.Settings = c.settings(config)
	}

	for _, group := range fieldGroups {
		group.Fields = slices.Clone(group.Fields)
		for i := range group.Fields {
			c.fill(&group.Fields[i], body.Headings)
			group.Fields[i].Values = o.sentValues(group.Fields[i])
		}
		group.wants()
		group.askedAbove(c)
		body.Groups = append(body.Groups, group)
	}

	body.Wanting = wantingOf(body.Groups)
	body.ByValue = o.valueColumns()
	body.EventBy = cmp.Or(c.eventBy, c.EventBy())
	c.eventBy = ""

	if c.EventBy() != "" {
		body.Event = "Purchase"
	}

	for _, name := range keysOf(c.doc.get("skip")) {
		if c.ours(name) {
			continue // shown with its column
		}
		_, why := c.reason("skip", name)
		condition := words(c.doc.get("skip", name))
		body.Skips = append(body.Skips, skip{name, skipWords(name, condition), condition, why})
	}

	body.tellUses(string(c.doc.text))
	body.ask(c)
	return body
}

// tellUses says of each heading what the mapping, whose text is given, takes it for.
func (body *columnsPage) tellUses(text string) {
	for i := range body.Headings {
		h := &body.Headings[i]
		h.Used = usesOf(body.Groups, h.Name)
		if len(h.Used) == 0 && h.Name == body.GroupBy {
			h.Used = []string{"rows of one sale"}
		}
		if len(h.Used) == 0 && strings.Contains(text, h.Name) {
			h.Used = []string{"a condition or a computed field"}
		}
		if len(h.Used) == 0 {
			body.Unused++
		}
	}
}

// ask fills in what is still open: the choices of each column, and the draft's questions, but for
// those that the choices ask already.
func (body *columnsPage) ask(c *choice) {
	for _, choice := range c.Open {
		if last := len(body.Pinned) - 1; last >= 0 && body.Pinned[last].Column == choice.Column {
			body.Pinned[last].Choices = append(body.Pinned[last].Choices, choice)
			continue
		}
		body.Pinned = append(body.Pinned,
			opened{choice.Setting, choice.Column, []mapping.Choice{choice}})
	}

	body.Questions = slices.DeleteFunc(slices.Clone(c.Questions), func(q question) bool {
		return slices.ContainsFunc(body.Pinned,
			func(o opened) bool { return slices.Equal(q.Path, []string{"formats", o.Setting}) })
	})
}

// usesOf are the fields that are taken from a column.
func usesOf(groups []fieldGroup, name string) (uses []string) {
	for _, group := range groups {
		for _, f := range group.Fields {
			if f.Column == name {
				uses = append(uses, f.Label)
			}
		}
	}
	return uses
}

// yearless reports whether days are written as 2202 or 22/02: their year is nowhere beside
// them.
func (c *choice) yearless() bool {
	form, said := c.doc.get("fields", "event_time", "date").(string)
	if !said {
		form, said = c.doc.get("formats", "date").(string)
	}
	return said && strings.Contains(form, "D") && !strings.Contains(form, "Y")
}

// takeYear takes the year of days that name none.
func (c *choice) takeYear(said string) error {
	when := c.doc.get("fields", "event_time")
	if said = strings.TrimSpace(said); when == nil ||
		said == words(c.doc.get("fields", "event_time", "year")) {
		return nil
	}
	if err := c.spellOut("fields", "event_time"); err != nil {
		return err
	}

	switch said {
	case "":
		return c.set(nil, "fields", "event_time", "year")
	case "above":
		return c.set(said, "fields", "event_time", "year")
	}

	year, err := strconv.Atoi(said)
	if err != nil || year < 1970 || year > 9999 {
		return fmt.Errorf("the year of the days is %q: write it as 2026", said)
	}

	return c.set(year, "fields", "event_time", "year")
}

// wantingOf names what is required and not chosen yet.
func wantingOf(groups []fieldGroup) string {
	var names []string
	for _, group := range groups {
		for _, f := range group.Fields {
			if f.Wanting && f.Need == "required" {
				names = append(names, f.Label)
			} else if f.Wanting && !slices.Contains(names, group.Label) {
				names = append(names, group.Label)
			}
		}
	}
	return strings.Join(names, ", ")
}

// wants marks the fields that still need a column.
func (g *fieldGroup) wants() {
	one := slices.ContainsFunc(g.Fields,
		func(f field) bool { return f.Need == "one" && f.Column+f.Words != "" })
	for i := range g.Fields {
		f := &g.Fields[i]
		f.Wanting = f.Column+f.Words == "" && (f.Need == "required" || f.Need == "one" && !one)
	}
}

// askedAbove takes the mark off the currency where an open question asks for it.
func (g *fieldGroup) askedAbove(c *choice) {
	asks := func(q question) bool { return q.Ask == "currency" }
	for i := range g.Fields {
		if f := &g.Fields[i]; f.Path == "fields.deal_currency" && f.Wanting &&
			slices.ContainsFunc(c.Questions, asks) {
			f.Wanting, f.Reason = false, "asked above, under “Open questions”"
		}
	}
}

// fill says what a field is at the moment.
func (c *choice) fill(f *field, headings []heading) {
	value := c.doc.get(strings.Split(f.Path, ".")...)
	f.Certainty, f.Reason = c.reason(strings.Split(f.Path, ".")...)
	name, simple := column(value)

	if value == nil || c.absent(value) {
		return
	}

	switch here := slices.ContainsFunc(headings, func(h heading) bool { return h.Name == name }); {
	case simple && here:
		f.Column = name
		for _, h := range headings {
			if h.Name == name {
				f.Samples = h.FirstValues()
			}
		}
	case simple && c.Origin == "draft" && f.Certainty != "":
		f.Words = "read from the amounts" // the sign beside each, such as €
	case simple && c.Origin == "draft":
		return // a placeholder: no column was found
	case simple && strings.HasPrefix(f.Reason, "not in this "):
		f.Words, f.Reason, f.Elsewhere = words(value)+" (not in this file)",
			"A second file can provide it.", true
	default:
		f.Words = words(value)
	}

	if line, ok := c.reasons[f.Path]; ok && f.Column != "" &&
		!slices.Contains(line.Columns, f.Column) {
		f.Certainty, f.Reason = "", "" // somebody has chosen another column
	}
}

// absent recognises the placeholders that a draft has where no column was found.
func (c *choice) absent(value any) bool {
	text := words(value)
	return c.Origin == "draft" && strings.HasPrefix(text, `computed: col("`) &&
		strings.HasSuffix(text, `", "")`)
}

func (o *openImport) headings() []heading {
	var all []heading
	for _, file := range o.found {
		for _, column := range file.Columns {
			column.Personal = column.Personal || o.choice.identifies(column.Name)
			if column.Name != "" && !slices.ContainsFunc(all,
				func(h heading) bool { return h.Name == column.Name }) {
				all = append(all, heading{Name: column.Name, Example: column.Example,
					Samples: column.Shown()})
			}
		}
	}

	return all
}

var errChanged = errors.New("this mapping was changed in the meantime, perhaps in another tab. " +
	"Below is what it says now; your choices in the other form were not saved")

// setColumns takes what was chosen, and goes on to the preview if the mapping is sound.
func (s *server) setColumns(w http.ResponseWriter, r *http.Request, o *openImport) {
	r.ParseForm()
	o.mu.Lock()

	if o.choice == nil || o.feedback != nil || o.busy != "" {
		o.mu.Unlock()
		http.Redirect(w, r, "/import/"+o.id+"/preview", http.StatusSeeOther)
		return
	}

	to := "/preview"
	err := errChanged
	if seen := r.FormValue("seen"); seen == "" || seen == o.choice.Seen() {
		err = o.choice.take(r, s.options.Getenv)
		columns := o.valueColumns()
		rest := errors.Join(o.choice.takeLeaving(r.PostForm, columns),
			o.choice.takeEvents(r.PostForm, columns), o.takeWords(r.PostForm))
		if rest != nil {
			o.choice.typed = r.PostForm
		}
		err = errors.Join(err, rest)
	}

	// otherwise somebody is leaving the page
	if kept := r.Header.Get("Accept") == "application/json"; err == nil && !kept {
		err = o.bind(s.options.Getenv)
	}
	if o.choice.Problem, o.choice.Faults = "", nil; err != nil {
		o.choice.refuse(err)
		to = "/columns#problem"
	}

	o.forget()
	o.mu.Unlock()
	s.answer(w, r, "/import/"+o.id+to)
}

// bind reports whether the mapping is sound and fits the files.
func (o *openImport) bind(getenv func(string) string) error {
	job, err := o.job(history.Target{}, getenv)
	if err != nil {
		return err
	}
	im, err := importer.Open(job)
	if err != nil {
		return err
	}
	return im.Close()
}

// take changes the mapping as the form says. One that nobody has touched stays as it is, to the
// letter.
func (c *choice) take(r *http.Request, getenv func(string) string) error {
	var errs []error
	if config, err := c.config(getenv); err == nil {
		errs = append(errs, c.takeSettings(r.Form, config))
	}
	errs = append(errs, c.takeFields(r), c.takeFormats(r), c.takeKeys(r))

	for _, name := range keysOf(c.doc.get("skip")) {
		if r.Form.Has("skips") && !c.ours(name) && !slices.Contains(r.Form["skip"], name) {
			errs = append(errs, c.change(nil, "skip", name))
		}
	}
	if r.Form.Has("year") {
		errs = append(errs, atField("year", c.takeYear(r.FormValue("year"))))
	}
	errs = append(errs, c.takeZones(r.Form), c.answers(r))

	if err := errors.Join(errs...); err != nil {
		c.typed = r.PostForm
		return err
	}
	return nil
}

// change sets a value of the mapping, if it is a different one; a chosen value answers its
// question.
func (c *choice) change(value any, path ...string) error {
	if words(c.doc.get(path...)) == words(value) {
		return nil
	}
	err := c.set(value, path...)
	if value != nil {
		err = errors.Join(err, c.chosen(path))
	}
	return err
}

// takeFields takes which column, or which constant, each field has.
func (c *choice) takeFields(r *http.Request) error {
	var errs []error
	for _, group := range fieldGroups {
		for _, f := range group.Fields {
			path := strings.Split(f.Path, ".")
			switch said := r.FormValue("field." + f.Path); {
			case said == "keep", !r.Form.Has("field." + f.Path):
			case said == "const":
				code := strings.ToUpper(strings.TrimSpace(r.FormValue("const." + f.Path)))
				if code != "" {
					errs = append(errs, c.change(constant(code), path...))
				}
			case said == "" && !c.absent(c.doc.get(path...)):
				errs = append(errs, c.change(nil, path...))
			case strings.HasPrefix(said, "col:"):
				column := withColumn(c.doc.get(path...), said[len("col:"):])
				errs = append(errs, c.change(column, path...))
			}
		}
	}
	return errors.Join(errs...)
}

// takeFormats takes how numbers and times are written, as formats or as settings.
func (c *choice) takeFormats(r *http.Request) error {
	var errs []error
	for _, setting := range []string{"number", "date", "timezone", "time_of_day"} {
		said := strings.TrimSpace(r.FormValue("format." + setting))
		switch name := c.settingOf(setting); {
		case !r.Form.Has("format." + setting):
		case name != "":
			errs = append(errs, c.saySetting(name, said))
		default:
			errs = append(errs, c.change(optional(said), "formats", setting))
		}
	}
	return errors.Join(errs...)
}

// takeKeys takes the keys of the whole mapping that the page asks for.
func (c *choice) takeKeys(r *http.Request) error {
	var errs []error
	for _, key := range []string{"group_by", "event", "name"} {
		if key == "event" && (r.Form.Get("event_by") != "" || c.EventBy() != "") {
			continue // events are told apart by a column
		}
		if said := strings.TrimSpace(r.FormValue(key)); r.Form.Has(key) &&
			(said != "" || key == "group_by") {
			errs = append(errs, c.change(optional(said), key))
		}
	}
	return errors.Join(errs...)
}

// chosen drops the question about a setting that somebody has chosen a value for.
func (c *choice) chosen(path []string) error {
	about := func(q question) bool { return slices.Equal(q.Path, path) }
	if !slices.ContainsFunc(c.Questions, about) {
		return nil
	}
	c.Questions = slices.DeleteFunc(slices.Clone(c.Questions), about)
	return c.answered(strings.Join(path, "."))
}

// answered removes a question from the mapping.
func (c *choice) answered(path string) error {
	if path == "" {
		path = "id"
	}
	if c.doc.get("questions", path) == nil {
		return nil
	}
	return c.set(nil, "questions", path)
}

// answers takes the answers to the open questions. A question that was answered is not asked again.
func (c *choice) answers(r *http.Request) error {
	var left []question
	for _, q := range c.Questions {
		if q.Ask == "these" {
			open, err := c.takeSales(&q, r.Form)
			if open {
				left = append(left, q)
			}
			if err != nil {
				return err
			}
			continue
		}

		said := r.FormValue(q.ID)
		if said == "" || said == "later" {
			left = append(left, q)
			continue
		}
		if err := c.answered(strings.Join(q.Path, ".")); err != nil {
			return err
		}
		if said == "no" {
			continue
		}

		value, err := q.value(said, r.Form[q.ID])
		if err != nil {
			return err
		}
		if err := c.set(value, q.Path...); err != nil {
			return err
		}
	}

	if c.Questions = left; len(left) == 0 && c.asked {
		if err := c.doc.settled(); err != nil {
			return err
		}
	}

	for _, open := range c.Open {
		if said := r.FormValue("open." + open.Column); said != "" {
			if c.doc.get("settings", open.Setting) != nil { // the mapping asks for it itself
				if err := c.saySetting(open.Setting, said); err != nil {
					return err
				}
				continue
			}
			if err := errors.Join(c.set(said, "formats", open.Setting),
				c.answered("formats."+open.Setting)); err != nil {
				return err
			}
		}
	}

	return nil
}
