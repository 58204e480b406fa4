package importer

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"

	"golang.org/x/sys/cpu"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A visitor key of many orders whose other keys differ names nobody in particular: for example the
// shop's own address. The receiver would turn all these customers into one person. The first pass
// keeps each use of a value, by its hash, in a bucket. The values are summed up, one bucket after
// the other, while each event's fate is decided, and once more if a fate matters. What people see
// of the worst values comes last: their money from the records of the events, and the values
// themselves from their rows, which are read again.

// sharedBy is how many different customers make a value a shared key. Families share a phone.
const sharedBy = 5

// mostShared bounds how many of the shared keys are shown one by one.
const mostShared = 10

// longestKey is how much of a value is compared.
const longestKey = 1 << 10

// personKeys is how many keys name a person.
const personKeys = 3

// A SharedKey is a value that serves many orders of different customers.
type SharedKey struct {
	Key    string // of [mapping.KeyNames]
	Value  string // masked
	Orders int64
	Money  report.Money
	Other  string // the key that differs most
	File   string // its first file
	Row    int
}

// sharedKeys collects the keys of a first pass.
type sharedKeys struct {
	_    cpu.CacheLinePad // the preflight maps on one core, and adds uses on another
	dir  string
	uses *spill.Buckets // nil: no event has had a key
	sums *sharedFinder  // of all uses
	seen []sharedSeen   // of the values that sums has found
	err  error

	// of the goroutine that maps
	_        cpu.CacheLinePad
	seed     maphash.Seed
	values   []keyValue
	isSeeded bool
}

// A keyValue is one value of an event: a hash whose last byte is the place of its key in KeyNames.
type keyValue uint64

func (v keyValue) key() byte { return byte(v) }

// A bucketUse is a use on its way to the bucket of its value.
type bucketUse struct {
	value keyValue
	use   uint64 // see [keyUse.word]
}

// note appends the uses of an event that can be sent.
func (k *sharedKeys) note(to []bucketUse, seq uint64, keys []byte) []bucketUse {
	if len(keys) == 0 {
		return to
	}
	if !k.isSeeded {
		k.seed, k.isSeeded = maphash.MakeSeed(), true
	}

	k.values = k.values[:0]
	for rest := keys; len(rest) > 0; {
		var key byte
		var text []byte
		key, text, rest = mapping.NextKey(rest)
		k.values = append(k.values, k.value(key, text))
	}

	for _, v := range k.values {
		use, others := keyUse{seq: seq}, 0
		for _, other := range k.values {
			if other.key() == v.key() || !mapping.IsPersonKey(other.key()) || others == mostOthers {
				continue
			}
			use.other, use.again = keyOther(other), others > 0
			to = append(to, bucketUse{v, use.word()})
			others++
		}
		if others == 0 {
			to = append(to, bucketUse{v, use.word()})
		}
	}

	return to
}

// add keeps the uses of some events.
func (k *sharedKeys) add(uses []bucketUse) {
	if k.uses == nil && len(uses) > 0 {
		k.uses = spill.NewBuckets(k.dir)
	}
	for _, use := range uses {
		if k.err == nil { // a full disk is not tried again
			k.err = k.uses.Add(uint64(use.value), use.use)
		}
	}
}

func (k *sharedKeys) value(key byte, text []byte) keyValue {
	return keyValue(maphash.Bytes(k.seed, text[:min(len(text), longestKey)])&^0xff | uint64(key))
}

// A keyUse says that a value is in an event, beside the value of another key that names a person.
// There are several for one event if it has several such values, and one if it has none.
type keyUse struct {
	other uint32 // see keyOther; 0: none
	again bool   // it is not the first of its value and event
	seq   uint64
}

// keyOther is a short form of a value of a key that names a person: 28 bits of its hash, and the
// key in two bits.
func keyOther(v keyValue) uint32 { return uint32(v>>8)<<4>>2 | uint32(v.key()) }

// mostOthers bounds the uses of a value in one event.
const mostOthers = 7

// seqBits is enough for eight billion events.
const seqBits = 33

func (u keyUse) word() uint64 {
	word := uint64(u.other)<<(seqBits+1) | u.seq&(1<<seqBits-1)
	if u.again {
		word |= 1 << seqBits
	}
	return word
}

// readUse is the inverse of word.
func readUse(word uint64) keyUse {
	return keyUse{uint32(word >> (seqBits + 1)), word>>seqBits&1 != 0, word & (1<<seqBits - 1)}
}

func (k *sharedKeys) close() error { return k.uses.Close() }

// A sharedValue is what is known of one value.
type sharedValue struct {
	value  keyValue
	events int64 // of whatever fate
	orders int64
	toSend int64
	first  uint64 // number of the first event that has it
	others [personKeys][sharedBy]uint32
}

// meet notes the value of another key beside this one, in the form of keyOther.
func (s *sharedValue) meet(other uint32) {
	met := &s.others[other&3]
	if met[sharedBy-1] != 0 { // that is enough
		return
	}
	for i := range met {
		if met[i] == other {
			return
		}
		if met[i] == 0 { // like one hash in a hundred million
			met[i] = other
			return
		}
	}
}

// sharedAmong says which key distinguishes the orders of many customers.
func (s *sharedValue) sharedAmong() (by byte, shared bool) {
	for key := range s.others {
		if s.others[key][sharedBy-1] != 0 {
			return byte(key), true
		}
	}
	return 0, false
}

// compareShared puts the values with most orders first, and among equals the one that comes first
// in the files.
func compareShared(a, b sharedValue) int {
	return cmp.Or(cmp.Compare(b.orders, a.orders), cmp.Compare(a.first, b.first),
		cmp.Compare(a.value.key(), b.value.key()))
}

// sumUp sums up the uses of all events, one bucket after the other.
func (k *sharedKeys) sumUp(fates *settledFates) error {
	f := &sharedFinder{uses: k.uses, reader: k.uses.Reader(), fates: fates}
	for bucket := range spill.BucketCount {
		if err := f.search(bucket); err != nil {
			return err
		}
	}
	k.sums = f
	return nil
}

// A sharedFinder finds the shared values of some buckets.
type sharedFinder struct {
	uses   *spill.Buckets
	reader *spill.BucketReader
	fates  *settledFates
	counts []byte        // of a bucket: events with the values of a hash's last bits
	sums   []sharedValue // of a bucket: the values that may be shared
	places []int32       // in sums, from 1, by hash: a table with gaps, 0
	found  []sharedValue // the worst of all buckets
	byKey  [32]sharedOfKey
}

// sharedOfKey counts the shared values of one key, and their events to be sent.
type sharedOfKey struct{ values, toSend int64 }

// search reads a bucket twice. The first time it counts, in so little memory that it is quick: few
// values have as many uses as a shared one.
func (f *sharedFinder) search(bucket int) error {
	size := 1 << bits.Len(uint(4*f.uses.Len(bucket)))
	size = min(size, 1<<20)
	f.counts = slices.Grow(f.counts[:0], size)[:size]
	clear(f.counts)
	mask, many := uint64(size-1), false
	for block, err := range f.reader.Blocks(bucket) {
		if err != nil {
			return err
		}
		for len(block) > 0 {
			var value, use uint64
			value, use, block = spill.NextRecord(block)
			if readUse(use).again {
				continue
			}
			count := &f.counts[value>>8&mask]
			*count = min(*count+1, sharedBy)
			many = many || *count == sharedBy
		}
	}
	if !many {
		return nil
	}

	clear(f.places)
	f.sums = f.sums[:0]
	for block, err := range f.reader.Blocks(bucket) {
		if err != nil {
			return err
		}
		for len(block) > 0 {
			var value, use uint64
			value, use, block = spill.NextRecord(block)
			if f.counts[value>>8&mask] == sharedBy {
				f.sum(keyValue(value), readUse(use))
			}
		}
	}

	for i := range f.sums {
		f.find(&f.sums[i])
	}
	return nil
}

func (f *sharedFinder) sum(value keyValue, use keyUse) {
	s := f.sumOf(value)
	if !use.again {
		s.events++
	}
	isDropped, isHeld := f.fates.of(use.seq)
	if isDropped {
		return
	}

	if s.orders == 0 {
		s.first = use.seq
	}
	if !use.again {
		s.orders++
		if !isHeld {
			s.toSend++
		}
	}
	if use.other != 0 {
		s.meet(use.other)
	}
}

// sumOf is the sum of a value.
func (f *sharedFinder) sumOf(value keyValue) *sharedValue {
	if 2*len(f.sums) >= len(f.places) {
		f.places = make([]int32, max(1<<10, 2*len(f.places)))
		for i := range f.sums {
			*f.place(f.sums[i].value) = int32(i + 1)
		}
	}

	place := f.place(value)
	if *place == 0 {
		f.sums = append(f.sums, sharedValue{value: value})
		*place = int32(len(f.sums))
	}
	return &f.sums[*place-1]
}

// place is the value's place in places, or the gap for it.
func (f *sharedFinder) place(value keyValue) *int32 {
	mask := keyValue(len(f.places) - 1)
	for at := value >> 8; ; at++ {
		place := &f.places[at&mask]
		if *place == 0 || f.sums[*place-1].value == value {
			return place
		}
	}
}

// find keeps the sum of a value that is shared, if it is among the worst.
func (f *sharedFinder) find(s *sharedValue) {
	if _, shared := s.sharedAmong(); !shared || s.events < sharedBy { // one event may have many
		return
	}
	of := &f.byKey[s.value.key()]
	of.values++
	of.toSend += s.toSend
	at, _ := slices.BinarySearchFunc(f.found, *s, compareShared)
	if at < mostShared {
		f.found = slices.Insert(f.found, at, *s)
		f.found = f.found[:min(len(f.found), mostShared)]
	}
}

// tellShared warns of the shared keys, the worst first.
func (p *preflight) tellShared() {
	f := p.shared.sums
	if f == nil {
		return
	}

	for i := range f.found {
		found, seen := &f.found[i], &p.shared.seen[i]
		by, _ := found.sharedAmong()
		p.plan.Shared = append(p.plan.Shared, SharedKey{Key: mapping.KeyNames[found.value.key()],
			Value: seen.text, Other: mapping.KeyNames[by], Orders: found.orders,
			Money: seen.money, File: p.im.inputs[seen.input].name, Row: seen.row})
	}

	told := map[string]int64{}
	for i := range p.plan.Shared {
		s := &p.plan.Shared[i]
		p.plan.Problems.Add(report.Incident{
			Code: "key_shared", Warning: true, File: s.File, Row: s.Row, Column: "keys." + s.Key,
			Value: s.Value, Message: s.words(),
		})
		told[s.Key]++
	}

	for key, of := range f.byKey {
		if of.values == 0 {
			continue
		}
		name := mapping.KeyNames[key]
		if more := of.values - told[name]; more > 0 {
			p.plan.Problems.Add(report.Incident{
				Code: "key_shared", Warning: true, Column: "keys." + name, More: more - 1,
				Message: "these values are in orders of customers whose other keys differ; the " +
					"receiver would merge the customers of each value into one person",
			})
		}
		p.plan.SharedBy = append(p.plan.SharedBy, report.KeyCount{Name: name, Events: of.toSend})
	}
}

// sharedSeen is what people see of a shared value.
type sharedSeen struct {
	money report.Money
	input int // of its first event
	row   int
	text  string // masked
}

// readShared reads again what people see of the worst values.
func (p *preflight) readShared(ctx context.Context) error {
	if err := p.readOrders(); err != nil {
		return err
	}

	// No file keeps people's keys themselves, so the rows with the first uses are read again. Where
	// other rows decide what is in them, all rows up to them are.
	if all, _ := p.readTexts(ctx, true); all {
		return nil
	}
	all, err := p.readTexts(ctx, false)
	if err == nil && !all {
		err = errInputChanged
	}
	return err
}

// readOrders adds up the orders of each value, and finds its first row.
func (p *preflight) readOrders() error {
	found := p.shared.sums.found
	seen := make([]sharedSeen, len(found))
	p.shared.seen = seen
	orders := make([]bitset, len(found)) // a bit for each event is little
	for i := range found {
		if err := p.shared.sums.orders(&found[i], &orders[i]); err != nil {
			return err
		}
	}

	var names interned
	var r record
	for block, err := range p.records.Blocks() {
		if err != nil {
			return err
		}
		for ; len(block) > 0; block = block[recordSize:] {
			raw := rawRecord(block[:recordSize])
			if raw.isInvalid() {
				continue
			}
			for i := range found {
				if !orders[i].has(raw.seq()) {
					continue
				}
				r.read(raw, &names)
				if r.hasAmount {
					seen[i].money.Add(r.currency, r.minor)
				}
				if r.seq == found[i].first {
					seen[i].input, seen[i].row = int(r.input), int(r.row)
				}
			}
		}
	}
	return nil
}

// orders notes the numbers of a value's events.
func (f *sharedFinder) orders(of *sharedValue, seqs *bitset) error {
	for block, err := range f.reader.Blocks(spill.BucketOf(uint64(of.value))) {
		if err != nil {
			return err
		}
		for len(block) > 0 {
			var value, word uint64
			value, word, block = spill.NextRecord(block)
			if keyValue(value) != of.value {
				continue
			}
			seq := readUse(word).seq
			if isDropped, _ := f.fates.of(seq); !isDropped {
				seqs.set(seq)
			}
		}
	}
	return nil
}

// readTexts reports whether it has found all values.
func (p *preflight) readTexts(ctx context.Context, near bool) (all bool, err error) {
	found, seen := p.shared.sums.found, p.shared.seen
	missing := 0
	only := make([]map[int]bool, len(p.im.inputs))
	for i := range seen {
		if seen[i].text != "" {
			continue
		}
		missing++
		if at := &seen[i]; only[at.input] == nil {
			only[at.input] = map[int]bool{at.row: true}
		} else {
			only[at.input][at.row] = true
		}
	}

	for u, err := range p.im.walk(ctx, walking{only: only, near: near}) {
		if err != nil {
			return false, err
		}
		if u.event == nil || !only[u.input][u.rows[0].Number] {
			continue
		}

		for rest := u.event.KeyValues; len(rest) > 0; {
			var key byte
			var text []byte
			key, text, rest = mapping.NextKey(rest)
			value := p.shared.value(key, text)
			for i := range found {
				if found[i].value == value && seen[i].text == "" {
					seen[i].text = cell.Mask(string(bytes.ToValidUTF8(text, nil)))
					missing--
				}
			}
		}
		if missing == 0 {
			return true, nil
		}
	}

	return missing == 0, nil
}

func (s *SharedKey) words() string {
	words := fmt.Sprintf("%s is in %d orders of customers whose %s differs",
		cell.Quote(s.Value), s.Orders, s.Other)
	if money := moneyWords(&s.Money); money != "" {
		words += " (" + money + ")"
	}
	return words + "; the receiver would merge them into one person"
}

// moneyWords are sums as people read them: 18.00 EUR, 3.00 USD.
func moneyWords(m *report.Money) string {
	var all []string
	for _, currency := range m.Currencies() {
		all = append(all, people(m.Minor(currency), currency))
	}
	return strings.Join(all, ", ")
}

// CheckShared refuses a plan if more than a share of its events, in percent, would be sent with a
// visitor key that many customers share. Its error is a [history.RefusedError].
func (p *Plan) CheckShared(percent int) error {
	for _, of := range p.SharedBy {
		high, low := bits.Mul64(uint64(of.Events), 100)
		limitHigh, limit := bits.Mul64(uint64(p.ToSend), uint64(percent))
		if high < limitHigh || high == limitHigh && low <= limit {
			continue
		}

		return &history.RefusedError{Reason: fmt.Sprintf("%d of %d events would be sent "+
			"with a visitor key (%s) that many customers share, and the receiver would merge "+
			"them into one person, for good. At most %d percent may (shared_keys: in the job "+
			"file). "+
			"able-import preview shows the values; say those that are right under visitors: "+
			"allow: in the mapping, and those that name nobody under visitors: placeholders:. "+
			"Nothing was sent.",
			of.Events, p.ToSend, of.Name, percent)}
	}

	return nil
}
