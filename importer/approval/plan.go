package approval

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"ableimport/importer/own"
	"ableimport/importer/report"
	"ableimport/importer/spill"
)

// A Plan is what somebody approves: everything that decides what a run sends, and who looked at it
// first. It contains no cells.
type Plan struct {
	Version   int                          `json:"version"` // 1
	Plan      string                       `json:"plan"`    // "sha256:...", over ids and bodies
	Fates     string                       `json:"fates"`   // hash of what becomes of each event
	Target    string                       `json:"target"`  // hash of endpoint and funnel mark
	Host      string                       `json:"host"`
	Mapping   report.Mapping               `json:"mapping"`
	Namespace string                       `json:"namespace"`
	Files     []File                       `json:"files"`
	Lookups   []report.FileHash            `json:"lookups"`
	Events    map[string]int64             `json:"events"` // by what becomes of them: "to_send"
	Totals    map[string]map[string]string `json:"totals"` // likewise, by currency

	Job         string        `json:"job"` // that submitted it; "": a person did
	PutBy       []int         `json:"put_by,omitempty"`
	Approvers   []string      `json:"approvers,omitempty"` // whom the job names; none: anybody
	PreviewedBy report.Person `json:"previewed_by"`
	Nonce       string        `json:"nonce"` // no two files are the same
}

// A File is one of an import.
type File struct {
	report.FileHash
	Rows int64 `json:"rows"`
}

// facts are, as bytes, what two plans must agree on.
func (p Plan) facts() []byte {
	p.Version, p.Job, p.PutBy, p.Approvers, p.PreviewedBy, p.Nonce = 0, "", nil, nil,
		report.Person{}, ""
	content, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and numbers
	}
	return content
}

// Differs says in words how a plan differs from what would be sent now; "": it does not.
func (p *Plan) Differs(now *Plan) string {
	switch {
	case bytes.Equal(p.facts(), now.facts()):
		return ""
	case p.Target != now.Target || p.Host != now.Host:
		return "the target is different"
	case !slices.Equal(p.Files, now.Files):
		return "the file has changed"
	case p.Mapping != now.Mapping || p.Namespace != now.Namespace:
		return "the mapping or a setting has changed"
	case !slices.Equal(p.Lookups, now.Lookups):
		return "a second file of the mapping has changed"
	case p.Plan != now.Plan:
		return "the events are different"
	case p.Fates != now.Fates:
		return "what was delivered or decided since changes what would be sent"
	}
	return "it does not say what would be sent"
}

// A Submission is a plan in the folder of approvals. It is certain who put it there.
type Submission struct {
	Plan
	Sum    string // of its file, in hex
	Path   string
	folder string
	base   string // of its name, and of the names of the files about it
}

// GoodFor is how long a plan may be approved, and be sent with that approval.
const GoodFor = 30 * 24 * time.Hour

const (
	planEnding     = ".plan"
	approvedEnding = ".approved"
	usedEnding     = ".used"
)

// Submit puts a plan into the folder, where somebody else can find it.
func Submit(folder string, plan Plan, now time.Time) (*Submission, error) {
	me, err := Me(now)
	if err != nil {
		return nil, err
	}
	if err := spill.MakePrivate(folder); err != nil {
		return nil, fmt.Errorf("keep the plan: %w", err)
	}
	if err := checkFolder(folder); err != nil {
		return nil, err
	}

	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // never fails
	plan.Version, plan.PreviewedBy, plan.Nonce = 1, me, hex.EncodeToString(nonce[:])
	content, err := json.MarshalIndent(plan, "", "  ")
	if err != nil {
		return nil, err
	}

	hash, sum := strings.TrimPrefix(plan.Plan, "sha256:"), sumOf(content)
	k := &Submission{Plan: plan, Sum: sum, folder: folder, base: hash + "-" + sum[:16]}
	k.Path = filepath.Join(folder, k.base+planEnding)
	if err := writeOwn(k.Path, content); err != nil {
		return nil, fmt.Errorf("keep the plan: %w", err)
	}
	return k, prune(folder, now)
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// checkFolder refuses a folder in which users could remove each other's files.
func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("the folder of approvals: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", folder)
	}
	if mode := info.Mode(); mode.Perm()&0o022 != 0 && mode&fs.ModeSticky == 0 {
		return fmt.Errorf("%s: several users can write into it, and each could remove what "+
			"others have approved; set its sticky bit (chmod +t)", folder)
	}
	return nil
}

// Alone reports whether only its owner can write into a folder. Nobody can write into a folder that
// is missing.
func Alone(folder string) bool {
	info, err := os.Stat(folder)
	return err != nil || info.Mode().Perm()&0o022 == 0
}

// modeIn is the mode of files in a folder: whoever may look into the folder may read them, and
// nobody else.
func modeIn(folder string) fs.FileMode {
	info, err := os.Stat(folder)
	if err != nil {
		return 0o600
	}
	return 0o600 | info.Mode().Perm()&0o044
}

// writeOwn writes a file of the folder as a whole.
func writeOwn(path string, content []byte) error {
	return report.WriteShared(path, content, modeIn(filepath.Dir(path)))
}

// Find returns the submitted plans whose hash begins like this, the newest first, and what is wrong
// with files that prove nothing. "" finds all.
func Find(folder, hash string) (all []*Submission, unsound []error) {
	if err := checkFolder(folder); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, []error{err}
	}

	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, []error{err}
	}

	hash = strings.ToLower(strings.TrimPrefix(hash, "sha256:"))
	for _, entry := range entries {
		base, isPlan := strings.CutSuffix(entry.Name(), planEnding)
		if !isPlan || !strings.HasPrefix(base, hash) {
			continue
		}
		if k, err := readSubmission(folder, base); err != nil {
			unsound = append(unsound, err)
		} else {
			all = append(all, k)
		}
	}

	slices.SortStableFunc(all, func(a, b *Submission) int {
		return strings.Compare(b.PreviewedBy.When, a.PreviewedBy.When)
	})
	return all, unsound
}

// planID is the form of a plan's hash.
var planID = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil
}

func readSubmission(folder, base string) (*Submission, error) {
	k := &Submission{folder: folder, base: base, Path: filepath.Join(folder, base+planEnding)}
	content, owner, err := readOwned(k.Path)
	if err != nil {
		return nil, err
	}

	k.Sum = sumOf(content)
	name := filepath.Base(k.Path)
	if err := decode(content, &k.Plan); err != nil || k.Version != 1 ||
		!planID.MatchString(k.Plan.Plan) || !isTime(k.PreviewedBy.When) {
		return nil, fmt.Errorf("%s: this is not a plan that this program has kept", name)
	}
	if base != strings.TrimPrefix(k.Plan.Plan, "sha256:")+"-"+k.Sum[:16] {
		return nil, fmt.Errorf("%s: it has changed since it was kept", name)
	}
	if owner != k.PreviewedBy.UID {
		return nil, fmt.Errorf("%s: it says that %s has previewed it, but the file belongs to %s",
			name, report.Visible(k.PreviewedBy.Name), nameOf(owner))
	}

	k.PreviewedBy.Name = nameOf(owner) // whatever the file says
	return k, nil
}

// decode reads JSON that has no unknown keys.
func decode(content []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if decoder.More() {
		return errors.New("something follows it")
	}
	return nil
}

// Old reports whether a plan was submitted too long ago.
func (k *Submission) Old(now time.Time) bool { return tooOld(k.PreviewedBy.When, now) }

// tooOld is also true of the future: nobody can tell how old such a plan is.
func tooOld(when string, now time.Time) bool {
	at, err := time.Parse(time.RFC3339, when)
	return err != nil || now.Sub(at) > GoodFor || at.Sub(now) > time.Hour
}

// Remove takes back a plan of this user; a plan that nobody can approve any more is only in the
// way.
func (k *Submission) Remove() error { return os.Remove(k.Path) }

// prune removes this user's files that are no longer good for anything, and those that a killed
// program has left half written.
func prune(folder string, now time.Time) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}

	for _, entry := range entries {
		info, err := entry.Info()
		ours := slices.ContainsFunc([]string{planEnding, approvedEnding, usedEnding},
			func(ending string) bool {
				return filepath.Ext(entry.Name()) == ending || report.IsDraft(entry.Name(), ending)
			})
		if err == nil && ours && own.OwnerOf(info) == os.Geteuid() &&
			now.Sub(info.ModTime()) > 2*GoodFor {
			_ = os.Remove(filepath.Join(folder, entry.Name())) // the next time, otherwise
		}
	}
	return nil
}
