package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"text/tabwriter"
	"time"
)

// A contestant is one command of a race, over so many rows.
type contestant struct {
	name    string
	rows    int
	command command
}

// A result is what one process took.
type result struct {
	wall, cpu time.Duration
	memory    int64 // peak, in bytes; 0: the system does not say
}

// race runs the field in turn, after one round that does not count, and prints medians and ratios
// to the first.
func (w *workshop) race(title string, rounds int, field []contestant, to ...receiverKind) error {
	for _, k := range to {
		stop, err := w.receiver(k)
		if err != nil {
			return err
		}
		defer stop()
	}

	results := make([][]result, len(field))
	for round := range rounds + 1 {
		for i, c := range field {
			r, err := measure(c.command)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if round > 0 {
				results[i] = append(results[i], r)
			}
		}
	}

	fmt.Printf("\n%s (%d rounds)\n", title, rounds)
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "\trows/s\t[min\tmax]\tx first\tCPU s/100k\tx first\tMiB\t")

	var base score
	for i, c := range field {
		s := scoreOf(results[i], c.rows)
		if i == 0 {
			base = s
		}
		fmt.Fprintf(out, "%s\t%.0f\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t%d\t\n", c.name, s.rate,
			s.slowest, s.fastest, s.rate/base.rate,
			s.cpu, s.cpu/base.cpu, s.memory>>20)
	}

	return out.Flush()
}

// measure runs one process to its end.
func measure(c command) (result, error) {
	run, after := c()
	defer after()
	var said bytes.Buffer
	run.Stderr = &said
	began := time.Now()
	err := run.Run()
	wall := time.Since(began)

	if err != nil {
		return result{}, fmt.Errorf("%w: %s", err, said.Bytes())
	}

	state := run.ProcessState
	return result{wall, state.UserTime() + state.SystemTime(), peakMemory(state)}, nil
}

// A score sums up the rounds of one contestant.
type score struct {
	rate, slowest, fastest float64 // rows a second: median, range
	cpu                    float64 // seconds for 100,000 rows
	memory                 int64   // the highest peak
}

func scoreOf(results []result, rows int) score {
	var rates, cpu []float64
	var s score
	for _, r := range results {
		rates = append(rates, float64(rows)/r.wall.Seconds())
		cpu = append(cpu, r.cpu.Seconds()/float64(rows)*100_000)
		s.memory = max(s.memory, r.memory)
	}
	s.rate, s.slowest, s.fastest, s.cpu = median(rates), slices.Min(rates),
		slices.Max(rates), median(cpu)
	return s
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// starts prints how long the program takes to say its version.
func (w *workshop) starts(rounds int) error {
	var took []float64
	for range 10 * rounds {
		r, err := measure(func() (*exec.Cmd, func()) {
			return exec.Command(w.program, "--version"),
				func() {}
		})
		if err != nil {
			return err
		}
		took = append(took, float64(r.wall.Microseconds())/1000)
	}

	size, err := os.Stat(w.program)
	if err != nil {
		return err
	}

	fmt.Printf("\nStart: %.1f ms [%.1f to %.1f]; the program has %.1f MB\n", median(took),
		slices.Min(took), slices.Max(took), float64(size.Size())/1e6)
	return nil
}
