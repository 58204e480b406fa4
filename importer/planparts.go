package importer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/mapping/number"
)

// What preview keeps of a plan, so that a run with another plan can say what differs. Its only
// cells are order numbers, which receipts have too; only its owner can read the file.
//
//	a line of JSON
//	the hash of each block
//	a record for each event, by id
//	the labels of the events, in their order
//
// Plans of more than maxPartsEvents have no records and no labels: differences are then known by
// blocks.
const (
	plansDir       = "plans" // below the state folder
	maxPartsEvents = 100_000 // 11 MB
	maxPartsFiles  = 16
	maxPartsAge    = 30 * 24 * time.Hour
	maxPartsLabel  = 60 // bytes
)

// A partsHead is the line of JSON.
type partsHead struct {
	Version   int               `json:"version"` // 2
	Plan      string            `json:"plan"`    // hex
	When      int64             `json:"when"`    // Unix seconds
	Mapping   report.Mapping    `json:"mapping"`
	Namespace string            `json:"namespace"`
	Files     []partsInput      `json:"files"`
	Lookups   []report.FileHash `json:"lookups"`
	Events    uint64            `json:"events"`
	Totals    map[string]string `json:"totals"` // of all events, by currency
	Blocks    int               `json:"blocks"`
	Records   int               `json:"records"`
	Labels    int               `json:"labels"` // bytes
}

type partsInput struct {
	report.FileHash
	Rows int64 `json:"rows"`
}

// labels are what people call the events, in the order of the run, as long as there are not too
// many of them.
type labels struct {
	text  []byte
	count uint64
}

func (l *labels) add(label string) {
	if l.count++; l.count > maxPartsEvents {
		l.text = nil
		return
	}
	label = label[:min(len(label), maxPartsLabel)]
	l.text = append(append(l.text, byte(len(label))), label...)
}

// of returns the labels of some events, by number.
func (l *labels) of(numbers map[uint64]string) {
	rest := l.text
	for seq := uint64(0); len(rest) > 0 && int(rest[0]) < len(rest); seq++ {
		end := int(rest[0]) + 1
		if _, wanted := numbers[seq]; wanted {
			numbers[seq] = strings.ToValidUTF8(string(rest[1:end]), "")
		}
		rest = rest[end:]
	}
}

// describe is the plan's line of JSON.
func (p *preflight) describe() partsHead {
	sum := p.im.job.Mapping.SHA256()
	k := partsHead{
		Version: 2, Plan: hex.EncodeToString(p.plan.Hash[:]), When: p.im.job.now().Unix(),
		Namespace: p.im.job.Mapping.Namespace,
		Mapping:   report.Mapping{Name: p.im.job.Mapping.Name, SHA256: hex.EncodeToString(sum[:])},
		Events:    p.plan.Events, Totals: map[string]string{}, Blocks: len(p.plan.blocks),
		Labels: len(p.labels.text),
	}
	// of the events that are counted: invalid ones are not part of a plan
	for _, currency := range p.plan.Tally.Currencies() {
		mapped := p.plan.Tally.Minor(currency)
		mapped.Sub(mapped, p.plan.Tally.Money(report.Invalid).Minor(currency))
		k.Totals[currency] = string(number.AppendMoney(nil, mapped, currency))
	}

	for _, in := range p.im.inputs {
		k.Files = append(k.Files, partsInput{report.FileHash{Name: in.name,
			SHA256: hex.EncodeToString(in.hash[:])}, in.rows})
	}
	for _, l := range p.im.lookups {
		k.Lookups = append(k.Lookups,
			report.FileHash{Name: l.name, SHA256: hex.EncodeToString(l.hash[:])})
	}
	if k.Events <= maxPartsEvents {
		k.Records = int(k.Events)
	}

	return k
}

// keep writes the plan's parts. A plan that is kept already is written again, so that it counts as
// new.
func (p *preflight) keep() error {
	dir := filepath.Join(p.im.job.Target.StateDir, plansDir)
	if err := spill.MakePrivate(dir); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, "new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // does nothing once it is renamed
	w := bufio.NewWriterSize(file, 256<<10)
	if err := errors.Join(p.writeParts(w), w.Flush(), file.Close()); err != nil {
		return err
	}
	name := hex.EncodeToString(p.plan.Hash[:]) + ".plan"
	if err := os.Rename(file.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}

	return prunePlans(dir, p.im.job.now())
}

func (p *preflight) writeParts(w *bufio.Writer) error {
	head := p.describe()
	line, err := json.Marshal(head)
	if err != nil {
		return err
	}

	w.Write(append(line, '\n')) // the writer keeps its first error for Flush
	for _, hash := range p.plan.blocks {
		w.Write(hash[:])
	}

	if head.Records > 0 {
		for raw, err := range p.records.Records() {
			if err != nil {
				return err
			}
			if !rawRecord(raw).isInvalid() {
				w.Write(raw)
			}
		}
	}

	w.Write(p.labels.text)
	return nil
}

// prunePlans bounds what is kept, in number and in age.
func prunePlans(dir string, now time.Time) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}

	type partsFile struct {
		path string
		at   time.Time
	}

	var plans []partsFile
	for _, entry := range entries {
		// another preview may have removed it
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			plans = append(plans, partsFile{filepath.Join(dir, entry.Name()), info.ModTime()})
		}
	}

	slices.SortFunc(plans, func(a, b partsFile) int { return b.at.Compare(a.at) }) // newest first

	for i, plan := range plans {
		if i >= maxPartsFiles || now.Sub(plan.at) > maxPartsAge {
			if err := os.Remove(plan.path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}

	return nil
}

// planParts are the parts of an earlier plan, open for reading.
type planParts struct {
	partsHead
	blocks  [][16]byte
	records *bufio.Reader
	names   interned
	labels  labels
	file    *os.File
}

var (
	errNoParts = errors.New("that plan is no longer kept")
	errLength  = errors.New("it is not as long as it says")
)

// openParts finds a plan by the beginning of its hash.
func openParts(stateDir, hash string) (*planParts, error) {
	entries, err := os.ReadDir(filepath.Join(stateDir, plansDir))
	if err != nil {
		return nil, errNoParts
	}

	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), hash) {
			file, err := own.Open(filepath.Join(stateDir, plansDir, entry.Name()))
			if err != nil {
				return nil, err
			}
			k, err := readPartsFile(file)
			if err != nil {
				file.Close()
				return nil, fmt.Errorf("%s: damaged: %w", entry.Name(), err)
			}
			k.file = file
			return k, nil
		}
	}

	return nil, errNoParts
}

func readPartsFile(file *os.File) (*planParts, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return readParts(file, info.Size())
}

// readParts reads everything up to the first record.
func readParts(from io.ReaderAt, size int64) (*planParts, error) {
	r := bufio.NewReaderSize(io.NewSectionReader(from, 0, size), 64<<10)
	line, err := r.ReadBytes('\n') // many files make a long line
	if err != nil {
		return nil, err
	}
	k := new(planParts)
	if err := json.Unmarshal(line, &k.partsHead); err != nil {
		return nil, err
	}
	if min(k.Blocks, k.Records, k.Labels) < 0 || int64(k.Blocks) > size ||
		k.Records > maxPartsEvents || int64(k.Labels) > size {
		return nil, errLength
	}

	first, records, text := int64(len(line))+int64(k.Blocks)*16, int64(k.Records)*recordSize,
		int64(k.Labels)
	if k.Version != 2 || first+records+text != size {
		return nil, errLength
	}
	k.blocks = make([][16]byte, k.Blocks)
	if err := binary.Read(r, binary.BigEndian, k.blocks); err != nil {
		return nil, err
	}

	k.labels.text = make([]byte, k.Labels)

	if _, err := io.ReadFull(io.NewSectionReader(from, size-text, text),
		k.labels.text); err != nil {
		return nil, err
	}

	k.records = bufio.NewReaderSize(io.NewSectionReader(from, first, records), 64<<10)
	return k, nil
}

// next reads the next record; io.EOF at the end.
func (k *planParts) next(r *record) error {
	var raw [recordSize]byte
	if _, err := io.ReadFull(k.records, raw[:]); err != nil {
		return err
	}
	r.read(raw[:], &k.names)
	return nil
}

// fileName is the name of an input of the earlier plan.
func (k *planParts) fileName(input uint16) string {
	if int(input) < len(k.Files) {
		return k.Files[input].Name
	}
	return "file " + fmt.Sprint(input+1)
}

func (k *planParts) close() error { return k.file.Close() }

// firstBlock is the first block in which the plans differ.
func (k *planParts) firstBlock(blocks [][16]byte) int {
	for i := range min(len(blocks), len(k.blocks)) {
		if !bytes.Equal(blocks[i][:], k.blocks[i][:]) {
			return i
		}
	}
	return min(len(blocks), len(k.blocks))
}
