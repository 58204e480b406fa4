// Package tracetest runs a program and intercepts its writes, for tests of what a kill or a full
// disk leaves behind. It does so on Linux with amd64 only.
package tracetest
