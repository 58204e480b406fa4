package table

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer/table/biff"
	"ableimport/importer/table/biff/bifftest"
	"ableimport/importer/table/grid"
)

// oldFormats are the styles of oldBook, from 1 on.
var oldFormats = []string{
	"yyyy\\-mm\\-dd", "dd/mm/yyyy hh:mm", "[h]:mm", "#,##0.00\\ [$€-407]", "00000", "GENERAL",
}

// oldBook is a workbook with one sheet.
func oldBook(records ...[]byte) bifftest.Book {
	return bifftest.Book{
		Formats: oldFormats, Texts: []string{"Total", "Müller & Söhne 日本 😀", ""},
		Sheets: []bifftest.Sheet{{Name: "Bills", Records: bifftest.Join(records...)}},
	}
}

func openOld(t *testing.T, book bifftest.Book, options Options) (*Table, error) {
	t.Helper()
	return Open(writeFile(t, "june.xls", string(book.File())), options)
}

func TestCellsOfOldExcel(t *testing.T) {
	rk := func(style uint16, value uint32) []byte {
		return bifftest.Record(0x027E, uint16(1), uint16(0), style, value)
	}
	formula := func(result []byte, flags uint16, tokens ...byte) []byte {
		return bifftest.Formula(1, 0, 0, result, flags, tokens...)
	}
	special := func(kind, value byte) []byte { return []byte{kind, 0, value, 0, 0, 0, 0xFF, 0xFF} }
	zero, other := bifftest.Double("0"), []byte{0x41, 0xFF, 0}
	threeHundred := append([]byte{0x1F}, bifftest.Double("300")...)
	beside := bifftest.Join(bifftest.Number(1, 1, 0, "2"), bifftest.Number(1, 2, 0, "0"))
	product := []byte{0x44, 1, 0, 1, 0xC0, 0x44, 1, 0, 2, 0xC0, 0x05}
	sum := []byte{0x44, 1, 0, 1, 0xC0, 0x44, 1, 0, 2, 0xC0, 0x03}

	for _, test := range []struct {
		name, want string
		cell       []byte
	}{
		{"number", `number "12.5"`, bifftest.Number(1, 0, 0, "12.5")},
		{"noise of binary fractions", `number "19.99"`,
			bifftest.Number(1, 0, 0, "19.989999999999998")},
		{"a large number", `number "1234567890123"`, bifftest.Number(1, 0, 0, "1234567890123")},
		{"digits that a format asks for", `number "00042"`, bifftest.Number(1, 0, 5, "42")},
		{"currency of the format", `number "-5" €`, bifftest.Number(1, 0, 4, "-5")},
		{"date", `date "2026-06-01"`, bifftest.Number(1, 0, 1, "46174")},
		{"moment", `datetime "2026-06-01T18:30:00"`,
			bifftest.Number(1, 0, 2, "46174.770833333336")},
		{"duration", `duration "26:30:00"`, bifftest.Number(1, 0, 3, "1.1041666666666667")},
		{"a style that is none", `number "46174"`, bifftest.Number(1, 0, 900, "46174")},
		{"short integer", `number "-42"`, rk(0, 0xFFFFFFD6<<2&0xFFFFFFFF|2)},
		{"short hundredths", `number "1234.56"`, rk(0, 123456<<2|3)},
		{"upper half of a number", `number "1.5"`, rk(0, 0x3FF80000)},
		{"hundredth of such a number", `number "0.015"`, rk(0, 0x3FF80001)},
		{"short date", `date "2026-06-01"`, rk(1, 46174<<2|2)},
		{"text of the table", `text "Müller & Söhne 日本 😀"`, bifftest.Text(1, 0, 1)},
		{"empty text", "", bifftest.Text(1, 0, 2)},
		{"text of its own", `text "0049"`, bifftest.Label(1, 0, "0049")},
		{"text with runs of fonts", `text "ab"`, bifftest.Record(0x00D6, uint16(1), uint16(0),
			uint16(0), uint16(2), []byte("\x00ab"), uint16(0))},
		{"boolean", `bool "TRUE"`, bifftest.Record(0x0205, uint16(1), uint16(0), uint16(0), byte(1),
			byte(0))},
		{"boolean with a byte more", `bool "TRUE"`, bifftest.Record(0x0205, uint16(1), uint16(0),
			uint16(0), byte(1), byte(0), byte(0))},
		{"error", `error "#N/A"`, bifftest.Record(0x0205, uint16(1), uint16(0), uint16(0),
			byte(0x2A), byte(1))},
		{"formula", `number "3"`, formula(bifftest.Double("3"), 0, other...)},
		{"formula of Numbers", `number "3"`,
			append([]byte{0x06, 0x04}, formula(bifftest.Double("3"), 0)[2:]...)},
		{"formula with a text", `text "Bär"`, bifftest.Join(formula(special(0, 0), 0, other...),
			bifftest.TextResult("Bär"))},
		{"formula with a text behind what it shares", `text "Bär"`, bifftest.Join(
			formula(special(0, 0), 0, other...), bifftest.Record(0x04BC, make([]byte, 10)),
			bifftest.TextResult("Bär"))},
		{"formula whose text is missing", `novalue`, formula(special(0, 0), 0, other...)},
		{"formula with an empty text", "", formula(special(3, 0), 0, other...)},
		{"formula with a boolean", `bool "FALSE"`, formula(special(1, 0), 0, other...)},
		{"formula with an error", `error "#DIV/0!"`, formula(special(2, 7), 0, other...)},
		{"zero that is a result", `number "0"`, formula(zero, 0, other...)},
		{"zero until Excel computes it", `novalue`, formula(zero, 2, other...)},
		{"zero, and others were computed", "number \"0\"\n8: number \"3\"",
			bifftest.Join(formula(zero, 2, other...),
				bifftest.Formula(7, 0, 0, bifftest.Double("3"), 2, other...))},
		{"plain number that nobody computed", `number "300"`, formula(zero, 2, threeHundred...)},
		{"product that is zero", `number "0", number "2", number "0"`,
			bifftest.Join(formula(zero, 0, product...), beside)},
		{"sum that nobody computed", `novalue, number "2", number "0"`,
			bifftest.Join(formula(zero, 0, sum...), beside)},
		{"the later cell of two in one place", `number "7"`, bifftest.Join(
			bifftest.Number(1, 0, 0, "5"), bifftest.Number(1, 0, 0, "7"))},
		{"the later cell of two, which is empty", "", bifftest.Join(
			bifftest.Number(1, 0, 0, "5"), bifftest.Text(1, 0, 2))},
		{"a number that is none",
			`empty | 2: cell A2 should be a number, but holds none, so the file is damaged; save it again`,
			bifftest.Number(1, 0, 0, "NaN")},
		{"a text that is missing",
			`empty | 2: cell A2 names a text that the workbook's table of texts does not have, so the file is damaged; save it again`,
			bifftest.Text(1, 0, 9)},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := openOld(t, oldBook(bifftest.Text(0, 0, 0), test.cell), Options{Header: 1})
			check(t, err)
			defer table.Close()
			var want []string
			if test.want != "" {
				want = strings.Split("2: "+test.want, "\n")
			}
			if diff := cmp.Diff(want, signedRows(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRowsOfOldExcel(t *testing.T) {
	header := bifftest.Join(bifftest.Label(0, 0, "Id"), bifftest.Label(0, 1, "Total"))
	chart := bifftest.Join(bifftest.Record(0x0809, uint16(0x0600), uint16(0x20)),
		bifftest.Number(4, 0, 0, "9"), bifftest.Record(0x000A))
	for _, test := range []struct {
		name    string
		records []byte
		want    []string
	}{
		{"rows and cells in any order", bifftest.Join(bifftest.Number(3, 1, 0, "4"),
			bifftest.Number(2, 1, 0, "3"), header, bifftest.Label(3, 0, "B"),
			bifftest.Label(2, 0, "A")),
			[]string{`3: text "A", number "3"`, `4: text "B", number "4"`}},
		{"several numbers in one record", bifftest.Join(header, bifftest.Record(0x00BD, uint16(1),
			uint16(0), uint16(1), uint32(46174<<2|2), uint16(4), uint32(1050<<2|3), uint16(1))),
			[]string{`2: date "2026-06-01", number "10.5" €`}},
		{"blank cells", bifftest.Join(header, bifftest.Record(0x00BE, uint16(1), uint16(0),
			uint16(1), uint16(1), uint16(1)), bifftest.Label(2, 0, "A"), bifftest.Record(0x0201,
			uint16(2), uint16(1), uint16(0))), []string{`3: text "A", empty`}},
		{"a chart within the sheet", bifftest.Join(header, chart, bifftest.Label(1, 0, "A")),
			[]string{`2: text "A", empty`}},
		{"formulas that share one", bifftest.Join(header,
			bifftest.Number(1, 0, 0, "2"),
			bifftest.Formula(1, 1, 0, bifftest.Double("0"), 0, 1, 1, 0, 1, 0),
			bifftest.Record(0x04BC, uint16(1), uint16(2), byte(1), byte(1), byte(0), byte(2),
				uint16(5), []byte{0x4C, 0, 0, 0xFF, 0xC0}),
			bifftest.Number(2, 0, 0, "0"),
			bifftest.Formula(2, 1, 0, bifftest.Double("0"), 0, 1, 1, 0, 1, 0)),
			[]string{`2: number "2", novalue`, `3: number "0", number "0"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := openOld(t, oldBook(test.records), Options{})
			check(t, err)
			defer table.Close()
			if diff := cmp.Diff(test.want, signedRows(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What Excel hides or adds up is reported as for XLSX.
func TestOldExcelTellsOfRows(t *testing.T) {
	records := [][]byte{bifftest.HiddenRow(2),
		bifftest.Record(0x007D, uint16(2), uint16(3), uint16(0), uint16(0), uint16(1), uint16(0)),
		bifftest.Label(0, 0, "Id"), bifftest.Label(0, 1, "Total"), bifftest.Label(0, 2, "Note"),
		bifftest.Label(0, 3, "More")}
	for row := range uint16(3) {
		records = append(records, bifftest.Label(row+1, 0, "A"), bifftest.Number(row+1, 1, 0, "5"))
	}
	records = append(records,
		// SUBTOTAL(9,B2:B4)
		bifftest.Formula(4, 1, 0, bifftest.Double("15"), 0,
			0x1E, 9, 0, 0x25, 1, 0, 3, 0, 1, 0xC0, 1, 0xC0, 0x42, 2, 0x58, 0x01),
		bifftest.Record(0x00E5, uint16(1), uint16(1), uint16(2), uint16(0), uint16(0)))
	table, err := openOld(t, oldBook(records...), Options{})
	check(t, err)
	defer table.Close()

	var told []string
	for row, err := range table.Rows() {
		check(t, err)
		told = append(told, fmt.Sprintf("%d hidden=%v total=%v", row.Number, row.Hidden, row.Total))
	}
	want := []string{"2 hidden=false total=false", "3 hidden=true total=false",
		"4 hidden=false total=false", "5 hidden=false total=true"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	said := strings.Join(table.Info().Warnings, "\n")
	for _, want := range []string{"hidden columns are read like the others",
		"the first row only: 1"} {
		if !strings.Contains(said, want) {
			t.Errorf("the warnings do not say %q: %s", want, said)
		}
	}
	if got := table.Info().Format; got != "xls" {
		t.Errorf("the format is %q", got)
	}
}

// A long text continues in the next record, in letters as wide as that one says.
func TestTextsOverRecordsOfOldExcel(t *testing.T) {
	more := func(data ...any) []byte { return bifftest.Record(0x003C, data...) }
	texts := func(count uint32, first ...any) []byte {
		return bifftest.Record(0x00FC, append([]any{count, count}, first...)...)
	}
	cells := bifftest.Join(bifftest.Text(1, 0, 0), bifftest.Text(1, 1, 1))
	for _, test := range []struct {
		name  string
		table []byte
	}{
		{"in one record", texts(2, uint16(4), []byte("\x00abcd"), uint16(1), []byte("\x00z"))},
		{"narrow, then wide", bifftest.Join(texts(2, uint16(4), []byte("\x00ab")),
			more(bifftest.Wide("cd"), uint16(1), []byte("\x00z")))},
		{"wide, then narrow", bifftest.Join(texts(2, uint16(4), bifftest.Wide("ab")),
			more([]byte("\x00cd"), uint16(1)), more([]byte("\x00z")))},
		{"a record for each letter", bifftest.Join(texts(2, uint16(4), []byte("\x00a")),
			more([]byte("\x00b")), more(bifftest.Wide("c")), more([]byte("\x00d")),
			more(uint16(1), []byte("\x00z")))},
		{"runs of fonts and sounds", bifftest.Join(texts(2, uint16(4), byte(12), uint16(2),
			uint32(3), []byte("abcd"), []byte("1234")), more([]byte("5678"), []byte("xy")),
			more([]byte("z"), uint16(1), []byte("\x00z")))},
	} {
		t.Run(test.name, func(t *testing.T) {
			book := oldBook(bifftest.Label(0, 0, "Id"), bifftest.Label(0, 1, "Note"), cells)
			book.Globals, book.Texts = test.table, nil
			table, err := openOld(t, book, Options{Header: 1})
			check(t, err)
			defer table.Close()
			if diff := cmp.Diff([]string{`2: text "abcd", text "z"`},
				signedRows(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Dates count from 1904 if the workbook says so, and sheets that are not worksheets are left out.
func TestSheetsOfOldExcel(t *testing.T) {
	rows := func(name string) []byte {
		return bifftest.Join(bifftest.Label(0, 0, "Day"), bifftest.Label(0, 1, "From"),
			bifftest.Number(1, 0, 1, "44712"), bifftest.Label(1, 1, name))
	}
	book := bifftest.Book{
		Formats: oldFormats, Globals: bifftest.Record(0x0022, uint16(1)),
		Sheets: []bifftest.Sheet{
			{Name: "Graph", Kind: 2}, {Name: "Macros", Kind: 1, Records: rows("a")},
			{Name: "Old", State: 1, Records: rows("b")}, {Name: "Bücher", Records: rows("c")},
		},
	}
	for sheet, want := range map[string]string{"": "c", "Bücher": "c", "Old": "b"} {
		table, err := openOld(t, book, Options{Sheet: sheet})
		check(t, err)
		defer table.Close()
		want := []string{fmt.Sprintf("2: date %q, text %q", "2026-06-01", want)}
		if diff := cmp.Diff(want, signedRows(table)); diff != "" {
			t.Errorf("sheet %q: %s", sheet, diff)
		}
	}
	if _, err := openOld(t, book, Options{Sheet: "Macros"}); err == nil {
		t.Error("a sheet of macros was read")
	}
}

func TestOldExcelThatIsRefused(t *testing.T) {
	const damaged = "is an old Excel workbook (.xls) that was cut off or damaged: export or " +
		"download it again, or, where Excel still opens it, save it there as .xlsx"
	const damagedSheet = "sheet \"Bills\" cannot be read: it was cut off or is damaged: export " +
		"or download it again, or, where Excel still opens it, save it there as .xlsx"
	book := oldBook(bifftest.Label(0, 0, "Id"), bifftest.Label(1, 0, strings.Repeat("x", 3000)),
		bifftest.Label(2, 0, strings.Repeat("y", 3000)))
	file := string(book.File())
	protected := book
	protected.Globals = bifftest.Record(0x002F, uint16(1))
	older := bytes.Replace(book.Stream(), []byte{0x09, 0x08, 0x10, 0, 0, 6},
		[]byte{0x09, 0x08, 0x10, 0, 0, 5}, 1)
	twice := append([]byte(nil), book.Stream()...)
	circle := []byte(file)
	binary.LittleEndian.PutUint32(circle[len(circle)-512+8:], 1)
	many := func(count int, text string) string {
		records := [][]byte{bifftest.Text(0, 0, 0)}
		for row := range count {
			records = append(records, bifftest.Text(uint16(row+1), 0, 1))
		}
		book := oldBook(records...)
		book.Texts = []string{"Id", text}
		return string(book.File())
	}
	for _, test := range []struct{ name, file, want string }{
		{"cut in the middle", file[:len(file)/2], damaged},
		{"sectors that follow each other in a circle", string(circle), damaged},
		{"password", string(protected.File()),
			"is protected by a password: open it in Excel, remove the password and save it again"},
		{"Excel 95", string(bifftest.Compound("Book", older)),
			"is a workbook of Excel 95 or older: open it in Excel and save it as .xlsx, or " +
				"export CSV"},
		{"another document", string(bifftest.Compound("WordDocument", twice)),
			"is an old Office document, not a table: export it as CSV or XLSX"},
		{"a packed workbook within", string(bifftest.Compound("EncryptedPackage", twice)),
			"is protected by a password: open it in Excel, remove the password and save it again"},
		{"a sheet without an end", string(bifftest.Compound("Workbook",
			book.Stream()[:len(book.Stream())-4])),
			damagedSheet},
		{"no sheets", string(bifftest.Book{}.File()), "the workbook has no sheets"},
		{"a cell that is too large", many(1, strings.Repeat("x", 30_000)),
			"sheet \"Bills\" cannot be read: it has a cell of more than 20000 bytes; raise " +
				"`max_cell` to read it"},
		{"a column that no sheet has", string(oldBook(bifftest.Label(0, 20_000, "Id")).File()),
			"sheet \"Bills\" cannot be read: row 1 has a cell beyond the 16384 columns that are " +
				"allowed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(writeFile(t, "june.xls", test.file),
				Options{Limits: Limits{Cell: 20_000}, Header: 1})
			if err == nil || err.Error() != before("june.xls", test.want)+test.want {
				t.Errorf("got error %v, want june.xls and %s", err, test.want)
			}
		})
	}
}

// Small files that would be read for ever end with an error, in little memory.
func TestOldExcelBombs(t *testing.T) {
	// Each sheet begins within the one before.
	nested := bifftest.Book{}
	for i := range 2000 {
		nested.Sheets = append(nested.Sheets, bifftest.Sheet{Name: fmt.Sprint(i)})
	}
	begin, end := nested.Stream(), []byte(nil)
	begin = begin[len(begin)-24:]
	begin, end = begin[:20], begin[20:]
	nested.Sheets[0].Records = bifftest.Join(bytes.Repeat(begin, 2000),
		bifftest.Record(0x1234, make([]byte, 8000)), bytes.Repeat(end, 2000))
	stream := nested.Stream()
	for at, i := 0, 0; i < 2000; {
		size := int(binary.LittleEndian.Uint16(stream[at+2:]))
		if binary.LittleEndian.Uint16(stream[at:]) == 0x0085 {
			first := binary.LittleEndian.Uint32(stream[at+4:])
			if i == 0 {
				nested.Globals = binary.LittleEndian.AppendUint32(nil, first)
			}
			binary.LittleEndian.PutUint32(stream[at+4:],
				binary.LittleEndian.Uint32(nested.Globals)+uint32(20*i))
			i++
		}
		at += 4 + size
	}
	// All cells have one long text.
	cells := [][]byte{bifftest.Label(0, 0, "Id")}
	for row := range uint16(60_000) {
		cells = append(cells, bifftest.Text(row+1, 0, 0), bifftest.Text(row+1, 1, 0))
	}
	long := oldBook(cells...)
	long.Texts = nil
	long.Globals = bifftest.Record(0x00FC, uint32(1), uint32(1), uint16(32_000), byte(0),
		[]byte(strings.Repeat("x", 8000)))
	for range 3 {
		long.Globals = append(long.Globals, bifftest.Record(0x003C, byte(0),
			[]byte(strings.Repeat("x", 8000)))...)
	}

	for name, stream := range map[string][]byte{"sheets": stream, "texts": long.Stream()} {
		file := bifftest.Compound("Workbook", stream)
		_, err := Open(writeFile(t, "june.xls", string(file)), Options{Header: 1})
		if err == nil || !strings.Contains(err.Error(), "cannot be read: it") {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func FuzzOldExcel(f *testing.F) {
	book := oldBook(bifftest.HiddenRow(1), bifftest.Text(0, 0, 0),
		bifftest.Number(1, 0, 1, "46174"),
		bifftest.Formula(1, 1, 0, bifftest.Double("5"), 2, 0x24, 1, 0, 0, 0xC0, 0x1E, 2, 0, 0x05),
		bifftest.Formula(2, 1, 0, []byte{0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 0, 1, 1, 0, 1, 0),
		bifftest.TextResult("a"), bifftest.Record(0x00E5, uint16(1), uint16(1), uint16(2),
			uint16(0), uint16(0)))
	f.Add(book.Stream(), false)
	f.Add(book.File(), true)
	f.Add(bifftest.Compound("Workbook", append(book.Stream(), make([]byte, 5000)...)), true)
	f.Fuzz(func(t *testing.T, content []byte, isFile bool) {
		if !isFile {
			content = bifftest.Compound("Workbook", content)
		}
		book, err := biff.Open(content)
		if err != nil {
			return
		}
		fuzzGrid(t, func(options grid.Options) (grid.Reader, error) {
			return biff.New(book, options), nil
		})
	})
}
