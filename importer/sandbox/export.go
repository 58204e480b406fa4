package sandbox

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"time"
)

// exportHead are the headings of the server's export: the order, its money, when it was received,
// and the import_id of its custom_data. It contains nothing about a person.
var exportHead = []string{
	"order_id", "event_type", "deal_value", "deal_currency", "received_at", "import_id",
}

func exportLine(event *Event, at time.Time) []byte {
	return csvLine([]string{
		event.OrderID, event.Type, event.Value, event.Currency, at.Format(time.RFC3339),
		event.ImportID,
	})
}

func csvLine(cells []string) []byte {
	var line bytes.Buffer
	w := csv.NewWriter(&line)
	w.Write(cells) // a buffer takes everything
	w.Flush()
	return line.Bytes()
}

// Export is what the server has processed, as CSV: in order of arrival, and twice if it came twice.
func (s *Server) Export() []byte {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	text := csvLine(exportHead)
	for i := range s.record.events {
		text = append(text, exportLine(&s.record.events[i], s.record.times[i])...)
	}
	return text
}

func (s *Server) serveExport(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Write(s.Export())
}
