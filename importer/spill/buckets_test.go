package spill

import (
	"hash/maphash"
	"os"
	"testing"
)

// All records of a hash are in one bucket, each once, in the order in which they were added,
// whether they fit into memory or not.
func TestBuckets(t *testing.T) {
	for _, count := range []int{0, 1, 1000, 1_000_000, 10_000_000} {
		seed, dir := maphash.MakeSeed(), t.TempDir()
		buckets := NewBuckets(dir)
		for i := range count {
			hash := maphash.Comparable(seed, i%(count/10+1))
			if err := buckets.Add(hash, uint64(i)); err != nil {
				t.Fatal(err)
			}
		}

		seen, reader := 0, buckets.Reader()
		for i := range 2 * BucketCount { // each twice
			bucket, last, records := i/2, -1, 0
			for block, err := range reader.Blocks(bucket) {
				if err != nil {
					t.Fatal(err)
				}
				for len(block) > 0 {
					var hash, number uint64
					hash, number, block = NextRecord(block)
					i := int(number)
					if hash != maphash.Comparable(seed, i%(count/10+1)) || i <= last ||
						BucketOf(hash) != bucket {
						t.Fatalf("record %d stands behind %d in bucket %d", i, last, bucket)
					}
					last = i
					records++
				}
			}
			if records != buckets.Len(bucket) {
				t.Errorf("bucket %d has %d records and says %d", bucket, records,
					buckets.Len(bucket))
			}
			seen += records
		}
		if seen != 2*count {
			t.Errorf("%d records of %d are there", seen, 2*count)
		}

		if err := buckets.Close(); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
			t.Errorf("the files %v are left: %v", left, err)
		}
	}
}
