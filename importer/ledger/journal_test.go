package ledger

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestJournalRowsComeBack(t *testing.T) {
	event := rapid.Custom(func(t *rapid.T) Event {
		return Event{
			Seq: rapid.Uint64().Draw(t, "seq"), ID: drawID(t), Body: drawID(t),
			Value:    rapid.Uint64().Draw(t, "value"),
			Minor:    rapid.Int64().Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"", "EUR", "JPY"}).Draw(t, "currency"),
			Time:     rapid.Int64().Draw(t, "time"), File: rapid.Uint32().Draw(t, "file"),
			Row: rapid.Uint32().Draw(t, "row"), Alike: rapid.Uint64().Draw(t, "alike"),
		}
	})
	result := rapid.Custom(func(t *rapid.T) Outcome {
		return Outcome{
			Seq: rapid.Uint64().Draw(t, "seq"), State: State(rapid.IntRange(1, 5).Draw(t, "state")),
			Status: rapid.Uint16().Draw(t, "status"), Attempts: rapid.Uint8().Draw(t, "attempts"),
			At: rapid.Int64().Draw(t, "at"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := journalRow{kind: eventsKind, run: rapid.Uint32().Draw(t, "run"),
			intents:  rapid.SliceOf(event).Draw(t, "intents"),
			outcomes: rapid.SliceOf(result).Draw(t, "outcomes")}
		wantSame(t, want, appendEvents(nil, want.run, want.intents, want.outcomes))

		decided := journalRow{
			kind: decisionsKind, by: rapid.String().Draw(t, "by"), at: rapid.Int64().Draw(t, "at"),
		}
		for i := range want.intents {
			decided.decisions = append(decided.decisions,
				decision{uint32(i), SendAgain, want.intents[i]})
		}
		wantSame(t, decided, appendDecisions(nil, decided.by, decided.at, decided.decisions))
	})
}

func drawID(t *rapid.T) ID {
	return ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
}

func wantSame(t *rapid.T, want journalRow, body []byte) {
	var got journalRow
	if err := got.decode(body); err != nil {
		t.Fatalf("decode: %v", err)
	}
	same := got.kind == want.kind && got.run == want.run && got.by == want.by &&
		got.at == want.at &&
		slices.Equal(got.intents, want.intents) && slices.Equal(got.outcomes, want.outcomes) &&
		slices.Equal(got.decisions, want.decisions)
	if !same {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

func encode(row *journalRow) []byte {
	if row.kind == eventsKind || row.kind == plainEventsKind {
		return appendEvents(nil, row.run, row.intents, row.outcomes)
	}
	return appendDecisions(nil, row.by, row.at, row.decisions)
}

// FuzzJournalDecode: no row makes it panic or use more memory than the row's size explains, and
// what it accepts comes back the same.
func FuzzJournalDecode(f *testing.F) {
	events := []Event{numberedEvent(1, 0), numberedEvent(7, 1)}
	f.Add(appendEvents(nil, 3, events, []Outcome{outcome(1, Delivered),
		{Seq: math.MaxUint64, State: NotSent, At: math.MinInt64}}))
	f.Add(appendDecisions(nil, "ana", 1764400000, []decision{{2, Keep, events[0]}}))
	f.Add([]byte{eventsKind, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, body []byte) {
		var row, again journalRow
		if row.decode(body) != nil {
			return
		}
		if len(row.intents)*intentSize+len(row.outcomes)*outcomeSize+
			len(row.decisions)*decisionSize > len(body) {
			t.Fatalf("%d bytes hold %d intents, %d outcomes and %d decisions", len(body),
				len(row.intents), len(row.outcomes),
				len(row.decisions))
		}
		written := encode(&row)
		if err := again.decode(written); err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		if !bytes.Equal(encode(&again), written) {
			t.Fatal("what was read is not what is written")
		}
	})
}

// FuzzEntry: a damaged block is never read beyond its end.
func FuzzEntry(f *testing.F) {
	event := numberedEvent(1, 0)
	f.Add(appendEntry(nil, Delivered, 1, &event, 1764400000))
	f.Fuzz(func(t *testing.T, block []byte) {
		for {
			e, ok := firstEntry(block)
			if !ok {
				return
			}
			_, _ = e.decode()
			block = block[len(e):]
		}
	})
}
