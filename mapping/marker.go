package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"ableimport/mapping/document"
)

// marker reads the name in custom_data under which the body has the event's own stable id.
func (r *reader) marker(n *document.Node) {
	name, found := strings.CutPrefix(r.Text(n, "marker"), "custom_data.")
	if !found || strings.TrimSpace(name) == "" {
		r.Problem(n.Place, "marker: expected a name in custom_data, such as custom_data.import_id")
		return
	}
	r.config.marker, r.config.markerPlace = name, n.Place
}

// checkMarker checks what only the whole mapping shows.
func (r *reader) checkMarker() {
	c := r.config
	if c.marker == "" {
		return
	}

	taken := slices.ContainsFunc(c.fields.custom,
		func(s *spec) bool { return s.name == "custom_data."+c.marker })
	switch {
	case c.content:
		r.Problem(c.markerPlace, "marker: the event's content is its id here, and the marker "+
			"would be a part of the content; name columns under id:")
	case taken && !c.received:
		r.Problem(c.markerPlace, "marker: custom_data has a field %s already; give the marker "+
			"another name", c.marker)
	case !taken && c.received:
		r.Problem(c.markerPlace, "marker: say under custom_data which column has it: custom_data: "+
			"{%s: ...}", c.marker)
	}
}

// AppendIdentity adds what identifies an event: its type, its namespace and its id values. The
// first 16 bytes of its SHA-256 are the event's stable id.
func AppendIdentity(dst []byte, kind, namespace string, values []byte) []byte {
	dst = append(append(dst, kind...), 0)
	dst = append(append(dst, namespace...), 0)
	return append(dst, values...)
}

// appendCustom adds custom_data, with the marker if the mapping wants one.
func (m *Mapper) appendCustom(dst []byte) []byte {
	c, e := m.config, m.event
	if c.marker == "" || c.received {
		dst = m.appendObject(dst, customName, m.custom)
		m.readMarker()
		return dst
	}

	dst = customName.appendTo(dst)
	first := len(dst)
	dst = m.appendFree(dst, m.custom)

	m.identity = AppendIdentity(m.identity[:0], e.Type, c.Namespace, e.ID)
	sum := sha256.Sum256(m.identity)
	dst = hex.AppendEncode(m.markerName.appendTo(dst), sum[:16])
	return appendEnd(append(dst, '"', ','), first, '}')
}

// readMarker finds the marker in a row of the receiver's own export.
func (m *Mapper) readMarker() {
	if m.config.marker == "" {
		return
	}
	for _, f := range m.custom {
		if f.spec.name == "custom_data."+m.config.marker {
			text, _ := m.text(f)
			m.event.Marker = append(m.event.Marker, text...)
		}
	}
}
