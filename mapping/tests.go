package mapping

type test struct{ place }

func (r *reader) tests(n *node) {}
