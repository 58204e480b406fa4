// Package shape writes the JSON Schemas of what the program prints. They are made of the Go types
// that are printed, so that a schema cannot say anything else than the output.
package shape

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// Schema is the JSON Schema (2020-12) of a value's type. It allows keys that it does not know: a
// later release may add some. Lists and maps are never null, pointers may be.
func Schema(value any, title string) ([]byte, error) {
	root := of(reflect.TypeOf(value))
	root["$schema"], root["title"] = "https://json-schema.org/draft/2020-12/schema", title
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

var timeType = reflect.TypeFor[time.Time]()

func of(kind reflect.Type) map[string]any {
	switch {
	case kind == timeType:
		return map[string]any{"type": "string", "format": "date-time"}
	case kind.Kind() == reflect.Pointer:
		return map[string]any{"anyOf": []any{of(kind.Elem()), map[string]any{"type": "null"}}}
	case kind.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": of(kind.Elem())}
	case kind.Kind() == reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": of(kind.Elem())}
	case kind.Kind() == reflect.Struct:
		properties, required := map[string]any{}, []string{}
		addFields(kind, properties, &required)
		return map[string]any{"type": "object", "properties": properties, "required": required}
	case kind.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case kind.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	case kind.Kind() == reflect.Float64:
		return map[string]any{"type": "number"}
	default: // whole numbers of all sizes
		return map[string]any{"type": "integer"}
	}
}

// addFields adds the keys of a struct, and of the structs in it.
func addFields(kind reflect.Type, properties map[string]any, required *[]string) {
	for i := range kind.NumField() {
		field := kind.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			addFields(field.Type, properties, required)
			continue
		case name == "-" || !field.IsExported():
			continue
		}

		properties[name] = of(field.Type)
		if !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}
