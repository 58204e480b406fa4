package prepare

import (
	"os/exec"
	"runtime"
	"testing"
)

// bash takes every word as the one that it was.
func TestShellWords(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("words are written for cmd and PowerShell here: see TestWindowsWords")
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	for _, word := range []string{
		"orders.csv", "two words.csv", "it's.csv", `"quoted".csv`, "$HOME.csv", "a`id`.csv",
		"$(id).csv", "a;id.csv", "a&b|c.csv", "{a,b}.csv", "~.csv", "!!.csv", "[a-z]*.csv",
		"=x.csv", "^a.csv", `back\slash.csv`, "line\nbreak.csv", "\x1b[31mred.csv", "tab\t'.csv",
		"\u202egnp.csv", "naïve – 2026.csv", "latin\xe9.csv", "#1.csv", "",
	} {
		got, err := exec.Command(bash, "-c", "printf %s "+ShellWord(word)).Output()
		if err != nil || string(got) != word {
			t.Errorf("%q is written %s, which bash takes for %q (%v)", word,
				ShellWord(word), got, err)
		}
	}
	for word, want := range map[string]string{"orders.csv": "orders.csv", "-": "./-",
		"--yes": "./--yes", "a b": "'a b'"} {
		if got := FileWord(word); got != want {
			t.Errorf("FileWord(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestWindowsWords(t *testing.T) {
	for word, want := range map[string]string{
		"orders.csv":             "orders.csv",
		`C:\in\orders-1.csv`:     `C:\in\orders-1.csv`,
		"--set":                  "--set",
		"currency=EUR":           "currency=EUR",
		"two words.csv":          `"two words.csv"`,
		`C:\in box\`:             `"C:\in box\\"`,
		"":                       `""`,
		"a,b.csv":                `"a,b.csv"`, // two words for PowerShell
		"@orders.csv":            `"@orders.csv"`,
		"a;b&c(d).csv":           `"a;b&c(d).csv"`,
		"50% off^.csv":           `"50% off^.csv"`,
		"{a}.csv":                `"{a}.csv"`,
		"#1.csv":                 `"#1.csv"`,
		"Anna's.csv":             `"Anna's.csv"`,
		"Anna\u2019s export.csv": "\"Anna\u2019s export.csv\"",
		"$HOME.csv":              "'$HOME.csv'",
		"Anna's $.csv":           "'Anna''s $.csv'",
		"\u201ca\u201d.csv":      "'\u201ca\u201d.csv'",
		"\u201ea\u2019.csv":      "'\u201ea\u2019\u2019.csv'",
	} {
		if got := windowsWord(word); got != want {
			t.Errorf("%q is written %s, want %s", word, got, want)
		}
	}
}
