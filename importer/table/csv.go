package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
)

// textSource is a file of delimited text.
type textSource struct {
	name     string
	content  *content
	options  Options
	encoding textEncoding
	dialect  dialect
	preface  int  // bytes of a first line like sep=;
	unquote  bool // quotes enclose whole lines
	layout   layout
	expect   expectation
	choice   headerChoice
	warnings []string
	odd      oddities // of the latest pass
	marks    marks    // of all passes
}

func openText(name string, found *content, head []byte, options Options) (source, error) {
	s := &textSource{name: name, content: found, options: options}
	if err := s.detect(head); err != nil {
		return nil, err
	}
	return s, nil
}

// detect settles everything in the order in which one thing needs another: encoding, dialect,
// header, layout.
func (s *textSource) detect(head []byte) error {
	if err := s.detectEncoding(head); err != nil {
		return err
	}
	prefix, whole, err := s.prefix()
	if err != nil {
		return err
	}

	if isBlank(bytes.Trim(prefix, "\x00\x1a")) && whole {
		return errors.New("is empty: it has only blank lines")
	}
	if is := foreignText(prefix, s.options.Delimiter); is != "" {
		return errors.New("is " + is)
	}
	if err := s.detectDialect(prefix, whole); err != nil {
		return err
	}
	return s.detectHeader()
}

// text starts decoding at the first row.
func (s *textSource) text() (io.Reader, io.Closer, error) {
	input, err := s.content.open()
	if err != nil {
		return nil, nil, err
	}

	text, err := s.encoding.reader(input)
	if err == nil && s.preface > 0 {
		_, err = io.CopyN(io.Discard, text, int64(s.preface))
	}
	if err != nil {
		input.Close()
		return nil, nil, err
	}
	if s.unquote {
		text = newLineQuotes(text, s.options.Limits)
	}
	return text, input, nil
}

// prefix gives the beginning of the text, and whether this is all of it.
func (s *textSource) prefix() ([]byte, bool, error) {
	text, closer, err := s.text()
	if err != nil {
		return nil, false, err
	}
	defer closer.Close()
	prefix := make([]byte, prefixSize)
	n, whole, err := readFull(text, prefix)
	return prefix[:n], whole, err
}

// detectDialect takes a first line like sep=; as Excel does: it names the delimiter and is not a
// row.
func (s *textSource) detectDialect(prefix []byte, whole bool) error {
	line := prefix[:lineEnd(prefix, 0)]
	setting := strings.Trim(string(line), "\r\n\"")
	if len(setting) == 5 && strings.EqualFold(setting[:4], "sep=") {
		s.preface = len(line)
		prefix = prefix[len(line):]
		if s.options.Delimiter == "" {
			s.options.Delimiter = setting[4:]
		}
	}

	usual := byte(',')
	base := strings.ToLower(s.name)
	if strings.Contains(base, ".tsv") || strings.Contains(base, ".tab") {
		usual = '\t'
	}

	var err error
	if s.unquote = inLineQuotes(prefix, whole, usual, s.options); s.unquote {
		s.warnings = append(s.warnings, "every line, or nearly every one, is in quotes as a "+
			"whole, as a spreadsheet program writes a file that it took for one column; it is "+
			"read without these quotes")
		if prefix, whole, err = s.prefix(); err != nil {
			return err
		}
	}

	s.dialect, err = sniff(prefix, whole, usual, s.options, func(d dialect) (reading, error) {
		if s.options.Glance {
			return read(prefix, whole, d, nil), nil
		}
		return s.survey(d)
	})
	if s.options.Quote == "" && s.dialect.quote != '"' {
		s.warnings = append(s.warnings, quoteWarnings[s.dialect.quote])
	}
	return err
}

// survey reads the whole text in one dialect.
func (s *textSource) survey(d dialect) (reading, error) {
	text, closer, err := s.text()
	if err != nil {
		return reading{}, err
	}
	defer closer.Close()
	r := newRecords(text, d, s.options.Limits)
	result, err := r.measure(math.MaxInt, true, nil)
	if err != nil {
		err = r.explain(err)
	}
	return result, err
}

// detectHeader reads the first rows, chooses the header among them and learns from the others what
// rows look like.
func (s *textSource) detectHeader() error {
	text, closer, err := s.text()
	if err != nil {
		return err
	}
	defer closer.Close()

	head, faults, err := s.head(s.records(text))
	if err != nil {
		return err
	}

	comments := markComments(head)
	s.choice, err = findHeader(head, s.options, loneInText)
	if err != nil {
		return err
	}
	if err := s.checkHeader(faults); err != nil {
		return err
	}

	s.warnings = append(s.warnings, s.choice.warnings...)
	if comments > 0 {
		s.warnings = append(s.warnings,
			fmt.Sprintf("lines of one cell that begin with # look like comments (%d of the first "+
				"%d): set `comment: \"#\"` to ignore them", comments, len(head)))
	}
	if len(s.choice.names) == 1 && s.options.Delimiter == "" {
		s.warnings = append(s.warnings, "there is one column only: if another character "+
			"separates the cells, set `delimiter:` and that character")
	}

	s.layout.names = s.choice.names
	s.layout.headed = s.choice.index >= 0
	s.layout.needed = s.lastNeeded()
	s.learn(head[s.choice.index+1:])
	return nil
}

// headBytes is how much of a file head keeps, since rows may be long.
const headBytes = 4 << 20

// head reads the first rows, enough to include the header, and says what is wrong with some of them
// by row number.
func (s *textSource) head(r *records) (head []headRow, faults map[int]string, err error) {
	faults = map[int]string{}
	var row Row
	for size := 0; len(head) < headRows && size < headBytes || r.row < s.options.Header; {
		r.halved, r.halvedWhole = nil, nil
		bad, err := r.read(&layout{}, &row)
		var cut cutError
		if errors.Is(err, io.EOF) || errors.As(err, &cut) && len(head) > 0 {
			break // only the header shows whether it is cut
		}
		if err != nil {
			return nil, nil, r.explain(err)
		}
		if bad != nil {
			faults[bad.Row] = bad.Message
		}
		if allEmpty(row.Cells) {
			continue
		}

		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = string(cell)
			size += len(cell)
		}
		head = append(head, headRow{
			number: row.Number, cells: cells, kinds: slices.Clone(row.Kinds),
			halves: r.halved, whole: r.halvedWhole,
		})
	}

	if len(head) == 0 {
		return nil, nil, errors.New("is empty: it has only blank lines")
	}
	return head, faults, nil
}

// checkHeader refuses a header that was not read as it is in the file.
func (s *textSource) checkHeader(faults map[int]string) error {
	if fault := faults[s.choice.row]; fault != "" {
		return fmt.Errorf("row %d, the header: %s", s.choice.row, fault)
	}
	for _, name := range s.choice.names {
		if strings.ContainsAny(name, "\x00\ufffd") {
			return fmt.Errorf("row %d: a heading holds bytes that are not text: the file is "+
				"damaged, or has another encoding", s.choice.row)
		}
	}
	return nil
}

// learn finds out from the first rows below the header whether all records end with a delimiter too
// many or too few, and which columns hold numbers.
func (s *textSource) learn(below []headRow) {
	l := &s.layout
	width := len(l.names)
	all := func(fits func(cells []string) bool) bool {
		return len(below) > 0 && !slices.ContainsFunc(below, func(row headRow) bool {
			return !fits(row.cells)
		})
	}
	isWide := func(cells []string) bool { return len(cells) == width }

	if len(below) > 1 {
		l.surplus = max(0, len(below[0].cells)-width)
	}
	if !all(func(cells []string) bool {
		return len(cells) == width+l.surplus && strings.Join(cells[width:], "") == ""
	}) {
		l.surplus = 0
	}
	if column := s.splitAlike(below); l.surplus > 0 && column >= 0 {
		l.surplus, l.split = 0, column+1
		l.cure = "; if they are two cells, end the header with a comma, too"
	} else if all(isWide) {
		if column := s.isShiftedAlike(below); column >= 0 {
			l.split, l.shifts = column+1, true
			l.cure = "; if they are two cells, use the last column, too, as `custom_data`"
		} else if column := s.isSplitTwice(below); column >= 0 {
			l.split, l.shifts = column+1, true
			l.cure = cureTwoCells(column + 1)
		}
	} else if column := s.splitAtAnyWidth(below); l.surplus == 0 && column >= 0 {
		l.split, l.shifts = column+1, true
		l.cure = cureTwoCells(column + 1)
	}
	if l.surplus == 0 && l.split == 0 {
		s.learnThousands(below)
	}

	lacking := 0 // cells that all of these rows lack
	if len(below) > 0 {
		lacking = width - len(below[0].cells)
	}
	alike := lacking > 0 && lacking < width-1 && all(func(cells []string) bool {
		return len(cells) == width-lacking
	})
	switch {
	case alike && lacking == 1 && l.names[width-1] == "", alike && s.options.ShortRows:
		l.missing = lacking
	case alike && len(below) > 1:
		l.short = lacking
	}

	s.expect.width = width - l.missing
	switch {
	case l.surplus == 1:
		s.expect.width++
		s.warnings = append(s.warnings,
			"every row ends with one delimiter too many, which is ignored")
	case l.surplus > 1:
		s.expect.width += l.surplus
		s.warnings = append(s.warnings, fmt.Sprintf(
			"every row ends with %d delimiters too many, which are ignored", l.surplus))
	case l.missing == 1 && l.names[width-1] == "":
		s.warnings = append(s.warnings,
			"the header ends with one delimiter too many, which is ignored")
	case l.missing > 0:
		s.warnings = append(s.warnings, fmt.Sprintf("every row lacks the last %d of the header's "+
			"%d columns; they are read as empty", l.missing, width))
	}

	s.learnHalves(below)
	s.learnEndings(below)
	s.learnNumbers(below)
}

// lastNeeded gives the number of columns up to and including the last one that is needed. Without a
// header, a mapping names columns by letters, and any of them may be needed.
func (s *textSource) lastNeeded() int {
	switch {
	case s.options.ShortRows:
		return 0
	case !s.layout.headed:
		return len(s.layout.names)
	}
	last := 0
	for _, alternatives := range s.options.Needs {
		last = max(last, s.column(alternatives)+1)
	}
	return last
}

// learnNumbers finds the columns that hold numbers, in rows of the right width.
func (s *textSource) learnNumbers(below []headRow) {
	for column := range s.expect.width {
		filled, numbers := 0, 0
		for _, row := range below {
			if len(row.cells) != s.expect.width || row.cells[column] == "" {
				continue
			}
			filled++
			if looksNumeric([]byte(row.cells[column])) {
				numbers++
			}
		}

		if filled > 0 && numbers == filled {
			s.expect.numeric = append(s.expect.numeric, column)
		}
		if filled > 0 && 2*numbers >= filled {
			s.expect.mostly = append(s.expect.mostly, column)
		}
	}
}

// records begins a pass over the rows.
func (s *textSource) records(text io.Reader) *records {
	r := newRecords(text, s.dialect, s.options.Limits)
	s.odd = oddities{}
	r.odd = &s.odd
	return r
}

func (s *textSource) header() []string { return s.layout.names }

func (s *textSource) above() [][]string { return s.choice.above }

func (s *textSource) info() Info {
	info := Info{
		Format: "csv", Encoding: s.encoding.name,
		Delimiter: string(rune(s.dialect.delimiter)), Quote: s.dialect.quoteName(),
		HeaderRow: s.choice.row,
		Warnings:  slices.Concat(s.content.warnings, s.warnings, s.odd.warnings()),
	}
	if s.content.wrapping != "" {
		info.Format += "." + s.content.wrapping
	}
	if s.content.member != nil {
		info.Sheet = s.content.member.Name
	}
	return info
}

func (d dialect) quoteName() string {
	switch {
	case d.quote == 0:
		return "none"
	case d.escape != d.quote:
		return string(rune(d.quote)) + string(rune(d.escape))
	}
	return string(rune(d.quote))
}

// quoteWarnings warn of unusual quotes.
var quoteWarnings = map[byte]string{
	0: "double quotes are read as text, because they do not enclose cells; if they should, " +
		"set `quote: '\"'`",
	'\'': "single quotes around cells are not read as part of them; if they should be, set " +
		"`quote: none`",
}

func (s *textSource) close() error { return s.content.file.Close() }

func (s *textSource) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		text, closer, err := s.text()
		if err != nil {
			yield(Row{}, named(s.name, err))
			return
		}
		defer closer.Close()

		r, marked := s.records(text), s.hasPlaces()
		var row Row
		for goesOn := true; goesOn; {
			if marked {
				s.marks.note(r)
			}
			goesOn = s.yieldRow(r, &row, yield)
		}
	}
}

// hasPlaces reports whether a place in the text is a place in the file.
func (s *textSource) hasPlaces() bool {
	return s.content.wrapping == "" && s.encoding.decoder == nil && !s.unquote
}

// rowsNear begins to read at the marks of earlier passes that come before the wanted rows.
func (s *textSource) rowsNear(wanted []int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		r := newRecords(nil, s.dialect, s.options.Limits)
		var row Row
		wanted := wanted
		for goesOn := true; goesOn && len(wanted) > 0; {
			at := s.marks.before(wanted[0])
			text, err := s.content.openAt(int64(s.encoding.mark+s.preface) + at.offset)
			if err != nil {
				yield(Row{}, named(s.name, err))
				return
			}

			r.goTo(at, text)
			for goesOn && len(wanted) > 0 && s.marks.before(wanted[0]).row <= r.row {
				goesOn = s.yieldRow(r, &row, yield)
				for len(wanted) > 0 && wanted[0] <= r.row {
					wanted = wanted[1:]
				}
			}
			text.Close()
		}
	}
}

// yieldRow yields the next row, and reports whether there may be another that is wanted.
func (s *textSource) yieldRow(r *records, row *Row, yield func(Row, error) bool) bool {
	bad, err := s.row(r, row)
	switch {
	case errors.Is(err, io.EOF) && s.content.changed():
		yield(Row{}, fmt.Errorf("%s: was changed while it was read: start again", s.name))
		return false
	case errors.Is(err, io.EOF):
		return false
	case err != nil:
		yield(Row{}, named(s.name, r.explain(err)))
		return false
	case bad != nil:
		return yield(*row, bad)
	}
	return yield(*row, nil)
}

// row fills in the next row below the header that is not blank.
func (s *textSource) row(r *records, row *Row) (*RowError, error) {
	for {
		if r.row >= s.choice.row {
			r.expect = s.expect
		}
		bad, err := r.read(&s.layout, row)
		if err != nil {
			return nil, err
		}
		if row.Number <= s.choice.row && !s.options.Above {
			continue
		}
		if bad == nil && (len(row.Cells) == 0 || !s.options.Blank && allEmpty(row.Cells)) {
			continue
		}
		return bad, nil
	}
}
