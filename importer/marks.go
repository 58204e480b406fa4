package importer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"ableimport/importer/report"
	"ableimport/importer/webhook"
)

// marks note what became of events that were not delivered, in the order of the run, for the failures files: the texts
// stand in a file, and fixed-size records that point to them are sorted.
type marks struct {
	records *sorter
	texts   *os.File
	offset  int64
	buffer  []byte
}

const markSize = 8 + 1 + 2 + 8 + 4

// A mark is what became of one event.
type mark struct {
	seq           uint64
	state         report.State
	status        int
	cause, answer string
}

func newMarks(dir string) (*marks, error) {
	texts, err := os.CreateTemp(dir, "answers-*")
	if err != nil {
		return nil, fmt.Errorf("make a private file: %w", err)
	}
	return &marks{records: newSorter(dir, markSize), texts: texts}, nil
}

func (m *marks) add(seq uint64, state report.State, result webhook.Result) error {
	text := result.Cause + "\x00" + result.Answer
	if _, err := m.texts.WriteString(text); err != nil {
		return fmt.Errorf("note an answer: %w", err)
	}
	m.buffer = binary.BigEndian.AppendUint64(m.buffer[:0], seq)
	m.buffer = append(m.buffer, byte(state))
	m.buffer = binary.BigEndian.AppendUint16(m.buffer, uint16(result.Status))
	m.buffer = binary.BigEndian.AppendUint64(m.buffer, uint64(m.offset))
	m.buffer = binary.BigEndian.AppendUint32(m.buffer, uint32(len(text)))
	m.offset += int64(len(text))
	return m.records.add(m.buffer)
}

// all yields the marks in the order of the run.
func (m *marks) all() iter.Seq2[mark, error] {
	return func(yield func(mark, error) bool) {
		for raw, err := range m.records.records() {
			if err != nil {
				yield(mark{}, err)
				return
			}
			text := make([]byte, binary.BigEndian.Uint32(raw[19:]))
			if _, err := m.texts.ReadAt(text, int64(binary.BigEndian.Uint64(raw[11:]))); err != nil {
				yield(mark{}, fmt.Errorf("read an answer: %w", err))
				return
			}
			cause, answer, _ := strings.Cut(string(text), "\x00")
			if !yield(mark{
				seq: binary.BigEndian.Uint64(raw), state: report.State(raw[8]),
				status: int(binary.BigEndian.Uint16(raw[9:])), cause: cause, answer: answer,
			}, nil) {
				return
			}
		}
	}
}

func (m *marks) close() error {
	return errors.Join(m.records.close(), m.texts.Close(), os.Remove(m.texts.Name()))
}
