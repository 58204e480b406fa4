package importer

import (
	"context"
	"fmt"
	"iter"

	"ableimport/mapping"
)

// An Aside is a row that is no data, or that is data only because the mapping says so.
type Aside struct {
	Input  int // which of the files
	Row    int
	Reason string // "footer" or "balance"; "" for data
	Said   bool   // the mapping says it of this row
	Cells  []mapping.CellUse
	Like   string // the condition for source: in the mapping that holds for this row
}

// Aside reads the files once more for the rows that are no data, and maps none of the others. What a mapping leaves open about
// numbers is proved first, as far as it can be. Headings, whose values are carried down, are not among them.
func (im *Import) Aside(ctx context.Context) iter.Seq2[*Aside, error] {
	return func(yield func(*Aside, error) bool) {
		for i, in := range im.inputs {
			mapper, err := im.surveyed(ctx, in)
			if err != nil {
				yield(nil, err)
				return
			}
			for row, err := range im.readable(ctx, in) {
				if err != nil {
					yield(nil, err)
					return
				}
				if a := asideOf(mapper, row); a != nil {
					a.Input = i
					if !yield(a, nil) {
						return
					}
				}
			}
		}
	}
}

// surveyed is a mapper that reads numbers as the file is proved to write them. A question that stays open is the preflight's.
func (im *Import) surveyed(ctx context.Context, in *input) (*mapping.Mapper, error) {
	mapper, err := im.bind(in)
	if err != nil {
		return nil, err
	}
	survey, err := im.job.Mapping.Survey(in.name, in.header())
	if err != nil || survey == nil {
		return mapper, err
	}
	for row, err := range im.readable(ctx, in) {
		if err != nil {
			return nil, err
		}
		survey.Observe(row)
	}
	if resolution, err := survey.Resolve(); err == nil {
		mapper.Apply(resolution)
	}
	return mapper, nil
}

// readable are the rows of an input that are not damaged.
func (im *Import) readable(ctx context.Context, in *input) iter.Seq2[mapping.Row, error] {
	return func(yield func(mapping.Row, error) bool) {
		for row, err := range in.tableRows() {
			switch {
			case err != nil && isRowError(err):
				continue
			case err == nil && row.Number&0xfff == 0:
				err = context.Cause(ctx)
			}
			if !yield(mapping.Row(row), err) || err != nil {
				return
			}
		}
	}
}

// asideOf admits a row; nil for a row of data of which the mapping says nothing.
func asideOf(mapper *mapping.Mapper, row mapping.Row) *Aside {
	said := mapper.Said(row)
	a := &Aside{Row: row.Number, Said: said != ""}
	if said == "data" { // before something is carried down into it
		a.Cells, a.Like = mapper.Filled(row), mapper.Like(row)
	}
	skip := mapper.Admit(row)
	switch {
	case skip == nil && said == "", skip != nil && skip.Reason == "heading":
		return nil
	case skip != nil:
		a.Reason, a.Cells, a.Like = skip.Reason, mapper.Filled(row), mapper.Like(row)
	}
	return a
}

// Like is the condition for source: in the mapping that holds for one row of an input.
func (im *Import) Like(ctx context.Context, input, number int) (string, error) {
	if input < 0 || input >= len(im.inputs) {
		return "", fmt.Errorf("there is no such file")
	}
	in := im.inputs[input]
	mapper, err := im.bind(in)
	if err != nil {
		return "", err
	}
	for row, err := range im.readable(ctx, in) {
		if err != nil {
			return "", err
		}
		if row.Number != number {
			continue
		}
		if like := mapper.Like(row); like != "" {
			return like, nil
		}
		break
	}
	return "", fmt.Errorf("%s: row %d is no row that can be read, or it is empty", in.name, number)
}
