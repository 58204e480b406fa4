package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// A tap is where one slot of a worker gets its messages: its own address, to which the server sends
// one message for each question. As long as there is a next message, one request acknowledges the
// last one and asks for it.
type tap struct {
	*worker
	inbox *nats.Subscription // nil: there is none at the moment
	done  *nats.Msg          // handled; the next question acknowledges it
}

var errNoMessage = errors.New("the queue has no message for now")

// take asks for one message and waits for a while. The server has had it under way since the
// returned time or later: the question was asked then, and the address answers no other.
func (t *tap) take(ctx context.Context) (message *nats.Msg, since time.Time, err error) {
	patience := min(5*time.Second, t.ackWait/8)
	if t.inbox == nil {
		if t.inbox, err = t.nc.SubscribeSync(t.nc.NewInbox()); err != nil {
			return nil, since, err
		}
	}

	since = time.Now()
	if err = t.ask(patience); err == nil {
		waiting, cancel := context.WithTimeout(ctx, patience+time.Second)
		message, err = t.inbox.NextMsgWithContext(waiting)
		cancel()
	}
	if err == nil {
		err = refusalOf(message)
	}
	if errors.Is(err, errNoMessage) {
		return nil, since, err
	}
	if err != nil {
		t.giveUp()
		return nil, since, err
	}
	return message, since, nil
}

// ask acknowledges the previous message, if there is one, and asks for the next.
func (t *tap) ask(patience time.Duration) error {
	question := fmt.Sprintf(`{"batch":1,"expires":%d}`, patience.Nanoseconds())
	if t.done == nil {
		return t.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+t.events+"."+t.consumer,
			t.inbox.Subject, []byte(question))
	}
	reply := t.done.Reply
	t.done = nil // if this gets lost, the message comes again, and its entry says that it is done
	return t.nc.PublishRequest(reply, t.inbox.Subject, []byte("+NXT "+question))
}

// refusalOf is what the server says instead of sending a message; nil: this is a message.
func refusalOf(message *nats.Msg) error {
	status := message.Header.Get("Status")
	if len(message.Data) > 0 || status == "" {
		return nil
	}
	switch code, _ := strconv.Atoi(status); code {
	case 404, 408: // none, or none came
		return errNoMessage
	case 503:
		return nats.ErrNoResponders
	}
	return fmt.Errorf("the queue's server answers %s %s", status, message.Header.Get("Description"))
}

// acknowledge tells the server that the previous message is done, without asking for another.
func (t *tap) acknowledge() {
	if t.done != nil {
		t.done.Ack()
		t.done = nil
	}
}

// giveUp ends the address. What the server sends there later, it sends again.
func (t *tap) giveUp() {
	if t.inbox != nil {
		t.inbox.Unsubscribe()
		t.inbox = nil
	}
}

func (t *tap) close() {
	t.acknowledge()
	t.giveUp()
}
