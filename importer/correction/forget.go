package correction

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ableimport/importer/history"
	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/table"
)

// A Person is who should be forgotten, known by an e-mail address.
type Person struct{ address []byte }

// NewPerson reads an address.
func NewPerson(email string) (Person, error) {
	address := strings.ToLower(strings.TrimSpace(email))
	if at := strings.IndexByte(address, '@'); at < 1 || at == len(address)-1 ||
		strings.ContainsAny(address, " \t\"',;<>") {
		return Person{}, errors.New("that is not an e-mail address")
	}
	return Person{[]byte(address)}, nil
}

// in reports whether a text contains the address, and not as part of a longer one.
func (p Person) in(text []byte) bool {
	text = bytes.ToLower(text)
	for from := 0; ; {
		at := bytes.Index(text[from:], p.address)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(p.address)
		if (at == 0 || !isAddressByte(text[at-1])) &&
			(end == len(text) || !continuesDomain(text[end:])) {
			return true
		}
		from = at + 1
	}
}

func isAddressByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= utf8.RuneSelf ||
		strings.IndexByte("._%+-", b) >= 0
}

func continuesDomain(rest []byte) bool {
	return isAddressByte(rest[0]) && (rest[0] != '.' || len(rest) > 1 && isAddressByte(rest[1]))
}

// inText reports whether the address is in a text of any length. It reads pieces that end where no
// address can go on.
func (p Person) inText(text io.Reader) (bool, error) {
	const most = 1 << 20
	piece, kept := make([]byte, most), 0
	for {
		n, err := io.ReadFull(text, piece[kept:])
		all := piece[:kept+n]
		end := len(all)
		if err == nil {
			end = 1 + bytes.LastIndexFunc(all, func(r rune) bool {
				return r < utf8.RuneSelf && !isAddressByte(byte(unicode.ToLower(r)))
			})
			if end < most/2 {
				end = most // it is not a text
			}
		}

		switch {
		case p.in(all[:end]):
			return true, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return false, nil
		case err != nil:
			return false, err
		}
		kept = copy(piece, all[end:])
	}
}

// InFile reports whether a file that a job has kept contains the person: in a cell of a table, or
// anywhere in a file that is not a table.
func (p Person) InFile(path string) (bool, error) {
	if t, err := table.Open(path, table.Options{}); err == nil {
		defer t.Close()
		for row, err := range t.Rows() {
			if err != nil {
				break // the bytes are searched below
			}
			for _, cell := range row.Cells {
				if p.in(cell) {
					return true, nil
				}
			}
		}
	}

	file, err := own.OpenPlain(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	return p.inText(file)
}

// A runFolder is the folder of a run, with what to take out of it.
type runFolder struct {
	folder string
	person Person
	note   report.Forgetting
	drafts []draft
	remove []string // workbooks: the CSV beside them says the same
}

// A draft is a file without the person's rows, beside the real one.
type draft struct{ from, to string }

// Forget takes the rows of a person, and the rows that make events with them, out of the failures
// files in a run's folder and out of the originals. If do is false, it only counts. Left names
// files that still name the person: receipts, where the e-mail address is the order number. They
// prove what was sent, so only the whole folder can be removed.
func (p Person) Forget(folder string, do bool, by string, now time.Time) (rows int,
	left []string, err error) {
	k := runFolder{folder: folder, person: p,
		note: report.Forgetting{When: now.UTC().Format(time.RFC3339), Who: by}}
	defer k.discard()

	originals, err := filepath.Glob(filepath.Join(folder, originalsDir, "*.jsonl"))
	if err != nil {
		return 0, nil, err
	}

	for _, path := range originals {
		if err := k.forgetOriginals(path); err != nil {
			return 0, nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}

	if do && k.note.Rows > 0 {
		if err := k.commit(); err != nil {
			return 0, nil, err
		}
	}

	left, err = k.left()
	return k.note.Rows, left, err
}

// forgetOriginals drafts the originals of an input without the person's events, and its failures
// file with them.
func (k *runFolder) forgetOriginals(path string) error {
	o, err := openOriginals(path)
	if err != nil {
		return err
	}
	defer o.file.Close()
	events, rows := map[int]bool{}, map[int]bool{}
	err = o.each(func(row *original) bool {
		for _, cell := range row.Cells {
			if k.person.in(cell) {
				events[row.Event] = true
			}
		}
		return true
	})
	if err != nil || len(events) == 0 {
		return err
	}

	before, after := sha256.New(), sha256.New()
	to, err := k.draft(path)
	if err != nil {
		return err
	}
	defer to.Close()
	lines := bufio.NewReader(io.TeeReader(io.NewSectionReader(o.file, 0, 1<<62), before))
	for first := true; ; first = false {
		line, err := lines.ReadBytes('\n')
		var row original
		if !first && len(line) > 0 && json.Unmarshal(line, &row) == nil && events[row.Event] {
			rows[row.Row] = true
			k.note.Rows++
		} else {
			after.Write(line)
			if _, err := to.Write(line); err != nil {
				return err
			}
		}

		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}

	k.note.Files = append(k.note.Files, report.ForgottenFile{
		Name: originalsDir + "/" + filepath.Base(path), Before: hex.EncodeToString(before.Sum(nil)),
		After: hex.EncodeToString(after.Sum(nil)),
	})
	label := strings.TrimSuffix(filepath.Base(path), ".jsonl")
	failures := cmp.Or(o.Origin.Failures,
		strings.TrimSuffix(label, filepath.Ext(label))+".failures")
	return errors.Join(to.Sync(), k.forgetFailures(failures, o.Origin.Delimiter, rows))
}

func (k *runFolder) draft(path string) (*os.File, error) {
	to, err := os.CreateTemp(filepath.Dir(path), ".forgetting-*") // 0600
	if err == nil {
		k.drafts = append(k.drafts, draft{to.Name(), path})
	}
	return to, err
}

// forgetFailures drafts a failures file without the rows. A file that is no longer what we wrote is
// removed.
func (k *runFolder) forgetFailures(base, delimiter string, rows map[int]bool) error {
	path := filepath.Join(k.folder, base+".csv")
	k.remove = append(k.remove, filepath.Join(k.folder, base+".xlsx"))

	file, err := own.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()

	text := bufio.NewReader(own.Lines(file))
	if mark, err := text.Peek(3); err == nil && string(mark) == "\ufeff" {
		text.Discard(3)
	}
	reader := csv.NewReader(text)
	comma := ','
	if delimiter != "" {
		comma, _ = utf8.DecodeRuneInString(delimiter)
	}

	reader.Comma = comma
	records, err := reader.ReadAll()
	if err != nil || len(records) < 2 {
		k.remove = append(k.remove, path)
		return nil
	}

	to, err := k.draft(path)
	if err != nil {
		return err
	}
	defer to.Close()
	_, markErr := to.WriteString("\ufeff")
	writer := csv.NewWriter(to)
	writer.Comma = comma

	for i, record := range records {
		if i == 0 || !k.hasRow(records[0], record, rows) {
			writer.Write(record)
		}
	}

	writer.Flush()
	return errors.Join(markErr, writer.Error(), to.Sync())
}

// hasRow reports whether a record is one of the rows, or contains the person.
func (k *runFolder) hasRow(header, record []string, rows map[int]bool) bool {
	for _, value := range record {
		if k.person.in([]byte(value)) {
			return true
		}
	}
	_, column, found := report.FindMarker(header, record)
	if !found || column < report.RowBeforeMarker {
		return false
	}
	number, err := strconv.Atoi(record[column-report.RowBeforeMarker])
	return err == nil && rows[number]
}

// commit notes what it does before it does it.
func (k *runFolder) commit() error {
	if err := report.AddForgotten(k.folder, k.note); err != nil {
		return err
	}

	for _, d := range k.drafts {
		if err := os.Rename(d.from, d.to); err != nil {
			return err
		}
	}

	for _, path := range k.remove {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}

	return nil
}

func (k *runFolder) discard() {
	for _, d := range k.drafts {
		os.Remove(d.from)
	}
}

// left names the files that contain the person and that nothing is taken out of.
func (k *runFolder) left() (left []string, err error) {
	for _, name := range []string{"receipts.csv", history.HeldName, "summary.json", MappingName} {
		file, err := own.Open(filepath.Join(k.folder, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}

		found, err := k.person.inText(own.Lines(file))
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if found {
			left = append(left, filepath.Join(k.folder, name))
		}
	}

	return left, nil
}
