package main

import (
	"archive/zip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

var hostileSlack = flag.Int("hostile-slack", 6,
	"how many times as long as 10 s each hostile input may take: 1 on a machine of its own")

const (
	hostileTime   = 10 * time.Second
	hostileMemory = 300 << 10 // KB
)

const hostileMapping = "version: 1\nname: hostile\nevent: Purchase\nfields:\n  order_id: Number\n" +
	"  deal_value: Total\n" +
	"  deal_currency: {const: EUR}\n  keys: {email: Email}\n"

// A hostileInput is a file that somebody made to do harm, or that an accident made. make has a
// folder, and returns the arguments of a command.
type hostileInput struct {
	name  string
	make  func(h *hostileFolder) []string
	waits bool // for whoever writes the pipe: only a signal ends it
}

type hostileFolder struct {
	*testing.T
	dir string
}

func (h *hostileFolder) path(name string) string { return filepath.Join(h.dir, name) }

func (h *hostileFolder) write(name string, parts ...func(io.Writer)) string {
	h.Helper()
	file, err := os.Create(h.path(name))
	if err != nil {
		h.Fatal(err)
	}
	for _, part := range parts {
		part(file)
	}
	if err := file.Close(); err != nil {
		h.Fatal(err)
	}
	return name
}

func (h *hostileFolder) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func text(s string) func(io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }

func repeated(s string, bytes int) func(io.Writer) {
	return func(w io.Writer) {
		block := strings.Repeat(s, 1+(1<<20)/len(s))
		for left := bytes; left > 0; left -= len(block) {
			io.WriteString(w, block[:min(left, len(block))])
		}
	}
}

// workbook writes an XLSX of the sheets, each a relation to the part of its name, and of the parts.
func (h *hostileFolder) workbook(name string, sheets []string,
	parts map[string]func(io.Writer)) string {
	return h.write(name, func(w io.Writer) {
		archive := zip.NewWriter(w)
		add := func(name string, write func(io.Writer)) {
			part, err := archive.Create(name)
			h.must(err)
			write(part)
		}
		add("[Content_Types].xml",
			text(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`))
		add("_rels/.rels", text(
			`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" `+
				`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`))
		add("xl/workbook.xml", func(w io.Writer) {
			io.WriteString(w,
				`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" `+
					`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>`)
			for i := range sheets {
				fmt.Fprintf(w, `<sheet name="S%d" sheetId="%d" r:id="r%d"/>`, i, i+1, i)
			}
			io.WriteString(w, `</sheets></workbook>`)
		})
		add("xl/_rels/workbook.xml.rels", func(w io.Writer) {
			io.WriteString(w,
				`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
			for i, target := range sheets {
				fmt.Fprintf(w,
					`<Relationship Id="r%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="%s"/>`,
					i, target)
			}
			io.WriteString(w,
				`<Relationship Id="strings" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)
		})
		for _, name := range slices.Sorted(mapsKeys(parts)) {
			add("xl/"+name, parts[name])
		}
		h.must(archive.Close())
	})
}

func mapsKeys(m map[string]func(io.Writer)) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

const (
	sheetHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	sheetTail = `</sheetData></worksheet>`
	sheetRow  = `<row><c t="inlineStr"><is><t>Number</t></is></c><c t="inlineStr"><is><t>Total</t></is></c><c t="inlineStr"><is><t>Email</t></is></c></row>`
)

func sheet(rows int) func(io.Writer) {
	return func(w io.Writer) {
		io.WriteString(w, sheetHead)
		repeated(sheetRow, rows*len(sheetRow))(w)
		io.WriteString(w, sheetTail)
	}
}

func manySheets(n int) func(h *hostileFolder) []string {
	return func(h *hostileFolder) []string {
		return []string{"preview", "-m", "mapping.yaml",
			h.workbook("many.xlsx", slices.Repeat([]string{"worksheets/one.xml"}, n),
				map[string]func(io.Writer){"worksheets/one.xml": sheet(100_000)})}
	}
}

func csvOf(parts ...func(io.Writer)) func(h *hostileFolder) []string {
	return func(h *hostileFolder) []string {
		return []string{"preview", "-m", "mapping.yaml", h.write("hostile.csv", parts...)}
	}
}

// holeOf makes a file that begins with a text, after which nothing was ever written.
func holeOf(head string) func(h *hostileFolder) []string {
	return func(h *hostileFolder) []string {
		name := h.write("hole.csv", text(head))
		h.must(os.Truncate(h.path(name), 20<<30))
		return []string{"preview", "-m", "mapping.yaml", name}
	}
}

func yamlOf(parts ...func(io.Writer)) func(h *hostileFolder) []string {
	return func(h *hostileFolder) []string {
		return []string{"check", "-m", h.write("hostile.yaml", parts...)}
	}
}

const csvHead = "Number,Total,Email\n"

var hostileInputs = []hostileInput{
	{name: "50 sheets of one large part", make: manySheets(50)},
	{name: "200 sheets of one large part", make: manySheets(200)},
	{name: "20,000 sheets of one large part", make: manySheets(20_000)},
	{name: "a part of a gigabyte of spaces", make: func(h *hostileFolder) []string {
		return []string{"inspect", h.workbook("bomb.xlsx", []string{"worksheets/one.xml"},
			map[string]func(io.Writer){"worksheets/one.xml": func(w io.Writer) {
				text(sheetHead)(w)
				repeated(" ", 1<<30)(w)
				text(sheetTail)(w)
			}})}
	}},
	{name: "elements nested a million deep", make: func(h *hostileFolder) []string {
		return []string{"inspect", h.workbook("deep.xlsx", []string{"worksheets/one.xml"},
			map[string]func(io.Writer){"worksheets/one.xml": func(w io.Writer) {
				text(sheetHead)(w)
				repeated("<a>", 3_000_000)(w)
			}})}
	}},
	{name: "a shared text of 300 MB", make: func(h *hostileFolder) []string {
		return []string{"inspect", h.workbook("text.xlsx", []string{"worksheets/one.xml"},
			map[string]func(io.Writer){
				"worksheets/one.xml": sheet(10),
				"sharedStrings.xml": func(w io.Writer) {
					text(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>`)(w)
					repeated("x", 300<<20)(w)
					text(`</t></si></sst>`)(w)
				},
			})}
	}},
	{name: "a row of a million cells", make: func(h *hostileFolder) []string {
		return []string{"inspect", h.workbook("wide.xlsx", []string{"worksheets/one.xml"},
			map[string]func(io.Writer){
				"worksheets/one.xml": func(w io.Writer) {
					text(sheetHead + "<row>")(w)
					repeated("<c><v>1</v></c>", 15_000_000)(w)
					text("</row>" + sheetTail)(w)
				}})}
	}},
	{name: "a ZIP that is cut", make: func(h *hostileFolder) []string {
		name := h.workbook("cut.xlsx", []string{"worksheets/one.xml"},
			map[string]func(io.Writer){"worksheets/one.xml": sheet(1000)})
		h.must(os.Truncate(h.path(name), 900))
		return []string{"inspect", name}
	}},

	{name: "a line of 60 MB", make: csvOf(text(csvHead), repeated("x", 60<<20))},
	{name: "a quote that is never closed",
		make: csvOf(text(csvHead+`A-1,"`), repeated("x\n", 60<<20))},
	{name: "nothing but quotes", make: csvOf(text(csvHead), repeated(`"`, 20<<20))},
	{name: "nothing but commas", make: csvOf(repeated(",", 20<<20))},
	{name: "nothing but line breaks", make: csvOf(text(csvHead), repeated("\n", 60<<20))},
	{name: "nothing but NUL", make: csvOf(repeated("\x00", 60<<20))},
	{name: "a hole of 20 GB", make: holeOf("")},
	{name: "a hole behind a row", make: holeOf(csvHead + "A-1,1.00,anna@example.com\n")},
	{name: "a hole in UTF-16", make: holeOf("\xff\xfeN\x00u\x00m\x00\n\x00")},
	{name: "a hole in a web page", make: holeOf("<html><table><tr><td>Number</td></tr>")},
	{name: "a hole named as a workbook", make: holeOf("PK\x03\x04")},
	{name: "nothing but 0xff", make: csvOf(repeated("\xff", 20<<20))},
	{name: "200,000 columns", make: csvOf(repeated("Number,", 1_400_000), text("\n"),
		repeated("1,", 400_000))},
	{name: "a heading of 10 MB", make: csvOf(repeated("N", 10<<20), text(",Total,Email\n1,2,3\n"))},
	{name: "UTF-16 of an odd length", make: csvOf(text("\xff\xfe"), repeated("N\x00", 1_000_001))},
	{name: "numbers of 100,000 digits",
		make: csvOf(text(csvHead+"A-1,"), repeated("9", 100_000), text(",anna@example.com\n"))},
	{name: "an exponent of a billion", make: csvOf(text(csvHead +
		"A-1,1e1000000000,anna@example.com\nA-2,1e-1000000000,anna@example.com\n"))},
	{name: "500,000 rows of one id",
		make: csvOf(text(csvHead), repeated("A-1,1.00,anna@example.com\n", 13_000_000))},

	{name: "a mapping of brackets", make: yamlOf(repeated("[", 200_000))},
	{name: "a mapping of braces", make: yamlOf(repeated("{a: ", 200_000))},
	{name: "a mapping of dashes", make: yamlOf(repeated("- ", 200_000))},
	{name: "a mapping of a million brackets", make: yamlOf(repeated("[", 1_000_000))},
	{name: "a mapping of unknown keys", make: yamlOf(func(w io.Writer) {
		for i := range 50_000 {
			fmt.Fprintf(w, "key%d: 1\n", i)
		}
	})},
	{name: "a mapping of anchors", make: yamlOf(repeated("a: &a [*a, *a]\n", 200_000))},
	{name: "a mapping of 10 MB", make: yamlOf(repeated("# x\n", 10<<20))},
	{name: "a condition nested deeply",
		make: yamlOf(text(hostileMapping+"where: "), repeated("(", 100_000), text("1\n"))},
	{name: "a mapping of 9,000 keys", make: yamlOf(func(w io.Writer) {
		for i := range 9_000 {
			fmt.Fprintf(w, "key%d: 1\n", i)
		}
	})},
	{name: "a condition of many parts", make: yamlOf(text(hostileMapping+"where: 1 == 1"),
		repeated(" || 1 == 1", 500_000), text("\n"))},
	{name: "a job file of brackets", make: func(h *hostileFolder) []string {
		return []string{"run", "--all-jobs", "--config",
			h.write("jobs.yaml", repeated("[", 200_000))}
	}},

	{name: "a FIFO as file", make: func(h *hostileFolder) []string {
		h.must(syscall.Mkfifo(h.path("fifo.csv"), 0o600))
		return []string{"inspect", "fifo.csv"}
	}},
	{name: "a FIFO as mapping", waits: true, make: func(h *hostileFolder) []string {
		h.must(syscall.Mkfifo(h.path("fifo.yaml"), 0o600))
		return []string{"check", "-m", "fifo.yaml"}
	}},
	{name: "a FIFO in an inbox", make: func(h *hostileFolder) []string {
		h.must(os.Mkdir(h.path("in"), 0o700))
		h.must(syscall.Mkfifo(h.path("in/fifo.csv"), 0o600))
		h.must(os.Symlink("/dev/zero", h.path("in/zero.csv")))
		h.must(os.Mkdir(h.path("in/folder.csv"), 0o700))
		return []string{"run", "--all-jobs", "--config",
			h.write("jobs.yaml", text(
				"version: 1\njobs:\n  - {name: a, inbox: in, settle: 0s, preset: "+
					"shopify-orders}\n"))}
	}},
	{name: "a FIFO as lock", make: func(h *hostileFolder) []string {
		h.must(os.MkdirAll(h.path("tmp/able-import-run-x"), 0o700))
		h.must(syscall.Mkfifo(h.path("tmp/able-import-run-x/lock"), 0o600))
		return []string{"preview", "-m", "mapping.yaml",
			h.write("a.csv", text(csvHead+"1,1.00,anna@example.com\n"))}
	}},
	{name: "a device without end",
		make: func(*hostileFolder) []string { return []string{"inspect", "/dev/zero"} }},
	{name: "a folder", make: func(*hostileFolder) []string { return []string{"inspect", "."} }},
	{name: "a link that leads nowhere", make: func(h *hostileFolder) []string {
		h.must(os.Symlink("nowhere", h.path("link.csv")))
		return []string{"inspect", "link.csv"}
	}},
	{name: "an empty file", make: func(h *hostileFolder) []string {
		return []string{"inspect", h.write("empty.csv")}
	}},
	{name: "a name of 255 bytes", make: func(h *hostileFolder) []string {
		return []string{"run", "-m", "mapping.yaml",
			h.write(strings.Repeat("n", 251)+".csv", text(csvHead+"1,x,anna@example.com\n"))}
	}},
}

// Whatever a file holds or is, a command on it ends soon, takes little memory, does not crash, and
// one SIGTERM ends it at once.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("measures memory, which the race detector multiplies")
	}
	server, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, input := range hostileInputs {
		t.Run(input.name, func(t *testing.T) {
			h := &hostileFolder{t, t.TempDir()}
			h.must(os.MkdirAll(h.path("tmp"), 0o700))
			h.write("mapping.yaml", text(hostileMapping))
			args := input.make(h)
			for _, signalled := range []bool{false, true} {
				if !signalled && input.waits {
					continue
				}
				if signalled {
					h.signalled(server.URL(), args)
				} else {
					h.ends(server.URL(), args)
				}
			}
		})
	}
}

func (h *hostileFolder) command(ctx context.Context, endpoint string, args []string) *exec.Cmd {
	c := exec.CommandContext(ctx, "able-import", args...)
	c.Dir = h.dir
	c.Env = append(os.Environ(), "TMPDIR="+h.path("tmp"), "ABLE_ENDPOINT="+endpoint,
		"ABLE_FUNNEL_MARK="+secrets.Mark, "ABLE_IMPORT_STATE_DIR="+h.path("state"))
	return c
}

func (h *hostileFolder) ends(endpoint string, args []string) {
	h.Helper()
	limit := hostileTime * time.Duration(*hostileSlack)
	ctx, cancel := context.WithTimeout(h.Context(), limit)
	defer cancel()
	c := h.command(ctx, endpoint, args)
	began := time.Now()
	said, err := c.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		h.Fatal(err)
	}
	took, memory := time.Since(began), c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	cpu := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	h.Logf("exit %d in %v (%v of CPU), %d MB: %.150s", c.ProcessState.ExitCode(),
		took.Round(10*time.Millisecond), cpu.Round(10*time.Millisecond), memory>>10, said)
	switch {
	case ctx.Err() != nil:
		h.Errorf("it has not ended in %v", limit)
	case !slices.Contains([]int{0, 1, 2, 3, 6}, c.ProcessState.ExitCode()):
		h.Errorf("exit %d", c.ProcessState.ExitCode())
	}
	for _, word := range []string{"panic", "goroutine ", "fatal error",
		"runtime error", "crashed"} {
		if strings.Contains(string(said), word) {
			h.Errorf("it crashed: %.300s", said)
		}
	}
	if memory > hostileMemory {
		h.Errorf("it took %d MB, want at most %d", memory>>10, hostileMemory>>10)
	}
}

func (h *hostileFolder) signalled(endpoint string, args []string) {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), hostileTime*time.Duration(*hostileSlack))
	defer cancel()
	c := h.command(ctx, endpoint, args)
	h.must(c.Start())
	time.Sleep(300 * time.Millisecond)
	c.Process.Signal(syscall.SIGTERM) // unless it has ended by now
	began := time.Now()
	c.Wait()
	if took := time.Since(began); took > 5*time.Second*time.Duration(*hostileSlack) {
		h.Errorf("it ended %v after SIGTERM", took.Round(10*time.Millisecond))
	}
}
