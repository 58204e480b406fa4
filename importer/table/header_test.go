package table

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer/table/grid"
)

func headOf(text string) []headRow {
	var head []headRow
	for i, line := range strings.Split(text, "\n") {
		if strings.Trim(line, ",") != "" {
			head = append(head, headRow{number: i + 1, cells: strings.Split(line, ",")})
		}
	}
	return head
}

// unprovenHeaders are the tests in which no row below the header shows that it is none of them.
var unprovenHeaders = []string{
	"headings only", "all text", "text with more cells than headings",
	"a heading that is a value, too", "headings of which many are the same",
	"a header with a merged heading", "a title and a header below which there is nothing",
	"column numbers as headings",
	"column numbers far apart, below which there is nothing",
	"one name in all columns, right above the data", "a heading that ends with a colon, above text",
}

func TestFindHeader(t *testing.T) {
	tests := []struct {
		name, text string
		options    Options
		row        int
		names      string
	}{
		{"the first row", "id,total\n1,2.50", Options{}, 1, "id,total"},
		{"headings only", "id,total", Options{}, 1, "id,total"},
		{"all text", "name,city\nAnn,Berlin\nBob,Oslo", Options{}, 1, "name,city"},
		{"titles and a blank line above", "Acme Works\nSales by Customer\n\nDate,Type,Total\n" +
			"07/03/2026,Invoice,5", Options{}, 4, "Date,Type,Total"},
		{"titles with all their delimiters", "Acme Works,,\nJuly 1-31,,\n\nDate,Type,Total\n" +
			"07/03/2026,Invoice,5", Options{}, 4, "Date,Type,Total"},
		{"a nameless first column", "Title,,,,\n,Date,Type,Num,Total\nAnn,,,,\n" +
			",07/03/2026,Invoice,17,5", Options{}, 2, ",Date,Type,Num,Total"},
		{"a nameless last column", "a,b,c,d,\n1,2,3,4,", Options{}, 1, "a,b,c,d,"},
		{"a record of another width above", "EXTF,700,21\nUmsatz,Konto,Datum,Text,Beleg\n" +
			"5,1,2,x,y\n6,1,2,x,y", Options{}, 2, "Umsatz,Konto,Datum,Text,Beleg"},
		{"labels and values above", "Report:,Sales,,\nDate,Type,Num,Total\n07/03/2026,Invoice,17,5",
			Options{}, 2, "Date,Type,Num,Total"},
		{"labels and numbers above", "Account,12345\nFrom,2026-01-01\nTo,2026-01-31\n\n" +
			"Date,Text,Total\n2026-01-02,Tea,3.50\n2026-01-03,Tea,2.50", Options{}, 5,
			"Date,Text,Total"},
		{"a header shorter than its rows", "one,two,three\n1,2,3,4\n1,2,3,4", Options{}, 1,
			"one,two,three"},
		{"a header longer than its rows", "a,b,c,d,e,f\n1,2,3\n1,2,3", Options{}, 1, "a,b,c,d,e,f"},
		{"text with more cells than headings", "name,city\nAnn,Berlin\nBob,Oslo, Norway, EU",
			Options{}, 1, "name,city"},
		{"headings with digits", "Line 1,Q1,c0,2nd name\n5,6,7,x", Options{}, 1,
			"Line 1,Q1,c0,2nd name"},
		{"no header: numbers", "1,2,x\n3,4,y", Options{}, 0, "column A,column B,column C"},
		{"no header: a date", "Ann,2026-01-31\nBob,2026-02-28", Options{}, 0, "column A,column B"},
		{"no header: an e-mail address", "ann@example.com,x\nbob@example.com,y", Options{}, 0,
			"column A,column B"},
		{"a list of texts, one of which comes again", "pear\napple\npear\nplum", Options{}, 0,
			"column A"},
		{"a list of texts, composed in two ways", "\u00fc\nu\u0308", Options{}, 0, "column A"},
		{"a list of words and what they mean", "Text,I am Text\nNumber,3.14\nDate,2016-05-17\n" +
			"Formula,I am Text", Options{}, 0, "column A,column B"},
		{"labels and values", "Customer:,Ann\nDate:,2026-01-31\nTotal:,12.50", Options{}, 0,
			"column A,column B"},
		{"headings that end like labels", "Customer:,Date:,Total:\nAnn,2026-01-31,12.50", Options{},
			1, "Customer:,Date:,Total:"},
		{"the header again, where files were joined", "name,city\nAnn,Berlin\nname,city\nBob,Oslo",
			Options{}, 1, "name,city"},
		{"the header again, with more beside it",
			"name,city\nAnn,Berlin\nname,city,page 2\nBob,Oslo", Options{}, 1, "name,city"},
		{"a heading that is a value, too", "type,city,name\ntype,Berlin,Ann\nx,Oslo,Bob", Options{},
			1, "type,city,name"},
		{"headings of which many are the same", "ID,XXX,XXX,XXX\n1a,XXX,XXX,XXX", Options{}, 1,
			"ID,XXX,XXX,XXX"},
		{"a header with a merged heading", "Name,,City,Zip\nAnn,Lee,Berlin,x\nBob,Ray,Oslo,y",
			Options{}, 1, "Name,,City,Zip"},
		{"years as headings", "Rates\n€,2024,2025,2026\nx,1,2,3\ny,4,5,6", Options{}, 2,
			"€,2024,2025,2026"},
		{"years that are values", "Ann,2024,2026,2025\nBob,2025,2026,2024", Options{}, 0,
			"column A,column B,column C,column D"},
		{"many values at once, of whatever width",
			"a,b,c\n1,2,3,4,5,6,7,8,9,10,11\nx,y,z,u,v\np,q,r,s,t", Options{}, 1, "a,b,c"},
		{"notes above, of two cells, too", "some notes\nmore notes,...\nnumber,text,date\n" +
			"345.0,x,2000-12-13", Options{}, 3, "number,text,date"},
		{"a title above many lines of one cell", "Acme Works\nSales\nJuly\nall shops\nin euros\n" +
			"id,date,total\nA1,2026-01-31,5\nA2,2026-01-31,6", Options{}, 6, "id,date,total"},
		{"sections of one cell within the table", "Sales\nid,date,total\nNorth\nA1,2026-01-31,5\n" +
			"South\nWest\nEast\nA2,2026-01-31,6", Options{}, 2, "id,date,total"},
		{"texts of one column, some with a comma", "name\nAnn\nBob\nLee, Ann\nKim\nLee, Bob\nRay",
			Options{}, 1, "name"},
		{"a heading that ends with a colon", "Order:,Date,Total\nA1,2026-01-31,12.50", Options{}, 1,
			"Order:,Date,Total"},
		{"a heading that ends with a colon, above text", "Order:,Customer,City\nA1,Ann,Berlin\n" +
			"A2,Bob,Oslo", Options{}, 1, "Order:,Customer,City"},
		{"a heading that ends with a colon, of two columns", "Order:,Total\nA1,12.50\nA2,3.50",
			Options{}, 1, "Order:,Total"},
		{"a label that fills the table above the header",
			"Period:,June,July\nid,date,total\nA1,2026-01-31,5", Options{}, 2, "id,date,total"},
		{"labels that fill the table above the header", "From:,June,To:,July\n" +
			"id,date,text,total\nA1,2026-01-31,x,5", Options{}, 2, "id,date,text,total"},
		{"a title in all columns", "Sales,Sales,Sales\nid,date,total\nA1,2026-01-31,5", Options{},
			2, "id,date,total"},
		{"a title in all columns that a mapping needs", "total,total,total\nid,date,total\n" +
			"A1,2026-01-31,5", Options{Needs: [][]string{{"total"}}}, 2, "id,date,total"},
		{"one name in all columns, right above the data", "a,a,a\nA1,2026-01-31,5\nA2,2026-01-31,6",
			Options{}, 1, "a,a,a"},
		{"column numbers as headings", "1,2,3,4\n5,6,7,8", Options{}, 1, "1,2,3,4"},
		{"column numbers far apart, below which there is nothing", "1,2,,3,4", Options{}, 1,
			"1,2,,3,4"},
		{"column numbers below headings", "id,date,text,total\n1,2,3,4\nA1,2026-01-31,x,5",
			Options{}, 1, "id,date,text,total"},
		{"column numbers above headings", "1,2,3,4\nid,date,text,total\nA1,2026-01-31,x,5",
			Options{}, 2, "id,date,text,total"},
		{"numbers that do not count columns", "1,2,3,5\n5,6,7,8", Options{}, 0,
			"column A,column B,column C,column D"},
		{"titles of groups above headings that come again", "Income,,,Share,\nItem,Amount,,5,\n" +
			"Pay,2500,,,\nOther,250,,,\nItem,Amount,,,\nRent,800,,,", Options{}, 2,
			"Item,Amount,,5,"},
		{"a row that comes again without its amount", "Item,Text,Amount\nMug,blue,5\n" +
			"Mug,blue,\nCup,red,6", Options{}, 1, "Item,Text,Amount"},
		{"a list of variants of one name", "Mug\nMug blue\nMug red", Options{}, 0, "column A"},
		{"one word", "hello", Options{}, 0, "column A"},
		{"two words far apart below a title", "Notes\nthis,,that", Options{}, 0,
			"column A,column B,column C"},
		{"a title and a header below which there is nothing", "Sales of June\nDate,Type,Total",
			Options{}, 2, "Date,Type,Total"},
		{"no header, by setting", "id,name\nx,y", Options{Header: -1}, 0, "column A,column B"},
		{"by row number", "id,name\nx,y\nz,w", Options{Header: 2}, 2, "x,y"},
		{"by names", "Title\nx,y\nid,name,z\n1,2,3", Options{HeaderNames: []string{"name", "id"}},
			3, "id,name,z"},
		{"by the mapping's columns", "2026,x\nid, total \n1,2",
			Options{Needs: [][]string{{"ID", "id"}, {"total"}}}, 2, "id,total"},
		{"by the mapping's columns, below a row that looks like a header",
			"Shop,Period\nid,2025\nx,2", Options{Needs: [][]string{{"id"}, {"2025"}}}, 2,
			"id,2025"},
		{"half of the mapping's columns", "a,b\n1,2",
			Options{Needs: [][]string{{"a"}, {"missing"}}}, 1, "a,b"},
		{"none of the mapping's columns: by shape", "a,b\n1,2",
			Options{Needs: [][]string{{"x"}, {"y"}}}, 1, "a,b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := findHeader(headOf(test.text), test.options, loneInText)
			if names := strings.Join(got.names, ","); err != nil || got.row != test.row ||
				names != test.names {
				t.Errorf("got row %d, %q, error %v, want row %d, %q", got.row, names, err, test.row,
					test.names)
			}
			warned := test.row == 0 && test.options.Header == 0 ||
				slices.Contains(unprovenHeaders, test.name)
			if (got.index < 0) != (test.row == 0) || (len(got.warnings) > 0) != warned {
				t.Errorf("got index %d and warnings %q for row %d", got.index, got.warnings,
					test.row)
			}
		})
	}
}

// TestOneWordInASheet wants a question if a sheet holds only one word, and none if a heading would
// not be a word.
func TestOneWordInASheet(t *testing.T) {
	var ambiguous *AmbiguousError
	if _, err := findHeader(headOf("Invoice"), Options{}, loneInSheet); !errors.As(err,
		&ambiguous) || len(ambiguous.Readings) != 2 {
		t.Errorf("got %v, want a question with two answers", err)
	}
	for _, text := range []string{"hello there", "12.50", "Invoice\nA1"} {
		if _, err := findHeader(headOf(text), Options{}, loneInSheet); err != nil {
			t.Errorf("%q: got %v, want no question", text, err)
		}
	}
	if got, err := findHeader(headOf("Invoice"), Options{Header: 1}, loneInSheet); err != nil ||
		got.row != 1 {
		t.Errorf("got row %d, error %v, want the header that the settings name", got.row, err)
	}
}

// TestDataAboveTheHeader wants a question where rows of data would be left out, and none where what
// is above the header is something else.
func TestDataAboveTheHeader(t *testing.T) {
	needs := [][]string{{"Order"}, {"Date"}, {"Total"}, {"Email"}}
	const header = "Order,Date,Total,Email\n"
	const row = "A2,2026-11-02,6.00,bo@example.com\n"
	tests := []struct {
		name, text string
		want       string // part of the question; "": none
	}{
		{"a row", "A1,2026-11-01,5.00,ann@example.com\n" + header + row,
			"has its header in row 2, but row 1 above it looks like data"},
		{"all rows", "A1,1.11.2026,5,ann@example.com\n" + row + header,
			"has its header in row 3, but rows 1 to 2 above it look like data"},
		{"a row without one cell", "A1,2026-11-01,5.00,\n" + header + row, "row 1 above it looks"},
		{"rows below a title", "Orders of November\n\n" + row + row + header + row,
			"has its header in row 5, but rows 3 to 4 above it look like data"},
		{"a summary", "Sales,2026-11-01,2026-11-30,\n" + header + row, ""},
		{"totals", "Total,,11.00,\n" + header + row, ""},
		{"a table with headings of its own", "Name,Last,Value,Contact\n" + row + header + row, ""},
		{"a title", "Orders,November,2026\n" + header + row, ""},
	}
	for _, test := range tests {
		_, err := findHeader(headOf(test.text), Options{Needs: needs}, loneInText)
		var ambiguous *AmbiguousError
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: got %v, want no question", test.name, err)
		case test.want != "" &&
			(!errors.As(err, &ambiguous) || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want a question with %q", test.name, err, test.want)
		}
	}
	choice, err := findHeader(headOf(row+header), Options{Needs: needs, Header: 2}, loneInText)
	if err != nil || choice.row != 2 {
		t.Errorf("got row %d, error %v, want the header that the settings name", choice.row, err)
	}
}

func TestCommentsAreNoHeader(t *testing.T) {
	tests := []struct {
		name, text    string
		row, comments int
	}{
		{"above and between rows", "# made by hand\n# twice\na,b\n# more\n1,2\n# end", 3, 4},
		{"of one column, which may begin so", "#id\nx\n12", 1, 0},
		{"headings that begin so", "#,#id\n1,x", 1, 0},
	}
	for _, test := range tests {
		head := headOf(test.text)
		comments := markComments(head)
		if got, err := findHeader(head, Options{}, loneInText); err != nil || got.row != test.row ||
			comments != test.comments {
			t.Errorf("%s: got row %d, %d comments, error %v, want row %d, %d comments", test.name,
				got.row, comments, err, test.row, test.comments)
		}
	}
}

func TestColumnLetters(t *testing.T) {
	for column, want := range map[int]string{
		0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD",
	} {
		if got := grid.Letters(column); got != want {
			t.Errorf("grid.Letters(%d): got %s, want %s", column, got, want)
		}
	}
}

// What is above the header was read when it was found: nobody reads the file again for it.
func TestAbove(t *testing.T) {
	rows := [][]string{{"Ann's shop"}, {"", ""}, {"June", "2026"}, {"Id", "Day", "Total"},
		{"1", "3 June", "12.50"}, {"2", "4 June", "8.00"}}
	want := [][]string{{"Ann's shop"}, {"June", "2026"}}
	var many [][]string
	for i := range 30 {
		many = append(many, []string{fmt.Sprintf("Note %d", i+1)})
	}
	most := many[:limitAbove]
	many = append(many, rows[3:]...)

	for _, test := range []struct {
		name, path string
		want       [][]string
	}{
		{"text", writeFile(t, "june.csv", textOf(rows)), want},
		{"text with nothing above", writeFile(t, "june.csv", textOf(rows[3:])), nil},
		{"text with more than is kept", writeFile(t, "june.csv", textOf(many)), most},
		{"a workbook", writeBook(t, nil, rows), want},
		{"a workbook with more than is kept", writeBook(t, nil, many), most},
		{"an OpenDocument", writeODS(t, odsSheet(odsRow(odsText("Ann's shop"))+
			odsRow(odsText("June"), odsText("2026"))+
			odsRow(odsText("Id"), odsText("Day"), odsText("Total"))+
			odsRow(odsText("1"), odsText("3 June"), odsText("12.50"))), nil), want},
	} {
		opened, err := Open(test.path, Options{})
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		check(t, os.Truncate(test.path, 0))
		got := opened.Above()
		for i := range got {
			got[i] = slices.DeleteFunc(got[i], func(cell string) bool { return cell == "" })
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		check(t, opened.Close())
	}
}

func textOf(rows [][]string) (text string) {
	for _, cells := range rows {
		text += strings.Join(cells, ";") + "\n"
	}
	return text
}
