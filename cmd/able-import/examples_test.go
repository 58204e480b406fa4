package main

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
)

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
		if readers["examples/"+entry.Name()] == nil {
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

// Every flag of run has a group in its help, and groups name flags of run and preview only.
func TestFlagsOfRunHaveAGroup(t *testing.T) {
	var help strings.Builder
	root := (&program{getenv: os.Getenv}).root()
	for _, name := range []string{"preview", "run"} {
		c, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		writeUsage(&help, c)
	}
	_, rest, _ := strings.Cut(help.String(), "\nOther:\n")
	if rest != "" {
		t.Errorf("flags without a group:\n%s", rest)
	}
	for _, group := range flagGroups {
		for _, name := range strings.Fields(group.flags) {
			if !strings.Contains(help.String(), "--"+name+" ") {
				t.Errorf("--%s is in the help of neither", name)
			}
		}
	}
}

// checkCommand holds that a command of ours and its flags exist. Nothing is run.
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
		var walk func(any)
		walk = func(node any) {
			switch node := node.(type) {
			case map[string]any:
				if args, ok := node["args"].([]any); ok {
					var words []string
					for _, arg := range args {
						words = append(words, arg.(string))
					}
					commands = append(commands, slices.Clone(words))
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
		walk(object)
	}
	return commands
}
