package web

import (
	"net/http"
	"slices"
)

// end ends the program, as closing its window does. While something is being sent it asks first.
func (s *server) end(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	works := slices.Clone(s.works)
	s.mu.Unlock()

	sending := 0
	for _, work := range works {
		work.mu.Lock()
		if work.run != nil && !work.run.over() {
			sending++
		}
		work.mu.Unlock()
	}

	if sending > 0 && r.FormValue("sure") == "" {
		s.render(w, http.StatusConflict, "quit", page{Title: "Quit", Body: true})
		return
	}

	s.render(w, http.StatusOK, "quit", page{Title: "Ended", Bare: true, Body: false})
	s.quit()
}
