package history

import (
	"strings"
	"testing"
)

// A hash in a damaged file, of whatever length, is an error: nothing is guessed, and nothing breaks.
func TestHashesOfOtherLengths(t *testing.T) {
	good := strings.Repeat("0a", 16)
	for _, id := range []string{"", "0a", good[:31], good + "0", good + "0a", good + good + "0a",
		strings.Repeat("x", 32)} {
		h := Held{ID: id, Body: good, Value: "1"}
		if _, err := h.Event(); err == nil || !strings.Contains(err.Error(), "is not a hash") {
			t.Errorf("a held event with the id %q: %v", id, err)
		}
		if _, err := ReadBacklog(t.TempDir(), good+id); err == nil {
			t.Errorf("the target %q has a backlog", good+id)
		}
	}
	h := Held{ID: good, Body: good, Value: "1"}
	if event, err := h.Event(); err != nil || event.ID[15] != 10 {
		t.Errorf("%+v, %v", event, err)
	}
}
