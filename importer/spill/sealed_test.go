package spill

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is added comes out in its order, any number of times, from memory and from the file.
func TestSealedKeepsAnyChunks(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := NewSealed(dir)
		defer s.Close()
		random := rand.NewChaCha8([32]byte{rapid.Byte().Draw(t, "seed")})
		var want [][]byte
		for _, size := range rapid.SliceOfN(rapid.IntRange(0, 400_000), 0, 9).Draw(t, "sizes") {
			chunk := make([]byte, size) // that cannot be packed
			random.Read(chunk)
			want = append(want, bytes.Clone(chunk))
			if err := s.Add(chunk); err != nil {
				t.Fatal(err)
			}
			clear(chunk) // it has its own copy
		}
		for range 2 {
			if got, err := chunksOf(s); err != nil || !slices.EqualFunc(got, want, bytes.Equal) {
				t.Fatalf("%d chunks, %v; want the %d that were added", len(got), err, len(want))
			}
		}
	})
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("Close leaves %v", left)
	}
}

func chunksOf(s *Sealed) (chunks [][]byte, err error) {
	for chunk, err := range s.Chunks() {
		if err != nil {
			return chunks, err
		}
		chunks = append(chunks, bytes.Clone(chunk))
	}
	return chunks, nil
}

// filled has chunks of one length, most of them in a file, with an address in each.
func filled(t *testing.T) (*Sealed, *os.File) {
	s := NewSealed(t.TempDir())
	t.Cleanup(func() { s.Close() })
	random := rand.NewChaCha8([32]byte{})
	for range 11 {
		chunk := make([]byte, 300_000) // that cannot be packed
		random.Read(chunk)
		copy(chunk[1000:], "jane.doe@example.com")
		if err := s.Add(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if s.file == nil || s.ends[1] != 2*s.ends[0] {
		t.Fatal("the chunks differ in length, or are in memory")
	}
	return s, s.file
}

// The file does not show whose events these are, and only its owner can open it.
func TestSealedFileTellsNothing(t *testing.T) {
	_, file := filled(t)
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("the file has mode %v", mode)
	}
	content, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(content, []byte("jane.doe")) {
		t.Error("the file shows what was added")
	}
	again, _ := filled(t)
	other, err := os.ReadFile(again.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(content[:64], other[:64]) {
		t.Error("the same chunks look the same the next time")
	}
}

// A change to the file is an error, not an event.
func TestSealedFileIsProved(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(s *Sealed, f *os.File) error
	}{
		{"a bit of the first chunk is another", func(_ *Sealed, f *os.File) error {
			one := make([]byte, 1)
			f.ReadAt(one, 100)
			one[0] ^= 1
			_, err := f.WriteAt(one, 100)
			return err
		}},
		{"a bit of the last is", func(s *Sealed, f *os.File) error {
			one := make([]byte, 1)
			f.ReadAt(one, s.filed-1)
			one[0] ^= 1
			_, err := f.WriteAt(one, s.filed-1)
			return err
		}},
		{"it has lost its end", func(s *Sealed, f *os.File) error {
			return f.Truncate(s.filed - 1)
		}},
		{"it is empty", func(_ *Sealed, f *os.File) error { return f.Truncate(0) }},
		{"two chunks have changed places", func(s *Sealed, f *os.File) error {
			size := s.ends[0]
			both := make([]byte, 2*size)
			f.ReadAt(both, 0)
			_, err := f.WriteAt(slices.Concat(both[size:], both[:size]), 0)
			return err
		}},
	} {
		s, file := filled(t)
		whole := len(s.ends)
		if err := test.spoil(s, file); err != nil {
			t.Fatal(err)
		}
		if got, err := chunksOf(s); err == nil || len(got) >= whole {
			t.Errorf("%s: read %d of %d chunks, error %v", test.name, len(got), whole, err)
		}
	}
}
