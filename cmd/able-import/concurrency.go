package main

import (
	"fmt"
	"strconv"
)

// A concurrency is the value of --concurrency: how many events are in flight at most, or that this is to be found out.
type concurrency struct {
	most  int
	adapt bool
}

// autoMost bounds what auto may find: a receiver that takes more than this at once is not what holds a run up.
const autoMost = 64

// Set reads N or auto.
func (c *concurrency) Set(text string) error {
	if text == "auto" {
		*c = concurrency{most: autoMost, adapt: true}
		return nil
	}
	most, err := strconv.Atoi(text)
	if err != nil || most < 1 {
		return fmt.Errorf("say a number of events, 8 for example, or auto")
	}
	*c = concurrency{most: most}
	return nil
}

func (c *concurrency) String() string {
	if c.adapt {
		return "auto"
	}
	return strconv.Itoa(c.most)
}

func (c *concurrency) Type() string { return "N|auto" }
