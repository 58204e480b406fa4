package mapping

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
)

// limitText bounds the text that an expression makes, and limitParts the list
// that split gives: replace and join could multiply them without end.
const (
	limitText  = 100_000
	limitParts = 1000
)

// textFunctions are the functions on text that an expression has beside those
// of the language.
func textFunctions() []expr.Option {
	type twoTexts = func(string, string) string
	return []expr.Option{
		expr.Function("before", func(p ...any) (any, error) {
			head, _, _ := strings.Cut(p[0].(string), p[1].(string))
			return head, nil
		}, new(twoTexts)),
		expr.Function("after", func(p ...any) (any, error) {
			_, tail, _ := strings.Cut(p[0].(string), p[1].(string))
			return tail, nil
		}, new(twoTexts)),
		expr.Function("replace", replaceText, new(func(string, string, string) string)),
		expr.Function("split", splitText, new(func(string, string) []string)),
		expr.Function("join", joinTexts, new(func([]string, string) string)),
	}
}

func replaceText(p ...any) (any, error) {
	text, old, with := p[0].(string), p[1].(string), p[2].(string)
	if old == "" {
		return text, nil
	}
	return bounded(len(text)+strings.Count(text, old)*len(with), func() string { return strings.ReplaceAll(text, old, with) })
}

func splitText(p ...any) (any, error) {
	text, mark := p[0].(string), p[1].(string)
	if mark == "" {
		return []string{text}, nil
	}
	if strings.Count(text, mark) >= limitParts {
		return nil, fmt.Errorf("the text has more than %d parts", limitParts)
	}
	return strings.Split(text, mark), nil
}

func joinTexts(p ...any) (any, error) {
	parts, mark := p[0].([]string), p[1].(string)
	length := len(parts) * len(mark)
	for _, part := range parts {
		length += len(part)
	}
	return bounded(length, func() string { return strings.Join(parts, mark) })
}

func bounded(length int, text func() string) (any, error) {
	if length > limitText {
		return nil, fmt.Errorf("the text becomes longer than %d bytes", limitText)
	}
	return text(), nil
}
