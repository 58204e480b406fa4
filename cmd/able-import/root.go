package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"ableimport/importer"
	"ableimport/importer/report"
	"ableimport/importer/table"
)

// streams are what a command reads and writes: stdout is data, stderr is for people and logs.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer

	// an interrupt waits until the command has ended in good order; nil: nobody interrupts
	patient *atomic.Bool
}

// interactive reports whether somebody sits there who can be asked.
func (s streams) interactive() bool { return isTerminal(s.in) && isTerminal(s.err) }

func isTerminal(stream any) bool {
	file := fileOf(stream)
	return file != nil && term.IsTerminal(int(file.Fd()))
}

// colours reports whether what is written to a stream may have colours.
func (p *program) colours(stream any) bool {
	return isTerminal(stream) && p.getenv("NO_COLOR") == "" && showsColours(fileOf(stream))
}

// A program is one call of able-import.
type program struct {
	streams
	getenv  func(string) string
	code    int              // the exit code of a command that has ended
	refused *report.Summary  // of a plan that may not be sent
	began   bool             // the sending
	result  *importer.Result // of the sending
	log     *slog.Logger     // nil: the end of a run is a page for people
	screen  sync.Mutex       // held while a question waits for its answer
	hushed  *bytes.Buffer    // what would be on stderr, if there is something to say in the end
	told    bool             // it was told lately
}

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, s streams, getenv func(string) string) int {
	out, stderr := &shownWriter{to: s.out, terminal: isTerminal(s.out)},
		&shownWriter{to: s.err, terminal: isTerminal(s.err)}
	s.out, s.err = out, stderr
	p := &program{streams: s, getenv: getenv}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)

	command, err := root.ExecuteContextC(ctx)
	out.flush()
	if err == nil && p.code != exitFailed && out.failed != nil &&
		!readerLeft(out.failed) {
		err = fmt.Errorf("what was printed is not complete: %w", table.Cause(out.failed))
	}
	if p.hushed != nil && !p.told && (err != nil || p.code != exitDone) {
		p.hushed.WriteTo(s.err)
	}
	if err == nil {
		return p.code
	}

	prefix := ""
	if !isTerminal(s.err) {
		prefix = "able-import: " // in a log or a mail it must be clear who speaks
	}

	fmt.Fprintln(s.err, prefix+visibleLines(err.Error()))
	p.code = codeOf(ctx, err)
	if !out.began {
		p.printFailure(command, args, p.code, err)
	}
	return p.code
}

// visibleLines makes control characters that came out of files visible, line by line.
func visibleLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = report.Visible(line)
	}
	return strings.Join(lines, "\n")
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "able-import",
		Short: "Turns billing exports into Able CDP events: correctly, once, and with proof",
		Long: `able-import reads invoice and payment exports (CSV, XLSX, ODS, HTML), maps their rows to
events and posts them to Able CDP, each one once, with a report that adds up.

A first look at your own file, without sending anything:
  able-import inspect invoices.csv
  able-import init invoices.csv -o mapping.yaml
  able-import preview -m mapping.yaml invoices.csv

Exit codes: 0 done, 1 could not run, 2 usage or mapping, 3 some rows or events are
invalid or rejected, 4 some outcomes are unknown, 5 some events were not sent,
6 refused, 7 waits for approval, 75 another run holds the lock, 129/130/143 interrupted.`,
		Version:           version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.PersistentPreRun = func(c *cobra.Command, _ []string) {
		if p.patient != nil && slices.Contains(readingCommands, c.Name()) {
			p.patient.Store(false) // until it sends
		}
	}

	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		p.runCommand(), p.previewCommand(), p.inspectCommand(), p.checkCommand(), p.initCommand(),
		p.schemaCommand(), p.presetsCommand(), p.historyCommand(), p.resolveCommand(),
		p.adoptCommand(), p.approveCommand(), p.statusCommand(),
		p.workCommand(), p.queueCommand(),
		p.sandboxCommand(), p.demoCommand(), p.webCommand(), p.versionCommand(),
	)

	p.addHelp(root)
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
	}

	root.Args = usageArgs(func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("there is no command %q; %s", args[0], didYouMean(root, args[0]))
		}
		return nil
	})

	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return root
}

// readingCommands do nothing that an interrupt could harm, except for run once it sends. What they
// read may be a pipe that nobody writes to, or keep a parser busy for long.
var readingCommands = []string{"check", "init", "inspect", "preview", "run"}

// usageArgs makes wrong arguments, and flags that exclude each other, a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check != nil {
			if err := check(c, args); err != nil {
				return usageError{err}
			}
		}

		if err := checkValues(c.Flags()); err != nil {
			return err
		}

		if err := c.ValidateFlagGroups(); err != nil { // "...; [json csv] were all set"
			_, set, _ := strings.Cut(err.Error(), "; [")
			set, _, _ = strings.Cut(set, "]")
			return usagef("use only one of --%s", strings.Join(strings.Fields(set), ", --"))
		}

		return nil
	}
}

// aboveNothing are times for which 0 would mean their default, or none: whoever writes 0 means
// something else.
var aboveNothing = []string{"deadline", "outage-wait", "timeout"}

// checkValues refuses values that would silently switch off a guard: the empty text of a variable
// that is not set, and numbers and times below zero.
func checkValues(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(flag *pflag.Flag) {
		value := flag.Value.String()
		d, notTime := time.ParseDuration(value)
		switch kind := flag.Value.Type(); {
		case kind == "string" && strings.TrimSpace(value) == "":
			err = usagef("--%s is empty: give it a value, or leave it out", flag.Name)
		case strings.HasPrefix(kind, "int") && strings.HasPrefix(value, "-"):
			err = usagef("--%s %s: give a number of 0 or more, or leave it out", flag.Name, value)
		case kind == "duration" && notTime == nil &&
			(d < 0 || d == 0 && slices.Contains(aboveNothing, flag.Name)):
			err = usagef("--%s %s: give a time such as 60s or 10m, or leave it out",
				flag.Name, value)
		}
	})

	return err
}

// wantFiles asks for at least one file.
func wantFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("which file? " + c.CommandPath() + " FILE...")
	}
	return nil
}

// A shownWriter is stdout or stderr. It is the last to see what comes out of files, and spells out
// the characters that a terminal would obey or that turn a line around, though JSON and CSV may
// have them as they are: \u009b is the same in JSON. On a terminal our own bar and colours have an
// escape or a carriage return; there [report.Visible] handles the characters that come from files.
type shownWriter struct {
	to       io.Writer
	terminal bool
	rest     []byte // the beginning of a character
	began    bool   // something was written
	failed   error  // of the first write that did
}

// obeyed are the characters that a shownWriter spells out, on a terminal and elsewhere.
var obeyed, obeyedElsewhere = replacer(), replacer('\r', '\x1b')

func replacer(also ...rune) *strings.Replacer {
	var pairs []string
	for r := rune(0); r < ' '; r++ {
		if !strings.ContainsRune("\n\t\r\x1b", r) {
			also = append(also, r)
		}
	}

	for _, r := range also {
		pairs = append(pairs, string(r), fmt.Sprintf(`\u%04x`, r))
	}

	for _, span := range [][2]rune{{0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x202a, 0x202e},
		{0x2066, 0x2069}} {
		for r := span[0]; r <= span[1]; r++ {
			pairs = append(pairs, string(r), fmt.Sprintf(`\u%04x`, r))
		}
	}

	return strings.NewReplacer(pairs...)
}

func (w *shownWriter) Write(p []byte) (int, error) {
	w.began = w.began || len(p) > 0
	text := append(w.rest, p...)
	whole := len(text)
	// a buffer may end within a character
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if at := len(text) - back; utf8.RuneStart(text[at]) {
			if !utf8.FullRune(text[at:]) {
				whole = at
			}
			break
		}
	}

	w.rest = append([]byte(nil), text[whole:]...)
	replacer := obeyedElsewhere
	if w.terminal {
		replacer = obeyed
	}
	if _, err := io.WriteString(w.to, replacer.Replace(string(text[:whole]))); err != nil {
		w.failed = cmp.Or(w.failed, err)
		return 0, err
	}

	return len(p), nil
}

// flush writes a character of which only the beginning has come.
func (w *shownWriter) flush() {
	_, err := w.to.Write(w.rest)
	w.rest, w.failed = nil, cmp.Or(w.failed, err)
}

// fileOf is the file behind a stream, or nil.
func fileOf(stream any) *os.File {
	if shown, ok := stream.(*shownWriter); ok {
		stream = shown.to
	}
	file, _ := stream.(*os.File)
	return file
}

// A build says which program this is, as `version --json` prints it.
type build struct {
	Version string `json:"version"` // the release, or "dev"
	// what it was built from; empty outside of a repository
	Commit string `json:"commit,omitempty"`
	Time   string `json:"time,omitempty"` // of that commit, RFC 3339
	// built from a tree with changes that are not in the commit
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// thisBuild reads what the Go toolchain noted in the program.
func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}

	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.time":
			b.Time = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}

	return b
}

func (p *program) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Show release, commit and platform of this program",
		Example: "  able-import version --json",
		Args:    wantNone,
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if asJSON {
				return p.printObject(b)
			}
			fmt.Fprintf(p.out, "able-import %s (%s, %s)\n", b.Version, b.Go, b.Platform)
			if b.Commit != "" {
				fmt.Fprintf(p.out, "commit %s of %s\n", b.Commit, b.Time)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as one JSON object")

	return c
}
