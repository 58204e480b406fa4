package importer

import (
	"fmt"

	"ableimport/importer/webhook"
)

// A canary holds a run back until its first events, which [choice] has picked, are delivered and somebody who can be asked has seen the answers.
// The zero canary holds nothing.
type canary struct {
	size    int
	sent    int
	answers []string
	failed  bool
	confirm func(answers []string) bool // nil: delivery is enough
}

// room is how many more events the canary lets out; many, once it is over.
func (c *canary) room(otherwise int) int {
	if c.over() {
		return otherwise
	}
	return min(otherwise, c.size-c.sent)
}

func (c *canary) over() bool { return c.size == 0 }

// heard takes an answer. The reason to stop, if any, comes with the last of them.
func (c *canary) heard(d *delivery) (stop string) {
	if c.over() {
		return ""
	}
	c.answers = append(c.answers, fmt.Sprintf("%s: %d %s", d.label, d.result.Status, first(d.result.Cause, d.result.Answer, "delivered")))
	c.failed = c.failed || d.result.Verdict != webhook.Delivered
	if len(c.answers) < c.size {
		return ""
	}
	return c.end()
}

// end judges the answers and lets the rest out, or says why not.
func (c *canary) end() (stop string) {
	answers := c.answers
	c.size, c.answers = 0, nil
	switch {
	case c.failed:
		return fmt.Sprintf("not all of the first %d events were delivered", len(answers))
	case c.confirm != nil && !c.confirm(answers):
		return fmt.Sprintf("you stopped after the first %d events", len(answers))
	}
	return ""
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
