package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"
)

// sharedStrings is the string table of a workbook. Small tables stay in memory; of one that
// outgrows stringsInMemory, what is beyond stringsHeld goes to a temporary file, so that memory
// grows by 4 bytes for a string and no more.
//
// Spreadsheet programs number strings as they meet them, so rows that follow each other mostly ask
// for the same chunk of the file: it is read as a whole, and kept for a while. Other programs sort
// their strings, or keep them in a hash table: then a chunk would be read for each cell. So strings
// are read one by one until a chunk was asked for often.
type sharedStrings struct {
	// places say where each string begins: number of the chunk << 16 | offset in it. They come in
	// pieces, so that growing copies nothing.
	places [][]uint32
	count  int
	chunks []chunk
	memory int // bytes of the chunks that are held

	file  *os.File // nil while all of it is in memory
	gone  bool     // the file has no name any more
	size  int64    // of the file
	cache [stringsCached]cachedChunk
	piece []byte // of the file, with the string that was read last
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

	// wanted is the chunk, from 1, that was asked for last and is not here; times is how often on
	// end.
	wanted, times int
}

const (
	chunkSize       = 1 << 16
	placesPerPiece  = 1 << 15
	stringsInMemory = 30 << 20
	stringsHeld     = 24 << 20
	stringsCached   = 64  // chunks: 4 MiB
	stringsRead     = 128 // bytes: most strings are shorter
	wantedOften     = 12  // reading a chunk takes about as long as reading so many strings
	stringsAtMost   = 50_000_000
)

// add appends a string to the table. TempDir is where the file goes when it becomes too large for
// memory.
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
		// Where the system lets go of an open file, nothing is left behind by a killed program.
		s.gone = os.Remove(file.Name()) == nil
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

// spill moves the chunks that are in memory to the file, but for the first ones.
func (s *sharedStrings) spill() error {
	for i := len(s.chunks) - 1; i >= stringsHeld/chunkSize && s.chunks[i].bytes != nil; i-- {
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

// find gives the place of a string, for [sharedStrings.get].
func (s *sharedStrings) find(index int) uint32 {
	return s.places[index/placesPerPiece][index%placesPerPiece]
}

// touch gives the first byte at a place that is in memory, which brings what follows it close. A
// processor waits for the strings of a row at once where they are touched one right after the
// other.
func (s *sharedStrings) touch(place uint32) byte {
	if bytes := s.chunks[place>>16].bytes; bytes != nil {
		return bytes[place&0xFFFF]
	}
	return 0
}

// get gives the string at a place. While all strings are in memory it is valid for good, otherwise
// until the next call.
func (s *sharedStrings) get(place uint32) ([]byte, error) {
	number, offset := int(place>>16), int(place&0xFFFF)
	bytes := s.chunks[number].bytes
	if bytes == nil {
		slot := &s.cache[number%stringsCached]
		switch {
		case slot.number == number+1:
		case slot.wanted != number+1:
			slot.wanted, slot.times = number+1, 1
			return s.getOne(number, offset)
		case slot.times < wantedOften:
			slot.times++
			return s.getOne(number, offset)
		default:
			if err := s.load(number, slot); err != nil {
				return nil, err
			}
		}
		bytes = slot.bytes
	}

	bytes = bytes[offset:]
	length, n := binary.Uvarint(bytes)
	return bytes[n : n+int(length)], nil
}

// getOne reads one string from the file.
func (s *sharedStrings) getOne(number, offset int) ([]byte, error) {
	chunk := s.chunks[number]
	need := stringsRead
	for {
		need = min(need, chunk.length-offset)
		if len(s.piece) < need {
			s.piece = make([]byte, need)
		}
		if _, err := s.file.ReadAt(s.piece[:need], chunk.offset+int64(offset)); err != nil {
			return nil, fmt.Errorf("its strings cannot be read back: %w", err)
		}
		length, n := binary.Uvarint(s.piece[:need])
		if n+int(length) <= need {
			return s.piece[n : n+int(length)], nil
		}
		need = n + int(length)
	}
}

func (s *sharedStrings) load(number int, slot *cachedChunk) error {
	chunk := s.chunks[number]
	if cap(slot.bytes) < chunk.length || cap(slot.bytes) > 2*chunkSize {
		slot.bytes = make([]byte, max(chunk.length, chunkSize))
	}
	slot.bytes, slot.number = slot.bytes[:chunk.length], 0
	if _, err := s.file.ReadAt(slot.bytes, chunk.offset); err != nil {
		return fmt.Errorf("its strings cannot be read back: %w", err)
	}
	slot.number, slot.times = number+1, 0
	return nil
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

// stringReader reads text as both the string table and inline strings hold it: plain in <t>, or
// rich in runs <r><t>. Phonetic runs <rPh> are reading aids and no part of the text.
type stringReader struct {
	xml   xmlScanner
	text  []byte
	limit int // bytes of one string
}

// each reads the string table and gives its strings in order.
func (s *stringReader) each(add func(text []byte) error) error {
	token, err := s.root()
	if err != nil {
		return err
	}

	for ; token != xmlDone; token, err = s.xml.next() {
		if err != nil {
			return err
		}
		if token != xmlStart {
			continue
		}

		switch string(s.xml.name) {
		case "si":
			if s.text, err = appendRich(&s.xml, s.text[:0], s.limit); err != nil {
				return err
			}
			if err := add(s.text); err != nil {
				return err
			}
		case "sst":
		case "AlternateContent":
			return errAlternatives
		default:
			if err := s.xml.skip(); err != nil {
				return err
			}
		}
	}
	return nil
}

// root reads to the root element, which must be a string table's.
func (s *stringReader) root() (xmlToken, error) {
	for {
		token, err := s.xml.next()
		if err != nil || token == xmlStart {
			if err == nil && string(s.xml.name) != "sst" {
				err = fmt.Errorf("its root element is <%.40s>", s.xml.name)
			}
			return token, err
		}
	}
}

// appendRich reads the text of the element that has just begun (si or is), to its end.
func appendRich(x *xmlScanner, text []byte, limit int) ([]byte, error) {
	depth, from := len(x.starts), len(text)
	for {
		token, err := x.next()
		if err != nil {
			return text, err
		}

		switch token {
		case xmlEnd:
			if len(x.starts) < depth {
				return finishText(text, from)
			}
		case xmlStart:
			switch string(x.name) {
			case "t":
				if text, err = appendElement(x, text, limit+from); err != nil {
					return text, err
				}
			case "r":
			default:
				if err := x.skip(); err != nil {
					return text, err
				}
			}
		}
	}
}

// appendElement reads the text of the element that has just begun, to its end; elements within
// count for nothing.
func appendElement(x *xmlScanner, text []byte, limit int) ([]byte, error) {
	depth := len(x.starts)
	for {
		token, err := x.next()
		if err != nil {
			return text, err
		}

		switch token {
		case xmlEnd:
			if len(x.starts) < depth {
				return text, nil
			}
		case xmlStart:
			if err := x.skip(); err != nil {
				return text, err
			}
		case xmlText:
			if len(text)+len(x.text) > limit {
				return text, fmt.Errorf("it has a cell of more than %d bytes; raise the limit "+
					"for cells to read it", limit)
			}
			if x.verbatim {
				text = append(text, x.text...)
			} else if text, err = appendXMLText(text, x.text); err != nil {
				return text, err
			}
		}
	}
}

// finishText checks and unescapes the text that begins at from.
func finishText(text []byte, from int) ([]byte, error) {
	added := text[from:]
	if !utf8.Valid(added) {
		return text, errors.New("it has text that is not valid UTF-8")
	}
	return text[:from+len(unescape(added))], nil
}
