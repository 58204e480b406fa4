package importer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Whatever a plan's parts contain, reading them ends in an answer.
func FuzzPlanParts(f *testing.F) {
	var one record
	one.currency, one.hasAmount = "EUR", true
	head := `{"version":2,"blocks":1,"records":1,"labels":3,"files":[{"name":"a.csv"}]}` + "\n"
	f.Add(append(one.append(append([]byte(head), make([]byte, 16)...)), 2, 'I', '1'))
	f.Add([]byte(`{"version":2,"blocks":1152921504606846976,"records":0,"labels":1}` + "\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		parts, err := readParts(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return
		}
		var r record
		n := 0
		for ; parts.next(&r) == nil; n++ {
			_ = r.amount()
			_ = parts.fileName(r.input)
		}
		if n != parts.Records {
			t.Errorf("read %d records, want %d", n, parts.Records)
		}
		parts.labels.of(map[uint64]string{0: "", 7: ""})
	})
}

func TestLabelsStayBounded(t *testing.T) {
	var l labels
	for range maxPartsEvents {
		l.add(string(bytes.Repeat([]byte("x"), 200)))
	}
	if got, most := len(l.text), maxPartsEvents*(maxPartsLabel+1); got > most {
		t.Errorf("%d bytes of labels, want at most %d", got, most)
	}
	names := map[uint64]string{maxPartsEvents - 1: ""}
	if l.of(names); len(names[maxPartsEvents-1]) != maxPartsLabel {
		t.Errorf("the last label is %q", names[maxPartsEvents-1])
	}
	if l.add("one more"); l.text != nil {
		t.Error("labels are kept beyond the limit")
	}
}

// A plan of many files, such as the exports of two years, is kept and read like any other.
func TestPlanOfManyFiles(t *testing.T) {
	head := partsHead{Version: 2, Files: make([]partsInput, 800)}
	for i := range head.Files {
		head.Files[i].Name = fmt.Sprintf("invoices-%d.csv", i)
		head.Files[i].SHA256 = strings.Repeat("0f", 32)
	}
	text, err := json.Marshal(head)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	parts, err := readParts(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Files) != len(head.Files) {
		t.Errorf("%d files were read", len(parts.Files))
	}
}
