package importer

import (
	"bytes"
	"fmt"
	"slices"

	"ableimport/importer/history"
	"ableimport/importer/identity"
	"ableimport/importer/ledger"
	"ableimport/importer/report"
	"ableimport/mapping"
)

// A mapping under another name gives the same events other ids, and the ledger would not know them.
// So some events of each input are also looked up under the ledger's other namespaces: a namespace
// that has the same ids with the same event type, currency and amount most likely means the same
// events.

// sampled is how many events of an input are looked up: those whose ids have the lowest hashes, a
// fair choice that is always the same for an input.
const sampled = 128

// An idSample is some events of one input, by id.
type idSample struct {
	input  uint16
	events []sampledEvent
}

type sampledEvent struct {
	own   [16]byte
	value uint64
	kind  string
	id    []byte // id values, or the body's hash where the content is the id
}

// add takes an event that is mapped.
func (s *idSample) add(n *noted) {
	if len(s.events) == sampled &&
		bytes.Compare(n.Identity.ID[:], s.events[sampled-1].own[:]) >= 0 {
		return
	}
	at, found := slices.BinarySearchFunc(s.events, n.Identity.ID,
		func(e sampledEvent, id [16]byte) int { return bytes.Compare(e.own[:], id[:]) })
	if found {
		return
	}

	e := sampledEvent{own: n.Identity.ID, value: n.Value, kind: n.kind, id: bytes.Clone(n.id)}
	s.events = slices.Insert(s.events, at, e)
	s.events = s.events[:min(len(s.events), sampled)]
}

// checkNamespaces finds inputs most of whose events the ledger knows under another namespace.
func (d *decider) checkNamespaces() error {
	opened := d.ledger
	if opened == nil || d.contentIDs {
		return nil
	}
	others, err := otherNamespaces(opened, d.im.job.Mapping.Namespace)
	if err != nil {
		return err
	}

	for _, s := range d.samples {
		own, err := s.known(opened, d.im.identifier())
		if err != nil {
			return err
		}

		for _, namespace := range others {
			n := d.im.identifier()
			n.Namespace = namespace
			known, err := s.known(opened, n)
			if err != nil {
				return err
			}
			if known > own && 2*known > len(s.events) {
				d.foreign(s, namespace, known)
				break
			}
		}
	}

	return nil
}

// maxNamespaces bounds how many are tried, the latest first.
const maxNamespaces = 16

func otherNamespaces(l *ledger.Ledger, own string) (others []string, err error) {
	for run, err := range l.Runs() {
		if err != nil {
			return nil, err
		}
		if run.Namespace == own {
			continue
		}
		others = slices.DeleteFunc(others, func(name string) bool { return name == run.Namespace })
		others = append(others, run.Namespace)
	}

	slices.Reverse(others)
	return others[:min(len(others), maxNamespaces)], nil
}

// known counts the events of the sample that the ledger has under the identifier's namespace, as
// they are here.
func (s *idSample) known(l *ledger.Ledger, n identity.Identifier) (known int, err error) {
	type asked struct {
		id    [16]byte
		value uint64
	}

	ids := make([]asked, len(s.events))
	for i := range s.events {
		e := &s.events[i]
		ids[i] = asked{n.Identify(&mapping.Event{Type: e.kind, ID: e.id}).ID, e.value}
	}

	slices.SortFunc(ids, func(a, b asked) int { return bytes.Compare(a.id[:], b.id[:]) })
	cursor := l.Lookup()
	for _, a := range ids {
		k, found, err := cursor.Find(a.id)
		if err != nil {
			return 0, err
		}
		if found && k.Value == a.value {
			known++
		}
	}

	return known, nil
}

func (d *decider) foreign(s *idSample, namespace string, known int) {
	in := d.im.inputs[s.input]
	message := fmt.Sprintf("%d of %d events looked up are known to this target under the "+
		"namespace %q, and this mapping says %q",
		known, len(s.events), namespace, d.im.job.Mapping.Namespace)
	d.plan.Problems.Add(report.Incident{Code: "other_namespace", Warning: true, File: in.name,
		Message: message})

	if d.plan.foreign == "" {
		d.plan.KnownAs = namespace
		d.plan.foreign = fmt.Sprintf("%s: %s.\nIf they are the same, write in the mapping:\n  "+
			"namespace: %s\nIf they are different sales with the same ids and amounts, use "+
			"--plan %s. Nothing was sent.",
			report.Visible(in.name), report.Visible(message), report.Visible(namespace),
			d.plan.ShortID())
	}
}

// CheckNamespaces refuses a plan if most of its events are known under another namespace: they
// would be sent again.
func (p *Plan) CheckNamespaces() error {
	if p.foreign == "" {
		return nil
	}
	return &history.RefusedError{Reason: p.foreign}
}
