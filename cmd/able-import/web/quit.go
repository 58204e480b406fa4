package web

import (
	"net/http"
	"slices"
)

// end ends the program, as closing its window does. While something is being sent it asks first.
func (s *server) end(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	imports := slices.Clone(s.imports)
	s.mu.Unlock()

	sending := 0
	for _, o := range imports {
		o.mu.Lock()
		if o.run != nil && !o.run.over() {
			sending++
		}
		o.mu.Unlock()
	}

	if sending > 0 && r.FormValue("sure") == "" {
		s.render(w, http.StatusConflict, "quit", page{Title: "Quit", Body: true})
		return
	}

	s.render(w, http.StatusOK, "quit", page{Title: "Ended", Bare: true, Body: false})
	s.watching.Add(1) // the page still asks for its stylesheet
	s.quit()
}
