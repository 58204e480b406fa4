package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// faults say at its field why something that was written was not taken. What was written stays
// there. The zero value has no faults.
type faults struct {
	Texts map[string]string // by the name of the field
	typed url.Values
}

// add notes a fault of a field; the first is told.
func (f *faults) add(field, text string) {
	if f.Texts == nil {
		f.Texts = map[string]string{}
	}
	if f.Texts[field] == "" {
		f.Texts[field] = text
	}
}

// Any reports whether there are some.
func (f *faults) Any() bool { return f != nil && len(f.Texts) > 0 }

// AnyOf reports whether a field has one whose name begins so.
func (f *faults) AnyOf(beginnings ...string) bool {
	if f == nil {
		return false
	}
	for field := range f.Texts {
		if slices.ContainsFunc(beginnings,
			func(b string) bool { return strings.HasPrefix(field, b) }) {
			return true
		}
	}
	return false
}

// A fault is what is wrong with one field.
type fault struct{ ID, Text string }

// At is the fault of a field; nil if it has none.
func (f *faults) At(field string) *fault {
	if f == nil || f.Texts[field] == "" {
		return nil
	}
	return &fault{faultID(field), f.Texts[field]}
}

// controlID is the id of a field's control, which a browser scrolls to.
func controlID(field string) string {
	if currency, ok := strings.CutPrefix(field, "total."); ok {
		return "total-" + currency
	}
	return cmp.Or(map[string]string{"row": "aside-row", "mapping": "saved",
		"target": "target"}[field], field)
}

func faultID(field string) string { return "fault-" + url.PathEscape(field) }

// Attr tells screen readers that a field has a fault. The ids of other remarks come along.
func (f *faults) Attr(field string, others ...string) template.HTMLAttr {
	described, invalid := "", ""
	if f.At(field) != nil {
		described, invalid = faultID(field), ` aria-invalid="true"`
	}
	for _, other := range others {
		described += " " + other
	}
	if described == "" {
		return ""
	}

	// names are the page's own
	return template.HTMLAttr(`aria-describedby="` + template.HTMLEscapeString(described) +
		`"` + invalid)
}

// Was is what somebody wrote into a field, otherwise its value.
func (f *faults) Was(field, otherwise string) string {
	if f == nil || !f.typed.Has(field) {
		return otherwise
	}
	return f.typed.Get(field)
}

// refuse goes back to the form of a page that holds a field, which tells why what was written was
// not taken. The script that uploads shows the answer itself.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, o *openImport, page, field string,
	err error) {
	text := sentence(err)
	if r.Header.Get("Accept") == "application/json" {
		s.problem(w, http.StatusBadRequest, "This was not accepted", text)
		return
	}
	o.mu.Lock()
	o.faults = &faults{typed: r.PostForm}
	o.faults.add(field, text)
	o.mu.Unlock()
	http.Redirect(w, r, "/import/"+o.id+"/"+page+"#"+controlID(field), http.StatusSeeOther)
}

// takeFaults are those that are told now, once.
func (o *openImport) takeFaults() *faults {
	f := o.faults
	o.faults = nil
	return f
}
