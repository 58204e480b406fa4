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
