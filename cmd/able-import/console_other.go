//go:build !windows

package main

import "os"

// ownConsole is a question for Windows only: elsewhere no desktop starts a program of the terminal
// by itself.
func ownConsole() bool { return false }

// showsColours is a question for Windows only.
func showsColours(*os.File) bool { return true }
