package mapping

type dateOrder byte

func (when *civil) scanProved(text []byte, order dateOrder) error { return errNotDate }
