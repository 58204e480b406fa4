package web

import (
	"net/http"

	"github.com/xuri/excelize/v2"
)

// templateHeadings are those that a draft knows without a question.
var templateHeadings = []any{"Invoice", "Paid on", "Total", "Currency", "Customer e-mail"}

// template gives an empty export to fill in: for whoever keeps sales by hand. It has no example
// row, since that might be sent.
func (s *server) template(w http.ResponseWriter, _ *http.Request) {
	book := excelize.NewFile()
	defer book.Close()
	sheet := book.GetSheetName(0)
	err := book.SetSheetRow(sheet, "A1", &templateHeadings)
	if err == nil {
		err = book.SetColWidth(sheet, "A", "E", 18)
	}
	if err != nil {
		s.problem(w, http.StatusInternalServerError, "The template could not be made",
			sentence(err))
		return
	}

	attach(w, "sales-template.xlsx")
	book.Write(w)
}
