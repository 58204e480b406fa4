package main

import (
	"bufio"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// knownProblems are the rows that a job has reported, for --fail-on new: every night's export has
// the same bad rows again, and a person needs to be called only once for each. They are kept as
// hashes under a key of their own file: nobody can tell from them what a row holds.
type knownProblems struct {
	path   string
	key    []byte
	before map[[16]byte]bool
	now    map[[16]byte]bool // met in this run
	fresh  int               // first met in the current import
	met    int
}

// keySize is the size of the hash.
const keySize = sha256.Size

// knownProblems reads what a job has reported; nil where every problem counts.
func (p *program) knownProblems(f *runFlags, w *jobPass) (*knownProblems, error) {
	onlyNew, err := choice("--fail-on", f.failOn, "any", "new")
	if err != nil || !onlyNew {
		return nil, err
	}
	k := &knownProblems{path: filepath.Join(w.stateDir, "jobs", w.job+".known"),
		before: map[[16]byte]bool{}, now: map[[16]byte]bool{}}
	return k, k.read()
}

func (k *knownProblems) read() error {
	file, err := own.Open(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		k.key = make([]byte, keySize)
		_, _ = rand.Read(k.key) // never fails
		return nil
	}

	if err != nil {
		return fmt.Errorf("read known problems: %w", err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		text, err := hex.DecodeString(lines.Text())
		switch {
		case err == nil && k.key == nil && len(text) == keySize:
			k.key = text
		case err == nil && k.key != nil && len(text) == 16:
			k.before[[16]byte(text)] = true
		default:
			return fmt.Errorf("%s: the file is damaged; remove it, and every problem counts as "+
				"new once", k.path)
		}
	}

	if k.key == nil {
		return fmt.Errorf("%s: the file is damaged; remove it, and every problem counts as new "+
			"once", k.path)
	}

	return lines.Err()
}

// meet notes a row of the failures files.
func (k *knownProblems) meet(fingerprint [32]byte) {
	hash := hmac.New(sha256.New, k.key)
	hash.Write(fingerprint[:])
	short := [16]byte(hash.Sum(nil))
	k.met++
	if !k.before[short] {
		k.fresh++
	}
	k.now[short] = true
}

// settle is the exit code of an import: if all its problems were reported before, they are no
// reason for 3 or 4.
func (k *knownProblems) settle(code int) int {
	if k == nil {
		return code
	}
	allKnown := k.met > 0 && k.fresh == 0
	k.met, k.fresh = 0, 0
	if allKnown && (code == exitInvalid || code == exitUnknown) {
		return exitDone
	}
	return code
}

// save keeps what was met, once it has been told.
func (k *knownProblems) save() error {
	if k == nil || len(k.now) == 0 {
		return nil
	}

	for short := range k.now {
		k.before[short] = true
	}

	var text strings.Builder
	text.WriteString(hex.EncodeToString(k.key) + "\n")
	for short := range k.before {
		text.WriteString(hex.EncodeToString(short[:]) + "\n")
	}
	if err := spill.MakePrivate(filepath.Dir(k.path)); err != nil {
		return fmt.Errorf("keep known problems: %w", err)
	}

	if err := report.WriteWhole(k.path, []byte(text.String())); err != nil {
		return fmt.Errorf("keep known problems: %w", err)
	}

	return nil
}
