package importer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ableimport/importer"
	"ableimport/mapping"
)

const asideRows = `Order;Total;Currency;Email
1;10,50;EUR;ann@example.com
2;1.200,00;EUR;bo@example.com
Total;3,00;EUR;
;1.210,50;;
End of report;;;
`

// importOf opens rows with a mapping.
func importOf(t *testing.T, rows, source string) *importer.Import {
	t.Helper()
	path := filepath.Join(t.TempDir(), "june.csv")
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := mapping.Parse("t.yaml", []byte("version: 1\nname: t\nevent: Purchase\n"+source),
		os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.Open(importer.Job{Files: []string{path}, Mapping: config})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { im.Close() })
	return im
}

// notDataOf opens the rows with a mapping, and says which are not data.
func notDataOf(t *testing.T, source string) (im *importer.Import, got []string) {
	t.Helper()
	im = importOf(t, asideRows, source+
		"fields: {order_id: Order, deal_value: Total, deal_currency: Currency, keys: {email: "+
		"Email}}\n")
	for a, err := range im.NotData(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %q %v %d cells", a.Row, a.Reason, a.ByMapping,
			len(a.Cells)))
	}
	return im, got
}

func TestAside(t *testing.T) {
	_, got := notDataOf(t, "")
	// a sum, as the file is proved to write numbers
	if diff := cmp.Diff([]string{`4 "footer" false 3 cells`, `5 "footer" false 1 cells`},
		got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, got = notDataOf(t,
		"source: {data: 'col(\"Order\") == \"Total\"', footer: 'hasPrefix(col(\"Order\"), "+
			"\"End\")'}\n")
	// data takes part in the sum
	if diff := cmp.Diff([]string{`4 "" true 3 cells`, `6 "footer" true 1 cells`}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The condition that is suggested for a row does what it is for.
func TestAsideLike(t *testing.T) {
	im, _ := notDataOf(t, "")
	like, err := im.Like(t.Context(), 0, 6)
	if err != nil {
		t.Fatal(err)
	}
	_, got := notDataOf(t, "source:\n  footer: ['"+like+"']\n")
	if diff := cmp.Diff([]string{`4 "footer" false 3 cells`, `5 "footer" false 1 cells`,
		`6 "footer" true 1 cells`}, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", like, diff)
	}
	for _, row := range []int{1, 7, -1} {
		if _, err := im.Like(t.Context(), 0, row); err == nil ||
			!strings.Contains(err.Error(), "is empty or cannot be read") {
			t.Errorf("row %d: %v", row, err)
		}
	}
}

// A row that is not data is shown whole, including cells that no field of the mapping reads.
func TestListShowsRowsThatAreNoDataWhole(t *testing.T) {
	im := importOf(t,
		"Order,Total,Note,Email\n1,10.50,first,ann@example.com\nTotal,10.50,counted twice,\n",
		"fields: {order_id: Order, deal_value: Total, deal_currency: {const: EUR}, keys: {email: "+
			"Email}}\n")
	plan, err := im.Preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for l, err := range im.List(t.Context(), plan) {
		if err != nil {
			t.Fatal(err)
		}
		if l.Fate == importer.FateSkipped {
			for _, cell := range l.Cells() {
				got = append(got, cell.Column+"="+cell.Value)
			}
		}
	}
	if diff := cmp.Diff([]string{"Order=Total", "Total=10.50", "Note=counted twice"},
		got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
