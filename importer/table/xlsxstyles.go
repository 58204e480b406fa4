package table

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strconv"
)

// readStyles takes the number format of each cell style.
func (b *workbook) readStyles(a *archive, part string) error {
	content, err := a.readSmall(part)
	if err != nil {
		return err
	}
	styles := styleReader{custom: map[int]numberFormat{}, written: map[int]string{}}
	if err := eachElement(content, styles.element); err != nil {
		return fmt.Errorf("its part %s is damaged: %w", path.Base(part), err)
	}

	b.formats, b.codes = []numberFormat{}, nil
	for _, id := range styles.cells {
		format, ok := styles.custom[id]
		code := styles.written[id]
		if !ok {
			format, code = builtinFormat(id), fmt.Sprintf("built-in %d", id)
		}
		b.formats, b.codes = append(b.formats, format), append(b.codes, code)
	}
	return nil
}

// styleReader takes the number formats from the elements of a styles part, one after the other.
type styleReader struct {
	custom  map[int]numberFormat // by number
	written map[int]string
	cells   []int // the number of the format that each cell style has

	section      string // the child of the root in which the element stands
	alternatives alternatives
}

func (r *styleReader) element(x *xmlScanner) error {
	name := string(x.name)
	switch {
	case len(x.starts) == 1 && name != "styleSheet":
		return fmt.Errorf("its root element is <%.40s>", name)
	case len(x.starts) == 2:
		r.section = name
	}
	if skip := r.alternatives.element(x); skip || name == "extLst" {
		return x.skip()
	}

	switch {
	case r.section == "numFmts" && name == "numFmt":
		id, err := strconv.Atoi(string(x.attribute("numFmtId")))
		if err != nil {
			return fmt.Errorf("it has a number format with the number %.20q", x.attribute("numFmtId"))
		}
		code, err := appendXMLText(nil, x.attribute("formatCode"))
		if err != nil {
			return err
		}
		r.custom[id], r.written[id] = parseFormat(string(code)), string(code)

	case r.section == "cellXfs" && name == "xf":
		id, err := 0, error(nil)
		if number := x.attribute("numFmtId"); number != nil {
			id, err = strconv.Atoi(string(number))
		}
		if err != nil {
			return fmt.Errorf("it has a style with the number format %.20q", x.attribute("numFmtId"))
		}
		r.cells = append(r.cells, id)
	}
	return nil
}

// errAlternatives refuses what no known program writes in alternatives: rows, cells and texts.
var errAlternatives = errors.New("it holds values in several versions (AlternateContent), which is not understood; save it again in Excel")

// alternatives takes one of the branches of mc:AlternateContent, as its reader must (ECMA-376 part 3): the
// first choice whose namespaces Excel knows, otherwise the fallback.
type alternatives struct {
	namespaces map[string]string // by prefix
	open       []openAlternative
}

type openAlternative struct {
	depth int
	taken bool
}

// element tells whether the element that has just begun, with all that is in it, is to be skipped.
func (a *alternatives) element(x *xmlScanner) (skip bool) {
	for i := range x.attributes {
		if prefix, found := bytes.CutPrefix(x.attributes[i].name, []byte("xmlns:")); found {
			if a.namespaces == nil {
				a.namespaces = map[string]string{}
			}
			a.namespaces[string(prefix)] = string(x.attributes[i].value)
		}
	}
	for len(a.open) > 0 && len(x.starts) <= a.open[len(a.open)-1].depth {
		a.open = a.open[:len(a.open)-1]
	}
	if string(x.name) == "AlternateContent" {
		a.open = append(a.open, openAlternative{depth: len(x.starts)})
		return false
	}
	if len(a.open) == 0 || len(x.starts) != a.open[len(a.open)-1].depth+1 {
		return false
	}

	branch := &a.open[len(a.open)-1]
	take := !branch.taken
	if string(x.name) == "Choice" {
		take = take && a.known(x.attribute("Requires"))
	}
	branch.taken = branch.taken || take
	return !take
}

// known tells whether Excel knows all of some namespaces, which are given by their prefixes.
func (a *alternatives) known(prefixes []byte) bool {
	all := bytes.Fields(prefixes)
	for _, prefix := range all {
		if !bytes.HasPrefix([]byte(a.namespaces[string(prefix)]), []byte("http://schemas.microsoft.com/office/")) {
			return false
		}
	}
	return len(all) > 0
}
