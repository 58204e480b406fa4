package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/importer/sandbox"
	"ableimport/mapping"
	"ableimport/samples"
	"ableimport/samples/secrets"
)

// The mapping reference names every word that a mapping file may have, as the schema knows them.
func TestReferenceNamesEveryWordOfAMapping(t *testing.T) {
	var schema any
	if err := json.Unmarshal(mapping.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for word := range wordsOf(schema) {
		if !regexp.MustCompile(`\b` + regexp.QuoteMeta(word) +
			`\b`).MatchString(mapping.Reference) {
			t.Errorf("mapping/README.md lacks %q", word)
		}
	}
}

// The page of commands names all of them, all exit codes, and every key that --json prints.
func TestManualNamesEverything(t *testing.T) {
	root := (&program{getenv: os.Getenv}).root()
	for _, c := range root.Commands() {
		if c.Name() != "help" && !c.IsAdditionalHelpTopicCommand() &&
			!strings.Contains(manual, "`"+c.Name()) {
			t.Errorf("the command %s is not in cmd/able-import/README.md", c.Name())
		}
	}
	for _, code := range []int{exitDone, exitFailed, exitUsage, exitInvalid, exitUnknown,
		exitIncomplete,
		exitRefused, exitWaiting, exitLocked} {
		if !strings.Contains(helpTopics[2].text(), fmt.Sprintf("\n| %d", code)) {
			t.Errorf("exit code %d is not in cmd/able-import/README.md", code)
		}
	}
	for _, printed := range []any{report.Summary{}, passesJSON{}, jobStatus{}, pastRun{},
		queueState{}, build{}, prepare.Inspection{}} {
		for key := range keysOf(reflect.TypeOf(printed)) {
			if !regexp.MustCompile(`\b` + key + `\b`).MatchString(helpTopics[3].text()) {
				t.Errorf("the JSON key %s of %T is not in cmd/able-import/README.md", key, printed)
			}
		}
	}
}

// keysOf gathers the JSON keys of a struct and of what it holds.
func keysOf(kind reflect.Type) map[string]bool {
	keys := map[string]bool{}
	switch kind.Kind() {
	case reflect.Slice, reflect.Pointer, reflect.Map:
		return keysOf(kind.Elem())
	case reflect.Struct:
		for field := range kind.NumField() {
			name, _, _ := strings.Cut(kind.Field(field).Tag.Get("json"), ",")
			if name != "" && name != "-" {
				keys[name] = true
			}
			if name != "" || kind.Field(field).Anonymous {
				maps.Copy(keys, keysOf(kind.Field(field).Type))
			}
		}
	}
	return keys
}

// The gallery has each preset, and calls those unverified that are.
func TestGalleryHasEveryPreset(t *testing.T) {
	gallery := readText(t, "../../samples/README.md")
	for _, sample := range samples.All() {
		line := regexp.MustCompile(`(?m)^\| \[` + sample.Name + `\].*$`).FindString(gallery)
		if line == "" || strings.Contains(line, "| unverified |") != sample.Unverified {
			t.Errorf("samples/README.md: %s (unverified: %t) has the line %q", sample.Name,
				sample.Unverified, line)
		}
	}
}

// The README's commands do what it says, in its order.
func TestReadmeCommands(t *testing.T) {
	readme := readText(t, "../../README.md")
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	receiver, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	dir := t.TempDir()
	t.Chdir(dir)
	invoices := "Invoice,Date,Total,Currency,Email\n" +
		"R-1,2026-11-23T10:00:00Z,12.50,EUR,ann@example.com\n" +
		"R-2,2026-11-24T10:00:00Z,7.25,EUR,bo@example.com\n"
	for path, text := range map[string]string{"invoices.csv": invoices} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	getenv := func(name string) string {
		return map[string]string{"ABLE_ENDPOINT": receiver.URL(), "ABLE_FUNNEL_MARK": secrets.Mark,
			"ABLE_IMPORT_STATE_DIR": filepath.Join(dir, "state")}[name]
	}

	ran := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readme,
		-1) {
		for line := range strings.Lines(block[1]) {
			line, _, _ = strings.Cut(line, "#")
			words := strings.Fields(line)
			switch {
			case len(words) == 0:
				continue
			case words[0] == "make":
				if makefile := readText(t, filepath.Join(root,
					"Makefile")); !strings.Contains(makefile, "\n"+words[1]+":") {
					t.Errorf("%s: there is no such target", line)
				}
				continue
			case filepath.Base(words[0]) != "able-import":
				t.Errorf("%s: is no command of ours", line)
				continue
			}
			args := words[1:]
			for i, word := range args {
				if strings.HasPrefix(word, "samples/") {
					args[i] = filepath.Join(root, word)
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			if args[0] == "web" {
				args = append(args, "--no-browser")
				cancel()
			}
			var out bytes.Buffer
			code := run(ctx, args, streams{in: strings.NewReader(""), out: &out, err: &out}, getenv)
			cancel()
			if code != exitDone && !(args[0] == "preview" && code == exitInvalid) {
				t.Errorf("%s ends with %d:\n%s", line, code, out.String())
			}
			ran++
		}
	}
	if ran < 6 || len(receiver.Events()) != 2 {
		t.Errorf("%d commands were run, and %d events received", ran, len(receiver.Events()))
	}
}

// The preview that the README shows is the one that the program prints.
func TestReadmePreview(t *testing.T) {
	_, shown, _ := strings.Cut(readText(t, "../../README.md"), "$ able-import ")
	shown, _, _ = strings.Cut(shown, "```")
	command, lines, _ := strings.Cut(shown, "\n")
	args := strings.Fields(command)
	state := t.TempDir()
	t.Chdir("../../samples/shopify-orders")
	var out bytes.Buffer
	run(t.Context(), args, streams{in: strings.NewReader(""), out: &out, err: &out},
		func(name string) string {
			return map[string]string{"ABLE_IMPORT_STATE_DIR": state}[name]
		})
	for line := range strings.Lines(lines) {
		if strings.TrimSpace(line) != "..." && !strings.Contains(out.String(), line) {
			t.Errorf("the preview has no line %q", line)
		}
	}
}

// Every file that a page of ours links to is there.
func TestLinksOfPages(t *testing.T) {
	for _, page := range []string{"README.md", "cmd/able-import/README.md", "mapping/README.md",
		"samples/README.md",
		"importer/README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md",
		".github/CHANGELOG.md"} {
		text := readText(t, filepath.Join("../..", page))
		for _, link := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(link[1], "https://") {
				continue
			}
			if _, err := os.Stat(filepath.Join("../..", filepath.Dir(page), link[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, link[1])
			}
		}
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wordsOf gathers the names of properties anywhere in a schema.
func wordsOf(schema any) map[string]bool {
	words := map[string]bool{}
	eachObject(schema, func(object map[string]any) {
		if properties, ok := object["properties"].(map[string]any); ok {
			for word := range properties {
				words[word] = true
			}
		}
	})
	return words
}

// eachObject visits all objects of a document, the outer ones first.
func eachObject(node any, visit func(object map[string]any)) {
	switch node := node.(type) {
	case map[string]any:
		visit(node)
		for _, value := range node {
			eachObject(value, visit)
		}
	case []any:
		for _, value := range node {
			eachObject(value, visit)
		}
	}
}
