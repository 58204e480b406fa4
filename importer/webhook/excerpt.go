package webhook

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// masked replaces a secret.
const masked = "***"

const excerptLength = 300 // characters

var (
	emailPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}\-]+(\.[\p{L}\p{N}\-]+)+`)
	})
	phonePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\+[0-9][0-9 ()./\-]{6,}[0-9]`)
	})
)

// mask hides secrets and personal data in what receivers and errors say.
type mask struct {
	secrets  []string
	pairs    []string          // each secret, and what replaces it
	replacer *strings.Replacer // nil: no secrets
}

// newMask hides secrets and the values of header, in the ways in which a receiver may echo them.
// Very short ones are not masked: masking every "1" would hide the answer and not the secret.
func newMask(secrets []string, header http.Header) mask {
	const leastSecret, leastValue = 4, 8
	var m mask
	for _, secret := range secrets {
		m.hide(secret, leastSecret)
	}

	for _, values := range header {
		for _, value := range values {
			m.hide(value, leastValue)
			if _, token, ok := strings.Cut(value, " "); ok { // Bearer TOKEN
				m.hide(token, leastValue)
			}
		}
	}

	if len(m.secrets) > 0 {
		m.replacer = strings.NewReplacer(m.pairs...)
	}
	return m
}

func (m *mask) hide(secret string, least int) {
	if len(secret) < least {
		return
	}
	m.secrets = append(m.secrets, secret)
	m.pairs = append(m.pairs, secret, masked)
	if quoted := strings.Trim(strconv.Quote(secret), `"`); quoted != secret {
		m.secrets = append(m.secrets, quoted)
		m.pairs = append(m.pairs, quoted, masked)
	}
}

func (m mask) text(s string) string {
	if m.replacer != nil {
		s = m.replacer.Replace(s)
	}
	if strings.Contains(s, "@") {
		s = emailPattern().ReplaceAllString(s, masked)
	}
	if strings.Contains(s, "+") {
		s = phonePattern().ReplaceAllString(s, masked)
	}
	return s
}

// excerpt makes the beginning of an answer safe to print. Whole is false when body is only a part
// of the answer: then a secret that is cut off at the end is left out too.
func (m mask) excerpt(body []byte, whole bool) string {
	if len(body) == 0 {
		return ""
	}
	text := string(body)
	if !whole {
		text = m.cutPartial(text)
	}
	return visible(m.text(text), excerptLength)
}

// cutPartial removes an end of s that may be the beginning of a secret, an e-mail or a phone
// number.
func (m mask) cutPartial(s string) string {
	for _, secret := range m.secrets {
		for n := min(len(secret)-1, len(s)); n > 0; n-- {
			if strings.HasSuffix(s, secret[:n]) {
				s = s[:len(s)-n]
				break
			}
		}
	}

	if i := strings.LastIndexAny(s, " \t\r\n\"',:;{}[]<>"); i >= 0 && len(s)-i < 100 {
		s = s[:i]
	}
	return s
}

// visible writes s in at most limit characters, runs of white space as one space, and what a
// terminal would obey or hide (control, bidirectional and format characters) as an escape.
func visible(s string, limit int) string {
	if len(s) <= limit && isPlain(s) {
		return s
	}

	var out strings.Builder
	space := false
	for len(s) > 0 && limit > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == ' ' || r == '\t' || r == '\r' || r == '\n':
			space = out.Len() > 0
			s = s[size:]
			continue
		case space:
			out.WriteByte(' ')
			space = false
			limit--
		}

		switch {
		case r == utf8.RuneError && size == 1:
			out.WriteString(`\x` + strconv.FormatUint(uint64(s[0]), 16))
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
		limit--
		s = s[size:]
	}

	if strings.TrimSpace(s) != "" {
		out.WriteString("…")
	}
	return out.String()
}

// isPlain says whether visible would not change s: the usual case.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return false
		}
	}
	return true
}
