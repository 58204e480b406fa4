package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"ableimport/mapping"
)

// The README's mapping reference names every word that a mapping file may have, as the schema knows them.
func TestReadmeNamesEveryWordOfAMapping(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, reference, _ := strings.Cut(string(readme), "## Mapping reference")
	reference, _, _ = strings.Cut(reference, "## How the code is laid out")
	var schema any
	if err := json.Unmarshal(mapping.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for word := range wordsOf(schema) {
		if !regexp.MustCompile(`\b` + regexp.QuoteMeta(word) + `\b`).MatchString(reference) {
			t.Errorf("the mapping reference of README.md lacks %q", word)
		}
	}
}

// wordsOf gathers the names of properties anywhere in a schema.
func wordsOf(schema any) map[string]bool {
	words := map[string]bool{}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			if properties, ok := node["properties"].(map[string]any); ok {
				for word := range properties {
					words[word] = true
				}
			}
			for _, value := range node {
				walk(value)
			}
		case []any:
			for _, value := range node {
				walk(value)
			}
		}
	}
	walk(schema)
	return words
}
