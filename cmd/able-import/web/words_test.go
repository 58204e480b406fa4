package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

// elsewhere are messages that name settings or flags, and that the page never shows.
var elsewhere = []string{
	// the page takes the run's own
	"this is not the mapping of the run that wrote the failures file",
	"--plan cannot say how",                      // the page keeps no plans
	"If they are the same, write in the mapping", // the page asks instead
	// of the text of a mapping
	"a mapping never says where events go",
	"To send the rest", // the page has a button
	// the program is started so
	"ABLE_IMPORT_STATE_DIR or --state-dir",
	// the page has the question itself
	"mapping.yaml, which able-import presets",
	"Print the preset (able-import presets ", // so, too
	// by the command line only
	"Restore the newer ledger",
	"whose folder is not in",       // so, too
	"shared_keys: in the job file", // of jobs only
	// the page has no queue, and says in its own words who has to approve what
	"leave --queue out", "preview --keep with the same files",
	"Somebody else approves it: able-import",
	" --set %s=%s", // a part of a sentence that has words of its own
	// the page has buttons for the readings
	"Add the right line to the mapping's",
}

// What the importer's parts say (faults in the text of a mapping aside, which stand in that text)
// of a file or a run names a setting or a flag: the page has other names for all of them.
func TestMessagesAreInThePagesWords(t *testing.T) {
	settings := regexp.MustCompile(
		"`[a-z_]+:|timezones?: |time_of_day: |--[a-z]{3}|same command|raise the " +
			"limit|[{]column:|able-import [a-z]")
	for _, folder := range []string{
		"importer", "importer/correction", "importer/history", "importer/table", "importer/webhook",
		"mapping", "mapping/cell", "mapping/contact", "mapping/date", "mapping/number",
	} {
		folder = filepath.Join("../../..", folder)
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(folder, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "schema") ||
				strings.HasPrefix(filepath.ToSlash(file), "../../../mapping/read") ||
				strings.HasSuffix(filepath.ToSlash(file), "mapping/list.go") {
				continue
			}
			for _, message := range literals(t, file) {
				shown := inWords(message)
				known := false
				for _, part := range elsewhere {
					known = known || strings.Contains(message, part)
				}
				if settings.MatchString(shown) && strings.Contains(message, " ") && !known {
					t.Errorf("%s: on the page this would read: %s", filepath.Base(file), shown)
				}
			}
		}
	}
}

// The same holds for what a draft asks. A terminal shows the question without the lines around it.
func TestQuestionsAreInThePagesWords(t *testing.T) {
	lines := regexp.MustCompile(`(?i)this line|the (line|one)s? above|marked OPEN|lookups:|add a line`)
	around := regexp.MustCompile(`(?i)this line|the (line|one)s? above`)
	files, err := filepath.Glob("../../../mapping/draft/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, text := range literals(t, file) {
			if around.MatchString(text) {
				t.Errorf("%s: on a terminal there is no line like this: %s", filepath.Base(file), text)
			}
			if shown := onPage.Replace(text); lines.MatchString(shown) {
				t.Errorf("%s: on the page this would read: %s", filepath.Base(file), shown)
			}
		}
	}
}

// literals are the texts of a source file; those that are added up count as one.
func literals(t *testing.T, file string) (all []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BinaryExpr, *ast.BasicLit:
			if text := textOf(node); text != "" {
				all = append(all, text)
				return false
			}
		case *ast.Field:
			return false // tags
		}
		return true
	})
	return all
}

func textOf(node ast.Node) string {
	switch node := node.(type) {
	case *ast.BinaryExpr:
		if node.Op == token.ADD {
			return textOf(node.X) + textOf(node.Y)
		}
	case *ast.BasicLit:
		if node.Kind == token.STRING {
			text, _ := strconv.Unquote(node.Value)
			return text
		}
	}
	return ""
}

// Every code that the page has words for is still one.
func TestCausesAreCodes(t *testing.T) {
	known := map[string]bool{}
	for _, folder := range []string{"../../../importer", "../../../importer/report",
		"../../../mapping"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(folder, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				for _, text := range literals(t, file) {
					known[text] = true
				}
			}
		}
	}
	for code, words := range causes {
		if !known[code] {
			t.Errorf("nothing has the code %s (%s)", code, words)
		}
	}
}

// A remark about a reading that asks nobody to do anything does not look like a warning, and
// appears once.
func TestHarmlessRemarksDoNotWarn(t *testing.T) {
	v := startSite(t, sandbox.Options{}).visit()
	open := v.drop(write0600(t, "sales.csv",
		"Invoice Number;Paid On;Total;Currency;Customer Email;Kunde\n"+
			"INV-1;2026-11-03;10,00;EUR;a@example.com;Caf\xe9 Sch\xf6n\n"+
			"INV-2;2026-11-04;12,00;EUR;b@example.com;Wei\xdf KG\n"))
	v.expects(v.wait(open+"/found"), `<p class="facts">Letters such as ü are read as windows-1252.`)
	for _, page := range []string{v.wait(open + "/preview"),
		v.sendAll(open, url.Values{"target": {"able"}})} {
		if strings.Contains(page, "windows-1252") {
			t.Errorf("it is shown again: %s", page)
		}
	}
}
