package prepare

import (
	"os/exec"
	"testing"
)

// bash takes every word as the one that it was.
func TestShellWords(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	for _, word := range []string{
		"orders.csv", "two words.csv", "it's.csv", `"quoted".csv`, "$HOME.csv", "a`id`.csv", "$(id).csv", "a;id.csv", "a&b|c.csv", "{a,b}.csv", "~.csv", "!!.csv",
		"[a-z]*.csv", "=x.csv", "^a.csv", `back\slash.csv`, "line\nbreak.csv", "\x1b[31mred.csv", "tab\t'.csv", "\u202egnp.csv", "naïve – 2026.csv", "latin\xe9.csv", "#1.csv", "",
	} {
		got, err := exec.Command(bash, "-c", "printf %s "+ShellWord(word)).Output()
		if err != nil || string(got) != word {
			t.Errorf("%q is written %s, which bash takes for %q (%v)", word, ShellWord(word), got, err)
		}
	}
	for word, want := range map[string]string{"orders.csv": "orders.csv", "-": "./-", "--yes": "./--yes", "a b": "'a b'"} {
		if got := FileWord(word); got != want {
			t.Errorf("FileWord(%q) = %s, want %s", word, got, want)
		}
	}
}
