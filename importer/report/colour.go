package report

import "strings"

// The colours of a terminal, by what they say.
const (
	good     = "\x1b[32m"
	doubtful = "\x1b[33m"
	bad      = "\x1b[31m"
	strong   = "\x1b[1m"
	usual    = "\x1b[0m"
)

var stateColours = [states]string{
	Delivered: good, Changed: doubtful, Rejected: bad, Unknown: doubtful, NotSent: doubtful,
	Invalid: bad,
}

// in colours a text where colours are wanted.
func (p Page) in(colour, text string) string {
	if !p.Colour || colour == "" {
		return text
	}
	return colour + text + usual
}

// uncoloured removes our own colours. A file's own cannot be here: Visible has escaped them.
func uncoloured(s string) string {
	if !strings.Contains(s, "\x1b") {
		return s
	}
	return strings.NewReplacer(good, "", doubtful, "", bad, "", strong, "", usual, "").Replace(s)
}
