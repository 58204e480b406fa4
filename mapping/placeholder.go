package mapping

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ableimport/mapping/cell"
	"ableimport/mapping/contact"
	"ableimport/mapping/document"
)

// Able merges visitors by key, permanently: one placeholder in a column of keys turns strangers
// into one person. So a value that names nobody is not a key, and counts as empty.

// keyPlaceholders are the words that people write instead of a key, besides those instead of an id.
var keyPlaceholders = cell.WordSet("anonymous", "anonym", "anonyme", "guest", "gast", "dummy",
	"not provided", "not given",
	"none provided", "not found", "noemail", "no-email", "no_email", "no email", "nomail",
	"no-mail", "no mail", "no phone", "no-phone", "nophone", "no customer", "walk-in", "walk in",
	"walkin", "walk-in customer", "walk in customer", "object object", "deleted", "redacted",
	"hidden", "masked", "private", "invalid", "test", "keine e-mail", "keine email", "keine angabe",
	"not-set", "not_set", "not-provided", "not_provided", "xxx", "xxxx", "xxxxx",
	"laufkunde", "laufkundschaft", "barverkauf", "barkunde", "cash customer", "cash sale",
	"counter sale", "consumidor final", "publico en general", "público en general",
	"client comptoir", "client de passage", "guest checkout", "guest customer", "guest user",
	"pos customer", "web customer", "retail customer", "default customer", "test customer",
	"unknown customer", "cash", "various", "sundry", "sundry customer", "one-time customer",
	"one time customer", "einmalkunde", "cpd", "cpd-kunde", "privatkunde", "endkunde", "diverse",
	"diverse kunden", "kasse", "kassenkunde", "nicht angegeben", "n.n", "invité", "invite",
	"client divers",
	"particulier", "anonimo", "anónimo", "anônimo", "cliente final", "cliente generico",
	"cliente genérico", "clientes varios", "cliente ocasional", "cliente anonimo",
	"cliente anónimo",
	"ospite", "cliente occasionale", "convidado", "anoniem", "losse verkoop", "losse klant",
	"passant", "gość", "gosc", "klient detaliczny", "klient anonimowy", "kontantkund",
	"kontantkunde", "kontant", "anonym kund", "host", "vieras", "misafir", "perakende müşteri",
	"розничный покупатель", "частное лицо", "гость", "аноним", "散客", "匿名", "游客", "ゲスト",
	"匿名希望", "비회원", "익명")

// What comes before the @ of addresses that are nobody's.
const (
	nobodys   = 1 + iota
	ofTests   // if the domain also begins with test, or with the same word
	ofAnybody // if the domain is one that no mail goes to
)

// emailPlaceholders are compared by their small letters and digits: no-reply is noreply.
var emailPlaceholders = kindsOf(map[int]string{
	nobodys: "noemail nomail noemailprovided noemailaddress nomailaddress noaddress none " +
		"null nil na nan noreply donotreply dontreply undefined unknown anonymous anonym nobody " +
		"noone notprovided notavailable notset nocontact invalid missing blank empty dummy guest " +
		"keine keineemail keinemail ohneemail unbekannt sinemail sincorreo pasdemail inconnu " +
		"geenemail onbekend",
	ofTests:   "test tester testing asdf qwerty xxx foo",
	ofAnybody: "email mail customer kunde user info client buyer",
})

func kindsOf(words map[int]string) map[string]int {
	kinds := map[string]int{}
	for kind, all := range words {
		for _, word := range strings.Fields(all) {
			kinds[word] = kind
		}
	}
	return kinds
}

// longestLocal is longer than any of them.
const longestLocal = 20

// noMailDomains are beginnings of domains that no mail goes to.
var noMailDomains = cell.WordSet("noemail", "nomail", "none", "null", "na", "noreply",
	"invalid", "unknown")

// phonePlaceholders are digits that people type where a form wants a phone number.
var phonePlaceholders = cell.WordSet("1234567890", "0123456789", "123456789", "012345678")

// visitors is what a mapping says about keys that name nobody, or many.
type visitors struct {
	placeholders []string // more values that are not keys; * matches any text
	allow        []string // taken as keys, however many customers share them
}

func (r *reader) visitors(n *document.Node) {
	v := &r.config.visitors
	values := func(what string, to *[]string) func(*document.Node) {
		return func(n *document.Node) {
			for _, text := range r.Texts(n, what) {
				text = strings.ToLower(strings.TrimSpace(text))
				if strings.Trim(text, "*") == "" {
					r.Problem(n.Place, "%s: expected a value, or a part of one with * for the "+
						"rest, such as \"*@guests.example\"", what)
					continue
				}
				*to = append(*to, text)
			}
		}
	}
	r.Object(n, "visitors", document.Keys{
		"placeholders": values("placeholders", &v.placeholders),
		"allow":        values("allow", &v.allow),
	})
}

// namesNobody reports whether the mapping says which values are not keys: a quick look does not know.
func (m *Mapper) namesNobody() bool { return len(m.config.visitors.placeholders) > 0 }

// allows reports whether the mapping says that a value is a key, whatever it looks like.
func (v *visitors) allows(text []byte) bool { return len(v.allow) > 0 && matchesAny(v.allow, text) }

func matchesAny(patterns []string, text []byte) bool {
	lower := strings.ToLower(string(cell.TrimPersonal(text)))
	dialled := ""
	if cell.LooksLikePhone(lower) || cell.AllDigits([]byte(strings.TrimPrefix(lower, "+"))) {
		dialled = dialSigns.Replace(lower)
	}
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		return matchesStars(pattern, lower) || dialled != "" &&
			dialSigns.Replace(pattern) == dialled
	})
}

var dialSigns = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "/", "", ".", "")

// matchesStars compares a text with a pattern in which * matches any text.
func matchesStars(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	last := len(parts) - 1
	if last == 0 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}

	text = text[len(parts[0]):]
	for _, part := range parts[1:last] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}

	return strings.HasSuffix(text, parts[last])
}

// What bytes of keys show.
const (
	digitOfKey = 1 << iota // 1 to 9, as in most keys, and in no word of the lists
	oddOfKey               // an @, an apostrophe, a star, a blank or beyond ASCII
)

var keyBytes = func() (all [256]byte) {
	for digit := '1'; digit <= '9'; digit++ {
		all[digit] = digitOfKey
	}
	for b := range all {
		if b <= ' ' || b >= utf8.RuneSelf || strings.IndexByte("@'*", byte(b)) >= 0 {
			all[b] = oddOfKey
		}
	}
	return all
}()

// isUsualKey knows most keys that are neither addresses nor phone numbers in one pass: ASCII, with
// a digit from 1 to 9. Others may be keys as well.
func isUsualKey(text []byte) bool {
	bits := byte(0)
	for _, b := range text {
		bits |= keyBytes[b]
	}
	return bits == digitOfKey && string(text) != "-1"
}

// isNoKey reports a value that is written instead of a key.
func (v *visitors) isNoKey(of target, text []byte) bool {
	text = cell.TrimPersonal(text)
	switch {
	case v.allows(text):
		return false
	case len(v.placeholders) > 0 && matchesAny(v.placeholders, text):
		return true
	}

	at := bytes.LastIndexByte(text, '@')
	switch {
	case at > 0:
		return isNobodys(text, at)
	case isMasked(text, at == 0):
		return true
	case of == targetPhone && isNobodysPhone(text):
		return true
	}
	return isNoKeyWord(text)
}

// isNobodys reports an e-mail address, with its @ there, that is hidden in part or names nobody.
func isNobodys(text []byte, at int) bool {
	return isMasked(text, true) || isNobodysEmail(text[:at], text[at+1:])
}

// isNoKeyWord reports a word for nobody, only signs, only zeros (including the nil UUID), and the
// same after the prefix of an integration: stripe:null.
func isNoKeyWord(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	for _, letter := range text {
		if '1' <= letter && letter <= '9' { // as in most keys, and in no word of the lists
			return string(text) == "-1"
		}
	}
	if isNothing(text) || isGap(text) {
		return true
	}
	if before, rest, found := bytes.Cut(text, []byte(":")); found && isPrefix(before) {
		return isNoKeyWord(cell.Trim(rest))
	}

	if len(text) > 2*longestPlaceholder {
		return false
	}
	word := bytes.TrimFunc(text,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if placeholders[string(word)] || keyPlaceholders[string(word)] || string(text) == `\N` {
		return true
	}

	lower := strings.ToLower(string(word))
	return placeholders[lower] || keyPlaceholders[lower] || strings.Trim(lower, "f-") == "" &&
		len(lower) >= 32
}

// isNothing reports a text without letters and without digits other than 0.
func isNothing(text []byte) bool {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r != '0' && (r == utf8.RuneError || unicode.IsLetter(r) || unicode.IsDigit(r) ||
			unicode.IsMark(r)) {
			return false
		}
		i += size
	}
	return true
}

func isPrefix(text []byte) bool {
	for _, c := range text {
		if !cell.IsLetter(c) && c != '_' && c != '-' {
			return false
		}
	}
	return len(text) > 1
}

// isMasked reports a value that an exporter has partly hidden: a***@example.com, ****1234, ann•••.
func isMasked(text []byte, isEmail bool) bool {
	if isEmail && isCrossed(text) {
		return true
	}
	if star := bytes.IndexByte(text, '*'); star >= 0 &&
		(isEmail || bytes.HasPrefix(text[star+1:], []byte("*"))) {
		return true
	}
	return bytes.IndexByte(text, "•"[0]) >= 0 &&
		(bytes.Contains(text, []byte("••")) || bytes.Contains(text, []byte("●●")))
}

// isCrossed reports an address whose letters are all x: xxxxx@xxxx.xxx.
func isCrossed(text []byte) bool {
	return len(text) > len("x@x.xx") && cell.Upper(text[0]) == 'X' &&
		bytes.EqualFold(text[:3], []byte("xxx")) &&
		len(bytes.Trim(text, "xX@.")) == 0
}

func isNobodysEmail(local, domain []byte) bool {
	if plus := bytes.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	for i := len(local) - 1; i >= 0; i-- { // at the end of many addresses, and in no word
		if '1' <= local[i] && local[i] <= '9' {
			return false
		}
	}

	var buffer [longestLocal]byte
	word, fits := squash(buffer[:0], local)
	if !fits {
		return false
	}
	kind := emailPlaceholders[string(word)]
	if kind == 0 {
		return isNothing(local)
	}

	first, _, _ := bytes.Cut(domain, []byte("."))
	of, fits := squash(buffer[len(word):len(word)], first)
	switch {
	case kind == nobodys:
		return true
	case !fits:
		return false
	case kind == ofTests:
		return bytes.HasPrefix(of, []byte("test")) || bytes.Equal(of, word) ||
			noMailDomains[string(of)]
	}

	return noMailDomains[string(of)]
}

// squash adds the ASCII letters, as small ones, and digits of a text. It is false if there are
// many.
func squash(to, text []byte) ([]byte, bool) {
	for _, c := range text {
		switch {
		case len(to) == cap(to) || c >= utf8.RuneSelf:
			return to, false
		case 'A' <= c && c <= 'Z':
			to = append(to, c+'a'-'A')
		case cell.IsLetter(c) || cell.IsDigit(c):
			to = append(to, c)
		}
	}
	return to, true
}

// isNobodysPhone reports a number of one repeated digit, and digits that people type in a row.
func isNobodysPhone(text []byte) bool {
	var buffer [longestPlaceholder]byte
	digits := buffer[:0]
	for _, c := range text {
		switch {
		case cell.IsDigit(c) && len(digits) < cap(digits):
			digits = append(digits, c)
		case bytes.IndexByte([]byte("-+. /()"), c) < 0:
			return false
		}
	}

	return len(digits) == 0 || phonePlaceholders[string(digits)] ||
		contact.RepeatsDigit(digits, text[0] == '+')
}
