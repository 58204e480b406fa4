package ledger

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// manyParts makes a ledger of some parts, blocks and runs, and returns what is in it.
func manyParts(t *testing.T, path string) map[int]string {
	t.Helper()
	l := open(t, path)
	l.limits = limits{pending: 40, merge: 4, block: 600}
	r := begin(t, l, "run")
	want := map[int]string{}
	for n := range 250 {
		want[n] = "delivered 0"
	}
	sendMany(t, r, 0, 250)
	end(t, r)
	if len(l.manifest.Parts) < 3 {
		t.Fatalf("%d parts, want some", len(l.manifest.Parts))
	}
	closeLedger(t, l)
	return want
}

// sendMany commits events from..to, ten with their outcomes a commit.
func sendMany(t *testing.T, r *Run, from, to int) {
	t.Helper()
	var intents []Event
	var outcomes []Outcome
	for n := from; n < to; n++ {
		intents = append(intents, numberedEvent(n, 0))
		outcomes = append(outcomes, outcome(n, Delivered))
		if len(intents) == 10 || n == to-1 {
			commit(t, r, intents, outcomes...)
			intents, outcomes = nil, nil
		}
	}
}

// TestDamageIsNeverAWrongAnswer changes bits everywhere: each time the ledger is refused, or its
// answers are right.
func TestDamageIsNeverAWrongAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("a great deal of work for one goroutine")
	}
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.sqlite")
	want := manyParts(t, whole)
	content := readFile(t, whole)
	random := rand.New(rand.NewPCG(7, 7))
	refused, right := 0, 0
	for i := range 400 {
		damagedContent := append([]byte(nil), content...)
		at := random.IntN(len(content))
		if i < 120 {
			at = i // the file's header
		}
		damagedContent[at] ^= 1 << random.IntN(8)
		path := filepath.Join(dir, fmt.Sprint(i, ".sqlite"))
		writeFile(t, path, damagedContent)
		got, err := readAll(path, 250)
		switch {
		case err != nil:
			refused++
		case maps.Equal(got, want):
			right++
		default:
			t.Fatalf("byte %d changed: %d of %d answers, without an error", at, len(got), len(want))
		}
		remove(t, path)
	}
	t.Logf("%d refused, %d right", refused, right)
	if refused == 0 || right == 0 {
		t.Errorf("%d refused, %d right: the test tests nothing", refused, right)
	}
}

func readAll(path string, n int) (map[int]string, error) {
	l, err := OpenReader(path, target)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return findNumbers(l, n)
}

// TestDamagedIndexIsMadeAnew: the index is rebuilt wherever the damage shows.
func TestDamagedIndexIsMadeAnew(t *testing.T) {
	for _, statement := range []string{
		"UPDATE block SET body = zeroblob(length(body)) WHERE key = (SELECT min(key) FROM block)",
		"UPDATE block SET crc = crc + 1",
		"DELETE FROM block WHERE key = (SELECT max(key) FROM block)",
		"DELETE FROM fence",
		"UPDATE fence SET body = substr(body, 2)",
		"DELETE FROM meta WHERE key = 2",
		"UPDATE meta SET body = '{}' WHERE key = 2",
	} {
		path := filepath.Join(t.TempDir(), "l.sqlite")
		want := manyParts(t, path)
		change(t, path, statement)

		_, err := readAll(path, 250)
		var refused *RefusedError
		if err != nil && (!errors.As(err, &refused) || refused.Reason != IndexDamaged) {
			t.Errorf("%s: the reader says %v, want an answer or IndexDamaged", statement, err)
		}
		wantAll := func(when string, l *Ledger) {
			t.Helper()
			if got, err := findNumbers(l, 250); err != nil || !maps.Equal(got, want) {
				t.Errorf("%s, %s: %d of %d answers, %v", statement, when, len(got), len(want), err)
			}
		}
		l := open(t, path)
		wantAll("found by looking up", l)
		closeLedger(t, l)

		change(t, path, statement)
		l = open(t, path)
		l.limits = limits{pending: 40, merge: 2, block: 600}
		r := begin(t, l, "another run")
		sendMany(t, r, 250, 350)
		end(t, r)
		wantAll("found by merging", l)
		closeLedger(t, l)
	}
}
