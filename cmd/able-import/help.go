package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ableimport/cmd/able-import/jobfile"
	"ableimport/mapping"
	"ableimport/mapping/document"
)

// manual has the texts of help jobs, exit-codes and json.
//
//go:embed README.md
var manual string

// helpWidth is how many columns a line of help has at most.
const helpWidth = 100

// commandGroups are the commands by what people want to do.
var commandGroups = []struct{ title, commands string }{
	{"Import files", "web inspect init check preview run"},
	{"Ready mappings", "presets schema"},
	{"Look back and decide", "history resolve adopt approve"},
	{"Operations", "status work queue"},
	{"Try it out", "demo sandbox"},
	{"About the program", "help version completion"},
}

// flagGroups are the flags of the larger commands by what they decide. Flags of no group come
// first.
var flagGroups = []struct{ title, flags string }{
	{"What to read", "mapping preset set accept-edits received received-mapping complete-until " +
		"from to by"},
	{"Where to", "endpoint funnel-mark-file state-dir report-dir"},
	{"What may be sent", "yes plan new-ledger strict expect-events expect-total canary " +
		"on-unknown on-change"},
	{"Decisions and approval", "approvals keep delivered not-delivered send-again order"},
	{"Speed and patience", "concurrency rate timeout retry-on outage-wait deadline wait-lock"},
	{"Jobs", "job all-jobs config fail-on notify-url on-failure metrics-file"},
	{"Queue", "queue queue-ca queue-creds queue-replicas in-flight"},
	{"Output", "json csv quiet progress log-format events limit"},
}

// valueNames are the words that help shows for the values of flags.
var valueNames = []struct{ word, flags string }{
	{"FILE", "mapping funnel-mark-file config metrics-file events output record export received " +
		"received-mapping queue-ca queue-creds"},
	{"DIR", "state-dir report-dir approvals"},
	{"NAME", "preset job sheet encoding"},
	{"NAME=VALUE", "set"},
	{"N", "canary expect-events limit explain table header in-flight queue-replicas"},
	{"N|auto", "concurrency"},
	{"N,N", "retry-on"},
	{"N/s", "rate"},
	{"TIME", "deadline outage-wait timeout wait-lock older-than complete-until"},
	{"DAY", "from to"},
	{"URL", "endpoint queue notify-url"},
	{"HOST:PORT", "address"},
	{"CUR=AMOUNT", "expect-total"},
	{"HASH", "plan"},
	{"ORDER", "order"},
	{"CHAR", "delimiter quote escape"},
	{"TEXT", "comment"},
	{"COMMAND", "on-failure"},
	{"FAULTS", "faults"},
	{"hold|send", "on-change"},
	{"hold|resend", "on-unknown"},
	{"any|new", "fail-on"},
	{"text|json", "log-format"},
	{"auto|plain|none", "progress"},
	{"sent|event_time", "by"},
}

// helpOnly are the commands that do nothing but list their own.
var helpOnly = []string{"able-import", "completion", "queue"}

// A helpTopic is a text of the reference pages.
type helpTopic struct{ name, short string }

var helpTopics = []helpTopic{
	{"mapping", "Every key of a mapping file"},
	{"jobs", "Unattended imports: the job file, folders, monitoring"},
	{"exit-codes", "What each exit code means, and what to do"},
	{"json", "What --json prints"},
}

// text is the section of the reference pages that a topic shows.
func (t helpTopic) text() string {
	if t.name == "mapping" {
		return mapping.Reference
	}
	heading := map[string]string{"jobs": "Jobs", "exit-codes": "Exit codes", "json": "JSON"}[t.name]
	_, section, _ := strings.Cut(manual, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if t.name == "jobs" {
		section += "\n## The job file\n\n" + jobfile.Reference()
	}
	return "# " + heading + "\n" + section
}

// shellLoads are the commands after which a shell completes, from its next start on.
var shellLoads = map[string]string{
	"bash": "able-import completion bash > ~/.local/share/bash-completion/completions/able-import",
	"zsh":  `able-import completion zsh > "${fpath[1]}/_able-import"`,
	"fish": "able-import completion fish > ~/.config/fish/completions/able-import.fish",
	"powershell": "able-import completion powershell | Out-File -Append -Encoding utf8 " +
		"$PROFILE",
}

// addHelp adds what explains the commands: groups, topics, and the command help.
func (p *program) addHelp(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Short = "Completions of commands and flags for bash, zsh, fish and PowerShell"
		completion.Long = "Prints the script that lets a shell complete the commands and flags " +
			"of able-import."
		completion.Example = "  able-import completion bash " +
			"> ~/.local/share/bash-completion/completions/able-import"
		completion.Args, completion.RunE = wantNone,
			func(c *cobra.Command, _ []string) error { return c.Help() }
		for _, shell := range completion.Commands() {
			load := shellLoads[shell.Name()]
			shell.Short = "Print the script for " + shell.Name()
			shell.Long = "Prints the script for " + shell.Name() +
				". To load it in every new shell:\n\n  " + load
			shell.Example = "  able-import completion " + shell.Name()
			shell.Args = usageArgs(wantNone)
		}
	}

	root.SetUsageFunc(func(c *cobra.Command) error { writeUsage(c.OutOrStderr(), c); return nil })

	for _, topic := range helpTopics {
		c := &cobra.Command{Use: topic.name, Short: topic.short}
		c.SetHelpFunc(func(*cobra.Command,
			[]string) {
			io.WriteString(p.out, plainText(topic.text()))
		})
		root.AddCommand(c)
	}

	help := &cobra.Command{
		Use:     "help [COMMAND | TOPIC]",
		Short:   "Explain a command or a topic",
		Example: "  able-import help run\n  able-import help mapping",
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				if err != nil || !found.HasSubCommands() {
					found, rest = root, args
				}
				return usagef("there is no command or topic %q; %s", strings.Join(args, " "),
					didYouMean(found, rest[0]))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
	root.SetHelpCommand(help)
	root.AddCommand(help)
	addCompletions(root)
}

// didYouMean names the commands that may be meant, and where all of them are listed.
func didYouMean(c *cobra.Command, word string) string {
	all := c.CommandPath() + " --help lists them"
	var names, begins []string
	for _, sub := range c.Commands() {
		if names = append(names, sub.Name()); len(word) > 1 && strings.HasPrefix(sub.Name(), word) {
			begins = append(begins, sub.Name())
		}
	}

	near := document.Nearest(word, names)
	if near == "" {
		near = strings.Join(begins, " or ")
	}
	if near != "" {
		return "did you mean " + near + "? " + all
	}
	return all
}

// flagError says in plain words what is wrong with a flag.
func flagError(c *cobra.Command, err error) error {
	var (
		missing  *pflag.NotExistError
		empty    *pflag.ValueRequiredError
		invalid  *pflag.InvalidValueError
		spelling *pflag.InvalidSyntaxError
		text     string
	)
	switch {
	case errors.As(err, &missing) && missing.GetSpecifiedShortnames() != "":
		text = fmt.Sprintf("there is no flag -%.1s", missing.GetSpecifiedName())
	case errors.As(err, &missing):
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		text = "there is no flag --" + missing.GetSpecifiedName()
		if near := document.Nearest(missing.GetSpecifiedName(), names); near != "" {
			text += "; did you mean --" + near + "?"
		}
	case errors.As(err, &empty):
		text = fmt.Sprintf("--%s needs a value", empty.GetFlag().Name)
	case errors.As(err, &invalid):
		text = fmt.Sprintf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(),
			wanted(invalid))
	case errors.As(err, &spelling):
		text = fmt.Sprintf("%q is not a flag", spelling.GetSpecifiedFlag())
	default:
		return usageError{err}
	}

	return usagef("%s\n%s --help lists the flags", text, c.CommandPath())
}

// wanted says what a flag takes, if the value that was given cannot be read.
func wanted(err *pflag.InvalidValueError) string {
	switch kind := err.GetFlag().Value.Type(); kind {
	case "int", "int64":
		return "give a whole number, such as 3"
	case "duration":
		return "give a time such as 60s or 10m"
	case "bool":
		return "give true or false"
	case "intSlice":
		return "give whole numbers separated by commas, such as 502,504"
	default:
		return errors.Unwrap(err).Error() // of a type of ours
	}
}

// wantNone, wantOne and wantAtMostOne are how many words a command takes.
func wantNone(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasSubCommands() {
		return fmt.Errorf("there is no command %q; %s", c.CommandPath()+" "+args[0],
			didYouMean(c, args[0]))
	}
	return fmt.Errorf("%s takes flags only, not %q; %[1]s --help lists them",
		c.CommandPath(), args[0])
}

func wantOne(c *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}

	_, word, _ := strings.Cut(c.Use, " ")
	word, _, _ = strings.Cut(strings.Trim(word, "[]"), " ")
	usage := c.Parent().CommandPath() + " " + c.Use
	if len(args) == 0 {
		return fmt.Errorf("%s is missing: %s", word, usage)
	}
	return fmt.Errorf("give one %s, not %d (a name with spaces needs quotes): %s", word, len(args),
		usage)
}

func wantAtMostOne(c *cobra.Command, args []string) error {
	if len(args) < 2 {
		return nil
	}
	return wantOne(c, args)
}

// writeUsage lists how a command is called, its commands by task, and its flags by what they
// decide.
func writeUsage(w io.Writer, c *cobra.Command) {
	fmt.Fprint(w, "Usage:\n")
	if !slices.Contains(helpOnly, c.Name()) {
		fmt.Fprintf(w, "  %s\n", strings.TrimSuffix(c.UseLine(), " [flags]"))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "  %s COMMAND\n", c.CommandPath())
	}
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}

	list := func(title string, commands []*cobra.Command) {
		if len(commands) > 0 {
			fmt.Fprintf(w, "\n%s:\n", title)
		}
		for _, sub := range commands {
			fmt.Fprintf(w, "  %-12s %s\n", sub.Name(), sub.Short)
		}
	}
	if c.HasParent() {
		list("Commands", slices.DeleteFunc(slices.Clone(c.Commands()),
			func(sub *cobra.Command) bool {
				return !sub.IsAvailableCommand()
			}))
	} else {
		for _, group := range commandGroups {
			var commands []*cobra.Command
			for _, name := range strings.Fields(group.commands) {
				if sub, _, err := c.Find([]string{name}); err == nil && sub != c {
					commands = append(commands, sub)
				}
			}
			list(group.title, commands)
		}
		list("Topics (able-import help TOPIC)", slices.DeleteFunc(slices.Clone(c.Commands()),
			func(sub *cobra.Command) bool { return !sub.IsAdditionalHelpTopicCommand() }))
	}

	writeFlags(w, c.LocalFlags())
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s COMMAND --help explains a command.\n", c.CommandPath())
	}
}

// writeFlags lists flags, by groups where there are many.
func writeFlags(w io.Writer, flags *pflag.FlagSet) {
	rest := pflag.NewFlagSet("", pflag.ContinueOnError)
	groups := make([]*pflag.FlagSet, len(flagGroups))
	many := 0
	flags.VisitAll(func(*pflag.Flag) { many++ })
	flags.VisitAll(func(f *pflag.Flag) {
		at := slices.IndexFunc(flagGroups, func(group struct{ title, flags string }) bool {
			return slices.Contains(strings.Fields(group.flags), f.Name)
		})
		if at < 0 || many < 12 {
			rest.AddFlag(asShown(f))
			return
		}
		if groups[at] == nil {
			groups[at] = pflag.NewFlagSet("", pflag.ContinueOnError)
		}
		groups[at].AddFlag(asShown(f))
	})

	for at, group := range groups {
		if group != nil {
			fmt.Fprintf(w, "\n%s:\n%s", flagGroups[at].title, group.FlagUsagesWrapped(helpWidth))
		}
	}

	if rest.HasAvailableFlags() {
		title := "Flags"
		if many >= 12 {
			title = "Other"
		}
		fmt.Fprintf(w, "\n%s:\n%s", title, rest.FlagUsagesWrapped(helpWidth))
	}
}

// A namedValue is a flag's value by the word that help shows for it.
type namedValue struct {
	pflag.Value
	word string
}

func (v namedValue) Type() string { return v.word }

// asShown is a flag as help shows it.
func asShown(f *pflag.Flag) *pflag.Flag {
	shown := *f
	switch f.Name {
	case "help":
		shown.Usage = "show this help"
	case "version":
		shown.Usage = "show the version"
	}

	if word := nameOfValue(f.Name); word != "" && f.Value.Type() != "bool" {
		shown.Value = namedValue{f.Value, word}
		if slices.Contains([]string{"-1", "0s", "[]"}, f.DefValue) { // no limit, none
			shown.DefValue = ""
		}
	}

	return &shown
}

// nameOfValue is the word that help shows for a flag's value; "": none is needed.
func nameOfValue(flag string) string {
	for _, named := range valueNames {
		if slices.Contains(strings.Fields(named.flags), flag) {
			return named.word
		}
	}
	return ""
}

// plainText shows Markdown on a terminal: a table becomes a list, a link its text.
func plainText(markdown string) string {
	var out strings.Builder
	var paragraph []string

	flush := func() {
		if len(paragraph) > 0 {
			out.WriteString(wrapped(strings.Join(paragraph, " "), "", ""))
		}
		paragraph = nil
	}

	code := false
	lines := strings.Split(strings.TrimRight(markdown, "\n"), "\n")
	for i, line := range lines {
		heads := i+1 < len(lines) && strings.HasPrefix(lines[i+1], "|---")
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			code = !code
		case code:
			out.WriteString("    " + line + "\n")
		case line == "":
			flush()
			if !strings.HasSuffix(out.String(), "\n\n") {
				out.WriteString("\n")
			}
		case strings.HasPrefix(line, "#"):
			flush()
			out.WriteString(strings.ToUpper(strings.TrimLeft(line, "# ")) + "\n")
		case heads, strings.HasPrefix(line, "|---"): // a list needs no names of columns
		case strings.HasPrefix(line, "| "):
			line = strings.ReplaceAll(strings.Trim(line, "| "), `\|`, "\x00")
			cells := strings.Split(line, " | ")
			last := len(cells) - 1
			head := strings.ReplaceAll(inline(strings.Join(cells[:last], "  ")), "\x00", "|")
			first := fmt.Sprintf("  %-4s", head)
			if len(head) > 3 {
				out.WriteString("  " + head + "\n")
				first = "      "
			}
			out.WriteString(wrapped(strings.ReplaceAll(cells[last], "\x00", "|"), first, "      "))
		case strings.HasPrefix(line, "- "):
			flush()
			out.WriteString(wrapped(line[2:], "- ", "  "))
		default:
			paragraph = append(paragraph, line)
		}
	}

	flush()
	return strings.TrimRight(out.String(), "\n") + "\n"
}

// inline takes the marks of Markdown out of a text: **bold**, `code`, [text](link).
func inline(text string) string {
	text = strings.NewReplacer("**", "", "`", "").Replace(text)
	for {
		before, rest, found := strings.Cut(text, "](")
		open := strings.LastIndex(before, "[")
		_, after, closed := strings.Cut(rest, ")")
		if !found || !closed || open < 0 {
			return text
		}
		text = before[:open] + before[open+1:] + after
	}
}

// wrapped breaks a text into lines, the first of which begins with first and the others with other.
func wrapped(text, first, other string) string {
	var out strings.Builder
	line := first
	for _, word := range strings.Fields(inline(text)) {
		if len(line) > len(other) && len(line)+len(word) >= helpWidth {
			out.WriteString(strings.TrimRight(line, " ") + "\n")
			line = other
		}
		line += word + " "
	}
	out.WriteString(strings.TrimRight(line, " ") + "\n")
	return out.String()
}
