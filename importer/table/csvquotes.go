package table

import (
	"bytes"
	"fmt"
	"slices"

	"ableimport/importer/table/grid"
)

// bestQuotes looks for another quote or escape only where double quotes do not explain the first
// rows: there are none, some are not closed, or backslashes come before delimiters. The first rows
// only give a suspicion: it may be due to one odd cell, and the cells that disprove it may come in
// row 100,000. The survey of the whole text has to confirm it.
func bestQuotes(
	prefix []byte, whole bool, best reading, survey func(dialect) (reading, error),
) (dialect, error) {
	try := func(quote, escape byte) reading {
		d := best.dialect
		d.quote, d.escape = quote, escape
		return read(prefix, whole, d, nil)
	}

	var suspects []dialect
	suspect := func(r reading) { suspects = append(suspects, r.dialect) }

	if bytes.IndexByte(prefix, '\'') >= 0 {
		for _, escape := range []byte{'\'', '\\'} {
			single := try('\'', escape)
			if best.quoted == 0 && single.quoted > 0 || single.isAllQuoted() {
				suspect(single)
			}
		}
	}

	backslashes := bytes.Contains(prefix, []byte{'\\', best.delimiter}) && best.ragged > 0
	if best.broken+best.unclosed > 0 || backslashes {
		if backslash := try('"', '\\'); backslash.faults() < best.faults() {
			suspect(backslash)
		}
	}

	none := try(0, 0)
	if best.broken+best.unclosed > 0 && best.protected+none.wrapped == 0 && none.width > 1 {
		suspect(none)
	}
	if len(suspects) == 0 {
		return best.dialect, nil
	}

	usual, err := survey(best.dialect)
	if err != nil {
		return best.dialect, err
	}

	for _, d := range suspects {
		other, err := survey(d)
		if err != nil {
			return best.dialect, err
		}
		switch {
		case d.quote == '\'':
			if other.isSingleQuoted(usual) {
				return d, nil
			}
			if err := other.askAboutApostrophes(); err != nil {
				return best.dialect, err
			}
		case d.quote == '"':
			if other.isBackslashed(usual) {
				return d, nil
			}
		case other.isUnquoted(usual):
			return d, nil
		}
	}
	return best.dialect, nil
}

// explains reports whether single quotes enclose what only they can explain, delimiters and escaped
// quotes, and no row contradicts this.
func (s *reading) explains(usual reading) bool {
	return s.protected+s.escaped > 0 && s.broken+s.unclosed == 0 && s.ragged <= usual.ragged &&
		(s.protected == 0 || s.ragged < usual.ragged)
}

// isUniform reports whether single quotes enclose every text in the columns that have them at all,
// except the heading, and one of these columns is filled in at least half of the rows: one cell in
// apostrophes does not make a column of quoted ones. Of a hundred cells one may be damaged.
func (s *reading) isUniform() bool {
	most := 0
	for _, column := range s.columns {
		if column.quoted > 0 && column.plain > 1+column.quoted/100 {
			return false
		}
		most = max(most, column.quoted)
	}
	return most > 1 && 2*most >= s.rows-1 && 100*(s.broken+s.unclosed) <= s.quoted
}

// isSingleQuoted reports whether a text has single quotes around its cells. If a double quote
// opens a cell anywhere, it has not, unless single quotes enclose every text and heading of the
// file.
func (s *reading) isSingleQuoted(usual reading) bool {
	return usual.quoted == 0 && (s.explains(usual) || s.isUniform()) || s.isAllQuoted()
}

// isAllQuoted reports whether every cell that is neither empty nor a number is in quotes, and all
// rows are whole.
func (s *reading) isAllQuoted() bool {
	return s.broken+s.unclosed+s.ragged+s.wrapped == 0 && s.quoted > 0 && s.width > 1 &&
		!slices.ContainsFunc(s.columns, func(c columnUse) bool { return c.plain > 0 })
}

// askAboutApostrophes gives the open question if many cells of a column are in single quotes and
// others are not: an id with quotes and one without are two ids.
func (s *reading) askAboutApostrophes() error {
	if 10*(s.broken+s.unclosed) > s.quoted {
		return nil
	}
	for i, column := range s.columns {
		if column.quoted < 3 || 5*column.quoted < column.quoted+column.plain {
			continue
		}
		inside := []string{"the single quotes are not part of the cells"}
		return &AmbiguousError{
			What: fmt.Sprintf("column %s has %d cells in single quotes and %d without: the quotes "+
				"may be a part of them or not", grid.Letters(i), column.quoted, column.plain),
			Readings: []Reading{
				{Setting: `quote: "'"`, Shown: inside},
				{Setting: `quote: "\""`, Shown: []string{"they are"}},
			},
		}
	}
	return nil
}

// isBackslashed reports whether backslashes come before quotes and delimiters that are text: they
// make nearly every row fit that does not fit without them.
func (s *reading) isBackslashed(usual reading) bool {
	return s.faults() < usual.faults() && 10*s.faults() <= usual.faults()
}

// isUnquoted reports whether double quotes are text: none of them encloses a cell, in the whole
// file. An unclosed quote at the beginning of a cell does not show this. It is a fault to report,
// unless tabs separate the cells, since such files have no quotes, or other cells contain quotes
// that a writer of quoted cells would have quoted: 5" pipe.
func (s *reading) isUnquoted(usual reading) bool {
	return s.wrapped == 0 && usual.protected == 0 && s.width > 1 && s.ragged <= usual.ragged &&
		(usual.unclosed <= s.marks || s.delimiter == '\t')
}
