package importer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"

	"ableimport/importer/report"
	"ableimport/importer/spill"
	"ableimport/importer/webhook"
)

// eventOutcomes note what became of events that were not delivered, in the order of the run, for
// the failures files: the texts go into a file, and fixed-size records that point to them are
// sorted.
type eventOutcomes struct {
	records *spill.Sorter
	texts   *os.File
	offset  int64
	buffer  []byte
	failed  error // the first; nothing after it is noted either
}

const outcomeSize = 8 + 1 + 2 + 8 + 4

// An outcome is what became of one event.
type outcome struct {
	seq           uint64
	state         report.State
	status        int
	cause, answer string
}

func newEventOutcomes(dir string) (*eventOutcomes, error) {
	texts, err := os.CreateTemp(dir, "answers-*")
	if err != nil {
		return nil, fmt.Errorf("make a private file: %w", err)
	}
	return &eventOutcomes{records: spill.NewSorter(dir, outcomeSize), texts: texts}, nil
}

func (m *eventOutcomes) add(seq uint64, state report.State, result webhook.Result) error {
	if m.failed != nil {
		return m.failed
	}
	text := result.Cause + "\x00" + result.Answer
	if _, err := m.texts.WriteString(text); err != nil {
		m.failed = fmt.Errorf("note an answer: %w", err)
		return m.failed
	}

	m.buffer = binary.BigEndian.AppendUint64(m.buffer[:0], seq)
	m.buffer = append(m.buffer, byte(state))
	m.buffer = binary.BigEndian.AppendUint16(m.buffer, uint16(result.Status))
	m.buffer = binary.BigEndian.AppendUint64(m.buffer, uint64(m.offset))
	m.buffer = binary.BigEndian.AppendUint32(m.buffer, uint32(len(text)))
	m.offset += int64(len(text))
	m.failed = m.records.Add(m.buffer)
	return m.failed
}

// all yields them in the order of the run.
func (m *eventOutcomes) all() iter.Seq2[outcome, error] {
	return func(yield func(outcome, error) bool) {
		for raw, err := range m.records.Records() {
			if err != nil {
				yield(outcome{}, err)
				return
			}
			text := make([]byte, binary.BigEndian.Uint32(raw[19:]))
			if _, err := m.texts.ReadAt(text,
				int64(binary.BigEndian.Uint64(raw[11:]))); err != nil {
				yield(outcome{}, fmt.Errorf("read an answer: %w", err))
				return
			}

			cause, answer, _ := strings.Cut(string(text), "\x00")
			if !yield(outcome{
				seq: binary.BigEndian.Uint64(raw), state: report.State(raw[8]),
				status: int(binary.BigEndian.Uint16(raw[9:])), cause: cause, answer: answer,
			}, nil) {
				return
			}
		}
	}
}

func (m *eventOutcomes) close() error {
	return errors.Join(m.records.Close(), m.texts.Close(), os.Remove(m.texts.Name()))
}
