package table

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/samples/secrets"

	"pgregory.net/rapid"
)

// writeFile gives the path of a new file.
func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readLines opens a file and gives a line for each row: its number, cells in brackets, and what is
// wrong with it.
func readLines(t *testing.T, path string, options Options) []string {
	t.Helper()
	table, err := Open(path, options)
	if err != nil {
		secrets.Check(t, path, err.Error())
		return []string{"error: " + err.Error()}
	}
	defer table.Close()
	secrets.Check(t, path, table.Info().Warnings...)
	lines := rowLines(table)
	for _, line := range lines {
		if _, message, bad := strings.Cut(line, " bad: "); bad {
			secrets.Check(t, path, message)
		}
	}
	return append([]string{fmt.Sprintf("%d %s", table.Info().HeaderRow, bracketed(table.Header()))},
		lines...)
}

func rowLines(table *Table) []string {
	var lines []string
	for row, err := range table.Rows() {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			return append(lines, "error: "+err.Error())
		}
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = string(cell)
			if (row.Kinds[i] == Empty) != (len(cell) == 0) {
				cells[i] += " of a wrong kind"
			}
		}
		line := fmt.Sprintf("%d %s", row.Number, bracketed(cells))
		if bad != nil {
			line = fmt.Sprintf("%d line %d bad: %s", bad.Row, bad.Line, bad.Message)
		}
		lines = append(lines, line)
	}
	return lines
}

func bracketed(cells []string) string {
	return "[" + strings.Join(cells, "][") + "]"
}

func TestReadsText(t *testing.T) {
	tests := []struct {
		name, text string
		options    Options
		want       []string
	}{
		{"plain", "a,b\n1,2\n", Options{}, []string{"1 [a][b]", "2 [1][2]"}},
		{"without a line end at the end", "a,b\n1,2", Options{}, []string{"1 [a][b]", "2 [1][2]"}},
		{"CRLF", "a,b\r\n1,2\r\n", Options{}, []string{"1 [a][b]", "2 [1][2]"}},
		{"CR", "a,b\r1,2\r3,4", Options{}, []string{"1 [a][b]", "2 [1][2]", "3 [3][4]"}},
		{"mixed line ends", "a,b\r\n1,2\n3,4\r5,6", Options{},
			[]string{"1 [a][b]", "2 [1][2]", "3 [3][4]", "4 [5][6]"}},
		{"blank lines count and are no rows", "a,b\n\n1,2\n , \n\t\n3,4\n", Options{},
			[]string{"1 [a][b]", "3 [1][2]", "6 [3][4]"}},
		{"what stands above the header on demand, behind the header as it is used",
			"Title\n,\na,b\n1,2\n", Options{Above: true},
			[]string{"3 [a][b]", "1 [Title]", "3 [a][b]", "4 [1][2]"}},
		{"blank rows on demand", "a,b\n,\n1,2\n", Options{Blank: true},
			[]string{"1 [a][b]", "2 [][]", "3 [1][2]"}},
		{"a line break within a cell does not count", "a,b\n1,\"x\ny\"\n2,z\n", Options{},
			[]string{"1 [a][b]", "2 [1][x\ny]", "3 [2][z]"}},
		{"CRLF within a cell is kept", "a,b\r\n1,\"x\r\ny\"\r\n", Options{},
			[]string{"1 [a][b]", "2 [1][x\r\ny]"}},
		{"quotes within quotes", "a,b\n1,\"say \"\"hi\"\"\"\n", Options{},
			[]string{"1 [a][b]", "2 [1][say \"hi\"]"}},
		{"empty in quotes", "a,b\n\"\",\"\"\"\"\n", Options{}, []string{"1 [a][b]", "2 [][\"]"}},
		{"quotes within an unquoted cell are text", "a,b\n1,5\" pipe\n", Options{},
			[]string{"1 [a][b]", "2 [1][5\" pipe]"}},
		{"blanks around quotes", "a,b\n1, \"x, y\" \n", Options{},
			[]string{"1 [a][b]", "2 [1][x, y]"}},
		{"a blank and a stray quote", "a,b\n1, \"x\n2,y\n", Options{},
			[]string{"1 [a][b]", "2 [1][ \"x]", "3 [2][y]"}},
		{"semicolons", "a;b\n1,5;2,5\n", Options{}, []string{"1 [a][b]", "2 [1,5][2,5]"}},
		{"tabs", "a\tb\n1,5\t2;5\n", Options{}, []string{"1 [a][b]", "2 [1,5][2;5]"}},
		{"pipes", "a|b\n1|2\n", Options{}, []string{"1 [a][b]", "2 [1][2]"}},
		{"a line that names the delimiter", "sep=;\na;b\n1;2\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]"}},
		{"a delimiter by setting", "a,x;b\n1;2\n", Options{Delimiter: ";"},
			[]string{"1 [a,x][b]", "2 [1][2]"}},
		{"one column", "name\nAnn\nBob\n", Options{}, []string{"1 [name]", "2 [Ann]", "3 [Bob]"}},
		{"a comma in one column is no delimiter to drop", "foo\n12,5\n5\n", Options{},
			[]string{"1 [foo]", "2 line 2 bad: the row has 2 cells, the header has 1", "3 [5]"}},
		{"headings are trimmed", " a , b\u00a0\n1,2\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]"}},
		{"cells are not trimmed", "a,b\n 1 ,2 \n", Options{}, []string{"1 [a][b]", "2 [ 1 ][2 ]"}},
		{"a byte order mark", "\xef\xbb\xbfa,b\n1,2\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]"}},
		{"two byte order marks", "\xef\xbb\xbf\xef\xbb\xbfa,b\n1,2\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]"}},
		{"a mark before a quote", "\xef\xbb\xbf\"a\",b\n1,2\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]"}},
		{"short and long rows", "a,b,c\n1,2\n1,2,3\n1,2,3,4\n", Options{}, []string{"1 [a][b][c]",
			"2 line 2 bad: the row has 2 cells, the header has 3", "3 [1][2][3]",
			"4 line 4 bad: the row has 4 cells, the header has 3"}},
		{"the line of a bad row below a long cell", "a,b\n1,\"x\n\ny\"\n3\n", Options{},
			[]string{"1 [a][b]", "2 [1][x\n\ny]",
				"3 line 5 bad: the row has 1 cell, the header has 2"}},
		{"a surplus delimiter in every row", "a,b\n1,2,\n3,4,\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]", "3 [3][4]"}},
		{"several surplus delimiters in every row", "a,b\n1,2,,,\n3,4,,,\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]", "3 [3][4]"}},
		{"a value behind several surplus delimiters", "a,b\n1,2,,\n3,4,,\n" +
			strings.Repeat("5,6,,\n", 60) + "7,8,,9\n", Options{},
			append(append([]string{"1 [a][b]", "2 [1][2]", "3 [3][4]"},
				numbered(4, 60, "[5][6]")...),
				"64 line 64 bad: the row has a value in cell D, after the last column of the "+
					"header")},
		{"a number in halves, and surplus delimiters", "a,b\n1,250.00,,\n3,699.00,,\n", Options{},
			[]string{"1 [a][b]",
				"2 line 2 bad: the row has 4 cells, the header has 2; cells A and B look like " +
					"one number: put numbers that hold a comma in quotes; if they are two cells, " +
					"end the header with a comma, too",
				"3 line 3 bad: the row has 4 cells, the header has 2; cells A and B look like " +
					"one number: put numbers that hold a comma in quotes; if they are two cells, " +
					"end the header with a comma, too"}},
		{"a row without the surplus delimiter", "a,b\n1,2,\n3,4,\n5,6,\n" +
			strings.Repeat("7,8,\n", 60) + "9,10\n", Options{Header: 1},
			append(append([]string{"1 [a][b]", "2 [1][2]", "3 [3][4]", "4 [5][6]"},
				numbered(5, 60, "[7][8]")...),
				"65 line 65 bad: the row has 2 cells, the header has 3")},
		{"one row with a cell too many is no rule", "a,b\n1,2,\n", Options{},
			[]string{"1 [a][b]", "2 line 2 bad: the row has 3 cells, the header has 2"}},
		{"a surplus delimiter in the header", "a,b,\n1,2\n3,4\n", Options{},
			[]string{"1 [a][b][]", "2 [1][2][]", "3 [3][4][]"}},
		{"comments by setting", "# x\"y\na,b\n#,z\n1,2\n", Options{Comment: "#"},
			[]string{"2 [a][b]", "4 [1][2]"}},
		{"comments without a setting", "a,b\n# note\n1,2\n", Options{}, []string{"1 [a][b]",
			"2 line 2 bad: the row has 1 cell, the header has 2; if lines that begin with # are " +
				"comments, set `comment: \"#\"`", "3 [1][2]"}},
		{"a list with rulers", "Open items\n----------\n|a|b|\n|---|:--:|\n|1|2|\n-----\n|-|-|\n",
			Options{}, []string{"3 [][a][b][]", "5 [][1][2][]", "7 [][-][-][]"}},
		{"a ruler of cells", "a,b\n---,---\n1,2\n", Options{}, []string{"1 [a][b]", "3 [1][2]"}},
		{"dashes that are a cell", "a,b\n---,x\n--,--\n", Options{},
			[]string{"1 [a][b]", "2 [---][x]", "3 [--][--]"}},
		{"NUL within", "a,b\n1,\x00\n2,3\n", Options{}, []string{"1 [a][b]",
			"2 line 2 bad: the row holds a NUL byte: the file is damaged here", "3 [2][3]"}},
		{"NUL and ^Z at the end", "a,b\n1,2\n\x1a\x00\x00", Options{},
			[]string{"1 [a][b]", "2 [1][2]"}},
		{"two files in one", "a,b\n1,2\n\xef\xbb\xbfa,b\n3,4\n", Options{},
			[]string{"1 [a][b]", "2 [1][2]",
				"3 line 3 bad: the row begins with a byte order mark: a second file was " +
					"appended here",
				"4 [3][4]"}},
		{"the header again", "a,b\n1,2\na,b\n3,4\n", Options{}, []string{"1 [a][b]", "2 [1][2]",
			"3 line 3 bad: the row repeats the header: several exports were joined into one file",
			"4 [3][4]"}},
		{"single quotes", "a|b\n'x|y'|'it''s'\n", Options{}, []string{"1 [a][b]", "2 [x|y][it's]"}},
		{"apostrophes are not quotes", "a|b\n'tis|x\n'y'|z\n", Options{},
			[]string{"1 [a][b]", "2 ['tis][x]", "3 ['y'][z]"}},
		{"backslash escapes", "a,b\n1,\"say \\\"hi\\\", \\\\o\"\n", Options{},
			[]string{"1 [a][b]", "2 [1][say \"hi\", \\o]"}},
		{"a backslash before a closing quote is text", "a,b\n1,\"C:\\\"\n2,\"x\"\n", Options{},
			[]string{"1 [a][b]", "2 [1][C:\\]", "3 [2][x]"}},
		{"no quotes by setting", "a,b\n\"1,2\"\n", Options{Quote: "none"},
			[]string{"1 [a][b]", "2 [\"1][2\"]"}},
		{"one column with a stray quote", "name\n\"Ann, B\"\n\"two\nlines\"\n\"x\"\"y\"\n\"z\"z\n",
			Options{}, []string{"1 [name]", "2 [Ann, B]", "3 [two\nlines]", "4 [x\"y]",
				"5 line 6 bad: " + messageBroken}},
		{"a broken header", "a,\"b\"x\n1,2\n3,4\n", Options{Quote: `"`},
			[]string{"error: june.csv: row 1, the header: " + messageBroken}},
		{"a delimiter by the names of the header", "a b,c;d e\nx y,z;u v\n",
			Options{HeaderNames: []string{"d e"}}, []string{"1 [a b,c][d e]", "2 [x y,z][u v]"}},
		{"a control character by setting", "a\x01b\n1\x012\n", Options{Delimiter: "\x01"},
			[]string{"1 [a][b]", "2 [1][2]"}},
		{"invalid bytes where the setting says UTF-8", "a,b\n1,M\xfc\n2,ü\n",
			Options{Encoding: "utf-8"}, []string{"1 [a][b]",
				"2 line 2 bad: the row holds bytes that are not UTF-8: the file is " +
					"damaged here, or " +
					"has another encoding", "3 [2][ü]"}},
		{"an undefined byte of a code page", "a,b\n1,\x81\n2,\x80\n", Options{Encoding: "cp1252"},
			[]string{"1 [a][b]",
				"2 line 2 bad: the row holds bytes that the encoding does not have: the file is " +
					"damaged here, or has another encoding", "3 [2][€]"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readLines(t, writeFile(t, "june.csv", test.text), test.options)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows of %q (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func numbered(from, n int, cells string) []string {
	var lines []string
	for i := range n {
		lines = append(lines, fmt.Sprintf("%d %s", from+i, cells))
	}
	return lines
}

func TestRecordsThatLie(t *testing.T) {
	const lines = "each of them is a row of its own"
	tests := []struct {
		name, text string
		want       []string // bad ones end with a part of the message
	}{
		{"text behind a closing quote", "id,b\n\"x\",1\n\"y\"z,2\n\"w\",3\n",
			[]string{"1 [id][b]", "2 [x][1]", "3 line 3 bad: followed by text", "4 [w][3]"}},
		{"unescaped quotes, the cell closes later in the line",
			"id,b,c\n1,\"say \"hi\" there\",x\n2,y,z\n",
			[]string{"1 [id][b][c]", "2 line 2 bad: followed by text", "3 [2][y][z]"}},
		{"unescaped quotes in a cell of two lines", "id,b,c\n1,\"say \"hi\" to\n2,y,z\n" +
			"all\",x\n3,v,w\n", []string{"1 [id][b][c]", "2 line 2 bad: followed by text",
			"3 [3][v][w]"}},
		{"a stray quote, nothing closes it", "id,b\n1,\"x\n2,y\n3,z\n",
			[]string{"1 [id][b]", "2 line 2 bad: does not close it", "3 [2][y]", "4 [3][z]"}},
		{"a stray quote, the next quote opens another cell", "id,b\n1,\"x\n2,y\n3,\"z\"\n",
			[]string{"1 [id][b]", "2 line 2 bad: does not close it", "3 [2][y]", "4 [3][z]"}},
		{"a stray quote, a stray quote closes it", "id,b,c\n1,\"x,2\n2,y,3\n3,z\",4\n4,w,5\n",
			[]string{"1 [id][b][c]", "2 line 2 bad: " + lines, "3 line 3 bad: " + lines,
				"4 line 4 bad: " + lines, "5 [4][w][5]"}},
		{"an address of two lines", "id,b\n1,\"Main St\nBerlin, Germany\"\n2,z\n",
			[]string{"1 [id][b]", "2 [1][Main St\nBerlin, Germany]", "3 [2][z]"}},
		{"cut within quotes", "id,b\n1,x\n2,\"-25", []string{"1 [id][b]", "2 [1][x]",
			"error: june.csv: line 3: a quoted cell begins here and does not end"}},
		{"cut within a cell of several lines", "id,b\n1,x\n2,\"one\ntwo\nthree",
			[]string{"1 [id][b]", "2 [1][x]",
				"error: june.csv: line 3: a quoted cell begins here and does not end"}},
		{"cut within an escaped quote", "id,b\n1,x\n2,\"one\"\"",
			[]string{"1 [id][b]", "2 [1][x]",
				"error: june.csv: line 3: a quoted cell begins here and does not end"}},
		{"cut between cells", "id,b,c\n1,x,y\n2,", []string{"1 [id][b][c]", "2 [1][x][y]",
			"3 line 3 bad: the row has 2 cells, the header has 3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readLines(t, writeFile(t, "june.csv", test.text), Options{Quote: `"`})
			for i := range min(len(got), len(test.want)) {
				want := test.want[i]
				place, message, isBad := strings.Cut(want, "bad: ")
				if got[i] == want || strings.HasPrefix(want, "error: ") &&
					strings.HasPrefix(got[i], want) ||
					isBad && strings.HasPrefix(got[i], place) && strings.Contains(got[i], message) {
					got[i] = want
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows of %q (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

// TestRecordsAtBufferEnds moves every kind of record over the end of the buffer, byte by byte.
func TestRecordsAtBufferEnds(t *testing.T) {
	const tail = "1,\"x\r\n\"\"y\"\"\",z\r\n2,\"b\"c,d\r\n3,é,\"f\"\r\n"
	want := []string{"2 [0][pad][pad]", "3 [1][x\r\n\"y\"][z]", "4 line 5 bad: " + messageBroken,
		"5 [3][é][f]"}
	for shift := range 60 {
		pad := strings.Repeat("p", bufferSize-shift-len("a,b,c\r\n0,,pad\r\n"))
		path := writeFile(t, "june.csv", "a,b,c\r\n0,"+pad+",pad\r\n"+tail)
		got := readLines(t, path, Options{})
		got[1] = strings.ReplaceAll(got[1], pad, "pad")
		if diff := cmp.Diff(want, got[1:]); diff != "" {
			t.Fatalf("shifted by %d (-want +got):\n%s", shift, diff)
		}
	}
}

func TestRowsStartAnew(t *testing.T) {
	table, err := Open(writeFile(t, "june.csv", "a,b\n1,2\n3,4\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	for range table.Rows() {
		break
	}
	first, second := rowLines(table), rowLines(table)
	if diff := cmp.Diff(first, second); diff != "" || len(first) != 2 {
		t.Errorf("second reading differs (-first +second):\n%s", diff)
	}
}

// TestExcerpt wants the row as written in the file, even if its cells are unescaped in place.
func TestExcerpt(t *testing.T) {
	table, err := Open(writeFile(t, "june.csv", "id,b,c\n\"\"\"1\"\"\",2\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	for row, err := range table.Rows() {
		var bad *RowError
		if want := "\"\"\"1\"\"\",2"; !errors.As(err, &bad) || bad.Excerpt != want ||
			string(row.Cells[0]) != `"1"` {
			t.Errorf("got %q, %+v, want the excerpt %s", row.Cells, bad, want)
		}
	}
}

func TestChangedWhileRead(t *testing.T) {
	path := writeFile(t, "june.csv", "a,b\n1,2\n3,4\n")
	table, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(file, "5,6\n")
	file.Close()
	got := rowLines(table)
	want := "error: june.csv: was changed while it was read: start again"
	if got[len(got)-1] != want {
		t.Errorf("got %q, want %q at the end", got, want)
	}
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("x", 1000)
	tests := []struct {
		name, text string
		limits     Limits
		want       string // of the last line
	}{
		{"a long cell", "a,b\n1," + long + "\n", Limits{Cell: 999},
			"2 line 2 bad: cell B is longer than 999 bytes"},
		{"a long row", "a,b\n1," + strings.Repeat(long, 600) + "\n", Limits{Row: 1 << 10},
			"error: june.csv: line 2: the row is longer than 1 KiB"},
		{"many cells", "a,b\n1,2,3,4\n", Limits{Columns: 3},
			"2 line 2 bad: the row has more than 3 cells"},
		{"many columns", "a,b,c,d\n1,2,3,4\n", Limits{Columns: 3},
			"error: june.csv: row 1, the header: the row has more than 3 cells"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readLines(t, writeFile(t, "june.csv", test.text), Options{Limits: test.limits})
			if last := got[len(got)-1]; !strings.HasPrefix(last, test.want) {
				t.Errorf("got %.200q, want %q", last, test.want)
			}
		})
	}
}

// TestFindsMarks draws lines in a buffer that goes on with marks behind them, or that ends there.
func TestFindsMarks(t *testing.T) {
	letters := []rune(",;-.\"\x00\x01\x7f\u00ac\u00ad\t#!'\r\n")
	rapid.Check(t, func(t *rapid.T) {
		line := []byte(rapid.StringOfN(rapid.RuneFrom(letters), 0, 200, -1).Draw(t, "line"))
		behind := rapid.IntRange(0, 70).Draw(t, "behind")
		line = append(line, bytes.Repeat([]byte(",\""), behind)...)[:len(line)]
		line = line[: len(line) : len(line)+2*behind]
		d := dialect{
			delimiter: rapid.SampledFrom([]byte(",;\t\x01\xac")).Draw(t, "delimiter"),
			quote:     rapid.SampledFrom([]byte("\"'\xad")).Draw(t, "quote"),
		}

		var want []uint32
		for i, c := range line {
			if c == d.delimiter || c == d.quote {
				want = append(want, uint32(i))
			}
		}
		want = append(want, uint32(len(line)), uint32(len(line)))
		r := records{dialect: d, marks: []uint32{1, 2, 3}}
		if r.findMarks(line); !slices.Equal(r.marks, want) {
			t.Fatalf("findMarks(%q, %q, %q) = %d, want %d", line, d.delimiter, d.quote, r.marks,
				want)
		}

		begin := rapid.IntRange(0, len(line)).Draw(t, "begin")
		end := len(line)
		if n := bytes.IndexAny(line[begin:], string(rune(d.delimiter))+"\r\n"); n >= 0 {
			end = begin + n
		}
		if got := plainEnd(line, begin, d.delimiter); d.delimiter < 0x80 && got != end {
			t.Fatalf("plainEnd(%q, %d, %q) = %d, want %d", line, begin, d.delimiter, got, end)
		}
	})
}
