package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// What --json prints is what `able-import schema NAME` says, with no key more: in good cases,
// before anything has run, and where a command fails. No command that prints JSON is left out. The
// sessions of testdata/script check the same of all that they call.
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
		"changed.csv": "Number,Total,Email\nS-1,12.00,anna@example.com\n" +
			"S-9,1.00,bo@example.com\n",
		"received.csv": "order,value,currency,time\nS-1,11.00,EUR,2026-11-30T12:00:00Z\n" +
			"X-1,1.00,EUR,2026-11-30T12:00:00Z\n",
		"received.yaml": "version: 1\nname: received\nevent: Purchase\nformats: " +
			"{number: \"1234.56\"}\nfields: {order_id: order, deal_value: value, " +
			"deal_currency: currency, event_time: time}\n",
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

	tried := map[string]bool{}
	for _, command := range []string{
		"status --json",
		"preview -m mapping.yaml --json june.csv",
		"history --json", // before any run
		"run -m mapping.yaml --json june.csv",
		"run -m mapping.yaml --json --expect-events 7 june.csv",
		"run -m nowhere.yaml --json june.csv",
		"run --canary x --json june.csv",
		"preview -m mapping.yaml --json cut.csv",
		"preview --json",
		"adopt -m mapping.yaml --json total.csv",
		"adopt -m nowhere.yaml --json total.csv",
		"history --json",
		"history --from 2026-01 --json",
		"history --to 2020-01 --json",
		"history --from yesterday --json",
		"history find --json S-1",
		"history find --json nobody",
		"history compare -m mapping.yaml --json june.csv",
		"history compare -m mapping.yaml --json changed.csv",
		"history compare -m received.yaml --received received.csv --json",
		"history compare -m mapping.yaml --received received.csv " +
			"--received-mapping received.yaml --json changed.csv",
		"history compare --json",
		"inspect --json total.csv",
		"inspect --json cut.csv",
		"inspect --json nowhere.csv",
		"inspect --rows total.csv",
		"inspect --rows cut.csv",
		"run --all-jobs --json",
		"run --job shop --json",
		"run --job nobody --json",
		"run --job shop --config nowhere.yaml --json",
		"status --json",
		"status --config nowhere.yaml --json",
		"queue status --json", // of a real queue in queue.txtar
		"version --json",
	} {
		var out, stderr bytes.Buffer
		args := strings.Fields(command)
		code := run(t.Context(), args,
			streams{in: strings.NewReader(""), out: &out, err: &stderr}, getenv)
		if out.Len() == 0 && command != "history --json" {
			t.Errorf("%s prints nothing:\n%s", command, stderr.String())
		}
		if err := checkShape(args, code, out.String()); err != nil {
			t.Error(err)
		}
		tried[commandOf(args).CommandPath()] = true
	}

	for c := range commands((&program{}).root()) {
		if printsJSON(c) && !tried[c.CommandPath()] {
			t.Errorf("%s prints JSON: add a line for it above, and its schema to printedShapes "+
				"and schemaOfCommand", c.CommandPath())
		}
	}
}

// schemaOfCommand is the schema of what a command prints as JSON.
func schemaOfCommand(c *cobra.Command) string {
	changed := c.Flags().Changed
	switch path := strings.TrimPrefix(c.CommandPath(), "able-import "); {
	case path == "run" && (changed("job") || changed("all-jobs")):
		return "jobs"
	case path == "run", path == "preview", path == "adopt":
		return "summary"
	case path == "history" && (changed("from") || changed("to")):
		return "sent"
	case path == "history compare" && changed("received") && c.Flags().NArg() == 0:
		return "received"
	case path == "inspect" && changed("rows"):
		return "rows"
	case strings.HasPrefix(path, "history "), path == "queue status":
		return strings.NewReplacer("history ", "", " status", "").Replace(path)
	default:
		return path
	}
}

// checkShape checks what a command has printed against its schema, if it is JSON. A command that
// fails may print its failure.
func checkShape(args []string, code int, printed string) error {
	c := commandOf(args)
	if c == nil || !printsJSON(c) || !slices.ContainsFunc(args, func(arg string) bool {
		return arg == "--json" || arg == "--rows"
	}) {
		return nil
	}

	name := schemaOfCommand(c)
	schema, err := closedSchema(name)
	if err != nil {
		return err
	}
	failure, err := closedSchema("failure")
	if err != nil {
		return err
	}

	decoder := json.NewDecoder(strings.NewReader(printed))
	objects := 0
	for ; ; objects++ {
		var text json.RawMessage
		if err := decoder.Decode(&text); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("%v: no JSON: %w\n%s", args, err, printed)
		}
		object, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		if code != exitDone && name != "summary" && name != "jobs" &&
			failure.Validate(object) == nil {
			continue
		}
		if err := schema.Validate(object); err != nil {
			return fmt.Errorf("%v: against the schema %s: %w\n%s", args, name, err, text)
		}
	}

	if objects != 1 && name != "history" && name != "rows" {
		return fmt.Errorf("%v prints %d objects, want 1:\n%s", args, objects, printed)
	}
	return nil
}

// commandOf is the command that a command line calls, with its flags, or nil.
func commandOf(args []string) *cobra.Command {
	c, rest, err := (&program{getenv: os.Getenv}).root().Find(args)
	if err != nil {
		return nil
	}
	c.ParseFlags(rest) // as far as they are right
	return c
}

// printsJSON tells whether a command has a flag for it.
func printsJSON(c *cobra.Command) bool {
	return c.Flags().Lookup("json") != nil || c.Flags().Lookup("rows") != nil
}

// commands are all commands below one.
func commands(c *cobra.Command) iter.Seq[*cobra.Command] {
	return func(yield func(*cobra.Command) bool) {
		for _, sub := range c.Commands() {
			for each := range commands(sub) {
				if !yield(each) {
					return
				}
			}
			if !yield(sub) {
				return
			}
		}
	}
}

// The reference names every schema.
func TestReferenceNamesTheSchemas(t *testing.T) {
	_, section, _ := strings.Cut(manual, "prints the JSON Schema of each:")
	section, _, _ = strings.Cut(section, ".")
	var names []string
	for _, printed := range printedShapes {
		names = append(names, "`"+printed.name+"`")
	}
	if got := strings.Join(strings.Fields(section), " "); got != strings.Join(names, ", ") {
		t.Errorf("README.md, JSON: the schemas are %s, want %s", got, strings.Join(names, ", "))
	}
}

// A notice has no run before a file has come, and a queue that nobody uses has none either.
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
		if err != nil {
			t.Fatal(err)
		}
		schema, err := closedSchema(name)
		if err == nil {
			err = schema.Validate(object)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// closedSchema is a schema that allows no key that it does not name.
func closedSchema(name string) (*jsonschema.Schema, error) {
	text, err := schemaOf(name)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
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
		return nil, err
	}
	return compiler.Compile(address)
}
