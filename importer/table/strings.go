package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"
)

// sharedStrings is the string table of a workbook. Small tables stay in memory; if a table outgrows
// stringsInMemory, everything beyond stringsHeld goes to a temporary file, so memory only grows by
// 4 bytes for a string, or 8 while strings are sorted.
//
// Spreadsheet programs number strings as they meet them, so rows that follow each other mostly ask
// for the same chunk of the file: the whole chunk is read, and kept for a while. Other programs
// sort their strings, or keep them in a hash table: then each cell would wait for memory or for the
// file. So the survey of a sheet notes the order in which it asks, and the strings are put into
// that order. Strings are read one by one until a chunk was asked for often.
type sharedStrings struct {
	// places say where each string begins: number of the chunk << 16 | offset in it. They are in
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

	near    [stringsCached]int // the chunks, from 1, that were asked for last
	misses  int                // how often a survey asked for another one
	ranks   []uint32           // by string: when it was asked for, from 1; nil: the order is good
	ranked  uint32             // strings that have a rank
	waiting []int              // strings that still need one
	sorted  bool
}

// chunk holds strings, each after its length as a varint. A string is never cut in two.
type chunk struct {
	bytes  []byte // nil once it is in the file
	offset int64  // in the file
	length int
	pieces bool // it goes to the file in pieces; bytes is the next one
}

type cachedChunk struct {
	bytes  []byte
	number int // of the chunk, from 1; 0: nothing yet

	// wanted is the chunk, from 1, that was asked for last and is not here; times is how often in a
	// row.
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

	// Sorting strings takes 4 bytes for each, and room for a piece of each chunk.
	sortedAtMost   = 8_000_000
	sortedChunks   = 1 << 13
	sortedPiece    = 4 << 10
	sortedPieces   = 16 << 20 // bytes of all pieces
	missesOfAChunk = 8        // a good order misses each chunk once or twice
	stringsWaiting = 256
	memoryLine     = 64 // bytes that a processor fetches at once
)

// add appends a string to the table. TempDir is where the file goes when the table becomes too
// large for memory.
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
		if err := s.createFile(tempDir); err != nil {
			return err
		}
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

func (s *sharedStrings) createFile(tempDir string) (err error) {
	if s.file, err = os.CreateTemp(tempDir, "able-import-strings-*"); err != nil {
		return err
	}
	// If the system lets open files lose their name, a killed program leaves nothing behind.
	s.gone = os.Remove(s.file.Name()) == nil
	return nil
}

// spill moves the chunks that are in memory to the file, except the first ones.
func (s *sharedStrings) spill() error {
	for i := len(s.chunks) - 1; i >= stringsHeld/chunkSize && s.chunks[i].bytes != nil; i-- {
		if err := s.write(s.chunks[i].bytes, s.size); err != nil {
			return err
		}
		s.chunks[i].offset = s.size
		s.size += int64(s.chunks[i].length)
		s.chunks[i].bytes = nil
	}
	s.memory = 0
	return nil
}

func (s *sharedStrings) write(bytes []byte, offset int64) error {
	if _, err := s.file.WriteAt(bytes, offset); err != nil {
		return fmt.Errorf("its strings cannot be written to a temporary file: %w", err)
	}
	return nil
}

// find gives the place of a string, for [sharedStrings.get].
func (s *sharedStrings) find(index int) uint32 {
	return s.places[index/placesPerPiece][index%placesPerPiece]
}

// touch gives the first byte at a place that is in memory, which loads what follows it into the
// cache. If the strings of a row are touched one right after the other, the processor waits for all
// of them at once. Sorted strings are needed together with the rest of their chunk.
func (s *sharedStrings) touch(place uint32) (first byte) {
	number := int(place >> 16)
	bytes := s.chunks[number].bytes
	if bytes == nil {
		return 0
	}
	if s.sorted && s.near[number%stringsCached] != number+1 {
		s.near[number%stringsCached] = number + 1
		for i := 0; i < len(bytes); i += memoryLine {
			first ^= bytes[i]
		}
	}
	return first ^ bytes[place&0xFFFF]
}

// get gives the string at a place. While all strings are in memory it stays valid, otherwise only
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

// spooled reports whether a string from get is only valid until the next call.
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

// isLarge reports whether the order of the strings matters.
func (s *sharedStrings) isLarge() bool { return s != nil && len(s.chunks) > stringsCached }

// ask notes that a survey met a cell with the string. Once it has asked too often for chunks that
// it did not use lately, the strings get ranks in the order in which they are asked for.
func (s *sharedStrings) ask(index int) {
	if s.ranks != nil {
		if s.waiting = append(s.waiting, index); len(s.waiting) == cap(s.waiting) {
			s.rank()
		}
		return
	}

	chunk := int(s.find(index) >> 16)
	if s.near[chunk%stringsCached] == chunk+1 {
		return
	}
	s.near[chunk%stringsCached] = chunk + 1
	s.misses++
	if s.misses > missesOfAChunk*len(s.chunks) && s.count <= sortedAtMost &&
		len(s.chunks) <= sortedChunks {
		s.startRanks()
	}
}

func (s *sharedStrings) startRanks() {
	s.ranks, s.waiting = make([]uint32, s.count), make([]int, 0, stringsWaiting)
}

// rank gives ranks to the strings that were asked for, many at once, which suits the memory.
func (s *sharedStrings) rank() {
	for _, index := range s.waiting {
		if s.ranks[index] == 0 {
			s.ranked++
			s.ranks[index] = s.ranked
		}
	}
	s.waiting = s.waiting[:0]
}

// sort puts the strings into the order in which a survey has asked for them, if theirs is another
// one: strings with about the same rank are in the same chunk. Each keeps its index. If there is no
// room for sorting, the order does not change, which only takes longer.
func (s *sharedStrings) sort(tempDir string) {
	if s.ranks == nil {
		return
	}
	s.rank()
	for i, rank := range s.ranks {
		if rank == 0 {
			s.ranked++
			s.ranks[i] = s.ranked
		}
	}

	sorted := &sharedStrings{count: s.count, sorted: true}
	if err := sorted.sortFrom(s, tempDir); err != nil {
		_ = sorted.close() // it contains nothing that is needed
		s.ranks = nil
		return
	}
	_ = s.close()
	*s = *sorted
}

// sortFrom takes the strings of another table, and turns their ranks into places.
func (s *sharedStrings) sortFrom(from *sharedStrings, tempDir string) error {
	total, shift := int64(0), 0
	for i := range from.chunks {
		total += int64(from.chunks[i].length)
	}
	for total > 0 && total<<(shift+1) <= int64(s.count)*chunkSize/2 {
		shift++ // strings whose ranks>>shift are the same make a group of half a chunk or less
	}

	ranks := from.ranks
	groups := make([]stringGroup, s.count>>shift+1)
	err := from.each(func(index int, text []byte) error {
		groups[ranks[index]>>shift].left += len(text)
		return nil
	})
	if err != nil {
		return err
	}

	for i := range groups {
		if from.file == nil || s.memory+groups[i].left <= stringsHeld {
			groups[i].held = true
			s.memory += groups[i].left
		}
	}
	if from.file != nil {
		if err := s.createFile(tempDir); err != nil {
			return err
		}
	}

	piece := min(max(sortedPieces/len(groups), 512), sortedPiece)
	err = from.each(func(index int, text []byte) (err error) {
		ranks[index], err = s.put(&groups[ranks[index]>>shift], text, piece)
		return err
	})
	if err != nil {
		return err
	}
	for i := range s.chunks {
		if s.chunks[i].pieces {
			if err := s.writePiece(&s.chunks[i]); err != nil {
				return err
			}
			s.chunks[i].bytes = nil
		}
	}
	s.places = slices.Collect(slices.Chunk(ranks, placesPerPiece))
	return nil
}

// stringGroup is some strings that a sheet asks for at about the same time.
type stringGroup struct {
	chunk int  // being filled, from 1; 0: none yet
	left  int  // still to come
	held  bool // in memory
}

// each gives the strings in the order of the table, each with its length before it.
func (s *sharedStrings) each(visit func(index int, text []byte) error) error {
	index := 0
	var room []byte
	for i := range s.chunks {
		chunk := &s.chunks[i]
		rest := chunk.bytes
		if rest == nil {
			if len(room) < chunk.length {
				room = make([]byte, max(chunk.length, chunkSize))
			}
			rest = room[:chunk.length]
			if _, err := s.file.ReadAt(rest, chunk.offset); err != nil {
				return fmt.Errorf("its strings cannot be read back: %w", err)
			}
		}

		for len(rest) > 0 {
			length, n := binary.Uvarint(rest)
			if err := visit(index, rest[:n+int(length)]); err != nil {
				return err
			}
			rest = rest[n+int(length):]
			index++
		}
	}

	return nil
}

// put adds a string, with its length before it, to those of its group, and gives its place. Groups
// that are not held go to the file in pieces of the given size.
func (s *sharedStrings) put(group *stringGroup, text []byte, piece int) (place uint32, err error) {
	if group.chunk == 0 || s.chunks[group.chunk-1].length+len(text) > chunkSize {
		room := max(len(text), min(group.left, chunkSize))
		added := chunk{offset: s.size, pieces: !group.held}
		if added.pieces {
			s.size += int64(room)
			room = min(room, piece)
		}
		added.bytes = make([]byte, 0, room)
		s.chunks = append(s.chunks, added)
		group.chunk = len(s.chunks)
	}

	current := &s.chunks[group.chunk-1]
	place = uint32((group.chunk-1)<<16 | current.length)
	if current.pieces && len(current.bytes)+len(text) > cap(current.bytes) {
		if err := s.writePiece(current); err != nil {
			return 0, err
		}
	}
	current.bytes = append(current.bytes, text...)
	current.length += len(text)
	group.left -= len(text)
	return place, nil
}

// writePiece writes what has collected for a chunk of the file.
func (s *sharedStrings) writePiece(c *chunk) error {
	err := s.write(c.bytes, c.offset+int64(c.length-len(c.bytes)))
	c.bytes = c.bytes[:0]
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

// stringReader reads text in the form of both the string table and inline strings: plain in <t>, or
// rich in runs <r><t>. Phonetic runs <rPh> are reading aids and not part of the text.
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

// root reads up to the root element, which must be a string table's.
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

// appendElement reads the text of the element that has just begun, to its end; nested elements are
// ignored.
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
				return text, fmt.Errorf("it has a cell of more than %d bytes; raise `max_cell` "+
					"to read it", limit)
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
