package spill

import (
	"bufio"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
)

const bucketBits = 8

// BucketCount is how many buckets [Buckets] has.
const BucketCount = 1 << bucketBits

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
	size   int64
	all    [BucketCount]bucket
}

type bucket struct {
	records int
	block   []byte   // the last one
	filed   []extent // the blocks before it
}

// An extent is a stretch of the file.
type extent struct {
	start  int64
	length int
}

// NewBuckets makes buckets whose file is in dir.
func NewBuckets(dir string) *Buckets { return &Buckets{dir: dir} }

// Add takes a copy of a record. The first bits of the hash choose its bucket.
func (s *Buckets) Add(hash uint64, record []byte) error {
	b := &s.all[BucketOf(hash)]
	if len(b.block) > 0 && len(b.block)+len(record) > bucketBlock {
		if err := s.spill(b); err != nil {
			return err
		}
	}
	b.block = append(b.block, record...)
	b.records++
	return nil
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

	b.filed = append(b.filed, extent{s.size, len(b.block)})
	s.size, b.block = s.size+int64(len(b.block)), b.block[:0]
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

// BucketOf is the bucket of a hash.
func BucketOf(hash uint64) int { return int(hash >> (64 - bucketBits)) }

// Len is how many records a bucket has.
func (s *Buckets) Len(bucket int) int { return s.all[bucket].records }

// Blocks yields the records of a bucket, many at once: a block consists of whole records, and is
// good until the next.
func (s *Buckets) Blocks(bucket int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		b := &s.all[bucket]
		var block []byte
		for _, at := range b.filed {
			block = slices.Grow(block[:0], at.length)[:at.length]
			if _, err := s.file.ReadAt(block, at.start); err != nil {
				yield(nil, fmt.Errorf("read spilled records: %w", err))
				return
			}
			if !yield(block, nil) {
				return
			}
		}
		if len(b.block) > 0 {
			yield(b.block, nil)
		}
	}
}

// Close closes and removes the file.
func (s *Buckets) Close() error {
	if s == nil || s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
