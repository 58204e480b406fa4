package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ableimport/importer/table/grid"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// readAllRows reads a text with settings that only leave open what the test is about.
func readAllRows(path string, options Options) (header []string, rows [][]string, err error) {
	table, err := Open(path, options)
	if err != nil {
		return nil, nil, err
	}
	defer table.Close()
	for row, err := range table.Rows() {
		if err != nil {
			return nil, nil, err
		}
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = string(cell)
		}
		rows = append(rows, cells)
	}
	return table.Header(), rows, nil
}

// TestReadsWhatEncodingCSVWrites draws tables, writes them with encoding/csv and reads them back,
// with every delimiter, encoding and line end.
func TestReadsWhatEncodingCSVWrites(t *testing.T) {
	directory := t.TempDir()
	cell := rapid.StringOfN(rapid.RuneFrom([]rune("ab1.,;|\t\"'\\ \n\u00e9日\u2028")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 6).Draw(t, "width")
		header := make([]string, width)
		for i := range header {
			header[i] = "name " + grid.Letters(i)
		}
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 12).Draw(t, "rows")
		for i := range rows {
			// A row of blanks is not a row, and one like the header is reported
			rows[i][0] = "k" + rows[i][0]
		}
		delimiter := rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "delimiter")
		for _, row := range rows {
			for i := range row {
				// With delimiters, its lines could be rows, which is reported: TestRecordsThatLie
				if strings.Contains(row[i], "\n") {
					row[i] = strings.ReplaceAll(row[i], string(delimiter), "")
				}
			}
		}
		var text bytes.Buffer
		writer := csv.NewWriter(&text)
		writer.Comma = delimiter
		writer.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		if err := writer.WriteAll(append([][]string{header}, rows...)); err != nil {
			t.Fatal(err)
		}
		content := text.String()
		switch rapid.IntRange(0, 3).Draw(t, "encoding") {
		case 1:
			content = "\ufeff" + content
		case 2:
			content = encoded(content, unicode.LittleEndian, unicode.UseBOM)
		case 3:
			content = encoded(content, unicode.BigEndian, unicode.UseBOM)
		}
		path := filepath.Join(directory, "drawn.csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		gotHeader, got, err := readAllRows(path, Options{Delimiter: string(delimiter), Quote: `"`})
		if writer.UseCRLF { // encoding/csv writes line ends within cells like the line ends of rows
			for _, row := range rows {
				for i := range row {
					row[i] = strings.ReplaceAll(row[i], "\n", "\r\n")
				}
			}
		}
		if diff := cmp.Diff(rows, got); diff != "" || err != nil ||
			!slices.Equal(header, gotHeader) {
			t.Fatalf("read %q: header %q, error %v, rows (-want +got):\n%s", text.String(),
				gotHeader, err, diff)
		}
	})
}

// TestDetectsWhatEncodingCSVWrites leaves the delimiter and the quotes to detection, with typical
// cells of bills.
func TestDetectsWhatEncodingCSVWrites(t *testing.T) {
	directory := t.TempDir()
	words := rapid.SampledFrom([]string{"Pro plan", "Team, 10 seats", "a; b", "say \"hi\"",
		"O'Neil", "two\nlines", "", "Müller", "x|y", "C:\\"})
	rapid.Check(t, func(t *rapid.T) {
		delimiter := rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "delimiter")
		header := []string{"id", "date", "amount", "customer", "item"}
		rows := [][]string{}
		for i := range rapid.IntRange(1, 20).Draw(t, "rows") {
			amount := rapid.SampledFrom([]string{"12.50", "1,234.50", "12,50", "-3", "€ 5"}).Draw(t,
				"amount")
			rows = append(rows, []string{grid.Letters(i) + "-17", "2025-12-01", amount,
				words.Draw(t, "customer"), words.Draw(t, "item")})
		}
		var text bytes.Buffer
		writer := csv.NewWriter(&text)
		writer.Comma = delimiter
		if err := writer.WriteAll(append([][]string{header}, rows...)); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(directory, "drawn.csv")
		if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		gotHeader, got, err := readAllRows(path, Options{})
		if diff := cmp.Diff(rows, got); diff != "" || err != nil ||
			!slices.Equal(header, gotHeader) {
			t.Fatalf("read %q: header %q, error %v, rows (-want +got):\n%s", text.String(),
				gotHeader, err, diff)
		}
	})
}

// FuzzSniff wants an answer or an error for any text, and the same one whether or not it is all of
// the file.
func FuzzSniff(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;b\r\n\"1\";'2'\r\n", "sep=|\na|b",
		"\"a\\\"b\",c\n", "a\tb\n\"x\ty\n", "'a'|'b'", "\"", "{\"a\":1}", "# x\n,\n"} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, whole bool) {
		d, err := sniff(text, whole, ',', Options{Needs: [][]string{{"a"}, {"b"}}},
			func(d dialect) (reading, error) {
				return newRecords(bytes.NewReader(text), d, defaultLimits).measure(math.MaxInt,
					true, nil)
			})
		var ambiguous *AmbiguousError
		if err != nil && !errors.As(err, &ambiguous) {
			t.Fatalf("sniff(%q): %v", text, err)
		}
		if err == nil && !slices.Contains(delimiters, d.delimiter) {
			t.Fatalf("sniff(%q): delimiter %q", text, d.delimiter)
		}
		foreign(text)
		foreignText(text, "")
	})
}

// FuzzSplit compares the fast way through a line with the one that takes every record.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"a,b\n", "\"a\"\"b\",\"x, y\",\n", "5\",b\n",
		"a, \"x, y\"\n", " \"x\n", "\t\"x\",b\n", "a,\"b\"c,d\n", "a,\"b\" ,d\n", "a,\"b\nc\",d\n", "\"a\"\r\n", "a\rb,c\n",
		"\"a\",\"\n", "a\"b\"\"\",c\"\n", "\\\"a\\,b\n", "\n", "",
		strings.Repeat("long,", 30) + "\"" + strings.Repeat("x, ", 50) + "\",y\n"} {
		f.Add([]byte(seed), byte(','), byte('"'), false, uint(99))
		f.Add([]byte(seed), byte(','), byte('"'), true, uint(2))
	}
	f.Add([]byte("b''\"c'\n"), byte('\''), byte('\''), false, uint(99))

	f.Fuzz(func(t *testing.T, text []byte, delimiter, quote byte, backslash bool, columns uint) {
		d := dialect{delimiter: delimiter, quote: quote, escape: quote}
		if bytes.IndexByte([]byte("\r\n\x00\\"), delimiter) >= 0 || delimiter >= 0x80 ||
			bytes.IndexByte([]byte("\r\n\x00\\"), quote) >= 0 || columns > 1<<20 {
			return
		}
		if backslash {
			d.escape = '\\'
		}

		for _, whole := range []bool{false, true} {
			fast := &records{dialect: d, limits: Limits{Columns: int(columns)}, buffer: text,
				end: len(text), eof: whole}
			slow := *fast
			n, outcome := fast.split(text)
			wantN, wantOutcome := slow.splitQuoted(text, 0)
			if n != wantN || outcome != wantOutcome || !slices.Equal(fast.spans, slow.spans) ||
				outcome != recordEnded && fast.open != slow.open {
				t.Fatalf("split(%q, %q) = %d %d %v, want %d %d %v", text, d, n, outcome,
					fast.spans, wantN, wantOutcome, slow.spans)
			}
			for _, cell := range fast.spans {
				plain := cell.start == 0 || text[cell.start-1] != quote
				if plain && cell.end > cell.start && text[cell.end-1] == quote && !fast.stray {
					t.Fatalf("split(%q, %q): cell %v ends with a quote, and nothing says so", text,
						d, cell)
				}
			}
		}
	})
}

// FuzzCSV wants of any file: no panic, an end, row numbers that go up, lines that do not go down,
// good rows that are as wide as the header and contain nothing that nobody wrote; and the same rows
// again.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "id,n\n1,\"x\n2,y\n3,z\n",
		"a;b\r\n\"1\";\"2\"\"\"\r\n", "a,b\r1,2\r", "\xff\xfea\x00,\x00b\x00\n\x00",
		"id,F\xe4llig\n1,2\n",
		"a,b,c\n1,\"x,2\n2,y,3\n3,z\",4\n", "a\x00b", "\x1f\x8b", "PK\x03\x04",
		"a,b\n\"x\"y,1\n2,3\n", "sep=;\na;b\n1;2", "a|b\n'x'|'y'\n", "1,2\n3,4", "a,b\n\n,\n\x1a",
		"\f", "T\n# x\na,b\n,\n1,2",
		"\"a,\"\"b\"\",c\"\n\"1,\"\"x\ny\"\",3\";;\n", "a,b,c\n1,x,y\n2,x,1,250.00,\n",
		"a,b\n'1',2\n'x,y',\"z\"\n", "a,b,c\n1,x\\,y,2\n", "a,b\n1,2.50\n3,4.50\n5,6.5",
		"a,b,c\n" + strings.Repeat("1,2,3\n", 15) + strings.Repeat("4,5\n", 16) + "6,\"7\n8\""} {
		f.Add([]byte(seed), "", "")
	}
	path := filepath.Join(f.TempDir(), "fuzz.csv")
	f.Fuzz(func(t *testing.T, content []byte, delimiter, quote string) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := Open(path, Options{
			Delimiter: delimiter, Quote: quote, Limits: Limits{Unpacked: 1 << 20},
		})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz.csv: ") {
				t.Fatalf("Open(%q): the error does not begin with the name: %v", content, err)
			}
			return
		}
		defer table.Close()
		first := checkRows(t, table, content)
		if diff := cmp.Diff(first, checkRows(t, table, content)); diff != "" {
			t.Fatalf("second reading of %q differs (-first +second):\n%s", content, diff)
		}
		checkEvery(t, path, Options{
			Delimiter: delimiter, Quote: quote, Limits: Limits{Unpacked: 1 << 20}, Above: true,
			Blank: true,
		}, table)
	})
}

// checkEvery reads every record: those below the header and others between and above them.
func checkEvery(t *testing.T, path string, options Options, below *Table) {
	every, err := Open(path, options)
	if err != nil {
		return // encodings may differ in what is above the header
	}
	defer every.Close()
	numbers := map[int]bool{}
	for row := range every.Rows() {
		numbers[row.Number] = true
	}
	if every.Info().HeaderRow != below.Info().HeaderRow ||
		every.Info().Encoding != below.Info().Encoding {
		return
	}
	for row := range below.Rows() {
		if row.Number > 0 && !numbers[row.Number] {
			t.Fatalf("row %d is missing among all rows of %s", row.Number, path)
		}
	}
}

func checkRows(t *testing.T, table *Table, content []byte) []string {
	number, line := 0, 0
	text := string(content)
	invents := table.Info().Format == "csv" && !strings.Contains(text, "\ufffd") &&
		table.Info().Encoding == utf8Name
	for row, err := range table.Rows() {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			break
		}
		if row.Number <= number || len(row.Kinds) != len(row.Cells) {
			t.Fatalf("row %d after row %d of %q", row.Number, number, content)
		}
		number = row.Number
		if bad != nil {
			if bad.Row != row.Number || bad.Line <= line || bad.Message == "" {
				t.Fatalf("bad row %+v after line %d of %q", bad, line, content)
			}
			line = bad.Line
			continue
		}
		if len(row.Cells) != len(table.Header()) {
			t.Fatalf("row %d has %d cells, want %d, in %q", number, len(row.Cells),
				len(table.Header()), content)
		}
		for _, cell := range row.Cells {
			if invents && bytes.Contains(cell, []byte("\ufffd")) {
				t.Fatalf("row %d has an invented character in %q", number, content)
			}
		}
	}
	return rowLines(table)
}

// TestStrayQuotes puts one quote too many into a file, or takes one away. Whatever happens, a good
// row is one that was written, or the row with the quote with nothing else changed; and no row is
// missing unless something is reported.
func TestStrayQuotes(t *testing.T) {
	directory := t.TempDir()
	cell := rapid.SampledFrom([]string{"x", "pipe 5", "Acme, Inc.", "two\nlines", "", "a b",
		"say \"hi\"", "-3.50", "one, two\nthree, four"})
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(3, 5).Draw(t, "width")
		n := rapid.IntRange(1, 9).Draw(t, "rows")
		rows := make([][]string, n)
		var text bytes.Buffer
		writer := csv.NewWriter(&text)
		names := []string{"id", "b", "c", "d", "e"}
		writer.Write(names[:width])
		ends := make([]int, n)
		for i := range rows {
			rows[i] = append([]string{fmt.Sprint(1000 + i)},
				rapid.SliceOfN(cell, width-1, width-1).Draw(t, "cells")...)
			writer.Write(rows[i])
			writer.Flush()
			ends[i] = text.Len()
		}
		content := text.String()
		at := rapid.IntRange(len(strings.Join(names[:width], ","))+1, len(content)-1).Draw(t, "at")
		mutant := slices.IndexFunc(ends, func(end int) bool { return at < end })
		if content[at] == '"' && rapid.Bool().Draw(t, "remove") {
			content = content[:at] + content[at+1:]
		} else {
			content = content[:at] + `"` + content[at:]
		}
		path := filepath.Join(directory, "drawn.csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		checkMutant(t, path, rows, mutant, content)
	})
}

// checkMutant skips the neighbours of bad rows: a missing quote may have cut them, and an importer
// holds them too.
func checkMutant(t *rapid.T, path string, rows [][]string, mutant int, content string) {
	table, err := Open(path, Options{Delimiter: ",", Quote: `"`, Header: 1})
	if err != nil {
		return
	}
	defer table.Close()
	var read [][]string
	var bad []bool
	for row, err := range table.Rows() {
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = string(cell)
		}
		read, bad = append(read, cells), append(bad, err != nil)
	}
	next := 0
	for i, cells := range read {
		if bad[i] || i > 0 && bad[i-1] || i+1 < len(bad) && bad[i+1] {
			continue
		}
		from := next
		for next < len(rows) && !slices.Equal(rows[next], cells) &&
			!(next == mutant && sameButQuotes(rows[next], cells)) {
			next++
		}
		if next == len(rows) {
			t.Fatalf("row %q was not written, in %q", cells, content)
		}
		if next > from && !slices.Contains(bad[:i], true) {
			t.Fatalf("rows before %q are missing and nothing is reported, in %q", cells, content)
		}
		next++
	}
	if next < len(rows) && !slices.Contains(bad, true) {
		t.Fatalf("the last rows are missing and nothing is reported, in %q", content)
	}
}

func sameButQuotes(a, b []string) bool {
	return strings.ReplaceAll(strings.Join(a, "\x00"), `"`,
		"") == strings.ReplaceAll(strings.Join(b, "\x00"), `"`, "")
}
