package document

import (
	"runtime"
	"strings"
	"testing"
)

// Whatever is repeated in a mapping file, it is refused in little time and memory.
func TestReadYAMLIsBounded(t *testing.T) {
	for _, unit := range []string{
		"[", "{", "{a: ", "[a, ", "- ", "-  ", "? ", "! ", "- ! ", "&a ", "&a [", "! [", "- - ",
		"- [", "? [", "a: [", "\"a\": {", "[\n", "-\n", "[ # ]\n", "[ # ]]]]]]]]\n", "[ ']'\n",
		"*a ", "a: ", "| ", "---\n",
	} {
		t.Run(unit, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			source := []byte(strings.Repeat(unit, 200_000/len(unit)))
			if _, err := New("deep.yaml", source).ReadYAML(source); err == nil && unit != "-\n" {
				t.Error("it was read")
			}
			runtime.ReadMemStats(&after)
			if megabytes := (after.TotalAlloc - before.TotalAlloc) >> 20; megabytes > 300 {
				t.Errorf("it took %d MB", megabytes)
			}
		})
	}
}

// What people write is far below the limit.
func TestReadYAMLTakesUsualDepth(t *testing.T) {
	source := []byte(strings.Repeat("[", 50) + strings.Repeat("]", 50) +
		"\n# - - - - - - - [[[[[[[[\n")
	if _, err := New("usual.yaml", source).ReadYAML(source); err != nil {
		t.Error(err)
	}
}

// Brackets beside each other are counted, too: the lexer keeps all of them.
func TestReadYAMLCountsBrackets(t *testing.T) {
	for _, pair := range []string{"[]", "{}"} {
		for brackets, wanted := range map[int]string{50_000: "", 50_001: "at most 50000 brackets"} {
			source := []byte(strings.Repeat("# "+pair+"\n", brackets-1) + "a: " + pair + "\n")
			_, err := New("wide.yaml", source).ReadYAML(source)
			if wanted == "" && err != nil ||
				wanted != "" && (err == nil || !strings.Contains(err.Error(), wanted)) {
				t.Errorf("%d of %s: %v, want %q", brackets, pair, err, wanted)
			}
		}
	}
}
