package importer

// feedback is what makes an input of a failures file: the rows of an earlier run, with the cells that people have changed.
type feedback struct {
	origin origin
}

// header are the headings of the rows that the mapping sees.
func (in *input) header() []string {
	if in.feedback != nil {
		return in.feedback.origin.Header
	}
	return in.table.Header()
}

// delimiter is that of the source, which the next failures file gets, too.
func (in *input) delimiter() string {
	if in.feedback != nil {
		return in.feedback.origin.Delimiter
	}
	return in.table.Info().Delimiter
}
