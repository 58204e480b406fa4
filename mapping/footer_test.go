package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/mapping/cell"
)

// admit says what Admit does with each row: data, or the skip with the total that it is, which may
// be one of all rows.
func admit(t *testing.T, source string, lines ...string) (all []string) {
	t.Helper()
	header, rows := table(lines...)
	all, _ = admitRows(bind(t, source, header), rows)
	return all
}

func admitRows(m *Mapper, rows []cell.Row) (all []string, breaks []Break) {
	var skips []*Skip
	for _, row := range rows {
		skips = append(skips, m.Admit(row))
	}
	totals := map[int]Total{}
	for _, total := range m.Totals() {
		totals[total.Row] = total
	}
	for i, skip := range skips {
		total, isTotal := totals[rows[i].Number]
		switch {
		case skip == nil:
			all = append(all, "data")
		case isTotal:
			all = append(all, fmt.Sprintf("%s %d of %d %s %v", skip.Reason, total.Minor, total.Sum,
				total.Currency, !total.Part))
		case skip.Currency != "":
			all = append(all, fmt.Sprintf("%s %d %s", skip.Reason, skip.Minor, skip.Currency))
		default:
			all = append(all, skip.Reason)
		}
	}
	return all, m.Breaks()
}

func TestAdmit(t *testing.T) {
	dated := strings.Replace(minimal, "  keys:", "  event_time: Date\n  keys:", 1)
	carry := strings.Replace(strings.Replace(minimal, "email: Email", "client_id: column A", 1),
		"fields:", "source: {carry: column A}\nfields:", 1)
	carriedID := strings.Replace(minimal, "fields:", "source: {carry: Order}\nfields:", 1)
	for _, test := range []struct {
		name, source string
		rows         []string
		want         []string
	}{
		{"a total with a label in the id column", minimal,
			[]string{shopHeader, "1|5|USD|a@example.com", "2|7|USD|b@example.com", "Totals|12||"},
			[]string{"data", "data", "footer 1200 of 1200 USD true"}},
		{"a total that differs from the sum", minimal,
			[]string{shopHeader, "1|5|USD|a@example.com", "Total|12||"},
			[]string{"data", "footer 1200 of 500 USD true"}},
		{"a total whose currency column holds none", minimal,
			[]string{shopHeader, "1|5|USD|a@example.com", "Total|12|mixed|"},
			[]string{"data", "footer 1200 of 500 USD true"}},
		{"a total that names its own currency", minimal,
			[]string{shopHeader, "1|5|USD|a@example.com", "Total|12|JPY|"},
			[]string{"data", "footer 12 of 0 JPY true"}},
		{"a total with a label elsewhere", minimal,
			[]string{shopHeader + "|Notes", "1|5|USD|a@example.com|", "|5|||Gesamt:"},
			[]string{"data", "footer 500 of 500 USD true"}},
		{"a total in Japanese", minimal, []string{shopHeader, "1|5|USD|a@example.com", "合計|5||"},
			[]string{"data", "footer 500 of 500 USD true"}},
		{"a sum without a label", minimal,
			[]string{shopHeader, "1|5|USD|a@example.com", "2|7|USD|b@example.com", "|12.00||"},
			[]string{"data", "data", "footer 1200 of 1200 USD true"}},
		{"a row without id that is no sum", minimal,
			[]string{shopHeader, "1|5|USD|a@example.com", "2|7|USD|b@example.com", "|11.00||"},
			[]string{"data", "data", "data"}},
		{"balances of an account", strings.Replace(dated, "order_id: Order",
			"order_id: {column: Order, required: false}", 1) + "id: content\n",
			[]string{shopHeader + "|Date|Text", "|500|USD||2026-01-01|Opening balance",
				"1|5|USD|a@example.com|2026-01-02|closing balance", "|5|USD||2026-01-02|Sale",
				"|505|USD||2026-01-31|ENDSALDO:"}, []string{"balance", "data", "data", "balance"}},
		{"a balance below orders", minimal, []string{shopHeader + "|Text", "1|5|USD|a@example.com|",
			"|505|USD||Closing balance", "2|5|USD||closing balance"},
			[]string{"data", "balance", "data"}},
		{"a total in minor units", strings.Replace(minimal, "deal_value: Total",
			"deal_value: {column: Total, minor_units: true}", 1),
			[]string{shopHeader, "1|500|USD|a@example.com", "Total|500||"},
			[]string{"data", "footer 500 of 500 USD true"}},
		{"an id that is in the first row of an order only", carriedID,
			[]string{shopHeader + "|Item", "1|5|USD|a@example.com|x", "|5|||y", "|10|||z",
				"|20|||Total", "|20|||after"},
			[]string{"data", "data", "data", "footer 2000 of 2000 USD true", "data"}},
		{"one row, and one without id that equals it", minimal,
			[]string{shopHeader, "1|5|USD|a@example.com", "|5||"}, []string{"data", "data"}},
		{"an order whose number is a word that looks like a label", dated,
			[]string{shopHeader + "|Date", "Total|5|USD|a@example.com|2026-01-02T10:00:00Z"},
			[]string{"data"}},
		{"an item with a name that begins with Total", minimal,
			[]string{shopHeader + "|Item", "|5|USD||Total Fitness Pass"}, []string{"data"}},
		{"subtotals, and rows that carry a name down", carry,
			[]string{" |Order|Total|Currency", "Acme|||", "|1|5|USD", "|2|7|USD",
				"Total for Acme||12|", "Beta|||", "|3|1|USD", "Total for Beta||1|", "TOTAL||13|",
				"Accrual Basis|||"},
			[]string{"heading", "data", "data", "footer 1200 of 1200 USD false", "heading", "data",
				"footer 100 of 100 USD false", "footer 1300 of 1300 USD true", "heading"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, admit(t, test.source, test.rows...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAdmitCarriesDown(t *testing.T) {
	source := strings.Replace(strings.Replace(minimal, "email: Email", "client_id: column A", 1),
		"fields:", "source: {carry: column A}\nfields:", 1)
	header, rows := table("|Order|Total|Currency", "Acme|||", "|1|5|USD", "|2|7|USD", "Beta|||",
		"|3|1|USD", "Total for Beta||1|", "|4|1|USD")
	m := bind(t, source, header)
	var got []string
	for _, row := range rows {
		if m.Admit(row) == nil {
			var e Event
			m.Map([]cell.Row{row}, &e)
			got = append(got, string(row.Cells[0])+" "+fmt.Sprint(e.State))
		}
	}
	if diff := cmp.Diff([]string{"Acme 0", "Acme 0", "Beta 0", " 2"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHasOnlyAmount(t *testing.T) {
	for line, want := range map[string]bool{
		"|234.50||": true, "| ,50 |": true, "|-||": false, "|ten||": false, "|||": false,
		"2|234.50||": false, "|234.50|USD|": false, "|234.50||a@example.com": false, "|Mug": false,
	} {
		header, rows := table(shopHeader, line)
		if got := bind(t, minimal, header).HasOnlyAmount(&rows[0]); got != want {
			t.Errorf("HasOnlyAmount(%q) = %v, want %v", line, got, want)
		}
	}
}
