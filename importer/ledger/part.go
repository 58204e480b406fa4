package ledger

// partWriter writes blocks of one part. Ids must ascend; entries of one id go into one block.
type partWriter struct {
	store  *store
	limit  int // of bytes in a block
	part   part
	block  []byte
	fences []byte
}

func (w *partWriter) add(f fold) error {
	if len(w.block)+len(f.delivery)+len(f.later) > w.limit && len(w.block) > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}

	start := len(w.block)
	w.block = append(append(w.block, f.delivery...), f.later...)
	if start == 0 {
		w.fences = append(w.fences, entry(w.block).id()...)
	}
	w.part.Entries++
	return nil
}

func (w *partWriter) flush() error {
	err := w.store.write(blockTable, blockKey(w.part.Number, w.part.Blocks), w.block)
	w.part.Blocks++
	w.block = w.block[:0]
	return err
}

// finish writes the rest and returns the part, which has no blocks if nothing was added.
func (w *partWriter) finish() (part, error) {
	if len(w.block) > 0 {
		if err := w.flush(); err != nil {
			return part{}, err
		}
	}
	return w.part, w.store.write(fenceTable, uint64(w.part.Number), w.fences)
}

// merger folds sources, oldest first, into one stream of ids.
type merger struct {
	sources []source
	id      ID
}

// next returns the fold of the next id, valid until the call after; ok is false at the end.
func (m *merger) next() (f fold, ok bool, err error) {
	least := -1
	for i := range m.sources {
		s := &m.sources[i]
		if err := s.fill(); err != nil {
			return fold{}, false, err
		}
		if s.entry != nil && (least < 0 || s.below(&m.sources[least])) {
			least = i
		}
	}

	if least < 0 {
		return fold{}, false, nil
	}

	// Oldest first: each part adds to what the older ones say of the id.
	m.id = ID(m.sources[least].entry.id())
	prefix := m.sources[least].bound
	for i := range m.sources {
		if m.sources[i].bound == prefix {
			if err := m.sources[i].take(m.id[:], &f); err != nil {
				return fold{}, false, err
			}
		}
	}
	return f, true, nil
}

// writeTo writes ids until w has enough blocks or all are written.
func (m *merger) writeTo(w *partWriter, blocks uint32) (done bool, err error) {
	for w.part.Blocks < blocks {
		f, ok, err := m.next()
		if err != nil || !ok {
			return err == nil, err
		}
		if err := w.add(f); err != nil {
			return false, err
		}
	}
	return false, nil
}
