package importer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math/bits"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

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
// of the worst ones is read again.

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
	dir        string
	uses       *spill.Buckets // nil: no event has had two keys
	seed       maphash.Seed
	currencies []string // so far; "" means no amount
	values     []keyValue
	buffer     []byte
	sums       *sharedFinder // of all uses
	texts      []string      // the values that sums has found, masked
	err        error
}

// A keyValue is one value of an event.
type keyValue struct {
	key  byte // its place in KeyNames
	hash uint64
}

// add keeps the keys of those events of a batch that can be sent.
func (k *sharedKeys) add(batch []noted) {
	for i := range batch {
		if n := &batch[i]; len(n.keys) > 0 && !n.invalid && k.err == nil {
			k.addEvent(n)
		}
	}
}

func (k *sharedKeys) addEvent(n *noted) {
	if k.uses == nil {
		k.uses, k.seed = spill.NewBuckets(k.dir), maphash.MakeSeed()
	}

	k.values = k.values[:0]
	for rest := n.keys; len(rest) > 0; {
		var key byte
		var text []byte
		key, text, rest = mapping.NextKey(rest)
		k.values = append(k.values, keyValue{key, k.hash(key, text)})
	}

	use := keyUse{seq: n.seq, input: uint64(n.input), row: uint64(n.row), minor: n.minor,
		currency: k.currency(n)}
	for i := range k.values {
		k.buffer = k.appendUse(k.buffer[:0], &use, i)
		if k.err = k.uses.Add(k.values[i].hash, k.buffer); k.err != nil {
			return
		}
	}
}

// seal writes what is still to be written, once all keys are added.
func (k *sharedKeys) seal() {
	if k.err == nil {
		k.err = k.uses.Seal()
	}
}

func (k *sharedKeys) hash(key byte, text []byte) uint64 {
	return maphash.Bytes(k.seed, text[:min(len(text), longestKey)]) ^ uint64(key)<<48
}

// currency is the place of the event's currency in currencies.
func (k *sharedKeys) currency(n *noted) uint64 {
	currency := ""
	if n.hasAmount {
		currency = n.currency
	}
	at := slices.Index(k.currencies, currency)
	if at < 0 {
		at = len(k.currencies)
		k.currencies = append(k.currencies, currency)
	}
	return uint64(at)
}

// A keyUse is one value in one event.
type keyUse struct {
	hash     uint64
	key      byte
	others   []byte // values of other keys that name a person, each in the form of keyOther
	seq      uint64
	input    uint64
	row      uint64
	currency uint64 // its place in currencies
	minor    int64
}

// keyOther is a short form of a value of a key that names a person: its hash, and the key in two
// bits.
func keyOther(v keyValue) uint32 { return uint32(v.hash)&^3 | uint32(v.key) }

const (
	keyOtherSize = 4
	mostOthers   = 7 // of one use
)

// appendUse writes a use of the event's i-th value: a byte for the length of what follows; the
// hash; a byte for the key and the number of others; the others; the numbers.
func (k *sharedKeys) appendUse(dst []byte, use *keyUse, i int) []byte {
	v := k.values[i]
	dst = binary.LittleEndian.AppendUint64(append(dst, 0), v.hash)
	head := len(dst)
	dst = append(dst, v.key)
	others := byte(0)
	for _, other := range k.values {
		if other.key != v.key && mapping.IsPersonKey(other.key) && others < mostOthers {
			dst = binary.LittleEndian.AppendUint32(dst, keyOther(other))
			others++
		}
	}
	dst[head] |= others << 5

	dst = binary.AppendUvarint(dst, use.seq)
	dst = binary.AppendUvarint(dst, use.input)
	dst = binary.AppendUvarint(dst, use.row)
	dst = binary.AppendUvarint(dst, use.currency)
	dst = binary.AppendVarint(dst, use.minor)
	dst[0] = byte(len(dst) - 1)
	return dst
}

// nextUse cuts the first use off a block.
func nextUse(block []byte) (use, rest []byte) {
	end := 1 + int(block[0])
	return block[1:end], block[end:]
}

func useHash(use []byte) uint64 { return binary.LittleEndian.Uint64(use) }

// read is the inverse of appendUse.
func (u *keyUse) read(use []byte) {
	u.hash, u.key = useHash(use), use[8]&31
	end := 9 + keyOtherSize*int(use[8]>>5)
	u.others = use[9:end]
	rest := use[end:]
	var n int
	for _, number := range []*uint64{&u.seq, &u.input, &u.row, &u.currency} {
		*number, n = binary.Uvarint(rest)
		rest = rest[n:]
	}
	u.minor, _ = binary.Varint(rest)
}

func (k *sharedKeys) close() error { return k.uses.Close() }

// A keySum is what is known of one value.
type keySum struct {
	hash   uint64
	key    byte
	orders int64
	toSend int64
	first  uint64 // number of the first event that has it
	input  int    // of that event
	row    int
	others [personKeys][sharedBy]uint32
}

// meet notes the value of another key beside this one, in the form of keyOther.
func (s *keySum) meet(other uint32) {
	met := &s.others[other&3]
	for i := range met {
		if met[i] == other {
			return
		}
		if met[i] == 0 { // like one hash in a billion
			met[i] = other
			return
		}
	}
}

// sharedAmong says which key distinguishes the orders of many customers.
func (s *keySum) sharedAmong() (by byte, shared bool) {
	for key := range s.others {
		if s.others[key][sharedBy-1] != 0 {
			return byte(key), true
		}
	}
	return 0, false
}

// compareSums puts the values with most orders first, and among equals the one that comes first in
// the files.
func compareSums(a, b keySum) int {
	return cmp.Or(cmp.Compare(b.orders, a.orders), cmp.Compare(a.first, b.first),
		cmp.Compare(a.key, b.key))
}

// findShared sums up the keys of all events, and reads the worst values again.
func (p *preflight) findShared(ctx context.Context, fates *settledFates) error {
	if err := p.shared.sumUp(fates); err != nil {
		return err
	}
	return p.readShared(ctx)
}

// sumUp sums up several buckets at once.
func (k *sharedKeys) sumUp(fates *settledFates) error {
	finders := make([]sharedFinder, min(runtime.GOMAXPROCS(0), 4))
	var group errgroup.Group
	for i := range finders {
		f := &finders[i]
		*f = sharedFinder{uses: k.uses, fates: fates, places: map[uint64]int32{}}
		group.Go(func() error {
			for bucket := i; bucket < spill.BucketCount; bucket += len(finders) {
				if err := f.search(bucket); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}

	k.sums = &finders[0]
	for i := range finders[1:] {
		k.sums.join(&finders[i+1])
	}
	return nil
}

// A sharedFinder finds the shared values of some buckets.
type sharedFinder struct {
	uses   *spill.Buckets
	fates  *settledFates
	counts []byte           // of a bucket: uses of the values of a hash's last bits
	places map[uint64]int32 // in sums, by hash
	sums   []keySum         // of a bucket: the values that may be shared
	found  []keySum         // the worst of all buckets
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
	for block, err := range f.uses.Blocks(bucket) {
		if err != nil {
			return err
		}
		for len(block) > 0 {
			var use []byte
			use, block = nextUse(block)
			count := &f.counts[useHash(use)&mask]
			*count = min(*count+1, sharedBy)
			many = many || *count == sharedBy
		}
	}
	if !many {
		return nil
	}

	clear(f.places)
	f.sums = f.sums[:0]
	for block, err := range f.uses.Blocks(bucket) {
		if err != nil {
			return err
		}
		for len(block) > 0 {
			var use []byte
			if use, block = nextUse(block); f.counts[useHash(use)&mask] == sharedBy {
				f.sum(use)
			}
		}
	}

	for i := range f.sums {
		f.find(&f.sums[i])
	}
	return nil
}

func (f *sharedFinder) sum(raw []byte) {
	var use keyUse
	use.read(raw)
	isDropped, isHeld := f.fates.of(use.seq)
	if isDropped {
		return
	}

	at, known := f.places[use.hash]
	if !known {
		at = int32(len(f.sums))
		f.places[use.hash] = at
		f.sums = append(f.sums, keySum{hash: use.hash, key: use.key, first: use.seq,
			input: int(use.input), row: int(use.row)})
	}

	s := &f.sums[at]
	s.orders++
	if !isHeld {
		s.toSend++
	}
	for others := use.others; len(others) > 0; others = others[keyOtherSize:] {
		s.meet(binary.LittleEndian.Uint32(others))
	}
}

// find keeps the sum of a value that is shared, if it is among the worst.
func (f *sharedFinder) find(s *keySum) {
	if _, shared := s.sharedAmong(); !shared {
		return
	}
	of := &f.byKey[s.key]
	of.values++
	of.toSend += s.toSend
	f.keep(*s)
}

func (f *sharedFinder) keep(s keySum) {
	at, _ := slices.BinarySearchFunc(f.found, s, compareSums)
	if at < mostShared {
		f.found = slices.Insert(f.found, at, s)
		f.found = f.found[:min(len(f.found), mostShared)]
	}
}

// join adds what another finder has found.
func (f *sharedFinder) join(other *sharedFinder) {
	for _, s := range other.found {
		f.keep(s)
	}
	for key, of := range other.byKey {
		f.byKey[key].values += of.values
		f.byKey[key].toSend += of.toSend
	}
}

// tellShared warns of the shared keys, the worst first.
func (p *preflight) tellShared() error {
	f := p.shared.sums
	if f == nil {
		return nil
	}

	for i := range f.found {
		sum := &f.found[i]
		by, _ := sum.sharedAmong()
		s := SharedKey{Key: mapping.KeyNames[sum.key], Value: p.shared.texts[i],
			Other: mapping.KeyNames[by], Orders: sum.orders, File: p.im.inputs[sum.input].name,
			Row: sum.row}
		if err := p.sumMoney(f, sum, &s.Money); err != nil {
			return err
		}
		p.plan.Shared = append(p.plan.Shared, s)
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
		for range of.values - told[name] { // these only count
			p.plan.Problems.Add(report.Incident{Code: "key_shared", Warning: true,
				Column: "keys." + name})
		}
		p.plan.SharedBy = append(p.plan.SharedBy, report.KeyCount{Name: name, Events: of.toSend})
	}

	return nil
}

// sumMoney adds up the orders of a value.
func (p *preflight) sumMoney(f *sharedFinder, sum *keySum, money *report.Money) error {
	var use keyUse
	for block, err := range f.uses.Blocks(spill.BucketOf(sum.hash)) {
		if err != nil {
			return err
		}
		for len(block) > 0 {
			var raw []byte
			if raw, block = nextUse(block); useHash(raw) != sum.hash {
				continue
			}
			use.read(raw)
			if isDropped, _ := f.fates.of(use.seq); isDropped {
				continue
			}
			if currency := p.shared.currencies[use.currency]; currency != "" {
				money.Add(currency, use.minor)
			}
		}
	}

	return nil
}

// readShared reads the inputs up to the rows with the first uses of the values, since no file keeps
// people's keys themselves.
func (p *preflight) readShared(ctx context.Context) error {
	found, texts := p.shared.sums.found, make([]string, mostShared)
	p.shared.texts = texts
	missing := len(found)
	only := make([]map[int]bool, len(p.im.inputs))
	for i := range found {
		if s := &found[i]; only[s.input] == nil {
			only[s.input] = map[int]bool{s.row: true}
		} else {
			only[s.input][s.row] = true
		}
	}

	for u, err := range p.im.walk(ctx, walking{only: only}) {
		if err != nil {
			return err
		}
		if u.event == nil || !only[u.input][u.rows[0].Number] {
			continue
		}

		for rest := u.event.KeyValues; len(rest) > 0; {
			var key byte
			var text []byte
			key, text, rest = mapping.NextKey(rest)
			hash := p.shared.hash(key, text)
			for i := range found {
				if found[i].hash == hash && texts[i] == "" {
					texts[i] = cell.Mask(string(bytes.ToValidUTF8(text, nil)))
					missing--
				}
			}
		}
		if missing == 0 {
			return nil
		}
	}

	if missing > 0 {
		return errInputChanged
	}
	return nil
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
