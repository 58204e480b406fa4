package mapping

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

// saying is a mapping that says something under source:.
func saying(mapping, source string) string {
	return strings.Replace(mapping, "fields:", "source:\n  "+source+"\nfields:", 1)
}

func TestAdmitAsSaid(t *testing.T) {
	carried := saying(minimal, "carry: Order")
	for _, test := range []struct {
		name, source string
		rows         []string
		want         []string
	}{
		{"a remark below the rows", saying(minimal, `footer: col("Order") == "End of report"`),
			[]string{shopHeader, "1|5|USD|a@example.com", "End of report|||", "Total|5||"},
			[]string{"data", "footer", "footer 500 of 500 USD true"}},
		{"an amount that is no total proves nothing, and is counted",
			saying(minimal, `footer: col("Order") == "Net"`),
			[]string{shopHeader, "1|5|USD|a@example.com", "Net|4|USD|"},
			[]string{"data", "footer 400 USD"}},
		{"one of several conditions is enough",
			saying(minimal, `footer: [col("Order") == "A", col("Order") == "B"]`),
			[]string{shopHeader, "A|5|USD|a@example.com", "B|5|USD|a@example.com",
				"C|5|USD|a@example.com"},
			[]string{"footer 500 USD", "footer 500 USD", "data"}},
		{"a total that is data", saying(minimal, `data: col("Total") == "12"`),
			[]string{shopHeader, "1|5|USD|a@example.com", "Total|12||", "Total|17||"},
			[]string{"data", "data", "footer 1700 of 1700 USD true"}},
		{"an item with a name like a total does not end its order", strings.Replace(carried,
			"carry: Order", "{carry: Order, data: 'col(\"Item\") == \"Total\"'}", 1),
			[]string{shopHeader + "|Item", "1|5|USD|a@example.com|x", "|5|||Total", "|10|||y"},
			[]string{"data", "data", "data"}},
		{"a heading that is data", saying(minimal, `{carry: Order, data: 'col("Order") == "2"'}`),
			[]string{shopHeader, "1|||", "2|||", "|5|USD|a@example.com"},
			[]string{"heading", "data", "data"}},
		{"a balance that is data", saying(minimal, `data: col("Text") == "Closing balance"`),
			[]string{shopHeader + "|Text", "|505|USD||Closing balance"}, []string{"data"}},
		{"what says both is data",
			saying(minimal, `{footer: 'col("Order") == "1"', data: 'col("Order") == "1"'}`),
			[]string{shopHeader, "1|5|USD|a@example.com"}, []string{"data"}},
		{"what cannot be computed is data",
			saying(minimal, `{footer: 'num("Total") > 3', data: 'num("Total") > 100'}`),
			[]string{shopHeader, "1|x|USD|a@example.com", "2|5|USD|a@example.com", "Total|200|USD|",
				"Total|5|USD|"},
			[]string{"data", "footer 500 USD", "data", "footer 500 USD"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, admit(t, test.source, test.rows...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Such conditions read numbers the way the file is proved to write them.
func TestSaidReadsProvedNumbers(t *testing.T) {
	source := saying(minimal, `footer: num("Total") >= 1000`)
	header, rows := table(shopHeader, "1|1,5|USD|a@example.com", "2|1.234,56|USD|a@example.com")
	survey, err := parse(t, source).Survey("shop.csv", header)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		survey.Observe(row)
	}
	resolution, err := survey.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	m := bind(t, source, header)
	m.Apply(resolution)
	if m.Admit(rows[0]) != nil || m.Admit(rows[1]) == nil {
		t.Error("1,5 is data, and 1.234,56 is not")
	}
}

func TestLike(t *testing.T) {
	source := strings.Replace(minimal, "  keys:", "  event_time: Date\n  keys:", 1)
	for _, test := range []struct{ name, row, want string }{
		{"a total", "Total|12||||",
			`col("Order") == "Total" and col("Date") == "" and col("Email") == "" and col("Total") == "12"`},
		{"further columns, which the next file may lack", "End of \"June\"|||||a\\b",
			`col("Order") == "End of \"June\"" and col("Date") == "" and col("Email") == "" and col("Total") == "" and col("Notes", "") == "a\\b"`},
		{"what is somebody's does not stand in it",
			"7|12|USD|a@example.com|2026-01-02|call +1 555 010 0100 or b@example.com",
			`col("Order") == "7" and col("Date") == "2026-01-02" and col("Email") != "" and col("Total") == "12" and col("Currency") == "USD" and col("Notes", "") != ""`},
		{"nothing", "|||||", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, rows := table(shopHeader+"|Date|Notes", test.row)
			if got := bind(t, source, header).Like(rows[0]); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// A condition that is made from a row can be put into the mapping, and holds for that row, whatever
// its cells contain.
func TestLikeHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		header := []string{"Order", "Total", "Currency", "Email", "No \"quotes\" \\ here",
			"\u65e5\u672c"}
		row := cell.Row{Number: 2}
		for range header {
			row.Cells = append(row.Cells, []byte(rapid.String().Draw(t, "cell")))
			row.Kinds = append(row.Kinds, cell.Text)
		}
		like := likeOf(t, minimal, header, row)
		if like == "" {
			t.Skip("an empty row")
		}
		source := saying(minimal, "footer: [\""+strings.NewReplacer("\\", "\\\\", "\"",
			"\\\"").Replace(like)+"\"]")
		config, err := Parse("mapping.yaml", []byte(source), func(string) string { return "" })
		if err != nil {
			t.Fatalf("%s\n%v", like, err)
		}
		m, err := config.Bind("shop.csv", header)
		if err != nil {
			t.Fatal(err)
		}
		if m.RuleFor(row) != "footer" {
			t.Errorf("%s does not hold for %q", like, row.Cells)
		}
	})
}

func likeOf(t *rapid.T, source string, header []string, row cell.Row) string {
	config, err := Parse("mapping.yaml", []byte(source), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	m, err := config.Bind("shop.csv", header)
	if err != nil {
		t.Fatal(err)
	}
	return m.Like(row)
}
