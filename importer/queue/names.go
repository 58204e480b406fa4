package queue

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// names are what a target's things are called on the server. Another endpoint or funnel mark has
// other names, so its workers never see these events.
type names struct {
	name     string // what they have in common
	events   string // stream
	bucket   string // the ledger, as key-value bucket
	ledger   string // the same, as stream
	consumer string
	subject  string // of the events, up to the id
	target   string // whole hash, in the metadata
}

func namesOf(target [32]byte) names {
	short := hex.EncodeToString(target[:8])
	return names{
		name: short, target: hex.EncodeToString(target[:]),
		events: "able-events-" + short, subject: "able.events." + short + ".",
		bucket: "able-ledger-" + short, ledger: "KV_able-ledger-" + short,
		consumer: "workers",
	}
}

// Keys of the ledger.
const (
	idPrefix  = "id."
	runPrefix = "run."
	teamKey   = "pace.team"
	drainKey  = "pace.drain"

	pausePrefix = "pace.pause."
)

var idText = base64.RawURLEncoding // has only letters that keys and subjects may have

func keyOfID(id Hash) string { return idPrefix + idText.EncodeToString(id[:]) }

func idOfKey(key string) (id Hash, err error) {
	raw, err := idText.DecodeString(strings.TrimPrefix(key, idPrefix))
	if err != nil || len(raw) != len(id) {
		return id, fmt.Errorf("the queue's ledger: %q is not a key of an event", key)
	}
	return Hash(raw), nil
}

// keySubject is the subject under which a key of the ledger is written.
func (n *names) keySubject(key string) string { return "$KV." + n.bucket + "." + key }

func (n *names) keyOf(subject string) string {
	return strings.TrimPrefix(subject, "$KV."+n.bucket+".")
}

// eventSubject names an event and the revision that it builds on: the stream takes each such pair
// once.
func (n *names) eventSubject(id Hash, after uint64) string {
	return n.subject + idText.EncodeToString(id[:]) + "." + strconv.FormatUint(after, 10)
}

func (n *names) parseSubject(subject string) (id Hash, after uint64, err error) {
	text, number, _ := strings.Cut(strings.TrimPrefix(subject, n.subject), ".")
	raw, err := idText.DecodeString(text)
	if err == nil && len(raw) == len(id) {
		after, err = strconv.ParseUint(number, 10, 64)
	}
	if err != nil || len(raw) != len(id) {
		return id, 0, fmt.Errorf("%q is not the subject of an event", subject)
	}
	return Hash(raw), after, nil
}
