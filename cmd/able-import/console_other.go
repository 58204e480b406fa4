//go:build !windows

package main

// ownConsole is a question for Windows only: elsewhere no desktop starts a program of the terminal by itself.
func ownConsole() bool { return false }
