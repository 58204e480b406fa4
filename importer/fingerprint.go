package importer

import (
	"crypto/sha256"
	"encoding/binary"

	"ableimport/importer/report"
)

// fingerprint is the same for the same row with the same faults, wherever it stands: an export of every night brings the rows of
// the night before again, in another file and on another line.
func fingerprint(failure report.Failure) [32]byte {
	var text []byte
	add := func(part []byte) {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	for _, cell := range failure.Cells {
		add(cell)
	}
	for _, fault := range failure.Faults {
		add([]byte(fault.Code))
		add([]byte(fault.Column))
	}
	return sha256.Sum256(text)
}
