package spill

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"

	"github.com/klauspost/compress/s2"
)

// sealedMemory bounds the packed chunks that are not in the file.
const sealedMemory = 1 << 20

// A Sealed keeps any number of chunks in their order, in bounded memory: the last ones in memory,
// earlier ones in a private file. They may be people's data, so all are packed and then encrypted
// with a key that only this program's memory has: nobody can read what a killed program leaves
// behind, and reading notices what somebody else writes into the file.
//
// Chunks are added first; then they may be read, any number of times.
type Sealed struct {
	dir    string   // of the file
	file   *os.File // nil: all chunks are in memory
	filed  int64    // bytes in file; later ones are in memory
	memory []byte
	aead   cipher.AEAD
	ends   []int64 // of each chunk
	packed []byte  // the current chunk, before it is sealed
	read   []byte
}

// NewSealed makes one whose file is in dir.
func NewSealed(dir string) *Sealed {
	var key [32]byte
	_, _ = rand.Read(key[:])          // never fails: it ends the program instead
	block, _ := aes.NewCipher(key[:]) // fails for keys of other lengths only
	aead, _ := cipher.NewGCM(block)   // fails for blocks of other lengths only
	return &Sealed{dir: dir, aead: aead}
}

// Add takes a copy of chunk.
func (s *Sealed) Add(chunk []byte) error {
	s.packed = s2.Encode(s.packed[:cap(s.packed)], chunk)
	s.memory = s.aead.Seal(s.memory, nonce(len(s.ends)), s.packed, nil)
	s.ends = append(s.ends, s.filed+int64(len(s.memory)))
	if len(s.memory) < sealedMemory {
		return nil
	}
	return s.spill()
}

// spill moves what is in memory to the file.
func (s *Sealed) spill() error {
	if s.file == nil {
		file, err := os.CreateTemp(s.dir, "sealed-*")
		if err != nil {
			return fmt.Errorf("spill records: %w", err)
		}
		s.file = file
	}
	if _, err := s.file.Write(s.memory); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}

	s.filed, s.memory = s.filed+int64(len(s.memory)), s.memory[:0]
	return nil
}

// nonce is the nonce of a chunk: a key seals each place once, so no chunk can replace another.
func nonce(number int) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 4, 12), uint64(number))
}

// Chunks yields the chunks in their order. Each is good until the next.
func (s *Sealed) Chunks() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var chunk []byte
		start := int64(0)
		for number, end := range s.ends {
			packed, err := s.sealed(start, end)
			if err == nil {
				packed, err = s.aead.Open(s.packed[:0], nonce(number), packed, nil)
			}
			if err == nil {
				s.packed = packed
				chunk, err = s2.Decode(chunk[:cap(chunk)], packed)
			}
			if err != nil {
				yield(nil, fmt.Errorf("read spilled records: %w", err))
				return
			}
			if !yield(chunk, nil) {
				return
			}
			start = end
		}
	}
}

// sealed are the bytes of one chunk as they are kept.
func (s *Sealed) sealed(start, end int64) ([]byte, error) {
	if start >= s.filed {
		return s.memory[start-s.filed : end-s.filed], nil
	}
	s.read = slices.Grow(s.read[:0], int(end-start))[:end-start]
	_, err := s.file.ReadAt(s.read, start)
	return s.read, err
}

// Close closes and removes the file.
func (s *Sealed) Close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
