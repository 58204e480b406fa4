package mapping

import "strings"

// MaskPersonal masks a value that looks like an e-mail address or a phone number, and leaves any other as it is. It is
// for columns that no mapping has given a meaning yet.
func MaskPersonal(value string) string {
	if strings.Contains(value, "@") || looksLikePhone(value) {
		return mask(value)
	}
	return value
}

// looksLikePhone errs on the side of masking: an amount has a point or a comma before its last digits, a date has
// groups in a known order, but "+1 555 010 0100" and "(030) 1234567" have nothing but digits and dial signs.
func looksLikePhone(value string) bool {
	digits := 0
	for _, r := range value {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case !strings.ContainsRune("+()-/. '", r):
			return false
		}
	}
	dialled := strings.ContainsAny(value, "+(") || strings.ContainsRune(value, ' ')
	return digits >= 7 && digits <= 15 && dialled && !strings.Contains(value, ":")
}

// maskStray masks what stands in a column of another kind and is somebody's all the same, as in a row whose cells have
// moved: an e-mail address, a phone number with its plus. Amounts, dates and ids stay as they are, for people have to find them.
func maskStray(value string) string {
	if at := strings.IndexByte(value, '@'); at > 0 && at < len(value)-1 {
		return mask(value)
	}
	if strings.HasPrefix(strings.TrimSpace(value), "+") && looksLikePhone(value) && !strings.ContainsAny(value, ".,") {
		return mask(value)
	}
	return value
}

// maskLabel masks what is somebody's in an id that is put together of several columns: the rest of it still tells events apart.
func maskLabel(label string) string {
	if !strings.Contains(label, "@") {
		return maskStray(label)
	}
	words := strings.Split(label, " ")
	for i := range words {
		words[i] = maskStray(words[i])
	}
	return strings.Join(words, " ")
}

// maskQuoted masks the quoted values of a message that are somebody's.
func maskQuoted(message string) string {
	if !strings.ContainsAny(message, "@+") {
		return message
	}
	parts := strings.Split(message, `"`)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = maskStray(parts[i])
	}
	return strings.Join(parts, `"`)
}
