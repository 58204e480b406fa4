package table

import (
	"bytes"
	"io"
)

// If Excel reads a file as one column, because it expects another delimiter, it writes every line
// with a quote or that delimiter as one quoted cell: `"A1,""Monitor, big"",120.50"`. Delimiters of
// empty cells may follow.

// lineQuotes reads a text without the quotes that enclose whole lines.
type lineQuotes struct {
	records *records
	text    []byte // read and not yet given
	err     error
}

// newLineQuotes takes what follows as records of one cell: no text contains the delimiter that it
// splits by.
func newLineQuotes(input io.Reader, limits Limits) *lineQuotes {
	d := dialect{delimiter: 0xff, quote: '"', escape: '"'}
	return &lineQuotes{records: newRecords(input, d, limits)}
}

func (l *lineQuotes) Read(p []byte) (int, error) {
	for len(l.text) == 0 && l.err == nil {
		l.text, _, l.err = l.next()
	}
	n := copy(p, l.text)
	l.text = l.text[n:]
	if n > 0 || len(p) == 0 {
		return n, nil
	}
	return 0, l.err
}

// next gives the next line, and whether quotes enclosed it. A quoted line may contain line breaks,
// as a cell does.
func (l *lineQuotes) next() (text []byte, wrapped bool, err error) {
	r := l.records
	n, outcome, err := r.next()
	if err != nil {
		return nil, false, err
	}

	data := r.buffer[r.start:r.end]

	end := lineEnd(data, 0)
	switch {
	case outcome == recordBroken && data[0] == '"' &&
		isDelimiters(data[r.at+1:lineEnd(data, r.at)]):
		end, wrapped = lineEnd(data, r.at), true
		r.spans = append(r.spans[:0], span{start: 1, end: r.at, escaped: true})
	case outcome == recordEnded && data[0] == '"' && len(r.spans) == 1:
		end, wrapped = n, true
	}

	if !wrapped {
		r.take(end, 1)
		return data[:end], false, nil
	}

	cell := data[1:r.spans[0].end]
	lineBreak := append([]byte(nil), data[len(withoutBreak(data[:end])):end]...)
	r.take(end, 1)
	return append(r.unescape(cell), lineBreak...), true, nil
}

// isDelimiters reports whether only the delimiters of empty cells are left at the end of a line.
func isDelimiters(rest []byte) bool { return len(bytes.Trim(withoutBreak(rest), ",;\t|")) == 0 }

// inLineQuotes reports whether quotes enclose whole lines at the beginning of a text: without them,
// the lines make a table that they do not make otherwise. A column of names such as "Lee, Ann" does
// this too, so needed columns, three cells a line or quotes within the quotes are required to be
// certain.
func inLineQuotes(prefix []byte, whole bool, usual byte, options Options) bool {
	if options.Quote != "" && options.Quote != `"` {
		return false
	}
	start := bytes.TrimLeft(prefix, " \r\n")
	if !bytes.HasPrefix(start, []byte{'"'}) && !bytes.Contains(prefix, []byte("\n\"")) {
		return false
	}

	var without bytes.Buffer
	lines := newLineQuotes(bytes.NewReader(prefix), defaultLimits)
	wrapped, unlike, doubled, all := 0, 0, false, true
	for range sniffRows {
		text, quoted, err := lines.next()
		if err != nil {
			break
		}
		if !quoted && bytes.IndexByte(text, '"') >= 0 {
			unlike++
		}
		all = all && (quoted || isBlank(text))
		if quoted {
			wrapped++
			doubled = doubled || bytes.IndexByte(text, '"') >= 0
		}
		without.Write(text)
	}

	// A line with quotes would have been enclosed before any other, unless it is damaged.
	if wrapped <= 20*unlike {
		return false
	}

	best := func(text []byte, whole bool) (best reading) {
		for _, delimiter := range append([]byte{usual}, delimiters...) {
			d := dialect{
				delimiter: delimiter, quote: '"', escape: '"', comment: []byte(options.Comment),
			}
			found := read(text, whole, d, needed(options))
			if found.header > best.header ||
				found.header == best.header && found.score() > best.score() {
				best = found
			}
		}
		return best
	}

	with, clean := best(prefix, whole), best(without.Bytes(), true)
	certain := clean.header > with.header || clean.share > 0.9 && (doubled || clean.width > 2)
	better := clean.score() > with.score() || all && clean.score() == with.score()
	return certain && better && clean.header >= with.header
}
