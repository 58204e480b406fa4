// Command bench measures able-import as a whole process, next to a naive importer and a cheap
// receiver of its own. Commands run in turn (A B C, A B C, ...), and medians and ratios are
// printed: absolute times are the machine's.
//
//	bench compare [-n ROUNDS] [-rows N] ABLE-IMPORT
//	bench growth [-max ROWS] -o growth.svg ABLE-IMPORT
//
// Everything goes over the loopback interface.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("bench compare|growth ABLE-IMPORT")
	}

	commands := map[string]func(args []string) error{
		"compare": compare, "growth": growth,
		"naive": naive, "receiver": receive, // the processes beside it
	}
	command, ok := commands[os.Args[1]]
	if !ok {
		log.Fatalf("there is no %s", os.Args[1])
	}
	if err := command(os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

// compare prints able-import next to the naive importer, for each kind of work.
func compare(args []string) error {
	flags := flag.NewFlagSet("compare", flag.ExitOnError)
	rounds := flags.Int("n", 3, "rounds")
	rows := flags.Int("rows", 100_000,
		"rows of the file that is imported; ten times as many are previewed")
	flags.Parse(args)

	w, err := newWorkshop(flags.Arg(0))
	if err != nil {
		return err
	}
	defer w.close()
	few, many := w.data(*rows), w.data(10**rows)
	dry := []contestant{
		{"naive, nothing sent", 10 * *rows, w.naive(many, "")},
		{"able-import preview", 10 * *rows, w.preview(many)},
	}
	if err := w.race("Reading and mapping, nothing sent", *rounds, dry); err != nil {
		return err
	}

	for _, r := range []receiverKind{{}, {tls: true}, {latency: "20ms"}} {
		sent, file := *rows, few
		if r.latency != "" { // 64 in flight are 3,200 events a second at best
			sent = min(*rows, 12_800)
			file = w.data(sent)
		}

		field := []contestant{
			{"naive", sent, w.naive(file, r.address())},
			{"able-import run", sent, w.run(file, r, 64)},
		}
		if r.latency == "" {
			field = append(field, contestant{"able-import, all known", sent, w.again(file, r)})
		}
		if err := w.race(fmt.Sprintf("Sending to %v, 64 in flight", r), *rounds, field,
			r); err != nil {
			return err
		}
	}

	return w.starts(*rounds)
}
