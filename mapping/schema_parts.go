package mapping

func described(s schema, description string) schema {
	if description != "" {
		s["description"] = description
	}
	return s
}

// scalarSchema is any single value: the reader takes it as it is written.
func scalarSchema() schema { return schema{"type": []string{"string", "number", "boolean"}} }

func scalarOrEmpty() schema { return schema{"type": []string{"string", "number", "boolean", "null"}} }

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
	return described(schema{"enum": []any{true, false, "yes", "no"}}, description)
}

func listSchema(of schema) schema { return schema{"type": "array", "items": of, "minItems": 1} }

func oneOrMany(of schema) schema { return eitherSchema(of, listSchema(of)) }

func eitherSchema(choices ...schema) schema { return schema{"anyOf": choices} }

// objectSchema is an object of known names.
func objectSchema(description string, properties schema) schema {
	return described(schema{"type": "object", "properties": properties, "additionalProperties": false}, description)
}

// freeSchema is an object whose names the mapping chooses.
func freeSchema(description string, of schema) schema {
	return described(schema{"type": "object", "additionalProperties": of}, description)
}

// countSchema is a whole number from 1 on.
func countSchema(description string) schema {
	return described(schema{"type": "integer", "minimum": 1}, description)
}
