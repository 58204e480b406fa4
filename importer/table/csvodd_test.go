package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// numberedRows writes n rows below a header of four columns, some of them changed.
func numberedRows(n int, changed map[int]string) string {
	var text strings.Builder
	text.WriteString("Id,Name,Total,Day\n")
	for i := 1; i <= n; i++ {
		row, ok := changed[i]
		if !ok {
			row = fmt.Sprintf("R-%d,Name %d,%d.50,2026-11-02", i, i, i)
		}
		text.WriteString(row + "\n")
	}
	return text.String()
}

// TestQuotesAreSettledByTheWholeFile wants only the double quote where a single odd cell is the
// only reason for another, wherever the cells are that disprove it.
func TestQuotesAreSettledByTheWholeFile(t *testing.T) {
	late := func(n int, first string) string {
		changed := map[int]string{3: first}
		for i := n - 50; i <= n; i++ {
			changed[i] = fmt.Sprintf("\"R-%d\",\"Name, %d\",%d.50,2026-11-02", i, i, i)
		}
		return numberedRows(n, changed)
	}
	all := func(n int, row string) map[int]string {
		changed := map[int]string{}
		for i := 1; i <= n; i++ {
			changed[i] = fmt.Sprintf(row, i)
		}
		return changed
	}
	tests := []struct {
		name, text string
		quote      string // as Info has it; "": the file is a question
		rows       int    // good ones
		bad        string // the bad rows, with a part of each message
		cell       string // the first cell of the last row
		warning    string // a part of one of the warnings
	}{
		{"one cell in apostrophes, double quotes after row 200",
			late(300, "R-3,'Special',3.50,2026-11-02"), `"`, 300, "", "R-300",
			"cells in single quotes (1, the first in row 4)"},
		{"one cell in apostrophes that holds a comma, double quotes later",
			late(300, "R-3,'Special, too',3.50,2026-11-02"), `"`, 299, "4 cells", "R-300", ""},
		{"one quote that is not closed, double quotes later",
			late(300, "R-3,\"Special,3.50,2026-11-02"), `"`, 299, "4 does not close it",
			"R-300", ""},
		{"one quote that is not closed, nothing else quoted",
			numberedRows(300, map[int]string{3: "R-3,\"Special,3.50,2026-11-02"}), `"`, 299,
			"4 does not close it", "R-300", ""},
		{"two quotes that are not closed", numberedRows(300,
			map[int]string{3: "R-3,\"Special,3.50,2026-11-02", 70: "R-70,\"x,3.50,2026-11-02"}),
			`"`, 298, "4 does not close it, 71 does not close it", "R-300", ""},
		{"inch marks, one of them first in its cell", numberedRows(300,
			map[int]string{
				3: "R-3,5\" pipe,3.50,2026-11-02", 9: "R-9,\"long pipe,3.50,2026-11-02",
			}), "none", 300, "", "R-300", "double quotes are read as text"},
		{"quoted words first in their cells", numberedRows(300,
			map[int]string{3: "R-3,\"Ann\" Lee,3.50,2026-11-02"}), "none", 300, "", "R-300",
			"double quotes are read as text"},
		{"quoted words first in their cells, double quotes later",
			late(300, "R-3,\"Ann\" Lee,3.50,2026-11-02"), `"`, 299, "4 followed by text",
			"R-300", ""},
		{"quoted words first in their cells, ids in double quotes later",
			numberedRows(300, func() map[int]string {
				changed := map[int]string{3: "R-3,\"Ann\" Lee,3.50,2026-11-02"}
				for i := 250; i <= 300; i++ {
					changed[i] = fmt.Sprintf("\"R-%d\",Name,3.50,2026-11-02", i)
				}
				return changed
			}()), `"`, 299, "4 followed by text", "R-300", ""},
		{"all texts in single quotes",
			numberedRows(300, all(300, "'R-%d','Name, x',3.50,2026-11-02")), "'", 300, "", "R-300",
			"single quotes around cells are not read as part of them"},
		{"all texts in single quotes, one of them not closed",
			numberedRows(300, func() map[int]string {
				changed := all(300, "'R-%d','Name',3.50,2026-11-02")
				changed[250] = "'R-250','Name,3.50,2026-11-02"
				return changed
			}()), "'", 299, "251 does not close it", "R-300", ""},
		{"single quotes where a cell needs them", numberedRows(300,
			map[int]string{
				3: "R-3,'Lee, Ann',3.50,2026-11-02", 299: "R-299,'it''s',3.50,2026-11-02",
			}), "'", 300, "", "R-300", ""},
		{"ids in single quotes in a third of the rows", numberedRows(300, func() map[int]string {
			changed := all(100, "'R-%d',Name,3.50,2026-11-02")
			return changed
		}()), "", 0, "", "", ""},
		{"most ids in single quotes", "Id,Total,Day\n" + strings.Repeat("'A1',5.00,2026-11-02\n",
			60) + strings.Repeat("B1,5.00,2026-11-02\n", 40), "", 0, "", "", ""},
		{"numbers without quotes among texts in quotes", "Id,Total,Day\n" +
			strings.Repeat("'A1',5.00,2026-11-02\n", 60) +
			strings.Repeat("17,5.00,2026-11-02\n", 20), "'", 80, "", "17", ""},
		{"ids in single quotes, and then in double ones", "Id,Total,Day\n" +
			strings.Repeat("'A1',5.00,2026-11-02\n", 250) +
			strings.Repeat("\"B1\",5.00,2026-11-02\n", 250), "", 0, "", "", ""},
		{"all ids in single quotes, one double quote", "Id,Total,Name\n" +
			strings.Repeat("'A1',5.00,x\n", 250) + "'A1',5.00,\"y\"\n", "", 0, "", "", ""},
		{"everything in single quotes, with double quotes around words", "'Id','Total','Name'\n" +
			strings.Repeat("'A1','5.00','a,\"b\",\"c\"'\n", 30) + "'A2','5.00','\"x\"'\n",
			"'", 31, "", "A2", ""},
		{"everything in single quotes, and a cell in double ones", "'Id','Total','Name'\n" +
			strings.Repeat("'A1','5.00','x'\n", 30) + "'A2','5.00',\"y\"\n", `"`, 31, "", "'A2'", ""},
		{"ids in single quotes from row 250 on", numberedRows(300, func() map[int]string {
			changed := map[int]string{}
			for i := 250; i <= 300; i++ {
				changed[i] = fmt.Sprintf("'R-%d',Name,3.50,2026-11-02", i)
			}
			return changed
		}()), `"`, 300, "", "'R-300'", "cells in single quotes (51, the first in row 251)"},
		{"a balanced quote at the end of a cell, in a column of numbers",
			numberedRows(300, map[int]string{30: "R-30,see \"10\",n/a \"x\",2026-11-02"}), `"`, 300,
			"", "R-300", ""},
		{"a cell that is closed and never opened", numberedRows(300,
			map[int]string{30: "R-30,x,all of it\",2026-11-02"}), `"`, 299, "31 no quote opens",
			"R-300", ""},
		{"backslashes before commas", numberedRows(300,
			map[int]string{
				3: "R-3,Lee\\, Ann,3.50,2026-11-02", 250: "R-250,a\\\\b\\, c,3.50,2026-11-02",
			}), `"\`, 300, "", "R-300", ""},
		{"backslashes before commas from row 250 on", numberedRows(300,
			map[int]string{250: "R-250,Lee\\, Ann,3.50,2026-11-02"}), `"`, 299,
			"251 set `escape: \\`", "R-300", ""},
		{"paths that end with a backslash", numberedRows(300,
			map[int]string{3: "R-3,C:\\,3.50,2026-11-02", 4: "R-4,x,3,50,2026-11-02"}), `"`, 299,
			"5 cells", "R-300", ""},
		{"a line in quotes after row 200", numberedRows(300,
			map[int]string{250: "\"R-250,\"\"Lee, Ann\"\",3.50,2026-11-02\""}), `"`, 299,
			"251 the whole line is in quotes", "R-300", ""},
	}
	for _, test := range tests {
		for _, format := range []struct {
			name   string
			change func(string) string
		}{
			{"", func(text string) string { return text }},
			{" with CRLF and a mark", func(text string) string {
				return "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")
			}},
		} {
			t.Run(test.name+format.name, func(t *testing.T) {
				table, err := Open(writeFile(t, "june.csv", format.change(test.text)), Options{})
				var ambiguous *AmbiguousError
				if test.quote == "" {
					if !errors.As(err, &ambiguous) || len(ambiguous.Readings) != 2 {
						t.Errorf("got %v, want a question with two answers", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				defer table.Close()
				good, bad, cell := 0, []string{}, ""
				for row, err := range table.Rows() {
					if err != nil {
						bad = append(bad, err.Error())
						continue
					}
					good++
					cell = string(row.Cells[0])
				}
				info := table.Info()
				if info.Quote != test.quote || good != test.rows || cell != test.cell {
					t.Errorf("got quote %s, %d rows, %q in the last one; want %s, %d, %q; "+
						"bad rows %q", info.Quote, good, cell, test.quote, test.rows,
						test.cell, bad)
				}
				wanted := slices.DeleteFunc(strings.Split(test.bad, ", "), func(part string) bool {
					return part == ""
				})
				for i, part := range wanted {
					row, message, _ := strings.Cut(part, " ")
					if i >= len(bad) || !strings.HasPrefix(bad[i], row+": ") &&
						test.bad != "4 cells" && test.bad != "5 cells" ||
						!strings.Contains(bad[i], message) {
						t.Errorf("bad rows %q, want %q", bad, test.bad)
					}
				}
				if len(bad) != len(wanted) {
					t.Errorf("bad rows %q, want %q", bad, test.bad)
				}
				if test.warning != "" && !strings.Contains(strings.Join(info.Warnings, "\n"),
					test.warning) {
					t.Errorf("warnings %q, want %q", info.Warnings, test.warning)
				}
			})
		}
	}
}

func TestLinesInQuotes(t *testing.T) {
	tests := []struct {
		name, text string
		options    Options
		want       []string
	}{
		{"every line", "\"a,\"\"b\"\",c\"\n\"1,\"\"x, y\"\",3\"\n", Options{},
			[]string{"1 [a][b][c]", "2 [1][x, y][3]"}},
		{"every line, with the delimiters of empty cells", "\"a,b,c\";;\r\n\"1,2,3\";;\r\n",
			Options{}, []string{"1 [a][b][c]", "2 [1][2][3]"}},
		{"every line that has a quote", "a,b,c\n0,w,3\n\"1,\"\"x, y\"\",3\"\n", Options{},
			[]string{"1 [a][b][c]", "2 [0][w][3]", "3 [1][x, y][3]"}},
		{"a cell of two lines", "\"a,\"\"b\"\",c\"\n\"1,\"\"x\"\n\"y\"\",3\"\n\"2,z,4\"\n",
			Options{}, []string{"1 [a][b][c]", "2 [1][x\ny][3]", "3 [2][z][4]"}},
		{"a line break within the quotes", "\"a,\"\"b\"\",c\"\n\"1,\"\"x\ny\"\",3\"\n", Options{},
			[]string{"1 [a][b][c]", "2 [1][x\ny][3]"}},
		{"semicolons", "\"a;b;c\"\n\"1;x, y;3\"\n", Options{},
			[]string{"1 [a][b][c]", "2 [1][x, y][3]"}},
		{"two columns that a mapping needs", "\"a,b\"\n\"1,2\"\n",
			Options{Needs: [][]string{{"b"}}}, []string{"1 [a][b]", "2 [1][2]"}},
		{"a column of names", "name\n\"Lee, Ann\"\n\"Ray, Bob\"\n", Options{},
			[]string{"1 [name]", "2 [Lee, Ann]", "3 [Ray, Bob]"}},
		{"a cell of two lines, the second of which looks like a line in quotes",
			"a;b;c;d\nk;\"\n\";;\nk,;\"\n\";;\n", Options{Delimiter: ";"},
			[]string{"1 [a][b][c][d]", "2 [k][\n][][]", "3 [k,][\n][][]"}},
		{"cells in quotes", "\"a, b\",\"c\"\n\"1, 2\",\"3\"\n", Options{},
			[]string{"1 [a, b][c]", "2 [1, 2][3]"}},
		{"a line that is not closed", "\"a,b,c\"\n" + strings.Repeat("\"1,2,3\"\n", 30) +
			"\"4,\"\"x\"\",6\n7,8,9\n", Options{},
			slices.Concat([]string{"1 [a][b][c]"}, numbered(2, 30, "[1][2][3]"),
				[]string{"32 line 32 bad: " + messageOpen, "33 [7][8][9]"})},
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

// TestReadsLinesInQuotes draws tables, writes them, and encloses every line in quotes.
func TestReadsLinesInQuotes(t *testing.T) {
	directory := t.TempDir()
	cell := rapid.SampledFrom([]string{"x", "Lee, Ann", "say \"hi\"", "", "5\" pipe", "two\nlines",
		"-3.50"})
	rapid.Check(t, func(t *rapid.T) {
		rows := [][]string{{"id", "name", "total"}}
		for i := range rapid.IntRange(1, 9).Draw(t, "rows") {
			rows = append(rows, []string{fmt.Sprintf("r%d", i), cell.Draw(t, "name"),
				cell.Draw(t, "total")})
		}
		var text strings.Builder
		for _, row := range rows {
			var line bytes.Buffer
			writer := csv.NewWriter(&line)
			_ = writer.Write(row)
			writer.Flush()
			text.WriteString(`"` + strings.ReplaceAll(strings.TrimSuffix(line.String(), "\n"), `"`,
				`""`) + "\"\n")
		}
		path := filepath.Join(directory, "drawn.csv")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		header, got, err := readAllRows(path, Options{Header: 1})
		if diff := cmp.Diff(rows[1:], got); diff != "" || err != nil ||
			!slices.Equal(rows[0], header) {
			t.Fatalf("read %q: header %q, error %v, rows (-want +got):\n%s", text.String(), header,
				err, diff)
		}
	})
}

func TestNumbersInTwoCells(t *testing.T) {
	const header = "id,mail,total,notes\n"
	rows := func(n int, row string) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, row+"\n", i+1)
		}
		return text.String()
	}
	needs := [][]string{{"id"}, {"total"}}
	const halves = "cells C and D look like one number"
	tests := []struct {
		name, text string
		needs      [][]string
		good       int
		bad        int
		message    string // a part of the message of every bad row
	}{
		{"thousands, before an empty cell", header + rows(3, "A%d,m,1,250.00,"), needs, 0,
			3, halves},
		{"thousands, without a mapping", header + rows(3, "A%d,m,1,250.00,"), nil, 0, 3, halves},
		{"thousands, before a note", header + rows(3, "A%d,m,1,250.00,x"), needs, 0, 3, halves},
		{"thousands in some rows", header + rows(3, "A%d,m,1,250.00,") + rows(3, "B%d,m,950.00,"),
			needs, 3, 3, halves},
		{"millions", header + rows(3, "A%d,m,1,250,000.00,"), needs, 0, 3, halves},
		{"decimals", header + rows(3, "A%d,m,12,50,"), needs, 0, 3, halves},
		{"one decimal", header + rows(3, "A%d,m,12,5,"), needs, 0, 3, halves},
		{"one decimal or two", header + rows(3, "A%d,m,12,5,") + rows(3, "A%d,m,12,75,"), needs, 0,
			6, halves},
		{"one decimal, without a mapping", header + rows(3, "A%d,m,12,5,"), nil, 3, 0, ""},
		{"whole numbers that the mapping uses", "id,qty,days,total\n" + rows(3, "A%d,1,5,9.50,"),
			append(needs, []string{"qty"}, []string{"days"}), 3, 0, ""},
		{"decimals of thousands", header + rows(3, "A%d,m,1.212,50,"), needs, 0, 3, halves},
		{"negative thousands and a currency", header + rows(3, "A%d,m,-$1,250.00 USD,"), needs, 0,
			3, halves},
		{"two cells, the header ends as the rows do",
			"id,mail,qty,price,\n" + rows(3, "A%d,m,1,250.00,"), needs, 3, 0, ""},
		{"a delimiter too many, no halves", header + rows(3, "A%d,m,5.00,x,"), needs, 3, 0, ""},
		{"a delimiter too many, halves in some rows",
			header + rows(3, "A%d,m,1,250.00,") + rows(1, "B%d,m,7,x,"), needs, 4, 0, ""},
		{"quoted", header + rows(3, "A%d,m,\"1\",\"250.00\","), needs, 3, 0, ""},
		{"the empty cell left out", header + rows(3, "A%d,m,1,250.00"), needs, 0, 3, halves},
		{"the empty cell left out, decimals", header + rows(3, "A%d,m,12,05"), needs, 0, 3, halves},
		{"two cells that the mapping uses", header + rows(3, "A%d,m,1,250.00"),
			append(needs, []string{"notes"}), 3, 0, ""},
		{"two cells, whole numbers", header + rows(3, "A%d,m,12,35"), needs, 3, 0, ""},
		{"the empty cell left out, some rows have no thousands",
			header + rows(3, "A%d,m,950.00") + rows(3, "B%d,m,1,250.00"), needs, 0, 6, ""},
		{"the header ends with a delimiter too many", "id,mail,total,\n" +
			rows(60, "A%d,m,950.00") + rows(3, "B%d,m,1,250.00"), needs, 60, 3, halves},
		{"the header ends with a delimiter too many, halves elsewhere",
			"id,mail,total,\n" + rows(60, "A%d,1,250.00") + rows(3, "B%d,1,250.00,"), needs,
			63, 0, ""},
		{"the empty cell left out, all others have cents",
			header + rows(20, "A%d,m,950.00,") + rows(1, "B%d,m,1,250.00"), needs, 20, 1, halves},
		{"two empty cells left out, millions", "id,mail,total,a,b\n" +
			rows(20, "A%d,m,950.00,,") + rows(1, "B%d,m,1,250,000.00"), needs, 20, 1, halves},
		{"the empty cell left out further in front", "id,total,notes,mail\n" +
			rows(20, "A%d,950.00,,m") + rows(2, "B%d,1,250.00,m"), needs,
			20, 2, "cells B and C look like one number"},
		{"the empty cell left out, other decimals",
			header + rows(20, "A%d,m,950.00,") + rows(1, "B%d,m,1,250.5"), needs, 21, 0, ""},
		{"two cells, as many without cents", header + rows(3, "A%d,m,950.00,") +
			rows(3, "B%d,m,12,") + rows(1, "C%d,m,1,250.00"), needs, 7, 0, ""},
		{"two empty cells left out, lakhs", "id,mail,total,a,b\n" +
			rows(3, "A%d,m,1,25,000.00"), needs, 0, 3, halves},
		{"two empty cells left out, millions in all rows", "id,mail,total,a,b\n" +
			rows(3, "A%d,m,1,250,000.00"), needs, 0, 3, halves},
		{"two empty cells left out, the mapping uses one", "id,mail,total,a,b\n" +
			rows(3, "A%d,m,1,25,000.00"), append(needs, []string{"b"}), 3, 0, ""},
		{"the empty cell left out, whole thousands", header + rows(3, "A%d,m,1,250"), needs,
			0, 3, halves},
		{"the empty cell left out, whole thousands in some rows", header +
			rows(2, "A%d,m,1,250") + rows(2, "B%d,m,940,") + rows(2, "C%d,m,35,call"), needs,
			4, 2, halves},
		{"whole numbers before numbers of rooms", "id,mail,total,Room no.\n" +
			rows(3, "A%d,m,120,101") + rows(2, "B%d,m,95,"), needs, 5, 0, ""},
		{"whole numbers before points", "id,mail,total,Punkte\n" + rows(3, "A%d,m,120,100"), needs,
			3, 0, ""},
		{"whole thousands before texts", "id,mail,total,Discount text\n" + rows(3, "A%d,m,1,250"),
			needs, 0, 3, halves},
		{"whole thousands before a column that the mapping uses", header +
			rows(3, "A%d,m,1,250"), append(needs, []string{"notes"}), 3, 0, ""},
		{"whole numbers, some above a thousand", header + rows(3, "A%d,m,12,250") +
			rows(1, "B%d,m,1250,251"), needs, 4, 0, ""},
		{"whole numbers before other whole numbers", header + rows(3, "A%d,m,12,250") +
			rows(1, "B%d,m,12,90"), needs, 4, 0, ""},
		{"semicolons", strings.ReplaceAll(header+rows(3, "A%d,m,1,250.00,"), ",", ";"), needs,
			3, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeFile(t, "june.csv", test.text), Options{Needs: test.needs})
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			good, bad := 0, 0
			for row, err := range table.Rows() {
				if err == nil {
					good++
					continue
				}
				if bad++; !strings.Contains(err.Error(), test.message) {
					t.Errorf("row %d: got %v, want %q", row.Number, err, test.message)
				}
			}
			if good != test.good || bad != test.bad {
				t.Errorf("got %d good rows and %d bad ones, want %d and %d", good, bad, test.good,
					test.bad)
			}
		})
	}
}

// TestAmountsInTwoCells wants the same where rows leave out empty cells at their end, so that a row
// with a cell too many is as wide as the header.
func TestAmountsInTwoCells(t *testing.T) {
	const header = "id,mail,total,name,notes\n"
	needs := [][]string{{"id"}, {"mail"}, {"total"}}
	const halves = "cells C and D look like one number"
	tests := []struct {
		name, text string
		good, bad  int
		message    string // of the last bad row
	}{
		{"all thousands, rows of three widths", header + "A1,m,5,909.28,Ann\n" +
			"A2,m,4,889.50,Bob,gift\nA3,m,7,651.00\nA4,m,1,395.99,Cy\n", 0, 4, halves},
		{"all decimals, some rows are wider", header + "A1,m,95,99,Ann,gift\n" +
			"A2,m,236,45,Bob\nA3,m,270,12,Cy\n", 0, 3, halves},
		{"all whole thousands, some rows are wider", header + "A1,m,3,133,Ann,gift\n" +
			"A2,m,8,155,Bob\nA3,m,2,835,Cy\n", 0, 3, halves},
		{"whole numbers before ratings, a row is wider", "id,mail,total,rating,notes\n" +
			"A1,m,45,12,big, red\nA2,m,236,45,Bob\nA3,m,270,12,Cy\n", 2, 1, "6 cells"},
		{"whole thousands in some rows, others are narrower", "id,mail,total,tags\n" +
			"A1,m,2,945\nA2,m,585\nA3,m,1,738\nA4,m,4\n", 0, 4, "3 cells"},
		{"one row has cents of its own", "id,mail,total,phone\n" +
			"A1,m,1,917.50\nA2,m,310.50,+49 30 145052\n", 1, 1, halves},
		{"one row has cents of its own, and the other other decimals", "id,mail,total,phone\n" +
			"A1,m,1,917.500\nA2,m,310.50,+49 30 145052\n", 2, 0, ""},
		{"cents before notes", "id,mail,total,notes\nA1,m,455,50\nA2,m,219,50\nA3,m,386,99\n",
			0, 3, halves},
		{"cents before points", "id,mail,total,points\nA1,m,455,50\nA2,m,219,50\nA3,m,386,99\n",
			3, 0, ""},
		{"cents before the tax", "id,mail,total,tax\nA1,m,455,50\nA2,m,219,50\nA3,m,386,99\n",
			3, 0, ""},
		{"two amounts in each row", "id,mail,total,tax,stock,note,tag\n" +
			"A1,m,972,50,155,00,6\nA2,m,120,00,19,20,2\n", 0, 2, halves},
		{"two amounts in the only row", "id,mail,total,tax,stock,note,tag\nA1,m,972,50,155,00,6\n",
			0, 1, halves},
		{"whole numbers that could be two amounts", "id,mail,total,tax,weight,note,tag\n" +
			"A1,m,972,50,155,20,6\nA2,m,120,40,19,20,2\n", 2, 0, ""},
		{"whole numbers and codes with zeros", "id,mail,total,tax,weight,code,tag\n" +
			"A1,m,972,50,155,00,6\nA2,m,120,40,19,20,2\n", 2, 0, ""},
		{"cents before weeks", "id,mail,total,Semaine\nA1,m,12,45\nA2,m,15,46\n", 2, 0, ""},
		{"cents before a German number of two words", "id,mail,total,Tischnummer\n" +
			"A1,m,12,45\nA2,m,15,46\n", 2, 0, ""},
		{"cents before a Japanese tax", "id,mail,total,消費税\nA1,m,12,45\nA2,m,15,46\n", 2, 0, ""},
		{"cents before Japanese notes", "id,mail,total,備考\nA1,m,12,45\nA2,m,15,46\n", 0, 2,
			halves},
		{"thousands in the only row, before a German price", "id,mail,total,Listenpreis\n" +
			"A1,m,1,250.00\n", 1, 0, ""},
		{"thousands in the only row, before notes", "id,mail,total,notes\nA1,m,1,250.00\n",
			0, 1, halves},
		{"thousands in the only row, before a balance", "id,mail,total,Balance\nA1,m,1,250.00\n",
			1, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeFile(t, "june.csv", test.text),
				Options{Needs: needs, Amounts: [][]string{{"total"}}})
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			good, bad, message := 0, 0, ""
			for _, err := range table.Rows() {
				if err == nil {
					good++
					continue
				}
				bad, message = bad+1, err.Error()
			}
			if good != test.good || bad != test.bad || !strings.Contains(message, test.message) {
				t.Errorf("got %d good rows and %d bad ones (%s), want %d and %d (%s)", good, bad,
					message, test.good, test.bad, test.message)
			}
		})
	}
}

// asExcel writes rows as Excel does: in blocks of 16, each as wide as its widest row.
func asExcel(rows [][]string, comma rune) string {
	var text bytes.Buffer
	writer := csv.NewWriter(&text)
	writer.Comma, writer.UseCRLF = comma, true
	for block := range slices.Chunk(rows, 16) {
		width := 0
		for _, row := range block {
			for i, cell := range row {
				if cell != "" {
					width = max(width, i+1)
				}
			}
		}
		for _, row := range block {
			_ = writer.Write(row[:width])
		}
	}
	writer.Flush()
	return text.String()
}

// TestReadsWhatExcelLeavesShort draws tables whose last cells are seldom filled, and reads them as
// Excel writes them.
func TestReadsWhatExcelLeavesShort(t *testing.T) {
	directory := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		rows := [][]string{{"id", "total", "coupon", "notes"}}
		for i := range rapid.IntRange(1, 70).Draw(t, "rows") {
			row := []string{fmt.Sprintf("r%d", i), fmt.Sprintf("%d.50", i), "", ""}
			if rapid.IntRange(0, 20).Draw(t, "coupon") == 0 {
				row[2] = "SPRING"
			}
			if rapid.IntRange(0, 20).Draw(t, "note") == 0 {
				row[3] = "call, and\nwrite"
			}
			rows = append(rows, row)
		}
		comma := rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "delimiter")
		path := filepath.Join(directory, "drawn.csv")
		if err := os.WriteFile(path, []byte(asExcel(rows, comma)), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			row[3] = strings.ReplaceAll(row[3], "\n", "\r\n")
		}
		for _, options := range []Options{{Needs: [][]string{{"id"}, {"total"}}},
			{Needs: [][]string{{"id"}, {"notes"}}, ShortRows: true}} {
			_, got, err := readAllRows(path, options)
			if diff := cmp.Diff(rows[1:], got); diff != "" || err != nil {
				t.Fatalf("error %v, rows (-want +got):\n%s", err, diff)
			}
		}
	})
}

// TestShortRows wants rows that end early only where Excel can have shortened them, and nobody
// needs what is missing.
func TestShortRows(t *testing.T) {
	table := func(n, full int) []string {
		lines := []string{"id,total,coupon,notes"}
		for i := 1; i <= n; i++ {
			lines = append(lines, fmt.Sprintf("A%d,%d.50%s", i, i,
				strings.Repeat(",", 2*min(1, max(0, full-i)))))
		}
		return lines
	}
	change := func(lines []string, at int, line string) []string {
		lines[at-1] = line
		return lines
	}
	const said = "an empty column that the mapping uses, set `short_rows: true`"
	tests := []struct {
		name    string
		lines   []string
		end     string
		options Options
		good    int
		message string // of the first bad row
	}{
		{"blocks", table(40, 16), "\n", Options{Needs: [][]string{{"id"}, {"total"}}}, 40, ""},
		{"blocks, without a mapping", table(40, 16), "\n", Options{}, 40, ""},
		{"a column that is missing is used", table(40, 16), "\n",
			Options{Needs: [][]string{{"id"}, {"coupon"}}}, 15, said},
		{"a column that is missing is used, by its other name", table(40, 16), "\n",
			Options{Needs: [][]string{{"id"}, {"Code", "notes"}}}, 15, said},
		{"a column that is missing is used, short_rows", table(40, 16), "\n",
			Options{Needs: [][]string{{"id"}, {"coupon"}}, ShortRows: true}, 40, ""},
		{"one row", change(table(40, 50), 20, "A19,19.50"), "\n", Options{}, 39,
			"the row has 2 cells"},
		{"one row less within a block", change(table(40, 16), 20, "A19"), "\n", Options{}, 15 + 9,
			"the row has 2 cells"},
		{"one row more within a block", change(table(40, 16), 20, "A19,19.50,"), "\n", Options{},
			15 + 9, "the row has 2 cells"},
		{"blocks that begin elsewhere", table(31, 12), "\n", Options{}, 11 + 16,
			"the row has 2 cells"},
		{"a first cell left out in each row of a block", append(table(15, 16),
			strings.Split(strings.Repeat("12.50,SPRING\n", 16), "\n")[:16]...), "\n", Options{}, 15,
			"the row has 2 cells"},
		{"a last column without a value", append(table(15, 16),
			strings.Split(strings.Repeat("A1,\n", 16), "\n")[:16]...), "\n", Options{}, 15,
			"the row has 2 cells"},
		{"the last block of one row", table(16, 16), "\n", Options{}, 16, ""},
		{"the last block of one row, perhaps cut", table(16, 16), "", Options{}, 15,
			"the row has 2 cells"},
		{"without a header", table(44, 33)[1:], "\n",
			Options{Header: -1, Needs: [][]string{{"id"}}}, 32, "the row has 2 cells"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			opened, err := Open(writeFile(t, "june.csv", strings.Join(test.lines, "\n")+test.end),
				test.options)
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			good, first := 0, ""
			for row, err := range opened.Rows() {
				if err == nil && len(row.Cells) == 4 {
					good++
				} else if first == "" {
					first = err.Error()
				}
			}
			if good != test.good || (first == "") != (test.message == "") ||
				!strings.Contains(first, test.message) {
				t.Errorf("got %d good rows, first bad one %q; want %d, %q", good, first, test.good,
					test.message)
			}
		})
	}
}

func TestCutInTheLastCell(t *testing.T) {
	rows := func(row string) string {
		var text strings.Builder
		for i := 1; i <= 5; i++ {
			text.WriteString(strings.ReplaceAll(row, "#", fmt.Sprint(i+20)) + "\n")
		}
		return "id,mail,value\n" + text.String()
	}
	tests := []struct {
		name, row string
		cut       int // bytes at the end
		told      bool
	}{
		{"no cut", "A#,m,#.50", 0, false},
		{"no line end", "A#,m,#.50", 1, false},
		{"one decimal less", "A#,m,#.50", 2, true},
		{"no decimals", "A#,m,#.50", 3, true},
		{"no point", "A#,m,#.50", 4, true},
		{"a digit only", "A#,m,#.50", 5, true},
		{"decimal commas", "A#;m;#,50", 2, true},
		{"a currency in front", "A#,m,EUR #.50", 2, true},
		{"a currency behind", "A#,m,#.50 EUR", 6, true},
		{"a part of a currency", "A#,m,#.50 EUR", 2, false},
		{"thousands without their decimals", "A#;m;1.#0,50", 4, true},
		{"three decimals", "A#,m,#.505", 1, false},
		{"negative", "A#,m,-#.50", 2, true},
		{"in quotes, whole", "A#,m,\"#.50\"", 1, false},
		{"whole numbers", "A#,m,#", 2, false},
		{"a day", "A#,m,2026-11-#", 2, true},
		{"a time", "A#,m,2026-11-# 10:30", 5, true},
		{"points", "A#,m,#.11.2026", 3, true},
		{"a text", "A#,m,Name #", 2, false},
	}
	for _, test := range tests {
		for _, lineEnd := range []string{"\n", "\r\n"} {
			t.Run(test.name, func(t *testing.T) {
				text := rows(test.row)
				text = text[:len(text)-test.cut]
				text = strings.ReplaceAll(text, "\n", lineEnd)
				if strings.Contains(test.row, ";") {
					text = strings.Replace(text, "id,mail,value", "id;mail;value", 1)
				}
				got := readLines(t, writeFile(t, "june.csv", text), Options{})
				if told := got[len(got)-1] == "6 line 6 bad: "+messageCut; told != test.told ||
					len(got) != 6 {
					t.Errorf("got %q, want it told: %t", got, test.told)
				}
			})
		}
	}
}

func TestCutInAWholeNumber(t *testing.T) {
	tests := []struct {
		name, header string
		last         []string
		end          string
		told         bool
	}{
		{"shorter than all others", "id,total", []string{"1200", "2250", "1440", "100"}, "", true},
		{"with a line end", "id,total", []string{"1200", "2250", "1440", "100"}, "\n", false},
		{"as short as another", "id,total", []string{"1200", "225", "1440", "100"}, "", false},
		{"of too few", "id,total", []string{"1200", "2250", "100"}, "", false},
		{"in a column that is not used", "id,note", []string{"1200", "2250", "1440", "100"}, "",
			false},
		{"with a sign", "id,total", []string{"$1200", "$2250", "$1440", "$100"}, "", true},
		{"an id", "day,id", []string{"INV-1200", "INV-1201", "INV-1202", "INV-12"}, "", true},
		{"a word", "day,id", []string{"INV-1200", "INV-1201", "INV-1202", "Total"}, "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := test.header
			for i, cell := range test.last {
				text += fmt.Sprintf("\nA%d,%s", i, cell)
			}
			path := writeFile(t, "june.csv", text+test.end)
			opened, err := Open(path, Options{Needs: [][]string{{"id"}, {"total"}}})
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			for _, err := range opened.Rows() {
				if err != nil {
					t.Error(err)
				}
			}
			told := slices.ContainsFunc(opened.Info().Warnings, func(note string) bool {
				return strings.Contains(note, fmt.Sprintf("(row %d) has no line end",
					len(test.last)+1))
			})
			if told != test.told {
				t.Errorf("told %t, want %t: %q", told, test.told, opened.Info().Warnings)
			}
		})
	}
}
