package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer"
	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/table"
	"ableimport/importer/webhook"
	"ableimport/mapping"
	"ableimport/samples"
)

// publishedEndpoint is where Able CDP receives events.
const publishedEndpoint = "https://app.ablecdp.com/uip-events/event"

// importFlags are the flags that the commands share, with the values they have if not given. A job
// fills them from its file.
type importFlags struct {
	mapping     string
	preset      string
	set         []string // NAME=VALUE: what the mapping's settings are
	endpoint    string
	markFile    string
	stateDir    string
	reportDir   string
	concurrency concurrency
	rate        string
	timeout     time.Duration
	retryOn     []int
	outageWait  time.Duration
	json        bool
	quiet       bool
	acceptEdits bool
	header      http.Header
	accept      func(answer []byte) (bool, error)
	jobMark     string // the funnel mark that a job names
	// the settings are a job's: a failures file still brings its own mapping
	ofJob      bool
	lookedUp   string // the job whose target is meant; "": none
	lookedUpIn string // the job file that has it
	command    string // what others who wait for the target are told
	approvals  string // folder of kept plans and approvals; "": in the state folder
	sends      bool   // the command sends: it never chooses a mapping alone
}

func (f *importFlags) add(c *cobra.Command) {
	f.addTarget(c)
	flags := c.Flags()
	flags.StringVarP(&f.mapping, "mapping", "m", "", "mapping file")
	flags.StringVar(&f.preset, "preset", "",
		"ready mapping of a billing system; able-import presets lists them")
	f.addSet(c)
	flags.BoolVar(&f.acceptEdits, "accept-edits", false,
		"failures files: also take changes to cells that were not marked")
	flags.BoolVar(&f.json, "json", false, "print the summary as one JSON object on stdout")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing when all is well")
}

// addSet adds the flag for what an export does not say.
func (f *importFlags) addSet(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.set, "set", nil,
		"a setting of the mapping, such as currency=USD; repeat for several")
}

// addTarget adds the flags that say which target is meant.
func (f *importFlags) addTarget(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.endpoint, "endpoint", "", "where events are posted to (or ABLE_ENDPOINT)")
	flags.StringVar(&f.markFile, "funnel-mark-file", "",
		"file that holds the funnel mark (or the variable ABLE_FUNNEL_MARK)")
	flags.StringVar(&f.stateDir, "state-dir", "",
		"folder of the ledgers (or ABLE_IMPORT_STATE_DIR)")
	flags.StringVar(&f.reportDir, "report-dir",
		"", "folder of the reports, one folder a run (default: runs in the state folder)")
}

// addJob adds the flags by which a job says the target, and the mapping where one is needed.
func (f *importFlags) addJob(c *cobra.Command) {
	c.Flags().StringVar(&f.lookedUp, "job", "", "the target of this job of the job file")
	c.Flags().StringVar(&f.lookedUpIn, "config", "able-import.yaml", "the job file")
}

// sameTarget are the flags of addTarget that were used, as they are typed: a command that is
// suggested has to mean the same target. What an address may hold beyond host and path is not
// repeated.
func (f *importFlags) sameTarget() string {
	var words []string
	for _, said := range []struct{ flag, value string }{
		{"--endpoint", prepare.PlainAddress(f.endpoint)}, {"--funnel-mark-file", f.markFile},
		{"--state-dir", f.stateDir}, {"--report-dir", f.reportDir},
	} {
		if said.value != "" {
			words = append(words, said.flag, prepare.ShellWord(said.value))
		}
	}
	return strings.Join(words, " ")
}

func (f *importFlags) addSending(c *cobra.Command) {
	f.sends = true
	flags := c.Flags()
	f.concurrency = concurrency{most: 8}
	flags.Var(&f.concurrency, "concurrency",
		"how many events at once, or auto: find what suits the receiver best")
	flags.StringVar(&f.rate, "rate", "", `attempts per second at most, such as "50/s", or none`)
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second,
		"limit for one attempt, including the answer")
	flags.IntSliceVar(&f.retryOn, "retry-on", nil,
		"statuses that prove that this receiver did not process the event: 500,502,504")
	flags.DurationVar(&f.outageWait, "outage-wait", 5*time.Minute,
		"how long to wait for an outage to end")
}

// job puts a job together: flag > environment > default.
func (p *program) job(ctx context.Context, f *importFlags, files []string) (importer.Job, error) {
	target, err := p.target(f)
	if err != nil {
		return importer.Job{}, err
	}
	feedback, config, err := p.fedBack(ctx, f, &target, files)
	if err != nil {
		return importer.Job{}, err
	}

	rate, err := parseRate(f.rate)
	if err != nil {
		return importer.Job{}, err
	}

	return importer.Job{
		Files: files, Stdin: p.in, Mapping: config, MappingDir: filepath.Dir(f.mapping),
		Feedback: feedback, AcceptEdits: f.acceptEdits, Target: target, Version: version,
		Webhook: f.webhookOptions(rate),
	}, nil
}

// webhookOptions say how to post; the endpoint is the target's.
func (f *importFlags) webhookOptions(rate float64) webhook.Options {
	return webhook.Options{
		Concurrency: f.concurrency.most, Adapt: f.concurrency.adapt, Rate: rate, Timeout: f.timeout,
		RetryOn: f.retryOn, OutageWait: f.outageWait,
		Header: f.header, Accept: f.accept,
	}
}

// target is who receives, and where this machine keeps what it knows about it.
func (p *program) target(f *importFlags) (history.Target, error) {
	if err := p.targetOfJob(f); err != nil {
		return history.Target{}, err
	}
	mark, err := p.mark(f)
	if err != nil {
		return history.Target{}, err
	}

	stateDir, err := p.stateDir(f)
	if err != nil {
		return history.Target{}, err
	}

	if found, err := os.Stat(stateDir); err == nil && !found.IsDir() {
		return history.Target{}, usagef("%s: this is a file, and the ledgers need a folder; "+
			"--state-dir names another", stateDir)
	}

	return history.Target{
		Endpoint: cmp.Or(f.endpoint, p.getenv("ABLE_ENDPOINT"), publishedEndpoint), Mark: mark,
		StateDir: stateDir, ReportDir: f.reportDir, Command: f.command,
	}, nil
}

// loadMapping reads the mapping file or the preset.
func (p *program) loadMapping(f *importFlags) (*mapping.Config, error) {
	var name string
	var source []byte
	var err error
	switch {
	case f.mapping != "" && f.preset != "":
		return nil, usagef("give --mapping or --preset, not both")
	case f.mapping != "":
		name = f.mapping
		if source, err = os.ReadFile(f.mapping); err != nil {
			return nil, usagef("%s: %w", f.mapping, table.Cause(err))
		}
	case f.preset != "":
		name = mapping.PresetPrefix + f.preset
		if source, err = samples.Mapping(f.preset); err != nil {
			return nil, usageError{err}
		}
	default:
		return nil, usagef("no mapping: use -m mapping.yaml or --preset NAME (able-import " +
			"presets lists them)")
	}

	config, err := mapping.Parse(name, source, p.getenv)
	if err != nil {
		return nil, usageError{err}
	}
	if len(f.set) == 0 {
		return config, nil
	}

	values, err := settingsOf(config, f.set)
	if err != nil {
		return nil, usageError{err}
	}
	if config, err = mapping.Parse(name, mapping.WithSettings(source, values),
		p.getenv); err != nil {
		return nil, usageError{err}
	}

	return config, nil
}

// mark reads the funnel mark: it is never a flag's value, since those are seen in process lists.
func (p *program) mark(f *importFlags) (string, error) {
	if f.markFile == "" {
		return cmp.Or(f.jobMark, p.getenv("ABLE_FUNNEL_MARK")), nil
	}
	content, err := os.ReadFile(f.markFile)
	if err != nil {
		return "", usagef("%s: %w", f.markFile, table.Cause(err))
	}

	mark := strings.TrimSpace(string(content))
	if mark == "" {
		return "", usagef("%s: the file is empty; write the funnel mark into it", f.markFile)
	}

	return mark, nil
}

// stateDir is where ledgers and reports live, by the conventions of the system.
func (p *program) stateDir(f *importFlags) (string, error) {
	if dir := cmp.Or(f.stateDir, p.getenv("ABLE_IMPORT_STATE_DIR")); dir != "" {
		return dir, nil
	}

	if runtime.GOOS == "windows" {
		if local := p.getenv("LocalAppData"); local != "" {
			return filepath.Join(local, "able-import"), nil
		}
	}

	if state := p.getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "able-import"), nil
	}
	home := cmp.Or(p.getenv("HOME"), p.getenv("USERPROFILE"))
	if home == "" {
		return "", usagef("no folder for the ledger: use --state-dir or set ABLE_IMPORT_STATE_DIR")
	}

	return filepath.Join(home, ".local", "state", "able-import"), nil
}

// parseRate reads "50/s", "3000/m" or a bare number of attempts per second; "none" is infinite.
func parseRate(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	if text == "none" {
		return math.Inf(1), nil
	}

	number, unit, _ := strings.Cut(text, "/")
	rate, err := strconv.ParseFloat(number, 64)
	if err != nil || !(rate > 0) || math.IsInf(rate, 0) { // NaN is not above 0, either
		return 0, usagef("--rate %q: give attempts per second, such as 50/s, or none", text)
	}

	switch unit {
	case "", "s":
		return rate, nil
	case "m", "min":
		return rate / 60, nil
	}

	return 0, usagef("--rate %q: give attempts per second, such as 50/s, or none", text)
}

// A concurrency is the value of --concurrency: how many events are in flight at most, or that this
// is to be found out.
type concurrency struct {
	most  int
	adapt bool
}

// autoMost bounds what auto may find: a receiver that takes more than this at once is not what
// holds a run up.
const autoMost = 64

// Set reads N or auto.
func (c *concurrency) Set(text string) error {
	if text == "auto" {
		*c = concurrency{most: autoMost, adapt: true}
		return nil
	}
	most, err := strconv.Atoi(text)
	if err != nil || most < 1 || most > webhook.MaxConcurrency {
		return fmt.Errorf("give a number of events, such as 8, or auto; at most %d",
			webhook.MaxConcurrency)
	}
	*c = concurrency{most: most}
	return nil
}

func (c *concurrency) String() string {
	if c.adapt {
		return "auto"
	}
	return strconv.Itoa(c.most)
}

func (c *concurrency) Type() string { return "N|auto" }

// fedBack settles the mapping. Files that are failures files of an earlier run bring their own; any
// other is refused.
func (p *program) fedBack(ctx context.Context, f *importFlags, target *history.Target,
	files []string) (*correction.Files, *mapping.Config, error) {
	feedback, err := importer.FindFailures(target, files)
	if err != nil {
		return nil, nil, err
	}

	if f.mapping == "" && f.preset == "" {
		if feedback != nil {
			f.mapping = feedback.Mapping
		} else if err := p.suggest(ctx, f, files); err != nil {
			return nil, nil, err
		}
	}

	if feedback != nil && f.ofJob {
		f.mapping, f.preset = feedback.Mapping, ""
	}

	config, err := p.loadMapping(f)
	if err == nil {
		config, err = p.answered(ctx, f, config)
	}
	if err != nil {
		return nil, nil, err
	}

	if feedback != nil {
		err = feedback.Check(config)
	}
	return feedback, config, err
}

// expectations are what the caller knows about the import beforehand, as flags.
type expectations struct{ prepare.Expectations }

func (e *expectations) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&e.Plan, "plan", "", "send exactly the plan that preview showed, by its hash")
	flags.Int64Var(&e.Events, "expect-events", -1,
		"refuse unless there are exactly this many events")
	flags.StringArrayVar(&e.Totals, "expect-total", nil, "refuse unless the events of a currency, "+
		"or all rows, add up to this: USD=48112.20; repeat for several")
}

var planForm = regexp.MustCompile(`^(sha256:)?[0-9A-Fa-f]{8,64}$`)

// checkPlan refuses what cannot be a plan's hash, before anything is read.
func (e *expectations) checkPlan() error {
	if e.Plan == "" || planForm.MatchString(e.Plan) {
		return nil
	}
	return usagef("--plan %q: give at least the first eight digits of the hash that preview "+
		"prints, such as --plan 7c1f09ab. Nothing was sent.", e.Plan)
}

// check compares the plan with what was expected.
func (e *expectations) check(plan *importer.Plan) error {
	err := e.Check(plan)
	if refused := new(history.RefusedError); err == nil || errors.As(err, &refused) {
		return err
	}
	return usageError{err}
}

// settingsOf are the values of --set. What is wrong with one is told in a sentence: the mapping may
// be a preset, which has no file to look at.
func settingsOf(config *mapping.Config, said []string) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range config.Settings() {
		if s.Value != s.Default { // the mapping itself says it
			values[s.Name] = s.Value
		}
	}

	for _, one := range said {
		name, value, found := strings.Cut(one, "=")
		if !found {
			return nil, fmt.Errorf("--set %s: give a name and a value, such as --set currency=USD",
				one)
		}

		values[name] = value
		s, declared := config.Setting(name)
		err := config.CheckSettings(map[string]string{name: value})
		if declared { // its name is in the flag
			err = s.Check(value)
		}
		if err != nil {
			return nil, fmt.Errorf("--set %s: %w", one, err)
		}
	}

	return values, nil
}

// answered makes sure that everything is said that no file can say, and asks where somebody can
// answer.
func (p *program) answered(ctx context.Context, f *importFlags,
	config *mapping.Config) (*mapping.Config, error) {
	err := importer.CheckUnsaid(config)
	if err == nil || f.ofJob || !f.sends || !p.interactive() {
		return config, err
	}
	if err := p.askSettings(ctx, f, config.Unsaid()); err != nil {
		return nil, err
	}
	return p.loadMapping(f)
}

// askSettings asks on the terminal, until each answer will do. No answer at all is a no.
func (p *program) askSettings(ctx context.Context, f *importFlags,
	settings []mapping.Setting) error {
	for _, s := range settings {
		for {
			answer := p.answer(ctx, fmt.Sprintf("%s (%s, for example %s) ", s.Question, s.Name,
				s.Example()))
			if answer == "" || ctx.Err() != nil {
				return declined(ctx)
			}
			if err := s.Check(answer); err != nil {
				fmt.Fprintln(p.err, err)
				continue
			}
			f.set = append(f.set, s.Name+"="+answer)
			break
		}
	}

	return nil
}
