package spill

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
)

const bucketBits = 6

// BucketCount is how many buckets [Buckets] has.
const BucketCount = 1 << bucketBits

// A record of [Buckets] is two words.
const bucketRecord = 2 * 8

// bucketBlock is how much of a bucket stays in memory: 1 MB of all. More and smaller blocks would
// take longer to fill.
const bucketBlock = 16 << 10

// Buckets divide any number of records by a hash, in bounded memory: all records of one hash are in
// the same bucket, in the order in which they were added. To handle the records of each hash
// together, one reads one bucket after the other, or several at once, and has little to keep.
//
// Records are added first; then they may be read, any number of times.
type Buckets struct {
	dir    string
	file   *os.File // nil: every record is in memory
	blocks int      // in the file
	all    [BucketCount]bucket
}

type bucket struct {
	block []byte // the last one
	filed []int  // the blocks before it: which of the file they are
}

// NewBuckets makes buckets whose file is in dir.
func NewBuckets(dir string) *Buckets { return &Buckets{dir: dir} }

// Add puts a record of two words into the bucket of the first.
func (s *Buckets) Add(first, second uint64) error {
	b := &s.all[BucketOf(first)]
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
		s.file = file
	}
	if _, err := s.file.Write(b.block); err != nil {
		return fmt.Errorf("spill records: %w", err)
	}

	b.filed, b.block = append(b.filed, s.blocks), b.block[:0]
	s.blocks++
	return nil
}

// BucketOf is the bucket of a hash: its first bits.
func BucketOf(hash uint64) int { return int(hash >> (64 - bucketBits)) }

// Len is how many records a bucket has.
func (s *Buckets) Len(number int) int {
	b := &s.all[number]
	return (len(b.filed)*bucketBlock + len(b.block)) / bucketRecord
}

// A BucketReader reads buckets, for one goroutine.
type BucketReader struct {
	from   *Buckets
	buffer []byte
	whole  int // the bucket that is in buffer as a whole; -1: none
}

// readWhole is how many blocks of a bucket are read at once: 512 KB.
const readWhole = 32

// Reader makes a reader.
func (s *Buckets) Reader() *BucketReader { return &BucketReader{from: s, whole: -1} }

// Blocks yields the records of a bucket, many at once: see [NextRecord]. Small buckets that are
// read several times in succession are read from the file once.
func (r *BucketReader) Blocks(number int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if r.whole == number {
			yield(r.buffer, nil)
			return
		}

		b := &r.from.all[number]
		r.whole, r.buffer = -1, r.buffer[:0]
		for i, at := range b.filed {
			if i > 0 && i%readWhole == 0 {
				if !yield(r.buffer, nil) {
					return
				}
				r.buffer = r.buffer[:0]
			}
			begin := len(r.buffer)
			r.buffer = slices.Grow(r.buffer, bucketBlock)[:begin+bucketBlock]
			if _, err := r.from.file.ReadAt(r.buffer[begin:], int64(at)*bucketBlock); err != nil {
				yield(nil, fmt.Errorf("read spilled records: %w", err))
				return
			}
		}
		r.buffer = append(r.buffer, b.block...)
		if len(b.filed) <= readWhole {
			r.whole = number
		}
		if len(r.buffer) > 0 {
			yield(r.buffer, nil)
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
