package spill

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
)

const bucketBits = 8

// BucketCount is how many buckets [Buckets] has.
const BucketCount = 1 << bucketBits

// A record of [Buckets] is two words.
const bucketRecord = 2 * 8

// bucketBlock is how much of a bucket stays in memory: 2 MB of all.
const bucketBlock = 8 << 10

// Buckets divide any number of records by a hash, in bounded memory: all records of one hash are in
// the same bucket, in the order in which they were added. To handle the records of each hash
// together, one reads one bucket after the other, or several at once, and has little to keep.
//
// Records are added first; after Seal they may be read, any number of times.
type Buckets struct {
	dir  string
	file *os.File // nil: every record is in memory
	// writes to the file, many blocks at once, which costs the kernel less
	writer *bufio.Writer
	blocks int // in the file
	all    [BucketCount]bucket
}

type bucket struct {
	block []byte // the last one
	filed []int  // the blocks before it: which of the file they are
}

// NewBuckets makes buckets whose file is in dir.
func NewBuckets(dir string) *Buckets { return &Buckets{dir: dir} }

// Add puts a record of two words into a bucket.
func (s *Buckets) Add(number int, first, second uint64) error {
	b := &s.all[number]
	b.block = binary.LittleEndian.AppendUint64(b.block, first)
	b.block = binary.LittleEndian.AppendUint64(b.block, second)
	if len(b.block) < bucketBlock {
		return nil
	}
	return s.spill(b)
}

// spill writes the bucket's block to the file.
func (s *Buckets) spill(b *bucket) error {
	if s.file == nil {
		file, err := os.CreateTemp(s.dir, "buckets-*")
		if err != nil {
			return fmt.Errorf("spill records: %w", err)
		}
		s.file, s.writer = file, bufio.NewWriterSize(file, spillBuffer)
	}
	if _, err := s.writer.Write(b.block); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}

	b.filed, b.block = append(b.filed, s.blocks), b.block[:0]
	s.blocks++
	return nil
}

// Seal ends the adding, and writes what is still to be written.
func (s *Buckets) Seal() error {
	if s == nil || s.file == nil {
		return nil
	}
	if err := s.writer.Flush(); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}
	return nil
}

// BucketOf is the bucket of a hash: its first bits.
func BucketOf(hash uint64) int { return int(hash >> (64 - bucketBits)) }

// Len is how many records a bucket has.
func (s *Buckets) Len(number int) int {
	b := &s.all[number]
	return (len(b.filed)*bucketBlock + len(b.block)) / bucketRecord
}

// Blocks yields the records of a bucket, many at once: see [NextRecord].
func (s *Buckets) Blocks(number int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		b := &s.all[number]
		var block [bucketBlock]byte
		for _, at := range b.filed {
			if _, err := s.file.ReadAt(block[:], int64(at)*bucketBlock); err != nil {
				yield(nil, fmt.Errorf("read spilled records: %w", err))
				return
			}
			if !yield(block[:], nil) {
				return
			}
		}
		if len(b.block) > 0 {
			yield(b.block, nil)
		}
	}
}

// NextRecord cuts the first record off a block.
func NextRecord(block []byte) (first, second uint64, rest []byte) {
	return binary.LittleEndian.Uint64(block), binary.LittleEndian.Uint64(block[8:]),
		block[bucketRecord:]
}

// Close closes and removes the file.
func (s *Buckets) Close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
