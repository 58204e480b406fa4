package mapping

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

var (
	errEmpty    = errors.New("is empty")
	errNoResult = errors.New("is a formula whose result is not stored in the file; open it in Excel and save it again")
)

// kindError tells why a cell that is neither text nor a number of a workbook
// cannot be read as what is wanted ("a number", "a date").
func kindError(cell []byte, kind byte, wanted string) error {
	switch kind {
	case KindEmpty:
		return errEmpty
	case KindNoValue:
		return errNoResult
	case KindError:
		return fmt.Errorf("%s is an error that the spreadsheet shows, not %s", inQuotes(cell), wanted)
	}
	names := map[byte]string{
		KindText: "a text", KindNumber: "a number", KindBool: "a yes or no", KindTime: "a time of day",
		KindDuration: "a duration", KindDate: "a date", KindDateTime: "a date",
	}
	return fmt.Errorf("%s is %s, not %s", inQuotes(cell), names[kind], wanted)
}

// inQuotes shows a value in a message: cut when it is long, control
// characters visible.
func inQuotes(value []byte) string {
	const most = 40
	shown, rest := value, value
	for range most {
		_, size := utf8.DecodeRune(rest)
		rest = rest[size:]
	}
	if len(rest) > 0 {
		shown = value[:len(value)-len(rest)]
		return quote(visible(string(shown)) + "…")
	}
	return quote(visible(string(shown)))
}

// problem tells what is wrong with a value: `"12,5x" is not a number`.
func problem(cell []byte, err error) error {
	if err == errEmpty {
		return err
	}
	return fmt.Errorf("%s %w", inQuotes(cell), err)
}
