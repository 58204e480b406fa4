package spill

import (
	"bytes"
	"encoding/binary"
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is added comes out in the order of its bytes, however often the buffer had to be
// spilled.
func TestSorterSortsAnyRecords(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		const size = 12
		s := NewSorter(dir, size)
		s.limit = rapid.IntRange(1, 50).Draw(t, "records in memory")
		defer s.Close()
		var want [][]byte
		for _, n := range rapid.SliceOfN(rapid.Uint16Range(0, 40), 0, 300).Draw(t, "values") {
			record := make([]byte, size)
			binary.BigEndian.PutUint16(record, n)
			binary.BigEndian.PutUint32(record[8:], uint32(len(want)))
			want = append(want, bytes.Clone(record))
			if err := s.Add(record); err != nil {
				t.Fatal(err)
			}
			clear(record) // the sorter has its own copy
		}
		slices.SortFunc(want, bytes.Compare)
		// It can be read again
		for _, records := range []iter.Seq2[[]byte, error]{s.Records(), ahead(s),
			s.Records()} {
			var got [][]byte
			for record, err := range records {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, bytes.Clone(record))
			}
			if !slices.EqualFunc(got, want, bytes.Equal) {
				t.Fatalf("records() = %x, want %x", got, want)
			}
		}
	})
}

// ahead is Records, but ahead.
func ahead(s *Sorter) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		read := func(into *[]byte, record []byte) { *into = append((*into)[:0], record...) }
		for record, err := range RecordsAhead(s, read) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(*record, nil) {
				return
			}
		}
	}
}

// A merge that runs ahead ends when nobody wants more, and reports an error after the records
// before it.
func TestMergeAheadEnds(t *testing.T) {
	s := NewSorter(t.TempDir(), 8)
	s.limit = 1000
	defer s.Close()
	for n := range 10_000 {
		if err := s.Add(binary.BigEndian.AppendUint64(nil, uint64(n))); err != nil {
			t.Fatal(err)
		}
	}
	for record, err := range ahead(s) {
		if err != nil || binary.BigEndian.Uint64(record) != 0 {
			t.Fatalf("the first record is %x, %v", record, err)
		}
		break
	}
	for _, left := range []int64{8, 4, 0} {
		if err := s.spilled[3].file.Truncate(left); err != nil {
			t.Fatal(err)
		}
		read, failed := 0, error(nil)
		for _, err := range ahead(s) {
			if failed = err; err == nil {
				read++
			}
		}
		if failed == nil || read >= 10_000 {
			t.Errorf("a file of %d bytes gave %d records and the error %v", left, read, failed)
		}
	}
}

// A sorter that could not write some records never yields the others as if they were all.
func TestSorterThatCannotWrite(t *testing.T) {
	s := NewSorter(filepath.Join(t.TempDir(), "missing"), 8)
	s.limit = 10
	defer s.Close()
	for n := range 25 { // an error comes later than the record that it is about
		s.Add(binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
	for try := range 3 {
		failed := false
		for record, err := range s.Records() {
			if failed = err != nil; !failed {
				t.Fatalf("try %d gave the record %x", try, record)
			}
		}
		if !failed {
			t.Errorf("try %d gave neither a record nor an error", try)
		}
	}
}

func BenchmarkSorter(b *testing.B) {
	const size = 106 // about as large as a record of the preflight
	s := NewSorter(b.TempDir(), size)
	defer s.Close()
	record := make([]byte, size)
	b.SetBytes(size)
	for i := range b.N {
		binary.BigEndian.PutUint64(record, uint64(i)*0x9e3779b97f4a7c15)
		if err := s.Add(record); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	for _, err := range s.Records() {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != b.N {
		b.Fatalf("read %d records, want %d", n, b.N)
	}
}

// Blocks has every record once, before and after the order was asked for, and a late sorter sorts
// like any other.
func TestBlocksHaveAllRecords(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		const size = 12
		s := NewSorter(dir, size)
		if rapid.Bool().Draw(t, "late") {
			s = NewLateSorter(dir, size, rapid.IntRange(1, 300).Draw(t, "unsorted"))
		}
		s.limit = rapid.IntRange(1, 50).Draw(t, "records in memory")
		defer s.Close()
		var want [][]byte
		for _, n := range rapid.SliceOfN(rapid.Uint16Range(0, 40), 0, 300).Draw(t, "values") {
			record := binary.BigEndian.AppendUint64(nil, uint64(n)<<48)
			record = binary.BigEndian.AppendUint32(record, uint32(len(want)))
			want = append(want, record)
			if err := s.Add(record); err != nil {
				t.Fatal(err)
			}
		}

		slices.SortFunc(want, bytes.Compare)
		for _, asks := range []string{"blocks", "blocks", "records", "blocks", "records"} {
			var got [][]byte
			all := s.Records()
			if asks == "blocks" {
				all = s.Blocks()
			}
			for block, err := range all {
				if err != nil {
					t.Fatal(err)
				}
				for record := range slices.Chunk(bytes.Clone(block), size) {
					got = append(got, record)
				}
			}
			if asks == "blocks" {
				slices.SortFunc(got, bytes.Compare)
			}
			if !slices.EqualFunc(got, want, bytes.Equal) {
				t.Fatalf("%s gave %x, want %x", asks, got, want)
			}
		}
	})
}

// A late sorter whose file was cut says so, and never gives what is left as if it were all.
func TestLateSorterOfACutFile(t *testing.T) {
	s := NewLateSorter(t.TempDir(), 8, 5000)
	s.limit = 1000
	defer s.Close()
	for n := range 10_000 {
		if err := s.Add(binary.BigEndian.AppendUint64(nil, uint64(n))); err != nil {
			t.Fatal(err)
		}
	}
	for range s.Blocks() { // until all is written
	}
	if err := s.spilled[3].file.Truncate(4); err != nil {
		t.Fatal(err)
	}
	for name, all := range map[string]iter.Seq2[[]byte, error]{"blocks": s.Blocks(),
		"records": s.Records()} {
		read, failed := 0, error(nil)
		for block, err := range all {
			if failed = err; err == nil {
				read += len(block) / 8
			}
		}
		if failed == nil || read >= 10_000 {
			t.Errorf("%s: %d records and the error %v", name, read, failed)
		}
	}
}
