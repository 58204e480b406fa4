package importer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ableimport/importer/approval"
	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/importer/ledger"
	"ableimport/importer/own"
	"ableimport/importer/spill"
	"ableimport/importer/table"
	"ableimport/mapping"
	"ableimport/mapping/cell"
	"ableimport/mapping/date"
)

// An input is one file of the import, open until the end of the run.
type input struct {
	name     string // as people call it: the base name
	path     string
	table    *table.Table
	size     int64
	modified time.Time
	info     fs.FileInfo // as it was when it was opened
	hash     [32]byte    // known after the preflight
	begun    *begunHash  // from the opening until somebody needs the hash
	rows     int64       // counted by the preflight

	resolution *mapping.Resolution // what the first reading has proved about open formats
	gathered   *gathered           // nil if the rows of each group come together
	// the rows below rows that may go on in them, by the number of the upper one
	broken    map[int]*table.RowError
	corrected map[int]*mapping.Skip // rows that were fixed in a failures file and delivered
	feedback  *correction.File      // nil, except for a failures file that is fed back
	fixes     correction.Edits      // cells that were corrected without touching the file
	totals    []mapping.Total       // among the rows, once they were read
	breaks    []mapping.Break       // where other tables begin, likewise
	// named by the rows above the header row; 0: none, or the mapping does not ask
	year int
}

// Import is a job whose files are open and bound to the mapping. Its methods are for one goroutine.
type Import struct {
	job     Job
	started time.Time // all passes compare the times of events with it
	inputs  []*input
	lookups []lookup
	runID   string           // see RunID
	private spill.PrivateDir // removed by Close
	temp    string           // its path
	ledger  *ledger.Ledger   // open for writing since Acquire
	outlet  outlet           // how events go out
	seals   bool             // the preflight keeps the events, to be sent
	events  *spill.Sealed    // in the order of the run; see sealer
	proof   *approval.Proof  // that somebody has approved the plan; nil: nobody was asked

	// keepReading lets the files be read even after the context that they were opened with has
	// ended: once events go out, the failures files need the rows that were not delivered. False:
	// that context has ended already.
	keepReading func() bool
}

// Open opens the job's files and binds the mapping to their headings. Its error is a sentence for
// people: a file that cannot be read, a column that is missing, or [table.AmbiguousError].
func Open(job Job) (*Import, error) { return OpenContext(context.Background(), job) }

// OpenContext is Open, but ends with the context; so does the reading of the files, until
// [Import.Run] begins.
func OpenContext(ctx context.Context, job Job) (*Import, error) {
	private, err := spill.NewPrivateDir()
	if err != nil {
		return nil, err
	}
	im := &Import{job: job, started: job.now(), private: private, temp: private.Path()}
	im.outlet = &machine{im: im} // until Acquire says otherwise
	reading, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	im.keepReading = context.AfterFunc(ctx, func() { stop(context.Cause(ctx)) })
	if err := im.open(reading); err != nil {
		im.Close()
		return nil, err
	}
	return im, nil
}

// Close closes the files and removes everything that was spilled.
func (im *Import) Close() error {
	im.keepReading()
	var errs []error
	if im.ledger != nil {
		errs = append(errs, im.ledger.Close())
	}

	errs = append(errs, im.outlet.Close(), im.events.Close())
	for _, in := range im.inputs {
		if in.begun != nil {
			in.begun.stop()
			<-in.begun.done
		}
		if in.gathered != nil {
			errs = append(errs, in.gathered.close())
		}
		if in.feedback != nil {
			errs = append(errs, in.feedback.Close())
		}
		if in.table != nil {
			errs = append(errs, in.table.Close())
		}
	}

	return errors.Join(append(errs, im.private.Remove())...)
}

func (im *Import) open(ctx context.Context) error {
	if err := im.openLookups(ctx); err != nil {
		return err
	}
	paths, err := expand(im.job.Files)
	if err != nil {
		return err
	}

	for _, path := range paths {
		in := &input{name: filepath.Base(path), path: path}
		im.inputs = append(im.inputs, in)
		if path == "-" {
			if err := im.spool(ctx, in); err != nil {
				return err
			}
		}
		if err := im.openInput(ctx, in); err != nil {
			return err
		}
	}

	return nil
}

func (im *Import) openInput(ctx context.Context, in *input) error {
	info, err := os.Stat(in.path)
	if err != nil {
		return fmt.Errorf("%s: %w", in.name, table.Cause(err))
	}
	if found := im.job.Found; found != nil && !os.SameFile(info, found) {
		return fmt.Errorf("%s: another file replaced it while it was being opened; run the same "+
			"command again", in.name)
	}

	in.size, in.modified, in.info = info.Size(), info.ModTime(), info
	in.hashSoon(ctx)

	if im.job.Feedback != nil {
		err = im.openFeedback(in)
	} else {
		in.table, err = table.OpenContext(ctx, in.path, im.tableOptions())
	}

	if err != nil {
		return err
	}
	if in.fixes, err = correction.EditsOf(im.job.Fixes, len(im.inputs)-1, in.name,
		in.header()); err != nil {
		return err
	}

	mapper, err := im.bind(in)
	if err != nil {
		return err
	}

	if mapper.NeedsYear() && in.feedback == nil {
		in.year, _ = date.YearAbove(in.table.Above())
	}

	return im.readCorrected(ctx, in)
}

func (im *Import) tableOptions() table.Options {
	source := im.job.Mapping.Source
	return table.Options{
		Sheet:       source.Sheet,
		Table:       source.Table,
		Header:      source.Header,
		HeaderNames: source.HeaderNames,
		Encoding:    source.Encoding,
		Delimiter:   source.Delimiter,
		Quote:       source.Quote,
		Escape:      source.Escape,
		ShortRows:   source.ShortRows,
		Comment:     source.Comment,
		Needs:       im.job.Mapping.Columns(),
		Amounts:     im.job.Mapping.AmountColumns(),
		Limits: table.Limits{
			Cell: source.MaxCell, Row: source.MaxRow, Columns: source.MaxColumns,
			Unpacked: int64(source.MaxUnpacked),
		},
		TempDir: im.temp,
	}
}

func (im *Import) bind(in *input) (*mapping.Mapper, error) {
	mapper, err := im.job.Mapping.Bind(in.name, in.header())
	if err != nil {
		return nil, err
	}

	mapper.Now = im.started.Unix()
	mapper.Apply(in.resolution)
	mapper.UseYear(in.year)

	if in.feedback != nil {
		mapper.OneTable()
	} else {
		mapper.UseAbove(slices.Concat(in.table.Above()...))
	}

	for _, l := range im.lookups {
		mapper.Use(l.table)
	}
	return mapper, nil
}

// spool copies standard input to a private file: every input is read more than once.
func (im *Import) spool(ctx context.Context, in *input) error {
	in.name, in.path = "stdin", filepath.Join(im.temp, "stdin")
	file, err := os.OpenFile(in.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("spool standard input: %w", err)
	}

	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(file, im.job.Stdin)
		copied <- errors.Join(err, file.Close())
	}()

	select {
	case err = <-copied:
	case <-ctx.Done(): // nobody can end a read of standard input, so nobody waits for it
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("spool standard input: %w", err)
	}
	return nil
}

// A begunHash is being computed.
type begunHash struct {
	stop context.CancelFunc
	done chan struct{}
	err  error // read after done
}

// hashSoon begins to compute the file's SHA-256 in a goroutine, while the file is opened and read:
// all use the same pages. It may begin once the size and the time are known that the file must
// still have after its last row.
func (in *input) hashSoon(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	begun := &begunHash{stop: stop, done: make(chan struct{})}
	in.begun = begun
	go func() {
		defer close(begun.done)
		begun.err = in.hashFile(ctx)
	}()
}

// awaitHash waits for the hash that was begun, and stops it with the context: a file may have many
// gigabytes, and be wrong in its first row. Whoever comes later reads the file once more.
func (in *input) awaitHash(ctx context.Context) error {
	begun := in.begun
	if in.begun = nil; begun == nil {
		return in.hashFile(ctx)
	}
	defer context.AfterFunc(ctx, begun.stop)()
	defer begun.stop()
	<-begun.done
	if begun.err != nil && ctx.Err() != nil {
		return context.Cause(ctx) // begun knows that it was stopped, and not why
	}
	return begun.err
}

// hashFile computes the file's SHA-256.
func (in *input) hashFile(ctx context.Context) error {
	file, err := own.OpenPlain(in.path)
	if err != nil {
		return fmt.Errorf("%s: %w", in.name, table.Cause(err))
	}
	defer file.Close()

	hash := sha256.New()
	for ctx.Err() == nil {
		_, err := io.CopyN(hash, file, 1<<20)
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", in.name, table.Cause(err))
		}
	}

	hash.Sum(in.hash[:0])
	return context.Cause(ctx)
}

// unchanged reports whether the file is still the one that was opened, judging by size and time.
func (in *input) unchanged() error {
	info, err := os.Stat(in.path)
	if err != nil {
		return fmt.Errorf("%s: %w", in.name, table.Cause(err))
	}
	return in.is(info)
}

// is reports whether a file is the one that was opened, as it was then.
func (in *input) is(info fs.FileInfo) error {
	if info.Size() != in.size || !info.ModTime().Equal(in.modified) || !os.SameFile(info, in.info) {
		return fmt.Errorf("%s: it changed while it was being read; run the same command again "+
			"once it is complete", in.name)
	}
	return nil
}

// sameFile returns another spelling or link that leads to the same file; "" if there is none.
func sameFile(paths []string, path string) string {
	if slices.Contains(paths, path) {
		return path
	}
	info, err := os.Stat(path)
	if err != nil {
		return "" // opening it says why
	}

	for _, other := range paths {
		if otherInfo, err := os.Stat(other); err == nil && os.SameFile(info, otherInfo) {
			return other
		}
	}

	return ""
}

// expand resolves patterns, for shells that do not, and refuses a file that is named twice.
func expand(files []string) ([]string, error) {
	var paths []string
	var missing []error
	for _, file := range files {
		matches := []string{file}
		if _, err := os.Stat(file); err != nil && strings.ContainsAny(file, "*?[") {
			matches, err = filepath.Glob(file)
			if err != nil || len(matches) == 0 {
				missing = append(missing, fmt.Errorf("%s: no file matches", file))
			}
		}

		for _, match := range matches {
			if other := sameFile(paths, match); other != "" {
				return nil, fmt.Errorf("%s is the same file as %s; name it once", match, other)
			}
			paths = append(paths, match)
		}
	}

	return paths, errors.Join(missing...)
}

// FindFailures looks for failures files among the files of a job; patterns are resolved. See
// [correction.Find].
func FindFailures(target *history.Target, files []string) (*correction.Files, error) {
	paths, err := expand(files)
	if err != nil {
		return nil, nil // reported when they are opened
	}
	return correction.Find(target, paths)
}

// Target is who receives.
func (im *Import) Target() *history.Target { return &im.job.Target }

// Doubts are sentences about optional columns that the first file seems to have under another name.
func (im *Import) Doubts() []error {
	mapper, err := im.bind(im.inputs[0])
	if err != nil {
		return nil // Open has bound it
	}
	return mapper.Doubts()
}

// A lookup is a second file that the mapping takes values from. It is read whole, since it is small
// beside the exports.
type lookup struct {
	table *mapping.LookupTable
	name  string
	hash  [32]byte
}

// openLookups reads the mapping's second files, whose paths are relative to the mapping file.
func (im *Import) openLookups(ctx context.Context) error {
	for _, wanted := range im.job.Mapping.Lookups() {
		path := wanted.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(im.mappingDir(), path)
		}
		l, err := im.openLookup(ctx, wanted, path)
		if err != nil {
			return fmt.Errorf("lookup %s: %w", wanted.Name, err)
		}
		im.lookups = append(im.lookups, l)
	}

	return nil
}

// mappingDir is where the mapping was, when it is the copy that a run kept.
func (im *Import) mappingDir() string {
	if im.job.Feedback != nil {
		return im.job.Feedback.MappingDir
	}
	return im.job.MappingDir
}

func (im *Import) openLookup(ctx context.Context, wanted mapping.Lookup,
	path string) (lookup, error) {
	in := &input{name: filepath.Base(path), path: path}
	if err := in.hashFile(ctx); err != nil {
		return lookup{}, err
	}
	opened, err := table.OpenContext(ctx, path,
		table.Options{Needs: wanted.Columns, TempDir: im.temp})
	if err != nil {
		return lookup{}, err
	}
	defer opened.Close()
	entries, err := im.job.Mapping.NewLookupTable(wanted.Name, in.name, opened.Header())
	if err != nil {
		return lookup{}, err
	}

	for row, err := range opened.Rows() {
		var bad *table.RowError
		if errors.As(err, &bad) {
			return lookup{}, fmt.Errorf("%s:%w; fix it: nobody can tell which event it belongs to",
				in.name, bad)
		}
		if err != nil {
			return lookup{}, err
		}
		entries.Add(cell.Row(row))
	}

	return lookup{table: entries, name: in.name, hash: in.hash}, nil
}

// planSeed begins the plan's hash: like the inputs, lookup files decide about events.
func (im *Import) planSeed() [32]byte {
	hash := sha256.New()
	for _, l := range im.lookups {
		hash.Write(l.hash[:])
	}
	return [32]byte(hash.Sum(nil))
}
