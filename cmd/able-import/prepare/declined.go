package prepare

import (
	"fmt"

	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping/contact"
	"ableimport/samples"
)

// Declined tells in a few sentences that a file is a known export without a buyer, so that no
// mapping of it is of use, and what helps. It is "" for other files, and where somebody has added
// addresses. Name is what the file is called.
func Declined(name, path string, options table.Options) string {
	t, err := table.Open(path, options)
	if err != nil {
		return ""
	}
	defer t.Close()
	d, known := samples.Decline(t.Header())
	if !known || !d.Sellers && hasAddress(t) {
		return ""
	}

	return fmt.Sprintf("%s looks like %s: %s. So it does not tell Able who the buyer was.\n"+
		"What helps: %s. Add them to the file as a column, or put them into a second file where "+
		"a mapping looks them up (lookups: in able-import help mapping).",
		report.Visible(name), d.Name, d.Why, d.Helps)
}

// hasAddress reports whether any cell is an e-mail address.
func hasAddress(t *table.Table) bool {
	var buffer []byte
	for row := range t.Rows() {
		for _, cell := range row.Cells {
			if buffer, err := contact.ReadEmail(buffer[:0], cell); err == nil && len(buffer) > 0 {
				return true
			}
		}
	}
	return false
}
