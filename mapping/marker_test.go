package mapping

import (
	"strings"
	"testing"
)

const markedMapping = `
version: 1
name: shop
event: Purchase
marker: custom_data.import_id
fields:
  order_id: Id
  keys: {client_id: Id}
`

// The marker consists of type, namespace and id only: another amount, or another file, does not
// change it.
func TestMarker(t *testing.T) {
	marker := func(source, id string) string {
		e := mapOne(t, source, "Id|Code", id+"|x")
		_, rest, found := strings.Cut(string(e.Body), `"import_id":"`)
		if !found || len(rest) < 32 {
			t.Fatalf("the event has no marker: %s", e.Body)
		}
		return rest[:32]
	}
	one := marker(markedMapping, "A-1")
	if again := marker(strings.Replace(markedMapping, "client_id: Id", "client_id: Code", 1),
		"A-1"); again != one {
		t.Errorf("the same event has the markers %s and %s", one, again)
	}
	for name, other := range map[string]string{
		"id":        marker(markedMapping, "A-2"),
		"namespace": marker(markedMapping+"namespace: other\n", "A-1"),
		"type":      marker(strings.Replace(markedMapping, "Purchase", "Lead", 1), "A-1"),
	} {
		if other == one {
			t.Errorf("another %s has the same marker", name)
		}
	}
	beside := mapOne(t, markedMapping+"  custom_data: {code: Code}\n", "Id|Code", "A-1|x")
	if want := `"custom_data":{"code":"x","import_id":"` + one +
		`"}`; !strings.Contains(string(beside.Body), want) {
		t.Errorf("the event is %s, want %s", beside.Body, want)
	}
	if plain := mapOne(t, strings.Replace(markedMapping, "marker: custom_data.import_id\n", "", 1),
		"Id|Code", "A-1|x"); strings.Contains(string(plain.Body), "custom_data") {
		t.Errorf("an event has a marker that nobody wants: %s", plain.Body)
	}
}

func TestMarkerMistakes(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"elsewhere": {strings.Replace(markedMapping, "custom_data.import_id", "order_id", 1),
			"expected a name in custom_data"},
		"taken": {markedMapping + "  custom_data: {import_id: Id}\n",
			"has a field import_id already"},
		"content": {markedMapping + "id: content\n", "the event's content is its id here"},
	} {
		if _, err := Parse("m.yaml", []byte(test.source), nil); err == nil ||
			!strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, test.want)
		}
	}
}
