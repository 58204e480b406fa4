package web

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"ableimport/importer/report"
	"ableimport/importer/table"
)

// spoken are words for people who have a mapping file and a command line before them, and what says
// the same to those who have the page: its own controls by their names.
var spoken = sync.OnceValue(func() []spokenWords {
	return []spokenWords{
		{regexp.MustCompile("; if a backslash before (\\S+) makes it a part of " +
			"the cell, set `escape: [^`]*`?"),
			"; if a backslash before $1 makes it a part of the cell, the command line can read it"},
		{regexp.MustCompile(`is not UTF-8 from line \d+ on, and can be read in several encodings`),
			"does not say how its letters with accents are written"},
		{regexp.MustCompile(`a visitor key is needed`),
			"an e\u2011mail, a phone or another key is needed"},
		{regexp.MustCompile(`looks like one under another id`), "looks like one under another number"},
		{regexp.MustCompile(`: same visitor key, amount`), ": same customer, amount"},
		{regexp.MustCompile("set `header: none`"), "write none under “Header row”"},
		{regexp.MustCompile("set `quote: none`"), "choose “none” under “Quotes”"},
		{regexp.MustCompile("set `quote: '\"'`"), "choose double quotes under “Quotes”"},
		{regexp.MustCompile("set `encoding:`"), "choose its encoding under “Read it differently”"},
		{regexp.MustCompile("give its row number: `header: 4`"), "write its number under “Header row”"},
		{regexp.MustCompile("set `comment: \"#\"`"), "write # under “Comments begin with”"},
		{regexp.MustCompile("set `delimiter:` and that character"),
			"choose it under “Between the cells”"},
		{regexp.MustCompile("set `delimiter: [^`]*` or `delimiter: tab`"),
			"choose one under “Between the cells”"},
		{regexp.MustCompile("set `quote: [^`]*` or `quote: none`"), "choose one under “Quotes”"},
		{regexp.MustCompile("set `quote: \"'\"`"), "choose single quotes under “Quotes”"},
		{regexp.MustCompile("set `short_rows: true`"), "tick “Rows leave out their last columns”"},
		{regexp.MustCompile("Choose one with `sheet: [^`]*`, or unpack it"),
			"Write the name of one under “Sheet”, or unpack it"},
		{regexp.MustCompile("name (one of|the one to read)(.*?) with `sheet:`"),
			"choose $1$2 under “Sheet”"},
		{regexp.MustCompile("choose with `(sheet|table):`"), "choose another under “Sheet”"},
		{regexp.MustCompile("whatever `sheet:` says"), "whatever stands under “Sheet”"},
		{regexp.MustCompile("^`.*` (is|are) for text files, and changes? nothing here"),
			"What was said about the letters, cells, quotes or comments of a text file changes " +
				"nothing here: it is another kind of file"},
		{regexp.MustCompile(
			"(,? or|;) raise `max_(row|cell|unpacked)`( to read it| if you trust it)?"),
			"; the command line can read it, with a higher limit in the mapping"},
		{regexp.MustCompile("say it under source: encoding:"),
			"choose another encoding with “Read it differently”, in the step “Files”"},
		{regexp.MustCompile(`say it with the field, as in \{column: Date, year: 2018\}`),
			"say it under “Year of dates without a year”, in the step “Columns”"},
		{regexp.MustCompile(`use --report-dir or --state-dir as that run did`),
			"end the program, and start able-import web with --state-dir as that run did"},
		{regexp.MustCompile(`\n?If all changes are right, use --accept-edits\.`),
			"\nIf all changes are right, accept them with the button below."},
		{regexp.MustCompile(`use --accept-edits`),
			"accept all changes with the button in the step “Columns”"},
		{regexp.MustCompile(`Say (it|them), for example:( --set \S+=\S+)+\.`),
			"Say $1 under “What the file does not say”, in the step “Columns”."},
		{regexp.MustCompile(`Say it, too: --set \S+=\S+`),
			"Say it, too, under “What the file does not say”, in the step “Columns”."},
		{regexp.MustCompile(`(Say which)?,? with: --set \S+=.*`),
			"$1 under “What the file does not say”, in the step “Columns”."},
		{regexp.MustCompile(`say so under source: data: in the mapping`),
			"say so under “Rows that are not data”, in the step “Files”"},
		{regexp.MustCompile(` If it is right as it is, use --plan [^.\s]+\.`),
			" If it is right as it is, you can say so before it is sent."},
		{regexp.MustCompile(
			`(;|,) (or )?say (which|which zone it is|what it means): timezones: \{[^}]*\}( or \{[^}]*\})?`),
			"$1 ${2}say it in the step “Columns”"},
		{regexp.MustCompile(`say which zone its clock shows: timezone: Europe/Berlin`),
			"choose it under “Time zone”, in the step “Columns”"},
		{regexp.MustCompile(`say which to take: time_of_day: "12:00"`),
			"say which to take under “Time for dates without one”, in the step “Columns”"},
		{regexp.MustCompile(`say how dates are written, such as date: "DD/MM/YYYY"`),
			"say how they are written under “Days”, in the step “Columns”"},
		{regexp.MustCompile(` \(or required: false, [^)]*\)`), ""},
		{regexp.MustCompile(`^deal_currency is`), "the currency is"},
		{regexp.MustCompile(`^deal_value needs a deal_currency; add .*`),
			"the amount needs a currency: " +
				"choose its column, or write the code of the one that all rows have"},
		{regexp.MustCompile(`^(?:timezone|date|number|time_of_day|year): (")`), "$1"},
		{regexp.MustCompile(`^the file is not UTF-8; it is read as (\S+)[.] Any other encoding that ` +
			`fits gives the same values`),
			"Letters such as ü are read as $1. Any other way that fits gives the same values."},
		{regexp.MustCompile("`table:` chooses among the tables of a web page"),
			"the mapping names one, and only a web page has several"},
		{regexp.MustCompile(`take the mapping for this export \(able-import presets [^)]*\)`),
			"choose the mapping for this export"},
		{regexp.MustCompile(` \(lookups: in able-import help mapping\)`), ""},
		{regexp.MustCompile(`run the same command again`), "try again"},
		{regexp.MustCompile(`the same command goes on`), "the same import goes on"},
		{regexp.MustCompile(`; able-import history lists them`), ""},
	}
})

// spokenWords are words, and what the page says in their place.
type spokenWords struct {
	words *regexp.Regexp
	here  string
}

// harmless tells that a remark about how a file is read asks nobody to do anything.
func harmless(message string) bool {
	return strings.HasSuffix(here(message), "gives the same values.")
}

// causes are what the codes of problems mean.
var causes = map[string]string{
	"no_visitor_key": "no e-mail, phone or other key",
	"key_invalid":    "not an e-mail or phone",
	"amount_invalid": "unreadable amount", "amount_missing": "no amount",
	"more_decimals": "more decimals than the currency has", "currency_missing": "no currency",
	"currency_unknown":  "unknown currency",
	"currency_conflict": "two currencies in one sale", "date_invalid": "unreadable day",
	"date_missing": "no day", "zone_unknown": "unclear time zone",
	"time_old": "more than a week ago", "time_future": "in the future",
	"id_empty": "no number", "id_shortened": "number shortened by a spreadsheet",
	"id_conflict":  "same number, different content",
	"id_decimal":   "number read as a decimal",
	"id_marked":    "number with a spreadsheet’s apostrophe",
	"id_quoted":    "number in quotation marks",
	"id_lookalike": "number in unusual characters",
	"item_invalid": "unreadable item", "items_total": "items that do not add up",
	"conflict": "rows of one sale that differ", "cell_error": "spreadsheet error",
	"row_damaged": "damaged row", "held": "held back by another row",
	"look_alike": "looks like another sale", "control_total": "different total below the rows",
	"key_placeholder": "placeholder, not a visitor key", "key_shared": "visitor key shared by " +
		"many customers",
	"condition_unclear":  "almost a value of the condition",
	"all_left_out":       "the condition leaves nothing",
	"lookup_unmatched":   "not in the second file",
	"lookup_ambiguous":   "more than once in the second file",
	"lookup_missing":     "second file not read",
	"not_mapped":         "value without a replacement",
	"value_missing":      "required cell is empty",
	"event_type_unknown": "event type that may be misspelt",
	"event_type_missing": "no event",
	"expression_failed":  "condition or computed field failed",
	"text_invalid":       "unreadable text",
	"sale_unknown":       "undecided whether a sale",
	"sign_unknown":       "unclear whether money in or out",
	"plan_not_kept":      "the plan could not be kept",
	"csv_only":           "failures file only as CSV",
	"shown_differently":  "shown differently by the spreadsheet",
	"reading":            "how the file was read",
	"other_namespace":    "known under another name",
	"other_table":        "belongs to another table",
}

// cause is a code in words.
func cause(code string) string {
	if words, known := causes[code]; known {
		return unbroken(words)
	}
	return strings.ReplaceAll(code, "_", " ")
}

// here says a message in the page's words, with what is not to be seen made visible.
func here(message string) string { return inWords(report.Visible(message)) }

// hereLines is here for a message of several lines.
func hereLines(message string) string { return inWords(report.VisibleLines(message)) }

func inWords(message string) string {
	for _, s := range spoken() {
		message = s.words.ReplaceAllString(message, s.here)
	}
	return message
}

// about says what is wrong; where its sentence begins behind the column, with the column.
func about(problem report.Problem) string {
	if column := problem.Example.Column; column != "" && strings.HasPrefix(problem.Message, "is ") {
		return here(column + " " + problem.Message)
	}
	return here(problem.Message)
}

// listSentence says why a second file cannot be taken. There is nothing to choose for it.
func listSentence(err error) string {
	if ambiguous := new(table.AmbiguousError); errors.As(err, &ambiguous) {
		return ambiguous.File + " " + ambiguous.What +
			". Save it as .xlsx, or as CSV in UTF-8, and add it again."
	}
	return sentence(err)
}
