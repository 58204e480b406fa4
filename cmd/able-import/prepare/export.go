package prepare

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strconv"

	"ableimport/importer/table"
	"ableimport/mapping/cell"
	"ableimport/mapping/draft"
)

// Export is what a draft needs to know of an open table.
func Export(path string, t *table.Table, options table.Options) draft.Export {
	info := t.Info()
	e := draft.Export{
		File: filepath.Base(path), Header: t.Header(),
		Read: Reading(info.Format, info.Encoding, DelimiterName(info.Delimiter), info.Sheet,
			info.HeaderRow),
	}
	e.Rows = func() iter.Seq2[cell.Row, error] {
		return func(yield func(cell.Row, error) bool) {
			for row, err := range t.Rows() {
				var bad *table.RowError
				if errors.As(err, &bad) {
					continue // a damaged row tells nothing about the others
				}
				if !yield(cell.Row(row), err) || err != nil {
					return
				}
			}
		}
	}

	if info.HeaderRow > 1 {
		e.Above = table.Above(path, options, info.HeaderRow)
	}
	if options.Sheet != "" {
		e.Source = append(e.Source, "sheet: "+strconv.Quote(options.Sheet))
	}
	if options.Table > 0 {
		e.Source = append(e.Source, fmt.Sprintf("table: %d", options.Table))
	}

	if info.HeaderRow == 0 {
		e.Source = append(e.Source, "header: none")
	} else if options.Header > 0 {
		e.Source = append(e.Source, fmt.Sprintf("header: %d", options.Header))
	}

	if options.Encoding != "" {
		e.Source = append(e.Source, "encoding: "+strconv.Quote(options.Encoding))
	}
	if options.Delimiter != "" {
		e.Source = append(e.Source, "delimiter: "+strconv.Quote(options.Delimiter))
	}

	return e
}
