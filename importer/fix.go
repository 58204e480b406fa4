package importer

import (
	"crypto/sha256"
	"encoding/hex"

	"ableimport/importer/correction"
	"ableimport/importer/report"
)

// fixesHash is the entry of the manifest for the cells that were corrected without touching the
// files.
func (im *Import) fixesHash() report.FileHash {
	names := make([]string, len(im.inputs))
	for i, in := range im.inputs {
		names[i] = in.file()
	}
	sum := sha256.Sum256(correction.FixesCSV(im.job.Fixes, names))
	return report.FileHash{Name: "fixes.csv", SHA256: hex.EncodeToString(sum[:])}
}

// fixedRows are the rows of a unit of which one was corrected without touching the file; nil if
// none was.
func (in *input) fixedRows(u *unit) (rows []int) {
	touched := false
	for _, row := range u.rows {
		rows = append(rows, row.Number)
		touched = touched || in.fixes.Touches(row.Number)
	}
	if !touched {
		return nil
	}
	return rows
}
