package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ableimport/samples"
)

// addCompletions tells shells what commands and flags take, where that is known.
func addCompletions(root *cobra.Command) {
	schemas := []string{"mapping"}
	for _, printed := range printedShapes {
		schemas = append(schemas, printed.name+"\t"+printed.title)
	}
	var explained []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			explained = append(explained, c.Name()+"\t"+c.Short)
		}
	}

	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		switch c.Name() {
		case "presets":
			c.ValidArgsFunction = presetNames
		case "schema":
			c.ValidArgsFunction = oneOf(schemas)
		case "help":
			c.ValidArgsFunction = oneOf(explained)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) { completeFlag(c, f.Name) })
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

func completeFlag(c *cobra.Command, name string) {
	switch {
	case name == "preset":
		c.RegisterFlagCompletionFunc(name, presetNames)
	case slices.Contains([]string{"mapping", "received-mapping", "config"}, name):
		c.MarkFlagFilename(name, "yaml", "yml")
	case nameOfValue(name) == "DIR":
		c.MarkFlagDirname(name)
	}

	words := nameOfValue(name) // "hold|send": the words themselves
	if strings.Contains(words, "|") && words == strings.ToLower(words) {
		c.RegisterFlagCompletionFunc(name, oneOf(strings.Split(words, "|")))
	}
}

// presetNames completes the name of a preset.
func presetNames(c *cobra.Command, args []string, begun string) ([]string,
	cobra.ShellCompDirective) {
	var names []string
	for _, sample := range samples.All() {
		names = append(names, sample.Name+"\t"+sample.Title)
	}
	return oneOf(names)(c, args, begun)
}

// oneOf completes the first argument, or the value of a flag, to one of these.
func oneOf(words []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string,
		cobra.ShellCompDirective) {
		fitting := slices.DeleteFunc(slices.Clone(words), func(word string) bool {
			return !strings.HasPrefix(word, begun)
		})
		return fitting, cobra.ShellCompDirectiveNoFileComp
	}
}
