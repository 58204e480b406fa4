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
