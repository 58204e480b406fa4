package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

// A placeholder for an id counts as empty.
func TestWhatStandsForNoID(t *testing.T) {
	with := func(id string) string {
		return strings.Replace(minimal, "fields:", "id: "+id+"\nfields:", 1)
	}
	const empty = "id_empty@2:Order"
	for _, test := range []struct {
		name, source, order, line string
		want                      []string
	}{
		{"a hyphen", minimal, "-", "", []string{empty}},
		{"dashes of other kinds", minimal, "—–", "", []string{empty}},
		{"signs only", minimal, "###", "", []string{empty}},
		{"zero", minimal, "0", "", []string{empty}},
		{"zeros", minimal, "00000", "", []string{empty}},
		{"zero with decimals", minimal, "0.0", "", []string{empty}},
		{"null", minimal, "null", "", []string{empty}},
		{"NULL", minimal, "NULL", "", []string{empty}},
		{"of a database", minimal, `\N`, "", []string{empty}},
		{"in brackets", minimal, "(none)", "", []string{empty}},
		{"n/a", minimal, "N/A", "", []string{empty}},
		{"of a spreadsheet, as text", minimal, "#N/A", "", []string{empty}},
		{"an error of a spreadsheet", minimal, "#REF!", "", []string{empty}},
		{"an error with a zero", minimal, "#DIV/0!", "", []string{empty}},
		{"an error with a question mark", minimal, "#NAME?", "", []string{empty}},
		{"a German error", minimal, "#BEZUG!", "", []string{empty}},
		{"German #N/A", minimal, "#NV", "", []string{empty}},
		{"n.a.", minimal, "n.a.", "", []string{empty}},
		{"NaN", minimal, "NaN", "", []string{empty}},
		{"undefined", minimal, "undefined", "", []string{empty}},
		{"German", minimal, "k. A.", "", []string{empty}},
		{"Russian", minimal, "Нет", "", []string{empty}},
		{"Japanese", minimal, "なし", "", []string{empty}},
		{"a draft", minimal, "Entwurf", "", []string{empty}},
		{"one that comes later", minimal, "Pending", "", []string{empty}},
		{"a truth", minimal, "TRUE", "", []string{empty}},
		{"below zero", minimal, "-1", "", []string{empty}},
		{"the nil UUID", minimal, "00000000-0000-0000-0000-000000000000", "", []string{empty}},
		{"an object", minimal, "[object Object]", "", []string{empty}},
		{"see above", minimal, "s. o.", "", []string{empty}},
		{"a gap of a template", minimal, "{{order.id}}", "", []string{empty}},
		{"a gap of a shell", minimal, "${ORDER_ID}", "", []string{empty}},
		{"a gap between signs", minimal, "%ORDER_ID%", "", []string{empty}},
		{"a gap in brackets", minimal, "[order_id]", "", []string{empty}},
		{"a sale at the counter", minimal, "Walk-in", "", []string{empty}},
		{"a test", minimal, "TEST", "", []string{empty}},
		{"a beginning without its number", minimal, "INV-", "", []string{empty}},
		{"a beginning and no number", minimal, "INV-undefined", "", []string{empty}},
		{"an empty date", minimal, "0000-00-00", "", []string{empty}},
		{"Thai", minimal, "ไม่มี", "", []string{empty}},
		{"a word beside a number", with("[Order, Line]"), "new", "7", nil},
		{"a word with a number", minimal, "test-7", "", nil},
		{"letters only", minimal, "ABC-DEF", "", nil},
		{"a UUID", minimal, "00000000-0000-0000-0000-000000000001", "", nil},
		{"a minus and more", minimal, "-12", "", nil},
		{"braces", minimal, "{A}", "", nil},

		{"an id", minimal, "1001", "", nil},
		{"an id that ends in a zero", minimal, "10", "", nil},
		{"an id of letters", minimal, "NONESUCH", "", nil},
		{"an id that begins like one", minimal, "NA-1", "", nil},
		{"an id with signs", minimal, "#1", "", nil},
		{"an id with signs and letters", minimal, "#NVA", "", nil},

		{"one of two, and the other is an id", with("[Order, Line]"), "-", "7", []string{empty}},
		{"the first line of an order", with("[Order, Line]"), "1001", "0", nil},
		{"both are zero", with("[Order, Line]"), "0", "0", []string{"id_empty@2:Line"}},
		{"what the mapping says itself", with(`[{column: Order, default: "-"}, Line]`),
			"", "7", nil},
		{"an expression", with(`{expr: 'col("Order")'}`), "-", "", nil},
		{"the first that is one", with("{first: [Order, Line]}"), "null", "7", nil},
		{"none that is one", with("{first: [Order, Line]}"), "null", "n/a", []string{empty}},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mapOne(t, test.source, shopHeader+"|Line",
				test.order+" | 10.00 | USD | a@example.com | "+test.line)
			if diff := cmp.Diff(test.want, problems(e)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// An order id that is a placeholder is not sent either: a receiver may take all events with it for
// one.
func TestOrderIDThatIsNone(t *testing.T) {
	source := strings.Replace(minimal, "fields:", "id: [Line]\nfields:", 1)
	for order, want := range map[string]bool{"-": false, "0": false, "A1": true} {
		e := mapOne(t, source, shopHeader+"|Line", order+" | 10.00 | USD | a@example.com | 7")
		if got := strings.Contains(string(e.Body), "order_id"); got != want {
			t.Errorf("%s: the body has an order id: %v, want %v: %s", order, got, want, e.Body)
		}
	}
}

// learnt maps rows with what all of them show about their ids, and returns the problems.
func learnt(t *testing.T, source string, ids ...string) (all []string) {
	t.Helper()
	lines := []string{shopHeader}
	for _, id := range ids {
		lines = append(lines, id+" | 10.00 | USD | a@example.com")
	}
	header, rows := table(lines...)
	m := bind(t, source, header)
	watch := watched(m, rows)
	if watch == nil {
		return nil
	}
	return knownOf(t, m, watch, rows)
}

func watched(m *Mapper, rows []cell.Row) *IDWatch {
	watch := m.WatchIDs()
	if watch == nil {
		return nil
	}
	for _, row := range rows {
		watch.Learn(row)
	}
	return watch
}

// knownOf are the problems that are found with what was learnt.
func knownOf(t *testing.T, m *Mapper, watch *IDWatch, rows []cell.Row) (all []string) {
	t.Helper()
	kept := new(Resolution)
	if r := watch.Resolve(nil); r != nil { // what is kept for the failures file knows it too
		text, err := r.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := kept.UnmarshalJSON(text); err != nil {
			t.Fatal(err)
		}
	}
	m.Apply(kept)
	for i := range rows {
		var e Event
		m.Map(rows[i:i+1], &e)
		all = append(all, problems(e)...)
	}
	return all
}

func TestIDsThatWereSpoiltBeforeTheExport(t *testing.T) {
	for _, test := range []struct {
		name string
		ids  []string
		want []string
	}{
		{"zeros beyond the 15th digit", []string{"1234567890123450000", "1234567890123460000"},
			[]string{"id_shortened@2:Order", "id_shortened@3:Order"}},
		{"of one id", []string{"1234567890123450000", "A7"}, []string{"id_shortened@2:Order"}},
		{"one zero each", []string{"1234567890123450", "9876543210987650"},
			[]string{"id_shortened@2:Order", "id_shortened@3:Order"}},
		{"a single zero proves nothing", []string{"1234567890123450"}, nil},
		{"others have all their digits", []string{"1234567890123450000", "1234567890123456789"},
			nil},
		{"short ids may end in zeros", []string{"100000000000000", "200000000000000"}, nil},
		{"letters among them", []string{"A1234567890123450000", "B1234567890123450000"}, nil},
		{"as a program shows long numbers", []string{"1.23457E+15"},
			[]string{"id_shortened@2:Order"}},
		{"in small letters", []string{"1.23457e+18"}, []string{"id_shortened@2:Order"}},
		{"with three digits behind it", []string{"1,23457E+015"}, []string{"id_shortened@2:Order"}},
		{"without a plus", []string{"1.23457E15"}, []string{"id_shortened@2:Order"}},
		{"part of a hash", []string{"4e15", "12e10", "1E5"}, nil},

		{"decimals", []string{"1001.0", "1002.0"},
			[]string{"id_decimal@2:Order", "id_decimal@3:Order"}},
		{"beside ids that are whole", []string{"1001", "1001.0"}, []string{"id_decimal@3:Order"}},
		{"beside letters", []string{"A-1", "1001.0"}, []string{"id_decimal@3:Order"}},
		{"parts of an order", []string{"1001.0", "1001.1"}, nil},
		{"a version", []string{"v1.0", "v2.0"}, nil},
		{"an apostrophe before digits", []string{"'0017", "0018"}, []string{"id_marked@2:Order"}},
		{"an apostrophe before letters", []string{"'s-1", "'17'", "'"},
			[]string{"id_empty@4:Order"}},
		{"two zeros", []string{"1001.00", "1001"}, []string{"id_decimal@2:Order"}},
		{"two zeros of a version", []string{"1001.00", "1001.10"}, nil},

		{"curly quotes", []string{"“1001”", "1002"}, []string{"id_quoted@2:Order"}},
		{"in all", []string{"“1001”", "“1002”"}, []string{"id_quoted@2:Order",
			"id_quoted@3:Order"}},
		{"quotes of other languages", []string{"„A-1“", "«A-2»", "‘A-3’"},
			[]string{"id_quoted@2:Order", "id_quoted@3:Order", "id_quoted@4:Order"}},
		{"plain quotes", []string{`"1001"`}, []string{"id_quoted@2:Order"}},
		{"a curly apostrophe", []string{"’0017", "0018"}, []string{"id_quoted@2:Order"}},
		{"a quote within", []string{"O’Hara-1", `27" TV`, "’s-1"}, nil},

		{"another hyphen", []string{"INV‑1", "INV-2"}, []string{"id_lookalike@2:Order"}},
		{"a dash", []string{"INV-1", "INV–2"}, []string{"id_lookalike@3:Order"}},
		{"a dash in all", []string{"INV–1", "INV–2"}, nil},
		{"a dash between words", []string{"Müller – 1", "Meyer-2"}, nil},
		{"full-width digits", []string{"１００１", "1002"}, []string{"id_lookalike@2:Order"}},
		{"full-width digits in all", []string{"１００１", "１００２"}, nil},
		{"full-width letters", []string{"ＩＮＶ1", "INV2"}, []string{"id_lookalike@2:Order"}},
		{"Arabic digits", []string{"1001", "١٠٠٢"}, []string{"id_lookalike@3:Order"}},
		{"another blank", []string{"INV\u00a01", "INV 2"}, []string{"id_lookalike@2:Order"}},
		{"letters of a language", []string{"注文1", "Straße-2", "Nº 3", "A4"}, nil},
		{"a letter that nobody sees", []string{"10\u200b01", "1002"},
			[]string{"id_lookalike@2:Order"}},
		{"a soft hyphen", []string{"INV\u00ad-1", "INV-2"}, []string{"id_lookalike@2:Order"}},
		{"a mark of direction", []string{"\u200f1001\u200f", "1002"},
			[]string{"id_lookalike@2:Order"}},
		{"in all ids", []string{"\u200f1001", "\u200f1002"}, nil},
		{"a joiner between letters", []string{"می\u200cخرم1", "خرم2"}, nil},
		{"a joiner between digits", []string{"10\u200d01", "1002"},
			[]string{"id_lookalike@2:Order"}},
		{"accents apart", []string{"Cafe\u0301-1", "Café-2"}, []string{"id_lookalike@2:Order"}},
		{"accents apart in all", []string{"Cafe\u0301-1", "Cafe-2"}, nil},
		{"commas of a spreadsheet", []string{"1,001", "1002"}, []string{"id_lookalike@2:Order"}},
		{"commas in all", []string{"1,001", "1,002,003"},
			[]string{"id_lookalike@2:Order", "id_lookalike@3:Order"}},
		{"commas elsewhere", []string{"1,001", "1,1"}, nil},
		{"a Cyrillic letter", []string{"A-1001", "А-1002"}, []string{"id_lookalike@3:Order"}},
		{"a Greek letter before plain ones", []string{"ΙNV-1", "INV-2"},
			[]string{"id_lookalike@2:Order"}},
		{"letters of two alphabets in one", []string{"7", "РO-8"}, []string{"id_lookalike@3:Order"}},
		{"Cyrillic letters in all", []string{"А-1", "А-2"}, nil},
		{"Cyrillic words", []string{"Заказ-1", "A-2"}, nil},
		{"another series", []string{"WEB-1", "РН-2"}, nil},
		{"O for 0", []string{"INV-1001", "INV-1OO1", "INV-1003"}, []string{"id_lookalike@3:Order"}},
		{"O for 0, first", []string{"1OO1", "1001", "1003"}, []string{"id_lookalike@2:Order"}},
		{"O for 0, before the other digits", []string{"A-001", "A-O02", "A-003"},
			[]string{"id_lookalike@3:Order"}},
		{"l and I for 1", []string{"10l", "I01", "104", "101", "10I", "105"},
			[]string{"id_lookalike@2:Order", "id_lookalike@6:Order"}},
		{"O among two series", []string{"INV-1001", "CN-7", "INV-1OO2", "CN-8", "INV-1004"},
			[]string{"id_lookalike@4:Order"}},
		{"O in a series", []string{"SO-100", "SO-101", "IO1", "OO2"}, nil},
		{"O in all", []string{"1O1", "1O2", "1O3"}, nil},
		{"O in random ids", []string{"7O3K", "1001", "A1O5", "X9", "2ZQ", "1O5", "B77"}, nil},
		{"a blank inside", []string{"INV1", "INV 1", "INV3"}, []string{"id_lookalike@3:Order"}},
		{"a blank inside, first", []string{"INV 1", "INV1", "INV3"},
			[]string{"id_lookalike@2:Order"}},
		{"no blank inside", []string{"INV 1", "INV 2", "INV2", "INV 4"},
			[]string{"id_lookalike@4:Order"}},
		{"a blank between digits", []string{"1001", "1 001"}, []string{"id_lookalike@3:Order"}},
		{"a blank around", []string{"1001", " 1002 "}, nil},
		{"a blank inside of another series", []string{"INV1", "Order 2", "INV3"}, nil},
		{"small letters", []string{"INV-1", "inv-2", "INV-3", "1001"},
			[]string{"id_lookalike@3:Order"}},
		{"capitals among small letters", []string{"Inv-1", "Inv-2", "INV-3"},
			[]string{"id_lookalike@4:Order"}},
		{"small letters of another series", []string{"INV-1", "cn-2", "INV-3"}, nil},
		{"capitals beside another series", []string{"INV-1", "inv-2", "cn-3"}, nil},
		{"small letters inside of hashes", []string{"4e15", "12e10", "1E5"}, nil},
		{"words beside numbers", []string{"1001", "Order 1002", "A 7", "B9 x"}, nil},
		{"words for none among words", []string{"Apollo", "Cash", "(Birch)", "Cedar", "NO"}, nil},
		{"... among ids with digits", []string{"Apollo", "Cash", "Cedar", "A-4"},
			[]string{"id_empty@3:Order"}},
		{"... and no other words", []string{"Cash", "Test", "INV-", "Apollo"},
			[]string{"id_empty@2:Order", "id_empty@3:Order", "id_empty@4:Order"}},
	} {
		if got := learnt(t, minimal, test.ids...); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q: got %q, want %q", test.name, test.ids, got, test.want)
		}
	}
	said := strings.Replace(minimal, "order_id: Order",
		`order_id: {expr: 'trimSuffix(col("Order"), ".0")'}`, 1)
	if got := learnt(t, said, "1001.0", "1002.0"); got != nil {
		t.Errorf("what the mapping says of decimals: got %q", got)
	}
	e := mapOne(t, said, shopHeader, "1001.0 | 10.00 | USD | a@example.com")
	if !strings.Contains(string(e.Body), `"order_id":"1001"`) {
		t.Errorf("what the mapping says of decimals: got %s", e.Body)
	}

	said = strings.Replace(minimal, "order_id: Order",
		`order_id: {expr: 'trimPrefix(col("Order"), "''")'}`, 1)
	e = mapOne(t, said, shopHeader, "'0017 | 10.00 | USD | a@example.com")
	if !strings.Contains(string(e.Body), `"order_id":"0017"`) {
		t.Errorf("what the mapping says of an apostrophe: got %s", e.Body)
	}
}

// Ids that no spreadsheet has seen are never taken for spoilt ones, and spoilt ones always are.
func TestLongIDsOfAnyFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		watch := &IDWatch{columns: []idColumn{{column: 0}}}
		shorten := rapid.Bool().Draw(t, "shorten")
		exact, zeros := false, 0
		for range rapid.IntRange(1, 20).Draw(t, "rows") {
			id := strconv.Itoa(rapid.IntRange(1, 9).Draw(t, "first")) +
				fmt.Sprintf("%018d", rapid.Int64Range(0, 999_999_999_999_999_999).Draw(t, "id"))
			id = id[:rapid.IntRange(16, 19).Draw(t, "digits")]
			if shorten {
				id = id[:exactDigits] + strings.Repeat("0", len(id)-exactDigits)
			}
			exact = exact || strings.Trim(id[exactDigits:], "0") != ""
			zeros += len(id) - exactDigits
			watch.Learn(cell.Row{Cells: [][]byte{[]byte(id)}})
		}
		if got, want := watch.Resolve(nil) != nil, !exact && zeros > 1; got != want {
			t.Fatalf("spoilt: got %v, want %v", got, want)
		}
	})
}

func FuzzPlaceholder(f *testing.F) {
	for _, text := range []string{"-", "0", "n/a", "1001", "0.0", "なし", "\xff", `\N`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if isPlaceholder([]byte(text)) && strings.ContainsAny(text, "123456789") {
			t.Fatalf("%q has digits that tell it from others", text)
		}
		isDecimalID([]byte(text))
		rounded([]byte(text))
	})
}

func TestIDsOfTwoFilesAreWrittenAlike(t *testing.T) {
	for _, test := range []struct {
		name       string
		earlier    []string
		later      []string
		badEarlier []string
		badLater   []string
		says       string
	}{
		{"the same", []string{"INV-1", "INV-2"}, []string{"INV-2", "INV-3"}, nil, nil, ""},
		{"small letters", []string{"INV-1", "INV-2"}, []string{"inv-2"}, nil,
			[]string{"id_lookalike@2:Order"}, `such as "INV-1"`},
		{"a blank for a hyphen", []string{"INV-1"}, []string{"INV 2"}, nil,
			[]string{"id_lookalike@2:Order"}, `such as "INV-1"`},
		{"no number sign", []string{"#1001"}, []string{"1001", "1002"}, nil,
			[]string{"id_lookalike@2:Order", "id_lookalike@3:Order"}, `such as "#1001"`},
		{"zeros lost", []string{"0001001", "0001002"}, []string{"1002", "1003"}, nil,
			[]string{"id_lookalike@2:Order", "id_lookalike@3:Order"}, `such as "0001001"`},
		{"zeros lost earlier", []string{"A17"}, []string{"A0017", "A0018"},
			[]string{"id_lookalike@2:Order"}, nil, `such as "A0017"`},
		{"zeros that end", []string{"0998", "0999"}, []string{"1000", "10000"}, nil, nil, ""},
		{"zeros in part", []string{"007", "0017"}, []string{"1", "2"}, nil, nil, ""},
		{"other letters", []string{"INV-1"}, []string{"CN-1"}, nil, nil, ""},
		{"another year", []string{"INV-2025-1"}, []string{"INV/2026/1"}, nil, nil, ""},
		{"the year in front", []string{"2026/1"}, []string{"1"}, nil, nil, ""},
		{"several series", []string{"INV-1", "CN-1"}, []string{"inv-1"}, nil, nil, ""},
	} {
		of := func(ids []string) (*Mapper, *IDWatch, []cell.Row) {
			lines := []string{shopHeader}
			for _, id := range ids {
				lines = append(lines, id+" | 10.00 | USD | a@example.com")
			}
			header, rows := table(lines...)
			m := bind(t, minimal, header)
			return m, watched(m, rows), rows
		}
		m1, earlier, rows1 := of(test.earlier)
		m2, later, rows2 := of(test.later)
		later.Against(earlier)
		got, want := knownOf(t, m1, earlier, rows1), test.badEarlier
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, then %q: got %q of the earlier, want %q", test.name, test.earlier,
				test.later, got, want)
		}
		if got, want = knownOf(t, m2, later, rows2), test.badLater; !slices.Equal(got, want) {
			t.Errorf("%s: %q, then %q: got %q of the later, want %q", test.name, test.earlier,
				test.later, got, want)
		}

		m, rows := m2, rows2
		if len(test.badEarlier) > 0 {
			m, rows = m1, rows1
		}
		var e Event
		m.Map(rows[:1], &e)
		if test.says != "" && !strings.Contains(e.Problems[0].Message(), test.says) {
			t.Errorf("%s: got %q, want %q", test.name, e.Problems[0].Message(), test.says)
		}
	}
}

// A row of the failures file that was corrected is not at fault any more.
func TestCorrectedIDsAreLikeThoseOfTheOtherFile(t *testing.T) {
	for _, test := range []struct {
		model, id string
		want      bool
	}{
		{"INV-1001", "INV-7", true}, {"INV-1001", "inv-7", false}, {"INV-1001", "INV 7", false},
		{"0017", "0018", true}, {"0017", "18", false}, {"0017", "12345", true},
		{"A0017", "A18", false}, {"#1001", "1001", false}, {"#1001", "#7", true},
	} {
		if got := isLike(test.model, []byte(test.id)); got != test.want {
			t.Errorf("isLike(%q, %q) = %v, want %v", test.model, test.id, got, test.want)
		}
	}
}
