package importer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
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
// keeps each use of a value, by its hash, in a bucket, and what people see of each event in a note.
// The values are summed up, one bucket after the other, while each event's fate is decided, and
// once more if a fate matters. What people see of the worst values themselves is read again.

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
	dir    string
	uses   *spill.Buckets // nil: no event has had two keys
	events *spill.Notes   // an [eventNote] of each event, whose number in the run is its place
	sums   *sharedFinder  // of all uses
	texts  []string       // the values that sums has found, masked
	err    error

	// of the goroutine that maps
	seed       maphash.Seed
	currencies []string // so far; "" means no amount
	values     []keyValue
	noted      uint64 // events
}

// A keyValue is one value of an event: a hash whose last byte is the place of its key in KeyNames.
type keyValue uint64

func (v keyValue) key() byte { return byte(v) }

// A keyBatch is the keys of some events on their way to be kept.
type keyBatch struct {
	uses   []bucketUse
	events []byte // the notes
}

// A bucketUse is a use on its way to the bucket of its value.
type bucketUse struct {
	value keyValue
	use   uint64 // see [keyUse.word]
}

// note takes the values of an event that can be sent.
func (k *sharedKeys) note(b *keyBatch, r *record, keys []byte) {
	if len(keys) == 0 {
		return
	}
	if k.noted == 0 {
		k.seed = maphash.MakeSeed()
	}

	k.values = k.values[:0]
	for rest := keys; len(rest) > 0; {
		var key byte
		var text []byte
		key, text, rest = mapping.NextKey(rest)
		k.values = append(k.values, k.value(key, text))
	}

	for _, v := range k.values {
		use, others := keyUse{seq: r.seq}, 0
		for _, other := range k.values {
			if other.key() == v.key() || !mapping.IsPersonKey(other.key()) || others == mostOthers {
				continue
			}
			use.other, use.again = keyOther(other), others > 0
			b.uses = append(b.uses, bucketUse{v, use.word()})
			others++
		}
		if others == 0 {
			b.uses = append(b.uses, bucketUse{v, use.word()})
		}
	}

	for ; k.noted < r.seq; k.noted++ { // events without keys
		b.events = append(b.events, make([]byte, eventNoteSize)...)
	}
	b.events = eventNote{r.minor, r.row, r.input, k.currency(r)}.append(b.events)
	k.noted++
}

// add keeps the keys of a batch, which is empty then.
func (k *sharedKeys) add(b *keyBatch) {
	if k.err == nil && len(b.uses) > 0 { // a full disk is not tried again
		k.err = k.addBatch(b)
	}
	b.uses, b.events = b.uses[:0], b.events[:0]
}

func (k *sharedKeys) addBatch(b *keyBatch) error {
	if k.uses == nil {
		k.uses, k.events = spill.NewBuckets(k.dir), spill.NewNotes(k.dir, eventNoteSize)
	}
	for _, use := range b.uses {
		if err := k.uses.Add(uint64(use.value), use.use); err != nil {
			return err
		}
	}
	return k.events.Add(b.events)
}

// seal writes what is still to be written, once all keys are added.
func (k *sharedKeys) seal() {
	if k.err == nil {
		k.err = k.uses.Seal()
	}
}

func (k *sharedKeys) value(key byte, text []byte) keyValue {
	return keyValue(maphash.Bytes(k.seed, text[:min(len(text), longestKey)])&^0xff | uint64(key))
}

// currency is the place of the event's currency in currencies.
func (k *sharedKeys) currency(r *record) uint16 {
	currency := ""
	if r.hasAmount {
		currency = r.currency
	}
	at := slices.Index(k.currencies, currency)
	if at < 0 {
		at = len(k.currencies)
		k.currencies = append(k.currencies, currency)
	}
	return uint16(at)
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

// An eventNote is what people see of an event with a shared value.
type eventNote struct {
	minor    int64
	row      uint32
	input    uint16
	currency uint16 // its place in currencies
}

const eventNoteSize = 8 + 4 + 2 + 2

func (n eventNote) append(dst []byte) []byte {
	place := uint64(n.row) | uint64(n.input)<<32 | uint64(n.currency)<<48
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst,
		uint64(n.minor)), place)
}

// event reads the note of an event.
func (k *sharedKeys) event(seq uint64) (eventNote, error) {
	raw, err := k.events.At(seq)
	if err != nil {
		return eventNote{}, err
	}
	return eventNote{int64(binary.LittleEndian.Uint64(raw)), binary.LittleEndian.Uint32(raw[8:]),
		binary.LittleEndian.Uint16(raw[12:]), binary.LittleEndian.Uint16(raw[14:])}, nil
}

func (k *sharedKeys) close() error { return errors.Join(k.uses.Close(), k.events.Close()) }

// A keySum is what is known of one value.
type keySum struct {
	value  keyValue
	orders int64
	toSend int64
	first  uint64    // number of the first event that has it
	event  eventNote // of that event
	others [personKeys][sharedBy]uint32
}

// meet notes the value of another key beside this one, in the form of keyOther.
func (s *keySum) meet(other uint32) {
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
		cmp.Compare(a.value.key(), b.value.key()))
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
		*f = sharedFinder{uses: k.uses, reader: k.uses.Reader(), fates: fates}
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
	for i := range k.sums.found {
		s := &k.sums.found[i]
		var err error
		if s.event, err = k.event(s.first); err != nil {
			return err
		}
	}
	return nil
}

// A sharedFinder finds the shared values of some buckets.
type sharedFinder struct {
	uses   *spill.Buckets
	reader *spill.BucketReader
	fates  *settledFates
	counts []byte   // of a bucket: events with the values of a hash's last bits
	sums   []keySum // of a bucket: the values that may be shared
	places []int32  // in sums, from 1, by hash: a table with gaps, 0
	found  []keySum // the worst of all buckets
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
	isDropped, isHeld := f.fates.of(use.seq)
	if isDropped {
		return
	}

	s := f.sumOf(value)
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
func (f *sharedFinder) sumOf(value keyValue) *keySum {
	if 2*len(f.sums) >= len(f.places) {
		f.places = make([]int32, max(1<<10, 2*len(f.places)))
		for i := range f.sums {
			*f.place(f.sums[i].value) = int32(i + 1)
		}
	}

	place := f.place(value)
	if *place == 0 {
		f.sums = append(f.sums, keySum{value: value})
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
func (f *sharedFinder) find(s *keySum) {
	if _, shared := s.sharedAmong(); !shared {
		return
	}
	of := &f.byKey[s.value.key()]
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
		s := SharedKey{Key: mapping.KeyNames[sum.value.key()],
			Value: p.shared.texts[i], Other: mapping.KeyNames[by], Orders: sum.orders,
			File: p.im.inputs[sum.event.input].name, Row: int(sum.event.row)}
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
		if more := of.values - told[name]; more > 0 {
			p.plan.Problems.Add(report.Incident{
				Code: "key_shared", Warning: true, Column: "keys." + name, More: more - 1,
				Message: "these values are in orders of customers whose other keys differ; the " +
					"receiver would merge the customers of each value into one person",
			})
		}
		p.plan.SharedBy = append(p.plan.SharedBy, report.KeyCount{Name: name, Events: of.toSend})
	}

	return nil
}

// sumMoney adds up the orders of a value.
func (p *preflight) sumMoney(f *sharedFinder, sum *keySum, money *report.Money) error {
	for block, err := range f.reader.Blocks(spill.BucketOf(uint64(sum.value))) {
		if err != nil {
			return err
		}
		for len(block) > 0 {
			var value, word uint64
			value, word, block = spill.NextRecord(block)
			if keyValue(value) != sum.value {
				continue
			}
			use := readUse(word)
			if isDropped, _ := f.fates.of(use.seq); isDropped || use.again {
				continue
			}
			event, err := p.shared.event(use.seq)
			if err != nil {
				return err
			}
			if currency := p.shared.currencies[event.currency]; currency != "" {
				money.Add(currency, event.minor)
			}
		}
	}

	return nil
}

// readShared reads the rows with the first uses of the values again, since no file keeps people's
// keys themselves. Where other rows decide what is in them, it reads all rows up to them.
func (p *preflight) readShared(ctx context.Context) error {
	p.shared.texts = make([]string, mostShared)
	if all, _ := p.readTexts(ctx, true); all {
		return nil
	}
	all, err := p.readTexts(ctx, false)
	if err == nil && !all {
		err = errInputChanged
	}
	return err
}

// readTexts reports whether it has found all values.
func (p *preflight) readTexts(ctx context.Context, near bool) (all bool, err error) {
	found, texts := p.shared.sums.found, p.shared.texts
	missing := 0
	only := make([]map[int]bool, len(p.im.inputs))
	for i := range found {
		if texts[i] != "" {
			continue
		}
		missing++
		if at := &found[i].event; only[at.input] == nil {
			only[at.input] = map[int]bool{int(at.row): true}
		} else {
			only[at.input][int(at.row)] = true
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
				if found[i].value == value && texts[i] == "" {
					texts[i] = cell.Mask(string(bytes.ToValidUTF8(text, nil)))
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
