package mapping

import (
	_ "embed"
	"encoding/json"
)

// schema is a part of a JSON Schema.
type schema map[string]any

// Schema is the JSON Schema (2020-12) of the mapping file, for editors: they complete its words and
// mark mistakes while people type. It is made from the reader's own tables of keys; where a table
// is inside the reader, a test asks the reader for it. [Parse] knows more than a schema can say,
// and decides.
func Schema() []byte {
	root := objectSchema("how the rows of an export become events for Able CDP", schema{
		"version": described(schema{"const": 1}, "version of this format: 1"),
		"name": textSchema("name of the mapping; without namespace: also whose " +
			"ids these are"),
		"namespace": textSchema("whose ids these are: events of the same namespace and id are " +
			"the same event"),
		"event": described(eitherSchema(schema{"enum": standardEvents},
			schema{"type": "string"}, refSchema("text")),
			"type of the events, the same for all rows or a field"),
		"funnel_mark": described(schema{"const": "${ABLE_FUNNEL_MARK}"},
			"may be left out; the mark itself is never in a mapping"),
		"settings":  settingsSchema(),
		"set":       freeSchema("the values of the settings: {currency: USD}", scalarSchema()),
		"languages": languagesSchema(),
		"source":    sourceSchema(),
		"formats":   formatsSchema(),
		"columns": freeSchema("other headings of a column: {Created at: [Created, created_at]}",
			oneOrMany(columnSchema(""))),
		"group_by": described(oneOrMany(columnSchema("")),
			"rows with the same value become one event"),
		"where": described(oneOrMany(expressionSchema("")),
			"which groups are events: col(\"Status\") == \"paid\""),
		"skip": freeSchema("reasons to leave groups out, each with its condition",
			expressionSchema("")),
		"sales": freeSchema("which rows are sales, by the values of columns: {Type: {Invoice: "+
			"yes, Refund: no}}; a draft's guesses are yes? and no?",
			freeSchema("a value, or * for all others",
				described(schema{"enum": []any{true, false, "yes", "no", "yes?", "no?"}}, ""))),
		"questions": freeSchema("what a draft could not prove, by the setting that answers it: "+
			"nothing is run while one is left",
			eitherSchema(schema{"type": "string"}, objectSchema("",
				schema{"ask": textSchema("what is asked"), "answers": listSchema(schema{})}))),
		"id": described(eitherSchema(schema{"const": "content"}, fieldSchema(targetID),
			listSchema(fieldSchema(targetID))), "what identifies an event; without it, order_id"),
		"fields":   fieldsSchema(),
		"items":    itemsSchema(),
		"lookups":  lookupsSchema(),
		"visitors": visitorsSchema(),
		"marker": described(schema{"type": "string", "pattern": "^custom_data[.]."},
			"puts the event's own stable id into the body, under this name: "+
				"custom_data.import_id. Ad platforms get it, too"),
		"tests": testsSchema(),
	})
	root["required"] = []string{"version", "name", "event", "fields"}

	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "able-import mapping"

	definitions := schema{}
	for t, name := range targetNames {
		definitions[name] = fieldDefinition(target(t))
	}

	root["$defs"] = definitions
	source, _ := json.MarshalIndent(root, "", "  ") // maps of strings cannot fail
	return append(source, '\n')
}

// targetNames name the kinds of fields, in the order of the targets.
var targetNames = [...]string{"text", "id", "money", "number", "time", "currency", "email",
	"phone", "any"}

func refSchema(name string) schema { return schema{"$ref": "#/$defs/" + name} }

// fieldSchema is a column's name, or an object that says where the value comes from.
func fieldSchema(t target) schema { return refSchema(targetNames[t]) }

// fieldDefinition is made from the keys that the reader takes for such a field.
func fieldDefinition(t target) schema {
	properties := schema{}
	for key := range (&reader{}).valueKeys(&spec{target: t}) {
		properties[key] = valueProperties[key]
	}
	return described(eitherSchema(columnSchema(""), objectSchema("", properties)),
		"a column's name, or where the value comes from and how it is read")
}

// valueProperties are the sources and options of fields.
var valueProperties = schema{
	"column": described(oneOrMany(columnSchema("")), "a column, or several with join"),
	"first": described(oneOrMany(columnSchema("")),
		"the first of these columns that is not empty"),
	"const":  textSchema("the same text for all events"),
	"expr":   expressionSchema("an expression: num(\"Total\") - num(\"Refund\")"),
	"credit": columnSchema("the column of money in; with debit"),
	"debit":  columnSchema("the column of money out; with credit"),
	"lookup": textSchema("a second file, by its name under lookups; with column, one " +
		"of that file"),
	"map": freeSchema("replacements for values: {Sale: Purchase, \"*\": Lead}",
		scalarOrEmpty()),
	"default": textSchema("the value for an empty cell"),
	"split":   textSchema("what separates several values in one cell"),
	"take":    takeSchema(),
	"join":    textSchema("what is put between the values of several columns or rows"),
	"required": flagSchema("true: must be filled; false: the column may be " +
		"missing or empty"),
	"number":      textSchema("how numbers are written, by example: 1.234,56"),
	"minor_units": flagSchema("the numbers are cents"),
	"sum":         flagSchema("added up over the rows of the group"),
	"net_of":      described(oneOrMany(columnSchema("")), "columns that are subtracted"),
	"refunded": described(oneOrMany(columnSchema("")), "deal_value: columns of what was "+
		"refunded; a sale that was refunded as a whole is left out"),
	"partial_refunds": described(schema{"enum": []string{"whole", "left", "${partial_refunds}"}},
		"deal_value: what is sent of a sale of which a part was refunded"),
	"sign": signSchema(),
	"date": dateSchema(),
	"year": described(
		schema{"anyOf": []schema{{"type": "integer", "minimum": 1970}, {"const": "above"}}},
		"the year of dates without one; above: the one that the rows above the header name"),
	"timezone":    textSchema("the time zone of the clock: Europe/Berlin, UTC"),
	"time_of_day": textSchema("for days without a time: 12:00"),
	"timezone_of": freeSchema("zones of single columns: {created_utc: UTC}", scalarSchema()),
	"timezones": freeSchema("what the words of timezone_column, or behind the times, mean: "+
		"{BST: Europe/London}", scalarSchema()),
	"timezone_column": columnSchema("the column that names the time zone"),
	"time_column":     columnSchema("the column of the time, if it is not with the day"),
	"as": described(schema{"enum": []string{"unix", "unix_ms", "rfc3339"}},
		"how the time is written to the event"),
	"region": described(schema{"type": "string", "pattern": "^([A-Za-z]{2}|[$][{].*[}])$"},
		"the country of numbers without a country code: US"),
	"region_column": columnSchema("the column that says the country"),
}

func sourceSchema() schema {
	return objectSchema("how the file is read where detection should not decide", schema{
		"sheet": textSchema("name of the sheet"),
		"table": countSchema("which table of a web page, counted from 1"),
		"header": described(eitherSchema(schema{"type": "integer", "minimum": 1},
			schema{"const": "none"}, listSchema(columnSchema(""))),
			"row number of the headings, or some of them, or none"),
		"encoding":  textSchema("utf-8, windows-1252, ..."),
		"delimiter": textSchema("what is between cells"),
		"quote":     textSchema("the quotes around cells"),
		"escape":    textSchema("what comes before a quote within a cell"),
		"short_rows": flagSchema("true: all rows, or whole blocks of rows that Excel wrote, " +
			"may leave out the same columns at the end"),
		"max_cell":     countSchema("bytes of one cell at most"),
		"max_row":      countSchema("bytes of one row at most"),
		"max_columns":  countSchema("columns at most"),
		"max_unpacked": countSchema("bytes of an unpacked file or part at most"),
		"comment":      textSchema("how lines begin that are comments, not rows"),
		"carry": described(oneOrMany(columnSchema("")),
			"columns whose value is written once, above the rows that it applies to"),
		"footer": described(oneOrMany(expressionSchema("")), "which rows are not data, in "+
			"addition to the totals that are recognised; one of several conditions is enough"),
		"unlike": described(oneOrMany(columnSchema("")),
			"headings that only another export has, although it has all the columns of this one"),
		"tables": described(oneOrMany(textSchema("")),
			"which tables of the file count: first (what is above the first other table or "+
				"title), all, or the titles of some, in addition to what is above the first title"),
		"data": described(oneOrMany(expressionSchema("")), "which rows are data, although they "+
			"look like a total; one of several conditions is enough"),
	})
}

func settingsSchema() schema {
	one := objectSchema("", schema{
		"question": textSchema("what people are asked"),
		"values": described(oneOrMany(scalarSchema()), "the allowed values; a currency, "+
			"timezone, date, number, region and accounts need no list"),
		"default": textSchema("the value if nobody gives one"),
	})
	one["required"] = []string{"question"}
	return freeSchema("what the export does not say; other lines use the names as ${...}", one)
}

func languagesSchema() schema {
	return freeSchema("headings of language versions, with how these write numbers and dates if "+
		"the values leave it open", objectSchema("", schema{
		"number": valueProperties["number"],
		"date":   valueProperties["date"],
	}))
}

func formatsSchema() schema {
	return objectSchema("how the whole file writes numbers and dates", schema{
		"number": described(oneOrMany(scalarSchema()), "how numbers are written, "+
			"by example: 1.234,56; or a list, of which each file proves one"),
		"date":        valueProperties["date"],
		"timezone":    valueProperties["timezone"],
		"time_of_day": valueProperties["time_of_day"],
		"repeated_hour": described(schema{"enum": []string{"earlier", "later"}},
			"which of two times that look the same is meant when clocks go back; without it, "+
				"such times are invalid"),
		"years": described(schema{"type": "string", "pattern": "^[0-9]{4} *- *[0-9]{4}$"},
			"the first and the last year of event_time: 1995-2030; without it, from 1990 to two "+
				"years ahead"),
	})
}

func fieldsSchema() schema {
	properties := schema{
		"deal_value":    fieldSchema(targetMoney),
		"deal_currency": fieldSchema(targetCurrency),
		"event_time":    fieldSchema(targetTime),
		"lead": freeSchema("what is known about the buyer: firstName, lastName, company, ...",
			fieldSchema(targetAny)),
		"custom_data": freeSchema("further data, passed on as they are", fieldSchema(targetAny)),
		"client": objectSchema("the buyer's browser",
			schema{"ip": fieldSchema(targetText), "ua": fieldSchema(targetText)}),
	}
	for _, name := range FlatFields {
		if properties[name] == nil {
			properties[name] = fieldSchema(textTargets[name])
		}
		described(properties[name].(schema), fieldMeanings[name])
	}

	keys := schema{}
	for _, key := range KeyNames {
		keys[key] = oneOrMany(fieldSchema(keyTarget(key)))
	}

	properties["keys"] = objectSchema("what tells who the buyer is; at least one", keys)
	fields := objectSchema("the event, as the webhook takes it", properties)
	fields["required"] = []string{"keys"}
	return fields
}

// fieldMeanings say what the webhook does with a field, if its name does not.
var fieldMeanings = map[string]string{
	"order_id":      "number of the order; without id: also what tells the events apart",
	"deal_value":    "the full amount of the purchase",
	"deal_currency": "its currency, ISO 4217; {const: EUR} for one currency",
	"event_time":    "when it was bought",
	"event_source":  "name of the system, or address of the page",
	"description":   "name of what was bought, where there are no items",
	"message":       "text of a form",
}

func itemsSchema() schema {
	properties := schema{
		"where":  expressionSchema("which rows of a group are items"),
		"add_up": flagSchema("false: the items need not add up to the amount"),
		"list": objectSchema("items in one cell: 2× Coffee, 1× Tea", schema{
			"column":  columnSchema(""),
			"split":   textSchema("what separates two items"),
			"pattern": textSchema("how an item is written: {qty}× {name}"),
		}),
	}
	for _, name := range ItemFields {
		properties[name] = fieldSchema(itemTarget(name))
	}

	return objectSchema("one item for each row of the group, or from a list in one cell",
		properties)
}

func visitorsSchema() schema {
	return objectSchema("visitor keys that name nobody, or many", schema{
		"placeholders": described(oneOrMany(scalarSchema()), "more values that are not keys, "+
			"besides n/a, none and the like; * stands for any text: walk-in*"),
		"allow": described(oneOrMany(scalarSchema()),
			"values that are keys, whatever they look like and however many customers share them"),
	})
}

func lookupsSchema() schema {
	on := freeSchema("a column of the export with its column in the other file", columnSchema(""))
	on["minProperties"], on["maxProperties"] = 1, 1
	one := objectSchema("", schema{"file": textSchema("path of the file, as seen from the mapping"),
		"on": on})
	one["required"] = []string{"file", "on"}
	return freeSchema("second files, by the names that fields use", one)
}

func testsSchema() schema {
	one := objectSchema("rows of one event, and what they must become", schema{
		"name":    textSchema("what the test is about"),
		"rows":    listSchema(freeSchema("the cells by their columns", scalarOrEmpty())),
		"event":   schema{"type": "object", "description": "members that the event must have"},
		"skipped": textSchema("why the rows must be left out"),
		"invalid": textSchema("the problem that the event must have"),
		"set":     freeSchema("the settings of this test: {currency: USD}", scalarSchema()),
	})
	one["required"] = []string{"rows"}
	return described(oneOrMany(one), "examples, which check runs")
}

func takeSchema() schema {
	return described(eitherSchema(schema{"enum": []string{"first_word", "rest_words"}},
		objectSchema("", schema{
			"after": textSchema("what follows this text"),
			"query": textSchema("the value of this name in a web address"),
		})), "a part of the value")
}

func signSchema() schema {
	s := objectSchema("a column of letters that tell money in from money out", schema{
		"column": columnSchema(""), "plus": oneOrMany(scalarSchema()),
		"minus": oneOrMany(scalarSchema()),
	})
	s["required"] = []string{"column", "plus", "minus"}
	return s
}

func dateSchema() schema {
	return described(eitherSchema(schema{"enum": []string{"iso", "unix", "unix_ms"}},
		schema{"type": "string"}), "how dates are written: DD/MM/YYYY HH:mm, iso, unix")
}

func described(s schema, description string) schema {
	if description != "" {
		s["description"] = description
	}
	return s
}

// scalarSchema is any single value: the reader takes it as it is written.
func scalarSchema() schema { return schema{"type": []string{"string", "number", "boolean"}} }

func scalarOrEmpty() schema {
	return schema{"type": []string{"string", "number", "boolean", "null"}}
}

func textSchema(description string) schema { return described(scalarSchema(), description) }

func columnSchema(description string) schema {
	if description == "" {
		description = "name of a column"
	}
	return textSchema(description)
}

func expressionSchema(description string) schema {
	if description == "" {
		description = "a condition: col(\"Status\") == \"paid\" and num(\"Total\") > 0"
	}
	return textSchema(description)
}

func flagSchema(description string) schema {
	return described(eitherSchema(schema{"enum": []any{true, false, "yes", "no"}},
		schema{"type": "string", "pattern": "^[$][{]"}), description)
}

func listSchema(of schema) schema { return schema{"type": "array", "items": of, "minItems": 1} }

func oneOrMany(of schema) schema { return eitherSchema(of, listSchema(of)) }

func eitherSchema(choices ...schema) schema { return schema{"anyOf": choices} }

// objectSchema is an object of known names.
func objectSchema(description string, properties schema) schema {
	return described(schema{"type": "object", "properties": properties,
		"additionalProperties": false}, description)
}

// freeSchema is an object whose names the mapping chooses.
func freeSchema(description string, of schema) schema {
	return described(schema{"type": "object", "additionalProperties": of}, description)
}

// countSchema is a whole number from 1 on.
func countSchema(description string) schema {
	return described(schema{"type": "integer", "minimum": 1}, description)
}

// Reference explains every key of a mapping file, in Markdown: able-import help mapping.
//
//go:embed README.md
var Reference string
