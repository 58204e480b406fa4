package queue

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A question asks the server that writes a stream for one message of it.
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
	text, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	for tries := 0; ; tries++ {
		m, err := q.readOnce(ctx, stream, text)
		if err == nil || isRefusal(err) || !pause(ctx, tries) {
			return m, err
		}
	}
}

func (q *Queue) readOnce(ctx context.Context, stream string, asked []byte) (*stored, error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	reply, err := q.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+stream, asked)
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
