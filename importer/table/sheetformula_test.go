package table

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// openBook opens a workbook with the given rows, which says or does not say that its formulas must
// be computed.
func openBook(t testing.TB, sheetData string, uncomputed bool) *Table {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	book := `<workbook xmlns="` + mainNamespace + `" xmlns:r="` + office +
		`"><sheets><sheet name="Bills" sheetId="1" r:id="s"/></sheets>`
	if uncomputed {
		book += `<calcPr calcId="124519" fullCalcOnLoad="1"/>`
	}
	return openParts(t, map[string]string{
		"xl/workbook.xml": book + `</workbook>`,
		"xl/worksheets/sheet1.xml": `<worksheet xmlns="` + mainNamespace + `">` + sheetData +
			`</worksheet>`,
		"xl/styles.xml":        testStyles,
		"xl/sharedStrings.xml": testStrings,
	}, Options{Header: -1})
}

func openParts(t testing.TB, parts map[string]string, options Options) *Table {
	t.Helper()
	path := t.TempDir() + "/bills.xlsx"
	writePackage(t, path, parts)
	table, err := Open(path, options)
	check(t, err)
	t.Cleanup(func() { table.Close() })
	return table
}

func TestResultsThatNobodyComputedAreNoValues(t *testing.T) {
	const two, price = `<c r="A2"><v>2</v></c>`, `<c r="B2"><v>150.25</v></c>`
	for _, test := range []struct {
		name, cells string
		plain       string // in a workbook that says nothing
		uncomputed  string // in one that says that its formulas must be computed
	}{
		{"a number", `<c r="A2"><v>0</v></c>`, `number "0"`, `number "0"`},
		{"a constant as it is stored", `<c r="A2"><f>12.50</f><v>12.5</v></c>`, `number "12.5"`,
			`number "12.5"`},
		{"a constant stored as 0", `<c r="A2" t="n"><f>300.00</f><v>0.0</v></c>`, `number "300"`,
			`number "300"`},
		{"a negative constant stored as 0", `<c r="A2"><f>-12.50</f><v>0</v></c>`, `number "-12.5"`,
			`number "-12.5"`},
		{"a constant in brackets stored as 0", `<c r="A2"><f>(12.50)</f><v>0</v></c>`,
			`number "12.5"`, `number "12.5"`},
		{"a constant behind an equals sign", `<c r="A2"><f>=12.50</f><v>0</v></c>`, `number "12.5"`,
			`number "12.5"`},
		{"a constant in the form of a power", `<c r="A2"><f>1.25E+1</f><v>0</v></c>`,
			`number "12.5"`, `number "12.5"`},
		{"a constant of zero", `<c r="A2"><f>0.00</f><v>0</v></c>`, `number "0"`, `number "0"`},
		{"a constant stored as another number", `<c r="A2"><f>12.50</f><v>11</v></c>`, `novalue`,
			`novalue`},
		{"a constant of zero stored as another number", `<c r="A2"><f>0</f><v>11</v></c>`,
			`novalue`, `novalue`},
		{"a constant date stored as 0", `<c r="A2" s="1"><f>45992</f><v>0</v></c>`,
			`date "2025-12-01"`, `date "2025-12-01"`},
		{"a product that is right", two + price + `<c r="C2"><f>A2*B2</f><v>300.5</v></c>`,
			`number "2", number "150.25", number "300.5"`,
			`number "2", number "150.25", number "300.5"`},
		{"a product stored as 0", two + price + `<c r="C2"><f>A2*B2</f><v>0</v></c>`,
			`number "2", number "150.25", novalue`, `number "2", number "150.25", novalue`},
		{"a product of cells to the right",
			`<c r="A2"><f>B2*C2</f><v>0</v></c><c r="B2"><v>2</v></c><c r="C2"><v>3</v></c>`,
			`novalue, number "2", number "3"`, `novalue, number "2", number "3"`},
		{"a product that is 0", two + `<c r="C2"><f>A2*B2</f><v>0</v></c>`,
			`number "2", empty, number "0"`, `number "2", empty, number "0"`},
		{"a product stored as another number", two + price + `<c r="C2"><f>A2*B2</f><v>99</v></c>`,
			`number "2", number "150.25", number "99"`, `number "2", number "150.25", novalue`},
		{"binary fractions",
			`<c r="A2"><v>0.1</v></c><c r="B2"><v>0.2</v></c><c r="C2"><f>A2+B2-0.3</f><v>5.5511151231257827E-17</v></c>`,
			`number "0.1", number "0.2", number "0.0000000000000000555111512312578"`,
			`number "0.1", number "0.2", number "0.0000000000000000555111512312578"`},
		{"rounding",
			`<c r="A2"><v>10</v></c><c r="B2"><f>ROUND(A2*19%,2)</f><v>1.9</v></c><c r="C2"><f>round($A2/3, 2)</f><v>0</v></c>`,
			`number "10", number "1.9", novalue`, `number "10", number "1.9", novalue`},
		{"a sum of the row", two + price +
			`<c r="C2"><f>SUM(A2:B2, 1, -(0.25))</f><v>153</v></c><c r="D2"><f>SUM(A2:B2)</f><v>0</v></c>`,
			`number "2", number "150.25", number "153", novalue`,
			`number "2", number "150.25", number "153", novalue`},
		{"a sum with a text",
			`<c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"><f>SUM(A2:A2)</f><v>0</v></c>`,
			`text "x", number "0"`, `text "x", number "0"`},
		{"a text in a product",
			`<c r="A2" t="inlineStr"><is><t>5</t></is></c><c r="B2"><f>A2*2</f><v>0</v></c>`,
			`text "5", number "0"`, `text "5", novalue`},
		{"an unknown function",
			two +
				`<c r="B2"><f>VLOOKUP(A2,X:Y,2)</f><v>0</v></c><c r="C2"><f>VLOOKUP(A2,X:Y,2)</f><v>7</v></c>`,
			`number "2", number "0", number "7"`, `number "2", novalue, novalue`},
		{"a cell of another row", `<c r="A2"><f>A1+1</f><v>0</v></c>`, `number "0"`, `novalue`},
		{"a cell of another sheet", `<c r="A2"><f>Other!A2</f><v>0</v></c>`, `number "0"`,
			`novalue`},
		{"a result that rests on one in doubt",
			`<c r="A2"><f>Other!A2</f><v>0</v></c><c r="B2"><f>A2*2</f><v>0</v></c>`,
			`number "0", number "0"`, `novalue, novalue`},
		{"a result that rests on a constant",
			`<c r="A2"><f>150.00</f><v>0</v></c><c r="B2"><f>A2*2</f><v>0</v></c>`,
			`number "150", novalue`, `number "150", novalue`},
		{"a division by zero", `<c r="A2"><f>1/0</f><v>0</v></c>`, `number "0"`, `novalue`},
		{"an array formula", `<c r="A2"><f t="array" ref="A2">5</f><v>0</v></c>`, `number "0"`,
			`novalue`},
		{"too long to be one", `<c r="A2"><f>` + strings.Repeat("1+", 5000) + `1</f><v>0</v></c>`,
			`number "0"`, `novalue`},
		{"too deep to be one", `<c r="A2"><f>` + strings.Repeat("(", 999) + `1` +
			strings.Repeat(")", 999) + `+1</f><v>0</v></c>`, `number "0"`, `novalue`},
		{"a text, a truth, an error",
			`<c r="A2" t="str"><f>"a"</f><v>a</v></c><c r="B2" t="b"><f>1=1</f><v>1</v></c><c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>`,
			`text "a", bool "TRUE", error "#DIV/0!"`, `text "a", bool "TRUE", error "#DIV/0!"`},
		{"a constant whose result is no number", `<c r="A2"><f>5</f><v>nan</v></c>`,
			`error "#NUM!"`, `error "#NUM!"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for uncomputed, want := range map[bool]string{
				false: test.plain, true: test.uncomputed,
			} {
				table := openBook(t,
					`<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row r="2">`+
						test.cells+`</row></sheetData>`, uncomputed)
				got := strings.TrimPrefix(rowsOf(table)[1], "2: ")
				for strings.HasSuffix(got, ", empty") {
					got = strings.TrimSuffix(got, ", empty")
				}
				if got != want {
					t.Errorf("to be computed %v: the row is %s, want %s", uncomputed, got, want)
				}
			}
		})
	}
}

func TestSharedFormulasAreMovedToTheirCell(t *testing.T) {
	table := openBook(t, `<sheetData>`+
		`<row r="1"><c r="A1"><v>2</v></c><c r="B1"><v>10</v></c><c r="C1"><f t="shared" ref="C1:C3" si="0">A1*$B1</f><v>20</v></c></row>`+
		`<row r="2"><c r="A2"><v>3</v></c><c r="B2"><v>10</v></c><c r="C2"><f t="shared" si="0"/><v>30</v></c></row>`+
		`<row r="3"><c r="A3"><v>4</v></c><c r="B3"><v>10</v></c><c r="C3"><f t="shared" si="0"/><v>0</v></c></row>`+
		`<row r="4"><c r="A4"><v>4</v></c><c r="C4"><f t="shared" si="7"/><v>4</v></c></row>`+
		`</sheetData>`, true)
	want := []string{
		`1: number "2", number "10", number "20"`,
		`2: number "3", number "10", number "30"`,
		`3: number "4", number "10", novalue`,
		`4: number "4", empty, novalue`,
	}
	if diff := cmp.Diff(want, rowsOf(table)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestOneConstantBetraysTheOthers: a constant that is stored as 0 shows that nobody has computed
// the sheet, so no other 0 of a formula can be believed either.
func TestOneConstantBetraysTheOthers(t *testing.T) {
	table := openBook(t,
		`<sheetData><row r="1"><c r="A1"><f>Other!B7</f><v>0</v></c></row><row r="2"><c r="A2"><f>80.50</f><v>0.0</v></c></row></sheetData>`,
		false)
	if diff := cmp.Diff([]string{`1: novalue`, `2: number "80.5"`}, rowsOf(table)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if told := strings.Join(table.Info().Warnings, "\n"); !strings.Contains(told,
		"the formulas of this sheet were never calculated: 1 of them are plain numbers") {
		t.Errorf("the warnings are %q", told)
	}
}

func TestSubtotalsOfTheirColumnAreTotals(t *testing.T) {
	for _, test := range []struct {
		name, formula string
		want          bool
	}{
		{"of the rows above", "SUBTOTAL(9,B2:B4)", true},
		{"of those that are shown", "subtotal( 109 , $B$2:$B$4 )", true},
		{"of one row", "SUBTOTAL(9,B4)", true},
		{"of the rows below", "SUBTOTAL(9,B6:B8)", true},
		{"of an Excel table", "SUBTOTAL(109,Bills[Total])", true},
		{"a count", "SUBTOTAL(103,B2:B4)", false},
		{"of another column", "SUBTOTAL(9,A2:A4)", false},
		{"of its own row", "SUBTOTAL(9,B$2:B5)", false},
		{"of its own row in an Excel table", "SUBTOTAL(109,Bills[[#This Row],[Net]:[Tax]])", false},
		{"part of another formula", "SUBTOTAL(9,B2:B4)*2", false},
		{"a sum", "SUM(B2:B4)", false},
		{"nothing", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			table := openBook(t, `<sheetData><row r="5"><c r="B5"><f>`+test.formula+
				`</f></c></row></sheetData>`, false)
			for row, err := range table.Rows() {
				if check(t, err); row.Total != test.want {
					t.Errorf("%s: total %v, want %v", test.formula, row.Total, test.want)
				}
			}
		})
	}
}
