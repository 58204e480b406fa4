package table

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestStringsInTheOrderOfTheSheet: a table that is asked for its strings in another order gives the
// same ones after sorting, wherever they are.
func TestStringsInTheOrderOfTheSheet(t *testing.T) {
	for _, test := range []struct {
		name           string
		strings, usual int // bytes of most strings
		folder         string
		sorted         bool
	}{
		{"in memory", 100_000, 80, t.TempDir(), true},
		{"in memory and a file", 400_000, 90, t.TempDir(), true},
		{"small", 1000, 80, t.TempDir(), false},
		{"one string a chunk", 150, 1 << 18, t.TempDir(), false},
		{"no folder for the file", 400_000, 90, filepath.Join(t.TempDir(), "gone"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if filepath.Base(test.folder) == "gone" && runtime.GOOS == "windows" {
				t.Skip("nobody can remove the folder of an open file there")
			}
			random := rand.New(rand.NewPCG(1, 2))
			folder := test.folder
			if filepath.Base(folder) == "gone" {
				check(t, os.Mkdir(folder, 0o700))
			}
			table := &sharedStrings{}
			for i := range test.strings {
				check(t, table.add(longText(i, test.usual), folder))
			}
			if filepath.Base(folder) == "gone" {
				check(t, os.RemoveAll(folder))
			}

			order := random.Perm(test.strings)
			for _, index := range order[:len(order)*9/10] {
				if table.isLarge() {
					table.ask(index)
				}
			}
			if table.sort(folder); table.sorted != test.sorted {
				t.Fatalf("sorted = %v", table.sorted)
			}
			for _, index := range order {
				got, err := table.get(table.find(index))
				if want := longText(index, test.usual); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("string %d is %.60q, %v; want %.60q", index, got, err, want)
				}
			}

			jumps, last := 0, uint32(0)
			for _, index := range order[:len(order)*9/10] {
				if chunk := table.find(index) >> 16; chunk != last {
					jumps, last = jumps+1, chunk
				}
			}
			if test.sorted && jumps > 12*len(table.chunks) {
				t.Errorf("%d jumps between %d chunks", jumps, len(table.chunks))
			}
			check(t, table.close())
			if left, _ := os.ReadDir(folder); len(left) > 0 {
				t.Errorf("%d files are left", len(left))
			}
		})
	}
}

// longText gives a text of about the usual length; some are empty, and some very long.
func longText(i, usual int) []byte {
	switch i % 20_000 {
	case 1:
		return nil
	case 2:
		usual += chunkSize
	}
	text := bytes.Repeat([]byte{'a' + byte(i%26)}, usual-i%7)
	copy(text, fmt.Sprint(i, " "))
	return text
}

// FuzzSortedStrings: whatever the strings and the order in which they are asked for, sorting
// changes none.
func FuzzSortedStrings(f *testing.F) {
	f.Add([]byte("\x05\x00\x01\x05"), []byte{3, 1, 1, 0}, true)
	f.Add([]byte{}, []byte{}, false)
	f.Add(bytes.Repeat([]byte{255, 0, 7}, 20), []byte{9, 8, 7, 50, 59, 9, 60}, true)
	f.Fuzz(func(t *testing.T, lengths, asked []byte, inFile bool) {
		lengths = lengths[:min(len(lengths), 60)]
		table, folder := &sharedStrings{}, t.TempDir()
		defer func() { check(t, table.close()) }()
		text := func(i int) []byte {
			length := int(lengths[i])
			if length > 250 {
				length *= 300 // more than a chunk
			}
			return bytes.Repeat(binary.AppendUvarint(nil, uint64(i+1)), length)
		}
		for i := range lengths {
			check(t, table.add(text(i), folder))
		}
		if inFile {
			check(t, table.createFile(folder))
			for i := range table.chunks {
				c := &table.chunks[i]
				check(t, table.write(c.bytes, table.size))
				c.offset, c.bytes = table.size, nil
				table.size += int64(c.length)
			}
		}

		table.startRanks()
		for _, index := range asked {
			if int(index) < len(lengths) {
				table.ask(int(index))
			}
		}
		if table.sort(folder); !table.sorted {
			t.Fatal("not sorted")
		}
		for i := range lengths {
			if got, err := table.get(table.find(i)); err != nil || !bytes.Equal(got, text(i)) {
				t.Fatalf("string %d of %d bytes is %.40q, %v", i, len(text(i)), got, err)
			}
		}
	})
}
