package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// What --json prints is what `able-import schema NAME` says, with no key more: in good cases,
// before anything has run, and where a command fails.
func TestOutputHasTheShapeOfItsSchema(t *testing.T) {
	receiver, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	dir := t.TempDir()
	t.Chdir(dir)
	for path, text := range map[string]string{
		"mapping.yaml": "version: 1\nname: invoices\nevent: Purchase\nfields:\n" +
			"  order_id: Number\n  deal_value: Total\n  deal_currency: {const: EUR}\n" +
			"  keys: {email: Email}\n",
		"june.csv": "Number,Total,Email\nS-1,10.00,anna@example.com\n" +
			"S-2,ten,bo@example.com\n",
		"total.csv": "Number,Total,Email\nS-3,10.00,anna@example.com\n,,\nTotal,10.00,\n",
		"cut.csv": "Number,Total,Email\nS-4,10.00,\"anna@example.com\n" +
			"S-5,1.00,bo@example.com\n",
		"inbox/july.csv": "Number,Total,Email\nS-6,7.50,cleo@example.com\n",
		"able-import.yaml": "version: 1\njobs:\n  - {name: shop, inbox: inbox, settle: 0s, " +
			"mapping: mapping.yaml, funnel_mark: \"${ABLE_FUNNEL_MARK}\"}\n" +
			"  - {name: odd, inbox: odd, mapping: nowhere.yaml}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	getenv := func(name string) string {
		return map[string]string{"ABLE_ENDPOINT": receiver.URL(), "ABLE_FUNNEL_MARK": secrets.Mark,
			"ABLE_IMPORT_STATE_DIR": filepath.Join(dir, "state")}[name]
	}

	for _, printed := range []struct{ schema, command string }{
		{"status", "status --json"},
		{"summary", "preview -m mapping.yaml --json june.csv"},
		{"summary", "run -m mapping.yaml --json june.csv"},
		{"summary", "run -m mapping.yaml --json --expect-events 7 june.csv"},
		{"summary", "run -m nowhere.yaml --json june.csv"},
		{"summary", "preview -m mapping.yaml --json cut.csv"},
		{"summary", "adopt -m mapping.yaml --json total.csv"},
		{"history", "history --json"},
		{"inspect", "inspect --json total.csv"},
		{"inspect", "inspect --json cut.csv"},
		{"jobs", "run --all-jobs --json"},
		{"jobs", "run --job shop --json"},
		{"status", "status --json"},
		{"version", "version --json"},
	} {
		var out, stderr bytes.Buffer
		run(t.Context(), strings.Fields(printed.command),
			streams{in: strings.NewReader(""), out: &out, err: &stderr}, getenv)
		if out.Len() == 0 {
			t.Errorf("%s prints nothing:\n%s", printed.command, stderr.String())
		}
		schema := closedSchema(t, printed.schema)
		for line := range strings.Lines(out.String()) {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			if err == nil {
				err = schema.Validate(value)
			}
			if err != nil {
				t.Errorf("%s: %v\n%s", printed.command, err, line)
			}
		}
	}
}

// A notice has no run before a file came, and a queue that nobody uses has none either.
func TestSchemasOfWhatNeedsOthers(t *testing.T) {
	for name, value := range map[string]any{
		"notice": (&jobPass{job: "shop"}).notice(),
		"queue":  queueState{Version: 1, Runs: []string{}},
	} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		object, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err == nil {
			err = closedSchema(t, name).Validate(object)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// closedSchema is a schema that allows no key that it does not name.
func closedSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	text, err := schemaOf(name)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}

	eachObject(document, func(object map[string]any) {
		if _, ok := object["required"]; ok {
			object["additionalProperties"] = false
		}
	})

	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	address := fmt.Sprintf("mem:%s.json", name)
	if err := compiler.AddResource(address, document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(address)
	if err != nil {
		t.Fatalf("%s is no schema: %v", name, err)
	}
	return schema
}
