package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestAgrees(t *testing.T) {
	cases := map[string]bool{
		"y\nrest": true, "Yes \r\nrest": true, "n\nrest": false, "\nrest": false,
		"yesterday\nrest": false, "": false, "y": true,
	}
	for typed, want := range cases {
		var shown bytes.Buffer
		in := strings.NewReader(typed)
		p := &program{streams: streams{in: in, err: &shown}}
		if got := p.agrees(t.Context(), "Go on? "); got != want {
			t.Errorf("agrees after %q = %v, want %v", typed, got, want)
		}
		left, _ := io.ReadAll(in)
		if want := strings.HasSuffix(typed, "rest"); want != (string(left) == "rest") {
			t.Errorf("after %q the next question reads %q", typed, left)
		}
		if got := shown.String(); got != "Go on? " {
			t.Errorf("shown %q", got)
		}
	}
}
