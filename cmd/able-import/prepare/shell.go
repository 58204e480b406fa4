package prepare

import (
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// plainWord is what every shell takes without quotes.
var plainWord = regexp.MustCompile(`^[\pL\pN_./:@%+,-][\pL\pN_./:@%+=,-]*$`)

// ShellWord writes a word so that a shell takes it as one, with nothing in it that cannot be seen:
// what is not to be seen is written as bash, zsh and ksh read it.
func ShellWord(word string) string {
	switch {
	case runtime.GOOS == "windows":
		return windowsWord(word)
	case plainWord.MatchString(word):
		return word
	case strings.ContainsFunc(word, func(r rune) bool { return !strconv.IsPrint(r) }) ||
		strings.ContainsRune(word, '\ufffd'):
		return "$'" + escaped(word) + "'"
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// plainOnWindows is what cmd and PowerShell take without quotes.
var plainOnWindows = regexp.MustCompile(`^[\pL\pN_.:/\\+-][\pL\pN_.:/\\+=-]*$`)

// windowsWord writes a word that cmd and PowerShell take as one. In double quotes, which no name
// has, both take all but what PowerShell reads in there: then the word is written for PowerShell,
// in single quotes. Typographic quotes count as quotes in PowerShell, too.
func windowsWord(word string) string {
	switch {
	case plainOnWindows.MatchString(word):
		return word
	case strings.ContainsAny(word, "$`\u201c\u201d\u201e"):
		var out strings.Builder
		for _, r := range word {
			if strings.ContainsRune("'\u2018\u2019\u201a\u201b", r) {
				out.WriteRune(r)
			}
			out.WriteRune(r)
		}
		return "'" + out.String() + "'"
	case strings.HasSuffix(word, `\`): // before a quote it would mask that
		return `"` + word + `\"`
	}

	return `"` + word + `"`
}

// escaped writes bytes that are not printable, or not text, by their numbers.
func escaped(word string) string {
	var out strings.Builder
	for i, r := range word {
		switch size := len(string(r)); {
		case r == '\\' || r == '\'':
			out.WriteString(`\` + string(r))
		case r == '\ufffd' && !strings.HasPrefix(word[i:], "\ufffd"):
			out.WriteString(octal(word[i : i+1]))
		case !strconv.IsPrint(r):
			out.WriteString(octal(word[i : i+size]))
		default:
			out.WriteRune(r)
		}
	}

	return out.String()
}

func octal(bytes string) (escapes string) {
	for _, b := range []byte(bytes) {
		escapes += `\` + strconv.FormatInt(int64(b)|1<<9, 8)[1:]
	}
	return escapes
}

// FileWord is [ShellWord] for a file's name, which must not be taken for a flag or for standard
// input.
func FileWord(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return ShellWord(path)
}
