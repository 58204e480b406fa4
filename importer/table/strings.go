package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// sharedStrings is the string table of a workbook. Small tables stay in memory; one that outgrows stringsInMemory goes
// to a temporary file and is read through a cache of chunks, so that memory grows by 4 bytes for a string and no more.
// Spreadsheet programs number strings as they meet them, so rows that follow each other mostly ask for the same chunk.
type sharedStrings struct {
	places [][]uint32 // where each string begins: number of the chunk << 16 | offset in it; pieces, so that growing copies nothing
	count  int
	chunks []chunk
	memory int // bytes of the chunks that are held

	file  *os.File // nil while all of it is in memory
	gone  bool     // the file has no name any more
	size  int64    // of the file
	cache [stringsCached]cachedChunk
}

// chunk holds strings, each after its length as a varint. A string is never cut in two.
type chunk struct {
	bytes  []byte // nil once it is in the file
	offset int64  // in the file
	length int
}

type cachedChunk struct {
	bytes  []byte
	number int // of the chunk, from 1; 0: nothing yet
}

const (
	chunkSize       = 1 << 16
	placesPerPiece  = 1 << 15
	stringsInMemory = 24 << 20
	stringsCached   = 128 // chunks: 8 MiB
	stringsAtMost   = 50_000_000
)

// add appends a string to the table. TempDir is where the file goes when it becomes too large for memory.
func (s *sharedStrings) add(text []byte, tempDir string) error {
	if s.count == stringsAtMost {
		return fmt.Errorf("it has more than %d strings", stringsAtMost)
	}
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(text)))
	last := len(s.chunks) - 1
	if last < 0 || len(s.chunks[last].bytes)+n+len(text) > chunkSize {
		if err := s.grow(n+len(text), tempDir); err != nil {
			return err
		}
		last++
	}
	s.addPlace(uint32(last<<16 | len(s.chunks[last].bytes)))
	current := &s.chunks[last]
	current.bytes = append(append(current.bytes, length[:n]...), text...)
	current.length = len(current.bytes)
	return nil
}

func (s *sharedStrings) addPlace(place uint32) {
	if s.count%placesPerPiece == 0 {
		s.places = append(s.places, make([]uint32, 0, placesPerPiece))
	}
	last := len(s.places) - 1
	s.places[last] = append(s.places[last], place)
	s.count++
}

// grow begins a new chunk with room for a string of the given size.
func (s *sharedStrings) grow(size int, tempDir string) error {
	if len(s.chunks) == 1<<16 {
		return errors.New("it has more than 4 GB of text")
	}
	room := max(size, chunkSize)
	if s.file == nil && s.memory+room > stringsInMemory {
		file, err := os.CreateTemp(tempDir, "able-import-strings-*")
		if err != nil {
			return err
		}
		s.file = file
		s.gone = os.Remove(file.Name()) == nil // where the system lets go of an open file, nothing is left behind if the program is killed
	}
	if s.file != nil {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.memory += room
	s.chunks = append(s.chunks, chunk{bytes: make([]byte, 0, room)})
	return nil
}

// spill moves all chunks that are in memory to the file.
func (s *sharedStrings) spill() error {
	for i := len(s.chunks) - 1; i >= 0 && s.chunks[i].bytes != nil; i-- {
		if _, err := s.file.WriteAt(s.chunks[i].bytes, s.size); err != nil {
			return fmt.Errorf("its strings cannot be written to a temporary file: %w", err)
		}
		s.chunks[i].offset = s.size
		s.size += int64(s.chunks[i].length)
		s.chunks[i].bytes = nil
	}
	s.memory = 0
	return nil
}

// get gives a string. While all strings are in memory it is valid for good, else until the next call.
func (s *sharedStrings) get(index int) ([]byte, error) {
	place := s.places[index/placesPerPiece][index%placesPerPiece]
	bytes := s.chunks[place>>16].bytes
	if bytes == nil {
		var err error
		if bytes, err = s.load(int(place >> 16)); err != nil {
			return nil, err
		}
	}
	bytes = bytes[place&0xFFFF:]
	length, n := binary.Uvarint(bytes)
	return bytes[n : n+int(length)], nil
}

func (s *sharedStrings) load(number int) ([]byte, error) {
	slot := &s.cache[number%stringsCached]
	if slot.number == number+1 {
		return slot.bytes, nil
	}
	chunk := s.chunks[number]
	if cap(slot.bytes) < chunk.length || cap(slot.bytes) > 2*chunkSize {
		slot.bytes = make([]byte, max(chunk.length, chunkSize))
	}
	slot.bytes, slot.number = slot.bytes[:chunk.length], 0
	if _, err := s.file.ReadAt(slot.bytes, chunk.offset); err != nil {
		return nil, fmt.Errorf("its strings cannot be read back: %w", err)
	}
	slot.number = number + 1
	return slot.bytes, nil
}

// spooled tells whether what get gives is valid only until the next call.
func (s *sharedStrings) spooled() bool { return s.file != nil }

func (s *sharedStrings) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if !s.gone {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	return err
}

// readSharedStrings reads the string table part.
func readSharedStrings(in io.Reader, limit int, tempDir string) (*sharedStrings, error) {
	table := &sharedStrings{}
	reader := stringReader{limit: limit}
	reader.xml.reset(in)
	err := reader.each(func(text []byte) error { return table.add(text, tempDir) })
	if err != nil {
		return nil, errors.Join(err, table.close())
	}
	return table, nil
}
