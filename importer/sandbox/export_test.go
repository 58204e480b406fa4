package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// The server's own export has each event as often as it was processed, and nothing about a person.
func TestExport(t *testing.T) {
	var file bytes.Buffer
	s, err := Start(Options{Export: &file})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		answer, err := http.Post(s.URL(), "application/json",
			strings.NewReader(`{"funnel_mark":"m","event_type":"Purchase","resource":`+
				`{"order_id":"A,1","deal_value":12.50,"deal_currency":"EUR","keys":{"email":"ann@example.com"},"custom_data":{"import_id":"abc"}}}`))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	answer, err := http.Get(strings.Replace(s.URL(), "/uip-events/event", "/export", 1))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	s.Close()
	want := regexp.MustCompile(
		`^order_id,event_type,deal_value,deal_currency,received_at,import_id\n("A,1",Purchase,12.50,EUR,\d{4}-\S+Z,abc\n){2}$`)
	if !want.Match(text) || !bytes.Equal(text, file.Bytes()) {
		t.Errorf("the export is\n%s\nand the file\n%s", text, file.Bytes())
	}
}
