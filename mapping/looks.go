package mapping

// LooksLike says what a text can be read as: "e-mail", "date", "number", or "" for other text. It is for people who look at
// a file: no event goes by it.
func LooksLike(text []byte) string {
	var p profile
	p.look(nil, &cell{text: text, kind: KindText})
	switch {
	case p.emails > 0:
		return "e-mail"
	case p.dates > 0:
		return "date"
	case p.numbers > 0:
		return "number"
	}
	return ""
}
