package importer

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math/bits"
	"os"
	"slices"
	"strings"

	"ableimport/importer/history"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping"
	"ableimport/mapping/cell"
)

// A visitor key of many orders whose other keys differ names not a person's user: the shop's own
// address, say. The receiver would make one person of all these customers. The first pass keeps the
// keys of every event in a private file, in order, and counts the values roughly; once each event's
// fate is decided, only the values that may be of many orders are summed up, in a table that spills
// into a sort.

// sharedBy is how many different customers make a shared key of a value. Families share a phone.
const sharedBy = 5

// mostShared bounds how many of the shared keys are shown one by one.
const mostShared = 10

// longestKey is how much of a value is compared.
const longestKey = 1 << 10

// A SharedKey is a value that serves many orders of different customers.
type SharedKey struct {
	Key    string // of [mapping.KeyNames]
	Value  string // masked
	Orders int64
	Money  report.Money
	Other  string // the key that differs most
	File   string // where it stands first
	Row    int
}

// sharedKeys collects the keys of a first pass.
type sharedKeys struct {
	dir    string
	file   *os.File // nil: no event has had two keys
	out    *bufio.Writer
	seed   maphash.Seed
	counts *keyCounts
	values []countedValue // of a batch
	buffer []byte
	err    error
}

// A countedValue is one value of the events of a batch.
type countedValue struct {
	hash uint64
	many bool // it may be shared, by what has been counted until then
}

// keyCounts count values up to 15, roughly: each in two counters that it may share with others, of
// which the lesser one holds, so that few values are summed up in vain. Both counters are in one
// line of the cache.
type keyCounts [keyLines]keyLine

type keyLine [8]uint64

const (
	keyLines    = 1 << 15
	lineCounter = 128 // counters of a line, of four bits each
)

// keyPlaces are the line of a value and its two counters there.
func keyPlaces(hash uint64) (line, first, second uint64) {
	return hash % keyLines, hash >> 20 % lineCounter, hash >> 30 % lineCounter
}

func (l *keyLine) at(counter uint64) uint64 { return l[counter/16] >> (counter % 16 * 4) & 15 }

// add counts a value, and tells whether it may by now be in the orders of so many customers that it
// is shared. It has no branches, which nobody could foresee: they would keep the processor from
// looking into memory for the next values meanwhile.
func (c *keyCounts) add(hash uint64) (many bool) {
	at, first, second := keyPlaces(hash)
	line := &c[at]
	a, b := line.at(first), line.at(second)
	count := min(a, b)
	room := oneIf(count < 15)
	line[first/16] += room & oneIf(a == count) << (first % 16 * 4)
	line[second/16] += room & oneIf(b == count) & oneIf(first != second) << (second % 16 * 4)
	return count+1 >= sharedBy
}

func oneIf(condition bool) uint64 {
	if condition {
		return 1
	}
	return 0
}

// many marks the values that may be shared. A bit for each counter is what the cache can hold.
func (c *keyCounts) many() *keyMarks {
	marks := new(keyMarks)
	for i := range c {
		if c[i] == (keyLine{}) {
			continue
		}
		for counter := range uint64(lineCounter) {
			if c[i].at(counter) >= sharedBy {
				marks[i][counter/64] |= 1 << (counter % 64)
			}
		}
	}
	return marks
}

type keyMarks [keyLines][lineCounter / 64]uint64

func (m *keyMarks) has(hash uint64) bool {
	line, first, second := keyPlaces(hash)
	isSet := func(counter uint64) bool { return m[line][counter/64]>>(counter%64)&1 != 0 }
	return isSet(first) && isSet(second)
}

// add keeps the keys of those events of a batch that can be sent.
func (k *sharedKeys) add(batch []noted) {
	k.values = k.values[:0]
	for i := range batch {
		n := &batch[i]
		if len(n.keys) == 0 || n.invalid || !k.open() {
			continue
		}
		for rest := n.keys; len(rest) > 0; {
			var key byte
			var value []byte
			key, value, rest = mapping.NextKey(rest)
			k.values = append(k.values, countedValue{hash: k.hash(key, value)})
		}
	}

	// One look into much memory after the other is quicker than one now and then.
	for i := range k.values {
		k.values[i].many = k.counts.add(k.values[i].hash)
	}

	values := k.values
	for i := range batch {
		if n := &batch[i]; len(n.keys) > 0 && !n.invalid && k.err == nil {
			values = k.write(n, values)
		}
	}
}

// open makes the private file. It is false where there can be none.
func (k *sharedKeys) open() bool {
	if k.file == nil && k.err == nil {
		if k.file, k.err = os.CreateTemp(k.dir, "keys-*"); k.err == nil {
			k.out, k.seed = bufio.NewWriterSize(k.file, 64<<10), maphash.MakeSeed()
			k.counts = new(keyCounts)
		}
	}
	return k.err == nil
}

// write notes the next event of a batch, whose values are the first of those given, and returns the
// others. What the values are is only needed of some that are shared: every one of these is many by
// its last use.
func (k *sharedKeys) write(n *noted, values []countedValue) (rest []countedValue) {
	b := binary.BigEndian.AppendUint64(k.buffer[:0], n.seq)
	b = binary.BigEndian.AppendUint64(b, uint64(n.minor))

	var currency [3]byte
	if n.hasAmount {
		copy(currency[:], n.currency)
	}

	b = append(b, currency[:]...)
	b = binary.BigEndian.AppendUint16(b, n.input)
	b = binary.BigEndian.AppendUint32(b, n.row)
	at := len(b)

	b = append(b, 0, 0, 0, 0, 0, 0)
	many, count := false, 0
	for keys := n.keys; len(keys) > 0; count++ {
		var key byte
		key, _, keys = mapping.NextKey(keys)
		b = binary.BigEndian.AppendUint64(append(b, key), values[count].hash)
		many = many || values[count].many
	}

	binary.BigEndian.PutUint16(b[at+4:], uint16(count))
	if many {
		binary.BigEndian.PutUint32(b[at:], uint32(len(n.keys)))
		b = append(b, n.keys...)
	}
	k.buffer = b
	k.out.Write(b) // bufio keeps the first error for Flush
	return values[count:]
}

func (k *sharedKeys) hash(key byte, value []byte) uint64 {
	return maphash.Bytes(k.seed, value[:min(len(value), longestKey)]) ^ uint64(key)<<48
}

func (k *sharedKeys) close() error {
	if k.file == nil {
		return nil
	}
	return errors.Join(k.file.Close(), os.Remove(k.file.Name()))
}

// A keyUse is one event with its keys.
type keyUse struct {
	seq      uint64
	minor    int64
	currency [3]byte
	input    uint16
	row      uint32
	length   int    // of its values, which stand behind; 0: they do not
	hashes   []byte // each behind the place of its name in KeyNames
}

const (
	keyUseHead  = 8 + 8 + 3 + 2 + 4 + 4 + 2
	keyHashSize = 1 + 8
)

func (u *keyUse) count() int        { return len(u.hashes) / keyHashSize }
func (u *keyUse) key(i int) byte    { return u.hashes[i*keyHashSize] }
func (u *keyUse) hash(i int) uint64 { return binary.BigEndian.Uint64(u.hashes[i*keyHashSize+1:]) }

// read reads the next event but for its values; io.EOF at the end.
func (u *keyUse) read(from *bufio.Reader) (size int64, err error) {
	head, err := from.Peek(keyUseHead)
	if err != nil {
		return 0, err
	}

	u.seq, u.minor = binary.BigEndian.Uint64(head), int64(binary.BigEndian.Uint64(head[8:]))
	u.currency, u.input = [3]byte(head[16:]), binary.BigEndian.Uint16(head[19:])
	u.row, u.length = binary.BigEndian.Uint32(head[21:]), int(binary.BigEndian.Uint32(head[25:]))
	hashes := int(binary.BigEndian.Uint16(head[29:])) * keyHashSize
	from.Discard(keyUseHead)

	u.hashes = slices.Grow(u.hashes[:0], hashes)[:hashes]
	if _, err := io.ReadFull(from, u.hashes); err != nil {
		return 0, err
	}

	return keyUseHead + int64(hashes+u.length), nil
}

// personKeys is how many keys name a person.
const personKeys = 3

// A keySum is what is known of one value with orders in one currency.
type keySum struct {
	hash     uint64
	currency [3]byte
	key      byte
	orders   uint32
	toSend   uint32
	minor    int64
	first    int64 // where the private file has its first order
	shown    int64 // where it has an order with its values
	others   [personKeys][sharedBy]uint32
}

const keySumSize = 8 + 3 + 1 + 8 + 8 + 4 + 4 + 8 + personKeys*sharedBy*4

func (s *keySum) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, s.hash)
	dst = append(append(dst, s.key), s.currency[:]...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.first))
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.shown))
	dst = binary.BigEndian.AppendUint32(dst, s.orders)
	dst = binary.BigEndian.AppendUint32(dst, s.toSend)
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.minor))
	for _, others := range s.others {
		for _, other := range others {
			dst = binary.BigEndian.AppendUint32(dst, other)
		}
	}

	return dst
}

func (s *keySum) read(src []byte) {
	s.hash, s.key, s.currency = binary.BigEndian.Uint64(src), src[8], [3]byte(src[9:])
	s.first = int64(binary.BigEndian.Uint64(src[12:]))
	s.shown = int64(binary.BigEndian.Uint64(src[20:]))
	s.orders, s.toSend = binary.BigEndian.Uint32(src[28:]), binary.BigEndian.Uint32(src[32:])
	s.minor = int64(binary.BigEndian.Uint64(src[36:]))
	for i := range s.others {
		for j := range s.others[i] {
			s.others[i][j] = binary.BigEndian.Uint32(src[44+(i*sharedBy+j)*4:])
		}
	}
}

// meet notes the value of another key beside this one.
func (s *keySum) meet(key byte, other uint32) {
	met := &s.others[key]
	for i := range met {
		if met[i] == other {
			return
		}
		if met[i] == 0 {
			met[i] = other
			return
		}
	}
}

// isShared tells by which key orders of many customers are told apart.
func (s *keySum) isShared() (by byte, shared bool) {
	for key := range s.others {
		if byte(key) != s.key && s.others[key][sharedBy-1] != 0 {
			return byte(key), true
		}
	}
	return 0, false
}

// mostSums bounds the table of sums, to about nine megabytes.
const mostSums = 1 << 17

// findShared sums up the keys of all events, and warns of those that are shared.
func (p *preflight) findShared() error {
	k := &p.shared
	if k.file == nil {
		return nil
	}

	sums := spill.NewSorter(p.im.temp, keySumSize)
	defer sums.Close()
	if err := p.sumKeys(sums); err != nil {
		return err
	}

	f := sharedFinder{preflight: p}
	var sum keySum
	for raw, err := range sums.Records() {
		if err != nil {
			return err
		}
		sum.read(raw)
		f.add(&sum)
	}

	f.end()
	return f.tell()
}

// sumKeys reads the private file, beside the fates, which are in the same order.
func (p *preflight) sumKeys(sums *spill.Sorter) error {
	k := &p.shared
	if err := k.out.Flush(); err != nil {
		return fmt.Errorf("keep visitor keys: %w", err)
	}
	if _, err := k.file.Seek(0, io.SeekStart); err != nil {
		return err
	}

	fates := p.plan.openFates()
	defer fates.close()
	marks := k.counts.many()
	t := keyTable{sums: sums, places: make(map[uint64]int32)}
	from := bufio.NewReaderSize(k.file, 64<<10)
	var use keyUse
	for at := int64(0); ; {
		size, err := use.read(from)
		if err == io.EOF {
			return t.flush()
		}

		if err == nil {
			_, err = from.Discard(use.length)
		}
		if err != nil {
			return fmt.Errorf("read visitor keys: %w", err)
		}

		place := at
		at += size

		many := false
		for i := range use.count() {
			many = many || marks.has(use.hash(i))
		}
		if !many {
			continue
		}

		n, err := fates.of(use.seq)
		if err != nil {
			return err
		}
		if n.fate == duplicate || n.fate == conflicting {
			continue
		}
		if err := t.add(&use, marks, place, n.fate == send || n.fate == resend); err != nil {
			return err
		}
	}
}

// A keyTable holds sums until they are many.
type keyTable struct {
	sums   *spill.Sorter
	places map[uint64]int32
	rows   []keySum
	buffer []byte
}

// add sums up the values of an event that may be shared.
func (t *keyTable) add(use *keyUse, marks *keyMarks, place int64, toSend bool) error {
	for i := range use.count() {
		if !marks.has(use.hash(i)) {
			continue
		}
		sum, err := t.at(use.hash(i), use.currency)
		if err != nil {
			return err
		}

		if sum.orders == 0 {
			sum.key, sum.first = use.key(i), place
		}
		if use.length > 0 {
			sum.shown = place
		}

		sum.orders++
		sum.minor += use.minor
		if toSend {
			sum.toSend++
		}
		for j := range use.count() {
			if use.key(j) != use.key(i) && mapping.IsPersonKey(use.key(j)) {
				sum.meet(use.key(j), max(uint32(use.hash(j)), 1))
			}
		}
	}

	return nil
}

func (t *keyTable) at(hash uint64, currency [3]byte) (*keySum, error) {
	place := hash ^ uint64(binary.BigEndian.Uint32(append(currency[:], 0)))*0x9e3779b97f4a7c15
	at, known := t.places[place]
	if known && t.rows[at].hash == hash && t.rows[at].currency == currency {
		return &t.rows[at], nil
	}

	if len(t.rows) == mostSums {
		if err := t.flush(); err != nil {
			return nil, err
		}
	}

	t.places[place] = int32(len(t.rows))
	t.rows = append(t.rows, keySum{hash: hash, currency: currency})
	return &t.rows[len(t.rows)-1], nil
}

func (t *keyTable) flush() error {
	for i := range t.rows {
		t.buffer = t.rows[i].append(t.buffer[:0])
		if err := t.sums.Add(t.buffer); err != nil {
			return err
		}
	}
	t.rows = t.rows[:0]
	clear(t.places)
	return nil
}

// A sharedFinder puts the sums of one value together, which stand one behind the other.
type sharedFinder struct {
	*preflight
	value   keySum
	orders  int64
	toSend  int64
	parts   []keySum // by currency
	found   []foundKey
	byKey   [32]sharedOfKey
	begun   bool
	example keyUse
}

type foundKey struct {
	key, by byte
	orders  int64
	first   int64
	shown   int64
	hash    uint64
	money   report.Money
}

// sharedOfKey counts the shared values of one key.
type sharedOfKey struct{ values, toSend int64 }

func (f *sharedFinder) add(s *keySum) {
	if !f.begun || s.hash != f.value.hash {
		f.end()
		f.value, f.orders, f.toSend, f.parts, f.begun = *s, 0, 0, f.parts[:0], true
	}

	f.orders += int64(s.orders)
	f.toSend += int64(s.toSend)
	f.value.first, f.value.shown = min(f.value.first, s.first), max(f.value.shown, s.shown)

	for key := range s.others {
		for _, other := range s.others[key] {
			if other != 0 {
				f.value.meet(byte(key), other)
			}
		}
	}

	if last := len(f.parts) - 1; last >= 0 && f.parts[last].currency == s.currency {
		f.parts[last].minor += s.minor
		return
	}

	f.parts = append(f.parts, keySum{currency: s.currency, minor: s.minor})
}

func (f *sharedFinder) end() {
	by, shared := f.value.isShared()
	if !f.begun || !shared {
		return
	}

	of := &f.byKey[f.value.key]
	of.values++
	of.toSend += f.toSend
	next := foundKey{key: f.value.key, by: by, orders: f.orders, first: f.value.first,
		shown: f.value.shown, hash: f.value.hash}
	at, _ := slices.BinarySearchFunc(f.found, next, compareFound)
	if at == mostShared {
		return
	}

	for i := range f.parts {
		if f.parts[i].currency[0] != 0 {
			next.money.Add(string(f.parts[i].currency[:]), f.parts[i].minor)
		}
	}

	f.found = slices.Insert(f.found, at, next)
	f.found = f.found[:min(len(f.found), mostShared)]
}

// compareFound puts the values of most orders first, and of these the one that stands first in the
// files.
func compareFound(a, b foundKey) int {
	return cmp.Or(cmp.Compare(b.orders, a.orders), cmp.Compare(a.first, b.first))
}

// tell warns of the shared keys, the worst first.
func (f *sharedFinder) tell() error {
	for i := range f.found {
		shared, err := f.describe(&f.found[i])
		if err != nil {
			return err
		}
		f.plan.Shared = append(f.plan.Shared, shared)
	}

	told := map[string]int64{}
	for i := range f.plan.Shared {
		s := &f.plan.Shared[i]
		f.plan.Problems.Add(report.Incident{
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
			f.plan.Problems.Add(report.Incident{Code: "key_shared", Warning: true,
				Column: "keys." + name})
		}
		f.plan.SharedBy = append(f.plan.SharedBy, report.KeyCount{Name: name, Events: of.toSend})
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

// describe reads the first order of a value again, and one that has its values.
func (f *sharedFinder) describe(found *foundKey) (SharedKey, error) {
	s := SharedKey{Key: mapping.KeyNames[found.key], Other: mapping.KeyNames[found.by],
		Orders: found.orders, Money: found.money}
	if _, err := f.readAt(found.first); err != nil {
		return s, err
	}
	s.File, s.Row = f.im.inputs[f.example.input].name, int(f.example.row)

	from, err := f.readAt(found.shown)
	if err != nil {
		return s, err
	}
	values := make([]byte, f.example.length)
	if _, err := io.ReadFull(from, values); err != nil {
		return s, fmt.Errorf("read visitor keys: %w", err)
	}

	for i, rest := 0, values; len(rest) > 0; i++ {
		var key byte
		var value []byte
		if key, value, rest = mapping.NextKey(rest); key == found.key &&
			f.example.hash(i) == found.hash {
			s.Value = cell.Mask(string(bytes.ToValidUTF8(value, nil)))
			break
		}
	}

	return s, nil
}

// readAt reads one order from the private file, but for its values, and gives what follows.
func (f *sharedFinder) readAt(place int64) (*bufio.Reader, error) {
	from := bufio.NewReader(io.NewSectionReader(f.shared.file, place, 1<<30))
	if _, err := f.example.read(from); err != nil {
		return nil, fmt.Errorf("read visitor keys: %w", err)
	}
	return from, nil
}

// CheckShared refuses a plan of whose events more than a share, in percent, would be sent with a
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
