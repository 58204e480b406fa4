package queue

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A question asks the server that writes a stream for one of its messages.
type question struct {
	Sequence uint64 `json:"seq,omitempty"`
	Last     string `json:"last_by_subj,omitempty"`
	Next     string `json:"next_by_subj,omitempty"` // at Sequence or after it
}

// A stored is a message of a stream.
type stored struct {
	Subject  string    `json:"subject"`
	Sequence uint64    `json:"seq"`
	Header   []byte    `json:"hdrs"`
	Data     []byte    `json:"data"`
	Time     time.Time `json:"time"`
}

// read asks until there is an answer, or ctx is done; nil: there is no such message.
func (q *Queue) read(ctx context.Context, stream string, asked question) (*stored, error) {
	for tries := 0; ; tries++ {
		m, err := q.readOnce(ctx, stream, asked)
		if err == nil {
			return m, nil
		}
		if err := q.again(ctx, tries, err); err != nil {
			return nil, err
		}
	}
}

func (q *Queue) readOnce(ctx context.Context, stream string, asked question) (*stored, error) {
	text, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}

	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	reply, err := q.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+stream, text)
	if err != nil {
		return nil, err
	}

	var answer struct {
		Message *stored             `json:"message"`
		Error   *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return nil, err
	}

	switch {
	case answer.Error != nil && answer.Error.ErrorCode == jetstream.JSErrCodeMessageNotFound:
		return nil, nil
	case answer.Error != nil:
		return nil, answer.Error
	case answer.Message == nil:
		return nil, errors.New("the server's answer is empty")
	}
	return answer.Message, nil
}

// stream finds a stream and its state. It asks until there is an answer, or ctx is done.
func (q *Queue) stream(ctx context.Context, name string) (jetstream.Stream, error) {
	var stream jetstream.Stream
	err := q.persist(ctx, "read "+name, func(ctx context.Context) (err error) {
		stream, err = q.js.Stream(ctx, name)
		return err
	})
	if gone := q.lost.Load(); gone != nil && errors.Is(err, jetstream.ErrStreamNotFound) {
		err = gone
	}
	return stream, err
}

// workersConsumer finds the consumer that all workers share, and its state.
func (q *Queue) workersConsumer(ctx context.Context) (jetstream.Consumer, error) {
	var consumer jetstream.Consumer
	err := q.persist(ctx, "find the consumer of "+q.events, func(ctx context.Context) (err error) {
		consumer, err = q.js.Consumer(ctx, q.events, q.consumer)
		return err
	})
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		err = &GoneError{"the consumer of " + q.events, consumerGone}
	}
	return consumer, err
}

// persist asks the server until it has answered, even if it answers no.
func (q *Queue) persist(ctx context.Context, doing string, ask func(context.Context) error) error {
	for tries := 0; ; tries++ {
		attempt, cancel := context.WithTimeout(ctx, answerWithin)
		err := ask(attempt)
		cancel()
		if err == nil {
			return nil
		}
		var api *jetstream.APIError
		if errors.As(err, &api) && api.Code < 500 {
			return q.serverError(doing, err)
		}
		if err := q.again(ctx, tries, err); err != nil {
			return q.serverError(doing, err)
		}
	}
}
