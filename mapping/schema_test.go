package mapping

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/mapping/document"
)

// schemaRead is the schema as an editor sees it.
func schemaRead(t *testing.T) map[string]any {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	return root
}

// The reader and the schema know the same keys in every object that a mapping can have: the test
// asks the reader for them with a key that nobody has, at every place where the schema has an
// object.
func TestSchemaHasTheKeysOfTheReader(t *testing.T) {
	root := schemaRead(t)
	visited := 0
	var walk func(part map[string]any, path []string)
	walk = func(part map[string]any, path []string) {
		part = resolved(root, part)
		for _, choice := range asList(part["anyOf"]) {
			walk(choice.(map[string]any), path)
		}
		if items, ok := part["items"].(map[string]any); ok {
			walk(items, append(slices.Clone(path), "[]"))
		}
		if of, ok := part["additionalProperties"].(map[string]any); ok {
			walk(of, append(slices.Clone(path), "x"))
		}
		properties, ok := part["properties"].(map[string]any)
		if !ok {
			return
		}
		visited++
		want := slices.Sorted(maps.Keys(properties))
		if got := keysOfReader(t, path); !cmp.Equal(want, got) {
			t.Errorf("keys at %s differ (-schema +reader):\n%s", strings.Join(path, "."),
				cmp.Diff(want, got))
		}
		for key, property := range properties {
			if key == "event" && len(path) > 0 {
				continue // of a test: the event itself, whose keys are free
			}
			inner, ok := property.(map[string]any)
			if !ok {
				t.Errorf("the schema does not say what %s is at %s", key, strings.Join(path, "."))
				continue
			}
			walk(inner, append(slices.Clone(path), key))
		}
	}
	walk(root, nil)
	if visited < 40 {
		t.Errorf("%d objects were compared, want more", visited)
	}
}

func asList(value any) []any {
	all, _ := value.([]any)
	return all
}

func resolved(root, part map[string]any) map[string]any {
	if name, ok := part["$ref"].(string); ok {
		return root["$defs"].(map[string]any)[strings.TrimPrefix(name, "#/$defs/")].(map[string]any)
	}
	return part
}

// keysOfReader asks the reader, by its message about an unknown key.
func keysOfReader(t *testing.T, path []string) []string {
	t.Helper()
	source := "{qqqqqqqqqqqqqqqq: 1}"
	for _, step := range slices.Backward(path) {
		if step == "[]" {
			source = "[" + source + "]"
		} else {
			source = "{" + step + ": " + source + "}"
		}
	}
	_, err := Parse("mapping.yaml", []byte(source+"\n"), noEnvironment)
	if err == nil {
		t.Fatalf("the reader takes %s", source)
	}
	found := regexp.MustCompile(`unknown key "q+" \(.*\); known here: (.*)`).FindStringSubmatch(
		err.Error())
	if found == nil {
		t.Fatalf("the reader does not tell its keys at %s: %v", strings.Join(path, "."), err)
	}
	return strings.Split(found[1], ", ")
}

// Every mapping of the presets is valid by the schema, and none is with a misspelt key.
func TestSchemaAndReaderAgreeOnPresets(t *testing.T) {
	root := schemaRead(t)
	files, err := filepath.Glob(filepath.Join("..", "samples", "*", "mapping.yaml"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d presets (%v)", len(files), err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read, err := document.New(file, source).ReadYAML(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, mistake := range mistakes(root, root, read, "") {
			t.Errorf("%s: %s", file, mistake)
		}
		eachEntry(read, nil, func(e *document.Entry, path []string) {
			if slices.Contains(path, "tests") || slices.Contains(path, "columns") {
				return
			}
			whole, key := e.Key.Text, e.Key
			key.Text = whole + "qqqq"
			sound := len(mistakes(root, root, read, "")) == 0
			key.Text = whole
			if sound && !chosen(path) {
				t.Errorf("%s: the schema takes %s.%sqqqq", file, strings.Join(path, "."), whole)
			}
		})
	}
}

// chosen reports places whose names the mapping chooses.
func chosen(path []string) bool {
	return len(path) > 0 && slices.Contains([]string{"skip", "lead", "custom_data",
		"map", "timezones", "timezone_of", "lookups", "on", "settings", "set", "languages"},
		path[len(path)-1])
}

// eachEntry visits all keys of a document.
func eachEntry(n *document.Node, path []string, visit func(e *document.Entry, path []string)) {
	for i := range n.List {
		eachEntry(n.List[i], path, visit)
	}
	for i := range n.Entries {
		visit(&n.Entries[i], path)
		eachEntry(n.Entries[i].Value, append(slices.Clone(path), n.Entries[i].Key.Text), visit)
	}
}

// mistakes checks a document with the words of JSON Schema that the schema uses. It is only as much
// of a validator as that takes.
func mistakes(root, part map[string]any, n *document.Node, at string) (found []string) {
	part = resolved(root, part)
	if choices := asList(part["anyOf"]); choices != nil {
		for _, choice := range choices {
			one := mistakes(root, choice.(map[string]any), n, at)
			if len(one) == 0 {
				return nil
			}
			found = append(found, one...)
		}
		return found
	}
	value := n.Text
	if wanted, ok := part["const"]; ok && fmt.Sprint(wanted) != value {
		return []string{fmt.Sprintf("%s is %v, want %v", at, value, wanted)}
	}
	if wanted := asList(part["enum"]); wanted != nil &&
		!slices.ContainsFunc(wanted, func(one any) bool { return fmt.Sprint(one) == value }) {
		return []string{fmt.Sprintf("%s is %v, want one of %v", at, value, wanted)}
	}
	if types := typesOf(part["type"]); types != nil && !slices.Contains(types, typeOf(n)) &&
		!(typeOf(n) == "number" && slices.Contains(types, "integer")) {
		return []string{fmt.Sprintf("%s is a %s, want %v", at, typeOf(n), types)}
	}
	if pattern, ok := part["pattern"].(string); ok &&
		!regexp.MustCompile(pattern).MatchString(n.Text) {
		found = append(found, at+" does not fit "+pattern)
	}
	if items, ok := part["items"].(map[string]any); ok {
		for _, one := range n.List {
			found = append(found, mistakes(root, items, one, at+"[]")...)
		}
	}
	for _, name := range asList(part["required"]) {
		if !n.Has(name.(string)) {
			found = append(found, at+" lacks "+name.(string))
		}
	}
	properties, _ := part["properties"].(map[string]any)
	for _, e := range n.Entries {
		further := part["additionalProperties"]
		switch property, known := properties[e.Key.Text].(map[string]any); {
		case known:
			found = append(found, mistakes(root, property, e.Value, at+"."+e.Key.Text)...)
		case further == false:
			found = append(found, at+" has the unknown "+e.Key.Text)
		case further != nil:
			found = append(found, mistakes(root, further.(map[string]any), e.Value,
				at+"."+e.Key.Text)...)
		}
	}
	return found
}

func typesOf(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var all []string
		for _, one := range value {
			all = append(all, one.(string))
		}
		return all
	}
	return nil
}

// typeOf is how JSON Schema calls a node; a scalar of digits counts as an integer where one is
// wanted.
func typeOf(n *document.Node) string {
	switch n.Kind {
	case document.Null:
		return "null"
	case document.List:
		return "array"
	case document.Object:
		return "object"
	}
	if n.Plain && n.Text != "" && strings.Trim(n.Text, "0123456789") == "" &&
		!strings.HasPrefix(n.Text, "0") {
		return "number"
	}
	return "string"
}

// Every key that an editor offers says what it is.
func TestSchemaDescribesEveryOption(t *testing.T) {
	for key, property := range valueProperties {
		if property.(schema)["description"] == nil {
			t.Errorf("%s has no description", key)
		}
	}
	for kind := range targetNames {
		for key := range (&reader{}).valueKeys(&spec{target: target(kind)}) {
			if valueProperties[key] == nil {
				t.Errorf("the schema lacks the option %s", key)
			}
		}
	}
	if len(targetNames) != int(targetAny)+1 {
		t.Errorf("%d kinds of fields are named, want %d", len(targetNames), int(targetAny)+1)
	}
}
