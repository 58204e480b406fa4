package report

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WriteMetrics writes what is known of jobs as OpenMetrics text, completely or not at all. All are
// gauges, so Prometheus' older text format reads the same. Others can read the file: it only
// contains counts, sums and names of jobs.
func WriteMetrics(path string, jobs []JobState) error {
	file, err := createWhole(path)
	if err != nil {
		return err
	}
	if err := file.file.Chmod(0o644); err != nil {
		file.discard()
		return fmt.Errorf("write metrics: %w", err)
	}
	if _, err := file.Write(Metrics(jobs)); err != nil {
		file.discard()
		return fmt.Errorf("write metrics: %w", err)
	}
	return file.commit()
}

// Metrics is the text of [WriteMetrics].
func Metrics(jobs []JobState) []byte {
	m := metrics{jobs: jobs}
	m.times("last_run_timestamp_seconds", "When the job last ran, with the target to itself.",
		func(j *JobState) time.Time { return j.LastRun })
	m.times("last_success_timestamp_seconds", "When the job last ended with exit code 0.",
		func(j *JobState) time.Time { return j.LastSuccess })
	m.times("last_file_timestamp_seconds", "When the job last dealt with a file.",
		func(j *JobState) time.Time { return j.LastFile })

	m.family("exit_code", "Exit code of that run.")
	for i := range jobs {
		m.sample(&jobs[i], "exit_code", strconv.Itoa(jobs[i].ExitCode))
	}

	m.family("locked_out_runs", "Runs since then that found another one holding the target.")
	for i := range jobs {
		m.sample(&jobs[i], "locked_out_runs", strconv.Itoa(jobs[i].LockedOut))
	}

	m.family("unknown_events", "Events whose outcome is unknown and waits for a decision.")
	for i := range jobs {
		m.sample(&jobs[i], "unknown_events", strconv.Itoa(jobs[i].Unknown))
	}

	m.files()
	m.events()
	m.money()
	m.unreadable()
	m.durations()
	m.out.WriteString("# EOF\n")
	return m.out.Bytes()
}

type metrics struct {
	out  bytes.Buffer
	jobs []JobState
}

func (m *metrics) family(name, help string) {
	fmt.Fprintf(&m.out, "# HELP able_import_%s %s\n# TYPE able_import_%s gauge\n", name, help, name)
}

// sample writes a value with its labels, which come in pairs.
func (m *metrics) sample(j *JobState, name, value string, labels ...string) {
	fmt.Fprintf(&m.out, "able_import_%s{job=\"%s\"", name, labelValue(j.Job))
	for i := 0; i+1 < len(labels); i += 2 {
		fmt.Fprintf(&m.out, ",%s=\"%s\"", labels[i], labelValue(labels[i+1]))
	}
	fmt.Fprintf(&m.out, "} %s\n", value)
}

func labelValue(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(Visible(text))
}

func (m *metrics) times(name, help string, of func(*JobState) time.Time) {
	m.family(name, help)
	for i := range m.jobs {
		if at := of(&m.jobs[i]); !at.IsZero() {
			m.sample(&m.jobs[i], name, strconv.FormatInt(at.Unix(), 10))
		}
	}
}

func (m *metrics) files() {
	m.family("files", "Files of the last run, by what became of them.")
	for i := range m.jobs {
		for _, became := range slices.Sorted(maps.Keys(m.jobs[i].Files)) {
			m.sample(&m.jobs[i], "files", strconv.Itoa(m.jobs[i].Files[became]), "became", became)
		}
	}
}

func (m *metrics) events() {
	m.family("events", "Events of the last run that had files, by state.")
	for i := range m.jobs {
		for _, state := range States() {
			events := strconv.FormatInt(m.jobs[i].Events.Of(state), 10)
			m.sample(&m.jobs[i], "events", events, "state", state.String())
		}
	}
}

func (m *metrics) money() {
	m.family("money",
		"Money of the last run that had files, by currency and state, in units of the currency.")
	for i := range m.jobs {
		totals := m.jobs[i].Totals
		for _, currency := range slices.Sorted(maps.Keys(totals)) {
			for _, state := range States() {
				m.sample(&m.jobs[i], "money", totals[currency].Of(state),
					"currency", currency, "state", state.String())
			}
		}
	}
}

// unreadable counts what no sum of money includes, so that a sum of 0.00 is not taken for nothing.
func (m *metrics) unreadable() {
	m.family("unreadable_amounts", "Invalid events of the last run that had files whose amount "+
		"could not be read, by currency; no sum holds them.")
	for i := range m.jobs {
		totals := m.jobs[i].Totals
		for _, currency := range slices.Sorted(maps.Keys(totals)) {
			unreadable := strconv.FormatInt(totals[currency].AmountUnreadable, 10)
			m.sample(&m.jobs[i], "unreadable_amounts", unreadable, "currency", currency)
		}
	}
}

func (m *metrics) durations() {
	m.family("duration_seconds", "How long the last run that had files took, by phase.")
	for i := range m.jobs {
		j := &m.jobs[i]
		for _, phase := range []struct {
			name    string
			seconds float64
		}{{"preflight", j.Preflight}, {"send", j.Send}, {"all", j.Seconds}} {
			seconds := strconv.FormatFloat(phase.seconds, 'f', 3, 64)
			m.sample(j, "duration_seconds", seconds, "phase", phase.name)
		}
	}
}
