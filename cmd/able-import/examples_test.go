package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
)

// recipes are the examples that do not call the program; recipes_unix_test.go uses them.
var recipes = map[string]bool{"fetch.sh": true, "mail-attachment.py": true,
	"slack.json.tmpl": true, "teams.json.tmpl": true}

// Every file that a release ships as an example calls the program as it is: its commands and flags
// exist.
func TestExamplesOfTheRelease(t *testing.T) {
	const dir = "../../.release"
	readers := map[string]func(t *testing.T, text string) [][]string{
		"examples/crontab":            crontabCommands,
		"examples/kubernetes.yaml":    kubernetesCommands,
		"examples/windows-task.xml":   windowsCommands,
		"systemd/able-import.service": unitCommands,
	}
	entries, err := os.ReadDir(filepath.Join(dir, "examples"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if readers["examples/"+entry.Name()] == nil && !recipes[entry.Name()] {
			t.Errorf("no test reads the example %s", entry.Name())
		}
	}
	for name, read := range readers {
		commands := read(t, readText(t, filepath.Join(dir, name)))
		if len(commands) == 0 {
			t.Errorf("%s calls nothing", name)
		}
		for _, args := range commands {
			checkCommand(t, name, args)
		}
	}
}

// Every example of a command's help is a command that exists, with flags that exist.
func TestExamplesOfHelp(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			line, _, _ = strings.Cut(line, ">")
			line, _, _ = strings.Cut(line, "<")
			words := strings.Fields(line)
			if len(words) < 2 || words[0] != "able-import" {
				t.Errorf("%s has the example %q", c.CommandPath(), line)
				continue
			}
			checkCommand(t, c.CommandPath(), words[1:])
		}
		if c.HasParent() && c.Runnable() && !c.HasExample() {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			if sub.Name() != "completion" { // its own commands are cobra's
				walk(sub)
			}
		}
	}
	walk((&program{getenv: os.Getenv}).root())
}

// Every flag of a command with many has a group in its help, no group names a flag that no command
// has, and no value is called by a type of Go.
func TestFlagsHaveGroupsAndValueNames(t *testing.T) {
	var help strings.Builder
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		var own strings.Builder
		writeUsage(&own, c)
		if _, rest, _ := strings.Cut(own.String(), "\nOther:\n"); rest != "" {
			t.Errorf("%s has flags without a group:\n%s", c.CommandPath(), rest)
		}
		help.WriteString(own.String())
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&program{getenv: os.Getenv}).root())

	raw := regexp.MustCompile(`--[a-z-]+ (string|int|ints|duration|stringArray|strings)\b`)
	for _, found := range raw.FindAllString(help.String(), -1) {
		t.Errorf("help has %q", found)
	}
	for _, group := range flagGroups {
		for _, name := range strings.Fields(group.flags) {
			if !strings.Contains(help.String(), "--"+name+" ") {
				t.Errorf("--%s of a group is in no help", name)
			}
		}
	}
	for _, named := range valueNames {
		for _, name := range strings.Fields(named.flags) {
			if !strings.Contains(help.String(), "--"+name+" "+named.word) {
				t.Errorf("--%s %s is in no help", name, named.word)
			}
		}
	}
}

// Every command is in a group of the help; otherwise nobody would find it.
func TestEveryCommandHasAGroup(t *testing.T) {
	grouped := map[string]bool{}
	for _, group := range commandGroups {
		for _, name := range strings.Fields(group.commands) {
			grouped[name] = true
		}
	}
	for _, c := range (&program{getenv: os.Getenv}).root().Commands() {
		if c.IsAvailableCommand() && !grouped[c.Name()] {
			t.Errorf("%s has no group in commandGroups", c.Name())
		}
	}
}

// checkCommand checks that a command of ours and its flags exist. Nothing is run.
func checkCommand(t *testing.T, where string, args []string) {
	t.Helper()
	c, rest, err := (&program{getenv: os.Getenv}).root().Find(args)
	if err == nil && !c.HasParent() {
		t.Errorf("%s: %s: there is no such command", where, strings.Join(args, " "))
		return
	}
	if err == nil {
		err = c.ParseFlags(rest)
	}
	if err == nil {
		err = c.ValidateFlagGroups()
	}
	if err == nil && c.Args != nil {
		err = c.Args(c, c.Flags().Args())
	}
	if err != nil {
		t.Errorf("%s: %s: %v", where, strings.Join(args, " "), err)
	}
}

var scheduleLine = regexp.MustCompile(`^(\S+ +){5}/usr/bin/able-import +(.*)$`)

func crontabCommands(t *testing.T, text string) (commands [][]string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		found := scheduleLine.FindStringSubmatch(line)
		if found == nil {
			t.Errorf("crontab: cron would not understand %q", line)
			continue
		}
		commands = append(commands, strings.Fields(found[2]))
	}
	return commands
}

func unitCommands(_ *testing.T, text string) (commands [][]string) {
	for _, found := range regexp.MustCompile(`(?m)^Exec\w+=\S+ (.*)$`).FindAllStringSubmatch(text,
		-1) {
		commands = append(commands, strings.Fields(found[1]))
	}
	return commands
}

func windowsCommands(t *testing.T, text string) [][]string {
	var task struct {
		Arguments string `xml:"Actions>Exec>Arguments"`
	}
	if err := xml.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(task.Arguments, -1)
	return [][]string{words}
}

func kubernetesCommands(t *testing.T, text string) (commands [][]string) {
	for _, document := range strings.Split(text, "\n---\n") {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(document), &object); err != nil {
			t.Fatal(err)
		}
		eachObject(object, func(object map[string]any) {
			if args, ok := object["args"].([]any); ok {
				var words []string
				for _, arg := range args {
					words = append(words, arg.(string))
				}
				commands = append(commands, words)
			}
		})
	}
	return commands
}
