package table

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"ableimport/importer/table/grid"
	"ableimport/importer/table/webpage"
)

// pageHead is what Excel writes above the tables of a page.
const pageHead = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>` +
	`<meta http-equiv=Content-Type content="text/html; charset=utf-8"><style><!--
.date {mso-number-format:"Short Date";}
td.digits, .other {color:red; mso-number-format:00000;}
.euro {mso-number-format:"\#\,\#\#0\.00\\ \0022€\0022";}
.text {mso-number-format:"\@";}
--></style></head><body>`

func page(tables string) string { return pageHead + tables + "</body></html>" }

func pageTable(rows ...string) string {
	return "<table><tr>" + strings.Join(rows, "</tr>\n<tr>") + "</tr></table>"
}

func TestCellsOfWebPage(t *testing.T) {
	for _, test := range []struct{ name, cell, want string }{
		{"text", `<td>a &amp; b&eacute;&#8364;</td>`, `text "a & bé€"`},
		{"blanks", "<td>\n  a \t b\n </td>", `text "a b"`},
		{"a blank that does not break", `<td>&nbsp;</td>`, `empty`},
		{"lines", `<td><p>a</p><p>b<br/>c</p></td>`, `text "a\nb\nc"`},
		{"words in bold", `<td><b>a</b><i>b</i> <a href="x">c</a></td>`, `text "ab c"`},
		{"a preformatted text", `<td><pre>a  b</pre></td>`, `text "a  b"`},
		{"a number stays text, as in CSV", `<td>1,234.50</td>`, `text "1,234.50"`},
		{"a number that Excel stored", `<td x:num="1234.5">1,234.50</td>`, `number "1234.5"`},
		{"a number that is shown as it is", `<td x:num>1234.50</td>`, `number "1234.5"`},
		{"a number that is none", `<td x:num>1,234</td>`, `text "1,234"`},
		{"currency of the format", `<td class=euro x:num="5">5,00 €</td>`, `number "5" €`},
		{"currency of a format in place",
			`<td style='mso-number-format:"\[$CHF\]\ 0\.00"' x:num="5">5</td>`,
			`number "5" CHF`},
		{"a format of ASP", `<td style="vnd.ms-excel.numberformat:yyyy-mm-dd" x:num="46174">x</td>`,
			`date "2026-06-01"`},
		{"date by its format", `<td class="big date" x:num="46174">1.6.2026</td>`,
			`date "2026-06-01"`},
		{"digits that a format asks for", `<td class=digits x:num="42">42</td>`, `number "00042"`},
		{"a text of digits", `<td class=text>0042</td>`, `text "0042"`},
		{"a text that Excel stored", `<td x:str="  a  b ">a b</td>`, `text "  a  b "`},
		{"boolean", `<td x:bool="TRUE">WAHR</td>`, `bool "TRUE"`},
		{"error", `<td x:err="#N/A">#NV</td>`, `error "#N/A"`},
		{"formula", `<td x:num x:fmla="=B1*2">3</td>`, `number "3"`},
		{"formula that nobody computed", `<td x:num="0" x:fmla="=300.00">0</td>`, `number "300"`},
		{"a number that LibreOffice stored",
			`<td sdval="1234.5" sdnum="1033;0;#,##0.00 [$€-407]">1,234.50 €</td>`,
			`number "1234.5" €`},
		{"... and in words of another language", `<td sdval="5" sdnum="1031;0;STANDARD">5,0</td>`,
			`text "5,0"`},
		{"a date that LibreOffice stored, since what it counts from is not told",
			`<td sdval="44712" sdnum="1033;0;YYYY-MM-DD">2026-06-01</td>`, `text "2026-06-01"`},
		{"an error that LibreOffice stored as 0",
			`<td sdval="0" sdnum="1033;0;General">#DIV/0!</td>`,
			`error "#DIV/0!"`},
		{"what is not shown", `<td><span style="DISPLAY: none">2026<span>06</span></span>1 June</td>`,
			`text "1 June"`},
		{"notes", `<td>a<![if !supportAnnotations]><a class=msocomanchor>[1]</a><![endif]>b<comment>Ann: no</comment></td>`,
			`text "ab"`},
		{"scripts", `<td>a<script>document.write("<td>b</td>")</script></td>`, `text "a"`},
		{"a form is no text", `<td>a<input value="b"><img alt="c"></td>`, `text "a"`},
		{"a table within", `<td>a<table><tr><td>b</td><td>c</td></tr></table>d</td>`, `text "ad"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := page(pageTable("<th>Total<th>Id", test.cell+"<td>x", "<td>y<td>z"))
			table, err := Open(writeFile(t, "june.xls", file), Options{Header: 1, Table: 1})
			check(t, err)
			defer table.Close()
			rows := signedRows(table)
			want := strings.Replace("2: "+test.want, `"`, "\x00", 1)
			if at := strings.LastIndex(want, `"`); at >= 0 {
				want = want[:at+1] + `, text "x"` + want[at+1:]
			} else {
				want += `, text "x"`
			}
			want = strings.Replace(want, "\x00", `"`, 1)
			if diff := cmp.Diff(want, rows[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRowsOfWebPage(t *testing.T) {
	for _, test := range []struct {
		name, table string
		want        []string
	}{
		{"tags without ends", "<table><tr><th>Id<th>Total<tr><td>A<td>5<tr><td>B<td>6</table>",
			[]string{`2: text "A", text "5"`, `3: text "B", text "6"`}},
		{"sections, a caption and columns",
			"<table><caption>June</caption><col><thead><tr><th>Id<th>Total</thead>" +
				"<tbody><tr></tr><tr><td>A</td><td>5</td></tr></tbody><tfoot><tr><td>Total<td>" +
				"5</tfoot></table>",
			[]string{`3: text "A", text "5"`, `4: text "Total", text "5"`}},
		{"cells over columns and rows", pageTable("<td>Id<td>Total<td>Note",
			"<td colspan=2 rowspan=2>A<td>n",
			"<td>m", "<td>B<td rowspan=2>5<td>k", "<td>C<td>j"),
			[]string{`2: text "A", empty, text "n"`, `3: empty, empty, text "m"`,
				`4: text "B", text "5", text "k"`, `5: text "C", empty, text "j"`}},
		{"a cell to the end of its section",
			"<table><tr><td>Id<td>Total<tbody><tr><td rowspan=0>A<td>5" +
				"<tr><td>6</tbody><tbody><tr><td>B<td>7</table>",
			[]string{`2: text "A", text "5"`, `3: empty, text "6"`, `4: text "B", text "7"`}},
		{"cells without a row", "<table><td>Id<td>Total<tr><td>A<td>5</table>",
			[]string{`2: text "A", text "5"`}},
		{"an unending hidden word", pageTable("<td>Id<td>Total",
			"<td>A<span style='display:none'>x<td>5"),
			[]string{`2: text "A", text "5"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeFile(t, "june.html", page(test.table)), Options{Header: 1})
			check(t, err)
			defer table.Close()
			if diff := cmp.Diff(test.want, rowsOf(table)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHiddenRowsOfWebPage(t *testing.T) {
	file := page(pageTable("<td>Id<td>Total", "<td>A<td>5") + "<p>")
	file = strings.Replace(file, "<tr><td>A", "<tr style='height:15pt;display:none'><td>A", 1)
	table, err := Open(writeFile(t, "june.html", file), Options{Header: 1})
	check(t, err)
	defer table.Close()
	for row := range table.Rows() {
		if !row.Hidden {
			t.Errorf("row %d is not hidden", row.Number)
		}
	}
	if got := table.Info().Warnings; len(got) != 1 || !strings.HasPrefix(got[0], "hidden rows") {
		t.Errorf("the warnings are %q", got)
	}
}

// Of several tables the one with the columns is read, or the only one that is more than a title;
// otherwise the user is asked.
func TestWhichTableIsRead(t *testing.T) {
	title := pageTable("<td>Report<td>June")
	bills := pageTable("<td>Id<td>Total", "<td>A<td>5")
	other := pageTable("<td>Name<td>Mail", "<td>Ann<td>ann@example.com")
	needs := [][]string{{"Id"}, {"Total"}}
	const asked = "june.html: it has several tables that hold rows, and only one is read at a " +
		"time. Add the right line to the mapping's `source:`\n" +
		"  table: 2  # 2 rows, from row 1 on\n" +
		"  table: 3  # 2 rows, from row 1 on"
	const alike = "june.html: it has several tables with the columns of the mapping, and only " +
		"one is read at a time. Add the right line to the mapping's `source:`\n" +
		"  table: 1  # 2 rows, from " +
		"row 1 on\n  table: 2  # 2 rows, from row 1 on"
	for _, test := range []struct {
		name, tables string
		options      Options
		want         string
	}{
		{"the only one", bills, Options{}, ""},
		{"the only one that is more than a title", title + bills, Options{}, "table 2"},
		{"within another one", pageTable("<td>" + title + "<td>" + bills), Options{}, "table 3"},
		{"one of several", title + other + bills, Options{}, asked},
		{"the one with the columns", other + bills, Options{Needs: needs}, "table 2"},
		{"several with the columns", bills + bills, Options{Needs: needs}, alike},
		{"the chosen one", bills + bills, Options{Needs: needs, Table: 2}, "table 2"},
		{"a title that was chosen", title + bills, Options{Table: 1}, "table 1"},
		{"by its name", bills + bills, Options{Sheet: "Table 2"}, "table 2"},
		{"not a hidden one", strings.Replace(bills, "<table", "<table style='display: none'", 1) +
			other,
			Options{}, "table 2"},
		{"none of the number", bills, Options{Table: 3},
			"june.html: it has no table 3; it has table 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeFile(t, "june.html", page(test.tables)), test.options)
			got := fmt.Sprint(err)
			if err == nil {
				got = table.Info().Sheet
				table.Close()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The number of a table does not matter if there is only one.
func TestTableOfOtherFiles(t *testing.T) {
	book := writeBook(t, nil, [][]string{{"Id", "Total"}, {"A", "5"}})
	text := writeFile(t, "june.csv", "Id,Total\nA,5\n")
	for path, want := range map[string]string{
		book: "book.xlsx: it has no table 2; it has \"Sheet1\"",
		text: "june.csv: it has no table 2: `table:` chooses among the tables of a web page (HTML)",
	} {
		if _, err := Open(path, Options{Table: 2}); err == nil || err.Error() != want {
			t.Errorf("Open = %v, want %s", err, want)
		}
		table, err := Open(path, Options{Table: 1})
		check(t, err)
		check(t, table.Close())
	}
}

func TestEncodingOfWebPage(t *testing.T) {
	plain := `<table><tr><td>Id<td>Name</tr><tr><td>1<td>%s</tr></table>`
	meta := func(name string) string { return `<meta charset="` + name + `">` + plain }
	utf16 := func(text string) string {
		wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		check(t, err)
		return wide
	}
	for _, test := range []struct{ name, file, encoding, want string }{
		{"nothing said, and UTF-8", fmt.Sprintf(plain, "Müller"), "", "Müller utf-8"},
		{"as it says", fmt.Sprintf(meta("iso-8859-1"), "M\xfcller"), "", "Müller windows-1252"},
		{"as an XML declaration says", `<?xml version="1.0" encoding="windows-1250"?><html>` +
			fmt.Sprintf(plain, "\xe8") + "</html>", "", "č windows-1250"},
		{"by a mark", "\xef\xbb\xbf" + fmt.Sprintf(meta("iso-8859-1"), "Müller"), "",
			"Müller utf-8"},
		{"wide", utf16(fmt.Sprintf(meta("utf-16"), "Müller")), "", "Müller utf-16le"},
		{"as the mapping says", fmt.Sprintf(meta("utf-8"), "M\xfcller"), "windows-1252",
			"Müller windows-1252"},
		{"not as it says", fmt.Sprintf(meta("utf-8"), "M\xfcller"), "",
			"june.xls: it says that it is " +
				"UTF-8, and is not from line 1 on: export it again, or set `encoding:` with the " +
				"right one, such as windows-1252"},
		{"UTF-8 under another name", fmt.Sprintf(meta("windows-1252"), "Müller"), "",
			"june.xls: it says that its encoding is windows-1252, but all of it is UTF-8, which " +
				"can hardly be chance. Add the right line to the mapping's `source:`\n  encoding: " +
				"utf-8\n  encoding: windows-1252"},
		{"ASCII under another name", fmt.Sprintf(meta("windows-1252"), "Muller"), "",
			"Muller windows-1252"},
		{"an encoding that is none", fmt.Sprintf(meta("x-own"), "Muller"), "",
			"june.xls: it says that " +
				"its encoding is \"x-own\", which is not known: set `encoding:` with the right " +
				"one"},
		{"nothing said, and not UTF-8", fmt.Sprintf(plain, "M\xfcller"), "",
			"june.xls: it does not say " +
				"its encoding, is not UTF-8 from line 1 on, and can be read in several " +
				"encodings. Add the right line to the mapping's `source:`\n" +
				"  encoding: windows-1252\n  encoding: " +
				"windows-1250\n  encoding: windows-1251\n  encoding: gb18030"},
		{"bytes that it does not have", fmt.Sprintf(meta("windows-1252"), "M\x81ller"), "",
			"2: the row holds bytes that the encoding does not have: the file is damaged here, " +
				"or has another encoding"},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(writeFile(t, "june.xls", test.file), Options{Encoding: test.encoding,
				Header: 1})
			got := fmt.Sprint(err)
			if err == nil {
				defer table.Close()
				for row, err := range table.Rows() {
					if got = string(row.Cells[1]) + " " + table.Info().Encoding; err != nil {
						got = err.Error()
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The name means nothing, and a packed page is also a page.
func TestNamesOfWebPages(t *testing.T) {
	file := page(pageTable("<td>Id<td>Total", "<td>A<td>5"))
	for name, content := range map[string]string{
		"june.xls html": file, "june.csv html": file, "june.xlsx html": file, "june html": file,
		"june.xls.gz html.gz": gzipped(file),
		"june.zip html.zip":   zipped(map[string]string{"june.xls": file}),
		"page.zip html.zip":   zipped(map[string]string{"june.html": file}),
	} {
		name, want, _ := strings.Cut(name, " ")
		table, err := Open(writeFile(t, name, content), Options{Header: 1})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if info := table.Info(); info.Format != want || len(rowsOf(table)) != 1 {
			t.Errorf("%s: is %s with %q", name, info.Format, rowsOf(table))
		}
		check(t, table.Close())
	}
}

func TestRefusesWebPage(t *testing.T) {
	bills := pageTable("<td>Id<td>Total", "<td>A<td>5")
	for _, test := range []struct{ name, content, want string }{
		{"no table", "<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>",
			"is a web page (HTML) without a table that has rows of several filled cells: export " +
				"it as CSV or XLSX"},
		{"a layout", page("<table><tr><td>Sign in</td></tr></table>"),
			"is a web page (HTML) without a table"},
		{"cut off", page(bills)[:len(page(bills))-30],
			"table 1 cannot be read: it ends in the middle of a " +
				"table: export or download it again"},
		{"tables within tables without end", page(strings.Repeat("<table><td>", 99)),
			"its tables nest more than 64 deep"},
		{"tables without end", page(strings.Repeat("<table></table>", 10_001)),
			"it has more than 10000 sheets or tables"},
		{"a cell without end", page(pageTable("<td>" + strings.Repeat("x", 5<<20))),
			"it has a cell of more than 4194304 bytes"},
		{"a tag without end", page(pageTable("<td " + strings.Repeat("x", 17<<20))),
			"raise `max_row` to read it"},
		{"cells over more columns than there are",
			page(pageTable(strings.Repeat("<td colspan=1000>a", 18))),
			"row 1 has a cell beyond the 16384 columns"},
	} {
		t.Run(test.name, func(t *testing.T) {
			refuses(t, test.content, test.want)
		})
	}
}

func FuzzWebPage(f *testing.F) {
	f.Add([]byte(page(pageTable("<td>Id<td colspan=2 rowspan=2>Total",
		`<td x:num="5" class=euro>A`))))
	f.Add([]byte("<table><tr style='display:none'><td><table><td>a</table><pre> b</pre><td " +
		"sdval=1 sdnum='1033;0;0'>1"))
	f.Fuzz(func(t *testing.T, content []byte) {
		fuzzGrid(t, func(options grid.Options) (grid.Reader, error) {
			return webpage.New(bytes.NewReader(content), options), nil
		})
	})
}
