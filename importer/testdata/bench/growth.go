package main

import (
	"flag"
	"fmt"
	"os"
)

// growth draws how time and memory grow with the rows of a file and with the events in flight.
func growth(args []string) error {
	flags := flag.NewFlagSet("growth", flag.ExitOnError)
	most := flags.Int("max", 10_000_000, "rows of the largest file")
	out := flags.String("o", "growth.svg", "where the picture goes")
	flags.Parse(args)

	w, err := newWorkshop(flags.Arg(0))
	if err != nil {
		return err
	}
	defer w.close()
	seconds, memory, err := w.byRows(*most)
	if err != nil {
		return err
	}
	rates, memories, err := w.byInFlight()
	if err != nil {
		return err
	}

	return os.WriteFile(*out, drawing(
		chart{title: "preview: CPU seconds", across: "rows", lines: []line{seconds}},
		chart{title: "preview: memory, MiB", across: "rows", lines: []line{memory}, flat: true},
		chart{title: "run: events a second", across: "in flight", lines: rates},
		chart{title: "run: memory, MiB", across: "in flight", lines: memories, flat: true},
	), 0o644)
}

// byRows previews files of a thousand rows and more, each ten times as long as the one before. Time
// is the processor's, which other work on the machine changes least.
func (w *workshop) byRows(most int) (seconds, memory line, err error) {
	for rows := 1000; rows <= most; rows *= 10 {
		file := w.data(rows)
		r, err := measure(w.preview(file))
		if err != nil {
			return seconds, memory, err
		}
		os.Remove(file)
		fmt.Printf("%9d rows: %8.2f s, CPU %8.2f s, %4d MiB\n", rows, r.wall.Seconds(),
			r.cpu.Seconds(), r.memory>>20)
		seconds.points = append(seconds.points, point{float64(rows), r.cpu.Seconds()})
		memory.points = append(memory.points, point{float64(rows), float64(r.memory >> 20)})
	}

	return seconds, memory, nil
}

// byInFlight sends with 1 to 512 events in flight to receivers of different speed. Files are as
// long as about two seconds take at best.
func (w *workshop) byInFlight() (rates, memories []line, err error) {
	for _, latency := range []struct {
		text string
		most int // events a second that one connection can carry
	}{{"", 4000}, {"5ms", 200}, {"50ms", 20}} {
		k := receiverKind{latency: latency.text}
		stop, err := w.receiver(k)
		if err != nil {
			return nil, nil, err
		}

		l := line{name: "answers after " + latency.text}
		if latency.text == "" {
			l.name = "answers at once"
		}

		memory := line{name: l.name}
		for inFlight := 1; inFlight <= 512; inFlight *= 2 {
			rows := min(2*latency.most*inFlight, 100_000)
			r, err := measure(w.run(w.data(rows), k, inFlight))
			if err != nil {
				stop()
				return nil, nil, err
			}

			rate := float64(rows) / r.wall.Seconds()
			fmt.Printf("%4d in flight, %s: %8.0f events/s, CPU %.2f s/100k, %d MiB\n", inFlight,
				l.name, rate,
				r.cpu.Seconds()/float64(rows)*100_000, r.memory>>20)
			l.points = append(l.points, point{float64(inFlight), rate})
			memory.points = append(memory.points, point{float64(inFlight), float64(r.memory >> 20)})
		}

		stop()
		rates, memories = append(rates, l), append(memories, memory)
	}

	return rates, memories, nil
}
