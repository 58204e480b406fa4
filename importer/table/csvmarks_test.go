package table

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// linesByRow are the rows as people would write them down, by number.
func linesByRow(rows iter.Seq2[Row, error]) (numbers []int, lines map[int]string) {
	lines = map[int]string{}
	for row, err := range rows {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			row.Number = math.MaxInt // the reading ends
		}
		if bad != nil {
			err = fmt.Errorf("in line %d: %s", bad.Line, bad.Message)
		}
		numbers = append(numbers, row.Number)
		lines[row.Number] = fmt.Sprintf("%d %q %v", row.Number, row.Cells, err)
	}
	return numbers, lines
}

// oddLines are the lines of a text whose records are of every kind; the damaged ones do not stop
// the reading.
func oddLines(random *rand.Rand, n int) (lines []string) {
	odd := random.Intn(40) // of a hundred
	long := strings.Repeat("long ", random.Intn(60))
	for i := range n {
		kind := -1
		if random.Intn(100) < odd {
			kind = random.Intn(12)
		}

		line := fmt.Sprintf("k%d,plain %s,%d.50,", i, long, i)
		switch kind {
		case 0:
			line = fmt.Sprintf(`"k%d","a, ""b""",1.00,"x"`, i)
		case 1:
			line = fmt.Sprintf("k%d,\"Main St\n\nBerlin\",1.00,x", i)
		case 2:
			line = fmt.Sprintf("k%d,\"Main St\r\n# not a comment\r\n\",1.00,\" \"", i)
		case 3:
			line = ""
		case 4:
			line = ",,,"
		case 5:
			line = "# a comment, with a \" quote"
		case 6:
			line = "  \t"
		case 7: // damaged
			line = fmt.Sprintf("k%d,too,many,cells,here", i)
		case 8:
			line = fmt.Sprintf(`k%d,"behind" a quote,1.00,x`, i)
		case 9:
			line = fmt.Sprintf(`k%d,"opens and does not close,1.00,x`, i)
		case 10:
			line = "----,----,----,----"
		case 11:
			line = "id,text,amount,note"
		}
		lines = append(lines, line)
	}
	return lines
}

// From each mark on, the rows are the same as from the beginning on.
func TestRowsNearMarks(t *testing.T) {
	for seed := range int64(20) {
		random := rand.New(rand.NewSource(seed))
		pick := func(texts ...string) string { return texts[random.Intn(len(texts))] }
		lineEnd := pick("\n", "\r\n")
		text := pick("", "\ufeff", "sep=,\n", "\ufeffsep=,\r\n", "Export of June\n\n") +
			strings.Join(append([]string{"id,text,amount,note", "k,plain,1.00,x",
				"k,plain,2.00,y"}, oddLines(random, 3*markedRows)...), lineEnd) + lineEnd
		table, err := Open(writeFile(t, "june.csv", text),
			Options{Comment: "#", Quote: `"`, Escape: `"`})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		numbers, want := linesByRow(table.Rows())

		marks := table.source.(*textSource).marks.all
		if len(marks) < 2 {
			t.Fatalf("seed %d: there are %d marks", seed, len(marks))
		}
		for _, m := range marks {
			at, _ := slices.BinarySearch(numbers, m.row+1)
			got, lines := linesByRow(table.RowsNear(numbers[at:]))
			if !slices.Equal(got, numbers[at:]) {
				t.Fatalf("seed %d: behind row %d the rows are %v, want %v", seed, m.row,
					got[:min(len(got), 9)], numbers[at:min(len(numbers), at+9)])
			}
			for _, number := range got {
				if lines[number] != want[number] {
					t.Fatalf("seed %d: row %d is %s, want %s", seed, number, lines[number],
						want[number])
				}
			}
		}

		var wanted []int
		for _, number := range numbers {
			if random.Intn(1000) == 0 {
				wanted = append(wanted, number)
			}
		}
		got, near := linesByRow(table.RowsNear(wanted))
		if !slices.IsSorted(got) || len(got) != len(near) || len(got) > 2*markedRows*len(wanted) {
			t.Errorf("seed %d: for %v there are %d rows, or not in their order", seed, wanted,
				len(got))
		}
		for _, number := range wanted {
			if near[number] != want[number] {
				t.Errorf("seed %d: row %d is %q, want %s", seed, number, near[number],
					want[number])
			}
		}
	}
}

// Where a row is read as part of a stretch of rows, there is no mark before it.
func TestRowsNearMarksInStretches(t *testing.T) {
	for _, test := range []struct {
		name string
		line func(row int) string
		bad  int // rows
	}{
		{"Excel leaves out cells at the end of blocks", func(row int) string {
			switch block := (row - 1) / excelBlock; {
			case row >= markedRows && row <= markedRows+excelBlock:
				return "" // so that the next mark is due in a short block
			case block == 0, (block%2 == 1) != (row > markedRows):
				return fmt.Sprintf("k%d,%d.50,x,y", row, row)
			}
			return fmt.Sprintf("k%d,%d.50,x", row, row)
		}, 0},
		{"a stray quote opens, another closes", func(row int) string {
			switch row {
			case markedRows - 20:
				return `1,1,"x,2`
			case markedRows + 20:
				return `1,1,x",2`
			}
			return fmt.Sprintf("%d,%d,x,2", row, row)
		}, 41},
	} {
		text := "id,amount,a,b\n"
		for row := 2; row <= 3*markedRows; row++ {
			text += test.line(row) + "\n"
		}
		table, err := Open(writeFile(t, "june.csv", text), Options{Needs: [][]string{{"amount"}},
			Quote: `"`})
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()

		numbers, want := linesByRow(table.Rows())
		bad := 0
		for _, number := range numbers {
			if !strings.HasSuffix(want[number], " <nil>") {
				bad++
			}
			if number < markedRows-30 || number > markedRows+60 {
				continue
			}
			_, near := linesByRow(table.RowsNear([]int{number}))
			if near[number] != want[number] {
				t.Errorf("%s: row %d is %s, want %s", test.name, number, near[number],
					want[number])
			}
		}
		if bad != test.bad {
			t.Errorf("%s: %d rows are bad, want %d", test.name, bad, test.bad)
		}
	}
}

// Marks stay few however many rows there are; each may be at the beginning of any row.
func TestMarksStayFew(t *testing.T) {
	var m marks
	r := &records{}
	for range 40_000_000 / 16 {
		r.row += 16
		r.begin += 1600
		m.note(r)
	}
	if len(m.all) < mostMarks/2 || len(m.all) >= mostMarks {
		t.Errorf("there are %d marks", len(m.all))
	}
	for i, at := range m.all {
		if i > 0 && at.row-m.all[i-1].row != m.every || at.offset != int64(at.row)*100 {
			t.Fatalf("the mark at %d is %+v, in steps of %d", i, at, m.every)
		}
	}
	if at := m.before(m.all[5].row); at != m.all[4] {
		t.Errorf("before row %d is the mark %+v", m.all[5].row, at)
	}
}

// Where a place in the text is not one in the file, all rows are read.
func TestRowsNearWithoutMarks(t *testing.T) {
	text := "id,amount\n"
	for i := range 3 * markedRows {
		text += fmt.Sprintf("k%d,%d.50\n", i, i)
	}
	var inQuotes strings.Builder
	for line := range strings.Lines(text) {
		fmt.Fprintf(&inQuotes, "\"%s\"\n", strings.TrimSpace(line))
	}
	for name, content := range map[string]string{
		"packed.csv.gz": gzipped(text), "wide.csv": encoded(text, unicode.LittleEndian,
			unicode.UseBOM), "member.zip": zipped(map[string]string{"june.csv": text}),
		"quoted.csv": inQuotes.String(), "latin.csv": strings.Replace(text, "k1,", "k\xe9,", 1),
	} {
		table, err := Open(writeFile(t, name, content), Options{Needs: [][]string{{"amount"}}})
		if err != nil {
			t.Fatal(err)
		}
		numbers, want := linesByRow(table.Rows())
		got, near := linesByRow(table.RowsNear([]int{2 * markedRows}))
		last := 2 * markedRows
		if len(numbers) != 3*markedRows || len(got) == 0 || near[last] != want[last] {
			t.Errorf("%s: %d of %d rows are read, row %d is %s, want %s", name, len(got),
				len(numbers), last, near[last], want[last])
		}
		table.Close()
	}
}
